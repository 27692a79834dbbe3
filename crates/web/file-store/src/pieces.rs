//! How the browser's store names the pieces of a file.
//!
//! A piece is kept under the file's own address with the bytes it holds behind it, `…/model.onnx?bytes=0-4194303`: first
//! and last one, counted from 0, as HTTP counts a range.

use std::ops::Range;

/// Bytes after which a piece is stored: what a reload costs at most, and few enough that a file is a dozen pieces.
pub const PIECE: u64 = 4 << 20;

const MARK: &str = "?bytes=";

/// Where the bytes of `range`, which is not empty, of the file at `url` are kept.
///
/// ```
/// use file_store::pieces::{key, parse};
/// assert_eq!(key("https://a.example/model.onnx", &(4..10)), "https://a.example/model.onnx?bytes=4-9");
/// assert_eq!(parse("https://a.example/model.onnx?bytes=4-9"), Some(("https://a.example/model.onnx", 4..10)));
/// assert_eq!(parse("https://a.example/model.onnx"), None);
/// ```
pub fn key(url: &str, range: &Range<u64>) -> String {
    format!("{url}{MARK}{}-{}", range.start, range.end - 1)
}

/// The file and the bytes of a key.
pub fn parse(key: &str) -> Option<(&str, Range<u64>)> {
    let (url, range) = key.rsplit_once(MARK)?;
    let (first, last) = range.split_once('-')?;
    let (first, last) = (first.parse().ok()?, last.parse::<u64>().ok()?);
    (first <= last).then_some((url, first..last + 1))
}

/// Those of the pieces that follow one another without a gap from the first byte on: two tabs that fetch the same file may
/// leave some that do not.
pub fn chain(mut pieces: Vec<Range<u64>>) -> Vec<Range<u64>> {
    // Of those that begin at the same byte the longest first.
    pieces.sort_by_key(|piece| (piece.start, std::cmp::Reverse(piece.end)));
    let mut end = 0;
    pieces.retain(|piece| {
        let follows = piece.start == end;
        if follows {
            end = piece.end;
        }
        follows
    });
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_without_a_gap_are_found_in_any_order() {
        assert_eq!(chain(vec![4..8, 8..9, 0..4]), [0..4, 4..8, 8..9]);
    }

    #[test]
    fn what_lies_behind_a_gap_is_left_out() {
        assert_eq!(chain(vec![0..4, 4..6, 7..8]), [0..4, 4..6]);
        assert_eq!(chain(vec![4..8, 8..9]), vec![]);
        assert_eq!(chain(vec![]), vec![]);
    }

    #[test]
    fn of_two_that_begin_at_the_same_byte_the_longer_one_counts() {
        // Another tab was stopped after 2 bytes; its piece leads nowhere, the other to byte 8.
        assert_eq!(chain(vec![0..2, 0..4, 4..8]), [0..4, 4..8]);
    }

    #[test]
    fn a_key_that_names_no_bytes_is_none() {
        for key in ["a?bytes=4-3", "a?bytes=4", "a?bytes=-3", "a?bytes=x-y", "a"] {
            assert_eq!(parse(key), None, "{key}");
        }
    }
}
