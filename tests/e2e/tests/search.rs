//! The search: by keyboard alone from the first key to the widget, and no byte of it before it is asked for.

use std::time::Duration;

use anyhow::ensure;
use catalog::widget::WIDGETS;
use e2e::{Browser, Fault, Look, Site};
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::accessibility::{Rules, violations};

const PATIENCE: Duration = Duration::from_mins(1);

const RESULTS: &str = "document.querySelectorAll('#mdbook-searchresults li').length";

/// Opens the search with its key, types, and waits for results.
async fn search(browser: &Browser, words: &str) -> anyhow::Result<()> {
    browser.keys(&['s']).await?;
    browser.keys(&words.chars().collect::<Vec<_>>()).await?;
    browser.wait::<u32>("results", PATIENCE, RESULTS, Value::Null).await?;
    Ok(())
}

#[tokio::test]
async fn the_name_of_a_widget_leads_to_it_by_keyboard() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url("welcome.html")).await?;
    search(&browser, "kernel lab").await?;
    browser.keys(&[char::from(Key::Enter)]).await?;
    let there =
        "location.pathname.endsWith('/images/convolution.html') && location.hash === '#kernel-lab-title'";
    browser.wait::<bool>("the chapter", PATIENCE, there, Value::Null).await?;
    let seen = "((box) => box.top >= 0 && box.bottom <= innerHeight)(
        document.getElementById('kernel-lab-title').getBoundingClientRect())";
    browser.wait::<bool>("the widget in sight", PATIENCE, seen, Value::Null).await?;
    browser.widget("kernel-lab").ready().await?;
    ensure!(browser.strangers().is_empty(), "asked for: {:?}", browser.strangers());
    Ok(())
}

#[tokio::test]
async fn every_widget_is_found_by_its_title_and_by_its_question() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url("welcome.html")).await?;
    search(&browser, "widget").await?;
    for widget in WIDGETS {
        for (words, first) in [(widget.title, 3), (widget.question, 30)] {
            let found: Vec<String> = browser
                .script(
                    "const index = elasticlunr.Index.load(window.search.index);
                     const results = index.search(arguments[0], window.search.search_options);
                     return results.slice(0, arguments[1]).map((result) => window.search.doc_urls[result.ref]);",
                    json!([words, first]),
                )
                .await?;
            let here = format!("#{}-title", widget.name);
            ensure!(found.iter().any(|url| url.ends_with(&here)), "{words:?} finds {found:?}, not {here}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn nothing_of_the_search_is_fetched_before_it_is_asked_for() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let parts = ["/searchindex-", "/searcher-", "/elasticlunr-", "/mark-"];
    let fetched = || {
        let asked = site.take_requests();
        parts.into_iter().filter(|part| asked.iter().any(|path| path.contains(part))).collect::<Vec<_>>()
    };
    browser.open(&site.url("images/convolution.html")).await?;
    browser.all_widgets_ready().await?;
    let early = fetched();
    ensure!(early.is_empty(), "fetched before it was asked for: {early:?}");
    search(&browser, "stride").await?;
    let then = fetched();
    ensure!(then == parts, "fetched once asked for: {then:?}");
    Ok(())
}

#[tokio::test]
async fn a_search_that_cannot_be_loaded_says_so() -> anyhow::Result<()> {
    for part in ["searcher", "searchindex"] {
        let site = Site::serve().await?;
        let browser = Browser::start().await?;
        site.damage(Some(Fault::Missing(part)));
        browser.open(&site.url("welcome.html")).await?;
        browser.click("#mdbook-search-toggle").await?;
        let words = "((words) => words.startsWith('The search could not be loaded') && words)(
            document.getElementById('mdbook-searchresults-header').innerText)";
        browser.wait::<String>(part, PATIENCE, words, Value::Null).await?;
    }
    Ok(())
}

#[tokio::test]
async fn marking_the_words_of_a_search_leaves_every_field_its_value() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let values = "[...document.querySelectorAll('main :is(textarea, select)')]
        .map((field) => field.name + ' ' + (field.textContent || field.value))";
    browser.open(&site.url("images/convolution.html")).await?;
    let before: Vec<String> = browser.script(&format!("return {values}"), Value::Null).await?;
    browser.open(&site.url("images/convolution.html?highlight=1")).await?;
    let marked = "document.querySelectorAll('main mark').length";
    browser.wait::<u32>("marked words", PATIENCE, marked, Value::Null).await?;
    let after: Vec<String> = browser.script(&format!("return {values}"), Value::Null).await?;
    ensure!(before == after && !before.is_empty(), "{before:?} became {after:?}");
    let fields: u32 = browser
        .script("return document.querySelectorAll(':is(textarea, select) mark').length", Value::Null)
        .await?;
    ensure!(fields == 0, "{fields} marks inside fields");
    Ok(())
}

#[tokio::test]
async fn the_open_search_is_accessible() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    for look in Look::ALL {
        browser.look(look).await?;
        browser.open(&site.url("welcome.html")).await?;
        search(&browser, "kernel").await?;
        let found = violations(&browser, Rules::of(look)).await?;
        ensure!(found.is_empty(), "{}: {found:#?}", look.name());
    }
    Ok(())
}
