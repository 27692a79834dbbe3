//! Progress bars of the data commands: how much is done, how fast, how long it still takes.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts things.
pub(super) fn bar(what: &'static str, count: u64) -> ProgressBar {
    styled(count, "{prefix}  {wide_bar} {pos}/{len}  {per_sec}  {eta} left").with_prefix(what)
}

fn styled(count: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template);
    ProgressBar::new(count).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
