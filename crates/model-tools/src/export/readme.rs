//! The model card that people read, from the same facts as `model.toml` and `metrics.json`.
//!
//! Its questions are those of Mitchell et al. 2019, <https://arxiv.org/abs/1810.03993>.

use std::fmt::Write as _;

use anyhow::Context;
use catalog::Diagnosis;
use catalog::model::ModelCard;
use serde_json::Value;

/// How many images of each label one part of the split has.
pub(super) struct PartCounts {
    /// `training`, `validation` or `test`.
    pub(super) name: &'static str,
    /// In the order of the labels.
    pub(super) images: Vec<usize>,
    /// Different lesions in all of them.
    pub(super) lesions: usize,
}

/// What the text is made of.
pub(super) struct Facts<'a> {
    pub(super) card: &'a ModelCard,
    /// The contents of `metrics.json`.
    pub(super) metrics: &'a Value,
    /// Where the first weights came from, in words.
    pub(super) start: &'a str,
    pub(super) parts: &'a [PartCounts],
    /// Whether `model.safetensors` is beside the card.
    pub(super) safetensors: bool,
}

/// The text of `README.md`.
///
/// # Errors
/// Metrics without the numbers that it states.
pub(super) fn text(facts: &Facts) -> anyhow::Result<String> {
    let sections = [
        what_it_is(facts),
        intended_use(facts),
        data(facts),
        how_well(facts)?,
        for_whom(facts),
        storing(facts),
        runtimes(facts.card),
        limits(facts),
        origin(facts),
    ];
    let written: Vec<String> = sections.into_iter().filter(|section| !section.is_empty()).collect();
    Ok(written.join("\n"))
}

/// A label in words.
fn word(label: &str) -> String {
    let diagnosis = Diagnosis::ALL.into_iter().find(|diagnosis| diagnosis.abbreviation() == label);
    diagnosis.map_or(label.to_owned(), |diagnosis| diagnosis.name().to_owned())
}

fn words(card: &ModelCard) -> Vec<String> {
    card.labels.iter().map(|label| word(label)).collect()
}

fn what_it_is(facts: &Facts) -> String {
    let card = facts.card;
    let size = card.input.size;
    let outputs = match card.labels.len() {
        8 => "each of eight diagnoses".to_owned(),
        count => format!("each of {count} classes"),
    };
    let files: Vec<String> = card
        .stored
        .iter()
        .filter_map(|row| Some((row.file.as_ref()?, row)))
        .map(|(file, row)| {
            let megabytes = row.bytes as f64 / 1e6;
            format!(
                "- `{file}`, {megabytes:.1} MB: weights are stored in {} and computed with in 32 bits.\n",
                bits(&row.precision)
            )
        })
        .collect();
    let safetensors = if facts.safetensors {
        "- `model.safetensors`: the weights as trained, in 32 bits, which torchvision's network of that name loads with \
         `strict=True`.\n"
    } else {
        ""
    };
    format!(
        "# {title}\n\n\
         Written by `cargo xtask export`.\n\
         The numbers are those of `metrics.json`, `model.toml` and `golden.json` beside it.\n\n\
         ## What it is\n\n\
         The network `{architecture}`, which gives a probability to {outputs} of a dermoscopic image: {labels}.\n\
         Trained from {start} on {trained_on}.\n\
         Input: RGB, stretched to {size} × {size} pixels, scaled to 0..1, minus mean, over deviation per channel.\n\n\
         {files}{safetensors}",
        title = card.title,
        architecture = card.architecture,
        labels = words(card).join(", "),
        start = facts.start,
        trained_on = card.trained_on,
        files = files.concat(),
    )
}

pub(super) fn bits(precision: &str) -> String {
    match onnx_export::Precision::from_name(precision) {
        Some(precision) => format!("{} bits", precision.bits()),
        None => precision.to_owned(),
    }
}

fn intended_use(facts: &Facts) -> String {
    let real = "- On images of another kind than those it was trained on: other cameras, other skin, photographs without a \
                dermoscope.\n";
    format!(
        "## What it is for\n\n\
         Teaching how such a network works, in the pages of this book and in exercises, and as a start for own experiments.\n\n\
         ## What it is not for\n\n\
         It is no medical device, and **not** for anybody's skin:\n\n\
         - To diagnose, to reassure, or to decide whom a doctor sees.\n\
         {}\
         - As a measure of how well such networks do in general: it was made to be looked into, not to be the best.\n",
        if facts.card.drawn { "" } else { real },
    )
}

