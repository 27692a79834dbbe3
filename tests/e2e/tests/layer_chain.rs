//! The four layers: maps equal to native code's bits and to ONNX Runtime's numbers, arithmetic that adds up, by mouse, by
//! keyboard alone, by links, and with a damaged file.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context, ensure};
use catalog::manifest::{MANIFEST, Manifest};
use catalog::model::ModelCard;
use catalog::widget::{SAMPLES, Sample};
use e2e::{Browser, Fault, Site, Widget};
use fantoccini::key::Key;
use imaging::Rgb8;
use imaging::normalise::normalise;
use inference::Classifier;
use nn::first_layers::FirstMaps;
use nn::{Activation, FirstLayers, Pooling, Tensor};
use serde_json::{Value, json};

const PAGE: &str = "network/what-a-layer-does.html";
const ID: &str = "layer-chain";
const MODEL: &str = "synthetic-resnet18-eight";
const LAYERS: [&str; 4] = ["conv1", "bn1", "relu", "maxpool"];
/// For what takes a moment.
const PATIENCE: Duration = Duration::from_secs(30);
/// Four times what `inference/tests/first_layers.rs` measured between these layers and ONNX Runtime's.
const TOLERANCE: f32 = 1.5e-5;

/// The layers that the built book publishes.
fn published() -> anyhow::Result<FirstLayers> {
    let text = std::fs::read_to_string(Site::folder().join(MANIFEST))?;
    let manifest: Manifest = serde_json::from_str(&text)?;
    let model = manifest.models.get(MODEL).context("the manifest has no such model")?;
    let path = model.first_layers.as_ref().context("the model has no first layers")?;
    Ok(FirstLayers::from_bytes(&std::fs::read(Site::folder().join(path))?)?)
}

fn picture(sample: Sample) -> anyhow::Result<Rgb8> {
    Ok(Rgb8::new(224, 224, lesions::draw_sample(sample.diagnosis, sample.seed, 224, 224))?)
}

/// What native code makes of a sample.
fn native(
    first: &FirstLayers,
    sample: Sample,
    channel: usize,
    activation: Activation,
    pooling: Pooling,
) -> anyhow::Result<FirstMaps> {
    let image = imaging::resize(&picture(sample)?, first.size as u32, first.size as u32);
    let numbers = normalise(&image, first.mean, first.std);
    let input = Tensor::new([3, first.size, first.size], numbers)?;
    Ok(first.maps(&input, channel, activation, pooling)?)
}

fn four(maps: &FirstMaps) -> [&Tensor<2>; 4] {
    [&maps.convolved, &maps.normalised, &maps.activated, &maps.pooled]
}

fn checksums(maps: &FirstMaps) -> [String; 4] {
    four(maps).map(|map| {
        let bytes: Vec<u8> = map.data().iter().flat_map(|x| x.to_bits().to_le_bytes()).collect();
        format!("{:016x}", lesions::checksum(&bytes))
    })
}

/// What the page tells of its four maps, by layer.
async fn told(widget: &Widget<'_>, what: &str) -> anyhow::Result<[String; 4]> {
    let read = format!(
        "{}.map((layer) => widget.querySelector(`[data-layer=${{layer}}]`).dataset.{what})",
        json!(LAYERS)
    );
    widget.read(&read).await.with_context(|| format!("no data-{what}"))
}

async fn numbers(widget: &Widget<'_>, what: &str) -> anyhow::Result<[f32; 4]> {
    let told = told(widget, what).await?;
    let mut numbers = [0.0; 4];
    for (number, text) in numbers.iter_mut().zip(&told) {
        *number = text.parse().with_context(|| format!("data-{what}: {told:?}"))?;
    }
    Ok(numbers)
}

/// What the four steps of the arithmetic tell, by name.
async fn steps(widget: &Widget<'_>) -> anyhow::Result<Vec<BTreeMap<String, String>>> {
    widget.read("[...widget.querySelectorAll('.chain-step')].map((e) => ({ ...e.dataset }))").await
}

fn number(told: &BTreeMap<String, String>, name: &str) -> anyhow::Result<f32> {
    told.get(name).and_then(|text| text.parse().ok()).with_context(|| format!("no {name} in {told:?}"))
}

async fn text(widget: &Widget<'_>, css: &str) -> anyhow::Result<String> {
    widget.read(&format!("widget.querySelector({}).textContent", json!(css))).await
}

