//! The Worker's side: fetches, checks and runs, so that the page never waits.
//!
//! One task at a time, in the order they were asked for; only [`Request::Stop`] overtakes.

mod download;
mod fetched;
mod gpu;
mod looking;
mod store;

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Once;

use catalog::manifest::{ModelFile, Runtime};
use imaging::Rgb8;
use inference::web::{self, Classifier};
use inference::{InferenceError, Model};
use inference::{layers, weights};
use inference_messages::{
    Answered, Backend, Choice, Fallback, Head, Layer, Load, LoadOwn, Loaded, Own, Part, Report, Request,
    Trouble,
};
use js_sys::{Array, Float32Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal, Blob, DedicatedWorkerGlobalScope};

use crate::memory;
use crate::reason::innermost;
use fetched::{Fetched, Sink};
use looking::{Cost, Looking};

thread_local! {
    static QUEUE: RefCell<VecDeque<Task>> = const { RefCell::new(VecDeque::new()) };
    static RUNNING: Cell<bool> = const { Cell::new(false) };
    static STOP: RefCell<Option<AbortController>> = const { RefCell::new(None) };
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
}

enum Task {
    Load(Box<Load>),
    LoadOwn(Box<LoadOwn>, Blob),
    Classify { id: u32, aside: bool, choice: Choice, image: Rgb8 },
    Look { id: u32, layers: Vec<String> },
}

/// Takes a message of the page: `{ request, bytes }`.
pub(crate) fn receive(message: &JsValue) -> Result<(), JsValue> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            tell(&Report::Failed(Trouble::Crash { detail: info.to_string() }));
        }));
    });
    let request = Reflect::get(message, &"request".into())?;
    match serde_wasm_bindgen::from_value(request)? {
        Request::Stop => STOP.with_borrow(|stop| stop.iter().for_each(AbortController::abort)),
        Request::Load(load) => push(Task::Load(load)),
        Request::LoadOwn(load) => {
            push(Task::LoadOwn(load, Reflect::get(message, &"bytes".into())?.dyn_into()?));
        }
        Request::Classify { id, aside, choice, width, height } => {
            let pixels: Uint8Array = Reflect::get(message, &"bytes".into())?.dyn_into()?;
            let image =
                Rgb8::new(width, height, pixels.to_vec()).map_err(|e| JsValue::from(e.to_string()))?;
            push(Task::Classify { id, aside, choice, image });
        }
        Request::Look { id, layers } => push(Task::Look { id, layers }),
    }
    Ok(())
}

fn push(task: Task) {
    QUEUE.with_borrow_mut(|queue| queue.push_back(task));
    if !RUNNING.replace(true) {
        wasm_bindgen_futures::spawn_local(work());
    }
}

async fn work() {
    let mut engine = ENGINE.take().unwrap_or_default();
    while let Some(task) = QUEUE.with_borrow_mut(VecDeque::pop_front) {
        let done = match task {
            Task::Load(load) => engine.load(&load.runtime, &wished(&load)).await,
            Task::LoadOwn(load, file) => engine.load_own(&load.runtime, &load.name, &file).await,
            Task::Classify { id, aside, choice, image } => engine.classify(id, aside, choice, image).await,
            Task::Look { id, layers } => engine.look(id, &layers).await,
        };
        if let Err(trouble) = done {
            tell(&Report::Failed(trouble));
        }
    }
    ENGINE.set(Some(engine));
    RUNNING.set(false);
}

/// The model with the file that the page asks for.
fn wished(load: &Load) -> Cow<'_, ModelFile> {
    let full = load.full_precision.then(|| load.model.in_full_precision()).flatten();
    full.map_or(Cow::Borrowed(&load.model), Cow::Owned)
}

/// Sends a report to the page.
fn tell(report: &Report) {
    tell_with(report, &[]);
}

