//! Fetches, checks and runs a network, so that the page never waits.

mod download;
mod fetched;
mod gpu;
mod looking;

use std::borrow::Cow;

use catalog::manifest::{ModelFile, Runtime};
use imaging::Rgb8;
use inference::web::{self, Classifier};
use inference::{InferenceError, Model};
use inference::{layers, metadata, weights};
use inference_messages::{
    Backend, Classification, Fallback, FileKind, Head, ImageToClassify, Layer, LoadFile, LoadModel,
    LoadedModel, NetworkError, PreferredBackend, ReaderModel, Report, Request,
};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DedicatedWorkerGlobalScope};
use worker_kit::{Attachment, Host, Task, Work};

use crate::memory;
use crate::reason::innermost;
use fetched::{FetchedFile, Sink};
use looking::{LayerSession, LookCost};

thread_local! {
    static HOST: Host<Engine> = Host::new(Engine::default());
}

/// Takes a message of the page.
pub(crate) fn receive(message: &JsValue) -> Result<(), JsValue> {
    HOST.with(|host| host.receive(message))
}

impl Work for Engine {
    type Request = Request;
    type Report = Report;

    async fn run(&mut self, request: Request, mut attached: Vec<Attachment>, task: &Task<Report>) {
        let done = match (request, attached.pop()) {
            (Request::LoadModel(load), _) => self.load(&load.runtime, &wanted(&load), task).await,
            (Request::LoadFile(load), Some(Attachment::File(file))) => {
                self.load_file(&load, &file, task).await
            }
            (Request::Classify(image), Some(Attachment::Bytes(pixels))) => {
                self.classify(image, &pixels, task).await
            }
            (Request::ComputeLayers { layers }, _) => self.compute_layers(&layers, task).await,
            (Request::LoadFile(_), _) => {
                Err(NetworkError::Crash { detail: "a file arrived without its bytes".to_owned() })
            }
            (Request::Classify(_), _) => {
                Err(NetworkError::Crash { detail: "an image arrived without its pixels".to_owned() })
            }
        };
        if let Err(error) = done {
            task.report(&Report::Failed(error));
        }
    }
}

/// The model with the file that the page asks for.
fn wanted(load: &LoadModel) -> Cow<'_, ModelFile> {
    let full = load.full_precision.then(|| load.model.in_full_precision()).flatten();
    full.map_or(Cow::Borrowed(&load.model), Cow::Owned)
}

fn now() -> f64 {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    scope.performance().map_or(0.0, |p| p.now())
}

/// All that outlives a task.
#[derive(Default)]
struct Engine {
    runtime_file: FetchedFile,
    model_file: FetchedFile,
    runtime: Option<web::Runtime>,
    model: Option<Model>,
    classifier: Option<Classifier>,
    /// The image last classified, and what computed its answer.
    last: Option<(Rgb8, web::Backend)>,
    looking: LayerSession,
    /// Why WebGPU is not asked again.
    no_gpu: Option<Fallback>,
    /// Bytes of runtime and model.
    total: u64,
}

impl Engine {
    async fn load(
        &mut self,
        runtime: &Runtime,
        model: &ModelFile,
        task: &Task<Report>,
    ) -> Result<(), NetworkError> {
        let total = runtime.wasm_bytes + model.bytes;
        self.total = total;
        let wasm_url = format!("{}{}", runtime.base, runtime.wasm);
        let files = [(wasm_url.as_str(), runtime.wasm_bytes), (model.onnx.as_str(), model.bytes)];
        self.fetch_runtime(runtime, &wasm_url, total, task).await?;
        let before = if self.runtime.is_some() { 0 } else { runtime.wasm_bytes };
        let file = download::WantedFile {
            kind: FileKind::Network,
            url: &model.onnx,
            bytes: model.bytes,
            sha256: &model.sha256,
            before,
            total: before + model.bytes,
        };
        download::ensure(&mut self.model_file, &file, task).await?;

        let downloaded = self.runtime_file.downloaded + self.model_file.downloaded;
        self.start_runtime(runtime, total).await?;
        let sha256 = self.model_file.sha256();
        let Sink::Vector(onnx) = self.model_file.take() else {
            return Err(NetworkError::Run { detail: "its bytes are no longer in memory".to_owned() });
        };
        self.forget_model();
        let other = |e: InferenceError| NetworkError::OtherModel { detail: e.to_string() };
        let mut card = model.card.clone();
        let mut labels = Vec::new();
        if card.labels.is_empty() {
            labels = metadata::labels(&onnx, &card.name).map_err(other)?;
            card.labels.clone_from(&labels);
        }
        let model = Model::hashed(onnx, sha256, card).map_err(other)?;
        let stored = file_store::keep_only(&files).await;
        report_loaded(&model, LoadedModel { downloaded, stored, labels, ..LoadedModel::default() }, task)?;
        self.model = Some(model);
        Ok(())
    }

