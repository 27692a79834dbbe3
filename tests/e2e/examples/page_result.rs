//! Opens `index.html` of a folder in a browser and prints, as JSON, what its `window.result` comes to; with `--webgpu` behind
//! the folder the browser has a WebGPU adapter in software.

use std::io::Write;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use e2e::{Browser, Options};
use serde_json::{Value, json};
use tower_http::services::ServeDir;

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let folder = std::env::args_os().nth(1).context("expected a folder with an index.html")?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.context("no free port")?;
    let address = listener.local_addr()?;
    let router = Router::new().fallback_service(ServeDir::new(folder));
    tokio::spawn(axum::serve(listener, router).into_future());
    let webgpu = std::env::args_os().nth(2).is_some_and(|word| word == "--webgpu");
    let browser = Browser::start_with(Options { webgpu, ..Options::default() }).await?;
    browser.open(&format!("http://{address}/index.html")).await?;
    browser.wait::<Value>("window.result", Duration::from_mins(1), "!!window.result", json!([])).await?;
    let result: Value = browser.script_async("return await window.result", json!([])).await?;
    Ok(writeln!(std::io::stdout(), "{result}")?)
}
