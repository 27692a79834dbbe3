//! Two tests side by side: the numbers are those of the model's own `metrics.json`, intervals included.

use std::time::Duration;

use anyhow::{Context, ensure};
use catalog::Diagnosis;
use e2e::{Browser, Fault, Site, Widget};
use fantoccini::key::Key;
use serde_json::{Value, json};

const PAGE: &str = "judging/from-drawings-to-patients.html";
const SHIFT: &str = "domain-shift";
const PATIENCE: Duration = Duration::from_secs(20);

/// The widget of a page that has just been opened, once it rests.
async fn open<'b>(browser: &'b Browser, address: &str) -> anyhow::Result<Widget<'b>> {
    browser.open(address).await?;
    let widget = browser.widget(SHIFT);
    widget.ready().await?;
    widget.idle().await?;
    Ok(widget)
}

fn metrics(folder: &str) -> anyhow::Result<Value> {
    let path = e2e::root().join("exported-models").join(folder).join("metrics.json");
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

/// `0.65 (0.54 to 0.75)`.
fn words(value: &Value) -> anyhow::Result<String> {
    let number = |key: &str| value[key].as_f64().with_context(|| format!("{key} of {value}"));
    Ok(format!("{:.2} ({:.2} to {:.2})", number("value")?, number("low")?, number("high")?))
}

/// The numbers of every row, both tests.
async fn numbers(widget: &Widget<'_>) -> anyhow::Result<Vec<[String; 2]>> {
    let row = "[...row.querySelectorAll('td:not(.shift-plot)')].map((cell) => cell.textContent)";
    widget.read(&format!("[...widget.querySelectorAll('tbody tr')].map((row) => {row})")).await
}

async fn check(widget: &Widget<'_>, folders: [&str; 2], measure: &str) -> anyhow::Result<()> {
    let found = numbers(widget).await?;
    for (side, folder) in folders.into_iter().enumerate() {
        let metrics = metrics(folder)?;
        for (row, diagnosis) in found.iter().zip(Diagnosis::ALL) {
            let expected = words(&metrics["per_class"][diagnosis.abbreviation()][measure])?;
            ensure!(row[side] == expected, "{folder} {diagnosis:?}: {row:?}, expected {expected}");
        }
        if measure == "sensitivity" {
            let expected = words(&metrics["balanced_accuracy"])?;
            ensure!(found[8][side] == expected, "{folder}: {:?}, expected {expected}", found[8]);
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_numbers_are_those_of_the_model_s_metrics() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let widget = open(&browser, &site.url(PAGE)).await?;
    let (own, real) = ("synthetic-resnet18-eight", "synthetic-resnet18-eight/ham10000");
    check(&widget, [own, real], "sensitivity").await?;
    widget.set("measure", "precision").await?;
    widget.idle().await?;
    check(&widget, [own, real], "precision").await?;
    widget.set("measure", "sensitivity").await?;
    widget.set("first", "synthetic-resnet50-eight/ham10000").await?;
    widget.idle().await?;
    check(&widget, ["synthetic-resnet50-eight/ham10000", real], "sensitivity").await?;

    // A row chosen with the pointer, and its images counted.
    widget.click("tr.scc").await?;
    widget.idle().await?;
    ensure!(widget.value("diagnosis").await? == "scc");
    let counts = metrics(real)?["confusion_matrix"][Diagnosis::Scc.index()].clone();
    let counts: Vec<u64> = serde_json::from_value(counts)?;
    let (all, most) = (counts.iter().sum::<u64>(), counts.iter().max().copied().unwrap_or_default());
    let taken: Vec<String> =
        widget.read("[...widget.querySelectorAll('figcaption')].map((words) => words.textContent)").await?;
    let expected = format!("{all} images: actinic keratosis {:.0}\u{a0}%", 100.0 * most as f64 / all as f64);
    ensure!(taken[1].starts_with(&expected), "{taken:?}, expected {expected}");
    Ok(())
}

#[tokio::test]
async fn the_keyboard_alone_chooses_tests_and_a_link_brings_them_back() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let widget = open(&browser, &site.url(PAGE)).await?;
    browser.tab_to(&widget.control("first")).await?;
    browser.keys(&[char::from(Key::Down)]).await?;
    browser.tab_to(&widget.control("diagnosis")).await?;
    browser.keys(&[char::from(Key::End)]).await?;
    widget.idle().await?;
    ensure!(widget.value("first").await? == "synthetic-resnet18-eight/ham10000");
    let spoken = "widget.querySelector('.widget-readout').textContent.includes('about the same')";
    widget.wait::<bool>("the readout", PATIENCE, spoken).await?;
    let written = "location.search.includes('domain-shift.diagnosis=scc')";
    browser.wait::<bool>("the address", PATIENCE, written, json!([])).await?;
    let shown = numbers(&widget).await?;

    let visitor = Browser::start().await?;
    let copy = open(&visitor, &browser.address().await?).await?;
    ensure!(numbers(&copy).await? == shown, "the same link shows other numbers");
    ensure!(copy.value("diagnosis").await? == "scc");
    Ok(())
}

async fn check_fault(fault: Fault, words: &str) -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let widget = open(&browser, &site.url(PAGE)).await?;
    let before = numbers(&widget).await?;
    site.damage(Some(fault));
    widget.set("second", "synthetic-resnet50-eight/synthetic").await?;
    let said = widget.alert().await?;
    ensure!(said.contains("The file with the answers of this test") && said.contains(words), "{said}");
    ensure!(numbers(&widget).await? == before, "numbers of another test are shown");
    site.damage(None);
    widget.set("measure", "precision").await?;
    widget.idle().await?;
    ensure!(widget.message().await?.is_empty(), "{}", widget.message().await?);
    check(&widget, ["synthetic-resnet18-eight", "synthetic-resnet50-eight"], "precision").await
}

#[tokio::test]
async fn answers_that_do_not_come_are_named_and_the_next_try_gets_them() -> anyhow::Result<()> {
    check_fault(Fault::Missing("-answers-"), "404").await
}

#[tokio::test]
async fn damaged_answers_are_named_and_the_next_try_gets_them() -> anyhow::Result<()> {
    check_fault(Fault::CutShort("-answers-"), "damaged").await
}