    /// Takes a reader's file; the model in the browser's store stays there for the next visit.
    async fn load_file(
        &mut self,
        load: &LoadFile,
        file: &Blob,
        task: &Task<Report>,
    ) -> Result<(), NetworkError> {
        let LoadFile { runtime, name } = load;
        let total = runtime.wasm_bytes;
        let refused = |detail: String| NetworkError::ReaderFile { detail };
        let bytes = JsFuture::from(file.array_buffer()).await.map_err(|e| refused(thrown(&e)))?;
        let bytes = Uint8Array::new(&bytes);
        let mut onnx = Vec::new();
        if onnx.try_reserve_exact(bytes.length() as usize).is_err() {
            return Err(NetworkError::Memory { total: u64::from(bytes.length()) });
        }
        onnx.resize(bytes.length() as usize, 0);
        bytes.copy_to(&mut onnx);
        // Before anything is downloaded for it.
        let model = Model::own(onnx, name).map_err(|e| refused(e.to_string()))?;
        let wasm_url = format!("{}{}", runtime.base, runtime.wasm);
        self.fetch_runtime(runtime, &wasm_url, total, task).await?;
        self.start_runtime(runtime, total).await?;
        self.forget_model();
        let card = model.card();
        let reader_model = ReaderModel {
            size: card.input.size,
            labels: card.labels.clone(),
            architecture: card.architecture.clone(),
            bytes: u64::from(bytes.length()),
            sha256: card.provenance.onnx_sha256.clone(),
            says_preparation: !card.architecture.is_empty(),
        };
        report_loaded(
            &model,
            LoadedModel { reader_model: Some(reader_model), ..LoadedModel::default() },
            task,
        )?;
        self.model = Some(model);
        Ok(())
    }

    async fn fetch_runtime(
        &mut self,
        runtime: &Runtime,
        url: &str,
        total: u64,
        task: &Task<Report>,
    ) -> Result<(), NetworkError> {
        if self.runtime.is_some() {
            return Ok(());
        }
        let file = download::WantedFile {
            kind: FileKind::Engine,
            url,
            bytes: runtime.wasm_bytes,
            sha256: &runtime.wasm_sha256,
            before: 0,
            total,
        };
        download::ensure(&mut self.runtime_file, &file, task).await
    }

    async fn start_runtime(&mut self, runtime: &Runtime, total: u64) -> Result<(), NetworkError> {
        if self.runtime.is_some() {
            return Ok(());
        }
        let Sink::Array(wasm) = self.runtime_file.take() else {
            return Err(NetworkError::Engine { detail: "its bytes are no longer in memory".to_owned() });
        };
        let loaded = web::Runtime::load(&runtime.base, &runtime.script, &wasm).await;
        self.runtime = Some(loaded.map_err(|e| engine_error(&e.to_string(), total))?);
        Ok(())
    }

    /// What is here is another model's from now on.
    fn forget_model(&mut self) {
        self.model = None;
        self.classifier = None;
        self.last = None;
        self.looking = LayerSession::default();
    }

