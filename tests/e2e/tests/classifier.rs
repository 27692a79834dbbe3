//! The classifier: it starts when asked, answers as libtorch does on both backends, keeps what it fetched, and says in
//! words what goes wrong.

use std::time::Duration;

use anyhow::{Context, ensure};
use catalog::Diagnosis;
use catalog::manifest::MOST_NAMED;
use catalog::model::ModelCard;
use catalog::precomputed::PrecomputedAnswers;
use e2e::{Browser, Fault, Options, Site, Widget, is_a};
use fantoccini::key::Key;
use serde::Deserialize;
use serde_json::Value;

pub(crate) const PAGE: &str = "network/the-network-answers.html";
pub(crate) const MODEL: &str = "synthetic-resnet18-eight";
pub(crate) const TWO: &str = "synthetic-resnet18-two";
pub(crate) const DEEPER: &str = "synthetic-resnet50-eight";
/// It has seen photographs of patients.
pub(crate) const REAL: &str = "ham10000-efficientnet-lite0-eight";
/// A thousand classes, of which the page shows the five most probable.
pub(crate) const THOUSAND: &str = "imagenet-efficientnet-lite0";

/// Long enough for a download, a compilation and a first run in software on two busy cores.
pub(crate) const PATIENCE: Duration = Duration::from_mins(4);

/// libtorch's answers.
#[derive(Deserialize)]
pub(crate) struct Golden {
    pub(crate) inputs: Vec<Answer>,
}

#[derive(Deserialize)]
pub(crate) struct Answer {
    diagnosis: Diagnosis,
    seed: u64,
    probabilities: Vec<f32>,
}

pub(crate) fn golden(model: &str) -> anyhow::Result<(Golden, ModelCard)> {
    let folder = e2e::root().join("exported-models").join(model);
    let read = |name: &str| {
        let path = folder.join(name);
        std::fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}; it is written by: cargo xtask export", path.display()))
    };
    Ok((serde_json::from_str(&read("golden.json")?)?, toml::from_str(&read("model.toml")?)?))
}

/// Presses the start button and waits for the first answer.
pub(crate) async fn start(widget: &Widget<'_>) -> anyhow::Result<()> {
    press_start(widget).await?;
    let state: String = widget
        .wait(
            "a network or a failure",
            PATIENCE,
            "['ready', 'failed'].includes(widget.dataset.network) && widget.dataset.network",
        )
        .await?;
    ensure!(state == "ready", "the network failed: {}", widget.message().await?);
    widget.idle_within(PATIENCE).await
}

pub(crate) async fn press_start(widget: &Widget<'_>) -> anyhow::Result<()> {
    widget.ready().await?;
    widget.click("[data-action=start]").await
}

/// The eight probabilities, in the order of the diagnoses.
pub(crate) async fn probabilities(widget: &Widget<'_>) -> anyhow::Result<Vec<f32>> {
    probabilities_of(widget, &Diagnosis::ALL.map(Diagnosis::abbreviation)).await
}

/// The labels on show and their probabilities.
pub(crate) async fn rows(widget: &Widget<'_>) -> anyhow::Result<Vec<(String, f32)>> {
    widget
        .read("[...widget.querySelectorAll('[data-probability]')].map((e) => [e.dataset.label, Number(e.dataset.probability)])")
        .await
}

/// The probabilities of these labels, in this order.
async fn probabilities_of(widget: &Widget<'_>, expected: &[&str]) -> anyhow::Result<Vec<f32>> {
    let rows = rows(widget).await?;
    let labels: Vec<_> = rows.iter().map(|(label, _)| label.as_str()).collect();
    ensure!(labels == expected, "rows: {labels:?}");
    Ok(rows.into_iter().map(|(_, probability)| probability).collect())
}

