//! The Worker's side: fetches, checks and runs, so that the page never waits.
//!
//! One task at a time, in the order they were asked for; only [`Request::Stop`] overtakes.

mod download;
mod fetched;
mod gpu;
mod store;

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::sync::Once;

use catalog::manifest::{ModelFile, Runtime};
use imaging::Rgb8;
use inference::web::{self, Classifier};
use inference::{InferenceError, Model};
use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use web_sys::{AbortController, DedicatedWorkerGlobalScope};

use crate::message::{Answered, Backend, Choice, Fallback, Load, Part, Report, Request, Trouble};
use crate::words::means_memory;
use fetched::{Fetched, Sink};

thread_local! {
    static QUEUE: RefCell<VecDeque<Task>> = const { RefCell::new(VecDeque::new()) };
    static RUNNING: Cell<bool> = const { Cell::new(false) };
    static STOP: RefCell<Option<AbortController>> = const { RefCell::new(None) };
    static ENGINE: RefCell<Option<Engine>> = const { RefCell::new(None) };
}

enum Task {
    Load(Box<Load>),
    Classify { id: u32, choice: Choice, image: Rgb8 },
}

/// Takes a message of the page: `{ request, pixels }`.
pub(crate) fn receive(message: &JsValue) -> Result<(), JsValue> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            tell(&Report::Failed(Trouble::Crash { detail: info.to_string() }));
        }));
    });
    let request = js_sys::Reflect::get(message, &"request".into())?;
    match serde_wasm_bindgen::from_value(request)? {
        Request::Stop => STOP.with_borrow(|stop| stop.iter().for_each(AbortController::abort)),
        Request::Load(load) => push(Task::Load(load)),
        Request::Classify { id, choice, width, height } => {
            let pixels: Uint8Array = js_sys::Reflect::get(message, &"pixels".into())?.dyn_into()?;
            let image =
                Rgb8::new(width, height, pixels.to_vec()).map_err(|e| JsValue::from(e.to_string()))?;
            push(Task::Classify { id, choice, image });
        }
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
            Task::Load(load) => engine.load(&load.runtime, &load.model).await,
            Task::Classify { id, choice, image } => engine.classify(id, choice, &image).await,
        };
        if let Err(trouble) = done {
            tell(&Report::Failed(trouble));
        }
    }
    ENGINE.set(Some(engine));
    RUNNING.set(false);
}

