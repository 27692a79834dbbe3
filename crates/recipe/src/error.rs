//! What can be wrong with a recipe, in words that say where and what to write instead.

use std::path::{Path, PathBuf};

use crate::document::{Document, KeyPath, Problem, line_at};
use crate::reference::nearest;

/// A recipe that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// The file cannot be read.
    #[error("cannot read the recipe {}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A key or value is wrong.
    #[error("{}{message}", position(file.as_deref(), *line))]
    Invalid {
        /// The file, if the text came from one.
        file: Option<PathBuf>,
        /// From 1.
        line: usize,
        /// What is wrong and what is allowed.
        message: String,
    },
}

fn position(file: Option<&Path>, line: usize) -> String {
    match file {
        Some(file) => format!("{}:{line}: ", file.display()),
        None => format!("line {line}: "),
    }
}

impl RecipeError {
    /// The same error, with the file that the text came from.
    #[must_use]
    pub fn in_file(self, path: &Path) -> Self {
        match self {
            Self::Invalid { line, message, .. } => {
                Self::Invalid { file: Some(path.to_owned()), line, message }
            }
            unreadable @ Self::Unreadable { .. } => unreadable,
        }
    }

    /// Of a text that is not TOML.
    pub(crate) fn not_toml(text: &str, error: &toml::de::Error) -> Self {
        let line = line_at(text, error.span().map_or(0, |span| span.start));
        let message = format!("this line is not valid TOML: {}", one_line(error.message()));
        Self::Invalid { file: None, line, message }
    }

    pub(crate) fn of_problem(document: &Document<'_>, problem: Problem) -> Self {
        Self::Invalid { file: None, line: document.line(&problem.path), message: problem.message }
    }

    /// Of a value that its type refuses.
    pub(crate) fn of_value(document: &Document<'_>, error: &toml::de::Error) -> Self {
        let text = document.text();
        let span = error.span().unwrap_or(0..0);
        let path = document.path_at(span.start);
        let message = wrong_value(&path, error.message(), text.get(span.clone()).unwrap_or(""));
        Self::Invalid { file: None, line: line_at(text, span.start), message }
    }
}

/// Says what a value must be. serde's messages end with "expected" and what the type accepts; `written` is the value
/// as it is in the file.
fn wrong_value(path: &KeyPath, message: &str, written: &str) -> String {
    let Some((_, expected)) = message.split_once(", expected ") else {
        return format!("{path}: {}", one_line(message));
    };
    let choices: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    let expected = match expected {
        "a boolean" => "true or false".to_owned(),
        "a string" => "text in quotes".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a sequence" => "a list in square brackets".to_owned(),
        _ if expected.starts_with("struct ") || expected == "a map" => "a table of keys".to_owned(),
        _ if !choices.is_empty() => alternatives(&choices),
        other => one_line(other),
    };
    let found = match written {
        "" => String::new(),
        long if long.contains('\n') => String::new(),
        short => format!("; it is {short}"),
    };
    let meant = nearest(written.trim_matches('"'), choices.iter().copied());
    let hint = meant.map_or_else(String::new, |meant| format!(". Did you mean \"{meant}\"?"));
    format!("{path} must be {expected}{found}{hint}")
}

/// `"a", "b" or "c"`.
fn alternatives(choices: &[&str]) -> String {
    let quoted: Vec<String> = choices.iter().map(|choice| format!("\"{choice}\"")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(message: &str, written: &str, expected: &str) {
        let path = KeyPath::from(["loss".into(), "kind".into()]);
        assert_eq!(wrong_value(&path, message, written), expected);
    }

    #[test]
    fn serde_s_messages_become_sentences() {
        check(
            "invalid type: string \"x\", expected f64",
            "\"x\"",
            "`kind` in [loss] must be a number; it is \"x\"",
        );
        check(
            "unknown variant `focl`, expected `cross-entropy` or `focal`",
            "\"focl\"",
            "`kind` in [loss] must be \"cross-entropy\" or \"focal\"; it is \"focl\". Did you mean \"focal\"?",
        );
        check(
            "invalid type: integer `1`, expected a boolean",
            "1",
            "`kind` in [loss] must be true or false; it is 1",
        );
        check("something else", "1", "`kind` in [loss]: something else");
    }
}
