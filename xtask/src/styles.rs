//! The widgets' style sheets: for each widget the file of its name, with what it imports, named after its contents.
//!
//! A page loads the sheets of the widgets that it holds and no others, so that none of them blocks a page without it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use catalog::widget::WIDGETS;

use crate::{generated, workspace};

/// Where all sheets lie.
fn folder() -> PathBuf {
    workspace::root().join("book/theme/css")
}

/// Puts every widget's sheet among the generated files and returns where each lies, by widget.
///
/// # Errors
/// A widget without a sheet, or an import that leads nowhere.
pub(crate) fn publish() -> anyhow::Result<BTreeMap<String, String>> {
    WIDGETS.iter().map(|widget| Ok((widget.name.to_owned(), publish_one(widget.name)?))).collect()
}

fn publish_one(name: &str) -> anyhow::Result<String> {
    let sheet = bundle(&folder(), name)?;
    let file = format!("{name}-{}.css", files::content_name([sheet.as_bytes()]));
    files::write(&generated::folder().join(&file), sheet.as_bytes())?;
    Ok(generated::url(&file))
}

/// A sheet with the sheets that its first lines import in their places, so that a page asks for one file.
fn bundle(folder: &Path, name: &str) -> anyhow::Result<String> {
    let path = folder.join(name).with_extension("css");
    let text = files::read_text(&path)?;
    let mut sheet = String::with_capacity(text.len());
    for line in text.lines() {
        match imported(line) {
            None => sheet.push_str(line),
            Some(other) if other == name => bail!("{} imports itself; remove the line", path.display()),
            Some(other) => {
                let import = bundle(folder, other)
                    .with_context(|| format!("{} imports {other}.css", path.display()))?;
                sheet.push_str(import.trim_end());
            }
        }
        sheet.push('\n');
    }
    Ok(sheet)
}

/// The name in `@import "NAME.css";`.
fn imported(line: &str) -> Option<&str> {
    line.strip_prefix("@import \"")?.strip_suffix(".css\";")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn an_imported_sheet_stands_where_it_is_imported() {
        let folder = tempfile::tempdir().unwrap();
        files::write(&folder.path().join("shared.css"), b".a {}\n\n").unwrap();
        files::write(&folder.path().join("lab.css"), b"@import \"shared.css\";\n\n.b {}\n").unwrap();
        assert_eq!(bundle(folder.path(), "lab").unwrap(), ".a {}\n\n.b {}\n");
    }

    #[test]
    fn an_import_that_leads_nowhere_says_from_where() {
        let folder = tempfile::tempdir().unwrap();
        files::write(&folder.path().join("lab.css"), b"@import \"gone.css\";\n").unwrap();
        let message = format!("{:#}", bundle(folder.path(), "lab").unwrap_err());
        assert!(message.contains("lab.css imports gone.css: cannot read"), "{message}");
    }

    /// One that nobody loads would be edited in vain.
    #[test]
    fn every_sheet_is_loaded_by_all_pages_or_by_a_widget() {
        let config = files::read_text(&workspace::root().join("book.toml")).unwrap();
        let own: BTreeSet<&str> = WIDGETS.iter().map(|widget| widget.name).collect();
        let sheets = files::below(&folder()).unwrap();
        let texts: Vec<String> = sheets.iter().map(|path| files::read_text(path).unwrap()).collect();
        for path in &sheets {
            let name = path.file_stem().unwrap().to_string_lossy();
            let by_page = config.contains(&format!("\"book/theme/css/{name}.css\""));
            let by_other =
                texts.iter().flat_map(|text| text.lines()).any(|line| imported(line) == Some(&name));
            assert!(by_page || by_other || own.contains(&*name), "{name}.css is loaded by no page");
        }
    }
}