fn data(facts: &Facts) -> String {
    let names = words(facts.card);
    let mut text = format!(
        "## What it was trained on\n\n\
         {}.\n\
         Images of one lesion are all in one part.\n\n\
         | part | lesions | images | {} |\n|---|---:|---:|{}\n",
        sentence(&facts.card.trained_on),
        names.join(" | "),
        "---:|".repeat(names.len()),
    );
    for part in facts.parts {
        let counts: Vec<String> = part.images.iter().map(usize::to_string).collect();
        let all: usize = part.images.iter().sum();
        let _ = writeln!(text, "| {} | {} | {all} | {} |", part.name, part.lesions, counts.join(" | "));
    }
    text.push_str(
        "\nTraining images change the weights, validation images choose the best epoch and the temperature, test images are \
         for the numbers below alone.\n",
    );
    text
}

/// With a capital letter.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn how_well(facts: &Facts) -> anyhow::Result<String> {
    let Facts { card, metrics, .. } = facts;
    let of = |key: &str| metrics[key].as_u64().with_context(|| format!("metrics.json has no {key}"));
    let mut text = format!(
        "## How well it does\n\n\
         On {} test images of {} {}lesions that neither training nor the choice of the best epoch saw:\n\n\
         | | value | 95 % interval |\n|---|---|---|\n",
        of("images")?,
        of("lesions")?,
        if facts.card.drawn { "synthetic " } else { "" },
    );
    let chance = format!("balanced accuracy (chance: {:.3})", 1.0 / card.labels.len() as f64);
    for (key, words) in [
        ("balanced_accuracy", chance.as_str()),
        ("accuracy", "accuracy"),
        ("macro_auc", "mean area under the ROC curve, one class against the rest"),
        ("brier_score", "Brier score, 0 to 2, lower is better"),
        ("expected_calibration_error", "expected calibration error"),
    ] {
        let _ = writeln!(text, "| {words} | {} |", measured(&metrics[key]));
    }
    if let Some(temperature) = metrics["temperature"]["value"].as_f64() {
        let error = measured(&metrics["calibrated"]["expected_calibration_error"]);
        let _ = writeln!(
            text,
            "| the same at temperature {temperature:.3}, fitted on the validation images | {error} |"
        );
    }
    if metrics["recalibrated"].is_object() {
        let error = measured(&metrics["recalibrated"]["expected_calibration_error"]);
        let _ =
            writeln!(text, "| the same with a bias for each class as well, fitted on them too | {error} |");
    }
    text.push_str(
        "\n| | images | sensitivity | 95 % interval | specificity | 95 % interval | area under the ROC curve | 95 % interval |\n\
         |---|---:|---|---|---|---|---|---|\n",
    );
    for label in &card.labels {
        let class = &metrics["per_class"][label];
        let images = class["images"].as_u64().with_context(|| format!("metrics.json has no {label}"))?;
        let [sensitivity, specificity, auc] =
            ["sensitivity", "specificity", "auc"].map(|key| measured(&class[key]));
        let _ = writeln!(text, "| {} | {images} | {sensitivity} | {specificity} | {auc} |", word(label));
    }
    text.push_str("\nIntervals: bootstrap over lesions, so that images of one lesion stay together.\n");
    if facts.card.evened {
        text.push_str(
            "\nIt was trained as if all diagnoses were equally common, so that it looks for the rare ones as hard as for the \
             others.\nIts probabilities are those of such a world; the biases in `metrics.json` turn them into those of these \
             images.\n",
        );
    }
    Ok(text)
}

/// Results per group; nothing where the data set says nothing of its patients.
fn for_whom(facts: &Facts) -> String {
    let groups = facts.metrics["groups"].as_array().map_or(&[][..], Vec::as_slice);
    if groups.is_empty() {
        return String::new();
    }
    let labels = &facts.card.labels;
    let Some(found) = labels.iter().find(|label| *label == "MEL").or(labels.last()) else {
        return String::new();
    };
    let mut text = format!(
        "## For whom it does how well\n\n\
         On the same test images. The balanced accuracy is the mean over the diagnoses that a group has, so compare groups by it \
         with care; a group of few images has a wide interval.\n\n\
         | | group | images | lesions | balanced accuracy | 95 % interval | sensitivity, {} | 95 % interval |\n\
         |---|---|---:|---:|---|---|---|---|\n",
        word(found),
    );
    for group in groups {
        let words = ["by", "name"].map(|key| group[key].as_str().unwrap_or_default());
        let counts = ["images", "lesions"].map(|key| group[key].as_u64().unwrap_or_default());
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} | {} |",
            words[0],
            words[1],
            counts[0],
            counts[1],
            measured(&group["balanced_accuracy"]),
            measured(&group["sensitivity"][found]),
        );
    }
    text
}

