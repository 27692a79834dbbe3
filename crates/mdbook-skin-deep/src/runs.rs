//! `{{#runs FILE RUN KEY}}`: a number of a comparison of runs, from the file that a command wrote.

use std::path::Path;

use serde_json::Value;

use crate::model::{look_up, measurement};
use crate::site::Site;

/// The key whose numbers are printed with their signs.
const DIFFERENCE: &str = "difference";

/// A number of `book/data/FILE.json`, such as `balanced_accuracy` of a run, or `difference`, to the run before it.
///
/// # Errors
/// A missing file, run or key; the message lists the keys there are.
pub(crate) fn number(site: &Site, arguments: &str) -> Result<String, String> {
    let [file, run, key] = arguments.split_whitespace().collect::<Vec<_>>()[..] else {
        return Err(format!("write {{{{#runs FILE RUN KEY}}}}, not: {arguments}"));
    };
    if [file, run].iter().any(|word| word.contains(['/', '\\', '.'])) {
        return Err(format!("FILE and RUN are names without folder and ending, not: {arguments}"));
    }
    let path = format!("book/data/{file}.json");
    let remedy = format!("run: cargo xtask compare RUN… --out {path}");
    let text = site.read(Path::new(&path), &remedy)?;
    let compared: Value = serde_json::from_str(&text)
        .map_err(|error| format!("{path} is not valid JSON: {error}; {remedy}"))?;
    let value =
        look_up(&compared, &format!("runs.{run}.{key}")).map_err(|problem| format!("{path} {problem}"))?;
    let found = if key == DIFFERENCE { signed(value) } else { measurement(value) };
    found.ok_or_else(|| format!("{key} of {run} in {path} is not a single number"))
}

/// `+0.012 (−0.004 to +0.028)`; a dash for the first run, which has none before it.
fn signed(value: &Value) -> Option<String> {
    if value.is_null() {
        return Some("–".to_owned());
    }
    let number = |key: &str| value[key].as_f64().map(|x| format!("{x:+.3}").replace('-', "−"));
    let center = number("value")?;
    Some(match (number("low"), number("high")) {
        (Some(low), Some(high)) => format!("{center} ({low} to {high})"),
        _ => center,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_carry_their_sign() {
        let value = json!({"value": 0.0123, "low": -0.004, "high": 0.028});
        assert_eq!(signed(&value).unwrap(), "+0.012 (−0.004 to +0.028)");
        assert_eq!(signed(&Value::Null).unwrap(), "–");
        assert_eq!(signed(&json!("x")), None);
    }
}
