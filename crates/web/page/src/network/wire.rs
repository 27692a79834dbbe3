//! Messages and model cards from and to JavaScript's objects, read by hand.
//!
//! The Worker does the same with `serde`, whose code for the page's half is 40 KB compressed: a quarter of what a page may
//! cost. Browser tests send every kind of request, and have the Worker say all but what no test can bring about, such as a crash.

use catalog::manifest::{ModelFile, Module, OnnxFile, Runtime};
use catalog::model::{Input, ModelCard, Parity, Provenance, Stored};
use inference_messages::{
    Answered, Backend, Choice, Fallback, Head, Layer, Loaded, Looked, LookedLayer, Own, Part, Report,
    Request, Trouble,
};
use js_sys::{Array, Object, Reflect};
use wasm_bindgen::prelude::*;

/// A value of an object.
pub(super) fn get(object: &JsValue, name: &str) -> Option<JsValue> {
    let value = Reflect::get(object, &name.into()).ok()?;
    (!value.is_undefined() && !value.is_null()).then_some(value)
}

/// Sets a value of a plain object, which takes anything.
pub(super) fn set(object: &JsValue, name: &str, value: &JsValue) {
    let _never_refused = Reflect::set(object, &name.into(), value);
}

fn text(object: &JsValue, name: &str) -> Option<String> {
    get(object, name)?.as_string()
}

fn number(object: &JsValue, name: &str) -> Option<f64> {
    get(object, name)?.as_f64()
}

fn whole(object: &JsValue, name: &str) -> Option<u64> {
    number(object, name).map(|number| number as u64)
}

fn flag(object: &JsValue, name: &str) -> Option<bool> {
    get(object, name)?.as_bool()
}

/// The entries of a list, each read; `None` if one cannot be.
fn list<T>(object: &JsValue, name: &str, read: impl Fn(&JsValue) -> Option<T>) -> Option<Vec<T>> {
    let value = get(object, name)?;
    Array::is_array(&value).then(|| Array::from(&value).iter().map(|entry| read(&entry)).collect())?
}

fn numbers(object: &JsValue, name: &str) -> Option<Vec<f32>> {
    list(object, name, |entry| entry.as_f64().map(|number| number as f32))
}

fn three(object: &JsValue, name: &str) -> Option<[f32; 3]> {
    numbers(object, name)?.try_into().ok()
}

/// The one key of an object and its value, or a bare word.
fn kind(value: &JsValue) -> Option<(String, JsValue)> {
    if let Some(word) = value.as_string() {
        return Some((word, JsValue::UNDEFINED));
    }
    let name = Object::keys(value.dyn_ref::<Object>()?).get(0).as_string()?;
    let inner = get(value, &name)?;
    Some((name, inner))
}

/// The JSON of a [`Module`].
pub(super) fn module(object: &JsValue) -> Option<Module> {
    Some(Module {
        script: text(object, "script")?,
        wasm: text(object, "wasm")?,
        worker: text(object, "worker"),
        bytes: whole(object, "bytes")?,
    })
}

/// The JSON of a [`Runtime`].
pub(super) fn runtime(object: &JsValue) -> Option<Runtime> {
    Some(Runtime {
        base: text(object, "base")?,
        script: text(object, "script")?,
        wasm: text(object, "wasm")?,
        wasm_bytes: whole(object, "wasm_bytes")?,
        wasm_sha256: text(object, "wasm_sha256")?,
        bytes: whole(object, "bytes")?,
    })
}

/// The JSON of a [`ModelFile`].
pub(super) fn model_file(object: &JsValue) -> Option<ModelFile> {
    Some(ModelFile {
        onnx: text(object, "onnx")?,
        bytes: whole(object, "bytes")?,
        sha256: text(object, "sha256")?,
        card: card(&get(object, "card")?)?,
        full_precision: get(object, "full_precision").and_then(|full| {
            Some(OnnxFile {
                onnx: text(&full, "onnx")?,
                bytes: whole(&full, "bytes")?,
                sha256: text(&full, "sha256")?,
            })
        }),
        precomputed: text(object, "precomputed"),
        precomputed_maps: flag(object, "precomputed_maps").unwrap_or_default(),
        first_layers: text(object, "first_layers"),
        typical: text(object, "typical"),
    })
}

