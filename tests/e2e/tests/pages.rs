//! What holds for every page: it loads in silence, asks nobody else, fits a phone, reads without JavaScript.

use anyhow::ensure;
use e2e::{Browser, Look, Site};
use serde_json::{Value, json};

use crate::visits::every_page;

#[tokio::test]
async fn every_page_loads_without_a_word_in_the_console() -> anyhow::Result<()> {
    for look in Look::ALL {
        for visit in every_page(look).await? {
            ensure!(visit.complaints.is_empty(), "{}, {}: {:#?}", visit.page, look.name(), visit.complaints);
        }
    }
    Ok(())
}

#[tokio::test]
async fn no_page_asks_another_host_for_anything() -> anyhow::Result<()> {
    for look in Look::ALL {
        for visit in every_page(look).await? {
            ensure!(visit.foreign.is_empty(), "{}, {} asks {:?}", visit.page, look.name(), visit.foreign);
        }
    }
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
    for look in Look::ALL {
        for visit in every_page(look).await? {
            ensure!(visit.refused == "connect-src", "{}: {}", visit.page, visit.refused);
            ensure!(visit.escaped.is_empty(), "{}: {:?}", visit.page, visit.escaped);
        }
    }
    Ok(())
}

#[tokio::test]
async fn no_page_is_wider_than_a_phone() -> anyhow::Result<()> {
    for visit in every_page(Look::Phone).await? {
        ensure!(visit.wide.is_empty(), "{} is wider than 360 pixels: {:#?}", visit.page, visit.wide);
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

/// They are in `target/screenshots`, for people to look at.
#[tokio::test]
async fn every_page_has_its_picture_taken() -> anyhow::Result<()> {
    for look in Look::ALL {
        for visit in every_page(look).await? {
            let png = std::fs::read(&visit.picture)?;
            ensure!(png.starts_with(b"\x89PNG"), "{} is not a picture", visit.picture.display());
        }
    }
    Ok(())
}