/// Shows every golden input and returns the largest difference of any probability from libtorch's.
async fn largest_difference(widget: &Widget<'_>, inputs: &[Answer], card: &ModelCard) -> anyhow::Result<f32> {
    let labels: Vec<&str> = card.labels.iter().map(String::as_str).collect();
    let mut largest = 0_f32;
    for input in inputs {
        widget.put("image", &input.diagnosis.abbreviation().to_lowercase()).await?;
        widget.put("seed", &input.seed.to_string()).await?;
        widget.idle_within(PATIENCE).await?;
        if labels.len() > MOST_NAMED {
            let rows = rows(widget).await?;
            largest = largest.max(difference_of_five(&rows, &input.probabilities, &labels)?);
            continue;
        }
        let found = probabilities_of(widget, &labels).await?;
        let place = format!("{} {}", input.diagnosis.abbreviation(), input.seed);
        ensure!(found.len() == input.probabilities.len(), "{place}: {found:?}");
        let sum: f32 = found.iter().sum();
        ensure!((sum - 1.0).abs() < 1e-4, "{place}: probabilities add up to {sum}");
        let differences = found.iter().zip(&input.probabilities).map(|(a, b)| (a - b).abs());
        largest = differences.fold(largest, f32::max);
    }
    Ok(largest)
}

/// The largest difference of the five probabilities on show from those expected, which must be the largest of all, the most
/// probable first.
pub(crate) fn difference_of_five(
    rows: &[(String, f32)],
    expected: &[f32],
    labels: &[&str],
) -> anyhow::Result<f32> {
    ensure!(rows.len() == 5 && rows.is_sorted_by(|a, b| a.1 >= b.1), "rows: {rows:?}");
    let mut sorted = expected.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    let mut largest = 0_f32;
    for ((label, found), nth) in rows.iter().zip(sorted) {
        let place =
            labels.iter().position(|known| known == label).with_context(|| format!("no class {label}"))?;
        let differences = [(found - expected[place]).abs(), (found - nth).abs()];
        largest = differences.into_iter().fold(largest, f32::max);
    }
    Ok(largest)
}

/// Holds the page's answers to these inputs to libtorch's, and returns the largest difference.
pub(crate) async fn check_answers(
    widget: &Widget<'_>,
    inputs: &[Answer],
    card: &ModelCard,
) -> anyhow::Result<f32> {
    let difference = largest_difference(widget, inputs, card).await?;
    let (name, tolerance) = (&card.name, card.parity.tolerance);
    println!("{name}, largest difference: {difference:e} of {} inputs", inputs.len());
    ensure!(difference <= tolerance, "{name} differs by {difference:e}, more than {tolerance:e}");
    Ok(difference)
}

/// How far a backend's answers are from libtorch's.
pub(crate) struct Parity {
    card: ModelCard,
    inputs: usize,
    difference: f32,
}

