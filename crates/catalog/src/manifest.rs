//! `book/src/generated/manifest.json`: where the generated files of this build are.
//!
//! Every path is relative to the book's root, uses `/`, and carries a content hash in its name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::FULL;

/// Path of the manifest, relative to the book's source folder.
pub const MANIFEST: &str = "generated/manifest.json";

/// All generated files of one build.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// WASM modules by name: [`WIDGETS`], [`WORKER`].
    pub modules: BTreeMap<String, Module>,
    /// The ONNX runtime, if it was fetched.
    pub runtime: Option<Runtime>,
    /// Exported models by name.
    pub models: BTreeMap<String, ModelFile>,
    /// Tests of the exported models, in the order of [`crate::model::TESTS`].
    #[serde(default)]
    pub tests: Vec<TestFile>,
    /// Style sheets by widget.
    #[serde(default)]
    pub styles: BTreeMap<String, String>,
}

/// One test of an exported model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestFile {
    /// Model and data set, `MODEL/DATA`.
    pub test: String,
    /// The answers beside the truth, [`crate::test_answers::TestAnswers`] as JSON.
    pub answers: String,
    /// Its main numbers.
    pub scores: TestScores,
}

/// The main numbers of a test, from `metrics.json`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TestScores {
    /// How many images.
    pub images: u32,
    /// Mean of the sensitivities; `None` if undefined.
    pub balanced_accuracy: Option<ScoreEstimate>,
    /// The expected calibration error of the probabilities as the network gives them.
    pub calibration_error: Option<ScoreEstimate>,
    /// The same after a temperature and a bias for each class, fitted on validation images; `None` without a best fit.
    pub fitted_calibration_error: Option<ScoreEstimate>,
}

/// A number and the ends of its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScoreEstimate {
    /// The number.
    pub value: f64,
    /// Lower end; `None` if undefined.
    pub low: Option<f64>,
    /// Upper end; `None` if undefined.
    pub high: Option<f64>,
}

/// A WASM module and its JavaScript glue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Module {
    /// The glue, an ES module.
    pub script: String,
    /// The WASM itself.
    pub wasm: String,
    /// Worker script, for modules that compute off the main thread.
    pub worker: Option<String>,
    /// Size of the WASM, bytes.
    pub bytes: u64,
}

/// The module of the widgets, by its name in the manifest.
pub const WIDGETS: &str = "widgets";

/// The Worker's module, by its name in the manifest.
pub const WORKER: &str = "inference-worker";

/// Text of the button that starts a network: `network` and `engine` (everything that runs it) are the bytes that still need
/// to be downloaded.
///
/// ```
/// use catalog::manifest::start_words;
/// assert!(start_words(44_700_000, 27_000_000).starts_with("Start the network: downloads 72 MB once (45 MB for"));
/// assert!(start_words(0, 0).ends_with("nothing is downloaded"));
/// ```
pub fn start_words(network: u64, engine: u64) -> String {
    let all = megabytes(network + engine);
    let words = match (network, engine) {
        (0, 0) => "everything is already in this browser, so nothing is downloaded".to_owned(),
        (_, 0) => format!("downloads {all} once; its engine is already in this browser"),
        (0, _) => {
            format!("downloads its engine, {all}, once; the network is already in this browser")
        }
        _ => {
            let network = megabytes(network);
            format!("downloads {all} once ({network} for the network, the rest for the engine that runs it)")
        }
    };
    format!("Start the network: {words}")
}

/// Bytes for a reader who is about to download them, `45 MB` or `0.4 MB`; decimal units, as networks count.
///
/// ```
/// assert_eq!([44_700_000, 386_000, 9_960_000].map(catalog::manifest::megabytes), ["45 MB", "0.4 MB", "10 MB"]);
/// ```
pub fn megabytes(bytes: u64) -> String {
    let tenths = (bytes + 50_000) / 100_000;
    if tenths < 100 {
        format!("{}.{} MB", tenths / 10, tenths % 10)
    } else {
        format!("{} MB", (bytes + 500_000) / 1_000_000)
    }
}

/// Files of the npm package `onnxruntime-web`, in its `dist/`, that the book serves: the script, its helper, its WASM.
///
/// The helper and the WASM find each other by name, so the hash is part of the folder's name.
pub const RUNTIME_FILES: [&str; 3] =
    ["ort.webgpu.min.mjs", "ort-wasm-simd-threaded.asyncify.mjs", "ort-wasm-simd-threaded.asyncify.wasm"];

/// onnxruntime-web's files, all in one folder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Runtime {
    /// The folder, with a `/` at its end.
    pub base: String,
    /// Script to start from, relative to `base`: the first of [`RUNTIME_FILES`].
    pub script: String,
    /// Its WASM, relative to `base`: the last of [`RUNTIME_FILES`].
    pub wasm: String,
    /// Size of the WASM, bytes.
    pub wasm_bytes: u64,
    /// SHA-256 of the WASM, hexadecimal.
    pub wasm_sha256: String,
    /// Bytes of the script, its helper and its WASM together.
    pub bytes: u64,
}

/// Pages contain the names of at most this many classes; if a model has more, they are read from its ONNX file once it is loaded.
pub const MOST_NAMED: usize = 20;

/// One exported model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelFile {
    /// The ONNX file.
    pub onnx: String,
    /// Its size, bytes.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// What `model.toml` says; without the labels where there are more than [`MOST_NAMED`].
    pub card: crate::model::ModelCard,
    /// How many classes it distinguishes.
    pub classes: usize,
    /// The same network with its weights as trained, in 32 bits; `None` if `onnx` is that file, or it was not saved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_precision: Option<OnnxFile>,
    /// The folder with its results for the book's samples, with a `/` at its end and a hash of the contents in its name;
    /// `None` if nothing was precomputed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub precomputed: Option<String>,
    /// Whether it contains feature maps.
    #[serde(default)]
    pub precomputed_maps: bool,
    /// Its first layers as `nn::FirstLayers` writes them; `None` if it has no such layers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_layers: Option<String>,
    /// What the network computes for typical training images, [`crate::typical::TYPICAL`]; `None` if that was not measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typical: Option<String>,
}

/// One ONNX file of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OnnxFile {
    /// The file.
    pub onnx: String,
    /// Its size, bytes.
    pub bytes: u64,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
}

impl ModelFile {
    /// The model with its weights as trained instead of the smaller file; `None` if there is no such file.
    ///
    /// Precomputed results belong to the smaller file and are left out.
    pub fn in_full_precision(&self) -> Option<Self> {
        let OnnxFile { onnx, bytes, sha256 } = self.full_precision.clone()?;
        let mut card = self.card.clone();
        FULL.clone_into(&mut card.precision);
        card.provenance.onnx_sha256.clone_from(&sha256);
        Some(Self {
            onnx,
            bytes,
            sha256,
            card,
            full_precision: None,
            precomputed: None,
            precomputed_maps: false,
            ..self.clone()
        })
    }
}
