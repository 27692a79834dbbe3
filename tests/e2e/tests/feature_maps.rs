//! Feature maps: what the book keeps shows at once, what the network computes equals native code on both backends, and
//! everything is reached by keyboard.

use std::time::Duration;

use anyhow::{Context, ensure};
use catalog::model::ModelCard;
use catalog::widget::{SAMPLES, Sample};
use e2e::{Browser, Fault, Site, Widget, is_a};
use fantoccini::key::Key;
use imaging::Rgb8;
use inference::{Classifier, LayerOutput};
use serde::Deserialize;
use serde_json::{Value, json};

const PAGE: &str = "network/feature-maps.html";
const ID: &str = "feature-maps";
const MODEL: &str = "synthetic-resnet18-eight";
const DEEPER: &str = "synthetic-resnet50-eight";

/// Long enough for a download, a compilation and a first run in software on two busy cores.
const PATIENCE: Duration = Duration::from_mins(4);

/// What a panel says about itself.
#[derive(Debug, Deserialize)]
struct Panel {
    layer: String,
    source: String,
    channel: String,
    row: String,
    column: String,
    value: String,
    mean: String,
    low: String,
    high: String,
}

async fn panel(widget: &Widget<'_>, name: &str) -> anyhow::Result<Panel> {
    let data: Value =
        widget.read(&format!("({{ ...widget.querySelector('[data-panel={name}]').dataset }})")).await?;
    serde_json::from_value(data.clone()).with_context(|| format!("panel {name}: {data}"))
}

/// What the native runtime gives for a sample.
fn native(model: &str, sample: Sample, layers: &[&str]) -> anyhow::Result<(Vec<LayerOutput>, ModelCard)> {
    let folder = e2e::root().join("exported-models").join(model);
    let card: ModelCard = toml::from_str(&std::fs::read_to_string(folder.join("model.toml"))?)?;
    let options = inference::Options { layers, ..inference::Options::default() };
    let onnx = std::fs::read(folder.join("model.onnx"))?;
    let mut network = Classifier::load_with(&onnx, &card, &options)?;
    let pixels = lesions::draw_sample(sample.diagnosis, sample.seed, 224, 224);
    Ok((network.look(&Rgb8::new(224, 224, pixels)?)?.1, card))
}

fn largest(values: &[f32]) -> f32 {
    values.iter().fold(1.0, |most, value| most.max(value.abs()))
}

/// Holds the number under the cursor, and the enlarged map's mean and ends, against native values. `half_a_level` allows
/// for what 8 bits round away.
fn check_panel(
    panel: &Panel,
    native: &LayerOutput,
    tolerance: f32,
    half_a_level: bool,
) -> anyhow::Result<()> {
    let [channel, row, column] =
        [&panel.channel, &panel.row, &panel.column].map(|text| text.parse::<usize>());
    let (channel, row, column) = (channel?, row?, column?);
    let (width, map) = match native.shape[..] {
        [_, 1, 1] | [_] => (32.min(native.values.len()), &native.values[..]),
        [_, height, width] => (width, &native.values[channel * height * width..][..height * width]),
        _ => anyhow::bail!("{}: {:?}", native.layer, native.shape),
    };
    let [low, high] = [f32::min, f32::max].map(|pick| map.iter().copied().reduce(pick).unwrap_or_default());
    let allowed = tolerance * largest(&native.values);
    let rounded = if half_a_level { (high - low) / 255.0 / 2.0 } else { 0.0 };
    let mean = map.iter().copied().map(f64::from).sum::<f64>() / map.len() as f64;
    for (what, found, expected, allowed) in [
        ("value", &panel.value, map[row * width + column], allowed + rounded),
        ("mean", &panel.mean, mean as f32, allowed + rounded),
        ("low", &panel.low, low, allowed),
        ("high", &panel.high, high, allowed),
    ] {
        let found: f32 = found.parse().with_context(|| format!("{what} of {panel:?}"))?;
        ensure!(
            (found - expected).abs() <= allowed,
            "{} {what}: the page shows {found}, native code gives {expected}: {panel:?}",
            native.layer
        );
    }
    Ok(())
}

