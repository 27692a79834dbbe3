//! The settings of an augmentation as a form's fields hold them: text, in the units that a reader sees.

use catalog::widget::{AUGMENTATION, AugmentationSetting};
use imaging::Augmentation;
use serde_json::{Map, Value};

/// What a form's field shows for a setting: `20`, `5.7` (per cent of the width), `true`, `reflect`. Percentages have at most
/// one decimal.
pub fn shown(augmentation: &Augmentation, setting: &AugmentationSetting) -> String {
    // Cannot fail: a plain struct with string keys.
    let values = serde_json::to_value(augmentation).unwrap_or_default();
    let value = values.get(setting.key).cloned().unwrap_or_default();
    match (&value, value.as_f64()) {
        // As the 32-bit number it is, whose shortest digits are those of the recipe.
        (_, Some(x)) if (setting.units - 1.0).abs() < f64::EPSILON => (x as f32).to_string(),
        (_, Some(x)) => ((x * setting.units * 10.0).round() / 10.0).to_string(),
        (Value::String(text), None) => text.clone(),
        (other, None) => other.to_string(),
    }
}

/// The augmentation that a form's fields describe; `field` gives the text of a control by its name.
///
/// # Errors
/// A value that a recipe could not have either, with what is allowed.
pub fn from_form(field: impl Fn(&str) -> String) -> Result<Augmentation, String> {
    let value = |setting: &AugmentationSetting| {
        let text = field(setting.control);
        match (text.parse::<bool>(), text.parse::<f64>()) {
            (Ok(on), _) => Value::from(on),
            (_, Ok(x)) => Value::from(x / setting.units),
            _ => Value::from(text),
        }
    };
    let values: Map<String, Value> =
        AUGMENTATION.iter().map(|setting| (setting.key.to_owned(), value(setting))).collect();
    serde_json::from_value(Value::Object(values)).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use imaging::Fill;

    use super::*;

    fn setting(key: &str) -> AugmentationSetting {
        AUGMENTATION.into_iter().find(|setting| setting.key == key).unwrap()
    }

    const EXAMPLE: Augmentation = Augmentation {
        flip_horizontal: true,
        rotation: 20.0,
        shift: 0.057,
        hue: 3.5,
        fill: Fill::Reflect,
        ..Augmentation::NONE
    };

    #[test]
    fn fields_show_values_in_their_units() {
        let keys = ["flip_horizontal", "flip_vertical", "rotation", "shift", "scale", "hue", "fill"];
        let fields = keys.map(|key| shown(&EXAMPLE, &setting(key)));
        assert_eq!(fields, ["true", "false", "20", "5.7", "0", "3.5", "reflect"]);
    }

    #[test]
    fn a_form_describes_the_augmentation_that_it_shows() {
        let field = |control: &str| {
            let setting = AUGMENTATION.into_iter().find(|setting| setting.control == control).unwrap();
            shown(&EXAMPLE, &setting)
        };
        assert_eq!(from_form(field), Ok(EXAMPLE));
    }

    #[test]
    fn every_percentage_is_the_share_that_a_recipe_would_have() {
        for percent in 0..100 {
            let field = |control: &str| match control {
                "shift" => percent.to_string(),
                "fill" => "nearest".to_owned(),
                _ if control.starts_with("flip") || control == "quarter-turns" => "false".to_owned(),
                _ => "0".to_owned(),
            };
            let share: f32 = format!("0.{percent:02}").parse().unwrap();
            assert_eq!(from_form(field).unwrap().shift.to_bits(), share.to_bits(), "{percent}");
        }
    }

    #[test]
    fn a_value_that_no_recipe_may_have_is_refused() {
        let with = |wrong: &'static str| {
            from_form(|control| match control {
                "rotation" => wrong.to_owned(),
                "fill" => "nearest".to_owned(),
                _ if control.starts_with("flip") || control == "quarter-turns" => "false".to_owned(),
                _ => "0".to_owned(),
            })
        };
        assert!(with("181").unwrap_err().contains("degrees from 0 to 180"));
        assert!(with("").is_err());
    }
}
