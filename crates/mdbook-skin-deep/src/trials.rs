//! `{{#trials KEY}}`: a number of the experiment on shortcuts, from the file that a command wrote.

use std::path::Path;

use catalog::number::grouped;
use catalog::trials::{TRIALS, TRIALS_COMMAND};
use serde_json::Value;

use crate::model::look_up;
use crate::site::Site;

/// A number of `book/data/shortcuts.json`, such as `runs` or `groups.main.depths.24.without.fitted`.
///
/// # Errors
/// A missing file or key; the message lists the keys there are.
pub(crate) fn number(site: &Site, key: &str) -> Result<String, String> {
    let text = site.read(Path::new(TRIALS), &format!("run: {TRIALS_COMMAND}"))?;
    let trials: Value = serde_json::from_str(&text)
        .map_err(|error| format!("{TRIALS} is not valid JSON: {error}; run: {TRIALS_COMMAND}"))?;
    let value = look_up(&trials, key).map_err(|problem| format!("{TRIALS} {problem}"))?;
    // Whole numbers and the short ones of the settings; gradients are drawn, not printed.
    match value.as_u64() {
        Some(count) => Ok(grouped(count)),
        None => value
            .as_f64()
            .map(|x| x.to_string())
            .ok_or_else(|| format!("{key} of {TRIALS} is not a number; choose another key")),
    }
}
