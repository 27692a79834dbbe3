//! The exported model in native code: ONNX Runtime from the `onnxruntime` wheel.

use std::borrow::Cow;
use std::sync::Mutex;

use catalog::model::ModelCard;
use imaging::Rgb8;
use ort::environment::Environment;
use ort::session::builder::SessionBuilder;
use ort::session::{OutputSelector, RunOptions, Session};

use crate::{InferenceError, Interface, LayerOutput, NetworkAnswer, file, input, interface, layers, session};

/// How a model is loaded.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options<'a> {
    /// Threads that one run of the network uses; as many as there are cores if `None`.
    pub threads: Option<usize>,
    /// Layers whose outputs [`Classifier::look`] will be asked for, by the names of [`layers`](crate::layers::layers).
    pub layers: &'a [&'a str],
}

/// A model, ready to answer.
#[derive(Debug)]
pub struct Classifier {
    session: Session,
    card: ModelCard,
    interface: Interface,
    layers: Vec<String>,
}

impl Classifier {
    /// From the bytes of `model.onnx` and what `model.toml` says about it.
    ///
    /// # Errors
    /// [`InferenceError`] if the bytes are not the card's model, inputs or outputs differ from the card, or the
    /// runtime is missing (see [`runtimes::onnxruntime::library`]).
    pub fn load(onnx: &[u8], card: &ModelCard) -> Result<Self, InferenceError> {
        Self::load_with(onnx, card, &Options::default())
    }

    /// The same with threads and layers of the caller's.
    ///
    /// # Errors
    /// As [`Classifier::load`]; [`InferenceError::NoLayer`].
    pub fn load_with(onnx: &[u8], card: &ModelCard, options: &Options<'_>) -> Result<Self, InferenceError> {
        file::check(onnx, card)?;
        Self::start(onnx, card.clone(), Interface::ours(), options)
    }

    /// From somebody else's classifier of images, which nothing but itself describes.
    ///
    /// # Errors
    /// As [`Model::own`](crate::Model::own) and [`Classifier::load_with`].
    pub fn load_own(onnx: &[u8], name: &str, options: &Options<'_>) -> Result<Self, InferenceError> {
        let (interface, card) = interface::read(onnx, name)?;
        Self::start(onnx, card, interface, options)
    }

    fn start(
        onnx: &[u8],
        card: ModelCard,
        interface: Interface,
        options: &Options<'_>,
    ) -> Result<Self, InferenceError> {
        let mut onnx = Cow::Borrowed(onnx);
        for layer in options.layers {
            let tail = layers::tail(&onnx, layer)?;
            if !tail.is_empty() {
                onnx.to_mut().extend(tail);
            }
        }
        let session = builder(options)
            .and_then(|mut builder| builder.commit_from_memory(&onnx).map_err(|e| refused(&e)))?;
        session::check(&session, &card, &interface)?;
        let layers = options.layers.iter().map(|&layer| layer.to_owned()).collect();
        Ok(Self { session, card, interface, layers })
    }

    /// What `model.toml` says.
    pub fn card(&self) -> &ModelCard {
        &self.card
    }

    /// The answer to an image of any size.
    ///
    /// # Errors
    /// [`InferenceError::Run`] in the runtime's words.
    pub fn classify(&mut self, image: &Rgb8) -> Result<NetworkAnswer, InferenceError> {
        let mut answers = self.classify_batch(std::slice::from_ref(image))?;
        answers.pop().ok_or_else(|| InferenceError::Run("there is no output for an image".to_owned()))
    }

    /// The answers to several images in one run, in their order; none to none.
    ///
    /// # Errors
    /// [`InferenceError::Run`] in the runtime's words.
    pub fn classify_batch(&mut self, images: &[Rgb8]) -> Result<Vec<NetworkAnswer>, InferenceError> {
        let planes = images.iter().flat_map(|image| input::planes(image, &self.card.input)).collect();
        self.answer(planes, images.len())
    }

    /// The answers to `count` images that [`planes`](crate::planes) has prepared, one after the other; none to none.
    ///
    /// # Errors
    /// [`InferenceError::Run`] with the runtime's message, or if `planes` does not have `count × 3 × S × S` values.
    pub fn answer(&mut self, planes: Vec<f32>, count: usize) -> Result<Vec<NetworkAnswer>, InferenceError> {
        if count == 0 {
            return Ok(Vec::new());
        }
        let tensor = session::tensor(planes, count, self.card.input.size, self.interface.layout)?;
        let failed = |e: ort::Error| InferenceError::Run(e.to_string());
        // The layers that a session was made with are not computed for themselves, nor copied.
        let names = self.interface.outputs.names();
        let outputs = names.fold(OutputSelector::no_default(), OutputSelector::with);
        let options = RunOptions::new().map_err(failed)?.with_outputs(outputs);
        let inputs = ort::inputs![self.interface.input.as_str() => tensor];
        let outputs = self.session.run_with_options(inputs, &options).map_err(failed)?;
        session::answers(&outputs, count, &self.card, &self.interface)
    }

    /// The answer to an image, and what the layers of [`Options`] gave for it, in their order.
    ///
    /// # Errors
    /// [`InferenceError::Run`] in the runtime's words.
    pub fn look(&mut self, image: &Rgb8) -> Result<(NetworkAnswer, Vec<LayerOutput>), InferenceError> {
        let failed = |message: String| InferenceError::Run(message);
        let planes = input::planes(image, &self.card.input);
        let tensor = session::tensor(planes, 1, self.card.input.size, self.interface.layout)?;
        let inputs = ort::inputs![self.interface.input.as_str() => tensor];
        let outputs = self.session.run(inputs).map_err(|e| failed(e.to_string()))?;
        let answer = session::answers(&outputs, 1, &self.card, &self.interface)?.pop();
        let layers = session::layers(&outputs, &self.layers)?;
        Ok((answer.ok_or_else(|| failed("there is no output for an image".to_owned()))?, layers))
    }
}

/// A session to be.
fn builder(options: &Options<'_>) -> Result<SessionBuilder, InferenceError> {
    let mut builder = Session::builder(&environment()?).map_err(|e| refused(&e))?;
    if let Some(threads) = options.threads {
        builder = builder.with_intra_threads(threads).map_err(|e| refused(&e))?;
    }
    Ok(builder)
}

fn refused(error: &dyn std::error::Error) -> InferenceError {
    InferenceError::Backend { backend: "CPU", message: error.to_string() }
}

/// The process's environment, made once, without telemetry; a failure is tried again by the next caller.
fn environment() -> Result<Environment, InferenceError> {
    static ENVIRONMENT: Mutex<Option<Environment>> = Mutex::new(None);
    let mut slot = ENVIRONMENT.lock().map_err(|e| InferenceError::Runtime(e.to_string()))?;
    if let Some(environment) = slot.as_ref() {
        return Ok(environment.clone());
    }
    let path = runtimes::onnxruntime::library();
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
