//! What this browser has for WebGPU, and proof that it was given work.

use js_sys::{Function, Object, Promise, Reflect};
use std::cell::RefCell;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use inference_messages::Fallback;

/// A graphics card, as the browser shows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Adapter {
    /// Maker and family, such as `nvidia ampere`; empty where the browser keeps them to itself.
    pub(super) name: String,
    /// Whether the graphics card is emulated in software.
    pub(super) software: bool,
}

thread_local! {
    static ADAPTER: RefCell<Option<Result<Adapter, Fallback>>> = const { RefCell::new(None) };
}

/// The adapter, asked for once.
///
/// # Errors
/// [`Fallback`] saying what is missing.
pub(super) async fn adapter() -> Result<Adapter, Fallback> {
    if let Some(known) = ADAPTER.with_borrow(Clone::clone) {
        return known;
    }
    let found = request().await;
    ADAPTER.set(Some(found.clone()));
    found
}

/// Name of the adapter asked for before.
pub(super) fn adapter_name() -> String {
    ADAPTER.with_borrow(|known| match known {
        Some(Ok(adapter)) => adapter.name.clone(),
        _ => String::new(),
    })
}

async fn request() -> Result<Adapter, Fallback> {
    let get = |object: &JsValue, name: &str| {
        Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
    };
    let gpu = get(&js_sys::global(), "navigator").and_then(|navigator| get(&navigator, "gpu"));
    let gpu = gpu.ok_or(Fallback::NoWebgpu)?;
    let request: Function = get(&gpu, "requestAdapter").ok_or(Fallback::NoWebgpu)?.into();
    let options = Object::new();
    let _plain_object = Reflect::set(&options, &"powerPreference".into(), &"high-performance".into());
    let promise: Promise = request.call1(&gpu, &options).map_err(|_| Fallback::NoAdapter)?.into();
    let adapter = JsFuture::from(promise).await.map_err(|_| Fallback::NoAdapter)?;
    if adapter.is_null() || adapter.is_undefined() {
        return Err(Fallback::NoAdapter);
    }
    let info = get(&adapter, "info").unwrap_or(JsValue::UNDEFINED);
    let text = |name: &str| get(&info, name).and_then(|v| v.as_string()).unwrap_or_default();
    let name = format!("{} {}", text("vendor"), text("architecture")).trim().to_owned();
    let says = |object: &JsValue| get(object, "isFallbackAdapter").is_some_and(|v| v.is_truthy());
    let software = says(&adapter) || says(&info) || text("architecture").contains("swiftshader");
    Ok(Adapter { name, software })
}

/// Batches of work that the graphics card was given since the Worker began.
pub(super) fn submissions() -> u32 {
    watch::submissions()
}

/// Why WebGPU is not used any more after it failed with this message.
pub(super) fn failure(detail: &str) -> Fallback {
    match watch::lost_words() {
        Some(detail) => Fallback::Lost { detail },
        None => Fallback::Failed { detail: detail.to_owned() },
    }
}

mod watch {
    use wasm_bindgen::prelude::*;

    #[wasm_bindgen(module = "/js/gpu.js")]
    extern "C" {
        pub(super) fn submissions() -> u32;

        #[wasm_bindgen(js_name = lostWords)]
        pub(super) fn lost_words() -> Option<String>;
    }
}
