//! `{{#metric MODEL KEY}}` and `{{#model MODEL KEY}}`: numbers about an exported model, from the files that a command
//! wrote.

use catalog::model::ModelCard;
use catalog::number::grouped;
use catalog::typical::TYPICAL;
use serde_json::Value;

use crate::site::Site;

/// What a page prints for a number that does not exist, such as the precision of a class never predicted.
const UNDEFINED: &str = "undefined";

/// A number of `metrics.json`, such as `balanced_accuracy`, `per_class.MEL.sensitivity` or `confusion_matrix.0.1`: of the model's own
/// test images, or of another data set's if its name follows.
///
/// # Errors
/// A missing model or key; the message lists the keys there are.
pub(crate) fn metric(site: &Site, arguments: &str) -> Result<String, String> {
    let (path, key, remedy) = match arguments.split_whitespace().collect::<Vec<_>>()[..] {
        [model, key, data] if is_folder(model) && is_folder(data) => {
            (Site::model_file(model, &format!("{data}/metrics.json")), key, "run: cargo xtask evaluate")
        }
        _ => {
            let (model, key) = split("metric", arguments)?;
            (Site::model_file(model, "metrics.json"), key, "run: cargo xtask export")
        }
    };
    let text = site.read(&path, remedy)?;
    let metrics: Value = serde_json::from_str(&text).map_err(|error| {
        format!("{} is not valid JSON: {error}; run: cargo xtask evaluate", path.display())
    })?;
    let value = look_up(&metrics, key).map_err(|problem| format!("{} {problem}", path.display()))?;
    measurement(value).ok_or_else(|| {
        format!("{key} of {} is not a single number; add one of its keys: {}", path.display(), allowed(value))
    })
}

/// A value of `model.toml`, such as `input.size` or `parity.wasm`; `bytes` is the size of `model.onnx`.
///
/// # Errors
/// A missing model or key; the message lists the keys there are.
pub(crate) fn card(site: &Site, arguments: &str) -> Result<String, String> {
    let (model, key) = split("model", arguments)?;
    if key == "bytes" {
        let path = Site::model_file(model, "model.onnx");
        let size = std::fs::metadata(site.root.join(&path))
            .map_err(|error| format!("cannot read {}: {error}; run: cargo xtask export", path.display()))?;
        return Ok(catalog::manifest::megabytes(size.len()));
    }
    let path = Site::model_file(model, "model.toml");
    let card = serde_json::to_value(read_card(site, model)?)
        .map_err(|error| format!("{} is not a valid model card: {error}", path.display()))?;
    let value = look_up(&card, key).map_err(|problem| format!("{} {problem}", path.display()))?;
    plain(value).ok_or_else(|| {
        format!("{key} of {} is not a single value; add one of its keys: {}", path.display(), allowed(value))
    })
}

/// A number of `typical.json`, such as `threshold` or `others.noise.auc_nearest`; another kind of image by its name.
///
/// # Errors
/// A missing model or key; the message lists the keys there are.
pub(crate) fn typical(site: &Site, arguments: &str) -> Result<String, String> {
    let (model, key) = split("typical", arguments)?;
    let path = Site::model_file(model, TYPICAL);
    let text = site.read(&path, &format!("run: cargo xtask typical {model}"))?;
    let mut file: Value = serde_json::from_str(&text).map_err(|error| {
        format!("{} is not valid JSON: {error}; run: cargo xtask typical", path.display())
    })?;
    for kinds in ["others", "unseen"] {
        let list = file[kinds].take();
        let named = list
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|other| Some((other["name"].as_str()?.to_owned(), other.clone())));
        file[kinds] = Value::Object(named.collect());
    }
    let value = look_up(&file, key).map_err(|problem| format!("{} {problem}", path.display()))?;
    measurement(value).ok_or_else(|| {
        format!("{key} of {} is not a single number; add one of its keys: {}", path.display(), allowed(value))
    })
}

/// The card of an exported model.
///
/// # Errors
/// A card that is not there or not as it should be.
pub(crate) fn read_card(site: &Site, model: &str) -> Result<ModelCard, String> {
    let path = Site::model_file(model, "model.toml");
    let text = site.read(&path, "run: cargo xtask export")?;
    toml::from_str(&text).map_err(|error: toml::de::Error| {
        format!("{} is not a valid model card: {}; run: cargo xtask export", path.display(), error.message())
    })
}

/// `MODEL KEY`.
pub(crate) fn split<'a>(directive: &str, arguments: &'a str) -> Result<(&'a str, &'a str), String> {
    let mut words = arguments.split_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(model), Some(key), None) if is_folder(model) => Ok((model, key)),
        _ => Err(format!("write {{{{#{directive} MODEL KEY}}}}, not: {arguments}")),
    }
}

/// Whether a word can be the name of a folder and is no path.
fn is_folder(word: &str) -> bool {
    !word.contains(['/', '\\', '.'])
}

/// Follows a key like `per_class.MEL.auc` or `confusion_matrix.0.1`.
pub(crate) fn look_up<'a>(value: &'a Value, key: &str) -> Result<&'a Value, String> {
    key.split('.').try_fold(value, |value, part| {
        let next = match value {
            Value::Array(list) => part.parse::<usize>().ok().and_then(|i| list.get(i)),
            other => other.get(part),
        };
        next.ok_or_else(|| format!("has no {key}; instead of {part} use one of: {}", allowed(value)))
    })
}