async fn open<'a>(browser: &'a Browser, site: &Site) -> anyhow::Result<Widget<'a>> {
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(ID);
    widget.ready().await?;
    Ok(widget)
}

#[tokio::test]
async fn the_page_s_maps_are_native_code_s_own_bits_on_any_channel() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let widget = open(&browser, &site).await?;
    let first = published()?;
    ensure!(first.kernels.len() == 64, "{} channels", first.kernels.len());
    let settings = [
        (SAMPLES[0], 38, ("relu", Activation::Relu), ("max", Pooling::Max)),
        (SAMPLES[1], 0, ("gelu", Activation::Gelu), ("average", Pooling::Average)),
        (SAMPLES[6], 63, ("tanh", Activation::Tanh), ("max", Pooling::Max)),
        (SAMPLES[2], 17, ("silu", Activation::Silu), ("average", Pooling::Average)),
        (SAMPLES[2], 5, ("sigmoid", Activation::Sigmoid), ("max", Pooling::Max)),
    ];
    for (sample, channel, (activation, ours), (pooling, kept)) in settings {
        widget.set("image", &sample.diagnosis.abbreviation().to_ascii_lowercase()).await?;
        widget.set("seed", &sample.seed.to_string()).await?;
        widget.set("channel", &channel.to_string()).await?;
        widget.set("activation", activation).await?;
        widget.set("pooling", pooling).await?;
        let expected = checksums(&native(&first, sample, channel, ours, kept)?);
        let found = told(&widget, "checksum").await?;
        ensure!(found == expected, "channel {channel}, {activation}, {pooling}: {found:?}, {expected:?}");
    }
    Ok(())
}

#[tokio::test]
async fn the_page_s_maps_are_onnx_runtime_s_within_rounding() -> anyhow::Result<()> {
    let folder = e2e::root().join("exported-models").join(MODEL);
    let card: ModelCard = toml::from_str(&std::fs::read_to_string(folder.join("model.toml"))?)?;
    let options = inference::Options { layers: &LAYERS, ..inference::Options::default() };
    let mut network = Classifier::load_with(&std::fs::read(folder.join("model.onnx"))?, &card, &options)?;
    let (_, outputs) = network.look(&picture(SAMPLES[0])?)?;
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let widget = open(&browser, &site).await?;
    for channel in [38_usize, 3, 60] {
        widget.set("channel", &channel.to_string()).await?;
        let [low, mean, high, value] = [
            numbers(&widget, "minimum").await?,
            numbers(&widget, "mean").await?,
            numbers(&widget, "maximum").await?,
            numbers(&widget, "value").await?,
        ];
        let place: [usize; 2] = [widget.value("row").await?.parse()?, widget.value("column").await?.parse()?];
        for (index, output) in outputs.iter().enumerate() {
            let [_, height, width] = output.shape[..] else { anyhow::bail!("{:?}", output.shape) };
            let map = &output.values[channel * height * width..][..height * width];
            // Of the pooled map the pixel whose window's middle is nearest, half-way the later one.
            let at = if index == 3 { place.map(|at| at.div_ceil(2).min(height - 1)) } else { place };
            let native_mean = map.iter().copied().map(f64::from).sum::<f64>() / map.len() as f64;
            for (what, found, expected) in [
                ("smallest", low[index], map.iter().copied().fold(f32::INFINITY, f32::min)),
                ("mean", mean[index], native_mean as f32),
                ("largest", high[index], map.iter().copied().fold(f32::NEG_INFINITY, f32::max)),
                ("value", value[index], map[at[0] * width + at[1]]),
            ] {
                let layer = &output.layer;
                ensure!((found - expected).abs() <= TOLERANCE, "{layer} {what}: {found}, {expected}");
            }
        }
    }
    Ok(())
}