/// Sends a report to the page.
fn tell(report: &Report) {
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    match serde_wasm_bindgen::to_value(report) {
        Ok(value) => {
            let _structured_data_is_always_cloned = scope.post_message(&value);
        }
        Err(error) => web_sys::console::error_1(&error.into()),
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
    /// Why WebGPU is not asked again.
    no_gpu: Option<Fallback>,
}

impl Engine {
    async fn load(&mut self, runtime: &Runtime, model: &ModelFile) -> Result<(), Trouble> {
        let total = runtime.wasm_bytes + model.bytes;
        let controller = AbortController::new().map_err(|e| runtime_trouble(&thrown(&e), total))?;
        STOP.set(Some(controller.clone()));
        let signal = controller.signal();

        let wasm_url = format!("{}{}", runtime.base, runtime.wasm);
        let kept = [wasm_url.as_str(), model.onnx.as_str()];
        if self.runtime.is_none() {
            let file = download::File {
                part: Part::Runtime,
                url: &wasm_url,
                bytes: runtime.wasm_bytes,
                sha256: &runtime.wasm_sha256,
                before: 0,
                total,
            };
            download::ensure(&mut self.runtime_file, &file, &signal).await?;
        }
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
        if self.runtime.is_none() {
            let Sink::Array(wasm) = self.runtime_file.take() else {
                return Err(Trouble::Runtime { detail: "its bytes are gone".to_owned() });
            };
            let loaded = web::Runtime::load(&runtime.base, &runtime.script, &wasm).await;
            self.runtime = Some(loaded.map_err(|e| runtime_trouble(&e.to_string(), total))?);
        }
        let sha256 = self.model_file.sha256();
        let Sink::Vector(onnx) = self.model_file.take() else {
            return Err(Trouble::Model { detail: "its bytes are gone".to_owned() });
        };
        self.classifier = None;
        let checked = Model::hashed(onnx, sha256, model.card.clone());
        self.model = Some(checked.map_err(|e| Trouble::Model { detail: e.to_string() })?);
        let kept = store::keep_only(&kept).await;
        tell(&Report::Loaded { from_store: stored, kept });
        Ok(())
    }

    async fn classify(&mut self, id: u32, choice: Choice, image: &Rgb8) -> Result<(), Trouble> {
        let (wish, mut fallback) = self.wish(choice).await;
        let mut first = self.classifier.as_ref().is_none_or(|c| c.backend() != wish);
        let mut run = self.run(wish, image).await;
        if wish == web::Backend::WebGpu
            && let Err(detail) = run
        {
            let failed = Fallback::Failed { detail };
            self.no_gpu = Some(failed.clone());
            fallback = Some(failed);
            first = true;
            run = self.run(web::Backend::Wasm, image).await;
        }
        let run = run.map_err(|detail| model_trouble(&detail, self.size()))?;
        let backend = run.backend;
        tell(&Report::Answer(Box::new(Answered {
            id,
            probabilities: run.answer.probabilities,
            logits: run.answer.logits,
            backend: match backend {
                web::Backend::WebGpu => Backend::Webgpu,
                web::Backend::Wasm => Backend::Wasm,
            },
            fallback,
            milliseconds: run.milliseconds,
            first,
            gpu_submissions: run.gpu_submissions,
            adapter: if backend == web::Backend::WebGpu { gpu::adapter_name() } else { String::new() },
        })));
        // Unless the reader already asks for more.
        if first && QUEUE.with_borrow(VecDeque::is_empty) {
            let again =
                self.run(backend, image).await.map_err(|detail| model_trouble(&detail, self.size()))?;
            tell(&Report::Again { id, milliseconds: again.milliseconds });
        }
        Ok(())
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

    /// One run by `backend`, with a new session where the last one ran elsewhere; errors in the runtime's words.
    async fn run(&mut self, backend: web::Backend, image: &Rgb8) -> Result<Run, String> {
        let (Some(runtime), Some(model)) = (&self.runtime, &self.model) else {
            return Err("it was not loaded".to_owned());
        };
        let words = |e: InferenceError| match e {
            InferenceError::Backend { message, .. } | InferenceError::Run(message) => {
                innermost(&message).to_owned()
            }
            other => other.to_string(),
        };
        // Kept outside while it runs: a session that failed is not used again.
        let mut classifier = match self.classifier.take() {
            Some(classifier) if classifier.backend() == backend => classifier,
            _ => Classifier::load(runtime, model, backend).await.map_err(words)?,
        };
        let submissions = gpu::submissions();
        let start = now();
        let answer = classifier.classify(image).await.map_err(words)?;
        let milliseconds = now() - start;
        let gpu_submissions = gpu::submissions() - submissions;
        let sum: f32 = answer.probabilities.iter().sum();
        // A softmax in f32 is off by less than a millionth; a graphics driver that miscalculates is far off or NaN.
        if sum.is_nan() || (sum - 1.0).abs() > 1e-3 {
            return Err(format!("its probabilities add up to {sum}"));
        }
        if backend == web::Backend::WebGpu && gpu_submissions == 0 {
            return Err("it was given no work".to_owned());
        }
        self.classifier = Some(classifier);
        Ok(Run { answer, backend, milliseconds, gpu_submissions })
    }

    fn size(&self) -> u64 {
        self.model.as_ref().map_or(0, |model| model.onnx().len() as u64)
    }
}

struct Run {
    answer: inference::Answer,
    backend: web::Backend,
    milliseconds: f64,
    gpu_submissions: u32,
}

fn runtime_trouble(detail: &str, total: u64) -> Trouble {
    if means_memory(detail) {
        Trouble::Memory { total }
    } else {
        Trouble::Runtime { detail: detail.to_owned() }
    }
}

fn model_trouble(detail: &str, total: u64) -> Trouble {
    if means_memory(detail) {
        Trouble::Memory { total }
    } else {
        Trouble::Model { detail: detail.to_owned() }
    }
}

/// The runtime wraps errors in one another, `Error: … ERR: [webgpu] Error: …`; the last one says what happened.
fn innermost(message: &str) -> &str {
    message.rsplit("Error: ").next().unwrap_or(message)
}

/// The message of anything JavaScript can throw.
fn thrown(error: &JsValue) -> String {
    widget_kit::failure::reason(error)
}
