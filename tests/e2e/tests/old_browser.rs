//! A browser without what the widgets need says so in words.

use anyhow::ensure;
use e2e::{Browser, Site};
use serde_json::json;

#[tokio::test]
async fn a_browser_without_simd_names_the_first_ones_that_have_it() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let old = json!({ "source": "WebAssembly.validate = () => false;" });
    browser.devtools("Page.addScriptToEvaluateOnNewDocument", old).await?;
    browser.open(&site.url("images/convolution.html")).await?;
    let widget = browser.widget("kernel-lab");
    widget.read::<()>("void widget.scrollIntoView()").await?;
    let words = widget.alert().await?;
    ensure!(words.contains("too old") && words.contains("Safari 16.4"), "{words}");
    Ok(())
}
