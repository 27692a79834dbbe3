//! The texts about maps and values.

use nn::strength::Strength;

use super::content::{LayerContent, LayerDrawing, ValueSource};
pub(super) use crate::stage::significant::number;

/// The measure of the control `sort`.
pub(super) fn measure(value: &str) -> Strength {
    match value {
        "largest" => Strength::Largest,
        "deviation" => Strength::Deviation,
        "channel" => Strength::Channel,
        _ => Strength::Mean,
    }
}

/// Where the values come from, and how exact they are.
pub(super) fn source(content: &LayerContent) -> String {
    match content.source {
        ValueSource::Beforehand if content.look == LayerDrawing::Bars => "Precomputed.".to_owned(),
        ValueSource::Beforehand => {
            "Precomputed, in 256 steps per map: every value is exact to 1/255 of its map's range.".to_owned()
        }
        ValueSource::Computed(by) => format!("Computed in this page ({by})."),
    }
}

/// What the mosaic shows: how many of how many, in which order.
pub(super) fn mosaic(content: &LayerContent, shown: usize, measure: Strength) -> String {
    let LayerContent { channels, .. } = content;
    let what = match content.count() {
        count if count == *channels && shown == count => format!("All {shown} maps"),
        count if count == *channels => format!("{shown} of {channels} maps"),
        count if shown == count => {
            format!("The {shown} strongest of {channels} maps, which are precomputed")
        }
        count => format!("{shown} of the {count} strongest of {channels} maps, which are precomputed"),
    };
    let order = match measure {
        Strength::Channel => "in the order of their channel numbers",
        Strength::Mean => "largest mean of absolute values first",
        Strength::Largest => "largest absolute value first",
        Strength::Deviation => "largest standard deviation first",
    };
    let dead = match content.dead() {
        0 => String::new(),
        1 => " One of them is constant.".to_owned(),
        count => format!(" {count} of them are constant."),
    };
    format!("{what}, {order}.{dead}")
}

/// A map's statistics.
pub(super) fn map(content: &LayerContent, place: usize) -> String {
    let values = content.map(place);
    let [low, high] = super::content::ends(values);
    let of = |measure| number(nn::strength::of(values, measure) as f32);
    let name = match content.look {
        LayerDrawing::Maps => format!("Map {}", content.channel(place).unwrap_or_default()),
        _ => format!("All {} values", content.channels),
    };
    format!(
        "{name}: from {} to {}, mean of absolute values {}, standard deviation {}.",
        number(low),
        number(high),
        of(Strength::Mean),
        of(Strength::Deviation)
    )
}

/// The value under the cursor and its position.
pub(super) fn value(content: &LayerContent, place: usize, [row, column]: [usize; 2]) -> String {
    let at = row * content.size[1] + column;
    let Some(value) = content.map(place).get(at) else { return "No value here.".to_owned() };
    match content.look {
        LayerDrawing::Maps => {
            format!(
                "Map {}, row {row}, column {column}: {}",
                content.channel(place).unwrap_or_default(),
                number(*value)
            )
        }
        _ => format!("Channel {at}: {}", number(*value)),
    }
}

/// What the panel is waiting for.
pub(super) fn coming(layer: &str) -> String {
    format!("Computing {layer}…")
}

/// Shown in place of a layer that could not be computed.
pub(super) const NOT_COMPUTED: &str =
    "This layer could not be computed. The message below the widget says why.";

/// Shown in place of a file that could not be loaded.
pub(super) const NOT_COME: &str = "The book's maps of this layer could not be loaded. Start the network to compute them here, or reload the page.";

/// Why there is nothing to see, and what to do.
pub(super) fn absent(own: bool, sample: bool) -> &'static str {
    match (own, sample) {
        (true, _) => "Nothing is precomputed for your own image. Start the network to see its maps.",
        (false, false) => "The book does not include the maps of this image. Start the network to see them.",
        (false, true) => "The maps of this layer are not precomputed. Start the network to see them.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_three_significant_digits() {
        assert_eq!(
            [0.0, 0.001_234, 0.0123, -0.123, 1.234, 12.34, 123.4].map(number),
            ["0", "0.00123", "0.0123", "−0.123", "1.23", "12.3", "123"]
        );
    }

    #[test]
    fn a_mosaic_says_what_it_leaves_out() {
        let values = vec![0.0, 0.0, 1.0, 2.0, -1.0, 3.0];
        let content = LayerContent::computed("conv1", &[3, 1, 2], values, "WASM").unwrap();
        assert_eq!(
            mosaic(&content, 3, Strength::Channel),
            "All 3 maps, in the order of their channel numbers. One of them is constant."
        );
        assert_eq!(
            mosaic(&content, 2, Strength::Mean),
            "2 of 3 maps, largest mean of absolute values first. One of them is constant."
        );
        assert_eq!(value(&content, 2, [0, 1]), "Map 2, row 0, column 1: 3.00");
        assert_eq!(
            map(&content, 2),
            "Map 2: from −1.00 to 3.00, mean of absolute values 2.00, standard deviation 2.00."
        );
    }
}
