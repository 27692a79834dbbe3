//! Every figure of the book, by name, with the files that it is drawn from.

use std::collections::BTreeMap;

use catalog::manifest::ScoreEstimate;
use catalog::precomputed::PrecomputedAnswers;
use catalog::trials::{TRIALS, TRIALS_COMMAND, Trials};
use catalog::widget::{SAMPLES, Sample};
use catalog::{Diagnosis, census};
use imaging::Rgb8;
use serde::Deserialize;

use crate::activations::Activations;
use crate::svg::drawing;
use crate::{
    FigureError, augmentation, class_activation, confusion_matrix, data_organisation, domain_shift,
    feature_maps, first_kernels, four_operations, kernel_results, kernels, learning_curve, map_scales,
    network_answer, network_scheme, pixel_values, roc_curves, run, shortcut_runs,
};

/// A figure of the book.
pub struct Figure {
    /// Its file is `book/src/figures/NAME.svg`.
    pub name: &'static str,
    /// The files that it is drawn from.
    pub sources: &'static [SourceFile],
    /// Data to SVG.
    pub draw: fn(&Inputs) -> Result<String, FigureError>,
}

/// A file that a figure is drawn from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// From the root of the repository.
    pub path: &'static str,
    /// The command that writes it.
    pub command: &'static str,
}

