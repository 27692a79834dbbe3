//! Evidence: what the book keeps shows at once, what the page computes equals native code on both backends, every sum comes
//! out as the logit, and everything is reached by keyboard.

use std::time::Duration;

use anyhow::{Context, ensure};
use catalog::Diagnosis;
use catalog::precomputed::PrecomputedAnswers;
use catalog::typical::Typical;
use catalog::widget::SAMPLES;
use e2e::{Browser, Fault, Site, Widget};
use fantoccini::key::Key;
use imaging::Rgb8;
use inference::Classifier;
use nn::{Tensor, head};
use serde::Deserialize;
use serde_json::json;

const PAGE: &str = "network/from-features-to-a-diagnosis.html";
const MODEL: &str = "synthetic-resnet18-eight";
/// Long enough for a download, a compilation and a first run in software on two busy cores.
const PATIENCE: Duration = Duration::from_mins(4);

/// What the section says about the class on show.
#[derive(Debug, Deserialize)]
struct Shown {
    evidence: String,
    class: String,
    bias: f32,
    map: Vec<f32>,
    logit: f32,
    probability: f32,
    adds: Vec<f32>,
}

async fn shown(widget: &Widget<'_>) -> anyhow::Result<Shown> {
    widget
        .read(
            "((d, b) => ({ evidence: d.evidence, class: d.class, bias: Number(d.bias), map: d.map.split(',').map(Number),
                logit: Number(b.dataset.logit), probability: Number(b.dataset.probability),
                adds: [...widget.querySelectorAll('[data-adds]')].map((row) => Number(row.dataset.adds)) }))
             (widget.dataset, widget.querySelector('[aria-pressed=true]'))",
        )
        .await
}

async fn shows(widget: &Widget<'_>, source: &str) -> anyhow::Result<()> {
    let there = format!("widget.dataset.evidence === '{source}' && widget.dataset.busy !== 'true'");
    widget.wait::<bool>("evidence", PATIENCE, &there).await?;
    Ok(())
}

async fn start(widget: &Widget<'_>) -> anyhow::Result<()> {
    widget.click("[data-action=start]").await?;
    let state: String = widget
        .wait(
            "an answer or a failure",
            PATIENCE,
            "(widget.dataset.evidence === 'computed' && 'ready') || (widget.dataset.network === 'failed' && 'failed')",
        )
        .await?;
    ensure!(state == "ready", "the network failed: {}", widget.message().await?);
    shows(widget, "computed").await
}

fn folder() -> std::path::PathBuf {
    e2e::root().join("exported-models").join(MODEL)
}

fn answers() -> anyhow::Result<PrecomputedAnswers> {
    Ok(serde_json::from_str(&std::fs::read_to_string(folder().join("precomputed/answers.json"))?)?)
}

/// The terms, and the mean of the map with the bias, are the logit.
fn check_sums(shown: &Shown, tolerance: f32) -> anyhow::Result<()> {
    let terms: f32 = shown.adds.iter().sum();
    let squares = shown.map.iter().sum::<f32>() / shown.map.len() as f32 + shown.bias;
    for (what, sum) in [("terms", terms), ("squares", squares)] {
        ensure!((sum - shown.logit).abs() < tolerance, "{what} add up to {sum}: {shown:?}");
    }
    Ok(())
}

/// Native averages and class activation maps of an image.
fn native(image: &Rgb8) -> anyhow::Result<(Vec<f32>, Vec<Vec<f32>>)> {
    let onnx = std::fs::read(folder().join("model.onnx"))?;
    let card = toml::from_str(&std::fs::read_to_string(folder().join("model.toml"))?)?;
    let linear = inference::weights::head(&onnx).context("the network has no last linear layer")?;
    let layer = linear.maps.clone().context("the network does not average maps")?;
    let options = inference::Options { layers: &[&layer], ..inference::Options::default() };
    let output = Classifier::load_with(&onnx, &card, &options)?.look(image)?.1.remove(0);
    let maps = Tensor::new([output.shape[0], output.shape[1], output.shape[2]], output.values)?;
    let activation = |weights: &[f32]| Ok(head::class_activation_map(&maps, weights)?.data().to_vec());
    let all: anyhow::Result<Vec<_>> = linear.weight.chunks_exact(linear.channels).map(activation).collect();
    Ok((head::global_average(&maps), all?))
}

