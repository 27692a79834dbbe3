//! Nothing jumps while a reader scrolls on a phone: fonts, figures and widgets come to places that were kept for them.

use anyhow::ensure;
use e2e::{Browser, Options, Screen, Site};
use serde_json::{Value, json};

/// The limit for a page that feels steady. Source: <https://web.dev/articles/cls> has 0.1; ours is half of it.
const LIMIT: f64 = 0.05;

/// One in which nothing was pressed yet, since a browser does not count what moves shortly after that. It keeps nothing, so
/// that fonts and styles come as at a first visit.
async fn new_browser() -> anyhow::Result<Browser> {
    let browser = Browser::start_with(Options { fresh: true, ..Options::default() }).await?;
    browser.devtools("Network.enable", json!({})).await?;
    browser.devtools("Network.setCacheDisabled", json!({ "cacheDisabled": true })).await?;
    browser.screen(Screen::PHONE).await?;
    Ok(browser)
}

#[tokio::test]
async fn nothing_jumps_while_a_reader_scrolls_on_a_phone() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let mut jumpy = Vec::new();
    let browser = new_browser().await?;
    for page in Site::pages()? {
        browser.open(&site.url(&page)).await?;
        let shift = browser.layout_shift().await?;
        println!("{page} {shift}");
        if shift.score >= LIMIT {
            jumpy.push(format!("{page} {shift}"));
        }
    }
    ensure!(jumpy.is_empty(), "layout shift of {LIMIT} or more:\n{}", jumpy.join("\n"));
    Ok(())
}

#[tokio::test]
async fn nothing_jumps_while_the_first_page_comes_slowly() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = new_browser().await?;
    browser.slow_network().await?;
    browser.open(&site.url("welcome.html")).await?;
    let shift = browser.layout_shift().await?;
    ensure!(shift.score < LIMIT, "welcome.html {shift}");
    Ok(())
}

#[tokio::test]
async fn a_jump_would_be_noticed() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = new_browser().await?;
    browser.open(&site.url("welcome.html")).await?;
    // What moves before anything was painted, or within half a second of a change of the window's size, is not a jump.
    let push = "do await new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
        while (performance.now() < 1000 || !performance.getEntriesByName('first-contentful-paint').length);
        document.querySelector('main').style.paddingTop = arguments[0] + 'px'";
    browser.script_async::<Value>(push, json!([300])).await?;
    let shift = browser.layout_shift().await?;
    ensure!(shift.score > LIMIT && shift.largest[0].1.contains("to "), "{shift}");
    Ok(())
}
