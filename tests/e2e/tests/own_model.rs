//! The reader's own ONNX file: it answers in the page as native code does, its maps are offered, and what is no such file is
//! refused in words while the book's network stays.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::ensure;
use e2e::{Browser, Site, Widget, is_a};
use imaging::Rgb8;
use inference::{Classifier, Options};

/// Long enough for a download, a compilation and a first run in software on two busy cores.
const PATIENCE: Duration = Duration::from_mins(4);
const CLASSIFIER: &str = "network/the-network-answers.html?classifier.backend=wasm";

fn golden(name: &str) -> PathBuf {
    e2e::root().join("tests/golden").join(name)
}

/// Gives the widget a file, as the file dialog would.
async fn choose(browser: &Browser, widget: &Widget<'_>, file: &Path) -> anyhow::Result<()> {
    let more =
        "const more = document.querySelector(arguments[0]).closest('details'); if (more) more.open = true;";
    browser.script::<()>(more, serde_json::json!([widget.control("own-model")])).await?;
    browser.type_into(&widget.control("own-model"), &file.to_string_lossy()).await
}

async fn own_answer(widget: &Widget<'_>) -> anyhow::Result<Vec<f32>> {
    let there =
        "widget.dataset.answer === 'computed' && widget.dataset.source === 'own' && !widget.dataset.busy";
    widget.wait::<bool>("an answer of the own network", PATIENCE, there).await?;
    widget
        .read("[...widget.querySelectorAll('[data-probability]')].map((e) => Number(e.dataset.probability))")
        .await
}

fn melanoma() -> anyhow::Result<Rgb8> {
    Ok(Rgb8::new(224, 224, lesions::draw_sample(catalog::Diagnosis::Mel, 3, 224, 224))?)
}

/// Names of the bars, in their order.
async fn labels(widget: &Widget<'_>) -> anyhow::Result<String> {
    widget.read("[...widget.querySelectorAll('[data-label]')].map((e) => e.dataset.label).join()").await
}

async fn source(widget: &Widget<'_>) -> anyhow::Result<String> {
    widget.read("widget.querySelector('.network-source').textContent").await
}

#[tokio::test]
async fn other_peoples_networks_answer_in_the_page_as_in_native_code() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(CLASSIFIER)).await?;
    let widget = browser.widget("classifier");
    widget.ready().await?;
    site.take_requests();
    for file in ["onnx_foreign_first.onnx", "onnx_foreign_last.onnx"] {
        choose(&browser, &widget, &golden(file)).await?;
        let four = "[...widget.querySelectorAll('[data-label]')].map((e) => e.dataset.label).join() === 'output 0,output 1,output 2,output 3'";
        widget.wait::<bool>("its labels", PATIENCE, four).await?;
        let found = own_answer(&widget).await?;
        let mut native = Classifier::load_own(&std::fs::read(golden(file))?, file, &Options::default())?;
        let expected = native.classify(&melanoma()?)?.probabilities;
        let worst = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        ensure!(found.len() == expected.len() && worst < 1e-5, "{file}: {found:?}, native {expected:?}");
    }
    let said = source(&widget).await?;
    ensure!(said.contains("4 outputs") && said.contains("32 × 32") && said.contains("ImageNet"), "{said}");
    let fetched = site.take_requests();
    ensure!(
        fetched.iter().all(|path| !is_a(path, "onnx")),
        "the book's network was fetched as well: {fetched:?}"
    );
    ensure!(browser.strangers().is_empty(), "{:?}", browser.strangers());

    // Reset brings the book's network back; its file, given by the reader, says itself what it is.
    widget.click("[data-action=reset]").await?;
    widget.wait::<bool>("the book's labels", PATIENCE, "widget.querySelectorAll('[data-label]').length === 8 && widget.dataset.answer === 'computed' && !widget.dataset.busy").await?;
    ensure!(widget.attribute("data-source").await?.as_deref() == Some("network"));
    choose(&browser, &widget, &e2e::root().join("exported-models/synthetic-resnet18-eight/model.onnx"))
        .await?;
    let found = own_answer(&widget).await?;
    ensure!(found.len() == 8 && labels(&widget).await? == "MEL,NV,BCC,AK,BKL,DF,VASC,SCC");
    ensure!(!source(&widget).await?.contains("ImageNet"), "{}", source(&widget).await?);

    // What is no network is refused, and the book's can be started again.
    let folder = tempfile::tempdir()?;
    let page = folder.path().join("page.onnx");
    std::fs::write(&page, b"<!doctype html><title>x</title>")?;
    choose(&browser, &widget, &page).await?;
    let refused =
        "widget.querySelector('.widget-message').textContent.includes('a web page') && !widget.dataset.busy";
    widget.wait::<bool>("a refusal", PATIENCE, refused).await?;
    widget.ready().await?;
    widget.click("[data-action=start]").await?;
    let answered =
        "widget.dataset.answer === 'computed' && widget.dataset.source !== 'own' && !widget.dataset.busy";
    widget.wait::<bool>("the book's answer", PATIENCE, answered).await?;
    ensure!(widget.message().await?.is_empty(), "{}", widget.message().await?);
    Ok(())
}

#[tokio::test]
async fn the_maps_of_its_layers_are_offered() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url("network/feature-maps.html?feature-maps.backend=wasm")).await?;
    let widget = browser.widget("feature-maps");
    widget.ready().await?;
    widget.click("[data-action=start]").await?;
    widget
        .wait::<bool>("the network", PATIENCE, "widget.dataset.network === 'ready' && !widget.dataset.busy")
        .await?;
    let file = golden("onnx_foreign_first.onnx");
    choose(&browser, &widget, &file).await?;
    let layers =
        "[...widget.querySelector('[name=layer]').options].some((o) => o.value === '/relu/Relu_output_0')";
    widget.wait::<bool>("its layers", PATIENCE, layers).await?;
    widget.put("layer", "/relu/Relu_output_0").await?;
    let shown = "((p) => p.dataset.layer === '/relu/Relu_output_0' && p.dataset.source === 'computed' && !widget.dataset.busy)(widget.querySelector('[data-panel=first]'))";
    widget.wait::<bool>("its maps", PATIENCE, shown).await?;
    let [channel, mean]: [f32; 2] =
        widget.read("((p) => [Number(p.channel), Number(p.mean)])(widget.querySelector('[data-panel=first]').dataset)").await?;
    let options = Options { layers: &["/relu/Relu_output_0"], ..Options::default() };
    let maps =
        Classifier::load_own(&std::fs::read(file)?, "theirs", &options)?.look(&melanoma()?)?.1.remove(0);
    let map = &maps.values[channel as usize * 256..][..256];
    let expected = map.iter().sum::<f32>() / 256.0;
    ensure!(maps.shape == [8, 16, 16] && (mean - expected).abs() < 1e-4, "{mean}, native {expected}");
    Ok(())
}