/// Sends a report, and beside it the numbers that it speaks of.
fn tell_with(report: &Report, numbers: &[&[f32]]) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let report = match serde_wasm_bindgen::to_value(report) {
        Ok(report) => report,
        Err(error) => return web_sys::console::error_1(&error.into()),
    };
    let arrays: Array = numbers.iter().map(|numbers| Float32Array::from(*numbers)).collect();
    let buffers: Array = arrays.iter().map(|array| array.unchecked_into::<Float32Array>().buffer()).collect();
    let message = Object::new();
    let _a_plain_object = Reflect::set(&message, &"report".into(), &report);
    let _a_plain_object = Reflect::set(&message, &"arrays".into(), &arrays);
    if let Err(error) = scope.post_message_with_transfer(&message, &buffers) {
        web_sys::console::error_1(&error);
    }
}

fn now() -> f64 {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    scope.performance().map_or(0.0, |p| p.now())
}

/// All that outlives a task.
#[derive(Default)]
struct Engine {
    runtime_file: Fetched,
    model_file: Fetched,
    runtime: Option<web::Runtime>,
    model: Option<Model>,
    classifier: Option<Classifier>,
    /// The image last classified, and what computed its answer.
    last: Option<(Rgb8, web::Backend)>,
    looking: Looking,
    /// Why WebGPU is not asked again.
    no_gpu: Option<Fallback>,
    /// Bytes of runtime and model.
    total: u64,
}

impl Engine {
    async fn load(&mut self, runtime: &Runtime, model: &ModelFile) -> Result<(), Trouble> {
        let total = runtime.wasm_bytes + model.bytes;
        self.total = total;
        let controller = AbortController::new().map_err(|e| runtime_trouble(&thrown(&e), total))?;
        STOP.set(Some(controller.clone()));
        let signal = controller.signal();

        let wasm_url = format!("{}{}", runtime.base, runtime.wasm);
        let files = [(wasm_url.as_str(), runtime.wasm_bytes), (model.onnx.as_str(), model.bytes)];
        self.fetch_runtime(runtime, &wasm_url, total, &signal).await?;
        let before = if self.runtime.is_some() { 0 } else { runtime.wasm_bytes };
        let file = download::File {
            part: Part::Model,
            url: &model.onnx,
            bytes: model.bytes,
            sha256: &model.sha256,
            before,
            total: before + model.bytes,
        };
        download::ensure(&mut self.model_file, &file, &signal).await?;
        STOP.set(None);

        let stored = self.model_file.from_store && (self.runtime.is_some() || self.runtime_file.from_store);
        self.start_runtime(runtime, total).await?;
        let sha256 = self.model_file.sha256();
        let Sink::Vector(onnx) = self.model_file.take() else {
            return Err(Trouble::Model { detail: "its bytes are gone".to_owned() });
        };
        self.forget_model();
        let checked = Model::hashed(onnx, sha256, model.card.clone());
        let model = checked.map_err(|e| Trouble::Unfit { detail: e.to_string() })?;
        let kept = store::keep_only(&files).await;
        tell_loaded(&model, stored, kept, None)?;
        self.model = Some(model);
        Ok(())
    }

    /// Takes a reader's file; the model in the browser's store stays there for the next visit.
    async fn load_own(&mut self, runtime: &Runtime, name: &str, file: &Blob) -> Result<(), Trouble> {
        let total = runtime.wasm_bytes;
        let refused = |detail: String| Trouble::OwnModel { detail };
        let bytes = JsFuture::from(file.array_buffer()).await.map_err(|e| refused(thrown(&e)))?;
        let bytes = Uint8Array::new(&bytes);
        let mut onnx = Vec::new();
        if onnx.try_reserve_exact(bytes.length() as usize).is_err() {
            return Err(Trouble::Memory { total: u64::from(bytes.length()) });
        }
        onnx.resize(bytes.length() as usize, 0);
        bytes.copy_to(&mut onnx);
        // Before anything is downloaded for it.
        let model = Model::own(onnx, name).map_err(|e| refused(e.to_string()))?;
        let controller = AbortController::new().map_err(|e| runtime_trouble(&thrown(&e), total))?;
        STOP.set(Some(controller.clone()));
        let wasm_url = format!("{}{}", runtime.base, runtime.wasm);
        self.fetch_runtime(runtime, &wasm_url, total, &controller.signal()).await?;
        STOP.set(None);
        self.start_runtime(runtime, total).await?;
        self.forget_model();
        let card = model.card();
        let own = Own {
            size: card.input.size,
            labels: card.labels.clone(),
            architecture: card.architecture.clone(),
            bytes: u64::from(bytes.length()),
            sha256: card.provenance.onnx_sha256.clone(),
            says_preparation: !card.architecture.is_empty(),
        };
        tell_loaded(&model, true, true, Some(own))?;
        self.model = Some(model);
        Ok(())
    }

