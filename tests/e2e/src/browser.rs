//! A browser, and what a test does with it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::driver::Extra;
use crate::options::Options;
use crate::pool::Pool;
use crate::session::{Session, runtime};

/// A line of the browser's console.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct LogEntry {
    /// `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
    pub level: String,
    /// What it says, with the place.
    pub message: String,
}

/// A browser that knows of nothing but its test; ends with it, or waits for the next one.
pub struct Browser {
    options: Options,
    /// There until it is dropped.
    session: Option<Session>,
    pool: Option<Arc<Pool>>,
    reused: bool,
}

impl Browser {
    /// A browser as readers have it.
    ///
    /// # Errors
    /// When Chromium or its driver is missing or does not start.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(Options::default()).await
    }

    /// A browser with options.
    ///
    /// # Errors
    /// When Chromium or its driver is missing or does not start.
    pub async fn start_with(options: Options) -> anyhow::Result<Self> {
        let pool = Pool::shared();
        let waiting = pool.take(options);
        let reused = waiting.is_some();
        let session = match waiting {
            Some(session) => session,
            None => runtime().spawn(Session::start(options)).await??,
        };
        Ok(Self { options, session: Some(session), pool: Some(pool), reused })
    }

    /// Whether another test has used it.
    pub fn reused(&self) -> bool {
        self.reused
    }

    fn session(&self) -> &Session {
        self.session.as_ref().expect("it is taken away in `drop` alone")
    }

    fn client(&self) -> &Client {
        &self.session().client
    }

    /// Goes to an address and waits until the page is loaded.
    ///
    /// # Errors
    /// When there is no such page.
    pub async fn open(&self, url: &str) -> anyhow::Result<()> {
        self.session().open(url).await
    }

    /// The address in the address bar.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn address(&self) -> anyhow::Result<String> {
        Ok(self.client().current_url().await?.to_string())
    }

    /// Runs the body of a function in the page; its arguments are `arguments[0]` and so on.
    ///
    /// # Errors
    /// When it throws, or returns something else than expected.
    pub async fn script<T: DeserializeOwned>(&self, body: &str, arguments: Value) -> anyhow::Result<T> {
        let value = self
            .client()
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
        let mut answer = self.client().execute_async(&script, list(arguments)).await?;
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
        let end = Instant::now() + limit;
        let mut answer = loop {
            let left = end.saturating_duration_since(Instant::now());
            match self.wait_in_page(left, expression, arguments.clone()).await? {
                // The page was left, so what the next one says counts.
                None if !left.is_zero() => {}
                answer => break answer.unwrap_or_else(|| json!({ "last": "not known: the page was left" })),
            }
        };
        if let Some(last) = answer.get("last") {
            bail!(
                "after {limit:?} still not: {what}; `{expression}` is {last}; console: {:?}",
                self.console().await.unwrap_or_default()
            );
        }
        let value = answer["value"].take();
        serde_json::from_value(value.clone())
            .with_context(|| format!("unexpected {value} from: {expression}"))
    }

    /// The `value` of an expression as soon as it is truthy, or what it was `last`; nothing when the page was left
    /// meanwhile: some drivers then answer null, others speak of an unload in words of their own.
    async fn wait_in_page(
        &self,
        limit: Duration,
        expression: &str,
        arguments: Value,
    ) -> anyhow::Result<Option<Value>> {
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
        match self.script_async(&body, arguments).await {
            Err(error) if format!("{error:#}").contains("unload") => Ok(None),
            answer => answer,
        }
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

    /// Presses Tab, or Shift + Tab if the element comes earlier in the page, until the element that matches has the focus. Past the
    /// end of the page, Tab would reach the browser's own buttons; after that, Firefox's driver cannot press buttons of the page.
    ///
    /// # Errors
    /// When 120 times do not lead there, or the browser is gone.
    pub async fn tab_to(&self, css: &str) -> anyhow::Result<()> {
        let above = "const target = document.querySelector(arguments[0]);
            const position = document.activeElement.compareDocumentPosition(target);
            return Boolean(position & Node.DOCUMENT_POSITION_PRECEDING);";
        let above: bool = self.script(above, json!([css])).await?;
        for _ in 0..120 {
            let there = "return document.activeElement.matches(arguments[0])";
            if self.script::<bool>(there, json!([css])).await? {
                return Ok(());
            }
            let [shift, tab] = [Key::Shift, Key::Tab].map(|key| char::from(key).to_string());
            let press = |kind: &str, key: &str| json!({ "type": kind, "value": key });
            let mut actions = vec![press("keyDown", &tab), press("keyUp", &tab)];
            if above {
                actions.insert(0, press("keyDown", &shift));
                actions.push(press("keyUp", &shift));
            }
            self.act(json!([{ "type": "key", "id": "keyboard", "actions": actions }])).await?;
        }
        anyhow::bail!("Tab does not reach {css}")
    }

    /// Moves the mouse to a point of the viewport, CSS pixels.
    ///
    /// # Errors
    /// When the point is outside.
    pub async fn point_at(&self, x: f64, y: f64) -> anyhow::Result<()> {
        self.mouse(json!([there(x, y)])).await
    }

    /// Clicks at a point of the viewport, CSS pixels.
    ///
    /// # Errors
    /// When the point is outside.
    pub async fn click_at(&self, x: f64, y: f64) -> anyhow::Result<()> {
        let button = |kind| json!({ "type": kind, "button": 0 });
        self.mouse(json!([there(x, y), button("pointerDown"), button("pointerUp")])).await
    }

    async fn mouse(&self, actions: Value) -> anyhow::Result<()> {
        let mouse = json!({ "pointerType": "mouse" });
        self.act(json!([{ "type": "pointer", "id": "mouse", "parameters": mouse, "actions": actions }])).await
    }

    async fn act(&self, actions: Value) -> anyhow::Result<()> {
        self.client().issue_cmd(Extra { path: "actions", body: json!({ "actions": actions }) }).await?;
        Ok(())
    }

    /// Clicks the element as a mouse does; it must be visible and nothing may lie over it.
    ///
    /// # Errors
    /// When it cannot be clicked.
    pub async fn click(&self, css: &str) -> anyhow::Result<()> {
        let element =
            self.client().find(Locator::Css(css)).await.with_context(|| format!("no element {css}"))?;
        element.click().await.with_context(|| format!("cannot click {css}"))
    }

    /// Types into an element, or gives a file field the path of a file.
    ///
    /// # Errors
    /// When there is no such element.
    pub async fn type_into(&self, css: &str, text: &str) -> anyhow::Result<()> {
        let element =
            self.client().find(Locator::Css(css)).await.with_context(|| format!("no element {css}"))?;
        element.send_keys(text).await.with_context(|| format!("cannot type into {css}"))
    }

    /// Text of every element as a reader sees it, also without JavaScript in the page.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn texts(&self, css: &str) -> anyhow::Result<Vec<String>> {
        let mut texts = Vec::new();
        for element in self.client().find_all(Locator::Css(css)).await? {
            texts.push(element.text().await?);
        }
        Ok(texts)
    }

    /// What the console said since the last call.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn console(&self) -> anyhow::Result<Vec<LogEntry>> {
        serde_json::from_value(self.session().log("browser").await?)
            .context("the log has another form than expected")
    }

    /// Addresses that pages asked for since the last call, whoever answered.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn requests(&self) -> anyhow::Result<Vec<String>> {
        let entries: Vec<LogEntry> = serde_json::from_value(self.session().log("performance").await?)?;
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
        self.session().strangers.heard()
    }

    /// Sends a command of the devtools protocol.
    ///
    /// # Errors
    /// When the browser does not know it.
    pub async fn devtools(&self, command: &str, parameters: Value) -> anyhow::Result<Value> {
        self.session().devtools(command, parameters).await
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

impl Drop for Browser {
    fn drop(&mut self) {
        if let (Some(session), Some(pool)) = (self.session.take(), self.pool.take()) {
            pool.give_back(self.options, session);
        }
    }
}
