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
    /// How many classes it distinguishes.
    classes: usize,
    /// Names of the data sets whose test images it was measured on.
    tested: Vec<String>,
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
        + &options("RESNETS", resnets, models.iter().filter(|model| model.is_resnet()))
        + &tested(&models))
}

/// Every pair of a network with the eight diagnoses and a data set that it was tested on.
fn tested(models: &[Model]) -> String {
    let mut code = "/// Networks with the eight diagnoses and the data set that each was tested on, for a form: MODEL/DATA; the words say\n\
                    /// what a network was trained on and, behind the arrow, what it was tested on.\n\
                    pub const TESTED: &[(&str, &str)] = &[\n"
        .to_owned();
    let eight = models.iter().filter(|model| model.classes == 8);
    for model in eight {
        let network = model.title.split(" on ").next().unwrap_or_default();
        let learned = if model.drawn { "drawings" } else { "real lesions" };
        for data in &model.tested {
            let (value, on) = (format!("{}/{data}", model.name), data_title(data));
            let _infallible = writeln!(code, "({value:?}, \"{network}: {learned} → {on}\"),");
        }
    }
    code += "];\n/// Every exported model and the data set that it was tested on, MODEL/DATA.\npub const TESTS: &[&str] = &[\n";
    let mut sets: Vec<&str> = Vec::new();
    for model in models {
        for data in &model.tested {
            let _infallible = writeln!(code, "\"{}/{data}\",", model.name);
            if !sets.contains(&data.as_str()) {
                sets.push(data);
            }
        }
    }
    code += "];\n/// The data sets that networks were tested on, for a form; the one of the chapters' first network first.\n\
             pub const TEST_SETS: &[(&str, &str)] = &[\n";
    for data in sets {
        let _infallible = writeln!(code, "({data:?}, {:?}),", data_title(data));
    }
    code + "];\n"
}

/// What readers call a data set, by the name of its folder.
fn data_title(data: &str) -> &str {
    match data {
        "synthetic" => "drawings",
        "ham10000" => "real lesions",
        other => other,
    }
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
    let labels = table.get("labels").and_then(toml::Value::as_array);
    let folder = card.parent().unwrap_or(card);
    Ok(Model {
        classes: labels.map_or(0, Vec::len),
        tested: tested_on(folder).map_err(wrong)?,
        name: word("name")?,
        title: word("title")?,
        drawn: table.get("drawn").and_then(toml::Value::as_bool).unwrap_or(false),
        architecture: word("architecture")?,
        is_trained_here: config.is_some_and(|config| !config.is_empty()),
    })
}

/// Data sets of the tests whose answers and truth are in a model's folder or below it, the model's own first.
fn tested_on(folder: &Path) -> Result<Vec<String>, String> {
    let mut below: Vec<_> = fs::read_dir(folder)
        .map_err(|e| e.to_string())?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.is_dir())
        .collect();
    below.sort();
    let places = std::iter::once(folder.to_owned()).chain(below);
    places.filter(|place| place.join("truth.csv").exists()).map(|place| data_of(&place)).collect()
}

/// The data set that `metrics.json` names; on a line of its own, so that no parser is needed.
fn data_of(place: &Path) -> Result<String, String> {
    let path = place.join("metrics.json");
    let text = fs::read_to_string(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let found = text.lines().find_map(|line| line.trim().strip_prefix("\"data\": \"")?.strip_suffix("\","));
    found.map(str::to_owned).ok_or_else(|| {
        format!("{}: expected a line \"data\": \"…\"; run: cargo xtask evaluate", path.display())
    })
}
