//! The network that recognises a thousand everyday things: it classifies the reader's own pictures, shows its layers and where it
//! looks, and every widget says that it names no diagnosis.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use catalog::model::ModelCard;
use e2e::{Browser, Site, Widget};
use inference::Classifier;

use crate::classifier::{PAGE, PATIENCE, THOUSAND, difference_of_five, rows, start};

fn folder() -> PathBuf {
    e2e::root().join("exported-models").join(THOUSAND)
}

fn card() -> anyhow::Result<ModelCard> {
    Ok(toml::from_str(&std::fs::read_to_string(folder().join("model.toml"))?)?)
}

async fn text(widget: &Widget<'_>, selector: &str) -> anyhow::Result<String> {
    widget.read(&format!("widget.querySelector('{selector}').textContent")).await
}

#[tokio::test]
async fn a_reader_s_own_picture_gets_the_five_most_probable_of_a_thousand_classes() -> anyhow::Result<()> {
    let path = e2e::root().join("tests/golden/images/rgb.png");
    let image = imaging::decode(&std::fs::read(&path)?, &imaging::Limits::default())?;
    let card = card()?;
    let mut native = Classifier::load(&std::fs::read(folder().join("model.onnx"))?, &card)?;
    let expected = native.classify(&image)?.probabilities;

    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let address = format!("{PAGE}?classifier.backend=wasm&classifier.model={THOUSAND}");
    browser.open(&site.url(&address)).await?;
    let widget = browser.widget("classifier");
    widget.ready().await?;
    widget.idle_within(PATIENCE).await?;
    // Nothing is precomputed: five empty rows, and no names of a thousand classes in the page.
    ensure!(widget.attribute("data-answer").await?.is_none() && rows(&widget).await?.is_empty());
    ensure!(widget.read::<u32>("widget.querySelectorAll('.classifier-row').length").await? == 5);
    let page: String =
        browser.script("return document.documentElement.outerHTML", serde_json::json!([])).await?;
    ensure!(!page.contains("tabby"), "the page names classes that nobody asked for");
    browser.type_into(&widget.control("own-image"), &path.to_string_lossy()).await?;
    widget.own_image_chosen().await?;

    start(&widget).await?;
    let labels: Vec<&str> = card.labels.iter().map(String::as_str).collect();
    let difference = difference_of_five(&rows(&widget).await?, &expected, &labels)?;
    ensure!(
        difference <= card.parity.tolerance,
        "{difference} from native code's {:?}",
        rows(&widget).await?
    );
    let note = text(&widget, ".classifier-note").await?;
    ensure!(note.contains("none of them is a diagnosis"), "{note}");

    // The message says that there is no file in full precision.
    widget.reveal("full-precision").await?;
    widget.set("full-precision", "true").await?;
    widget.idle_within(PATIENCE).await?;
    let message = widget.alert().await?;
    ensure!(message.contains("does not have this network in full precision"), "{message}");
    ensure!(browser.strangers().is_empty(), "{:?}", browser.strangers());
    Ok(())
}

#[tokio::test]
async fn feature_maps_show_the_stages_of_the_network() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let address =
        format!("network/feature-maps.html?feature-maps.backend=wasm&feature-maps.model={THOUSAND}");
    browser.open(&site.url(&address)).await?;
    let widget = browser.widget("feature-maps");
    widget.ready().await?;
    widget.idle_within(PATIENCE).await?;
    let groups: Vec<String> = widget
        .read("[...widget.querySelectorAll('[name=layer] optgroup')].map((group) => group.label)")
        .await?;
    let network = architecture::efficientnet_lite0(1000, 224);
    let expected: Vec<String> = network.menu().into_iter().map(|group| group.title).collect();
    ensure!(groups == expected && groups.contains(&"Stage 7".to_owned()), "{groups:?}");
    let absent = text(&widget, "[data-panel=first] .maps-absent").await?;
    ensure!(absent.contains("Start the network"), "{absent}");

    start(&widget).await?;
    for layer in ["_blocks.3._depthwise_conv", "_blocks.14._add", "_relu1", "_fc"] {
        widget.put("layer", layer).await?;
        let there = format!(
            "((p) => p.dataset.layer === '{layer}' && p.dataset.source === 'computed' && !widget.dataset.busy)(widget.querySelector('[data-panel=first]'))"
        );
        widget.wait::<bool>(layer, PATIENCE, &there).await?;
    }
    Ok(())
}

#[tokio::test]
async fn evidence_shows_where_it_looks_and_says_what_was_not_measured() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let page = "network/from-features-to-a-diagnosis.html";
    browser.open(&site.url(&format!("{page}?evidence.backend=wasm&evidence.model={THOUSAND}"))).await?;
    let widget = browser.widget("evidence");
    widget.ready().await?;
    widget.idle_within(PATIENCE).await?;
    let absent = text(&widget, ".evidence-absent").await?;
    ensure!(absent.contains("no precomputed evidence of this network"), "{absent}");
    start(&widget).await?;
    widget
        .wait::<bool>("evidence", PATIENCE, "widget.dataset.evidence === 'computed' && !widget.dataset.busy")
        .await?;
    let map = widget.attribute("data-map").await?.context("a class activation map")?;
    ensure!(map.split(',').count() == 7 * 7, "{map}");
    let class = widget.attribute("data-class").await?.context("a class")?;
    ensure!(card()?.labels.contains(&class), "{class}");
    let note = text(&widget, ".evidence-note").await?;
    ensure!(note.contains("has not measured"), "{note}");
    Ok(())
}

#[tokio::test]
async fn the_table_of_many_images_says_that_it_names_no_diagnosis() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let address = format!("{PAGE}?many-images.backend=wasm&many-images.model={THOUSAND}");
    browser.open(&site.url(&address)).await?;
    let widget = browser.widget("many-images");
    widget.ready().await?;
    ensure!(text(&widget, ".many-summary").await?.contains("never a diagnosis"));
    let files = ["rgb.png", "rgb.jpg"].map(|name| e2e::root().join("tests/golden/images").join(name));
    let files = files.map(|path| path.to_string_lossy().into_owned());
    browser.type_into(&widget.control("images"), &files.join("\n")).await?;
    start(&widget).await?;
    let all = "widget.dataset.images !== '0' && widget.dataset.images === widget.dataset.answered && !widget.dataset.busy";
    widget.wait::<bool>("every answer", PATIENCE, all).await?;
    let tops: Vec<String> =
        widget.read("[...widget.querySelectorAll('[data-top]')].map((row) => row.dataset.top)").await?;
    let labels = card()?.labels;
    ensure!(tops.len() == 2 && tops.iter().all(|top| labels.contains(top)), "{tops:?}");
    let summary = text(&widget, ".many-summary").await?;
    ensure!(!summary.contains("as they were drawn"), "{summary}");
    Ok(())
}
