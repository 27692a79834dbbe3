//! Every committed figure reads on a phone.

use std::path::Path;

/// Width of a figure on a page of 360 CSS pixels, inside a widget's frame, where it is narrowest.
const PHONE: f64 = 306.0;

/// The smallest words, CSS pixels.
const SMALLEST: f64 = 9.0;

/// Every number that follows `key="` in a text.
fn numbers(svg: &str, key: &str) -> Vec<f64> {
    svg.split(&format!(" {key}=\"")).skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok()).collect()
}

#[test]
fn no_word_of_a_figure_is_too_small_on_a_phone() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/src/figures");
    let mut words = 0;
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        let svg = std::fs::read_to_string(&path).unwrap();
        let width = numbers(&svg, "width")[0];
        for size in numbers(&svg, "font-size") {
            let shown = size * (PHONE / width).min(1.0);
            assert!(shown >= SMALLEST, "{}: {shown:.1} pixels on a phone", path.display());
            words += 1;
        }
    }
    assert!(words > 100, "only {words} words in {}", folder.display());
}