/// Leaves what was measured where `cargo xtask export` takes it into `model.toml`.
pub(crate) fn leave(backend: &str, parity: &Parity) -> anyhow::Result<()> {
    let Parity { card, inputs, difference } = parity;
    let folder = e2e::target().join("parity");
    let path = folder.join(format!("{}-{backend}.toml", card.name));
    let hash = &card.provenance.onnx_sha256;
    let text = format!("onnx_sha256 = \"{hash}\"\ninputs = {inputs}\ndifference = {difference:e}\n");
    std::fs::create_dir_all(&folder)
        .and_then(|()| std::fs::write(&path, text))
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Holds the page's answers of a model to libtorch's, on every so many of the inputs; there are two of each diagnosis.
pub(crate) async fn check_parity(
    browser: &Browser,
    model: &str,
    backend: &str,
    every: usize,
) -> anyhow::Result<Parity> {
    let (golden, card) = golden(model)?;
    let inputs: Vec<Answer> = golden.inputs.into_iter().step_by(every).collect();
    let site = Site::serve().await?;
    let Answer { diagnosis, seed, .. } = inputs.first().context("no input to compare with")?;
    let image = diagnosis.abbreviation().to_lowercase();
    let choices = [("backend", backend), ("model", model), ("image", &image), ("seed", &seed.to_string())];
    let query = choices.map(|(name, value)| format!("classifier.{name}={value}")).join("&");
    browser.open(&site.url(&format!("{PAGE}?{query}"))).await?;
    let widget = browser.widget("classifier");
    start(&widget).await?;
    let difference = check_answers(&widget, &inputs, &card).await?;
    let by = widget.attribute("data-backend").await?.unwrap_or_default();
    ensure!(by.eq_ignore_ascii_case(backend), "computed by {by}: {}", widget.message().await?);
    let submissions = widget.attribute("data-gpu-submissions").await?.unwrap_or_default();
    let by_the_card = submissions.parse::<u32>().is_ok_and(|count| count > 0);
    ensure!(by_the_card == (backend == "webgpu"), "{submissions} submissions to the GPU");
    let cost: String = widget.read("widget.querySelector('.widget-cost').textContent").await?;
    ensure!(cost.contains("ms") || cost.contains(" s"), "{cost}");
    ensure!(browser.strangers().is_empty(), "{:?}", browser.strangers());
    Ok(Parity { card, inputs: inputs.len(), difference })
}

/// All inputs of a network, on WASM.
async fn check_wasm(model: &str) -> anyhow::Result<()> {
    leave("wasm", &check_parity(&Browser::start().await?, model, "wasm", 1).await?)
}

// One test for each network, so that they share the processor's cores.

#[tokio::test]
async fn on_wasm_the_resnet_18_answers_as_libtorch_does() -> anyhow::Result<()> {
    check_wasm(MODEL).await
}

#[tokio::test]
async fn on_wasm_the_resnet_18_of_two_classes_answers_as_libtorch_does() -> anyhow::Result<()> {
    check_wasm(TWO).await
}

#[tokio::test]
async fn on_wasm_the_resnet_50_answers_as_libtorch_does() -> anyhow::Result<()> {
    check_wasm(DEEPER).await
}

/// A warning is beside it, and only beside it.
#[tokio::test]
async fn on_wasm_the_network_for_real_lesions_answers_as_libtorch_does_with_a_warning() -> anyhow::Result<()>
{
    check_wasm(REAL).await?;
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget("classifier");
    widget.ready().await?;
    let caution = "((c) => c && !c.hidden ? c.textContent : '')(widget.querySelector('.network-caution'))";
    ensure!(widget.read::<String>(caution).await?.is_empty());
    widget.set("model", REAL).await?;
    let words: String = widget.read(caution).await?;
    ensure!(words.contains("not for diagnosis") && words.contains("equally common"), "{words}");
    Ok(())
}

#[tokio::test]
async fn on_wasm_the_network_of_a_thousand_classes_answers_as_libtorch_does() -> anyhow::Result<()> {
    check_wasm(THOUSAND).await
}

/// A browser with a graphics card emulated in software.
pub(crate) async fn graphics_card() -> anyhow::Result<Browser> {
    Browser::start_with(Options { webgpu: true, ..Options::default() }).await
}

/// One input; `nightly` tests all inputs of every network.
#[tokio::test]
async fn on_webgpu_the_graphics_card_really_answers_and_as_libtorch_does() -> anyhow::Result<()> {
    check_parity(&graphics_card().await?, MODEL, "webgpu", 16).await?;
    Ok(())
}

#[tokio::test]
async fn a_second_network_stands_beside_the_first_and_each_says_its_own() -> anyhow::Result<()> {
    const SECOND: &str = "widget.querySelector('[data-side=second]')";
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(&format!("{PAGE}?classifier.backend=wasm"))).await?;
    let widget = browser.widget("classifier");
    widget.ready().await?;
    browser.tab_to(&widget.control("compare")).await?;
    browser.keys(&[' ']).await?;
    let kept = format!("{SECOND}?.dataset.answer === 'precomputed' && !widget.dataset.busy");
    widget.wait::<bool>("the second's answer of before", PATIENCE, &kept).await?;
    let labels = format!("[...{SECOND}.querySelectorAll('[data-label]')].map((e) => e.dataset.label).join()");
    ensure!(widget.read::<String>(&labels).await? == "benign,malignant");

    // The second is started alone: the first's answer stays the one of before.
    widget.click("[data-side=second] [data-action=start], [data-side=second] .widget-start").await?;
    let computed = format!("{SECOND}.dataset.answer === 'computed' && !widget.dataset.busy");
    widget.wait::<bool>("the second's answer", PATIENCE, &computed).await?;
    ensure!(widget.attribute("data-network").await?.as_deref() == Some("absent"));
    let answers: PrecomputedAnswers = serde_json::from_str(&std::fs::read_to_string(
        e2e::root().join("exported-models").join(TWO).join("precomputed/answers.json"),
    )?)?;
    let rows = format!(
        "[...{SECOND}.querySelectorAll('[data-probability]')].map((e) => Number(e.dataset.probability))"
    );
    let found: Vec<f32> = widget.read(&rows).await?;
    let expected = &answers.samples[0].probabilities;
    let close = found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-4);
    ensure!(found.len() == 2 && close, "{found:?}, precomputed {expected:?}");

    widget.put("image", "vasc").await?;
    widget.idle_within(PATIENCE).await?;
    let again: Vec<f32> = widget.read(&rows).await?;
    ensure!(again.len() == 2 && again != found, "another image, the same answer: {again:?}");
    browser
        .wait::<bool>(
            "the address",
            PATIENCE,
            "location.search.includes('classifier.compare=true')",
            serde_json::json!([]),
        )
        .await?;
    widget.set("compare", "false").await?;
    ensure!(widget.read::<bool>(&format!("{SECOND}.hidden")).await?);
    Ok(())
}

