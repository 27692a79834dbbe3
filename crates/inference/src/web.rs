//! The exported model in the browser: onnxruntime-web behind the same interface, in a Worker.
//!
//! `ort-web` expects a page; the build puts `js/loader.js` and `js/telemetry.js` of this crate in the place of its own
//! two scripts, so that it starts in a Worker and contacts no other host.

mod provider;

use catalog::model::ModelCard;
use imaging::Rgb8;
use js_sys::{Reflect, Uint8Array};
use ort::environment::Environment;
use ort::session::{OutputSelector, RunOptions, SelectedOutputMarker, Session, SessionOutputs};
use wasm_bindgen::JsValue;

use crate::model::Model;
use crate::{InferenceError, Interface, LayerOutput, NetworkAnswer, input, session};

/// What computes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    /// The graphics card.
    WebGpu,
    /// The processor.
    Wasm,
}

impl Backend {
    /// The name that readers see.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WebGpu => "WebGPU",
            Self::Wasm => "WASM",
        }
    }
}

/// onnxruntime-web, loaded once a Worker.
#[derive(Debug)]
pub struct Runtime {
    environment: Environment,
}

impl Runtime {
    /// From the folder `base`, an absolute URL with a `/` at its end, starting at `script`, with the runtime's own
    /// WASM already in memory.
    ///
    /// # Errors
    /// [`InferenceError::Runtime`] if the script does not load, or if a runtime was loaded before.
    pub async fn load(base: &str, script: &str, wasm: &Uint8Array) -> Result<Self, InferenceError> {
        let dist = ort_web::Dist::new(base).with_script_name(script);
        let api = ort_web::api(dist).await.map_err(|e| InferenceError::Runtime(e.to_string()))?;
        ort::set_api(api);
        set_binary(wasm).map_err(|e| InferenceError::Runtime(format!("{e:?}")))?;
        let environment =
            ort::init().with_telemetry(false).build().map_err(|e| InferenceError::Runtime(e.to_string()))?;
        Ok(Self { environment })
    }
}

/// Hands the runtime its WASM, which it would otherwise fetch by itself: `ort.env.wasm.wasmBinary`.
fn set_binary(wasm: &JsValue) -> Result<(), JsValue> {
    let step = |object: &JsValue, name: &str| Reflect::get(object, &name.into());
    let flags = step(&step(&step(&js_sys::global(), "ort")?, "env")?, "wasm")?;
    Reflect::set(&flags, &"wasmBinary".into(), wasm)?;
    Ok(())
}

/// A model, ready to answer by the one backend it was loaded for.
#[derive(Debug)]
pub struct Classifier {
    session: Session,
    card: ModelCard,
    interface: Interface,
    backend: Backend,
}

impl Classifier {
    /// From a model that was checked.
    ///
    /// # Errors
    /// [`InferenceError`] if inputs or outputs differ from the card, or `backend` cannot run the model. There is no
    /// silent change to another backend: the caller decides.
    pub async fn load(runtime: &Runtime, model: &Model, backend: Backend) -> Result<Self, InferenceError> {
        let refused = |message: String| InferenceError::Backend { backend: backend.name(), message };
        let mut builder = Session::builder(&runtime.environment).map_err(|e| refused(e.to_string()))?;
        provider::append(&mut builder, backend).map_err(|e| refused(e.to_string()))?;
        let session = builder.commit_from_memory(model.onnx()).await.map_err(|e| refused(e.to_string()))?;
        // The first session compiled the runtime's WASM; its bytes are not needed again.
        set_binary(&JsValue::UNDEFINED).map_err(|e| InferenceError::Runtime(format!("{e:?}")))?;
        session::check(&session, model.card(), model.interface())?;
        Ok(Self { session, card: model.card().clone(), interface: model.interface().clone(), backend })
    }

    /// What computes.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The answer to an image of any size.
    ///
    /// # Errors
    /// [`InferenceError::Run`] in the runtime's words.
    pub async fn classify(&mut self, image: &Rgb8) -> Result<NetworkAnswer, InferenceError> {
        let failed = |message: String| InferenceError::Run(message);
        let options = RunOptions::new().map_err(|e| failed(e.to_string()))?;
        let outputs = Self::run(&mut self.session, image, &self.card, &self.interface, &options).await?;
        let answer = session::answers(&outputs, 1, &self.card, &self.interface)?.pop();
        answer.ok_or_else(|| failed("there is no output for an image".to_owned()))
    }

    /// What some of the layers that the [`Model`] was asked for give for an image, in the order of `layers`. Nothing else is
    /// handed over by the runtime.
    ///
    /// # Errors
    /// [`InferenceError::Run`] in the runtime's words.
    pub async fn look(
        &mut self,
        image: &Rgb8,
        layers: &[String],
    ) -> Result<Vec<LayerOutput>, InferenceError> {
        let failed = |message: String| InferenceError::Run(message);
        let selected = layers.iter().fold(OutputSelector::no_default(), OutputSelector::with);
        let options = RunOptions::new().map_err(|e| failed(e.to_string()))?.with_outputs(selected);
        let outputs = Self::run(&mut self.session, image, &self.card, &self.interface, &options).await?;
        session::layers(&outputs, layers)
    }

    /// Runs the session for one image and waits until the outputs can be read.
    async fn run<'r, O: SelectedOutputMarker>(
        session: &'r mut Session,
        image: &Rgb8,
        card: &ModelCard,
        interface: &Interface,
        options: &'r RunOptions<O>,
    ) -> Result<SessionOutputs<'r>, InferenceError> {
        let failed = |message: String| InferenceError::Run(message);
        let planes = input::planes(image, &card.input);
        let tensor = session::tensor(planes, 1, card.input.size, interface.layout)?;
        let inputs = ort::inputs![interface.input.as_str() => tensor];
        let mut outputs = session.run_async(inputs, options).await.map_err(|e| failed(e.to_string()))?;
        ort_web::sync_outputs(&mut outputs).await.map_err(|e| failed(e.to_string()))?;
        Ok(outputs)
    }
}
