//! Many images: each gets the answer that it gets alone, what is no picture is named in its row, and the table can be kept.

use std::time::Duration;

use anyhow::{Context, ensure};
use catalog::Diagnosis;
use catalog::model::ModelCard;
use e2e::{Browser, Fault, Site, Widget};
use imaging::Rgb8;
use inference::Classifier;
use serde_json::json;

const PAGE: &str = "network/the-network-answers.html?many-images.backend=wasm";
const MODEL: &str = "synthetic-resnet18-eight";
/// Long enough for a download, a compilation and two dozen runs in software on two busy cores.
const PATIENCE: Duration = Duration::from_mins(4);

async fn answered(widget: &Widget<'_>, count: usize) -> anyhow::Result<()> {
    let there = format!("widget.dataset.answered === '{count}' && widget.dataset.busy !== 'true'");
    widget.wait::<bool>(&format!("{count} answers"), PATIENCE, &there).await?;
    Ok(())
}

/// The text of the table, taken where the browser would save it.
async fn kept(browser: &Browser, widget: &Widget<'_>) -> anyhow::Result<String> {
    browser
        .script::<()>(
            "const make = URL.createObjectURL.bind(URL);
            URL.createObjectURL = (blob) => { window.kept = blob.text(); return make(blob); }",
            json!([]),
        )
        .await?;
    widget.click("[data-action=download]").await?;
    browser.script_async("return await window.kept", json!([])).await
}

#[tokio::test]
async fn two_dozen_drawings_get_the_answers_of_native_code_and_the_table_is_isics() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget("many-images");
    widget.ready().await?;
    browser.tab_to(&widget.control("draw")).await?;
    browser.keys(&[char::from(fantoccini::key::Key::Enter)]).await?;
    widget.wait::<bool>("the drawings", PATIENCE, "widget.dataset.images === '24'").await?;
    let waiting: usize = widget.read("widget.querySelectorAll('[data-state=waiting]').length").await?;
    ensure!(waiting == 24, "{waiting} of 24 wait before there is a network");
    widget.click("[data-action=start]").await?;
    answered(&widget, 24).await?;

    let csv = kept(&browser, &widget).await?;
    let mut lines = csv.lines();
    ensure!(lines.next() == Some("image,MEL,NV,BCC,AK,BKL,DF,VASC,SCC,UNK"), "{csv}");
    let folder = e2e::root().join("exported-models").join(MODEL);
    let card: ModelCard = toml::from_str(&std::fs::read_to_string(folder.join("model.toml"))?)?;
    let mut network = Classifier::load(&std::fs::read(folder.join("model.onnx"))?, &card)?;
    let mut right = 0;
    for (line, (diagnosis, seed)) in
        lines.zip(Diagnosis::ALL.iter().flat_map(|d| (100..103).map(move |s| (*d, s))))
    {
        let (name, numbers) = line.split_once(',').context("a row without numbers")?;
        ensure!(name == format!("{}-{seed}", diagnosis.abbreviation().to_lowercase()), "{line}");
        let found: Vec<f32> = numbers.split(',').take(8).map(str::parse).collect::<Result<_, _>>()?;
        let image = Rgb8::new(224, 224, lesions::draw_sample(diagnosis, seed, 224, 224))?;
        let expected = network.classify(&image)?.probabilities;
        let worst = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        ensure!(found.len() == 8 && worst <= card.parity.tolerance, "{line}: native {expected:?}");
        let top = (0..8).max_by(|a, b| expected[*a].total_cmp(&expected[*b]));
        right += usize::from(top == Some(diagnosis.index()));
    }
    let summary: String = widget.read("widget.querySelector('.many-summary').textContent").await?;
    ensure!(
        summary.contains(&format!("{right} of 24 drawings got the diagnosis")),
        "{summary}, natively {right}"
    );

    // The most doubtful first, then all gone.
    widget.set("sort", "unsure").await?;
    let doubtful = "((largest) => largest.length === 24 && largest.every((value, i) => i === 0 || largest[i - 1] <= value))(
        [...widget.querySelectorAll('tbody tr')].map((row) =>
          Math.max(...[...row.querySelectorAll('[data-probability]')].map((cell) => Number(cell.dataset.probability)))))";
    widget.wait::<bool>("24 rows in order", Duration::from_secs(20), doubtful).await?;
    widget.click("[name=clear]").await?;
    widget
        .wait::<bool>(
            "an empty table",
            PATIENCE,
            "!widget.querySelector('tbody tr') && widget.dataset.images === '0'",
        )
        .await?;
    widget.click("[data-action=download]").await?;
    ensure!(widget.message().await?.contains("No image has been classified"), "{}", widget.message().await?);
    Ok(())
}

