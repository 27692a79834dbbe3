//! A browser with an empty profile, and what a test does with it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, bail};
use fantoccini::{Client, ClientBuilder, Locator};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::driver::{self, Driver, Extra};

/// Started for every test. Nothing of the browser's own may use the network, since the tests watch for that.
const FLAGS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-quic",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
    "--window-size=1280,900",
];

/// Domains of the browser's maker, which it asks by itself, whatever its flags: for the time, for updates, for an
/// account, for messages; which hosts and when changes with its version. What a page could ask there (fonts, scripts)
/// is kept off by its Content-Security-Policy, and named by `cargo xtask check site`.
const ITS_OWN: [&str; 4] = ["google.com", "googleapis.com", "gvt1.com", "gstatic.com"];

/// The longest that a script may take, waits included.
const LONGEST: Duration = Duration::from_mins(10);

/// What a test may ask of its browser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// A WebGPU adapter in software; without it the browser has none.
    pub webgpu: bool,
    /// Which cameras it has, and what its reader answers when a page asks for one.
    pub camera: Camera,
}

/// The cameras of a browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Camera {
    /// None.
    #[default]
    None,
    /// This many, which send the browser's own test picture; the reader allows them.
    Allowed(u8),
    /// One, which the reader refuses.
    Refused,
}

/// A line of the browser's console.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct LogEntry {
    /// `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
    pub level: String,
    /// What it says, with the place.
    pub message: String,
}