/// Holds the arithmetic on the page against the maps' own numbers.
async fn check_arithmetic(widget: &Widget<'_>, pooling: Pooling) -> anyhow::Result<()> {
    let values = numbers(widget, "value").await?;
    let steps = steps(widget).await?;
    let [convolution, norm, activation, pooled] = &steps[..] else { anyhow::bail!("{steps:?}") };
    for (step, value) in steps.iter().zip(values) {
        ensure!(number(step, "value")?.to_bits() == value.to_bits(), "{step:?}, {value}");
    }
    let sum = number(convolution, "red")? + number(convolution, "green")? + number(convolution, "blue")?;
    // 147 products in another order.
    ensure!((sum - values[0]).abs() < 1e-5, "{convolution:?} adds up to {sum}");
    let deviation = (number(norm, "variance")? + number(norm, "epsilon")?).sqrt();
    let normalised =
        (values[0] - number(norm, "mean")?) / deviation * number(norm, "weight")? + number(norm, "bias")?;
    ensure!((normalised - values[1]).abs() < 1e-5, "{norm:?} gives {normalised}");
    ensure!(values[2].to_bits() == values[1].max(0.0).to_bits(), "{activation:?}");
    let window: Vec<f32> =
        pooled.get("window").context("no window")?.split(' ').filter_map(|x| x.parse().ok()).collect();
    let kept = match pooling {
        Pooling::Max => window.iter().copied().fold(f32::NEG_INFINITY, f32::max),
        Pooling::Average => window.iter().sum::<f32>() / 9.0,
    };
    ensure!((kept - values[3]).abs() < 1e-5, "{pooled:?} gives {kept}");
    // As a reader sees it, with four digits that count: "red a + green (−b) + blue c = d".
    let words = text(widget, ".chain-formula").await?;
    let written: Vec<f32> =
        words.replace('−', "-").split([' ', '(', ')']).filter_map(|word| word.parse().ok()).collect();
    let [red, green, blue, total] = written[..] else { anyhow::bail!("{words}") };
    ensure!((red + green + blue - total).abs() < 0.002 && (total - values[0]).abs() < 0.001, "{words}");
    Ok(())
}

#[tokio::test]
async fn the_arithmetic_adds_up_to_the_maps_own_numbers_wherever_the_keys_lead() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let widget = open(&browser, &site).await?;
    for (name, pooling) in [("max", Pooling::Max), ("average", Pooling::Average)] {
        widget.set("pooling", name).await?;
        check_arithmetic(&widget, pooling).await?;
        browser.tab_to(&widget.css("[data-layer=bn1] canvas")).await?;
        for key in [Key::Left, Key::Up, Key::Up, Key::Right, Key::Down] {
            browser.keys(&[char::from(key)]).await?;
            check_arithmetic(&widget, pooling).await?;
        }
    }
    // The corner, where the kernel reaches beyond the edge, and the window as well.
    widget.set("column", "0").await?;
    widget.set("row", "0").await?;
    check_arithmetic(&widget, Pooling::Average).await?;
    let beyond = text(&widget, ".chain-step:last-child .chain-formula").await?;
    ensure!(beyond.contains("Positions beyond the edge: 5, which count as 0."), "{beyond}");
    Ok(())
}