    async fn fetch_runtime(
        &mut self,
        runtime: &Runtime,
        url: &str,
        total: u64,
        stop: &AbortSignal,
    ) -> Result<(), Trouble> {
        if self.runtime.is_some() {
            return Ok(());
        }
        let file = download::File {
            part: Part::Runtime,
            url,
            bytes: runtime.wasm_bytes,
            sha256: &runtime.wasm_sha256,
            before: 0,
            total,
        };
        download::ensure(&mut self.runtime_file, &file, stop).await
    }

    async fn start_runtime(&mut self, runtime: &Runtime, total: u64) -> Result<(), Trouble> {
        if self.runtime.is_some() {
            return Ok(());
        }
        let Sink::Array(wasm) = self.runtime_file.take() else {
            return Err(Trouble::Runtime { detail: "its bytes are gone".to_owned() });
        };
        let loaded = web::Runtime::load(&runtime.base, &runtime.script, &wasm).await;
        self.runtime = Some(loaded.map_err(|e| runtime_trouble(&e.to_string(), total))?);
        Ok(())
    }

    /// What is here is another model's from now on.
    fn forget_model(&mut self) {
        self.model = None;
        self.classifier = None;
        self.last = None;
        self.looking = Looking::default();
    }

    async fn classify(&mut self, id: u32, aside: bool, choice: Choice, image: Rgb8) -> Result<(), Trouble> {
        if !aside {
            self.looking.forget_values();
            self.last = None;
        }
        let (wish, mut fallback) = self.wish(choice).await;
        let mut first = self.classifier.as_ref().is_none_or(|c| c.backend() != wish);
        let mut run = self.run(wish, &image).await;
        if let Some(why) = self.given_up(wish, &run) {
            fallback = Some(why);
            first = true;
            run = self.run(web::Backend::Wasm, &image).await;
        }
        let run = run.map_err(|refused| refused.trouble(self.total))?;
        let backend = run.backend;
        tell(&Report::Answer(Box::new(Answered {
            id,
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
        if first && QUEUE.with_borrow(VecDeque::is_empty) {
            let again = self.run(backend, &image).await;
            match again {
                Ok(again) => tell(&Report::Again { id, milliseconds: again.milliseconds }),
                // The answer stands. Whoever asks next is told that something else computes now.
                Err(_) if self.given_up(backend, &again).is_some() => {}
                Err(refused) => return Err(refused.trouble(self.total)),
            }
        }
        if !aside {
            self.last = Some((image, backend));
        }
        Ok(())
    }

    /// Gives the values of layers for the image last classified, by what computed its answer while that works.
    async fn look(&mut self, id: u32, layers: &[String]) -> Result<(), Trouble> {
        let trouble = |detail: String| Trouble::Look { id, detail };
        let (Some(runtime), Some(model), Some((image, backend))) =
            (&self.runtime, &mut self.model, &mut self.last)
        else {
            return Err(trouble("no image was classified".to_owned()));
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
        let ran = looked.map_err(|error| trouble(words(error)))?;
        let milliseconds = if ran { now() - start } else { 0.0 };
        let cost = Cost { ran, milliseconds, backend: told(*backend), fallback };
        self.looking.tell(id, layers, cost).map_err(trouble)
    }

    /// Why WebGPU is given up from now on, if it is what failed.
    fn given_up(&mut self, backend: web::Backend, run: &Result<Run, Refused>) -> Option<Fallback> {
        match run {
            Err(Refused::Failed(detail)) if backend == web::Backend::WebGpu => {
                let why = gpu::failure(detail);
                self.no_gpu = Some(why.clone());
                Some(why)
            }
            _ => None,
        }
    }

    /// What to try first, and why it is not WebGPU where the reader might expect it.
    async fn wish(&self, choice: Choice) -> (web::Backend, Option<Fallback>) {
        if choice == Choice::Wasm {
            return (web::Backend::Wasm, None);
        }
        if let Some(known) = &self.no_gpu {
            return (web::Backend::Wasm, Some(known.clone()));
        }
        match gpu::adapter().await {
            Ok(adapter) if adapter.software && choice == Choice::Auto => {
                (web::Backend::Wasm, Some(Fallback::SoftwareAdapter))
            }
            Ok(_) => (web::Backend::WebGpu, None),
            Err(why) => (web::Backend::Wasm, Some(why)),
        }
    }

    /// One run by `backend`, with a new session where the last one ran elsewhere.
    async fn run(&mut self, backend: web::Backend, image: &Rgb8) -> Result<Run, Refused> {
        let (Some(runtime), Some(model)) = (&self.runtime, &self.model) else {
            return Err(Refused::Failed("it was not loaded".to_owned()));
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
            return Err(Refused::Failed(format!("its probabilities add up to {sum}")));
        }
        if backend == web::Backend::WebGpu && gpu_submissions == 0 {
            return Err(Refused::Failed("it was given no work".to_owned()));
        }
        self.classifier = Some(classifier);
        Ok(Run { answer, backend, milliseconds, gpu_submissions })
    }
}

/// Says what is there: the layers that can be looked at, and the last one's weights.
fn tell_loaded(model: &Model, from_store: bool, kept: bool, own: Option<Own>) -> Result<(), Trouble> {
    let listed = layers::layers(model.onnx()).map_err(|e| Trouble::Unfit { detail: e.to_string() })?;
    let head = weights::head(model.onnx());
    let loaded = Loaded {
        from_store,
        kept,
        own,
        layers: listed.into_iter().map(|layer| Layer { layer: layer.name, shape: layer.shape }).collect(),
        head: head.as_ref().map(|head| Head {
            layer: head.layer.clone(),
            labels: head.labels,
            channels: head.channels,
            maps: head.maps.clone(),
        }),
    };
    let numbers: Vec<&[f32]> = head.iter().flat_map(|head| [&head.weight[..], &head.bias[..]]).collect();
    tell_with(&Report::Loaded(Box::new(loaded)), &numbers);
    Ok(())
}

fn told(backend: web::Backend) -> Backend {
    match backend {
        web::Backend::WebGpu => Backend::Webgpu,
        web::Backend::Wasm => Backend::Wasm,
    }
}

/// The runtime's words where it has any.
fn words(error: InferenceError) -> String {
    match error {
        InferenceError::Backend { message, .. } | InferenceError::Run(message) => {
            innermost(&message).to_owned()
        }
        other => other.to_string(),
    }
}

struct Run {
    answer: inference::Answer,
    backend: web::Backend,
    milliseconds: f64,
    gpu_submissions: u32,
}

/// Why a run gave no answer.
enum Refused {
    /// The file has not the inputs and outputs that its card speaks of: no backend can do anything about it.
    Unfit(String),
    /// In the runtime's words.
    Failed(String),
}

impl From<InferenceError> for Refused {
    fn from(error: InferenceError) -> Self {
        match error {
            InferenceError::Shape { .. } => Self::Unfit(error.to_string()),
            other => Self::Failed(words(other)),
        }
    }
}

impl Refused {
    /// What the page is told; `total` is bytes of runtime and model.
    fn trouble(self, total: u64) -> Trouble {
        match self {
            Self::Unfit(detail) => Trouble::Unfit { detail },
            Self::Failed(detail) if memory::is_meant(&detail) => Trouble::Memory { total },
            Self::Failed(detail) => Trouble::Model { detail },
        }
    }
}

fn runtime_trouble(detail: &str, total: u64) -> Trouble {
    if memory::is_meant(detail) {
        Trouble::Memory { total }
    } else {
        Trouble::Runtime { detail: detail.to_owned() }
    }
}

/// The message of anything JavaScript can throw.
fn thrown(error: &JsValue) -> String {
    let message = Reflect::get(error, &"message".into()).ok().and_then(|message| message.as_string());
    message.or_else(|| error.as_string()).unwrap_or_else(|| "the browser gave no reason".to_owned())
}
