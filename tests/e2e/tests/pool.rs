//! A browser that another test has used has forgotten it.

use anyhow::ensure;
use e2e::{Browser, Look, Options, Site};
use serde_json::{Value, json};

/// A page of the book for which nothing needs to be computed.
const PAGE: &str = "welcome.html";

/// Leaves as much as a page and a test can.
const LEAVE: &str = "localStorage.setItem('left', '1');
    sessionStorage.setItem('left', '1');
    document.cookie = 'left=1';
    await (await caches.open('left')).put('left', new Response('1'));
    await new Promise((done, fail) => {
      const request = indexedDB.open('left');
      request.onsuccess = done;
      request.onerror = fail;
    });
    console.error('left');";

/// What there is of that, and how a new tab differs from one that was set to look like a phone.
const FOUND: &str = "return {
      local: localStorage.length,
      session: sessionStorage.length,
      cookie: document.cookie,
      caches: await caches.keys(),
      databases: (await indexedDB.databases()).map((d) => d.name),
      dark: matchMedia('(prefers-color-scheme: dark)').matches,
      narrow: innerWidth < 500,
      marked: 'marked' in window,
      visible: document.visibilityState,
      history: history.length,
    };";

#[tokio::test]
async fn a_browser_comes_back_without_what_a_test_left() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    // No other test asks for these, so the second that starts is the first.
    let options = Options { camera: e2e::Camera::Allowed(7), ..Options::default() };
    let other = Browser::start().await?;
    let mark = json!({ "source": "window.marked = true" });
    {
        let used = Browser::start_with(options).await?;
        used.look(Look::Phone).await?;
        used.devtools("Page.addScriptToEvaluateOnNewDocument", mark).await?;
        used.open(&site.url(PAGE)).await?;
        used.open(&site.url("index.html")).await?;
        used.script_async::<Value>(LEAVE, Value::Null).await?;
        let found: Value = used.script_async(FOUND, Value::Null).await?;
        ensure!(found["marked"] == true && found["caches"] == json!(["left"]), "{found}");
    }
    site.take_requests();
    let again = Browser::start_with(options).await?;
    ensure!(again.reused(), "it was started anew");
    again.open(&site.url(PAGE)).await?;
    let found: Value = again.script_async(FOUND, Value::Null).await?;
    let new = Browser::start_with(Options { fresh: true, ..options }).await?;
    new.open(&site.url(PAGE)).await?;
    let expected: Value = new.script_async(FOUND, Value::Null).await?;
    ensure!(found == expected && found["caches"] == json!([]), "{found}, a new one {expected}");
    ensure!(again.console().await?.iter().all(|entry| !entry.message.contains("left")));
    // Both asked for the page: none has it in a cache.
    let path = site.path(PAGE);
    ensure!(site.take_requests().into_iter().filter(|asked| *asked == path).count() == 2);
    drop(other);
    Ok(())
}