#[tokio::test]
async fn what_the_book_keeps_of_a_sample_is_there_at_once_and_reached_by_keyboard() -> anyhow::Result<()> {
    let answers = answers()?;
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget("evidence");
    widget.ready().await?;
    shows(&widget, "precomputed").await?;
    let first = shown(&widget).await?;
    let sample = &answers.samples[0];
    ensure!(first.class == "MEL" && first.map == sample.maps[0], "{first:?}");
    let bits = |[a, b]: [f32; 2]| [a.to_bits(), b.to_bits()];
    let kept = [sample.logits[0], sample.probabilities[0]];
    ensure!(bits([first.logit, first.probability]) == bits(kept), "{first:?}");
    // Four decimals of 16 squares and of 512 averages.
    check_sums(&first, 2e-4)?;

    browser.tab_to(&widget.css("[data-label=NV]")).await?;
    browser.keys(&[char::from(Key::Enter)]).await?;
    widget.wait::<bool>("the nevus", PATIENCE, "widget.dataset.class === 'NV'").await?;
    let second = shown(&widget).await?;
    ensure!(second.map == sample.maps[1] && widget.value("class").await? == "nv", "{second:?}");
    check_sums(&second, 2e-4)?;

    browser.tab_to(&widget.css(".evidence-holder canvas")).await?;
    browser
        .keys(&[Key::Home, Key::Left, Key::Left, Key::Left, Key::Up, Key::Up, Key::Up].map(char::from))
        .await?;
    let at = "((c) => [Number(c.row), Number(c.column), Number(c.value)])(widget.querySelector('.evidence-holder canvas').dataset)";
    ensure!(widget.read::<(f32, f32, f32)>(at).await? == (0.0, 0.0, second.map[0]));
    browser.keys(&[Key::Right, Key::Down, Key::Down].map(char::from)).await?;
    ensure!(widget.read::<(f32, f32, f32)>(at).await? == (2.0, 1.0, second.map[9]));
    widget
        .wait::<bool>(
            "words",
            PATIENCE,
            "widget.querySelector('.widget-readout').textContent.startsWith('Row 3, column 2')",
        )
        .await?;

    widget.set("opacity", "0").await?;
    // The map is drawn with the next frame.
    widget
        .wait::<bool>("the image without colour", PATIENCE, "((c) => { const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; return d.every((x, i) => i % 4 || (x === d[i + 1] && x === d[i + 2])); })(widget.querySelector('.evidence-holder canvas'))")
        .await?;
    browser
        .wait::<bool>("the address", PATIENCE, "location.search.includes('evidence.class=nv')", json!([]))
        .await?;
    widget.click("[data-action=reset]").await?;
    widget.idle().await?;
    let back = shown(&widget).await?;
    ensure!(back.class == "MEL" && widget.value("opacity").await? == "60", "{back:?}");
    let small = site.take_requests();
    ensure!(small.iter().all(|path| !path.contains(".onnx")), "fetched unasked: {small:?}");
    Ok(())
}

/// What the page computes for a sample and for another lesion is what native code gives.
pub(crate) async fn check_computed(browser: &Browser, backend: &str) -> anyhow::Result<()> {
    let site = Site::serve().await?;
    browser.open(&site.url(&format!("{PAGE}?evidence.backend={backend}"))).await?;
    let widget = browser.widget("evidence");
    widget.ready().await?;
    start(&widget).await?;
    for (diagnosis, seed) in [(SAMPLES[0].diagnosis, SAMPLES[0].seed), (Diagnosis::Vasc, 77)] {
        widget.put("image", &diagnosis.abbreviation().to_lowercase()).await?;
        widget.put("seed", &seed.to_string()).await?;
        widget.idle_within(PATIENCE).await?;
        let (_, maps) = native(&Rgb8::new(224, 224, lesions::draw_sample(diagnosis, seed, 224, 224))?)?;
        for (label, expected) in Diagnosis::ALL.iter().zip(&maps) {
            widget.click(&format!("[data-label={}]", label.abbreviation())).await?;
            widget
                .wait::<bool>(
                    "the class",
                    PATIENCE,
                    &format!("widget.dataset.class === '{}'", label.abbreviation()),
                )
                .await?;
            let found = shown(&widget).await?;
            ensure!(found.evidence == "computed" && found.map.len() == expected.len(), "{found:?}");
            let scale = expected.iter().fold(1.0_f32, |most, x| most.max(x.abs()));
            let worst = found.map.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            ensure!(
                worst <= 1e-4 * scale,
                "{backend} {}: differs by {worst}: {found:?}, native {expected:?}",
                label.abbreviation()
            );
            check_sums(&found, 1e-4)?;
        }
    }
    let by = widget.attribute("data-backend").await?.unwrap_or_default();
    ensure!(by.eq_ignore_ascii_case(backend), "computed by {by}: {}", widget.message().await?);
    Ok(())
}

