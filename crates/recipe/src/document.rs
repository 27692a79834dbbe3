//! The text of a recipe as a tree of keys that know their lines, so that a message can say where a key is.

use std::fmt;

use toml::de::{DeTable, DeValue};

use crate::RecipeError;

/// One step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// Into a table.
    Key(String),
    /// Into an array, from 0.
    Index(usize),
}

/// The way from the top of a recipe to a value, such as `stages`, 0, `epochs`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct KeyPath(pub(crate) Vec<Step>);

/// A recipe's text, parsed for its positions.
pub(crate) struct Document<'a> {
    text: &'a str,
    table: DeTable<'a>,
}

/// What is wrong with the value at a path, as a sentence.
#[derive(Debug)]
pub(crate) struct Problem {
    pub(crate) path: KeyPath,
    pub(crate) message: String,
}

/// A [`Problem`] at a path such as `["stages", 0, "epochs"]`.
macro_rules! problem {
    ([$($step:expr),*], $($words:tt)*) => {
        $crate::document::Problem {
            path: $crate::document::KeyPath(vec![$($crate::document::Step::from($step)),*]),
            message: format!($($words)*),
        }
    };
}
pub(crate) use problem;

impl From<&str> for Step {
    fn from(key: &str) -> Self {
        Self::Key(key.to_owned())
    }
}

impl From<usize> for Step {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

impl<const N: usize> From<[Step; N]> for KeyPath {
    fn from(steps: [Step; N]) -> Self {
        Self(steps.into())
    }
}

/// "`rotation` in \[augmentation\]", "`epochs` of stage 2", "`seed`".
impl fmt::Display for KeyPath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        use Step::{Index, Key};
        match self.0.as_slice() {
            [] => formatter.write_str("the recipe"),
            [Key(table), Key(key), ..] => write!(formatter, "`{key}` in [{table}]"),
            [Key(_), Index(index)] => write!(formatter, "stage {}", index + 1),
            [Key(_), Index(index), Key(key), ..] => write!(formatter, "`{key}` of stage {}", index + 1),
            [Key(key), ..] => write!(formatter, "`{key}`"),
            [Index(_), ..] => Ok(()),
        }
    }
}

impl<'a> Document<'a> {
    /// # Errors
    /// A text that is not TOML.
    pub(crate) fn parse(text: &'a str) -> Result<Self, RecipeError> {
        let table = DeTable::parse(text).map_err(|error| RecipeError::not_toml(text, &error))?;
        Ok(Self { text, table: table.into_inner() })
    }

    pub(crate) fn text(&self) -> &'a str {
        self.text
    }

    pub(crate) fn table(&self) -> &DeTable<'a> {
        &self.table
    }

    /// The line, from 1, of the last step of the path that the text has.
    pub(crate) fn line(&self, path: &KeyPath) -> usize {
        line_at(self.text, self.follow(path).0)
    }

    /// Whether the text has this key.
    pub(crate) fn has(&self, path: impl Into<KeyPath>) -> bool {
        self.follow(&path.into()).1
    }

    /// The path of the key or value at a byte of the text; empty if none is there.
    pub(crate) fn path_at(&self, offset: usize) -> KeyPath {
        let mut path = Vec::new();
        find_in_table(&self.table, offset, &mut path);
        KeyPath(path)
    }

    /// Where the last step that the text has begins, and whether it is the last of the path.
    fn follow(&self, path: &KeyPath) -> (usize, bool) {
        let Some((Step::Key(first), rest)) = path.0.split_first() else { return (0, path.0.is_empty()) };
        let Some((key, value)) = self.table.iter().find(|(key, _)| key.get_ref() == first) else {
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

/// The line, from 1, of a byte of a text.
pub(crate) fn line_at(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).matches('\n').count() + 1
}

fn find_in_table(table: &DeTable<'_>, offset: usize, path: &mut Vec<Step>) -> bool {
    table.iter().any(|(key, value)| {
        path.push(Step::Key(key.get_ref().to_string()));
        let found = find_in_value(value.get_ref(), offset, path)
            || key.span().contains(&offset)
            || value.span().contains(&offset);
        if !found {
            path.pop();
        }
        found
    })
}

fn find_in_value(value: &DeValue<'_>, offset: usize, path: &mut Vec<Step>) -> bool {
    match value {
        DeValue::Table(table) => find_in_table(table, offset, path),
        DeValue::Array(array) => array.iter().enumerate().any(|(index, value)| {
            path.push(Step::Index(index));
            let found = find_in_value(value.get_ref(), offset, path) || value.span().contains(&offset);
            if !found {
                path.pop();
            }
            found
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a = 1\n\n[b]\nc = 2\n\n[[d]]\ne = 3\n[[d]]\ne = [4,\n5]\n";

    fn path(steps: &[Step]) -> KeyPath {
        KeyPath(steps.to_vec())
    }

    #[track_caller]
    fn check(steps: &[Step], line: usize, has: bool) {
        let document = Document::parse(TEXT).unwrap();
        let path = path(steps);
        assert_eq!((document.line(&path), document.has(path.clone())), (line, has), "{path}");
    }

    #[test]
    fn a_key_is_found_at_its_line() {
        check(&["a".into()], 1, true);
        check(&["b".into(), "c".into()], 4, true);
        check(&["d".into(), 1.into(), "e".into()], 9, true);
        check(&["d".into(), 1.into(), "e".into(), 1.into()], 10, true);
    }

    #[test]
    fn a_missing_key_has_the_line_of_the_table_it_would_be_in() {
        check(&["b".into(), "x".into()], 3, false);
        check(&["d".into(), 0.into(), "x".into()], 6, false);
        check(&["x".into()], 1, false);
    }

    #[test]
    fn a_byte_of_the_text_leads_to_its_key() {
        let document = Document::parse(TEXT).unwrap();
        let at = |text: &str| document.path_at(TEXT.find(text).unwrap());
        assert_eq!(at("a = 1"), path(&["a".into()]));
        assert_eq!(at("2"), path(&["b".into(), "c".into()]));
        assert_eq!(at("4,"), path(&["d".into(), 1.into(), "e".into(), 0.into()]));
    }

    #[test]
    fn a_path_reads_as_a_person_would_say_it() {
        let words = |steps: &[Step]| path(steps).to_string();
        assert_eq!(words(&["seed".into()]), "`seed`");
        assert_eq!(words(&["loss".into(), "cap".into()]), "`cap` in [loss]");
        assert_eq!(words(&["stages".into(), 1.into(), "epochs".into()]), "`epochs` of stage 2");
    }
}
