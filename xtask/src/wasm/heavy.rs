//! Parts of the standard library that one careless call brings into a page, found by their names in the module.

/// Part of a function's name, what it costs and what does without it.
const HEAVY: [(&str, &str); 4] = [
    (
        "slice_error_fail",
        "5 KB for the words of `&text[a..b]` and `text.contains(\"…\")`; take `get(a..b)`, or search bytes",
    ),
    ("12to_lowercase", "7 KB of Unicode tables for `to_lowercase`; take `to_ascii_lowercase`"),
    ("12to_uppercase", "7 KB of Unicode tables for `to_uppercase`; take `to_ascii_uppercase`"),
    ("flt2dec", "9 KB for a number with a fraction in `format!`; take `numerics::decimal`"),
];

/// What in a compiled module, its names still there, could be had for less.
pub(super) fn found(wasm: &[u8]) -> impl Iterator<Item = &'static str> {
    HEAVY
        .iter()
        .filter(|(name, _)| wasm.windows(name.len()).any(|bytes| bytes == name.as_bytes()))
        .map(|&(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heavy_function_is_known_by_its_name() {
        assert_eq!(found(b"_ZN4core3num7flt2dec8strategy5grisu").count(), 1);
        assert_eq!(found(b"_ZN4core3str18to_ascii_lowercase").count(), 0);
    }
}
