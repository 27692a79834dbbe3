//! The widgets' module is in parts; one that does not come is said in words.

use anyhow::ensure;
use e2e::{Browser, Fault, Site};

const PAGE: &str = "network/why-shortcuts-help.html";
const WIDGET: &str = "shortcut-lab";

#[tokio::test]
async fn a_widget_whose_part_does_not_come_says_so_and_starts_after_a_reload() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    site.damage(Some(Fault::Missing("split_shortcuts")));
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(WIDGET);
    widget.read::<()>("void widget.scrollIntoView()").await?;
    let words = widget.alert().await?;
    ensure!(words.contains("could not be fetched") && words.contains("Reload the page"), "{words}");
    let state = widget.attribute("data-state").await?;
    ensure!(state.as_deref() == Some("failed"), "{state:?}");
    site.damage(None);
    browser.open(&site.url(PAGE)).await?;
    browser.widget(WIDGET).ready().await
}
