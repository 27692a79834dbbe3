//! Turns the censuses among `book/data/*.toml` into constants, so that the page needs no parser.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

/// In the order of `Diagnosis::ALL`.
const DIAGNOSES: [&str; 8] = ["MEL", "NV", "BCC", "AK", "BKL", "DF", "VASC", "SCC"];
/// What tells a census from the other tables of the folder.
const COUNTS: &str = "lesions_by_images";
const REMEDY: &str = "run: cargo xtask data census";

struct Census {
    name: String,
    words: [String; 3],
    images: u64,
    lesions: [Vec<u32>; 8],
}

/// The Rust code for all censuses of `folder`.
pub(crate) fn constants(folder: &Path) -> Result<String, String> {
    Ok(code(&censuses(folder)?))
}

/// The largest set first, so that it is the first offered; no order comes from the directory.
fn censuses(folder: &Path) -> Result<Vec<Census>, String> {
    let entries = fs::read_dir(folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
    paths.sort();
    let mut all = Vec::new();
    for path in paths {
        let census =
            fs::read_to_string(&path).map_err(|e| e.to_string()).and_then(|text| census(&path, &text));
        all.extend(census.map_err(|problem| format!("{}: {problem}; {REMEDY}", path.display()))?);
    }
    if all.is_empty() {
        return Err(format!("expected a census among {}/*.toml, found none; {REMEDY}", folder.display()));
    }
    all.sort_by_key(|census| std::cmp::Reverse(census.images));
    Ok(all)
}

/// `None` for a table that is no census.
fn census(path: &Path, text: &str) -> Result<Option<Census>, String> {
    let table: toml::Table = text.parse().map_err(|e: toml::de::Error| e.to_string())?;
    let Some(counts) = table.get(COUNTS) else { return Ok(None) };
    let word = |key: &str| {
        let found = table.get(key).and_then(toml::Value::as_str);
        found.map(str::to_owned).ok_or_else(|| format!("expected {key} = \"…\", found {:?}", table.get(key)))
    };
    let lesions = DIAGNOSES.map(|diagnosis| row(counts, diagnosis));
    let [a, b, c, d, e, f, g, h] = lesions;
    let lesions = [a?, b?, c?, d?, e?, f?, g?, h?];
    let images = lesions
        .iter()
        .flat_map(|row| (1..).zip(row))
        .map(|(images, &lesions)| images * u64::from(lesions))
        .sum();
    let stated = table.get("images").and_then(toml::Value::as_integer);
    if stated.and_then(|stated| stated.try_into().ok()) != Some(images) {
        return Err(format!("expected images = {images}, the sum of {COUNTS}, found {stated:?}"));
    }
    let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if !name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
        return Err("expected a file name of a-z, 0-9 and -".to_owned());
    }
    Ok(Some(Census { name, words: [word("title")?, word("source")?, word("licence")?], images, lesions }))
}

/// Lesions of a diagnosis with one image, two, three, …
fn row(counts: &toml::Value, diagnosis: &str) -> Result<Vec<u32>, String> {
    let found = counts.get(diagnosis);
    let numbers = found.and_then(toml::Value::as_array).and_then(|row| {
        row.iter().map(|number| number.as_integer()?.try_into().ok()).collect::<Option<Vec<u32>>>()
    });
    numbers.ok_or_else(|| format!("expected whole numbers for {diagnosis} in {COUNTS}, found {found:?}"))
}

fn code(all: &[Census]) -> String {
    let mut code = String::from(
        "/// Every census, the set with the most images first.\npub const CENSUSES: &[Census] = &[\n",
    );
    for Census { name, words: [title, source, licence], lesions, .. } in all {
        let rows: Vec<String> = lesions.iter().map(|row| format!("&{row:?}")).collect();
        let _infallible = writeln!(
            code,
            "Census {{ name: {name:?}, title: {title:?}, source: {source:?}, licence: {licence:?}, lesions: [{}] }},",
            rows.join(", ")
        );
    }
    code += "];\n/// Name and title of each, for a form.\npub const OPTIONS: &[(&str, &str)] = &[\n";
    for Census { name, words: [title, ..], .. } in all {
        let _infallible = writeln!(code, "({name:?}, {title:?}),");
    }
    code + "];\n"
}