/// A browser; ends when dropped.
pub struct Browser {
    client: Client,
    strangers: Strangers,
    // Declared last: the driver ends after everything that talks to it, and the profile is removed after that.
    _driver: Driver,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// Starts a browser as readers have it.
    ///
    /// # Errors
    /// When Chromium or its driver is missing or does not start.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(Options::default()).await
    }

    /// Starts a browser with options.
    ///
    /// # Errors
    /// When Chromium or its driver is missing or does not start.
    pub async fn start_with(options: Options) -> anyhow::Result<Self> {
        let driver = Driver::start()?;
        let profile = tempfile::tempdir()?;
        let strangers = Strangers::listen().await?;
        let gpu: &[&str] = if options.webgpu {
            &["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
        } else {
            &["--disable-gpu"]
        };
        let mut flags: Vec<String> = FLAGS.iter().chain(gpu).map(|flag| (*flag).to_owned()).collect();
        match options.camera {
            Camera::None => {}
            Camera::Allowed(count) => flags.extend([
                format!("--use-fake-device-for-media-stream=device-count={count}"),
                "--use-fake-ui-for-media-stream".to_owned(),
            ]),
            Camera::Refused => flags.extend([
                "--use-fake-device-for-media-stream".to_owned(),
                "--deny-permission-prompts".to_owned(),
            ]),
        }
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        // Loopback addresses never go through a proxy, so whatever arrives there was meant for another host.
        flags.push(format!("--proxy-server={}", strangers.address));
        // An empty first tab, and no account to sign in to.
        let preferences = json!({
            "session": { "restore_on_startup": 4, "startup_urls": ["about:blank"] },
            "signin": { "allowed": false, "allowed_on_next_startup": false },
        });
        let mut chrome = json!({ "args": flags, "prefs": preferences });
        if let Some(path) = driver::browser() {
            chrome["binary"] = json!(path);
        }
        let capabilities = json!({
            "goog:chromeOptions": chrome,
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "timeouts": { "script": LONGEST.as_millis() as u64 },
        });
        let Value::Object(capabilities) = capabilities else { bail!("capabilities are an object") };
        let connector = hyper_util::client::legacy::connect::HttpConnector::new();
        let client = ClientBuilder::new(connector)
            .capabilities(capabilities)
            .connect(&driver.url())
            .await
            .context("Chromium did not start; try: chromium --version; chromedriver --version")?;
        Ok(Self { client, strangers, _driver: driver, _profile: profile })
    }

    /// Goes to an address and waits until the page is loaded.
    ///
    /// # Errors
    /// When there is no such page.
    pub async fn open(&self, url: &str) -> anyhow::Result<()> {
        self.client.goto(url).await.with_context(|| format!("cannot open {url}"))
    }

    /// The address in the address bar.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn address(&self) -> anyhow::Result<String> {
        Ok(self.client.current_url().await?.to_string())
    }

    /// Runs the body of a function in the page; its arguments are `arguments[0]` and so on.
    ///
    /// # Errors
    /// When it throws, or returns something else than expected.
    pub async fn script<T: DeserializeOwned>(&self, body: &str, arguments: Value) -> anyhow::Result<T> {
        let value = self
            .client
            .execute(body, list(arguments))
            .await
            .with_context(|| format!("in the page: {body}"))?;
        serde_json::from_value(value.clone()).with_context(|| format!("unexpected {value} from: {body}"))
    }

    /// Runs the body of an async function in the page and waits for it.
    ///
    /// # Errors
    /// When it throws, or returns something else than expected.
    pub async fn script_async<T: DeserializeOwned>(&self, body: &str, arguments: Value) -> anyhow::Result<T> {
        let script = format!(
            "const done = arguments[arguments.length - 1];
             const work = async function () {{ {body} }};
             work.apply(null, [...arguments].slice(0, -1)).then(
               (value) => done({{ value: value ?? null }}),
               (error) => done({{ error: String(error) }}))"
        );
        let mut answer = self.client.execute_async(&script, list(arguments)).await?;
        if let Some(error) = answer.get("error").and_then(Value::as_str) {
            bail!("the page threw {error} in: {body}");
        }
        let value = answer["value"].take();
        serde_json::from_value(value.clone()).with_context(|| format!("unexpected {value} from: {body}"))
    }

    /// Waits until an expression of the page is truthy, and returns it.
    ///
    /// # Errors
    /// When that has not happened after `limit`; says what was waited for and what the expression was at last.
    pub async fn wait<T: DeserializeOwned>(
        &self,
        what: &str,
        limit: Duration,
        expression: &str,
        arguments: Value,
    ) -> anyhow::Result<T> {
        let body = format!(
            "const args = arguments;
             const condition = () => {{ return ({expression}); }};
             const end = performance.now() + {};
             for (;;) {{
               const value = condition();
               if (value) return {{ value }};
               if (performance.now() > end) return {{ last: String(value) }};
               await new Promise((next) => setTimeout(next, 15));
             }}",
            limit.as_millis()
        );
        let mut answer: Value = self.script_async(&body, arguments).await?;
        if let Some(last) = answer.get("last") {
            bail!(
                "after {limit:?} still not: {what}; `{expression}` is {last}; console: {:?}",
                self.console().await?
            );
        }
        let value = answer["value"].take();
        serde_json::from_value(value.clone())
            .with_context(|| format!("unexpected {value} from: {expression}"))
    }

    /// Types keys, one after the other, wherever the focus is; special ones are `fantoccini::key::Key`.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn keys(&self, keys: &[char]) -> anyhow::Result<()> {
        let actions: Vec<_> = keys
            .iter()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
            })
            .collect();
        self.act(json!([{ "type": "key", "id": "keyboard", "actions": actions }])).await
    }

    /// Presses Tab until the element that matches has the focus.
    ///
    /// # Errors
    /// When 120 times do not lead there, or the browser is gone.
    pub async fn tab_to(&self, css: &str) -> anyhow::Result<()> {
        for _ in 0..120 {
            let there = "return document.activeElement.matches(arguments[0])";
            if self.script::<bool>(there, json!([css])).await? {
                return Ok(());
            }
            self.keys(&[char::from(fantoccini::key::Key::Tab)]).await?;
        }
        anyhow::bail!("Tab does not reach {css}")
    }

    /// Moves the mouse to a point of the viewport, CSS pixels.
    ///
    /// # Errors
    /// When the point lies outside.
    pub async fn point_at(&self, x: f64, y: f64) -> anyhow::Result<()> {
        self.mouse(json!([there(x, y)])).await
    }

    /// Clicks at a point of the viewport, CSS pixels.
    ///
    /// # Errors
    /// When the point lies outside.
    pub async fn click_at(&self, x: f64, y: f64) -> anyhow::Result<()> {
        let button = |kind| json!({ "type": kind, "button": 0 });
        self.mouse(json!([there(x, y), button("pointerDown"), button("pointerUp")])).await
    }

    async fn mouse(&self, actions: Value) -> anyhow::Result<()> {
        let mouse = json!({ "pointerType": "mouse" });
        self.act(json!([{ "type": "pointer", "id": "mouse", "parameters": mouse, "actions": actions }])).await
    }

    async fn act(&self, actions: Value) -> anyhow::Result<()> {
        self.client.issue_cmd(Extra { path: "actions", body: json!({ "actions": actions }) }).await?;
        Ok(())
    }

    /// Clicks the element as a mouse does; it must be visible and nothing may lie over it.
    ///
    /// # Errors
    /// When it cannot be clicked.
    pub async fn click(&self, css: &str) -> anyhow::Result<()> {
        let element =
            self.client.find(Locator::Css(css)).await.with_context(|| format!("no element {css}"))?;
        element.click().await.with_context(|| format!("cannot click {css}"))
    }

    /// Types into an element, or gives a file field the path of a file.
    ///
    /// # Errors
    /// When there is no such element.
    pub async fn type_into(&self, css: &str, text: &str) -> anyhow::Result<()> {
        let element =
            self.client.find(Locator::Css(css)).await.with_context(|| format!("no element {css}"))?;
        element.send_keys(text).await.with_context(|| format!("cannot type into {css}"))
    }

    /// Text of every element as a reader sees it, also without JavaScript in the page.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn texts(&self, css: &str) -> anyhow::Result<Vec<String>> {
        let mut texts = Vec::new();
        for element in self.client.find_all(Locator::Css(css)).await? {
            texts.push(element.text().await?);
        }
        Ok(texts)
    }

    /// What the console said since the last call.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn console(&self) -> anyhow::Result<Vec<LogEntry>> {
        let log = self.client.issue_cmd(Extra { path: "se/log", body: json!({ "type": "browser" }) }).await?;
        serde_json::from_value(log).context("the log has another form than expected")
    }

    /// Addresses that pages asked for since the last call, whoever answered.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn requests(&self) -> anyhow::Result<Vec<String>> {
        let log =
            self.client.issue_cmd(Extra { path: "se/log", body: json!({ "type": "performance" }) }).await?;
        let entries: Vec<LogEntry> = serde_json::from_value(log)?;
        let mut urls = Vec::new();
        for entry in entries {
            let event: Value = serde_json::from_str(&entry.message)?;
            if event["message"]["method"] == "Network.requestWillBeSent" {
                let url = &event["message"]["params"]["request"]["url"];
                urls.extend(url.as_str().map(ToOwned::to_owned));
            }
        }
        Ok(urls)
    }

    /// Requests for another host than this machine, by whomever in the browser.
    pub fn strangers(&self) -> Vec<String> {
        self.strangers.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Sends a command of the devtools protocol.
    ///
    /// # Errors
    /// When the browser does not know it.
    pub async fn devtools(&self, command: &str, parameters: Value) -> anyhow::Result<Value> {
        let body = json!({ "cmd": command, "params": parameters });
        self.client
            .issue_cmd(Extra { path: "goog/cdp/execute", body })
            .await
            .with_context(|| format!("the browser refuses {command}"))
    }

    /// The viewport as PNG.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn screenshot(&self) -> anyhow::Result<Vec<u8>> {
        Ok(self.client.screenshot().await?)
    }
}