#[tokio::test]
async fn own_files_are_answered_and_what_is_no_picture_is_named_in_its_row() -> anyhow::Result<()> {
    let images = e2e::root().join("tests/golden/images");
    let folder = tempfile::tempdir()?;
    let letter = folder.path().join("letter.jpg");
    std::fs::write(&letter, b"Dear reader, this is not a picture at all.")?;
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget("many-images");
    widget.ready().await?;
    widget.click("[data-action=start]").await?;
    widget
        .wait::<bool>("the network", PATIENCE, "widget.dataset.network === 'ready' && !widget.dataset.busy")
        .await?;
    let files = [images.join("rgb.png"), letter, images.join("rgb.jpg")];
    let files: Vec<_> = files.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    browser.type_into(&widget.control("images"), &files.join("\n")).await?;
    answered(&widget, 2).await?;
    let rows: Vec<(String, String, String)> = widget
        .read("[...widget.querySelectorAll('tbody tr')].map((row) => [row.dataset.name, row.dataset.state, row.querySelector('.many-answer').textContent])")
        .await?;
    let states: Vec<_> = rows.iter().map(|(name, state, _)| (name.as_str(), state.as_str())).collect();
    ensure!(
        states == [("rgb.png", "answered"), ("letter.jpg", "refused"), ("rgb.jpg", "answered")],
        "{rows:?}"
    );
    ensure!(rows[1].2.contains("not"), "{rows:?}");
    ensure!(kept(&browser, &widget).await?.lines().count() == 3);
    ensure!(browser.strangers().is_empty(), "{:?}", browser.strangers());
    Ok(())
}

#[tokio::test]
async fn images_wait_while_the_network_fails_and_are_answered_by_the_next_one() -> anyhow::Result<()> {
    let images = e2e::root().join("tests/golden/images");
    let files = ["rgb.png", "rgb.bmp"].map(|name| images.join(name).to_string_lossy().into_owned());
    let site = Site::serve().await?;
    site.damage(Some(Fault::Interrupted(".onnx")));
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget("many-images");
    widget.ready().await?;
    browser.type_into(&widget.control("images"), &files.join("\n")).await?;
    widget.click("[data-action=start]").await?;
    widget.wait::<bool>("a failure", PATIENCE, "widget.dataset.network === 'failed'").await?;
    let message = widget.alert().await?;
    ensure!(message.contains("was interrupted"), "{message}");
    let waiting: usize = widget.read("widget.querySelectorAll('[data-state=waiting]').length").await?;
    ensure!(waiting == 2, "{waiting} of 2 images wait");

    site.damage(None);
    widget.click(".network-button").await?;
    answered(&widget, 2).await?;
    ensure!(widget.message().await?.is_empty(), "the message stays: {}", widget.message().await?);
    Ok(())
}

/// Two pictures, answered by the graphics card that a browser with one has, get native code's answers.
pub(crate) async fn check_table_on_webgpu(browser: &Browser) -> anyhow::Result<()> {
    let images = e2e::root().join("tests/golden/images");
    let folder = e2e::root().join("exported-models").join(MODEL);
    let card: ModelCard = toml::from_str(&std::fs::read_to_string(folder.join("model.toml"))?)?;
    let mut network = Classifier::load(&std::fs::read(folder.join("model.onnx"))?, &card)?;
    let site = Site::serve().await?;
    browser.open(&site.url("network/the-network-answers.html?many-images.backend=webgpu")).await?;
    let widget = browser.widget("many-images");
    widget.ready().await?;
    let files = ["rgb.png", "rgb.bmp"].map(|name| images.join(name));
    let names = files.each_ref().map(|path| path.to_string_lossy().into_owned());
    browser.type_into(&widget.control("images"), &names.join("\n")).await?;
    widget.click("[data-action=start]").await?;
    answered(&widget, 2).await?;
    ensure!(
        widget.attribute("data-backend").await?.as_deref() == Some("WebGPU"),
        "{}",
        widget.message().await?
    );
    let csv = kept(browser, &widget).await?;
    for (line, file) in csv.lines().skip(1).zip(&files) {
        let found: Vec<f32> = line.split(',').skip(1).take(8).map(str::parse).collect::<Result<_, _>>()?;
        let expected = network
            .classify(&imaging::decode(&std::fs::read(file)?, &imaging::Limits::default())?)?
            .probabilities;
        let worst = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        ensure!(found.len() == 8 && worst <= card.parity.tolerance, "{line}: native {expected:?}");
    }
    ensure!(csv.lines().count() == 3, "{csv}");
    Ok(())
}
