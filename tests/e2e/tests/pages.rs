//! What holds for every page: it loads in silence, asks nobody else, fits a phone, reads without JavaScript.

use anyhow::ensure;
use e2e::{Browser, Look, Site};
use serde_json::{Value, json};

#[tokio::test]
async fn every_page_loads_without_a_word_in_the_console() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    for page in Site::pages()? {
        browser.open(&site.url(&page)).await?;
        browser.all_widgets_ready().await?;
        let console = browser.console().await?;
        let complaints: Vec<_> =
            console.iter().filter(|entry| ["SEVERE", "WARNING"].contains(&&*entry.level)).collect();
        ensure!(complaints.is_empty(), "{page}: {complaints:#?}");
    }
    Ok(())
}

#[tokio::test]
async fn no_page_asks_another_host_for_anything() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    for page in Site::pages()? {
        browser.open(&site.url(&page)).await?;
        browser.all_widgets_ready().await?;
        let own = |url: &String| ["data:", "blob:", site.origin()].iter().any(|start| url.starts_with(start));
        let foreign: Vec<_> = browser.requests().await?.into_iter().filter(|url| !own(url)).collect();
        ensure!(foreign.is_empty(), "{page} asks {foreign:?}");
    }
    ensure!(browser.strangers().is_empty(), "asked for: {:?}", browser.strangers());
    Ok(())
}

#[tokio::test]
async fn a_request_to_another_host_would_be_noticed() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    // Not a page of the book: the browser keeps those from asking.
    browser.open(&site.url("generated/manifest.json")).await?;
    browser.requests().await?;
    browser
        .script_async::<Value>("await fetch('http://elsewhere.invalid/pixel').catch(() => {})", Value::Null)
        .await?;
    ensure!(browser.requests().await?.contains(&"http://elsewhere.invalid/pixel".to_owned()));
    let heard = browser.strangers();
    ensure!(heard.iter().any(|line| line.contains("elsewhere.invalid")), "heard {heard:?}");
    Ok(())
}

#[tokio::test]
async fn the_browser_keeps_every_page_from_asking_another_host() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    for page in Site::pages()? {
        browser.open(&site.url(&page)).await?;
        let outcome: String = browser
            .script_async(
                "const refused = new Promise((tell) =>
                   document.addEventListener('securitypolicyviolation', (e) => tell(e.effectiveDirective)));
                 await fetch('http://elsewhere.invalid/pixel').catch(() => {});
                 return await refused",
                Value::Null,
            )
            .await?;
        ensure!(outcome == "connect-src", "{page}: {outcome}");
    }
    ensure!(browser.strangers().is_empty(), "{:?}", browser.strangers());
    Ok(())
}

#[tokio::test]
async fn no_page_is_wider_than_a_phone() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.look(Look::Phone).await?;
    for page in Site::pages()? {
        browser.open(&site.url(&page)).await?;
        browser.all_widgets_ready().await?;
        let wide: Vec<String> = browser
            .script(
                "const width = document.documentElement.clientWidth;
                 if (document.documentElement.scrollWidth <= width) return [];
                 return [...document.querySelectorAll('main *')]
                   .filter((e) => e.getBoundingClientRect().right > width + 0.5)
                   .map((e) => e.tagName + '.' + e.className + ' ' + e.getBoundingClientRect().right)
                   .concat(['page ' + document.documentElement.scrollWidth]);",
                Value::Null,
            )
            .await?;
        ensure!(wide.is_empty(), "{page} is wider than 360 pixels: {wide:#?}");
    }
    Ok(())
}

#[tokio::test]
async fn every_page_teaches_without_javascript() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.devtools("Emulation.setScriptExecutionDisabled", json!({ "value": true })).await?;
    for page in Site::pages()? {
        browser.open(&site.url(&page)).await?;
        let widgets = browser.texts("section.widget").await?.len();
        let fallbacks = browser.texts(".widget-fallback").await?;
        ensure!(fallbacks.len() == widgets, "{page}: {widgets} widgets, {} fallbacks", fallbacks.len());
        for words in fallbacks {
            ensure!(words.trim().len() > 40, "{page}: a fallback that hardly says anything: {words:?}");
        }
        ensure!(!browser.texts("main h1").await?.is_empty(), "{page} has no visible title");
    }
    Ok(())
}

/// Writes a picture of every page in every look to `target/screenshots`, for people to look at.
#[tokio::test]
async fn every_page_has_its_picture_taken() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let folder = e2e::target().join("screenshots");
    std::fs::create_dir_all(&folder)?;
    for look in Look::ALL {
        browser.look(look).await?;
        for page in Site::pages()? {
            browser.open(&site.url(&page)).await?;
            browser.all_widgets_ready().await?;
            let name = page.trim_end_matches(".html").replace('/', "-");
            let png = browser.whole_page(look).await?;
            ensure!(png.starts_with(b"\x89PNG"), "{page}: not a picture");
            std::fs::write(folder.join(format!("{name}-{}.png", look.name())), png)?;
        }
    }
    Ok(())
}
