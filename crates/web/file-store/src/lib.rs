//! The browser's store of downloaded files, in pieces, so that an interrupted download continues at the next visit and a
//! whole one is not needed again.
//!
//! The Worker puts into it what it downloads; a page reads from it how much there is, so that it can say what a download will
//! really cost. A page that is not served over HTTPS or from localhost has no store; everything then works without.

mod address;
pub mod pieces;

use std::ops::Range;

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, CacheStorage, Headers, Response, ResponseInit};

use address::without_hashes;
use pieces::{chain, key, parse};

/// Name of our cache. Its number changes with the format of the contents.
const NAME: &str = "skin-deep-models-v2";

/// Its earlier names, whose contents are no longer used.
const EARLIER: [&str; 1] = ["skin-deep-models-v1"];

/// How many of a file's first bytes are stored without a gap.
pub async fn stored_bytes(url: &str) -> u64 {
    pieces_of(url).await.last().map_or(0, |piece| piece.end)
}

/// The pieces of a file that are stored, from its first byte on and without a gap.
pub async fn pieces_of(url: &str) -> Vec<Range<u64>> {
    let keys = keys().await;
    let of_file = keys.iter().filter_map(|key| parse(key)).filter(|(file, _)| *file == url);
    chain(of_file.map(|(_, range)| range).collect())
}

/// A stored piece.
pub async fn get(url: &str, piece: &Range<u64>) -> Option<Response> {
    let found = JsFuture::from(open().await?.match_with_str(&key(url, piece))).await.ok()?;
    found.dyn_into().ok()
}

/// Stores a piece, and the server's name of this version of the file; false if there is no room.
pub async fn put(url: &str, piece: &Range<u64>, bytes: &Uint8Array, etag: Option<&str>) -> bool {
    let Some(cache) = open().await else { return false };
    let Some(response) = response(bytes, etag) else { return false };
    // A half-written entry is never visible.
    JsFuture::from(cache.put_with_str(&key(url, piece), &response)).await.is_ok()
}

fn response(bytes: &Uint8Array, etag: Option<&str>) -> Option<Response> {
    let init = ResponseInit::new();
    if let Some(etag) = etag {
        let headers = Headers::new().ok()?;
        headers.append("ETag", etag).ok()?;
        init.set_headers(&headers);
    }
    Response::new_with_opt_js_u8_array_and_init(Some(bytes), &init).ok()
}

/// Forgets all pieces of a file.
pub async fn remove(url: &str) {
    let Some(cache) = open().await else { return };
    for key in keys().await {
        if parse(&key).is_some_and(|(file, _)| file == url) {
            let _whether_it_was_there = JsFuture::from(cache.delete_with_str(&key)).await;
        }
    }
}

/// Forgets what earlier builds stored of the same files; whether all of `files`, addresses and bytes, are stored whole.
///
/// Other models stay, and so do other books of the same host.
pub async fn keep_only(files: &[(&str, u64)]) -> bool {
    for name in EARLIER {
        if let Some(caches) = caches() {
            let _whether_it_was_there = JsFuture::from(caches.delete(name)).await;
        }
    }
    for key in keys().await {
        let Some((url, _)) = parse(&key) else { continue };
        let is_stale = files.iter().any(|(file, _)| without_hashes(file) == without_hashes(url));
        if is_stale && files.iter().all(|(file, _)| *file != url) {
            remove(url).await;
        }
    }
    for (file, bytes) in files {
        if stored_bytes(file).await != *bytes {
            return false;
        }
    }
    true
}

/// All that is stored.
async fn keys() -> Vec<String> {
    let Some(cache) = open().await else { return Vec::new() };
    let Ok(keys) = JsFuture::from(cache.keys()).await else { return Vec::new() };
    js_sys::Array::from(&keys).iter().map(|key| key.unchecked_into::<web_sys::Request>().url()).collect()
}

async fn open() -> Option<Cache> {
    JsFuture::from(caches()?.open(NAME)).await.ok()?.dyn_into().ok()
}

/// Missing outside secure contexts, where the getter of web-sys would hand out `undefined`.
fn caches() -> Option<CacheStorage> {
    js_sys::Reflect::get(&js_sys::global(), &"caches".into()).ok()?.dyn_into().ok()
}