/// Moves the cursor to a few places of the enlarged map and checks each.
async fn check_layer(
    browser: &Browser,
    widget: &Widget<'_>,
    native: &LayerOutput,
    tolerance: f32,
    half_a_level: bool,
) -> anyhow::Result<()> {
    widget.put("layer", &native.layer).await?;
    shows(widget, &native.layer).await?;
    if native.values.len() <= 32 {
        let rows = "[...widget.querySelectorAll('[data-panel=first] .maps-row')].map((e) => Number(e.dataset.value))";
        let found: Vec<f32> = widget.read(rows).await?;
        let allowed = tolerance * largest(&native.values);
        ensure!(found.len() == native.values.len(), "{}: {found:?}", native.layer);
        let close = found.iter().zip(&native.values).all(|(a, b)| (a - b).abs() <= allowed);
        ensure!(close, "{}: the page shows {found:?}, native code gives {:?}", native.layer, native.values);
        return Ok(());
    }
    check_panel(&panel(widget, "first").await?, native, tolerance, half_a_level)?;
    let map = widget.css("[data-panel=first] .maps-single canvas");
    browser.script::<()>("document.querySelector(arguments[0]).focus()", json!([map])).await?;
    for key in [Key::Left, Key::Up, Key::Right, Key::Down, Key::Down] {
        browser.keys(&[char::from(key)]).await?;
        check_panel(&panel(widget, "first").await?, native, tolerance, half_a_level)?;
    }
    Ok(())
}

/// Waits until the first panel shows a layer's values.
async fn shows(widget: &Widget<'_>, layer: &str) -> anyhow::Result<()> {
    widget.idle_within(PATIENCE).await?;
    let there = format!(
        "((p) => p.dataset.layer === '{layer}' && p.dataset.source && widget.dataset.busy !== 'true')(widget.querySelector('[data-panel=first]'))"
    );
    widget.wait::<Value>(&format!("values of {layer}"), PATIENCE, &there).await?;
    Ok(())
}

async fn start(widget: &Widget<'_>) -> anyhow::Result<()> {
    widget.ready().await?;
    widget.click("[data-action=start]").await?;
    let state: String = widget
        .wait(
            "an answer or a failure",
            PATIENCE,
            "(widget.dataset.backend && 'ready') || (widget.dataset.network === 'failed' && 'failed')",
        )
        .await?;
    ensure!(state == "ready", "the network failed: {}", widget.message().await?);
    let computed = "widget.querySelector('[data-panel=first]').dataset.source === 'computed'";
    widget.wait::<bool>("computed maps", PATIENCE, computed).await?;
    widget.idle_within(PATIENCE).await
}

#[tokio::test]
async fn the_samples_show_at_once_what_the_book_keeps() -> anyhow::Result<()> {
    let stops = ["maxpool", "relu", "layer1.1.relu2", "layer4.1.relu2", "flatten", "fc", "probabilities"];
    let (natives, _) = native(MODEL, SAMPLES[0], &stops)?;
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(ID);
    widget.ready().await?;
    shows(&widget, "maxpool").await?;
    let kept: Vec<_> =
        site.take_requests().into_iter().filter(|path| path.contains("-precomputed-")).collect();
    ensure!(
        kept.len() == 2 && kept[0].ends_with("/maps.json") && kept[1].ends_with("/mel-3-maxpool.png"),
        "fetched {kept:?}"
    );
    for native in &natives {
        // Between two runs of the same network, sums may be taken in another order.
        check_layer(&browser, &widget, native, 1e-5, true).await?;
        ensure!(
            panel(&widget, "first").await.map_or(native.values.len() <= 32, |p| p.source == "precomputed")
        );
    }
    let words: String =
        widget.read("widget.querySelector('[data-panel=first] .maps-source').textContent").await?;
    ensure!(words.contains("Precomputed"), "{words}");
    let large =
        |path: &String| is_a(path, "onnx") || path.contains("onnxruntime-") || path.contains("worker");
    let asked = site.take_requests();
    ensure!(!asked.iter().any(large), "fetched unasked: {asked:?}");
    ensure!(browser.strangers().is_empty(), "{:?}", browser.strangers());
    Ok(())
}

/// The network's values of `layers` equal native ones to `tolerance` of each layer's largest; after the first, none needs
/// another run.
pub(crate) async fn check_backend(
    browser: &Browser,
    model: &str,
    backend: &str,
    layers: &[&str],
) -> anyhow::Result<()> {
    let (natives, card) = native(model, SAMPLES[0], layers)?;
    let site = Site::serve().await?;
    let settings = format!("{ID}.backend={}&{ID}.model={model}", backend.to_lowercase());
    browser.open(&site.url(&format!("{PAGE}?{settings}"))).await?;
    let widget = browser.widget(ID);
    start(&widget).await?;
    for (index, native) in natives.iter().enumerate() {
        check_layer(browser, &widget, native, card.parity.tolerance, false).await?;
        ensure!(panel(&widget, "first").await.map_or(native.values.len() <= 32, |p| p.source == "computed"));
        let look = widget.attribute("data-look").await?;
        ensure!(index == 0 || look.as_deref() == Some("kept"), "{} was a run of its own", native.layer);
    }
    let found = widget.attribute("data-backend").await?;
    ensure!(found.as_deref() == Some(backend), "computed by {found:?}: {}", widget.message().await?);
    ensure!(browser.strangers().is_empty(), "{:?}", browser.strangers());
    Ok(())
}

