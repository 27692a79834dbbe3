//! What holds in every browser and is tested otherwise in Chromium: `cargo xtask test nightly` runs these.

use std::time::Instant;

use anyhow::{Context, ensure};
use e2e::{Browser, Site};
use serde_json::Value;

use crate::classifier::{MODEL, PAGE, check_answers, golden, start};

/// Keeps what a page complains about; the first thing that the page runs. Drivers give no console but Chromium's.
const LISTEN: &str = "<script>
    window.complaints = [];
    const keep = (kind) => (event) => complaints.push(`${kind}: ${event.message ?? event.reason ?? event.blockedURI
      ?? event.target?.src ?? event.target?.href}`);
    for (const kind of ['error', 'unhandledrejection', 'securitypolicyviolation'])
      window.addEventListener(kind, keep(kind), true);
    for (const kind of ['error', 'warn']) {
      const say = console[kind].bind(console);
      console[kind] = (...words) => { complaints.push(`${kind}: ${words.join(' ')}`); say(...words); };
    }
    </script>";

/// A host whose pages keep what they complain about.
async fn listening() -> anyhow::Result<Site> {
    let site = Site::serve().await?;
    site.edit(".html", |page| {
        let page = String::from_utf8_lossy(&page);
        page.replacen("<head>", &format!("<head>{LISTEN}"), 1).into_bytes()
    });
    Ok(site)
}

async fn complaints(browser: &Browser) -> anyhow::Result<Vec<String>> {
    browser.script("return window.complaints", Value::Null).await
}

#[tokio::test]
async fn every_widget_of_every_page_starts_without_an_error() -> anyhow::Result<()> {
    let site = listening().await?;
    let browser = Browser::start().await?;
    for page in Site::pages()? {
        browser.open(&site.url(&page)).await?;
        browser.all_widgets_ready().await.with_context(|| page.clone())?;
        let complaints = complaints(&browser).await?;
        ensure!(complaints.is_empty(), "{page}: {complaints:#?}");
    }
    Ok(())
}

#[tokio::test]
async fn an_error_of_a_page_would_be_noticed() -> anyhow::Result<()> {
    let site = listening().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url("index.html")).await?;
    // A script of the page: Firefox does not report errors in the driver's own.
    let body = "console.error('a slip');
        const textContent = \"throw new Error('another');\";
        document.head.append(Object.assign(document.createElement('script'), { textContent }));
        return window.complaints";
    let found: Vec<String> = browser.script_async(body, Value::Null).await?;
    ensure!(found.len() == 2 && found[0].contains("a slip") && found[1].contains("another"), "{found:?}");
    Ok(())
}

#[tokio::test]
async fn the_network_answers_as_libtorch_does() -> anyhow::Result<()> {
    let (golden, card) = golden(MODEL)?;
    let site = listening().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(&format!("{PAGE}?classifier.backend=wasm"))).await?;
    let widget = browser.widget("classifier");
    let begin = Instant::now();
    start(&widget).await?;
    println!("{MODEL} answered {:.1} s after the button was pressed", begin.elapsed().as_secs_f64());
    check_answers(&widget, &golden.inputs[..2], &card).await?;
    let cost: String = widget.read("widget.querySelector('.widget-cost').textContent").await?;
    println!("{cost}");
    let complaints = complaints(&browser).await?;
    ensure!(complaints.is_empty(), "{complaints:#?}");
    Ok(())
}
