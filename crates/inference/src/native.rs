//! The exported model in a process of its own: ONNX Runtime from the `onnxruntime` wheel.

mod library;

use std::sync::Mutex;

use catalog::model::ModelCard;
use imaging::Rgb8;
use ort::environment::Environment;
use ort::session::Session;

pub use library::{LIBRARY, cache_folder, library_path};

use crate::{Answer, InferenceError, file, input, session};

/// A model, ready to answer.
#[derive(Debug)]
pub struct Classifier {
    session: Session,
    card: ModelCard,
}

impl Classifier {
    /// From the bytes of `model.onnx` and what `model.toml` says about it.
    ///
    /// # Errors
    /// [`InferenceError`] if the bytes are not the card's model, inputs or outputs differ from the card, or the
    /// runtime is missing (see [`library_path`]).
    pub fn load(onnx: &[u8], card: &ModelCard) -> Result<Self, InferenceError> {
        file::check(onnx, card)?;
        let cpu = |e: ort::Error| InferenceError::Backend { backend: "CPU", message: e.to_string() };
        let session =
            Session::builder(&environment()?).map_err(cpu)?.commit_from_memory(onnx).map_err(cpu)?;
        session::check(&session, card)?;
        Ok(Self { session, card: card.clone() })
    }

    /// What `model.toml` says.
    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// The answer to an image of any size.
    ///
    /// # Errors
    /// [`InferenceError::Run`] in the runtime's words.
    pub fn classify(&mut self, image: &Rgb8) -> Result<Answer, InferenceError> {
        let mut answers = self.classify_batch(std::slice::from_ref(image))?;
        answers.pop().ok_or_else(|| InferenceError::Run("no answer to one image".to_owned()))
    }

    /// The answers to several images in one run, in their order; none to none.
    ///
    /// # Errors
    /// [`InferenceError::Run`] in the runtime's words.
    pub fn classify_batch(&mut self, images: &[Rgb8]) -> Result<Vec<Answer>, InferenceError> {
        if images.is_empty() {
            return Ok(Vec::new());
        }
        let planes = images.iter().flat_map(|image| input::planes(image, &self.card.input)).collect();
        let tensor = session::tensor(planes, images.len(), self.card.input.size)?;
        let outputs = self
            .session
            .run(ort::inputs![session::INPUT => tensor])
            .map_err(|e| InferenceError::Run(e.to_string()))?;
        session::answers(&outputs, images.len(), &self.card)
    }
}

/// The process's environment, made once, without telemetry; a failure is tried again by the next caller.
fn environment() -> Result<Environment, InferenceError> {
    static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);
    let mut slot = ENVIRONMENT.lock().map_err(|e| InferenceError::Runtime(e.to_string()))?;
    if let Some(environment) = slot.as_ref() {
        return Ok(environment.clone());
    }
    let path = library_path();
    if !path.is_file() {
        return Err(InferenceError::RuntimeMissing { path });
    }
    let environment = ort::init_from(path)
        .map_err(|e| InferenceError::Runtime(e.to_string()))?
        .with_telemetry(false)
        .build()
        .map_err(|e| InferenceError::Runtime(e.to_string()))?;
    *slot = Some(environment.clone());
    Ok(environment)
}