fn card(object: &JsValue) -> Option<ModelCard> {
    let (input, origin) = (get(object, "input")?, get(object, "provenance")?);
    let parity = get(object, "parity")?;
    let measured = |name| number(&parity, name).map(|number| number as f32);
    Some(ModelCard {
        name: text(object, "name")?,
        title: text(object, "title")?,
        architecture: text(object, "architecture")?,
        task: text(object, "task")?,
        labels: list(object, "labels", JsValue::as_string)?,
        input: Input {
            size: whole(&input, "size")? as u32,
            mean: three(&input, "mean")?,
            std: three(&input, "std")?,
        },
        precision: text(object, "precision")?,
        trained_on: text(object, "trained_on")?,
        licence: text(object, "licence")?,
        provenance: Provenance {
            config: text(&origin, "config")?,
            config_sha256: text(&origin, "config_sha256")?,
            onnx_sha256: text(&origin, "onnx_sha256")?,
        },
        parity: Parity {
            tolerance: measured("tolerance")?,
            inputs: whole(&parity, "inputs")? as u32,
            native: measured("native")?,
            wasm: measured("wasm"),
            webgpu: measured("webgpu"),
        },
        stored: list(object, "stored", stored).unwrap_or_default(),
    })
}

fn stored(object: &JsValue) -> Option<Stored> {
    Some(Stored {
        precision: text(object, "precision")?,
        file: text(object, "file"),
        bytes: whole(object, "bytes")?,
        sha256: text(object, "sha256")?,
        images: whole(object, "images")? as u32,
        same_top: whole(object, "same_top")? as u32,
        difference: number(object, "difference")? as f32,
        balanced_accuracy: number(object, "balanced_accuracy"),
    })
}

/// A request as the Worker reads it. A [`Request::Load`] says nothing here: the page hands on what it was itself given.
pub(super) fn request(request: &Request) -> JsValue {
    let object = Object::new();
    let (name, inner) = match request {
        Request::Stop => return "stop".into(),
        Request::Load(_) => ("load", JsValue::UNDEFINED),
        Request::LoadOwn(_) => ("load-own", JsValue::UNDEFINED),
        Request::Classify { id, aside, choice, width, height } => {
            let choice = match choice {
                Choice::Auto => "auto",
                Choice::Webgpu => "webgpu",
                Choice::Wasm => "wasm",
            };
            let inner = Object::new();
            set(&inner, "id", &(*id).into());
            set(&inner, "aside", &(*aside).into());
            set(&inner, "choice", &choice.into());
            set(&inner, "width", &(*width).into());
            set(&inner, "height", &(*height).into());
            ("classify", inner.into())
        }
        Request::Look { id, layers } => {
            let inner = Object::new();
            let layers: Array = layers.iter().map(|layer| JsValue::from(layer.as_str())).collect();
            set(&inner, "id", &(*id).into());
            set(&inner, "layers", &layers);
            ("look", inner.into())
        }
    };
    set(&object, name, &inner);
    object.into()
}

