//! The texts of the augmentation lab: how a picture was varied, and what a preset means.

use imaging::Variation;
use recipe::ModelTraining;

use crate::stage::number;

/// The changes, in the order in which they were made; changes too small for the digits shown are left out.
pub(crate) fn done(variation: &Variation) -> String {
    let Variation { affine, light, .. } = variation;
    let mut parts: Vec<String> = Vec::new();
    let mut tell = |size: f32, words: [&str; 2], unit: &str| {
        let written = number(size.abs(), 1);
        if written != "0" {
            parts.push(format!("{} {written}{unit}", words[usize::from(size < 0.0)]));
        }
    };
    tell(affine.shear, ["sheared to the right by", "sheared to the left by"], "°");
    tell(affine.degrees, ["rotated clockwise by", "rotated anticlockwise by"], "°");
    let larger = 100.0 * (affine.scale - 1.0);
    tell(larger, ["enlarged by", "reduced by"], " %");
    let [right, down] = affine.shift.map(|share| 100.0 * share);
    tell(right, ["moved right by", "moved left by"], " %");
    tell(down, ["moved down by", "moved up by"], " %");
    let mirrors = [(variation.flip_horizontal, "left to right"), (variation.flip_vertical, "top to bottom")];
    for (_, sides) in mirrors.into_iter().filter(|(is, _)| *is) {
        parts.push(format!("flipped {sides}"));
    }
    if variation.turns > 0 {
        parts.push(format!("rotated by {}°", 90 * variation.turns));
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

/// The note under the pictures: what they are.
pub(crate) fn note(preset: &str, training: &ModelTraining, seed: u64, count: usize) -> String {
    match preset {
        "training" if seed == training.feed.seed => {
            let epochs = training.feed.epochs();
            let mut words = format!(
                "One picture per epoch, that is, per pass of the training through its images. \
                 This book's network was trained for {epochs} epochs"
            );
            words += if count > epochs {
                "; the further pictures show what more epochs would have added."
            } else {
                "."
            };
            if training.changed {
                words += " Its recipe has changed since: these pictures follow the new recipe, but the network was trained with the old one.";
            }
            words
        }
        "training" => "As in this book's training, but with another seed.".to_owned(),
        "activity-shown" => {
            "Section 3 of the activity's notebooks shows these variations: up to 45° in either direction.".to_owned()
        }
        "activity-trained" => {
            "Section 4 of the activity's notebooks trains with these, but does not show them: up to 90° in either \
             direction. Its training also counts a mistake in a rare class up to 51 times as much as one in the \
             commonest class, which no picture can show."
                .to_owned()
        }
        "none" => "The same picture in every epoch: a network can memorise it.".to_owned(),
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
    fn every_change_is_listed_in_order() {
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
            "sheared to the right by 3°, rotated anticlockwise by 14.2°, enlarged by 7 %, moved right by 5 %, \
             moved up by 2.1 %, flipped left to right, rotated by 270°, brightness −5 %, saturation +10 %, hue −2°"
        );
    }

    #[test]
    fn a_picture_without_changes_is_unchanged() {
        let variation = imaging::Augmentation::NONE.in_training(1, 2, 3);
        assert_eq!(done(&variation), "unchanged");
    }
}
