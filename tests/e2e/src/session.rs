//! A running browser: its driver, its profile, and the proxy that hears whom it asks.

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::Duration;

use anyhow::Context;
use fantoccini::{Client, ClientBuilder};
use serde_json::{Value, json};

use crate::driver::{Driver, Extra};
use crate::engine::Engine;
use crate::options::Options;
use crate::strangers::Strangers;

/// The longest that a script may take, waits included.
const LONGEST: Duration = Duration::from_mins(10);

/// What talks to the drivers, from the first test to the last: a test's own runtime ends with it.
pub(crate) fn runtime() -> &'static tokio::runtime::Runtime {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("threads can be started, as those of the tests were")
    })
}

/// A running browser; ends when dropped.
pub(crate) struct Session {
    pub(crate) client: Client,
    pub(crate) strangers: Strangers,
    engine: Engine,
    /// Origins of the pages that it was sent to.
    visited: Mutex<BTreeSet<String>>,
    // Declared last: the driver ends after everything that talks to it, and the profile is removed after that.
    _driver: Driver,
    _profile: tempfile::TempDir,
}

impl Session {
    /// Starts one with an empty profile; within [`runtime`].
    pub(crate) async fn start(options: Options) -> anyhow::Result<Self> {
        let engine = Engine::chosen()?;
        let mut driver = Driver::start(engine)?;
        let profile = tempfile::tempdir()?;
        let strangers = Strangers::listen().await?;
        let mut capabilities = engine.capabilities(options, profile.path(), strangers.address())?;
        capabilities["timeouts"] = json!({ "script": LONGEST.as_millis() as u64 });
        let Value::Object(capabilities) = capabilities else { anyhow::bail!("capabilities are an object") };
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let client = ClientBuilder::new(connector)
            .capabilities(capabilities)
            .connect(&driver.url())
            .await
            .with_context(|| format!("{engine:?} did not start; install it: {}", engine.install()))?;
        driver.remember(client.session_id().await?);
        if engine != Engine::Chromium {
            client.set_window_size(1280, 900).await?;
        }
        Ok(Self { client, strangers, engine, visited: Mutex::default(), _driver: driver, _profile: profile })
    }

    /// Goes to an address.
    pub(crate) async fn open(&self, address: &str) -> anyhow::Result<()> {
        if let Ok(url) = url::Url::parse(address) {
            let origin = url.origin().ascii_serialization();
            self.visited.lock().unwrap_or_else(PoisonError::into_inner).insert(origin);
        }
        self.client.goto(address).await.with_context(|| format!("cannot open {address}"))
    }

    /// Sends a command of the devtools protocol.
    pub(crate) async fn devtools(&self, command: &str, parameters: Value) -> anyhow::Result<Value> {
        let body = json!({ "cmd": command, "params": parameters });
        self.client
            .issue_cmd(Extra { path: "goog/cdp/execute", body })
            .await
            .with_context(|| format!("the browser refuses {command}"))
    }

    /// Lines of a log of the driver since the last call: `browser` or `performance`.
    pub(crate) async fn log(&self, kind: &str) -> anyhow::Result<Value> {
        Ok(self.client.issue_cmd(Extra { path: "se/log", body: json!({ "type": kind }) }).await?)
    }

    /// Forgets everything that pages left, as if it had just been started: the tab with whatever was set for it, what pages
    /// stored, the cache, the logs.
    ///
    /// # Errors
    /// When it cannot, as all but Chromium.
    pub(crate) async fn forget(&self) -> anyhow::Result<()> {
        anyhow::ensure!(self.engine == Engine::Chromium, "{:?} has no devtools to forget with", self.engine);
        let used = self.client.windows().await?;
        let empty = self.client.new_window(true).await?.handle;
        for window in used {
            self.client.switch_to_window(window).await?;
            self.client.close_window().await?;
        }
        self.client.switch_to_window(empty).await?;
        let visited = std::mem::take(&mut *self.visited.lock().unwrap_or_else(PoisonError::into_inner));
        for origin in visited {
            let all = json!({ "origin": origin, "storageTypes": "all" });
            self.devtools("Storage.clearDataForOrigin", all).await?;
        }
        self.devtools("Network.clearBrowserCache", json!({})).await?;
        self.devtools("Network.clearBrowserCookies", json!({})).await?;
        for kind in ["browser", "performance"] {
            self.log(kind).await?;
        }
        self.strangers.forget();
        Ok(())
    }
}
