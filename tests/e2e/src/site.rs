//! The built book on a static host like any other: under a path of its own, with no special header.
//!
//! It remembers what was asked for, and can be told to damage one file, as networks do, or to say something else in a
//! file's place.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, bail};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt;
use tower_http::services::ServeDir;

/// The path below which the host keeps the book: no page may assume that it is at the root.
const BASE: &str = "/some/where";

/// What happens to the files whose path contains `.0`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not there.
    Missing(&'static str),
    /// Half of it is sent, as if it were all.
    CutShort(&'static str),
    /// The connection breaks halfway.
    Interrupted(&'static str),
    /// One byte in its middle is another.
    Altered(&'static str),
    /// Half of it is sent, then nothing more, and the connection stays open.
    Stalled(&'static str),
    /// It is always sent from the beginning, whichever part was asked for.
    Whole(&'static str),
}

impl Fault {
    fn concerns(&self, path: &str) -> bool {
        let (Self::Missing(part)
        | Self::CutShort(part)
        | Self::Interrupted(part)
        | Self::Altered(part)
        | Self::Stalled(part)
        | Self::Whole(part)) = self;
        path.contains(part)
    }
}

/// A static host with the built book.
pub struct Site {
    address: String,
    state: Arc<Shared>,
    server: tokio::task::JoinHandle<std::io::Result<()>>,
}

#[derive(Default)]
struct Shared {
    requests: Mutex<Vec<Asked>>,
    fault: Mutex<Option<Fault>>,
    edits: Mutex<Vec<Edit>>,
}

/// A request that the host had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The path.
    pub path: String,
    /// The part of the file that was asked for, such as `bytes=100-`.
    pub range: Option<String>,
}

/// What another host would say in the place of a file.
struct Edit {
    end: &'static str,
    change: Arc<dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync>,
}

impl Site {
    /// Serves what `cargo xtask build` made, on a free port of localhost.
    ///
    /// # Errors
    /// When there is no built book.
    pub async fn serve() -> anyhow::Result<Self> {
        let folder = Self::folder();
        if !folder.join("index.html").exists() {
            bail!("expected the built book in {}, found none; run: cargo xtask build", folder.display());
        }
        let state = Arc::new(Shared::default());
        let router = Router::new()
            .nest_service(BASE, ServeDir::new(folder))
            .layer(middleware::from_fn_with_state(state.clone(), host));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.context("no free port")?;
        let address = format!("http://{}", listener.local_addr()?);
        let server = tokio::spawn(axum::serve(listener, router).into_future());
        Ok(Self { address, state, server })
    }

    /// Where the built book lies.
    pub fn folder() -> PathBuf {
        crate::target().join("book")
    }

    /// Every page, as a path below the book's root; the one for printing repeats the others.
    ///
    /// # Errors
    /// When the built book cannot be listed.
    pub fn pages() -> anyhow::Result<Vec<String>> {
        let mut pages = Vec::new();
        let mut folders = vec![Self::folder()];
        while let Some(folder) = folders.pop() {
            let list = std::fs::read_dir(&folder)
                .with_context(|| format!("cannot list {}; run: cargo xtask build", folder.display()))?;
            for entry in list {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|end| end == "html") {
                    let name = path.strip_prefix(Self::folder())?.to_string_lossy().replace('\\', "/");
                    if !matches!(&*name, "print.html" | "toc.html" | "404.html") {
                        pages.push(name);
                    }
                }
            }
        }
        pages.sort();
        if pages.is_empty() {
            bail!("expected pages in {}, found none; run: cargo xtask build", Self::folder().display());
        }
        Ok(pages)
    }

    /// The host's origin, such as `http://127.0.0.1:40123`.
    pub fn origin(&self) -> &str {
        &self.address
    }

    /// The address of a page, given as a path below the book's root.
    pub fn url(&self, page: &str) -> String {
        format!("{}{BASE}/{page}", self.address)
    }

    /// The path of a page on the host, given as a path below the book's root.
    pub fn path(&self, page: &str) -> String {
        format!("{BASE}/{page}")
    }

    /// Damages a file from now on; `None` heals all.
    pub fn damage(&self, fault: Option<Fault>) {
        *self.state.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }

    /// Has files whose path ends in `end` say what `change` makes of them, from now on.
    pub fn edit(&self, end: &'static str, change: impl Fn(Vec<u8>) -> Vec<u8> + Send + Sync + 'static) {
        let edit = Edit { end, change: Arc::new(change) };
        self.state.edits.lock().unwrap_or_else(PoisonError::into_inner).push(edit);
    }

    /// Files are what was built again.
    pub fn forget_edits(&self) {
        self.state.edits.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    /// The paths asked for since the last call, in order.
    pub fn take_requests(&self) -> Vec<String> {
        self.take_asked().into_iter().map(|asked| asked.path).collect()
    }

    /// What was asked for since the last call, in order.
    pub fn take_asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.state.requests.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn host(State(state): State<Arc<Shared>>, mut request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let range = request.headers().get(header::RANGE).and_then(|range| range.to_str().ok());
    let asked = Asked { path: path.clone(), range: range.map(str::to_owned) };
    state.requests.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
    let fault = state.fault.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let fault = fault.filter(|fault| fault.concerns(&path));
    let edit = {
        let edits = state.edits.lock().unwrap_or_else(PoisonError::into_inner);
        edits.iter().find(|edit| path.ends_with(edit.end)).map(|edit| edit.change.clone())
    };
    if edit.is_some() || matches!(fault, Some(Fault::Whole(_))) {
        request.headers_mut().remove(header::RANGE);
    }
    let mut response = next.run(request).await;
    if let Some(change) = edit {
        response = edited(response, &*change).await;
    }
    match fault {
        Some(fault) => damaged(response, &fault).await,
        None => response,
    }
}

async fn edited(response: Response, change: &(dyn Fn(Vec<u8>) -> Vec<u8> + Send + Sync)) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let bytes = change(bytes.to_vec());
    parts.headers.insert(header::CONTENT_LENGTH, bytes.len().into());
    // So that the file itself is seen once the edit is forgotten.
    parts.headers.remove(header::LAST_MODIFIED);
    parts.headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Response::from_parts(parts, Body::from(bytes))
}

async fn damaged(response: Response, fault: &Fault) -> Response {
    let (mut parts, body) = response.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, usize::MAX).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    let half = bytes.len() / 2;
    match fault {
        Fault::Missing(_) => StatusCode::NOT_FOUND.into_response(),
        Fault::CutShort(_) => {
            parts.headers.insert(header::CONTENT_LENGTH, half.into());
            Response::from_parts(parts, Body::from(bytes.slice(..half)))
        }
        Fault::Interrupted(_) => {
            // The length promises everything; the body ends in an error, at which the connection is closed.
            let cut = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
            let stream = futures_util::stream::iter([Ok::<Bytes, _>(bytes.slice(..half)), Err(cut)]);
            Response::from_parts(parts, Body::from_stream(stream))
        }
        Fault::Altered(_) => {
            let mut altered = bytes.to_vec();
            if let Some(byte) = altered.get_mut(half) {
                *byte ^= 1;
            }
            Response::from_parts(parts, Body::from(altered))
        }
        Fault::Stalled(_) => {
            let half = futures_util::stream::iter([Ok::<Bytes, std::io::Error>(bytes.slice(..half))]);
            let stream = half.chain(futures_util::stream::pending());
            Response::from_parts(parts, Body::from_stream(stream))
        }
        Fault::Whole(_) => Response::from_parts(parts, Body::from(bytes)),
    }
}