/// A report of the Worker; `None` if it is none.
pub(super) fn report(value: &JsValue) -> Option<Report> {
    let (name, inner) = kind(value)?;
    Some(match name.as_str() {
        "progress" => Report::Progress {
            part: part(&inner)?,
            received: whole(&inner, "received")?,
            total: whole(&inner, "total")?,
        },
        "loaded" => Report::Loaded(Box::new(Loaded {
            from_store: flag(&inner, "from_store")?,
            kept: flag(&inner, "kept")?,
            layers: list(&inner, "layers", |entry| {
                Some(Layer { layer: text(entry, "layer")?, shape: shape(entry) })
            })?,
            own: get(&inner, "own").and_then(|own| {
                Some(Own {
                    size: whole(&own, "size")? as u32,
                    labels: list(&own, "labels", JsValue::as_string)?,
                    architecture: text(&own, "architecture")?,
                    bytes: whole(&own, "bytes")?,
                    sha256: text(&own, "sha256")?,
                    says_preparation: flag(&own, "says_preparation")?,
                })
            }),
            head: get(&inner, "head").and_then(|head| {
                Some(Head {
                    layer: text(&head, "layer")?,
                    labels: whole(&head, "labels")? as usize,
                    channels: whole(&head, "channels")? as usize,
                    maps: text(&head, "maps"),
                })
            }),
        })),
        "answer" => Report::Answer(Box::new(Answered {
            id: whole(&inner, "id")? as u32,
            probabilities: numbers(&inner, "probabilities")?,
            logits: numbers(&inner, "logits")?,
            backend: backend(&inner)?,
            fallback: get(&inner, "fallback").and_then(|value| fallback(&value)),
            milliseconds: number(&inner, "milliseconds")?,
            first: flag(&inner, "first")?,
            gpu_submissions: whole(&inner, "gpu_submissions")? as u32,
            adapter: text(&inner, "adapter")?,
        })),
        "again" => {
            Report::Again { id: whole(&inner, "id")? as u32, milliseconds: number(&inner, "milliseconds")? }
        }
        "looked" => Report::Looked(Box::new(Looked {
            id: whole(&inner, "id")? as u32,
            layers: list(&inner, "layers", |entry| {
                Some(LookedLayer { layer: text(entry, "layer")?, shape: shape(entry)? })
            })?,
            ran: flag(&inner, "ran")?,
            milliseconds: number(&inner, "milliseconds")?,
            kept_bytes: whole(&inner, "kept_bytes")?,
            backend: backend(&inner)?,
            fallback: get(&inner, "fallback").and_then(|value| fallback(&value)),
        })),
        "failed" => Report::Failed(trouble(&inner)?),
        _ => return None,
    })
}

fn shape(object: &JsValue) -> Option<Vec<usize>> {
    list(object, "shape", |size| size.as_f64().map(|size| size as usize))
}

fn part(object: &JsValue) -> Option<Part> {
    match text(object, "part")?.as_str() {
        "runtime" => Some(Part::Runtime),
        "model" => Some(Part::Model),
        _ => None,
    }
}

fn backend(object: &JsValue) -> Option<Backend> {
    match text(object, "backend")?.as_str() {
        "webgpu" => Some(Backend::Webgpu),
        "wasm" => Some(Backend::Wasm),
        _ => None,
    }
}

fn fallback(value: &JsValue) -> Option<Fallback> {
    let (name, inner) = kind(value)?;
    match name.as_str() {
        "no-webgpu" => Some(Fallback::NoWebgpu),
        "no-adapter" => Some(Fallback::NoAdapter),
        "software-adapter" => Some(Fallback::SoftwareAdapter),
        "lost" => Some(Fallback::Lost { detail: text(&inner, "detail")? }),
        "failed" => Some(Fallback::Failed { detail: text(&inner, "detail")? }),
        _ => None,
    }
}

fn trouble(value: &JsValue) -> Option<Trouble> {
    let (name, inner) = kind(value)?;
    let detail = || text(&inner, "detail");
    Some(match name.as_str() {
        "unreachable" => Trouble::Unreachable { part: part(&inner)? },
        "http" => Trouble::Http { part: part(&inner)?, status: whole(&inner, "status")? as u16 },
        "cut-off" => Trouble::CutOff {
            part: part(&inner)?,
            received: whole(&inner, "received")?,
            expected: whole(&inner, "expected")?,
        },
        "stopped" => {
            Trouble::Stopped { received: whole(&inner, "received")?, total: whole(&inner, "total")? }
        }
        "checksum" => Trouble::Checksum { part: part(&inner)? },
        "own-model" => Trouble::OwnModel { detail: detail()? },
        "memory" => Trouble::Memory { total: whole(&inner, "total")? },
        "runtime" => Trouble::Runtime { detail: detail()? },
        "unfit" => Trouble::Unfit { detail: detail()? },
        "model" => Trouble::Model { detail: detail()? },
        "look" => Trouble::Look { id: whole(&inner, "id")? as u32, detail: detail()? },
        "crash" => Trouble::Crash { detail: detail()? },
        _ => return None,
    })
}