/// The mouse's way to a point of the viewport.
fn there(x: f64, y: f64) -> Value {
    let (x, y) = (x.round() as i64, y.round() as i64);
    json!({ "type": "pointerMove", "duration": 0, "x": x, "y": y, "origin": "viewport" })
}

fn list(arguments: Value) -> Vec<Value> {
    match arguments {
        Value::Array(list) => list,
        Value::Null => Vec::new(),
        one => vec![one],
    }
}

/// A proxy that serves nobody and remembers who was asked for.
struct Strangers {
    address: String,
    heard: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Strangers {
    async fn listen() -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.context("no free port")?;
        let address = listener.local_addr()?.to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let record = heard.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let record = record.clone();
                tokio::spawn(async move {
                    let line = first_line(&stream).await;
                    // Connections made ahead of need say nothing.
                    if !line.is_empty() && !is_its_own(&line) {
                        record.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                    }
                });
            }
        });
        Ok(Self { address, heard, task })
    }
}

/// Whether the browser asks this by itself; `line` is a client's first.
fn is_its_own(line: &str) -> bool {
    let address = line.split(' ').nth(1).unwrap_or_default();
    let host = address.split("://").last().unwrap_or_default().split([':', '/']).next().unwrap_or_default();
    ITS_OWN
        .iter()
        .any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// What a client says first, such as `CONNECT example.org:443 HTTP/1.1`.
async fn first_line(stream: &tokio::net::TcpStream) -> String {
    let mut start = [0; 1024];
    loop {
        if stream.readable().await.is_err() {
            return String::new();
        }
        match stream.try_read(&mut start) {
            Ok(count) => {
                let text = String::from_utf8_lossy(&start[..count]);
                return text.lines().next().unwrap_or_default().to_owned();
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return String::new(),
        }
    }
}

impl Drop for Strangers {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::is_its_own;

    #[test]
    fn only_the_maker_s_own_domains_are_the_browser_s_own() {
        assert!(is_its_own("CONNECT android.clients.google.com:443 HTTP/1.1"));
        assert!(is_its_own("GET http://clients2.google.com/time/1/current HTTP/1.1"));
        assert!(!is_its_own("CONNECT notgoogle.com:443 HTTP/1.1"));
        assert!(!is_its_own("GET http://example.org/google.com HTTP/1.1"));
    }
}
