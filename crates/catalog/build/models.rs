//! The exported models: `exported-models/NAME/model.toml`.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

/// The one that the chapters speak of, and widgets show first.
const BOOK: &str = "synthetic-resnet18-eight";

/// A card, as far as a form needs it.
struct Model {
    name: String,
    title: String,
    /// Whether a configuration of this repository says how it was trained.
    is_trained_here: bool,
    /// Whether every image that it was trained on is drawn.
    drawn: bool,
    architecture: String,
}

impl Model {
    /// Those of the book's drawings first, then those that have seen patients, then what others published.
    fn rank(&self) -> (bool, bool, bool, String) {
        (self.name != BOOK, !self.is_trained_here, !self.drawn, self.name.clone())
    }

    /// Whether it was trained here and begins with the first four layers of a `ResNet`.
    fn is_resnet(&self) -> bool {
        self.is_trained_here && self.architecture.starts_with("resnet")
    }
}

/// The Rust code for the names and titles of all models in `folder`.
pub(crate) fn constants(folder: &Path) -> Result<String, String> {
    let mut models = models(folder)?;
    models.sort_by_key(Model::rank);
    let all = "Name and title of each exported model, for a form; the one that the chapters speak of first.";
    let trained =
        "Those that a configuration of this repository trained; weights that others published are left out.";
    let resnets = "Those of them that begin with the first four layers of a `ResNet`.";
    Ok(options("OPTIONS", all, models.iter())
        + &options("TRAINED", trained, models.iter().filter(|model| model.is_trained_here))
        + &options("RESNETS", resnets, models.iter().filter(|model| model.is_resnet())))
}

fn options<'m>(constant: &str, about: &str, models: impl Iterator<Item = &'m Model>) -> String {
    let mut code = format!("/// {about}\npub const {constant}: &[(&str, &str)] = &[\n");
    for Model { name, title, .. } in models {
        let _infallible = writeln!(code, "({name:?}, {title:?}),");
    }
    code + "];\n"
}

fn models(folder: &Path) -> Result<Vec<Model>, String> {
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

fn model(card: &Path) -> Result<Model, String> {
    let wrong = |problem: String| format!("{}: {problem}", card.display());
    let text = fs::read_to_string(card).map_err(|e| wrong(e.to_string()))?;
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| wrong(e.to_string()))?;
    let word = |key: &str| {
        let found = table.get(key).and_then(toml::Value::as_str);
        found
            .map(str::to_owned)
            .ok_or_else(|| wrong(format!("expected {key} = \"…\", found {:?}", table.get(key))))
    };
    let config =
        table.get("provenance").and_then(|origin| origin.get("config")).and_then(toml::Value::as_str);
    Ok(Model {
        name: word("name")?,
        title: word("title")?,
        drawn: table.get("drawn").and_then(toml::Value::as_bool).unwrap_or(false),
        architecture: word("architecture")?,
        is_trained_here: config.is_some_and(|config| !config.is_empty()),
    })
}
