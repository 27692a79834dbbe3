//! The server: the site's files as any static host would send them, and a line in every page that reloads it.

use std::convert::Infallible;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context;
use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::sync::watch;
use tower_http::services::{ServeDir, ServeFile};

/// Where pages hear of a new build.
const RELOAD: &str = "/__reload";

/// Added to each page. The first message names the build that the server has; any other name means a newer one,
/// also after the server was started again.
const SCRIPT: &str = r#"<script>
{
  let build;
  new EventSource("/__reload").onmessage = ({ data }) => {
    if (build !== undefined && build !== data) location.reload();
    build = data;
  };
}
</script>
"#;

/// Tells open pages that there is a new build.
#[derive(Clone)]
pub(super) struct Reload(watch::Sender<u128>);

impl Default for Reload {
    fn default() -> Self {
        Self(watch::Sender::new(now()))
    }
}

impl Reload {
    /// A new build is there.
    pub(super) fn tell(&self) {
        self.0.send_modify(|build| *build = now().max(*build + 1));
    }
}

/// A name for a build that no earlier run of the server has used.
fn now() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_micros())
}

/// Serves `site` on `listener` for as long as the program runs.
///
/// # Errors
/// When the listener cannot be used.
pub(super) async fn serve(listener: TcpListener, site: PathBuf, reload: Reload) -> anyhow::Result<()> {
    let listener = tokio::net::TcpListener::from_std(listener).context("cannot listen")?;
    axum::serve(listener, router(site, reload)).await.context("the server ended")
}

/// All routes.
fn router(site: PathBuf, reload: Reload) -> Router {
    let missing = ServeFile::new(site.join("404.html"));
    Router::new()
        .route(RELOAD, get(builds))
        .fallback_service(ServeDir::new(site).not_found_service(missing))
        .layer(middleware::from_fn(for_editing))
        .with_state(reload)
}

/// One message now and one for every later build.
async fn builds(State(reload): State<Reload>) -> impl IntoResponse {
    let mut receiver = reload.0.subscribe();
    receiver.mark_changed();
    let messages = futures_util::stream::unfold(receiver, async |mut receiver| {
        receiver.changed().await.ok()?;
        let build = receiver.borrow_and_update().to_string();
        Some((Ok::<_, Infallible>(Event::default().data(build)), receiver))
    });
    Sse::new(messages).keep_alive(KeepAlive::default())
}

/// Adds the reloading script to pages, and has the browser ask again for everything.
async fn for_editing(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let caching = if is_page { "no-store" } else { "no-cache" };
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    if !is_page {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(page) = axum::body::to_bytes(body, usize::MAX).await else {
        return axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from([&page, SCRIPT.as_bytes()].concat()))
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use tower::ServiceExt;

    use super::*;

    async fn get(path: &str, range: Option<&str>) -> (StatusCode, String, String) {
        let site = tempfile::tempdir().unwrap();
        let files = [("index.html", "<p>page</p>"), ("404.html", "missing"), ("a.wasm", "0123456789")];
        for (name, text) in files {
            std::fs::write(site.path().join(name), text).unwrap();
        }
        let mut request = Request::builder().uri(path);
        if let Some(range) = range {
            request = request.header(header::RANGE, range);
        }
        let request = request.body(Body::empty()).unwrap();
        let response = router(site.path().to_owned(), Reload::default()).oneshot(request).await.unwrap();
        let status = response.status();
        let kind = response.headers()[header::CONTENT_TYPE].to_str().unwrap().to_owned();
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, kind, String::from_utf8(body.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_page_is_served_with_the_line_that_reloads_it() {
        let (status, kind, body) = get("/", None).await;
        assert_eq!((status, &*kind), (StatusCode::OK, "text/html"));
        assert!(body.starts_with("<p>page</p>") && body.contains(RELOAD), "{body}");
    }

    #[tokio::test]
    async fn a_module_has_the_type_that_streaming_compilation_needs() {
        let (status, kind, body) = get("/a.wasm", None).await;
        assert_eq!((status, &*kind, &*body), (StatusCode::OK, "application/wasm", "0123456789"));
    }

    #[tokio::test]
    async fn a_part_of_a_file_can_be_asked_for() {
        let (status, _, body) = get("/a.wasm", Some("bytes=2-4")).await;
        assert_eq!((status, &*body), (StatusCode::PARTIAL_CONTENT, "234"));
    }

    #[tokio::test]
    async fn a_missing_page_is_the_books_own_and_says_404() {
        let (status, _, body) = get("/none.html", None).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        assert!(body.starts_with("missing"), "{body}");
    }

    #[tokio::test]
    async fn a_new_build_has_another_name() {
        let reload = Reload::default();
        let mut receiver = reload.0.subscribe();
        let first = *receiver.borrow_and_update();
        reload.tell();
        assert!(receiver.has_changed().unwrap());
        assert_ne!(*receiver.borrow(), first);
    }
}
