//! The skip links: one press of Tab and one of Enter lead past the menus, two and one to the first widget.

use std::time::Duration;

use anyhow::ensure;
use e2e::{Browser, Look, Site};
use fantoccini::key::Key;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_mins(1);

/// Presses Tab so often; the focused link must be in sight.
async fn tab(browser: &Browser, times: usize) -> anyhow::Result<String> {
    for _ in 0..times {
        browser.keys(&[char::from(Key::Tab)]).await?;
    }
    let focused = "((link, box) => box.top >= 0 && box.bottom > box.top && link.innerText)(
        document.activeElement, document.activeElement.getBoundingClientRect())";
    browser.wait("a focused link in sight", PATIENCE, focused, Value::Null).await
}

/// Presses Enter on the link, then Tab once widgets have settled, and waits until the focus is inside `css`.
async fn follow(browser: &Browser, page: &str, css: &str) -> anyhow::Result<()> {
    browser.keys(&[char::from(Key::Enter)]).await?;
    // A module that starts moves the start button, and what is moved loses the focus.
    let settled = "document.querySelectorAll(\"section.widget[data-state='loading']\").length === 0";
    browser.wait::<bool>(&format!("{page}: settled widgets"), PATIENCE, settled, Value::Null).await?;
    browser.keys(&[char::from(Key::Tab)]).await?;
    let inside = "document.activeElement.closest(args[0]) !== null";
    browser.wait::<bool>(&format!("{page}: the focus in {css}"), PATIENCE, inside, json!([css])).await?;
    Ok(())
}

#[tokio::test]
async fn the_first_stop_of_every_page_leads_to_its_text() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    for look in [Look::Light, Look::Phone] {
        browser.look(look).await?;
        for page in Site::pages()? {
            browser.open(&site.url(&page)).await?;
            let words = tab(&browser, 1).await?;
            ensure!(words == "Skip to the text", "{page}: {words}");
            follow(&browser, &page, "main").await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_second_stop_leads_to_the_first_widget() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let mut widgets = 0;
    for page in Site::pages()? {
        browser.open(&site.url(&page)).await?;
        let titles = browser.texts(".widget-title").await?;
        let Some(title) = titles.first() else { continue };
        let words = tab(&browser, 2).await?;
        ensure!(words == format!("Skip to the first widget: {title}"), "{page}: {words}");
        follow(&browser, &page, "section.widget").await?;
        widgets += 1;
    }
    ensure!(widgets > 0, "no page has a widget");
    Ok(())
}
