//! One visit to every page in each look; what it found, for the tests that ask.
//!
//! A test that needs a look waits for its visits, and the first one makes them. Each page is visited on a host of its own,
//! so nothing comes from a cache.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, anyhow};
use e2e::{Browser, LogEntry, Look, Site};
use serde_json::Value;
use tokio::sync::OnceCell;

use crate::accessibility::{Rules, violations};

/// What a visit to a page found.
pub(crate) struct Visit {
    /// Path below the book's root.
    pub(crate) page: String,
    /// Files asked for until every widget was ready, as paths below the book's root.
    pub(crate) files: BTreeSet<String>,
    /// Addresses asked for on other hosts.
    pub(crate) foreign: Vec<String>,
    /// Errors and warnings in the console.
    pub(crate) complaints: Vec<LogEntry>,
    /// Elements that reach beyond the right edge, and the page's width.
    pub(crate) wide: Vec<String>,
    /// What axe-core finds.
    pub(crate) violations: Vec<String>,
    /// Where a picture of the whole page lies, for people to look at.
    pub(crate) picture: PathBuf,
    /// The rule by which the browser refuses the page a request to another host.
    pub(crate) refused: String,
    /// Requests that left for other hosts all the same.
    pub(crate) escaped: Vec<String>,
}

/// The visits to every page in this look.
///
/// # Errors
/// When a page does not come or one of its widgets does not start.
pub(crate) async fn every_page(look: Look) -> anyhow::Result<&'static [Visit]> {
    static LIGHT: OnceCell<Result<Vec<Visit>, String>> = OnceCell::const_new();
    static DARK: OnceCell<Result<Vec<Visit>, String>> = OnceCell::const_new();
    static PHONE: OnceCell<Result<Vec<Visit>, String>> = OnceCell::const_new();
    let visits = match look {
        Look::Light => &LIGHT,
        Look::Dark => &DARK,
        Look::Phone => &PHONE,
    };
    let made = visits.get_or_init(|| async { make(look).await.map_err(|error| format!("{error:#}")) }).await;
    made.as_deref().map_err(|words| anyhow!("{words}"))
}

async fn make(look: Look) -> anyhow::Result<Vec<Visit>> {
    let browser = Browser::start().await?;
    browser.look(look).await?;
    let mut visits = Vec::new();
    for page in Site::pages()? {
        let place = format!("{page}, {}", look.name());
        visits.push(visit(&browser, look, page).await.context(place)?);
    }
    Ok(visits)
}

async fn visit(browser: &Browser, look: Look, page: String) -> anyhow::Result<Visit> {
    let site = Site::serve().await?;
    browser.open(&site.url(&page)).await?;
    browser.all_widgets_ready().await?;
    let files = site.take_requests();
    let root = site.path("");
    let below = |path: &String| path.strip_prefix(&root).map(str::to_owned);
    let own = |url: &String| ["data:", "blob:", site.origin()].iter().any(|start| url.starts_with(start));
    Ok(Visit {
        files: files
            .iter()
            .map(|path| below(path).with_context(|| format!("{path} lies outside the book")))
            .collect::<Result<_, _>>()?,
        foreign: browser
            .requests()
            .await?
            .into_iter()
            .filter(|url| !own(url))
            .chain(browser.strangers())
            .collect(),
        complaints: complaints(browser).await?,
        wide: wide(browser).await?,
        violations: violations(browser, Rules::of(look)).await?,
        picture: picture(browser, look, &page).await?,
        refused: refused(browser).await?,
        escaped: browser.strangers(),
        page,
    })
}

/// Errors and warnings in the console since it was last read.
pub(crate) async fn complaints(browser: &Browser) -> anyhow::Result<Vec<LogEntry>> {
    let console = browser.console().await?;
    Ok(console.into_iter().filter(|entry| ["SEVERE", "WARNING"].contains(&&*entry.level)).collect())
}

/// Takes a picture of the whole page and leaves it in `target/screenshots`.
async fn picture(browser: &Browser, look: Look, page: &str) -> anyhow::Result<PathBuf> {
    let folder = e2e::target().join("screenshots");
    let name = page.trim_end_matches(".html").replace('/', "-");
    let path = folder.join(format!("{name}-{}.png", look.name()));
    let png = browser.whole_page().await?;
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&path, png))
        .with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// Has the page ask another host.
async fn refused(browser: &Browser) -> anyhow::Result<String> {
    let rule = browser
        .script_async(
            "const refused = new Promise((tell) =>
               document.addEventListener('securitypolicyviolation', (e) => tell(e.effectiveDirective)));
             await fetch('http://elsewhere.invalid/pixel').catch(() => {});
             return await refused",
            Value::Null,
        )
        .await?;
    // What the browser says of it is no complaint of the next page.
    browser.console().await?;
    browser.requests().await?;
    Ok(rule)
}

async fn wide(browser: &Browser) -> anyhow::Result<Vec<String>> {
    browser
        .script(
            "const width = document.documentElement.clientWidth;
             if (document.documentElement.scrollWidth <= width) return [];
             return [...document.querySelectorAll('main *')]
               .filter((e) => e.getBoundingClientRect().right > width + 0.5)
               .map((e) => e.tagName + '.' + e.className + ' ' + e.getBoundingClientRect().right)
               .concat(['page ' + document.documentElement.scrollWidth]);",
            Value::Null,
        )
        .await
}