fn storing(facts: &Facts) -> String {
    let mut text = "## What storing the weights in fewer bits costs\n\n\
        ONNX Runtime on the test images, beside libtorch with the weights as trained:\n\n\
        | stored in | file | the same class is the most probable | largest difference of a probability | balanced accuracy |\n\
        |---|---:|---:|---:|---:|\n"
        .to_owned();
    for row in &facts.card.stored {
        let _ = writeln!(
            text,
            "| {} | {:.1} MB | {} of {} ({}) | {:.1e} | {} |",
            bits(&row.precision),
            row.bytes as f64 / 1e6,
            row.same_top,
            row.images,
            share(row.same_top, row.images),
            row.difference,
            row.balanced_accuracy.map_or("undefined".to_owned(), |value| format!("{value:.4}")),
        );
    }
    text.push_str("\nKernels and matrices are stored so; biases, batch normalisation and kernels for one channel at a time stay in 32 bits.\n");
    text
}

/// `99.9 %`, and never 100 % for less than all.
fn share(part: u32, all: u32) -> String {
    if part == all {
        return "100 %".to_owned();
    }
    let percent = 100.0 * f64::from(part) / f64::from(all.max(1));
    let digits = if percent < 99.95 { 1 } else { 3 };
    format!("{percent:.digits$} %")
}

pub(super) fn runtimes(card: &ModelCard) -> String {
    let parity = &card.parity;
    let or_none =
        |value: Option<f32>| value.map_or("not measured yet".to_owned(), |value| format!("{value:.1e}"));
    format!(
        "## Does every runtime say the same?\n\n\
         Largest difference of any probability from libtorch's with the weights as `model.onnx` stores them, on {} lesions \
         that `golden.json` lists by diagnosis and seed (accepted: {}):\n\n\
         | ONNX Runtime, native | WebAssembly in Chromium | WebGPU in Chromium |\n|---|---|---|\n| {:.1e} | {} | {} |\n{}",
        parity.inputs,
        parity.tolerance,
        parity.native,
        or_none(parity.wasm),
        or_none(parity.webgpu),
        if parity.webgpu.is_some() { "\nWebGPU ran on an adapter in software.\n" } else { "" },
    )
}

fn limits(facts: &Facts) -> String {
    let count = facts.card.labels.len();
    let other = format!(
        "An image of anything else gets {} probabilities all the same.\n",
        if count == 8 { "eight".to_owned() } else { count.to_string() }
    );
    if facts.card.drawn {
        return format!(
            "## What it cannot do\n\n\
             - It has seen drawings only.\n  Its numbers say nothing about real skin, where light, skin tones, cameras, rare \
             forms and doubtful cases differ from what a program draws.\n\
             - Every drawing shows one lesion of one of eight diagnoses, each as often as the others.\n  {other}\
             - The drawings of training and test come from one program: what it always draws alike, the network may lean on.\n"
        );
    }
    format!(
        "## What it cannot do\n\n\
         - Training and test images come from the same collections.\n  On images of another clinic or camera it will do worse \
         than the table says.\n\
         - It knows nothing but one picture: no age, no site, no history, no other lesion of the same person.\n\
         - {other}\
         - How common a diagnosis is among these images is not how common it is among people, so its probabilities are not a \
         person's risk.\n\
         - Archives of dermoscopic images hold mostly light skin; how it does on dark skin was not measured.\n\
         - Rulers, hairs, ink and frames come with some diagnoses more often than with others, and the network may lean on \
         them.\n"
    )
}

fn origin(facts: &Facts) -> String {
    let card = facts.card;
    format!(
        "## Where it comes from\n\n\
         `{}` (SHA-256 `{}`) says how to make it again.\n{}\n\
         ## Licence\n\n\
         SPDX identifier: {}.\n",
        card.provenance.config,
        card.provenance.config_sha256,
        if facts.card.drawn { "No image of a patient was used.\n" } else { "" },
        card.licence,
    )
}

