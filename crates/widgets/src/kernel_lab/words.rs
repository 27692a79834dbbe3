//! The sentences of the kernel lab: sizes, the formula, what is under the cursor.

use nn::conv::{Padding, Step, output_size};

use crate::view::number;

/// The output size with its formula and numbers, such as `(224 + 2 · 1 − 3) / 2 + 1 = 112.5, rounded down to 112`.
pub(crate) fn output_formula(input: usize, kernel: usize, step: Step) -> Option<String> {
    let pad = step.padding.width(kernel);
    let output = output_size(input, kernel, step.stride, pad)?;
    let padded = if pad == 0 { input.to_string() } else { format!("{input} + 2 · {pad}") };
    let exact = (input + 2 * pad - kernel) as f32 / step.stride as f32 + 1.0;
    let rounded = if (input + 2 * pad - kernel).is_multiple_of(step.stride) {
        String::new()
    } else {
        format!("{}, rounded down to ", number(exact, 2))
    };
    Some(format!("({padded} − {kernel}) / {} + 1 = {rounded}{output}", step.stride))
}

/// The formula for both sides, once where they are alike.
pub(crate) fn size_words([height, width]: [usize; 2], kernel: usize, step: Step) -> String {
    let across = output_formula(width, kernel, step).unwrap_or_default();
    if width == height {
        return format!("Output size: (input + 2 · padding − kernel) / stride + 1: {across}.");
    }
    let down = output_formula(height, kernel, step).unwrap_or_default();
    format!("Output size: (input + 2 · padding − kernel) / stride + 1: width {across}; height {down}.")
}

/// What is under the cursor, to be spoken: columns and rows are counted from 0, as the code does.
pub(crate) fn readout(column: usize, row: usize, values: &[f32]) -> String {
    format!("Column {column}, row {row} of the result: {}", self::values(values))
}

/// One number, or three with the names of their colours.
pub(crate) fn values(values: &[f32]) -> String {
    match values {
        [red, green, blue] => {
            format!("red {}, green {}, blue {}", number(*red, 2), number(*green, 2), number(*blue, 2))
        }
        _ => values.iter().map(|&value| number(value, 2)).collect::<Vec<_>>().join(", "),
    }
}

/// Why the kernel does not fit, and what would help.
pub(crate) fn too_small([height, width]: [usize; 2], kernel: usize) -> String {
    format!(
        "A kernel of {kernel} × {kernel} does not fit into an image of {width} × {height} pixels without padding. \
         Choose a padding or a smaller kernel; the last result stays."
    )
}

/// The padding from the control's value.
pub(crate) fn parse_padding(value: &str) -> Option<Padding> {
    Some(match value {
        "none" => Padding::None,
        "zero" => Padding::Zero,
        "replicate" => Padding::Replicate,
        "reflect" => Padding::Reflect,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_shows_its_numbers() {
        let step = Step::new(1, Padding::Replicate);
        assert_eq!(output_formula(224, 3, step), Some("(224 + 2 · 1 − 3) / 1 + 1 = 224".to_owned()));
    }

    #[test]
    fn rounding_down_is_said() {
        // (224 + 2 - 3) / 2 + 1 = 223 / 2 + 1 = 112.5
        let words = "(224 + 2 · 1 − 3) / 2 + 1 = 112.5, rounded down to 112";
        assert_eq!(output_formula(224, 3, Step::new(2, Padding::Zero)), Some(words.to_owned()));
    }

    #[test]
    fn without_padding_the_formula_has_none() {
        let step = Step::new(1, Padding::None);
        assert_eq!(output_formula(20, 15, step), Some("(20 − 15) / 1 + 1 = 6".to_owned()));
        assert_eq!(output_formula(5, 15, step), None);
    }

    #[test]
    fn both_sides_are_given_where_they_differ() {
        let words = size_words([10, 20], 3, Step::new(1, Padding::None));
        assert!(words.ends_with("width (20 − 3) / 1 + 1 = 18; height (10 − 3) / 1 + 1 = 8."), "{words}");
    }

    #[test]
    fn the_readout_names_the_colours_of_three_channels() {
        assert_eq!(readout(3, 4, &[-12.5]), "Column 3, row 4 of the result: −12.5");
        let words = "Column 0, row 0 of the result: red 1, green −2, blue 0.33";
        assert_eq!(readout(0, 0, &[1.0, -2.0, 1.0 / 3.0]), words);
    }
}