    async fn classify(
        &mut self,
        ImageToClassify { width, height, preferred, aside }: ImageToClassify,
        pixels: &Uint8Array,
        task: &Task<Report>,
    ) -> Result<(), NetworkError> {
        let image = Rgb8::new(width, height, pixels.to_vec());
        let image = image.map_err(|error| NetworkError::Crash { detail: error.to_string() })?;
        if !aside {
            self.looking.forget_values();
            self.last = None;
        }
        let (backend, mut fallback) = self.backend_for(preferred).await;
        let mut first = self.classifier.as_ref().is_none_or(|c| c.backend() != backend);
        let mut run = self.run_once(backend, &image).await;
        if let Some(why) = self.given_up(backend, &run) {
            fallback = Some(why);
            first = true;
            run = self.run_once(web::Backend::Wasm, &image).await;
        }
        let run = run.map_err(|refused| refused.error(self.total))?;
        let backend = run.backend;
        task.report(&Report::Classified(Box::new(Classification {
            probabilities: run.answer.probabilities,
            logits: run.answer.logits,
            backend: told(backend),
            fallback,
            milliseconds: run.milliseconds,
            first,
            gpu_submissions: run.gpu_submissions,
            adapter: if backend == web::Backend::WebGpu { gpu::adapter_name() } else { String::new() },
        })));
        // Unless the reader already asks for more.
        if first && !task.others_wait() {
            let again = self.run_once(backend, &image).await;
            match again {
                Ok(again) => task.report(&Report::Repeated { milliseconds: again.milliseconds }),
                // The answer stands. Whoever asks next is told that something else computes now.
                Err(_) if self.given_up(backend, &again).is_some() => {}
                Err(refused) => return Err(refused.error(self.total)),
            }
        }
        if !aside {
            self.last = Some((image, backend));
        }
        Ok(())
    }

    /// Gives the values of layers for the image last classified, by what computed its answer while that works.
    async fn compute_layers(&mut self, layers: &[String], task: &Task<Report>) -> Result<(), NetworkError> {
        let failed = |detail: String| NetworkError::Layer { detail };
        let (Some(runtime), Some(model), Some((image, backend))) =
            (&self.runtime, &mut self.model, &mut self.last)
        else {
            return Err(failed("no image was classified".to_owned()));
        };
        // Not the card that was given up while the answer's second run was timed, either.
        let mut fallback = self.no_gpu.clone().filter(|_| *backend == web::Backend::WebGpu);
        if fallback.is_some() {
            *backend = web::Backend::Wasm;
        }
        let mut start = now();
        let mut looked = self.looking.look(runtime, model, *backend, image, layers).await;
        if *backend == web::Backend::WebGpu
            && let Err(InferenceError::Run(detail) | InferenceError::Backend { message: detail, .. }) =
                &looked
        {
            let why = gpu::failure(innermost(detail));
            self.no_gpu = Some(why.clone());
            fallback = Some(why);
            *backend = web::Backend::Wasm;
            start = now();
            looked = self.looking.look(runtime, model, *backend, image, layers).await;
        }
        let ran = looked.map_err(|error| failed(words(error)))?;
        let milliseconds = if ran { now() - start } else { 0.0 };
        let cost = LookCost { ran, milliseconds, backend: told(*backend), fallback };
        self.looking.report(layers, cost, task).map_err(failed)
    }

    /// Why WebGPU is given up from now on, if it is what failed.
    fn given_up(
        &mut self,
        backend: web::Backend,
        run: &Result<FinishedRun, BackendFailure>,
    ) -> Option<Fallback> {
        match run {
            Err(BackendFailure::Failed(detail)) if backend == web::Backend::WebGpu => {
                let why = gpu::failure(detail);
                self.no_gpu = Some(why.clone());
                Some(why)
            }
            _ => None,
        }
    }

    /// What to try first, and why it is not WebGPU where the reader might expect it.
    async fn backend_for(&self, preferred: PreferredBackend) -> (web::Backend, Option<Fallback>) {
        if preferred == PreferredBackend::Wasm {
            return (web::Backend::Wasm, None);
        }
        if let Some(known) = &self.no_gpu {
            return (web::Backend::Wasm, Some(known.clone()));
        }
        match gpu::adapter().await {
            Ok(adapter) if adapter.software && preferred == PreferredBackend::Auto => {
                (web::Backend::Wasm, Some(Fallback::SoftwareAdapter))
            }
            Ok(_) => (web::Backend::WebGpu, None),
            Err(why) => (web::Backend::Wasm, Some(why)),
        }
    }