#[tokio::test]
async fn all_products_are_there_for_a_reader_who_asks() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let widget = open(&browser, &site).await?;
    widget.click(".widget-details > summary").await?;
    widget.click(".chain-numbers summary").await?;
    widget
        .wait::<bool>("the numbers", PATIENCE, "widget.querySelectorAll('.chain-line td').length === 3 * 147")
        .await?;
    let lines: Vec<Vec<String>> = widget
        .read(
            "[...widget.querySelectorAll('.chain-line')].map((line) => [...line.querySelectorAll('table')].at(-1)
               .querySelectorAll('td')).map((cells) => [...cells].map((cell) => cell.textContent))",
        )
        .await?;
    let steps = steps(&widget).await?;
    for (line, name) in lines.iter().zip(["red", "green", "blue"]) {
        let products: Vec<f32> =
            line.iter().map(|text| text.replace('−', "-").parse()).collect::<Result<_, _>>()?;
        let (sum, expected) = (products.iter().sum::<f32>(), number(&steps[0], name)?);
        // 49 products, each rounded by half a thousandth at most.
        ensure!(
            products.len() == 49 && (sum - expected).abs() < 49.0 * 0.000_51,
            "{name}: {sum}, {expected}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_keyboard_alone_changes_channel_kernel_and_maps() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let widget = open(&browser, &site).await?;
    let path = browser.script::<String>("return location.pathname", Value::Null).await?;
    let kernel = "widget.querySelector('.chain-kernel canvas').toDataURL()";
    let (first, before): (String, _) = (widget.read(kernel).await?, told(&widget, "checksum").await?);

    browser.tab_to(&widget.control("channel")).await?;
    browser.keys(&[char::from(Key::Right)]).await?;
    widget.idle().await?;
    ensure!(widget.value("channel").await? == "39", "channel {}", widget.value("channel").await?);
    let after = told(&widget, "checksum").await?;
    ensure!(before.iter().zip(&after).all(|(a, b)| a != b), "a map stays: {before:?}, {after:?}");
    ensure!(widget.read::<String>(kernel).await? != first, "the kernel stays");

    browser.tab_to(&widget.css(".chain-kernels canvas")).await?;
    for (key, channel) in [(Key::Left, "38"), (Key::Down, "46"), (Key::End, "63"), (Key::Down, "63")] {
        browser.keys(&[char::from(key)]).await?;
        widget.idle().await?;
        ensure!(widget.value("channel").await? == channel, "channel {}", widget.value("channel").await?);
        let caption = text(&widget, ".chain-kernel figcaption").await?;
        ensure!(caption.starts_with(&format!("Kernel {channel} ")), "{caption}");
    }

    // In the pooled map an arrow goes by one of its own pixels, which are two of the others.
    widget.set("column", "20").await?;
    browser.tab_to(&widget.css("[data-layer=maxpool] canvas")).await?;
    browser.keys(&[char::from(Key::Right)]).await?;
    ensure!(widget.value("column").await? == "22", "column {}", widget.value("column").await?);
    let said = "widget.querySelector('.widget-readout').textContent.startsWith('Column 22, row ')";
    widget.wait::<bool>("the readout", PATIENCE, said).await?;
    ensure!(
        browser.script::<String>("return location.pathname", Value::Null).await? == path,
        "the page was turned"
    );
    Ok(())
}

#[tokio::test]
async fn another_activation_or_pooling_changes_what_comes_behind_it() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let widget = open(&browser, &site).await?;
    let relu = told(&widget, "checksum").await?;
    for activation in ["identity", "leaky-relu", "sigmoid", "tanh", "gelu", "silu"] {
        widget.set("activation", activation).await?;
        let other = told(&widget, "checksum").await?;
        ensure!(other[..2] == relu[..2] && other[2] != relu[2], "{activation}: {other:?}, {relu:?}");
        let chosen = text(&widget, ".chain-others [data-chosen=true]").await?;
        let name = text(&widget, "[data-layer=relu] .chain-name").await?;
        let word = chosen.split(' ').next().unwrap_or_default();
        ensure!(activation == "identity" || name.contains(word), "{chosen}, {name}");
    }
    widget.set("activation", "relu").await?;
    widget.set("pooling", "average").await?;
    let average = told(&widget, "checksum").await?;
    ensure!(average[..3] == relu[..3] && average[3] != relu[3], "{average:?}, {relu:?}");
    Ok(())
}

#[tokio::test]
async fn the_mouse_moves_the_place_in_every_picture_and_a_click_holds_it() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let widget = open(&browser, &site).await?;
    let at = |css: &str, across: f64, down: f64| {
        format!(
            "((b) => [b.left + b.width * {across}, b.top + b.height * {down}])(widget.querySelector('{css}').getBoundingClientRect())"
        )
    };
    let place = async || anyhow::Ok([widget.value("column").await?, widget.value("row").await?]);
    let moved = |from: &[String; 2]| {
        let [column, row] = from;
        format!(
            "widget.querySelector('[name=column]').value !== '{column}' || widget.querySelector('[name=row]').value !== '{row}'"
        )
    };
    widget
        .read::<Value>(
            "void widget.querySelector('.chain-maps').scrollIntoView({ block: 'end', behavior: 'instant' })",
        )
        .await?;
    for css in [".chain-input canvas", "[data-layer=conv1] canvas", "[data-layer=maxpool] canvas"] {
        let before = place().await?;
        let [x, y]: [f64; 2] = widget.read(&at(css, 0.5, 0.75)).await?;
        browser.point_at(x, y).await?;
        widget.wait::<bool>("another place", PATIENCE, &moved(&before)).await?;
        let [column, row] = place().await?.map(|text| text.parse::<u32>().unwrap_or_default());
        // Half of 64 and three quarters; a pixel of the screen is less than one of the map, and a pooled one is two.
        ensure!(column.abs_diff(32) <= 2 && row.abs_diff(48) <= 2, "{css}: column {column}, row {row}");
        check_arithmetic(&widget, Pooling::Max).await?;
        let [x, y]: [f64; 2] = widget.read(&at(css, 0.2, 0.2)).await?;
        browser.point_at(x, y).await?;
    }
    let [x, y]: [f64; 2] = widget.read(&at("[data-layer=bn1] canvas", 0.3, 0.3)).await?;
    browser.click_at(x, y).await?;
    let held = "widget.querySelector('.layer-chain').dataset.held === 'true'";
    widget.wait::<bool>("a held place", PATIENCE, held).await?;
    let column = "Math.abs(Number(widget.querySelector('[name=column]').value) - 19) <= 1";
    widget.wait::<bool>("the place of the click", PATIENCE, column).await?;
    let before = place().await?;
    let column = json!([format!("{ID}.column={}", before[0])]);
    browser
        .wait::<bool>("the place in the link", PATIENCE, "location.search.includes(args[0])", column)
        .await?;
    let [x, y]: [f64; 2] = widget.read(&at("[data-layer=bn1] canvas", 0.8, 0.8)).await?;
    browser.point_at(x, y).await?;
    widget.set("pooling", "average").await?;
    ensure!(place().await? == before, "a held place moves: {:?}", place().await?);
    Ok(())
}

