//! A file from the browser's store or from the server, in pieces, with progress, checked by its hash.

use js_sys::Uint8Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{ReadableStreamDefaultReader, RequestCache, RequestInit, Response};

use file_store::pieces::PIECE;
use inference_messages::{FileKind, FileSource, NetworkError, Progress, Report};
use worker_kit::{Pace, Task};

use super::fetched::FetchedFile;
use super::now;

/// Milliseconds between two reports: a bar need not move more often.
const BETWEEN_REPORTS: f64 = 50.0;

/// What is wanted.
pub(super) struct WantedFile<'a> {
    pub(super) kind: FileKind,
    pub(super) url: &'a str,
    pub(super) bytes: u64,
    pub(super) sha256: &'a str,
    /// Bytes of the files before this one.
    pub(super) before: u64,
    /// Bytes of all files.
    pub(super) total: u64,
}

/// Makes `fetched` the whole file: what came before an interruption stays, then the browser's store, which also has what came
/// before the page was left, then the server.
///
/// # Errors
/// [`NetworkError`]; what came until then stays in `fetched` unless it was wrong.
pub(super) async fn ensure(
    fetched: &mut FetchedFile,
    file: &WantedFile<'_>,
    task: &Task<Report>,
) -> Result<(), NetworkError> {
    if fetched.url == file.url && fetched.received == file.bytes {
        return Ok(());
    }
    if (fetched.url != file.url || fetched.received == 0) && from_store(fetched, file, task).await? {
        return Ok(());
    }
    from_server(fetched, file, task).await
}

fn begin(fetched: &mut FetchedFile, file: &WantedFile<'_>) -> Result<(), NetworkError> {
    let room = fetched.begin(file.url, file.bytes, file.kind == FileKind::Network);
    room.then_some(()).ok_or(NetworkError::Memory { total: file.total })
}

/// Whether the store had the whole file; the beginning of it stays in `fetched`, wrong bytes are removed from the store.
async fn from_store(
    fetched: &mut FetchedFile,
    file: &WantedFile<'_>,
    task: &Task<Report>,
) -> Result<bool, NetworkError> {
    let pieces = file_store::pieces_of(file.url).await;
    if pieces.is_empty() {
        return Ok(false);
    }
    begin(fetched, file)?;
    for piece in &pieces {
        let Some(response) = file_store::get(file.url, piece).await else { break };
        let read = drain(fetched, file, &response, task, FileSource::Store).await;
        if task.is_cancelled() {
            fetched.all_stored();
            return Err(stopped(fetched, file));
        }
        if read.is_err() || fetched.received != piece.end {
            return forget(fetched, file).await;
        }
        fetched.etag = strong_etag(&response);
    }
    fetched.all_stored();
    if fetched.received < file.bytes {
        return Ok(false);
    }
    if !fetched.sha256().eq_ignore_ascii_case(file.sha256) {
        return forget(fetched, file).await;
    }
    Ok(true)
}

/// The stored data cannot be used.
async fn forget(fetched: &mut FetchedFile, file: &WantedFile<'_>) -> Result<bool, NetworkError> {
    file_store::remove(file.url).await;
    *fetched = FetchedFile::default();
    Ok(false)
}

/// Puts what came since the last piece into the store: a favour to the next visit, without which this one works as well.
async fn keep(fetched: &mut FetchedFile, file: &WantedFile<'_>) {
    let piece = fetched.unstored();
    if piece.is_empty() {
        return;
    }
    let Some(bytes) = fetched.part(&piece) else { return };
    if file_store::put(file.url, &piece, &bytes, fetched.etag.as_deref()).await {
        fetched.all_stored();
    } else {
        // A beginning without an end would only take the room of something else.
        file_store::remove(file.url).await;
        fetched.stop_storing();
    }
}

async fn from_server(
    fetched: &mut FetchedFile,
    file: &WantedFile<'_>,
    task: &Task<Report>,
) -> Result<(), NetworkError> {
    if fetched.url != file.url {
        begin(fetched, file)?;
    }
    let resumed = fetched.received > 0;
    let response = ask(fetched, file, task).await?;
    if response.status() == 416 {
        // The server holds fewer bytes than came already, so it is another file now: from the beginning.
        *fetched = FetchedFile::default();
        return Box::pin(from_server(fetched, file, task)).await;
    }
    if !(response.status() == 206 && continues(&response, fetched.received)) {
        begin(fetched, file)?;
        file_store::remove(file.url).await;
        fetched.etag = strong_etag(&response);
    }
    let ended = drain(fetched, file, &response, task, FileSource::Server).await;
    report(fetched, file, FileSource::Server, task);
    keep(fetched, file).await;
    match ended {
        Err(ReadFailure::TooMuch) => return wrong(fetched, file).await,
        _ if fetched.received == file.bytes => {}
        _ if task.is_cancelled() => return Err(stopped(fetched, file)),
        _ => {
            let (received, expected) = (fetched.received, file.bytes);
            return Err(NetworkError::CutOff { file: file.kind, received, expected });
        }
    }
    if fetched.sha256().eq_ignore_ascii_case(file.sha256) {
        return Ok(());
    }
    if resumed {
        // The two halves may be of two versions: once more from the beginning.
        *fetched = FetchedFile::default();
        return Box::pin(from_server(fetched, file, task)).await;
    }
    wrong(fetched, file).await
}

