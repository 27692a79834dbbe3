//! The exported models: `exported-models/NAME/model.toml`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The one that the chapters speak of, and widgets show first.
const BOOK: &str = "synthetic-resnet18-eight";

/// The Rust code for the names and titles of all models in `folder`.
pub(crate) fn constants(folder: &Path) -> Result<String, String> {
    let mut models = models(folder)?;
    models.sort_by(|a, b| (a.0 != BOOK, a).cmp(&(b.0 != BOOK, b)));
    let mut code = String::from(
        "/// Name and title of each exported model, for a form; the one that the chapters speak of first.\n\
         pub const OPTIONS: &[(&str, &str)] = &[\n",
    );
    for (name, title) in models {
        let _infallible = writeln!(code, "({name:?}, {title:?}),");
    }
    Ok(code + "];\n")
}

fn models(folder: &Path) -> Result<Vec<(String, String)>, String> {
    let entries = fs::read_dir(folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
    let cards =
        entries.filter_map(|entry| Some(entry.ok()?.path().join("model.toml"))).filter(|card| card.exists());
    let models: Vec<_> = cards.map(|card| model(&card)).collect::<Result<_, _>>()?;
    if models.is_empty() {
        return Err(format!(
            "expected {}/NAME/model.toml, found none; run: cargo xtask export RUN --name NAME",
            folder.display()
        ));
    }
    Ok(models)
}

fn model(card: &Path) -> Result<(String, String), String> {
    let wrong = |problem: String| format!("{}: {problem}", card.display());
    let text = fs::read_to_string(card).map_err(|e| wrong(e.to_string()))?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| wrong(e.to_string()))?;
    let word = |key: &str| {
        let found = table.get(key).and_then(toml::Value::as_str);
        found
            .map(str::to_owned)
            .ok_or_else(|| wrong(format!("expected {key} = \"…\", found {:?}", table.get(key))))
    };
    Ok((word("name")?, word("title")?))
}