#[tokio::test]
async fn a_link_brings_back_every_setting_and_reset_the_text_s_example() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let widget = open(&browser, &site).await?;
    let (example, at) = (told(&widget, "checksum").await?, told(&widget, "value").await?);
    let settings = [
        ("image", "nv"),
        ("seed", "7"),
        ("channel", "12"),
        ("activation", "silu"),
        ("pooling", "average"),
        ("column", "40"),
        ("row", "41"),
    ];
    for (control, value) in settings {
        widget.set(control, value).await?;
    }
    for (control, value) in settings {
        let setting = json!([format!("{ID}.{control}={value}")]);
        browser
            .wait::<bool>("a setting in the address", PATIENCE, "location.search.includes(args[0])", setting)
            .await?;
    }
    let (link, shown) = (browser.address().await?, told(&widget, "checksum").await?);

    let visitor = Browser::start().await?;
    visitor.open(&link).await?;
    let copy = visitor.widget(ID);
    copy.ready().await?;
    for (control, value) in settings {
        ensure!(copy.value(control).await? == value, "{control} is {}", copy.value(control).await?);
    }
    ensure!(told(&copy, "checksum").await? == shown, "the same link shows other maps");
    ensure!(told(&copy, "value").await? == told(&widget, "value").await?, "the link looks elsewhere");
    copy.click("[data-action=reset]").await?;
    copy.idle().await?;
    ensure!(told(&copy, "checksum").await? == example, "reset shows other maps than the text's example");
    ensure!(told(&copy, "value").await? == at, "reset looks elsewhere than the text's example");
    Ok(())
}

#[tokio::test]
async fn a_file_that_does_not_come_whole_is_named_and_tried_again() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let faults = [
        (Fault::Missing(".bin"), "could not be downloaded: the server answered 404"),
        (Fault::CutShort(".bin"), "arrived damaged"),
        (Fault::Altered(".bin"), "arrived damaged"),
    ];
    for (fault, words) in faults {
        let browser = Browser::start().await?;
        site.damage(Some(fault.clone()));
        browser.open(&site.url(PAGE)).await?;
        let widget = browser.widget(ID);
        widget.ready().await?;
        let alert = widget.alert().await?;
        ensure!(alert.contains("the network's first layers") && alert.contains(words), "{fault:?}: {alert}");
        // What the page teaches without the file stays.
        let fallback = "widget.querySelector('.widget-stage .widget-fallback svg') !== null";
        ensure!(widget.read::<bool>(fallback).await?, "{fault:?}: the fallback is gone");
        site.damage(None);
        widget.set("channel", "5").await?;
        widget
            .wait::<bool>(
                "the maps",
                PATIENCE,
                "widget.querySelector('[data-layer=maxpool][data-checksum]') !== null",
            )
            .await?;
        ensure!(widget.message().await?.is_empty(), "{fault:?}: {}", widget.message().await?);
    }
    Ok(())
}
