//! The network comparison: its scores are those of the models' metrics, and networks get a time once they ran here.

use std::time::Duration;

use anyhow::{Context, ensure};
use e2e::{Browser, Fault, Site, Widget};
use fantoccini::key::Key;
use serde_json::{Value, json};

const PAGE: &str = "network/which-network.html?network-comparison.backend=wasm";
const COMPARISON: &str = "network-comparison";
const FIRST: &str = "synthetic-resnet18-eight";
const SECOND: &str = "synthetic-resnet18-two";
/// Long enough to load two networks and run each ten times on two busy cores.
const PATIENCE: Duration = Duration::from_mins(4);

/// The words of a network's row, cell by cell.
async fn row(widget: &Widget<'_>, network: &str) -> anyhow::Result<Vec<String>> {
    let row = format!("widget.querySelector('[data-network={network}]')");
    widget.read(&format!("[...{row}.children].map((cell) => cell.firstChild.textContent)")).await
}

async fn measured(widget: &Widget<'_>, count: usize) -> anyhow::Result<()> {
    let there = format!("widget.dataset.measured === '{count}' && widget.dataset.busy !== 'true'");
    widget.wait::<bool>(&format!("{count} times"), PATIENCE, &there).await?;
    Ok(())
}

#[tokio::test]
async fn scores_are_those_of_the_metrics_and_points_follow_the_axis() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(COMPARISON);
    widget.ready().await?;
    for (data, folder) in [("ham10000", "synthetic-resnet18-eight/ham10000"), ("synthetic", FIRST)] {
        widget.set("test", data).await?;
        let path = e2e::root().join("exported-models").join(folder).join("metrics.json");
        let metrics: Value = serde_json::from_slice(&std::fs::read(path)?)?;
        let value = |of: &Value| of["value"].as_f64().map(|value| format!("{value:.2}"));
        let expected = [
            value(&metrics["balanced_accuracy"]),
            value(&metrics["expected_calibration_error"]),
            value(&metrics["recalibrated"]["expected_calibration_error"]),
        ];
        let found = row(&widget, FIRST).await?;
        let expected: Vec<String> = expected.into_iter().collect::<Option<_>>().context("three numbers")?;
        ensure!(found[5..] == expected[..], "{data}: {found:?}, expected {expected:?}");
        // The height of its point.
        let bottom = "widget.querySelector('span.comparison-point.chosen').style.bottom";
        let bottom: String = widget.read(bottom).await?;
        let height = metrics["balanced_accuracy"]["value"].as_f64().context("a number")?;
        let found: f64 = bottom.trim_end_matches('%').parse()?;
        ensure!((found - 100.0 * height).abs() < 0.01, "{bottom}, expected {height}");
    }
    let found = row(&widget, FIRST).await?;
    ensure!(found[1..5] == ["–", "22 MB", "11.2 million", "592.2 million"], "{found:?}");
    widget.set("cost", "time").await?;
    let points: usize = widget.read("widget.querySelectorAll('span.comparison-point').length").await?;
    let missing: String = widget.read("widget.querySelector('.comparison-missing').textContent").await?;
    ensure!(points == 0 && missing.contains("have no time yet"), "{points} points, {missing:?}");
    Ok(())
}

#[tokio::test]
async fn a_network_gets_its_time_by_keyboard_and_another_one_by_its_row() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(COMPARISON);
    widget.ready().await?;
    browser.tab_to(&widget.css("[data-action=start]")).await?;
    browser.keys(&[char::from(Key::Enter)]).await?;
    measured(&widget, 1).await?;
    let found = row(&widget, FIRST).await?;
    ensure!(found[1].ends_with(" ms"), "{found:?}");
    widget.set("cost", "time").await?;
    let points: usize = widget.read("widget.querySelectorAll('span.comparison-point').length").await?;
    ensure!(points == 1, "{points} points");
    widget.click(".widget-details > summary").await?;
    // One that tells benign from malignant: it is loaded and measured, and is in the table alone.
    widget.click(&format!("[data-network={SECOND}] th")).await?;
    measured(&widget, 2).await?;
    ensure!(widget.value("model").await? == SECOND);
    ensure!(row(&widget, SECOND).await?[1].ends_with(" ms"));
    let points: usize = widget.read("widget.querySelectorAll('span.comparison-point').length").await?;
    ensure!(points == 1, "{points} points");
    browser
        .wait::<bool>("the address", PATIENCE, "location.search.includes('.cost=time')", json!([]))
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_network_that_does_not_come_ends_the_round_with_words() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(COMPARISON);
    widget.ready().await?;
    site.damage(Some(Fault::Missing("resnet18-two-")));
    widget.click("[name=measure-all]").await?;
    let said = widget.alert().await?;
    ensure!(said.contains("404"), "{said}");
    measured(&widget, 1).await?;
    site.damage(None);
    widget.click("[name=measure]").await?;
    measured(&widget, 2).await?;
    ensure!(widget.message().await?.is_empty(), "{}", widget.message().await?);
    Ok(())
}