#[tokio::test]
async fn on_wasm_the_class_activation_maps_are_those_of_native_code() -> anyhow::Result<()> {
    check_computed(&Browser::start().await?, "wasm").await
}

/// Black and white stripes, 16 pixels wide.
fn stripes() -> anyhow::Result<Rgb8> {
    let pixels = (0..128 * 128).flat_map(|at| [if at % 128 / 16 % 2 == 0 { 0 } else { 255 }; 3]);
    Ok(Rgb8::new(128, 128, pixels.collect())?)
}

#[tokio::test]
async fn an_image_unlike_the_training_gets_a_warning_and_a_lesion_gets_none() -> anyhow::Result<()> {
    let typical: Typical = serde_json::from_str(&std::fs::read_to_string(folder().join("typical.json"))?)?;
    let (pooled, _) = native(&stripes()?)?;
    let distance = nn::typical::distance_to_nearest(&pooled, &typical.classes, &typical.deviation);
    let distance = distance.context("no distance")?;
    ensure!(distance > typical.threshold, "stripes lie at {distance}, not beyond {}", typical.threshold);

    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(&format!("{PAGE}?evidence.backend=wasm"))).await?;
    let widget = browser.widget("evidence");
    widget.ready().await?;
    shows(&widget, "precomputed").await?;
    let far = "widget.querySelector('.evidence-note').dataset.far";
    ensure!(widget.read::<String>(far).await? == "false", "the melanoma gets a warning");

    let file = tempfile::Builder::new().suffix(".png").tempfile()?;
    std::fs::write(file.path(), imaging::encode_png(&stripes()?)?)?;
    browser.type_into(&widget.control("own-image"), &file.path().to_string_lossy()).await?;
    widget
        .wait::<bool>("the own image", PATIENCE, "widget.querySelector('[name=image]:checked').value === 'own' && !widget.querySelector('.evidence-absent').hidden")
        .await?;
    ensure!(widget.attribute("data-map").await?.is_none(), "the stripes have the melanoma's map");
    start(&widget).await?;
    ensure!(widget.read::<String>(far).await? == "true");
    let found: f32 = widget.read("Number(widget.querySelector('.evidence-note').dataset.distance)").await?;
    ensure!((found - distance).abs() < 1e-3, "the page says {found}, native code {distance}");
    Ok(())
}

#[tokio::test]
async fn files_that_do_not_come_are_named_and_the_rest_of_the_page_works() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    site.damage(Some(Fault::Missing("typical-")));
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget("evidence");
    widget.ready().await?;
    shows(&widget, "precomputed").await?;
    let message = widget.alert().await?;
    ensure!(message.contains("training images") && message.contains("404"), "{message}");
    ensure!(!shown(&widget).await?.map.is_empty());
    Ok(())
}

#[tokio::test]
async fn a_class_that_the_network_has_not_is_named_and_the_most_probable_one_shown() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let settings = "evidence.model=synthetic-resnet18-two&evidence.class=mel";
    browser.open(&site.url(&format!("{PAGE}?{settings}"))).await?;
    let widget = browser.widget("evidence");
    widget.ready().await?;
    shows(&widget, "precomputed").await?;
    let said =
        "widget.querySelector('.widget-readout').textContent.startsWith('This network has no class \"mel\"')";
    widget.wait::<bool>("the missing class in words", PATIENCE, said).await?;
    let shown = shown(&widget).await?;
    ensure!(["benign", "malignant"].contains(&shown.class.as_str()) && shown.probability >= 0.5, "{shown:?}");
    Ok(())
}