#[tokio::test]
async fn a_sample_is_answered_before_the_network_is_there_and_another_lesion_is_not() -> anyhow::Result<()> {
    const READ: &str =
        "[...widget.querySelectorAll('[data-probability]')].map(r => Number(r.dataset.probability))";
    let answers: Value = serde_json::from_str(&std::fs::read_to_string(
        e2e::root().join("exported-models").join(MODEL).join("precomputed/answers.json"),
    )?)?;
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget("classifier");
    widget.ready().await?;
    let patience = Duration::from_secs(20);
    widget
        .wait::<bool>("the answer of the sample", patience, "widget.dataset.answer === 'precomputed'")
        .await?;
    let shown: Vec<f32> = widget.read(READ).await?;
    let kept: Vec<f32> = serde_json::from_value(answers["samples"][0]["probabilities"].clone())?;
    ensure!(shown == kept && shown.len() == 8, "{shown:?} and {kept:?}");

    widget.click("[name=draw-new]").await?;
    widget
        .wait::<bool>("empty bars", patience, "widget.dataset.answer === undefined && !widget.dataset.busy")
        .await?;
    let shown: Vec<f32> = widget.read(READ).await?;
    ensure!(shown.is_empty(), "the bars still show {shown:?}, which is another lesion's answer");

    start(&widget).await?;
    ensure!(widget.attribute("data-answer").await?.as_deref() == Some("computed"));
    Ok(())
}

#[tokio::test]
async fn nothing_is_fetched_before_the_reader_asks_and_nothing_twice() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    browser.all_widgets_ready().await?;
    let large = |path: &String| {
        is_a(path, "onnx") || path.contains("onnxruntime-") || path.contains("inference-worker-")
    };
    let early: Vec<_> = site.take_requests().into_iter().filter(large).collect();
    ensure!(early.is_empty(), "fetched unasked: {early:?}");

    let widget = browser.widget("classifier");
    start(&widget).await?;
    ensure!(widget.attribute("data-source").await?.as_deref() == Some("network"));
    let first = site.take_requests();
    ensure!(first.iter().any(|path| is_a(path, "onnx")), "no network among {first:?}");

    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget("classifier");
    widget.ready().await?;
    // The page asks the browser's store before it speaks of a download, here and in the other widget with a network.
    for other in ["classifier", "many-images"] {
        let says =
            "widget.querySelector('[data-action=start]').textContent.includes('nothing is downloaded')";
        let other = browser.widget(other);
        other.ready().await?;
        other.wait::<bool>("a start without a download", PATIENCE, says).await?;
    }
    start(&widget).await?;
    ensure!(widget.attribute("data-source").await?.as_deref() == Some("store"));
    let again: Vec<_> = site
        .take_requests()
        .into_iter()
        .filter(|p| is_a(p, "onnx") || p.ends_with("asyncify.wasm"))
        .collect();
    ensure!(again.is_empty(), "fetched again: {again:?}");
    Ok(())
}

/// Waits for a failure that is named with `word` and says what to do.
async fn failure(widget: &Widget<'_>, fault: &Fault, word: &str) -> anyhow::Result<()> {
    let named = format!(
        "widget.dataset.network === 'failed' && widget.querySelector('.widget-message').textContent.includes('{word}')"
    );
    widget.wait::<bool>(word, PATIENCE, &named).await.with_context(|| format!("{fault:?}"))?;
    let message = widget.alert().await?;
    ensure!(message.to_lowercase().contains("try again"), "{fault:?}: {message}");
    widget.idle_within(PATIENCE).await
}

