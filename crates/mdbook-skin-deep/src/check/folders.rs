//! mdBook empties its output folder, so that folder and the sources must keep apart.

use std::path::{Component, Path, PathBuf};

use mdbook_preprocessor::config::Config;

use crate::problem::Problem;

/// `text` is `book.toml`, for the line to name.
pub(super) fn check(text: &str, config: &Config) -> Vec<Problem> {
    let (src, output) = (plain(&config.book.src), plain(&config.build.build_dir));
    if !src.starts_with(&output) && !output.starts_with(&src) {
        return Vec::new();
    }
    let line =
        text.lines().position(|line| line.trim_start().starts_with("build-dir")).map(|index| index + 1);
    let message = format!(
        "mdBook empties its build-dir: build-dir {} and src {} must not contain one another; change one of them",
        config.build.build_dir.display(),
        config.book.src.display()
    );
    vec![Problem { file: PathBuf::from("book.toml"), line, message }]
}

/// Without `.`, and without `..` where the name before it is known.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if plain.file_name().is_some() => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_folders(src: &str, output: &str, sound: bool) {
        let text = format!("[book]\nsrc = \"{src}\"\n[build]\nbuild-dir = \"{output}\"\n");
        let problems = check(&text, &text.parse().unwrap());
        assert_eq!(problems.is_empty(), sound, "{problems:?}");
        assert!(problems.iter().all(|problem| problem.line == Some(4)));
    }

    #[test]
    fn an_output_folder_beside_the_sources_is_sound() {
        check_folders("book/src", "target/book", true);
        check_folders("book/src", "book/src-built", true);
    }

    #[test]
    fn an_output_folder_around_or_inside_the_sources_is_not() {
        check_folders("book/src", "book", false);
        check_folders("book", "book/out", false);
        check_folders("book/src", "target/../book/src", false);
        check_folders("src", ".", false);
    }
}
