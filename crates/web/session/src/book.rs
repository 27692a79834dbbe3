//! The networks of a book and the engine that runs them.

use std::collections::BTreeMap;
use std::fmt;

use catalog::manifest::{ModelFile, OnnxFile, Runtime};
use inference_messages::ReaderModel;

/// Name of the model that a reader's file becomes.
pub(crate) const READER_MODEL: &str = "own-model";

/// What a page was built with; every address is absolute.
#[derive(Clone, Debug, PartialEq)]
pub struct Book {
    /// onnxruntime-web.
    pub runtime: Runtime,
    /// Bytes of the Worker's own module.
    pub worker_bytes: u64,
    /// The networks, by name.
    pub models: BTreeMap<String, ModelFile>,
}

/// A model that the book was built without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownModel(pub String);

impl fmt::Display for UnknownModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "This book was built without the network \"{}\". To add it, run: cargo xtask build.",
            self.0
        )
    }
}

impl std::error::Error for UnknownModel {}

impl Book {
    /// The model of this name.
    ///
    /// # Errors
    /// If the book was built without it.
    pub fn model(&self, name: &str) -> Result<&ModelFile, UnknownModel> {
        self.models.get(name).ok_or_else(|| UnknownModel(name.to_owned()))
    }

    /// Address of the engine's WASM.
    pub(crate) fn engine_url(&self) -> String {
        format!("{}{}", self.runtime.base, self.runtime.wasm)
    }

    /// Bytes of everything that runs a network.
    pub(crate) fn engine_bytes(&self) -> u64 {
        self.runtime.bytes + self.worker_bytes
    }
}

/// The file with the weights as trained, if that is the one to use; `None` means the model's own.
pub(crate) fn full_precision_file(model: &ModelFile, wanted: bool) -> Option<&OnnxFile> {
    model.full_precision.as_ref().filter(|_| wanted)
}

/// The same model with the names of its outputs, which its file has.
pub(crate) fn with_labels(model: &ModelFile, labels: Vec<String>) -> ModelFile {
    let mut named = model.clone();
    named.card.labels = labels;
    named
}

/// What the page knows of a reader's file; `replaced` is the model in whose place it comes.
pub(crate) fn reader_model(replaced: &ModelFile, file: &ReaderModel) -> ModelFile {
    let mut model = ModelFile {
        onnx: String::new(),
        bytes: file.bytes,
        sha256: file.sha256.clone(),
        card: replaced.card.clone(),
        classes: file.labels.len(),
        full_precision: None,
        precomputed: None,
        precomputed_maps: false,
        first_layers: None,
        typical: None,
    };
    READER_MODEL.clone_into(&mut model.card.name);
    "Your own network".clone_into(&mut model.card.title);
    model.card.architecture.clone_from(&file.architecture);
    model.card.labels.clone_from(&file.labels);
    model.card.input.size = file.size;
    model.card.stored = Vec::new();
    // The book knows none of it.
    model.card.task = String::new();
    model.card.provenance.source = String::new();
    model.card.licence = String::new();
    model.card.trained_on = String::new();
    model
}