/// The keys that a value offers.
fn allowed(value: &Value) -> String {
    match value {
        Value::Object(map) => map.keys().cloned().collect::<Vec<_>>().join(", "),
        Value::Array(list) => format!("0 to {}", list.len().saturating_sub(1)),
        other => format!("none, since it is {other}"),
    }
}

/// A number with its interval in parentheses, where it has one; a chapter says once that it is a 95 % interval.
pub(crate) fn measurement(value: &Value) -> Option<String> {
    let Value::Object(fields) = value else { return number(value) };
    let center = fields.get("value")?;
    let (Some(center), Some(low), Some(high)) = (
        center.as_f64(),
        fields.get("low").and_then(Value::as_f64),
        fields.get("high").and_then(Value::as_f64),
    ) else {
        return number(center);
    };
    let decimals = decimals(&[center, low, high]);
    let [center, low, high] = [center, low, high].map(|x| proportion(x, decimals));
    Some(format!("{center} ({low} to {high})"))
}

/// A count, a proportion, a word or nothing.
fn number(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(UNDEFINED.to_owned()),
        Value::Number(number) if number.is_f64() => number.as_f64().map(|x| proportion(x, decimals(&[x]))),
        Value::Number(number) => Some(number.as_u64().map_or_else(|| number.to_string(), grouped)),
        Value::String(text) => Some(text.clone()),
        _ => None,
    }
}

/// Two decimals, or three or four where fewer would round a number up to 1 or down to 0 that it is not.
fn decimals(numbers: &[f64]) -> usize {
    let misleads = |x: f64, decimals: usize| {
        let half = 0.5 / 10_f64.powi(decimals as i32);
        (x > 0.0 && x < half) || (x < 1.0 && x >= 1.0 - half)
    };
    (2..4).find(|&decimals| !numbers.iter().any(|&x| misleads(x, decimals))).unwrap_or(4)
}

/// With so many decimals; short of 1 it stays short of 1.
fn proportion(x: f64, decimals: usize) -> String {
    let below_one = 1.0 - 1.0 / 10_f64.powi(decimals as i32);
    let shown = if x < 1.0 { x.min(below_one) } else { x };
    format!("{shown:.decimals$}")
}

/// A value of the card as a page prints it.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some("not measured".to_owned()),
        Value::String(text) => Some(text.clone()),
        Value::Number(number) if number.is_f64() => number.as_f64().map(scientific),
        Value::Number(number) => Some(number.as_u64().map_or_else(|| number.to_string(), grouped)),
        Value::Array(list) => list.iter().map(plain).collect::<Option<Vec<_>>>().map(|all| all.join(", ")),
        _ => None,
    }
}

/// `0.485` as it is, `0.00000012` as `1.2 × 10⁻⁷`.
fn scientific(x: f64) -> String {
    if x == 0.0 {
        return "0".to_owned();
    }
    if x.abs() >= 1e-3 {
        return format!("{}", (x * 1e4).round() / 1e4);
    }
    let text = format!("{x:.1e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let raised = |c: char| match c {
        '-' => '⁻',
        '0' => '⁰',
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4' => '⁴',
        '5' => '⁵',
        '6' => '⁶',
        '7' => '⁷',
        '8' => '⁸',
        _ => '⁹',
    };
    format!("{digits} × 10{}", exponent.chars().map(raised).collect::<String>())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_measurement_prints_with_its_interval() {
        let value = json!({"value": 0.874, "low": 0.851, "high": 0.893});
        assert_eq!(measurement(&value).unwrap(), "0.87 (0.85 to 0.89)");
    }

    #[test]
    fn what_does_not_exist_prints_undefined() {
        assert_eq!(measurement(&Value::Null).unwrap(), "undefined");
        assert_eq!(measurement(&json!({"value": null, "low": null, "high": null})).unwrap(), "undefined");
    }

    #[test]
    fn a_number_is_not_rounded_to_certainty() {
        let alone = |x: f64| measurement(&json!(x)).unwrap();
        assert_eq!(
            [1.0, 0.9949, 0.998, 0.9998, 0.999_999].map(alone),
            ["1.00", "0.99", "0.998", "0.9998", "0.9999"]
        );
        assert_eq!([0.0, 0.004, 0.5].map(alone), ["0.00", "0.004", "0.50"]);
    }

    #[test]
    fn an_interval_has_as_many_decimals_as_its_number() {
        let value = json!({"value": 0.99, "low": 0.986, "high": 0.997});
        assert_eq!(measurement(&value).unwrap(), "0.990 (0.986 to 0.997)");
    }

    #[test]
    fn small_differences_print_with_a_power_of_ten() {
        assert_eq!(scientific(f64::from(1.2e-7_f32)), "1.2 × 10⁻⁷");
        assert_eq!(scientific(f64::from(0.485_f32)), "0.485");
        assert_eq!(scientific(0.0), "0");
    }

    #[test]
    fn a_missing_key_lists_those_there_are() {
        let value = json!({"per_class": {"MEL": {"auc": 0.9}}, "images": 3});
        assert_eq!(
            look_up(&value, "per_class.NV.auc").unwrap_err(),
            "has no per_class.NV.auc; instead of NV use one of: MEL"
        );
        assert_eq!(measurement(look_up(&value, "images").unwrap()).unwrap(), "3");
    }
}