/// `0.912 | 0.895 to 0.928`; with more digits where three would call something perfect that is not.
fn measured(value: &Value) -> String {
    let [value, low, high] = match value {
        Value::Number(number) => [number.as_f64(), None, None],
        value => ["value", "low", "high"].map(|key| value[key].as_f64()),
    };
    let rounds_to_one = |x: f64, digits: usize| x < 1.0 && x >= 1.0 - 0.5 / 10_f64.powi(digits as i32);
    let numbers = || [value, low, high].into_iter().flatten();
    let digits = (3..6).find(|&digits| !numbers().any(|x| rounds_to_one(x, digits))).unwrap_or(6);
    match (value, low, high) {
        (Some(value), Some(low), Some(high)) => {
            format!("{value:.digits$} | {low:.digits$} to {high:.digits$}")
        }
        (Some(value), _, _) => format!("{value:.digits$} | undefined"),
        _ => "undefined | undefined".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use catalog::model::{ModelInput, Parity, Provenance, StoredPrecision};
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_undefined_is_called_so() {
        assert_eq!(measured(&json!({"value": 0.9, "low": 0.85, "high": 0.9301})), "0.900 | 0.850 to 0.930");
        assert_eq!(measured(&json!({"value": 0.9, "low": null, "high": null})), "0.900 | undefined");
        assert_eq!(measured(&Value::Null), "undefined | undefined");
    }

    #[test]
    fn what_is_not_perfect_is_not_called_so() {
        let auc = json!({"value": 0.99983, "low": 0.99968, "high": 0.99994});
        assert_eq!(measured(&auc), "0.9998 | 0.9997 to 0.9999");
        assert_eq!(measured(&json!({"value": 1.0, "low": 1.0, "high": 1.0})), "1.000 | 1.000 to 1.000");
        assert_eq!([share(1278, 1279), share(3797, 3798), share(9, 9)], ["99.9 %", "99.974 %", "100 %"]);
    }

    fn card(labels: &[&str], drawn: bool) -> ModelCard {
        let row = |precision: &str, file: Option<&str>, same_top| StoredPrecision {
            precision: precision.to_owned(),
            file: file.map(str::to_owned),
            bytes: 22_436_224,
            sha256: String::new(),
            images: 1279,
            same_top,
            difference: 9.2e-4,
            balanced_accuracy: Some(0.615_32),
        };
        ModelCard {
            name: "a".to_owned(),
            title: "A network".to_owned(),
            architecture: "resnet18".to_owned(),
            task: String::new(),
            labels: labels.iter().map(|&label| label.to_owned()).collect(),
            input: ModelInput { size: 128, mean: [0.5; 3], std: [0.5; 3] },
            precision: "fp16".to_owned(),
            trained_on: "images of an archive".to_owned(),
            drawn,
            evened: !drawn,
            licence: "CC-BY-NC-4.0".to_owned(),
            provenance: Provenance {
                config: "configs/a.toml".to_owned(),
                config_sha256: "abc123".to_owned(),
                source: String::new(),
                onnx_sha256: String::new(),
            },
            parity: Parity { tolerance: 1e-4, inputs: 16, native: 2.4e-7, wasm: None, webgpu: None },
            stored: vec![row("fp32", None, 1279), row("fp16", Some("model.onnx"), 1278)],
        }
    }

    fn binary(drawn: bool) -> String {
        let class = |images: u64| {
            let half = json!({"value": 0.5, "low": 0.25, "high": 0.75});
            json!({"images": images, "sensitivity": half, "specificity": half, "auc": null})
        };
        let metrics = json!({
            "images": 5, "lesions": 4, "accuracy": {"value": 0.6, "low": 0.2, "high": 1.0},
            "per_class": {"benign": class(3), "malignant": class(2)},
            "groups": if drawn { json!([]) } else { json!([{
                "by": "site", "name": "head/neck", "images": 3, "lesions": 2, "balanced_accuracy": null,
                "sensitivity": {"benign": null, "malignant": {"value": 0.5, "low": 0.25, "high": 0.75}},
            }]) },
        });
        let part = |name| PartCounts { name, images: vec![3, 2], lesions: 4 };
        let parts = ["training", "validation", "test"].map(part);
        let card = card(&["benign", "malignant"], drawn);
        let start = "the weights of `resnet18.safetensors`";
        text(&Facts { card: &card, metrics: &metrics, start, parts: &parts, safetensors: true }).unwrap()
    }

    #[test]
    fn a_card_answers_what_a_reader_of_cards_asks() {
        let text = binary(false);
        for expected in [
            "Trained from the weights of `resnet18.safetensors` on images of an archive.",
            "- `model.onnx`, 22.4 MB: weights are stored in 16 bits",
            "`strict=True`",
            "no medical device",
            "| part | lesions | images | benign | malignant |",
            "| training | 4 | 5 | 3 | 2 |",
            "| balanced accuracy (chance: 0.500) | undefined | undefined |",
            "| malignant | 2 | 0.500 | 0.250 to 0.750 | 0.500 | 0.250 to 0.750 | undefined | undefined |",
            "as if all diagnoses were equally common",
            "| site | head/neck | 3 | 2 | undefined | undefined | 0.500 | 0.250 to 0.750 |",
            "| 16 bits | 22.4 MB | 1278 of 1279 (99.9 %) | 9.2e-4 | 0.6153 |",
            "not measured yet",
            "SHA-256 `abc123`",
            "SPDX identifier: CC-BY-NC-4.0.",
        ] {
            assert!(text.contains(expected), "expected {expected:?} in {text}");
        }
        assert!(!text.contains("drawing") && !text.contains("No image of a patient"), "{text}");
        assert_eq!(text.matches("\n\n\n").count(), 0);
    }

    #[test]
    fn a_card_of_drawings_says_that_they_are() {
        let text = binary(true);
        assert!(!text.contains("For whom") && !text.contains("equally common"), "{text}");
        assert!(text.contains("It has seen drawings only") && text.contains("synthetic lesions"), "{text}");
    }
}