#[tokio::test]
async fn any_layer_on_wasm_equals_native_code() -> anyhow::Result<()> {
    let layers = [
        "conv1",
        "bn1",
        "relu",
        "layer1.0.conv2",
        "layer2.0.downsample.0",
        "layer2.0.downsample.1",
        "layer3.1.add",
        "layer4.1.relu2",
        "avgpool",
        "flatten",
        "fc",
        "probabilities",
    ];
    check_backend(&Browser::start().await?, MODEL, "WASM", &layers).await
}

pub(crate) async fn check_a_resnet_50() -> anyhow::Result<()> {
    let layers = [
        "conv1",
        "layer1.0.conv3",
        "layer2.0.downsample.1",
        "layer3.5.add",
        "layer4.2.relu3",
        "probabilities",
    ];
    check_backend(&Browser::start().await?, DEEPER, "WASM", &layers).await?;

    // What the book keeps of it is there before it is loaded, and cell 8.5's numbers are in the menu.
    let (natives, _) = native(DEEPER, SAMPLES[0], &["layer4.2.relu3"])?;
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(&format!("{PAGE}?{ID}.model={DEEPER}"))).await?;
    let widget = browser.widget(ID);
    widget.ready().await?;
    for native in &natives {
        check_layer(&browser, &widget, native, 1e-5, true).await?;
    }
    let listed: Vec<String> =
        widget.read("[...widget.querySelectorAll('[name=layer] option')].map((o) => o.textContent)").await?;
    let of = |name: &str| listed.iter().find(|words| words.starts_with(&format!("{name}:")));
    ensure!(of("relu").is_some_and(|words| words.ends_with("Keras 4")), "{listed:?}");
    ensure!(of("layer4.2.relu3").is_some_and(|words| words.ends_with("Keras 174")), "{listed:?}");
    Ok(())
}

#[tokio::test]
async fn the_keyboard_alone_walks_chooses_and_reads() -> anyhow::Result<()> {
    let key = |key: Key| [char::from(key)];
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(ID);
    widget.ready().await?;
    shows(&widget, "maxpool").await?;

    browser.tab_to(&widget.control("next-layer")).await?;
    browser.keys(&key(Key::Enter)).await?;
    shows(&widget, "layer1.1.relu2").await?;
    ensure!(widget.value("layer").await? == "layer1.1.relu2");

    browser.tab_to(&widget.css("[data-panel=first] .maps-mosaic canvas")).await?;
    let first = panel(&widget, "first").await?;
    browser.keys(&key(Key::Right)).await?;
    let second = panel(&widget, "first").await?;
    ensure!(first.channel != second.channel, "{first:?} {second:?}");
    ensure!(widget.value("channel").await? == second.channel, "{}", widget.value("channel").await?);
    browser.keys(&key(Key::PageDown)).await?;
    shows(&widget, "layer2.1.relu2").await?;
    browser.keys(&key(Key::PageUp)).await?;
    shows(&widget, "layer1.1.relu2").await?;

    browser.tab_to(&widget.css("[data-panel=first] .maps-single canvas")).await?;
    let before = panel(&widget, "first").await?;
    browser.keys(&key(if before.column == "0" { Key::Right } else { Key::Left })).await?;
    let after = panel(&widget, "first").await?;
    ensure!(before.column != after.column && before.row == after.row, "{before:?} {after:?}");
    let spoken =
        format!("widget.querySelector('.widget-readout').textContent.includes('column {}')", after.column);
    widget.wait::<bool>("the number in words", PATIENCE, &spoken).await?;

    browser.tab_to(&widget.css("[data-action=reset]")).await?;
    browser.keys(&key(Key::Space)).await?;
    shows(&widget, "maxpool").await?;
    ensure!(widget.value("layer").await? == "maxpool");
    Ok(())
}

