//! Where a key stands in a configuration's text, for errors that only show when several keys are read together.

use std::fmt;

use toml::de::{DeTable, DeValue};

/// One step on the way to a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Into a table.
    Key(&'static str),
    /// Into an array, from 0.
    Index(usize),
}

impl From<&'static str> for Step {
    fn from(key: &'static str) -> Self {
        Self::Key(key)
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// What is wrong, and where.
#[derive(Debug)]
pub(super) struct Wrong {
    pub(super) place: Vec<Step>,
    pub(super) words: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.words)
    }
}

/// A [`Wrong`] at a place such as `["stages", 0, "epochs"]`.
macro_rules! wrong {
    ([$($step:expr),*], $($words:tt)*) => {
        $crate::config::place::Wrong { place: vec![$($step.into()),*], words: format!($($words)*) }
    };
}
pub(super) use wrong;

/// A configuration's text, parsed once more for its places.
pub(super) struct Places<'a> {
    text: &'a str,
    document: DeTable<'a>,
}

impl<'a> Places<'a> {
    /// Of a text that is TOML.
    pub(super) fn of(text: &'a str) -> Result<Self, toml::de::Error> {
        Ok(Self { text, document: DeTable::parse(text)?.into_inner() })
    }

    /// The line, from 1, of the last step that is there.
    pub(super) fn line(&self, place: &[Step]) -> usize {
        let start = self.follow(place).0;
        self.text.get(..start).unwrap_or("").matches('\n').count() + 1
    }

    /// Whether the text has this key.
    pub(super) fn has(&self, place: &[Step]) -> bool {
        self.follow(place).1
    }

    /// Where the last step that is there begins, and whether it is the last.
    fn follow(&self, place: &[Step]) -> (usize, bool) {
        let Some((Step::Key(first), rest)) = place.split_first() else { return (0, place.is_empty()) };
        let Some((key, value)) = self.document.iter().find(|(key, _)| key.get_ref() == first) else {
            return (0, false);
        };
        let (mut start, mut value) = (key.span().start, value.get_ref());
        for step in rest {
            let next = match (step, value) {
                (Step::Key(name), DeValue::Table(table)) => table
                    .iter()
                    .find(|(key, _)| key.get_ref() == name)
                    .map(|(key, value)| (key.span().start, value)),
                (Step::Index(index), DeValue::Array(array)) => {
                    array.get(*index).map(|value| (value.span().start, value))
                }
                _ => None,
            };
            let Some((at, inner)) = next else { return (start, false) };
            (start, value) = (at, inner.get_ref());
        }
        (start, true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a = 1\n\n[b]\nc = 2\n\n[[d]]\ne = 3\n[[d]]\ne = [4,\n5]\n";

    fn check(place: &[Step], line: usize, has: bool) {
        let places = Places::of(TEXT).unwrap();
        assert_eq!((places.line(place), places.has(place)), (line, has), "{place:?}");
    }

    #[test]
    fn a_key_is_found_at_its_line() {
        use Step::{Index, Key};
        check(&[Key("a")], 1, true);
        check(&[Key("b"), Key("c")], 4, true);
        check(&[Key("d"), Index(1), Key("e")], 9, true);
        check(&[Key("d"), Index(1), Key("e"), Index(1)], 10, true);
    }

    #[test]
    fn a_missing_key_is_answered_with_the_table_it_would_be_in() {
        use Step::{Index, Key};
        check(&[Key("b"), Key("x")], 3, false);
        check(&[Key("d"), Index(0), Key("x")], 6, false);
        check(&[Key("x")], 1, false);
    }
}
