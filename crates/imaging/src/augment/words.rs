//! An augmentation in words such as `rotation=45 shift=0.1 flip_horizontal=true fill=nearest`: a configuration's keys.

use numerics::decimal;

use super::Augmentation;
use crate::geometry::Fill;

impl Augmentation {
    /// From words; what they leave out is not done. `None` for an unknown key or a value that it cannot have.
    ///
    /// ```
    /// # use imaging::Augmentation;
    /// let quarter = Augmentation { rotation: 45.0, ..Augmentation::NONE };
    /// assert_eq!(Augmentation::from_words("rotation=45"), Some(quarter));
    /// assert_eq!(Augmentation::from_words("rotation=45 zoom=2"), None);
    /// ```
    pub fn from_words(words: &str) -> Option<Self> {
        let mut augmentation = Self::NONE;
        for word in words.split_ascii_whitespace() {
            let (key, value) = word.split_once('=')?;
            augmentation.set(key, value, 1.0)?;
        }
        Some(augmentation)
    }

    /// Sets what a configuration calls `key`; a number is told in a unit of which `units` are 1. `None` for an unknown
    /// key or a value that it cannot have.
    pub fn set(&mut self, key: &str, value: &str, units: f64) -> Option<()> {
        let reach = match key {
            "flip_horizontal" => return toggle(&mut self.flip_horizontal, value),
            "flip_vertical" => return toggle(&mut self.flip_vertical, value),
            "quarter_turns" => return toggle(&mut self.quarter_turns, value),
            "fill" => {
                self.fill = Fill::named(value)?;
                return Some(());
            }
            "rotation" => &mut self.rotation,
            "shift" => &mut self.shift,
            "scale" => &mut self.scale,
            "shear" => &mut self.shear,
            "brightness" => &mut self.brightness,
            "contrast" => &mut self.contrast,
            "saturation" => &mut self.saturation,
            "hue" => &mut self.hue,
            _ => return None,
        };
        *reach = (decimal::parse(value)? / units) as f32;
        Some(())
    }
}

fn toggle(on: &mut bool, value: &str) -> Option<()> {
    *on = match value {
        "true" => true,
        "false" => false,
        _ => return None,
    };
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_has_its_word() {
        let words = "flip_horizontal=true flip_vertical=false quarter_turns=true rotation=20 shift=0.05 scale=0.1 \
            shear=1 brightness=0.2 contrast=0.3 saturation=0.4 hue=2.5 fill=wrap";
        let expected = Augmentation {
            flip_horizontal: true,
            flip_vertical: false,
            quarter_turns: true,
            rotation: 20.0,
            shift: 0.05,
            scale: 0.1,
            shear: 1.0,
            brightness: 0.2,
            contrast: 0.3,
            saturation: 0.4,
            hue: 2.5,
            fill: Fill::Wrap,
        };
        assert_eq!(Augmentation::from_words(words), Some(expected));
    }

    #[test]
    fn wrong_words_are_refused() {
        for wrong in ["rotation=x", "zoom=1", "fill=edge", "flip_vertical=1", "rotation"] {
            assert_eq!(Augmentation::from_words(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn per_cent_are_shares_to_the_last_bit() {
        for percent in 0..100 {
            let mut augmentation = Augmentation::NONE;
            augmentation.set("shift", &percent.to_string(), 100.0).unwrap();
            let share: f32 = format!("0.{percent:02}").parse().unwrap();
            assert_eq!(augmentation.shift.to_bits(), share.to_bits(), "{percent}");
        }
    }
}