    /// One run by `backend`, with a new session where the last one ran elsewhere.
    async fn run_once(&mut self, backend: web::Backend, image: &Rgb8) -> Result<FinishedRun, BackendFailure> {
        let (Some(runtime), Some(model)) = (&self.runtime, &self.model) else {
            return Err(BackendFailure::Failed("it was not loaded".to_owned()));
        };
        // Kept outside while it runs: a session that failed is not used again.
        let mut classifier = match self.classifier.take() {
            Some(classifier) if classifier.backend() == backend => classifier,
            _ => Classifier::load(runtime, model, backend).await?,
        };
        let submissions = gpu::submissions();
        let start = now();
        let answer = classifier.classify(image).await?;
        let milliseconds = now() - start;
        let gpu_submissions = gpu::submissions() - submissions;
        let sum: f32 = answer.probabilities.iter().sum();
        // A softmax in f32 is off by less than a millionth; a graphics driver that miscalculates is far off or NaN.
        if sum.is_nan() || (sum - 1.0).abs() > 1e-3 {
            return Err(BackendFailure::Failed(format!("its probabilities add up to {sum}")));
        }
        if backend == web::Backend::WebGpu && gpu_submissions == 0 {
            return Err(BackendFailure::Failed("it received no work".to_owned()));
        }
        self.classifier = Some(classifier);
        Ok(FinishedRun { answer, backend, milliseconds, gpu_submissions })
    }
}

/// Reports the loaded model, with the layers that can be computed and the last one's weights.
fn report_loaded(model: &Model, loaded: LoadedModel, task: &Task<Report>) -> Result<(), NetworkError> {
    let listed =
        layers::layers(model.onnx()).map_err(|e| NetworkError::OtherModel { detail: e.to_string() })?;
    let head = weights::head(model.onnx());
    let loaded = LoadedModel {
        layers: listed.into_iter().map(|layer| Layer { name: layer.name, shape: layer.shape }).collect(),
        head: head.as_ref().map(|head| Head {
            layer: head.layer.clone(),
            labels: head.labels,
            channels: head.channels,
            maps: head.maps.clone(),
        }),
        ..loaded
    };
    let numbers = head.iter().flat_map(|head| [&head.weight[..], &head.bias[..]]);
    let attached: Vec<_> = numbers.map(Attachment::numbers).collect();
    task.report_with(&Report::Loaded(Box::new(loaded)), &attached);
    Ok(())
}

fn told(backend: web::Backend) -> Backend {
    match backend {
        web::Backend::WebGpu => Backend::Webgpu,
        web::Backend::Wasm => Backend::Wasm,
    }
}

/// The runtime's message if it has one.
fn words(error: InferenceError) -> String {
    match error {
        InferenceError::Backend { message, .. } | InferenceError::Run(message) => {
            innermost(&message).to_owned()
        }
        other => other.to_string(),
    }
}

struct FinishedRun {
    answer: inference::NetworkAnswer,
    backend: web::Backend,
    milliseconds: f64,
    gpu_submissions: u32,
}

/// Why a run gave no answer.
enum BackendFailure {
    /// The file does not have the inputs and outputs that its card describes, so no backend can run it.
    Unfit(String),
    /// In the runtime's words.
    Failed(String),
}

impl From<InferenceError> for BackendFailure {
    fn from(error: InferenceError) -> Self {
        match error {
            InferenceError::Shape { .. } => Self::Unfit(error.to_string()),
            other => Self::Failed(words(other)),
        }
    }
}

impl BackendFailure {
    /// The error for the page; `total` is the bytes of runtime and model.
    fn error(self, total: u64) -> NetworkError {
        match self {
            Self::Unfit(detail) => NetworkError::OtherModel { detail },
            Self::Failed(detail) if memory::is_meant(&detail) => NetworkError::Memory { total },
            Self::Failed(detail) => NetworkError::Run { detail },
        }
    }
}

fn engine_error(detail: &str, total: u64) -> NetworkError {
    if memory::is_meant(detail) {
        NetworkError::Memory { total }
    } else {
        NetworkError::Engine { detail: detail.to_owned() }
    }
}

/// The message of anything JavaScript can throw.
fn thrown(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    message.or_else(|| error.as_string()).unwrap_or_else(|| "the browser gave no reason".to_owned())
}
