//! The weights as trained are one press away: they are what is loaded then, they answer as native code does with the same
//! file, and the smaller file comes back the same way.

use anyhow::{Context, ensure};
use catalog::model::{FULL, ModelCard};
use e2e::{Browser, Site, Widget, is_a};
use imaging::Rgb8;
use inference::Classifier;

use crate::classifier::{MODEL, PAGE, PATIENCE, probabilities, start};

/// The card of the book's network, and the file with its weights as trained.
fn full() -> anyhow::Result<(ModelCard, Vec<u8>)> {
    let folder = e2e::root().join("exported-models").join(MODEL);
    let mut card: ModelCard = toml::from_str(&std::fs::read_to_string(folder.join("model.toml"))?)?;
    let row = card.stored.iter().find(|row| row.precision == FULL).context("no full precision measured")?;
    let file = row.file.clone().context("no file in full precision")?;
    card.provenance.onnx_sha256.clone_from(&row.sha256);
    Ok((card, std::fs::read(folder.join(file))?))
}

async fn source(widget: &Widget<'_>) -> anyhow::Result<String> {
    widget.read("widget.querySelector('.network-source').textContent").await
}

#[tokio::test]
async fn the_weights_as_trained_are_one_key_away_and_answer_as_in_native_code() -> anyhow::Result<()> {
    let (card, onnx) = full()?;
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(&format!("{PAGE}?classifier.backend=wasm"))).await?;
    let widget = browser.widget("classifier");
    widget.ready().await?;
    widget.reveal("full-precision").await?;
    browser.tab_to(&widget.control("full-precision")).await?;
    browser.keys(&[' ']).await?;
    let size = catalog::manifest::megabytes(onnx.len() as u64);
    let named =
        format!("widget.querySelector('[data-action=start]').textContent.includes('{size} for the network')");
    widget.wait::<bool>("the size of the larger file", PATIENCE, &named).await?;
    site.take_requests();

    start(&widget).await?;
    ensure!(widget.attribute("data-precision").await?.as_deref() == Some(FULL));
    let said = source(&widget).await?;
    ensure!(said.contains("32 bits, as trained"), "{said}");
    let fetched: Vec<_> = site.take_requests().into_iter().filter(|path| is_a(path, "onnx")).collect();
    let hash = &card.provenance.onnx_sha256[..16];
    ensure!(fetched.len() == 1 && fetched[0].contains(hash), "{fetched:?}, not {hash}");

    let melanoma = Rgb8::new(224, 224, lesions::draw_sample(catalog::Diagnosis::Mel, 3, 224, 224))?;
    let expected = Classifier::load(&onnx, &card)?.classify(&melanoma)?.probabilities;
    let found = probabilities(&widget).await?;
    let worst = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    ensure!(worst <= card.parity.tolerance, "{found:?}, native {expected:?}");

    let title: String = widget.read("widget.querySelector('.classifier-title').textContent").await?;
    ensure!(title.ends_with(", full precision"), "{title}");

    // The same press brings the smaller file back, which answers a little differently.
    widget.reveal("full-precision").await?;
    browser.tab_to(&widget.control("full-precision")).await?;
    browser.keys(&[' ']).await?;
    let back = format!("widget.dataset.precision === '{}' && !widget.dataset.busy", card.precision);
    widget.wait::<bool>("the smaller file", PATIENCE, &back).await?;
    ensure!(probabilities(&widget).await? != found, "16 and 32 bits, the same answer to the last digit");

    // The browser has kept both.
    browser.keys(&[' ']).await?;
    let again = format!("widget.dataset.precision === '{FULL}' && !widget.dataset.busy");
    widget.wait::<bool>("the weights as trained", PATIENCE, &again).await?;
    ensure!(widget.attribute("data-source").await?.as_deref() == Some("store"), "{}", source(&widget).await?);
    ensure!(browser.strangers().is_empty(), "{:?}", browser.strangers());
    Ok(())
}