#[tokio::test]
async fn a_link_brings_back_every_setting_and_reset_the_texts() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let settings = "layer=layer2.1.relu2&feature-maps.sort=deviation&feature-maps.scale=layer&feature-maps.colours=viridis\
                    &feature-maps.compare=true&feature-maps.second-layer=relu";
    browser.open(&site.url(&format!("{PAGE}?{ID}.{settings}"))).await?;
    let widget = browser.widget(ID);
    widget.ready().await?;
    shows(&widget, "layer2.1.relu2").await?;
    let both = "widget.querySelector('[data-panel=second]').dataset.source === 'precomputed'";
    widget.wait::<bool>("the second layer", PATIENCE, both).await?;
    ensure!(panel(&widget, "second").await?.layer == "relu");
    let scale: String =
        widget.read("widget.querySelector('[data-panel=first] .maps-scale').dataset.scale").await?;
    ensure!(scale == "layer", "{scale}");
    let colourful = widget.picture(0).await?;
    widget.click("[data-action=reset]").await?;
    shows(&widget, "maxpool").await?;
    ensure!(widget.read::<bool>("widget.querySelector('[data-panel=second]').hidden").await?);
    ensure!(widget.picture(0).await? != colourful);
    let address = "!location.search.includes('feature-maps')";
    widget.wait::<bool>("an address without settings", PATIENCE, address).await?;

    browser.open(&site.url(&format!("{PAGE}?{ID}.layer=layer1.0.conv3"))).await?;
    let widget = browser.widget(ID);
    widget.ready().await?;
    let alert = widget.alert().await?;
    ensure!(alert.contains("layer1.0.conv3") && alert.contains("resnet18"), "{alert}");
    shows(&widget, "layer1.1.relu2").await
}

#[tokio::test]
async fn what_the_book_does_not_keep_says_how_to_see_it() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(&format!("{PAGE}?{ID}.layer=layer1.0.conv1"))).await?;
    let widget = browser.widget(ID);
    widget.ready().await?;
    let words =
        "((e) => !e.hidden && e.textContent)(widget.querySelector('[data-panel=first] .maps-absent'))";
    let absent: String = widget.wait("words for a layer that is not kept", PATIENCE, words).await?;
    ensure!(absent.contains("Start the network"), "{absent}");
    widget.set("layer", "maxpool").await?;
    shows(&widget, "maxpool").await?;
    widget.set("seed", "4").await?;
    let absent: String = widget.wait("words for a drawing that is not kept", PATIENCE, words).await?;
    ensure!(absent.contains("does not include the maps"), "{absent}");
    Ok(())
}

/// A damaged file is named in words, and the widget goes on.
async fn check_fault(fault: Fault, word: &str) -> anyhow::Result<()> {
    let site = Site::serve().await?;
    site.damage(Some(fault.clone()));
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(ID);
    widget.ready().await?;
    let message = widget.alert().await?;
    ensure!(message.contains(word), "{fault:?}: {message}");
    let shown: Option<String> =
        widget.read("widget.querySelector('[data-panel=first]').dataset.source ?? null").await?;
    ensure!(shown.is_none(), "{fault:?}: shows {shown:?}");
    site.damage(None);
    widget.set("layer", "layer1.1.relu2").await?;
    shows(&widget, "layer1.1.relu2").await?;
    ensure!(widget.message().await?.is_empty(), "the message stays: {}", widget.message().await?);
    Ok(())
}

#[tokio::test]
async fn a_kept_picture_cut_short_is_named() -> anyhow::Result<()> {
    check_fault(Fault::CutShort("-maxpool.png"), "damaged").await
}

#[tokio::test]
async fn a_kept_list_cut_short_is_named() -> anyhow::Result<()> {
    check_fault(Fault::CutShort("/maps.json"), "damaged").await
}

#[tokio::test]
async fn a_kept_list_that_is_not_there_is_named() -> anyhow::Result<()> {
    check_fault(Fault::Missing("/maps.json"), "404").await
}

#[tokio::test]
async fn play_walks_through_the_stops_and_not_where_less_motion_is_wished() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(ID);
    widget.ready().await?;
    shows(&widget, "maxpool").await?;
    widget.click("[name=play]").await?;
    ensure!(widget.read::<String>("widget.querySelector('[name=play]').textContent").await? == "Pause");
    shows(&widget, "layer1.1.relu2").await?;
    widget.click("[name=play]").await?;
    ensure!(widget.read::<String>("widget.querySelector('[name=play]').textContent").await? == "Play");

    let features = json!([{ "name": "prefers-reduced-motion", "value": "reduce" }]);
    browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
    widget.click("[name=play]").await?;
    let spoken = "widget.querySelector('.widget-readout').textContent.includes('reduced motion')";
    widget.wait::<bool>("words about motion", PATIENCE, spoken).await?;
    ensure!(widget.read::<String>("widget.querySelector('[name=play]').textContent").await? == "Play");
    Ok(())
}