async fn wrong(fetched: &mut FetchedFile, file: &WantedFile<'_>) -> Result<(), NetworkError> {
    *fetched = FetchedFile::default();
    file_store::remove(file.url).await;
    Err(NetworkError::Checksum { file: file.kind })
}

fn stopped(fetched: &FetchedFile, file: &WantedFile<'_>) -> NetworkError {
    NetworkError::Stopped { received: file.before + fetched.received, total: file.total }
}

/// Asks the server for the file, or for the rest of it.
async fn ask(
    fetched: &FetchedFile,
    file: &WantedFile<'_>,
    task: &Task<Report>,
) -> Result<Response, NetworkError> {
    let unreachable = |_: JsValue| {
        if task.is_cancelled() {
            stopped(fetched, file)
        } else if fetched.received > 0 {
            NetworkError::CutOff { file: file.kind, received: fetched.received, expected: file.bytes }
        } else {
            NetworkError::Unreachable { file: file.kind }
        }
    };
    let init = RequestInit::new();
    init.set_signal(Some(task.signal()));
    // The store below keeps it; the browser's own cache would keep it twice, and a wrong one as well.
    init.set_cache(RequestCache::NoStore);
    let headers = web_sys::Headers::new().map_err(unreachable)?;
    if fetched.received > 0 {
        headers.append("Range", &format!("bytes={}-", fetched.received)).map_err(unreachable)?;
        if let Some(etag) = &fetched.etag {
            headers.append("If-Range", etag).map_err(unreachable)?;
        }
    }
    init.set_headers(&headers);
    let request = web_sys::Request::new_with_str_and_init(file.url, &init).map_err(unreachable)?;
    let response: Response =
        JsFuture::from(fetch(&request)).await.map_err(unreachable)?.dyn_into().map_err(unreachable)?;
    let status = response.status();
    if response.ok() || (status == 416 && fetched.received > 0) {
        return Ok(response);
    }
    Err(NetworkError::Http { file: file.kind, status })
}

/// Whether the response continues exactly where the first part ended.
fn continues(response: &Response, received: u64) -> bool {
    let range = response.headers().get("Content-Range").ok().flatten().unwrap_or_default();
    range
        .strip_prefix("bytes ")
        .and_then(|range| range.split_once('-'))
        .is_some_and(|(start, _)| start.trim().parse() == Ok(received))
}

/// The response's entity tag if it promises the same bytes; a weak one only promises the same meaning.
fn strong_etag(response: &Response) -> Option<String> {
    response.headers().get("ETag").ok().flatten().filter(|etag| etag.starts_with('"'))
}

fn report(fetched: &FetchedFile, file: &WantedFile<'_>, source: FileSource, task: &Task<Report>) {
    let received = file.before + fetched.received;
    task.report(&Report::Progress(Progress { file: file.kind, source, received, total: file.total }));
}

/// Why reading ended before its end.
enum ReadFailure {
    TooMuch,
    Stream,
}

/// Reads all that the response holds.
async fn drain(
    fetched: &mut FetchedFile,
    file: &WantedFile<'_>,
    response: &Response,
    task: &Task<Report>,
    source: FileSource,
) -> Result<(), ReadFailure> {
    let body = response.body().ok_or(ReadFailure::Stream)?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut pace = Pace::every(BETWEEN_REPORTS);
    while !task.is_cancelled() {
        let step = JsFuture::from(reader.read()).await.map_err(|_| ReadFailure::Stream)?;
        let value = js_sys::Reflect::get(&step, &"value".into()).map_err(|_| ReadFailure::Stream)?;
        if value.is_undefined() {
            return Ok(());
        }
        let piece: Uint8Array = value.dyn_into().map_err(|_| ReadFailure::Stream)?;
        if !fetched.push(&piece, file.bytes) {
            let _the_rest_is_not_wanted = reader.cancel();
            return Err(ReadFailure::TooMuch);
        }
        if source == FileSource::Server {
            fetched.downloaded += u64::from(piece.length());
        }
        if pace.is_due(now()) {
            report(fetched, file, source, task);
        }
        let piece = fetched.unstored();
        if source == FileSource::Server && piece.end - piece.start >= PIECE {
            keep(fetched, file).await;
        }
    }
    let _the_rest_is_not_wanted = reader.cancel();
    Err(ReadFailure::Stream)
}

#[wasm_bindgen]
extern "C" {
    /// The global scope of the Worker or of the page.
    #[wasm_bindgen(js_name = fetch)]
    fn fetch(request: &web_sys::Request) -> js_sys::Promise;
}
