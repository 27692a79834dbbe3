//! The browser's store of downloaded files, so that a second visit needs no network.
//!
//! A page that is not served over HTTPS or from localhost has none; everything then works without.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, CacheStorage, Response};

use crate::address::without_hashes;

/// Name of our cache. A new number where what lies in it changes its form.
const NAME: &str = "skin-deep-models-v1";

/// The stored response for this URL.
pub(super) async fn get(url: &str) -> Option<Response> {
    let found = JsFuture::from(open().await?.match_with_str(url)).await.ok()?;
    found.dyn_into().ok()
}

/// Keeps these bytes under this URL; says nothing where there is no room.
pub(super) async fn put(url: &str, bytes: &Uint8Array) {
    let Some(cache) = open().await else { return };
    let Ok(response) = Response::new_with_opt_js_u8_array(Some(bytes)) else { return };
    if JsFuture::from(cache.put_with_str(url, &response)).await.is_err() {
        // A half-written entry is never visible, but what was there before may be stale.
        remove(url).await;
    }
}

/// Forgets this URL.
pub(super) async fn remove(url: &str) {
    if let Some(cache) = open().await {
        let _whether_it_was_there = JsFuture::from(cache.delete_with_str(url)).await;
    }
}

/// Forgets what earlier builds stored of the same files; whether all of `urls` are stored.
///
/// Other models stay, and so do other books of the same host.
pub(super) async fn keep_only(urls: &[&str]) -> bool {
    let Some(cache) = open().await else { return false };
    let Ok(keys) = JsFuture::from(cache.keys()).await else { return false };
    let mut kept = 0;
    for key in js_sys::Array::from(&keys).iter() {
        let url = key.unchecked_into::<web_sys::Request>().url();
        if urls.contains(&url.as_str()) {
            kept += 1;
        } else if urls.iter().any(|current| without_hashes(current) == without_hashes(&url)) {
            remove(&url).await;
        }
    }
    kept == urls.len()
}

async fn open() -> Option<Cache> {
    // Missing outside secure contexts, where the getter of web-sys would hand out `undefined`.
    let caches: CacheStorage =
        js_sys::Reflect::get(&js_sys::global(), &"caches".into()).ok()?.dyn_into().ok()?;
    JsFuture::from(caches.open(NAME)).await.ok()?.dyn_into().ok()
}
