//! The words of the augmentation lab: what was done to a picture, and what a preset means.

use imaging::Variation;
use recipe::ModelTraining;

use crate::stage::number;

/// What was done, in the order it was done; what changed by less than it is told in is left out.
pub(crate) fn done(variation: &Variation) -> String {
    let Variation { affine, light, .. } = variation;
    let mut parts: Vec<String> = Vec::new();
    let mut tell = |size: f32, words: [&str; 2], unit: &str| {
        let written = number(size.abs(), 1);
        if written != "0" {
            parts.push(format!("{} {written}{unit}", words[usize::from(size < 0.0)]));
        }
    };
    tell(affine.shear, ["leaning right by", "leaning left by"], "°");
    tell(affine.degrees, ["rotated clockwise by", "rotated anticlockwise by"], "°");
    let larger = 100.0 * (affine.scale - 1.0);
    tell(larger, ["enlarged by", "made smaller by"], " %");
    let [right, down] = affine.shift.map(|share| 100.0 * share);
    tell(right, ["moved right by", "moved left by"], " %");
    tell(down, ["moved down by", "moved up by"], " %");
    let mirrors =
        [(variation.flip_horizontal, "left and right"), (variation.flip_vertical, "top and bottom")];
    for (_, sides) in mirrors.into_iter().filter(|(is, _)| *is) {
        parts.push(format!("reflected {sides}"));
    }
    if variation.turns > 0 {
        parts.push(format!("turned by {}°", 90 * variation.turns));
    }
    let mut tell = |size: f32, words: &str, unit: &str| {
        let written = number(size, 1);
        let sign = if size > 0.0 { "+" } else { "" };
        if written != "0" {
            parts.push(format!("{words} {sign}{written}{unit}"));
        }
    };
    for (factor, what) in
        [(light.brightness, "brightness"), (light.contrast, "contrast"), (light.saturation, "saturation")]
    {
        tell(100.0 * (factor - 1.0), what, " %");
    }
    tell(light.hue, "hue", "°");
    if parts.is_empty() { "unchanged".to_owned() } else { parts.join(", ") }
}

/// What the pictures are, under them.
pub(crate) fn note(preset: &str, training: &ModelTraining, seed: u64, count: usize) -> String {
    match preset {
        "training" if seed == training.feed.seed => {
            let epochs = training.feed.epochs();
            let mut words = format!(
                "One picture for every epoch, that is, every time the training goes through its images. \
                 The training that made this book's network had {epochs} epochs"
            );
            words += if count > epochs {
                "; the pictures after them are what more epochs would bring."
            } else {
                "."
            };
            if training.changed {
                words += " Its recipe has been changed since: these pictures follow the new recipe, the network was trained with the old one.";
            }
            words
        }
        "training" => "As in the training, with another seed.".to_owned(),
        "activity-shown" => {
            "Section 3 of the activity's notebooks shows these variations: up to 45° either way.".to_owned()
        }
        "activity-trained" => {
            "Section 4 of the activity's notebooks trains with these, which nobody is shown: up to 90° \
             either way. There a mistake in a rare class also counts up to 51 times as much as one in the \
             commonest, which no picture can show."
                .to_owned()
        }
        "none" => "Every epoch the same picture: a network can learn it by heart.".to_owned(),
        _ => "Your own variations.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use imaging::Fill;
    use imaging::colour::Light;
    use imaging::geometry::Affine;

    #[test]
    fn everything_that_was_done_is_told_in_its_order() {
        let variation = Variation {
            affine: Affine { degrees: -14.25, scale: 1.07, shift: [0.05, -0.021], shear: 3.0 },
            fill: Fill::Nearest,
            flip_horizontal: true,
            flip_vertical: false,
            turns: 3,
            light: Light { brightness: 0.95, contrast: 1.0, saturation: 1.1, hue: -2.0 },
        };
        assert_eq!(
            done(&variation),
            "leaning right by 3°, rotated anticlockwise by 14.2°, enlarged by 7 %, moved right by 5 %, \
             moved up by 2.1 %, reflected left and right, turned by 270°, brightness −5 %, saturation +10 %, hue −2°"
        );
    }

    #[test]
    fn what_was_not_touched_is_unchanged() {
        let variation = imaging::Augmentation::NONE.in_training(1, 2, 3);
        assert_eq!(done(&variation), "unchanged");
    }
}