/// Whatever a server can do wrong, one after another; each try begins where the last one ended.
#[tokio::test]
async fn every_damaged_download_is_named_and_another_try_goes_on() -> anyhow::Result<()> {
    let faults = [
        (Fault::CutShort("asyncify.wasm"), "was interrupted"),
        (Fault::Missing(".onnx"), "404"),
        (Fault::Altered(".onnx"), "checksum"),
        (Fault::CutShort(".onnx"), "was interrupted"),
        (Fault::Interrupted(".onnx"), "was interrupted"),
    ];
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let mut button = "[data-action=start]";
    browser.open(&site.url(&format!("{PAGE}?classifier.backend=wasm"))).await?;
    let widget = browser.widget("classifier");
    widget.ready().await?;
    for (fault, word) in faults {
        site.damage(Some(fault.clone()));
        widget.click(button).await?;
        failure(&widget, &fault, word).await?;
        button = ".network-button";
    }
    site.damage(None);
    widget.click(button).await?;
    widget.wait::<bool>("a network", PATIENCE, "widget.dataset.network === 'ready'").await?;
    widget.idle_within(PATIENCE).await?;
    ensure!(widget.message().await?.is_empty(), "the message stays: {}", widget.message().await?);
    probabilities(&widget).await?;
    Ok(())
}

#[tokio::test]
async fn the_keyboard_alone_starts_changes_and_resets_the_classifier() -> anyhow::Result<()> {
    let key = |key: Key| [char::from(key)];
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget("classifier");
    widget.ready().await?;
    browser.tab_to(&widget.css("[data-action=start]")).await?;
    browser.keys(&key(Key::Enter)).await?;
    widget.wait::<bool>("a network", PATIENCE, "widget.dataset.network === 'ready'").await?;
    widget.idle_within(PATIENCE).await?;
    // A status is spoken a moment after the picture changed, so that it is not spoken for every step of a slider.
    let spoken = "widget.querySelector('.widget-readout').textContent.includes('%')";
    widget.wait::<bool>("the answer in words", PATIENCE, spoken).await?;
    let first = probabilities(&widget).await?;

    browser.tab_to(&widget.control("image")).await?;
    browser.keys(&key(Key::Down)).await?;
    widget.idle_within(PATIENCE).await?;
    ensure!(widget.value("image").await? == "nv", "image is {}", widget.value("image").await?);
    let nevus = probabilities(&widget).await?;
    ensure!(far_apart(&first, &nevus), "the same answer to another image: {nevus:?}");

    browser.tab_to(&widget.css(".widget-more-button")).await?;
    browser.keys(&key(Key::Enter)).await?;
    widget.reveal("backend").await?;
    browser.tab_to(&widget.control("backend")).await?;
    // Past WebGPU, which this browser lacks.
    browser.keys(&key(Key::Down)).await?;
    widget.idle_within(PATIENCE).await?;
    ensure!(widget.value("backend").await? == "webgpu", "backend is {}", widget.value("backend").await?);
    let message = widget.alert().await?;
    ensure!(message.contains("WebGPU"), "{message}");
    browser.keys(&key(Key::Down)).await?;
    widget.idle_within(PATIENCE).await?;
    ensure!(widget.value("backend").await? == "wasm", "backend is {}", widget.value("backend").await?);
    ensure!(widget.attribute("data-backend").await?.as_deref() == Some("WASM"));
    ensure!(widget.message().await?.is_empty(), "the message stays: {}", widget.message().await?);
    let again = probabilities(&widget).await?;
    ensure!(!far_apart(&nevus, &again), "another answer to the same image: {nevus:?}, {again:?}");

    browser.tab_to(&widget.css("[data-action=reset]")).await?;
    browser.keys(&key(Key::Space)).await?;
    let restored = "widget.querySelector('[name=image]:checked').value === 'mel'";
    widget.wait::<bool>("the text's image", PATIENCE, restored).await?;
    widget.idle_within(PATIENCE).await?;
    ensure!(widget.value("backend").await? == "auto", "backend is {}", widget.value("backend").await?);
    let last = probabilities(&widget).await?;
    ensure!(!far_apart(&first, &last), "reset answers {last:?}, the start {first:?}");
    Ok(())
}

/// Whether two answers differ by more than the rounding of two backends.
pub(crate) fn far_apart(one: &[f32], other: &[f32]) -> bool {
    one.iter().zip(other).any(|(a, b)| (a - b).abs() > 1e-3)
}
