//! Progress bars of commands that download or go through many images: how much is done, how fast, how long it still takes.

use indicatif::{ProgressBar, ProgressStyle};

/// A bar that counts things.
pub fn bar(what: &'static str, count: u64) -> ProgressBar {
    styled(count, "{prefix}  {wide_bar} {human_pos}/{human_len}  {per_sec}  {eta} left").with_prefix(what)
}

/// A bar that counts bytes, of which some are there already.
pub fn bytes(what: &'static str, there: u64, count: u64) -> ProgressBar {
    let template =
        "{prefix}  {wide_bar} {decimal_bytes}/{decimal_total_bytes}  {decimal_bytes_per_sec}  {eta} left";
    styled(count, template).with_prefix(what).with_position(there)
}

/// Moves a bar of bytes, also back.
pub fn advance(bar: &ProgressBar, bytes: i64) {
    match u64::try_from(bytes) {
        Ok(bytes) => bar.inc(bytes),
        Err(_) => bar.dec(bytes.unsigned_abs()),
    }
}

fn styled(count: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template);
    ProgressBar::new(count).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}
