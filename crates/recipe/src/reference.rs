//! Every key that a recipe may have, as `configs/all-keys.toml` documents it.

use std::sync::LazyLock;

use toml::de::{DeTable, DeValue};

use crate::document::{Document, KeyPath, Problem, Step};

const TEXT: &str = include_str!("../../../configs/all-keys.toml");

/// Top-level keys that the first recipes used and that no new one needs; their tables have them now.
const FORMER: [&str; 1] = ["label_smoothing"];

/// Documentation of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyReference {
    /// Its table, such as `augmentation`; empty at the top of the file.
    pub table: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The value in the file: the default, unless the key is required.
    pub value: &'static str,
    /// What it does and what it may be.
    pub explanation: String,
    /// Whether every recipe must have it.
    pub required: bool,
    /// Whether it only goes with another choice than the default; such keys are commented out in the file.
    pub conditional: bool,
}

/// Every key, in the order of the file.
pub fn keys() -> &'static [KeyReference] {
    static KEYS: LazyLock<Vec<KeyReference>> = LazyLock::new(|| read(TEXT));
    &KEYS
}

/// Keys directly below one another share the comment above the first.
fn read(text: &'static str) -> Vec<KeyReference> {
    let (mut keys, mut table, mut comment) = (Vec::new(), "", String::new());
    let mut used = false;
    for line in text.lines() {
        if let Some(words) = line.strip_prefix("# ") {
            if std::mem::take(&mut used) {
                comment.clear();
            }
            if !comment.is_empty() {
                comment.push(' ');
            }
            comment.push_str(words);
        } else if let Some(name) = line.strip_prefix('[') {
            table = name.trim_matches(['[', ']']);
            used = true;
        } else if let Some((name, value)) = line.split_once(" = ") {
            let explanation = comment.trim_start_matches("Required. ").to_owned();
            let required = comment.starts_with("Required. ");
            let conditional = name.starts_with('#');
            keys.push(KeyReference {
                table,
                name: name.trim_start_matches('#'),
                value,
                explanation,
                required,
                conditional,
            });
            used = true;
        } else {
            used = true;
        }
    }
    keys
}

/// Names of tables, in the order of the file.
fn tables() -> Vec<&'static str> {
    let mut tables: Vec<_> = keys().iter().map(|key| key.table).filter(|table| !table.is_empty()).collect();
    tables.dedup();
    tables
}

fn of_table(table: &str) -> impl Iterator<Item = &'static KeyReference> {
    keys().iter().filter(move |key| key.table == table)
}

/// Compares the keys of a recipe with those that there are.
///
/// # Errors
/// The first unknown key, or else the first required key that is missing.
pub(crate) fn check(document: &Document<'_>) -> Result<(), Problem> {
    let tables = tables();
    check_known("", KeyPath::default(), document.table())?;
    for (name, value) in document.table() {
        let Some(&table) = tables.iter().find(|table| *table == name.get_ref()) else { continue };
        for (path, inner) in inner_tables(table, value.get_ref()) {
            check_known(table, path, inner)?;
        }
    }
    check_complete("", KeyPath::default(), document.table())?;
    for table in tables {
        match document.table().iter().find(|(name, _)| name.get_ref() == table) {
            Some((_, value)) => {
                for (path, inner) in inner_tables(table, value.get_ref()) {
                    check_complete(table, path, inner)?;
                }
            }
            None if of_table(table).any(|key| key.required) => {
                let header = if table == "stages" { "[[stages]]" } else { &format!("[{table}]") };
                let required: Vec<_> =
                    of_table(table).filter(|key| key.required).map(|key| format!("`{}`", key.name)).collect();
                let message = format!("the table {header} is missing; it needs {}", required.join(", "));
                return Err(Problem { path: KeyPath::default(), message });
            }
            None => {}
        }
    }
    Ok(())
}

/// A table, or the tables of an array. Other values are for serde to refuse.
fn inner_tables<'d, 'a>(name: &str, value: &'d DeValue<'a>) -> Vec<(KeyPath, &'d DeTable<'a>)> {
    match value {
        DeValue::Table(table) => vec![(KeyPath::from([name.into()]), table)],
        DeValue::Array(array) => array
            .iter()
            .enumerate()
            .filter_map(|(index, value)| {
                Some((KeyPath::from([name.into(), index.into()]), value.get_ref().as_table()?))
            })
            .collect(),
        _ => Vec::new(),
    }
}

