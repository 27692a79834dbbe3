//! Every committed model: ONNX Runtime gives libtorch's answers, and the numbers beside it are those of its files.

use std::path::{Path, PathBuf};

use catalog::Diagnosis;
use catalog::faithful::DIFFERENCE;
use catalog::model::{FULL, ModelCard};
use imaging::Rgb8;
use inference::{Classifier, file};
use serde::Deserialize;

/// What libtorch said to drawn lesions.
#[derive(Deserialize)]
struct Golden {
    drawn_size: u32,
    inputs: Vec<Input>,
}

#[derive(Deserialize)]
struct Input {
    diagnosis: Diagnosis,
    seed: u64,
    probabilities: Vec<f32>,
}

/// The files that `metrics.json` was made from.
#[derive(Deserialize)]
struct Measured {
    model_sha256: String,
    predictions_sha256: String,
    images: usize,
}

/// Folders of `exported-models/`, in order.
fn models() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../exported-models");
    let mut folders: Vec<PathBuf> = all
        .read_dir()
        .unwrap_or_else(|error| panic!("{}: {error}", all.display()))
        .map(|entry| entry.expect("a folder that can be listed").path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(!folders.is_empty(), "expected a model in {}; run: cargo xtask export", all.display());
    folders
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn json<T: serde::de::DeserializeOwned>(path: &Path) -> T {
    serde_json::from_slice(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn card(folder: &Path) -> ModelCard {
    let text = String::from_utf8(read(&folder.join("model.toml"))).expect("a card is text");
    toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
}

#[test]
fn onnx_runtime_gives_libtorchs_probabilities_within_the_cards_tolerance() {
    for folder in models() {
        let card = card(&folder);
        let golden: Golden = json(&folder.join("golden.json"));
        assert_eq!(golden.inputs.len(), card.parity.inputs as usize);
        assert!(Diagnosis::ALL.iter().all(|one| golden.inputs.iter().any(|input| input.diagnosis == *one)));
        let mut classifier = Classifier::load(&read(&folder.join("model.onnx")), &card)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
        for Input { diagnosis, seed, probabilities } in golden.inputs {
            let side = golden.drawn_size;
            let drawn = lesions::draw_sample(diagnosis, seed, side, side);
            let image = Rgb8::new(side, side, drawn).expect("three bytes a pixel");
            let found = classifier.classify(&image).expect("an answer").probabilities;
            assert_eq!(found.len(), probabilities.len());
            let largest = found.iter().zip(&probabilities).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(
                largest <= card.parity.tolerance,
                "{} {diagnosis:?} {seed}: {largest:e}, more than {:e}",
                card.name,
                card.parity.tolerance
            );
        }
    }
}

#[test]
fn every_runtime_was_measured_and_lies_within_the_tolerance() {
    for folder in models() {
        let parity = card(&folder).parity;
        for (runtime, difference) in
            [("native", Some(parity.native)), ("WASM", parity.wasm), ("WebGPU", parity.webgpu)]
        {
            let name = folder.display();
            let difference = difference.unwrap_or_else(|| {
                panic!("{name}: {runtime} was not measured; run: cargo xtask test browser nightly, then export again")
            });
            assert!(difference <= parity.tolerance, "{name}, {runtime}: {difference:e}");
        }
    }
}

#[test]
fn the_metrics_are_those_of_the_files_beside_them() {
    for folder in models() {
        // Weights that others published were measured on no test set of ours.
        if card(&folder).provenance.config.is_empty() {
            assert!(!folder.join("metrics.json").exists(), "{}", folder.display());
            continue;
        }
        let measured: Measured = json(&folder.join("metrics.json"));
        let predictions = read(&folder.join("predictions.csv"));
        assert_eq!(measured.model_sha256, card(&folder).provenance.onnx_sha256);
        assert_eq!(measured.predictions_sha256, file::sha256(&predictions));
        // One line a test image, and the header.
        let lines = String::from_utf8(predictions).expect("a table is text").lines().count();
        assert_eq!(measured.images + 1, lines);
    }
}

#[test]
fn a_page_loads_the_smallest_file_that_answers_as_the_weights_as_trained_do() {
    for folder in models() {
        let card = card(&folder);
        // Whoever exports without measuring has nothing to choose by.
        let Some(best) = card.smallest_faithful() else { continue };
        assert_eq!(
            (best.precision.as_str(), best.file.as_deref()),
            (card.precision.as_str(), Some("model.onnx")),
            "{}: export it with --precision {} first",
            folder.display(),
            best.precision
        );
    }
}

#[test]
fn the_weights_as_trained_lie_beside_the_file_that_a_page_loads_and_answer_like_it() {
    for folder in models() {
        let mut card = card(&folder);
        let name = card.name.clone();
        let Some(row) = card.stored.iter().find(|row| row.precision == FULL).cloned() else { continue };
        // Published weights are fetched in full from where they were published.
        if card.provenance.config.is_empty() {
            continue;
        }
        let kept = row.file.unwrap_or_else(|| {
            panic!(
                "{name}: expected a file in full precision; export it with --precision {},fp32",
                card.precision
            )
        });
        let onnx = read(&folder.join(kept));
        assert_eq!(file::sha256(&onnx), row.sha256, "{name}");
        card.provenance.onnx_sha256 = row.sha256;
        let mut classifier = Classifier::load(&onnx, &card).unwrap_or_else(|error| panic!("{name}: {error}"));
        let golden: Golden = json(&folder.join("golden.json"));
        for Input { diagnosis, seed, probabilities } in golden.inputs {
            let side = golden.drawn_size;
            let drawn = lesions::draw_sample(diagnosis, seed, side, side);
            let image = Rgb8::new(side, side, drawn).expect("three bytes a pixel");
            let found = classifier.classify(&image).expect("an answer").probabilities;
            let largest = found.iter().zip(&probabilities).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(largest <= DIFFERENCE, "{name} {diagnosis:?} {seed}: {largest:e}");
        }
    }
}