/// The bytes of the files, by path from the root of the repository.
#[derive(Clone, Debug, Default)]
pub struct Inputs(BTreeMap<&'static str, Vec<u8>>);

impl Inputs {
    /// Adds the bytes of a file.
    pub fn insert(&mut self, source: SourceFile, bytes: Vec<u8>) {
        self.0.insert(source.path, bytes);
    }

    /// Whether the file is there.
    pub(crate) fn has(&self, source: SourceFile) -> bool {
        self.0.contains_key(source.path)
    }

    fn bytes(&self, source: SourceFile) -> Result<&[u8], FigureError> {
        let SourceFile { path, command } = source;
        self.0.get(path).map(Vec::as_slice).ok_or(FigureError::Missing { path, command })
    }

    pub(crate) fn text(&self, source: SourceFile) -> Result<&str, FigureError> {
        std::str::from_utf8(self.bytes(source)?)
            .map_err(|error| source.malformed("UTF-8 text", error.to_string()))
    }
}

impl SourceFile {
    pub(crate) fn malformed(self, expected: impl Into<String>, found: impl Into<String>) -> FigureError {
        let Self { path, command } = self;
        FigureError::Malformed { path, expected: expected.into(), found: found.into(), command }
    }
}

pub(crate) const METRICS: SourceFile = SourceFile {
    path: "exported-models/synthetic-resnet18-eight/metrics.json",
    command: "cargo xtask evaluate synthetic-resnet18-eight",
};
/// The same on photographs of patients.
const METRICS_ON_REAL_LESIONS: SourceFile = SourceFile {
    path: "exported-models/synthetic-resnet18-eight/ham10000/metrics.json",
    command: "cargo xtask evaluate synthetic-resnet18-eight --data data/ham10000 --split data/ham10000/split.csv --out \
              exported-models/synthetic-resnet18-eight/ham10000",
};
const GOLDEN: SourceFile = SourceFile {
    path: "exported-models/synthetic-resnet18-eight/golden.json",
    command: "cargo xtask export RUN --name synthetic-resnet18-eight",
};
pub(crate) const HISTORY: SourceFile = SourceFile {
    path: "exported-models/synthetic-resnet18-eight/history.csv",
    command: "cargo xtask export RUN --name synthetic-resnet18-eight",
};
/// Of a run that wrote one; a run without it has a learning curve of epochs only.
pub(crate) const STEPS: SourceFile = SourceFile {
    path: "exported-models/synthetic-resnet18-eight/steps.csv",
    command: "cargo xtask export RUN --name synthetic-resnet18-eight",
};
pub(crate) const ROC: SourceFile = SourceFile {
    path: "exported-models/synthetic-resnet18-eight/roc.csv",
    command: "cargo xtask evaluate synthetic-resnet18-eight",
};
const ACTIVATIONS: SourceFile = SourceFile {
    path: "exported-models/synthetic-resnet18-eight/activations.json",
    command: "cargo xtask figures --activations synthetic-resnet18-eight",
};
const ONNX: SourceFile = SourceFile {
    path: "exported-models/synthetic-resnet18-eight/model.onnx",
    command: "cargo xtask export RUN --name synthetic-resnet18-eight",
};
const ANSWERS: SourceFile = SourceFile {
    path: "exported-models/synthetic-resnet18-eight/precomputed/answers.json",
    command: "cargo xtask precompute synthetic-resnet18-eight answers",
};
/// The network for real lesions.
const LITE0_HISTORY: SourceFile = SourceFile {
    path: "exported-models/ham10000-efficientnet-lite0-eight/history.csv",
    command: "cargo xtask export RUN --name ham10000-efficientnet-lite0-eight",
};
const LITE0_STEPS: SourceFile = SourceFile {
    path: "exported-models/ham10000-efficientnet-lite0-eight/steps.csv",
    command: "cargo xtask export RUN --name ham10000-efficientnet-lite0-eight",
};
const LITE0_METRICS: SourceFile = SourceFile {
    path: "exported-models/ham10000-efficientnet-lite0-eight/metrics.json",
    command: "cargo xtask export RUN --name ham10000-efficientnet-lite0-eight",
};
const LITE0_ROC: SourceFile = SourceFile {
    path: "exported-models/ham10000-efficientnet-lite0-eight/roc.csv",
    command: "cargo xtask export RUN --name ham10000-efficientnet-lite0-eight",
};
const SHORTCUTS: SourceFile = SourceFile { path: TRIALS, command: TRIALS_COMMAND };

/// Every figure, by name.
pub const FIGURES: &[Figure] = &[
    Figure {
        name: "augmentation",
        sources: &[],
        // Any seed shows reflected and upright ones among ten.
        draw: |_| augmentation::draw(&first_lesion()?, 2019),
    },
    Figure {
        name: "class-activation",
        sources: &[ANSWERS],
        draw: |inputs| {
            let answers: PrecomputedAnswers = serde_json::from_str(inputs.text(ANSWERS)?)
                .map_err(|error| ANSWERS.malformed("answers for the samples", error.to_string()))?;
            let Sample { diagnosis, seed } = SAMPLES[0];
            let answer = answers.answer(diagnosis, seed);
            let answer = answer.ok_or_else(|| ANSWERS.malformed("an answer for the first sample", "none"))?;
            class_activation::draw(&first_lesion()?, &answers, answer)
        },
    },
    Figure { name: "confusion-matrix", sources: &[METRICS], draw: |inputs| confusion(inputs, METRICS) },
    Figure {
        name: "confusion-matrix-lite0",
        sources: &[LITE0_METRICS],
        draw: |inputs| confusion(inputs, LITE0_METRICS),
    },
    Figure {
        name: "confusion-matrix-real-lesions",
        sources: &[METRICS_ON_REAL_LESIONS],
        draw: |inputs| confusion(inputs, METRICS_ON_REAL_LESIONS),
    },
    Figure { name: "data-organisation", sources: &[], draw: |_| organisation() },
    Figure {
        name: "domain-shift",
        sources: &[METRICS, METRICS_ON_REAL_LESIONS],
        draw: |inputs| {
            let (labels, on_drawings) = sensitivities(inputs, METRICS, "tested on drawn lesions")?;
            let (_, on_real) = sensitivities(inputs, METRICS_ON_REAL_LESIONS, "tested on real lesions")?;
            domain_shift::draw(&labels, &[on_drawings, on_real])
        },
    },
    Figure {
        name: "feature-maps",
        sources: &[ACTIVATIONS, METRICS],
        draw: |inputs| {
            let activations = activations(inputs)?;
            feature_maps::draw(&looked_at(&activations)?, &activations)
        },
    },
    Figure {
        name: "first-kernels",
        sources: &[ONNX],
        draw: |inputs| kernels_of_the_first_layer(inputs.bytes(ONNX)?),
    },
    Figure {
        name: "four-operations",
        sources: &[ACTIVATIONS, METRICS],
        draw: |inputs| {
            let activations = activations(inputs)?;
            four_operations::draw(&looked_at(&activations)?, &activations)
        },
    },
    Figure { name: "kernels", sources: &[], draw: |_| kernels::draw() },
    Figure { name: "kernel-results", sources: &[], draw: |_| kernel_results::draw(&first_lesion()?) },
    Figure {
        name: "learning-curve",
        sources: &[HISTORY, STEPS],
        draw: |inputs| {
            let chance = 1.0 / Diagnosis::ALL.len() as f64;
            learning_curve::draw(&run::history(inputs, HISTORY)?, &run::steps(inputs, STEPS)?, chance)
        },
    },
    Figure {
        name: "learning-curve-lite0",
        sources: &[LITE0_HISTORY, LITE0_STEPS],
        draw: |inputs| {
            let chance = 1.0 / Diagnosis::ALL.len() as f64;
            learning_curve::draw(
                &run::history(inputs, LITE0_HISTORY)?,
                &run::steps(inputs, LITE0_STEPS)?,
                chance,
            )
        },
    },
    Figure {
        name: "map-scales",
        sources: &[ACTIVATIONS, METRICS],
        draw: |inputs| map_scales::draw(&activations(inputs)?),
    },
    Figure { name: "network-answer", sources: &[GOLDEN], draw: |inputs| answer(inputs.text(GOLDEN)?) },
    Figure {
        name: "network-scheme",
        sources: &[ACTIVATIONS, METRICS],
        draw: |inputs| scheme(&activations(inputs)?),
    },
    Figure {
        name: "pixel-values",
        sources: &[],
        // At the border of the lesion.
        draw: |_| pixel_values::draw(&first_lesion()?, BORDER),
    },
    Figure {
        name: "resnet-50-scheme",
        sources: &[],
        // As the activity builds it: eight outputs, images of 224 × 224.
        draw: |_| network_scheme::draw(&architecture::resnet(architecture::Depth::Resnet50, 8, 224)),
    },
    Figure {
        name: "roc-curves",
        sources: &[METRICS, ROC],
        draw: |inputs| roc_curves::draw(&run::roc_curves(inputs, METRICS, ROC)?),
    },
    Figure {
        name: "roc-curves-lite0",
        sources: &[LITE0_METRICS, LITE0_ROC],
        draw: |inputs| roc_curves::draw(&run::roc_curves(inputs, LITE0_METRICS, LITE0_ROC)?),
    },
    Figure {
        name: "shortcut-runs",
        sources: &[SHORTCUTS],
        draw: |inputs| {
            let trials: Trials = serde_json::from_str(inputs.text(SHORTCUTS)?)
                .map_err(|error| SHORTCUTS.malformed("runs of the shortcut experiment", error.to_string()))?;
            shortcut_runs::draw(&trials)
        },
    },
];

/// Column and row where the first lesion's border runs, upright.
const BORDER: [usize; 2] = [65, 67];

/// The lesion that the widgets start with.
fn first_lesion() -> Result<Rgb8, FigureError> {
    let Sample { diagnosis, seed } = SAMPLES[0];
    Rgb8::new(224, 224, lesions::draw_sample(diagnosis, seed, 224, 224)).map_err(drawing)
}

/// The book's own set, split as the data set explorer splits at first, with the samples that the widgets offer.
fn organisation() -> Result<String, FigureError> {
    let census = census::census("synthetic").ok_or(FigureError::Missing {
        path: "book/data/synthetic.toml",
        command: "cargo xtask data census",
    })?;
    let [mel, nv, bcc, ak, bkl, df, vasc, scc] = SAMPLES.map(|Sample { diagnosis, seed }| {
        Rgb8::new(224, 224, lesions::draw_sample(diagnosis, seed, 224, 224)).map_err(drawing)
    });
    let pictures = [mel?, nv?, bcc?, ak?, bkl?, df?, vasc?, scc?];
    let rule = data_organisation::SplitRule { shares: [65, 20, 15], seed: 2019 };
    data_organisation::draw(census, rule, &pictures)
}

/// What the network's answer needs of `golden.json`.
#[derive(Deserialize)]
struct Golden {
    /// Pixels.
    drawn_size: u32,
    inputs: Vec<GoldenAnswer>,
}

#[derive(Deserialize)]
struct GoldenAnswer {
    diagnosis: Diagnosis,
    seed: u64,
    probabilities: Vec<f32>,
}

/// The first melanoma of `golden.json`, drawn as libtorch saw it, and what libtorch said.
fn answer(text: &str) -> Result<String, FigureError> {
    let golden: Golden = serde_json::from_str(text)
        .map_err(|error| GOLDEN.malformed("drawn_size and inputs", error.to_string()))?;
    let is_melanoma = |input: &&GoldenAnswer| input.diagnosis == Diagnosis::Mel;
    let Some(GoldenAnswer { diagnosis, seed, probabilities }) = golden.inputs.iter().find(is_melanoma) else {
        return Err(GOLDEN.malformed("an input drawn as MEL", "none"));
    };
    let size = golden.drawn_size;
    let pixels = lesions::draw_sample(*diagnosis, *seed, size, size);
    network_answer::draw(*diagnosis, &Rgb8::new(size, size, pixels).map_err(drawing)?, probabilities)
}

/// What the confusion matrix needs of `metrics.json`.
#[derive(Deserialize)]
struct Metrics {
    labels: Vec<String>,
    confusion_matrix: Vec<Vec<u64>>,
}

fn confusion(inputs: &Inputs, source: SourceFile) -> Result<String, FigureError> {
    let metrics: Metrics = serde_json::from_str(inputs.text(source)?)
        .map_err(|error| source.malformed("labels and confusion_matrix", error.to_string()))?;
    confusion_matrix::draw(&metrics.labels, &metrics.confusion_matrix)
}

/// The labels of a test, and how many images of each were recognised.
fn sensitivities(
    inputs: &Inputs,
    source: SourceFile,
    title: &str,
) -> Result<(Vec<String>, domain_shift::TestShares), FigureError> {
    #[derive(Deserialize)]
    struct Sensitivities {
        labels: Vec<String>,
        per_class: BTreeMap<String, ClassSensitivity>,
    }
    #[derive(Deserialize)]
    struct ClassSensitivity {
        sensitivity: Option<ScoreEstimate>,
    }
    let metrics: Sensitivities = serde_json::from_str(inputs.text(source)?)
        .map_err(|error| source.malformed("labels and the sensitivity of each", error.to_string()))?;
    let share = |label: &String| {
        let found = metrics.per_class.get(label)?.sensitivity.as_ref()?;
        let interval = found.low.zip(found.high).map(|(low, high)| [low, high]);
        Some(domain_shift::MeasuredShare { value: found.value, interval })
    };
    let shares = metrics.labels.iter().map(share).collect();
    Ok((metrics.labels, domain_shift::TestShares { title: title.to_owned(), shares }))
}

/// What `activations.json` says, if it is of the very model that `metrics.json` measures.
fn activations(inputs: &Inputs) -> Result<Activations, FigureError> {
    #[derive(Deserialize)]
    struct ActivationsModel {
        model_sha256: String,
    }
    let activations: Activations = serde_json::from_str(inputs.text(ACTIVATIONS)?)
        .map_err(|error| ACTIVATIONS.malformed("what the layers compute", error.to_string()))?;
    if let Some((expected, found)) = activations.problem() {
        return Err(ACTIVATIONS.malformed(expected, found));
    }
    let measured: ActivationsModel = serde_json::from_str(inputs.text(METRICS)?)
        .map_err(|error| METRICS.malformed("model_sha256", error.to_string()))?;
    if activations.model_sha256 != measured.model_sha256 {
        let expected = format!("the model {}", measured.model_sha256);
        return Err(ACTIVATIONS.malformed(expected, activations.model_sha256));
    }
    Ok(activations)
}

/// The lesion that the layers saw.
fn looked_at(activations: &Activations) -> Result<Rgb8, FigureError> {
    let &Activations { diagnosis, seed, drawn_size: size, .. } = activations;
    Rgb8::new(size, size, lesions::draw_sample(diagnosis, seed, size, size)).map_err(drawing)
}

/// The weights of the first convolution, by torchvision's name.
fn kernels_of_the_first_layer(onnx: &[u8]) -> Result<String, FigureError> {
    let weights = onnx_export::Weights::from_onnx(onnx);
    let weights = weights.map_err(|error| ONNX.malformed("an ONNX file", error.to_string()))?;
    let kernels = weights.get("conv1.weight").ok_or_else(|| ONNX.malformed("conv1.weight", "none"))?;
    let &[_, 3, side, _] = &kernels.shape[..] else {
        return Err(ONNX.malformed("kernels [M, 3, K, K]", format!("{:?}", kernels.shape)));
    };
    let each: Vec<_> = kernels.values.chunks(3 * side * side).collect();
    first_kernels::draw(&each, side)
}

fn scheme(activations: &Activations) -> Result<String, FigureError> {
    let Activations { architecture, labels, input_size, .. } = activations;
    let network = architecture::by_name(architecture, labels.len(), *input_size as usize);
    network_scheme::draw(&network.map_err(|error| ACTIVATIONS.malformed("a network", error.to_string()))?)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn draw(name: &str, inputs: &Inputs) -> Result<String, FigureError> {
        (FIGURES.iter().find(|figure| figure.name == name).unwrap().draw)(inputs)
    }

    pub(crate) fn check_error(name: &str, source: SourceFile, text: &str, message: &str) {
        let mut inputs = Inputs::default();
        inputs.insert(source, text.into());
        assert_eq!(draw(name, &inputs).unwrap_err().to_string(), message);
    }

    #[test]
    fn a_missing_file_is_named_with_the_command_that_writes_it() {
        assert_eq!(
            draw("confusion-matrix", &Inputs::default()).unwrap_err().to_string(),
            "there is no file exported-models/synthetic-resnet18-eight/metrics.json; \
             run: cargo xtask evaluate synthetic-resnet18-eight"
        );
    }

    #[test]
    fn metrics_and_history_become_figures() {
        let mut inputs = Inputs::default();
        inputs.insert(
            METRICS,
            br#"{"model": "m", "labels": ["MEL", "NV"], "confusion_matrix": [[3, 1], [0, 5]]}"#.into(),
        );
        inputs.insert(
            HISTORY,
            b"epoch,stage,image_size,loss,validation_loss,accuracy,balanced_accuracy\n1,1,64,2.1,2.0,0.2,0.2\n2,1,64,1.5,1.6,0.4,0.4\n".into(),
        );
        for name in ["confusion-matrix", "learning-curve"] {
            assert!(draw(name, &inputs).unwrap().contains("<title>"));
        }
    }

    #[test]
    fn a_file_that_is_no_network_is_refused() {
        let mut inputs = Inputs::default();
        inputs.insert(ONNX, b"no protobuf".to_vec());
        let error = draw("first-kernels", &inputs).unwrap_err().to_string();
        assert!(error.starts_with("exported-models/synthetic-resnet18-eight/model.onnx needs"), "{error}");
    }

    #[test]
    fn golden_answers_without_a_melanoma_are_refused() {
        check_error(
            "network-answer",
            GOLDEN,
            r#"{"drawn_size": 32, "inputs": [{"diagnosis": "NV", "seed": 1, "probabilities": []}]}"#,
            "exported-models/synthetic-resnet18-eight/golden.json needs an input drawn as MEL, but has none; \
             run: cargo xtask export RUN --name synthetic-resnet18-eight",
        );
    }

    #[test]
    fn no_two_figures_share_a_name() {
        let names: std::collections::BTreeSet<_> = FIGURES.iter().map(|figure| figure.name).collect();
        assert_eq!(names.len(), FIGURES.len());
    }
}