fn check_known(table: &str, path: KeyPath, found: &DeTable<'_>) -> Result<(), Problem> {
    let mut known: Vec<&str> = of_table(table).map(|key| key.name).collect();
    if table.is_empty() {
        known.extend(tables());
    }
    let former = if table.is_empty() { &FORMER[..] } else { &[] };
    // In the order of the file, so that the first typo is the one reported.
    let mut unknown: Vec<_> = found
        .keys()
        .filter(|key| !known.contains(&&**key.get_ref()) && !former.contains(&&**key.get_ref()))
        .collect();
    unknown.sort_by_key(|key| key.span().start);
    let Some(key) = unknown.first() else { return Ok(()) };
    let name = key.get_ref();
    let found = match place(&path) {
        Some(place) => format!("{place} has no key `{name}`"),
        None => format!("unknown key `{name}`"),
    };
    let hint = hint(table, name, &known);
    let known: Vec<_> = known.iter().map(|name| format!("`{name}`")).collect();
    let message =
        format!("{found}{hint} Allowed here: {}; configs/all-keys.toml explains each", known.join(", "));
    let path = KeyPath(path.0.into_iter().chain([Step::from(&**name)]).collect());
    Err(Problem { path, message })
}

/// What an unknown key may have been meant to be.
fn hint(table: &str, name: &str, known: &[&str]) -> String {
    if let Some(meant) = nearest(name, known.iter().copied()) {
        return format!("; did you mean `{meant}`?");
    }
    let elsewhere = keys().iter().find(|key| key.name == name && key.table != table);
    match elsewhere.map(|key| key.table) {
        Some("") => "; it belongs at the top of the file, above the first [table].".to_owned(),
        Some("stages") => "; it belongs in a [[stages]].".to_owned(),
        Some(table) => format!("; it belongs in [{table}]."),
        None => ".".to_owned(),
    }
}

fn check_complete(table: &str, path: KeyPath, found: &DeTable<'_>) -> Result<(), Problem> {
    let has = |key: &KeyReference| found.keys().any(|name| name.get_ref() == key.name);
    let Some(key) = of_table(table).find(|key| key.required && !has(key)) else { return Ok(()) };
    let place = place(&path).unwrap_or_else(|| "the recipe".to_owned());
    let message = format!("{place} needs the key `{}`: {}", key.name, key.explanation.trim_end_matches('.'));
    Err(Problem { path, message })
}

/// `[augmentation]`, "stage 2"; `None` at the top.
fn place(path: &KeyPath) -> Option<String> {
    match path.0.as_slice() {
        [] => None,
        [Step::Key(table)] => Some(format!("[{table}]")),
        _ => Some(path.to_string()),
    }
}

/// The candidate that a mistyped word is closest to, if it is close.
pub(crate) fn nearest<'a>(word: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    // A third of the letters may differ: `nestorov` is two exchanges and a letter from `nesterov`.
    let most = word.chars().count().div_ceil(3).min(3);
    candidates
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, _)| (1..=most).contains(distance))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(table: &str, name: &str) -> &'static KeyReference {
        of_table(table).find(|key| key.name == name).unwrap()
    }

    #[test]
    fn keys_are_read_with_what_the_file_says_about_them() {
        assert_eq!(key("", "batch_size").value, "32");
        assert!(key("data", "folder").required && !key("", "seed").required);
        assert!(key("loss", "cap").conditional && !key("loss", "kind").conditional);
        // Keys below one another share their comment.
        assert_eq!(
            key("augmentation", "brightness").explanation,
            key("augmentation", "saturation").explanation
        );
        assert!(keys().iter().all(|key| !key.explanation.is_empty()), "{:?}", keys());
    }

    #[test]
    fn the_nearest_word_is_found_and_a_far_one_is_not() {
        let words = || ["momentum", "nesterov", "beta1"].into_iter();
        assert_eq!(nearest("nestorov", words()), Some("nesterov"));
        assert_eq!(nearest("momentun", words()), Some("momentum"));
        assert_eq!(nearest("learning", words()), None);
        // A word that is right needs no suggestion.
        assert_eq!(nearest("beta1", words()), None);
    }

    #[test]
    fn every_setting_of_the_augmentation_lab_is_a_key() {
        let keys: Vec<_> = of_table("augmentation").map(|key| key.name).collect();
        for setting in catalog::widget::AUGMENTATION {
            assert!(keys.contains(&setting.key), "{}", setting.key);
        }
        assert_eq!(keys.len(), catalog::widget::AUGMENTATION.len());
    }
}
