//! The model card that people read, from the same facts as `model.toml` and `metrics.json`.
//!
//! Its questions are those of Mitchell et al. 2019, <https://arxiv.org/abs/1810.03993>.

use std::fmt::Write as _;

use anyhow::Context;
use catalog::Diagnosis;
use catalog::model::ModelCard;
use serde_json::Value;

/// What the text is made of.
pub(super) struct Facts<'a> {
    pub(super) card: &'a ModelCard,
    /// The contents of `metrics.json`.
    pub(super) metrics: &'a Value,
    /// Largest change of any golden probability by storing weights in 16 bits; `None` if they are stored in 32.
    pub(super) rounding: Option<f32>,
    /// Size of `model.onnx` in millions of bytes.
    pub(super) megabytes: f64,
}

/// The text of `README.md`.
///
/// # Errors
/// Metrics without the numbers that it states.
pub(super) fn text(facts: &Facts) -> anyhow::Result<String> {
    let Facts { card, metrics, .. } = facts;
    let of = |key: &str| metrics[key].as_u64().with_context(|| format!("metrics.json has no {key}"));
    let size = card.input.size;
    let mut text = format!(
        "# {title}\n\n\
         Written by `cargo xtask export`.\n\
         The numbers are those of `metrics.json`, `model.toml` and `golden.json` beside it.\n\n\
         ## What it is\n\n\
         The network `{architecture}`, which gives a probability to each of eight diagnoses of a dermoscopic image: {labels}.\n\
         Trained from random first weights on {trained_on}.\n\
         Input: RGB, stretched to {size} × {size} pixels, scaled to 0..1, minus mean, over deviation per channel.\n\
         The ONNX file has {megabytes:.1} MB; weights are stored in {precision} and computed with in 32 bits.\n\n\
         ## What it is for\n\n\
         Teaching how such a network works, in the pages of this book and in exercises.\n\
         It is **not** for anybody's skin.\n\n\
         ## How well it does\n\n\
         On {images} test images of {lesions} synthetic lesions that neither training nor the choice of the best epoch saw:\n\n\
         | | value | 95 % interval |\n|---|---|---|\n",
        title = card.title,
        architecture = card.architecture,
        labels = Diagnosis::ALL.map(Diagnosis::name).join(", "),
        trained_on = card.trained_on,
        megabytes = facts.megabytes,
        precision = if card.precision == "fp16" { "16 bits" } else { "32 bits" },
        images = of("images")?,
        lesions = of("lesions")?,
    );
    for (key, words) in [
        ("balanced_accuracy", "balanced accuracy (chance: 0.125)"),
        ("accuracy", "accuracy"),
        ("macro_auc", "mean area under the ROC curve, one diagnosis against the rest"),
    ] {
        let _ = writeln!(text, "| {words} | {} |", measured(&metrics[key]));
    }
    for (key, words) in [
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
    text.push_str("\n| diagnosis | images | sensitivity | 95 % interval |\n|---|---|---|---|\n");
    for diagnosis in Diagnosis::ALL {
        let class = &metrics["per_class"][diagnosis.abbreviation()];
        let images =
            class["images"].as_u64().with_context(|| format!("metrics.json has no {}", diagnosis.name()))?;
        let _ = writeln!(text, "| {} | {images} | {} |", diagnosis.name(), measured(&class["sensitivity"]));
    }
    text.push_str("\nIntervals: bootstrap over lesions, so that images of one lesion stay together.\n");
    let parity = &card.parity;
    let _ = write!(
        text,
        "\n## Does every runtime say the same?\n\n\
         Largest difference of any probability from libtorch's, on {} lesions that `golden.json` lists by diagnosis and seed \
         (accepted: {}):\n\n\
         | ONNX Runtime, native | WebAssembly in Chromium | WebGPU in Chromium |\n|---|---|---|\n| {:.1e} | {} | {} |\n",
        parity.inputs,
        parity.tolerance,
        parity.native,
        parity.wasm.map_or("not measured yet".to_owned(), |value| format!("{value:.1e}")),
        parity.webgpu.map_or("not measured yet".to_owned(), |value| format!("{value:.1e}")),
    );
    if parity.webgpu.is_some() {
        text.push_str("\nWebGPU ran on an adapter in software.\n");
    }
    if let Some(rounding) = facts.rounding {
        let _ = write!(
            text,
            "\nlibtorch runs here on the weights as they are stored.\n\
             Storing them in 16 bits changed its own probabilities by at most {rounding:.1e} on the same lesions.\n"
        );
    }
    let _ = write!(
        text,
        "\n## What it cannot do\n\n\
         - It has seen drawings only.\n  Its numbers say nothing about real skin, where light, skin tones, cameras, rare forms \
         and doubtful cases differ from what a program draws.\n\
         - Every drawing shows one lesion of one of eight diagnoses, each as often as the others.\n  \
         An image of anything else gets eight probabilities all the same.\n\
         - The drawings of training and test come from one program: what it always draws alike, the network may lean on.\n\n\
         ## Where it comes from\n\n\
         `{config}` (SHA-256 `{hash}`) says how to make it again.\n\
         No image of a patient was used.\n\n\
         ## Licence\n\n\
         SPDX identifier: {licence}.\n",
        config = card.provenance.config,
        hash = card.provenance.config_sha256,
        licence = card.licence,
    );
    Ok(text)
}

/// `0.912 | 0.895 to 0.928`; with more digits where three would call something perfect that is not.
fn measured(value: &Value) -> String {
    let [value, low, high] = ["value", "low", "high"].map(|key| value[key].as_f64());
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
    }
}
