//! The architecture explorer, walked by keyboard alone, by name, by the notebooks' numbers and by links; what it says and draws
//! against the descriptions of the networks.

use std::time::Duration;

use anyhow::{Context, ensure};
use architecture::{Depth, Network, resnet};
use e2e::{Browser, Site, Widget};
use fantoccini::key::Key;
use serde_json::{Value, json};

const PAGE: &str = "network/residual-networks.html";
const EXPLORER: &str = "architecture-explorer";
/// For what takes a moment.
const PATIENCE: Duration = Duration::from_secs(20);
/// Side of the canvas with the field, canvas pixels, and of the image.
const CANVAS: f64 = 896.0;
const IMAGE: usize = 224;
/// Column and row looked at in the text's example.
const LOOKED_AT: usize = 112;

/// The name of the part looked at, as the tree has it.
async fn selected(widget: &Widget<'_>) -> anyhow::Result<String> {
    widget.read("widget.querySelector('[aria-selected=true]').dataset.item").await
}

/// What the facts say of a term.
async fn fact(widget: &Widget<'_>, term: &str) -> anyhow::Result<String> {
    let term = json!(term);
    let row = format!("[...widget.querySelectorAll('.arch-facts dt')].find((e) => e.textContent === {term})");
    widget.read(&format!("{row}.nextElementSibling.textContent")).await
}

/// The red, green and blue of a pixel of the field's canvas.
async fn pixel(widget: &Widget<'_>, x: f64, y: f64) -> anyhow::Result<[u8; 3]> {
    let [x, y] = [x, y].map(|at| at.clamp(0.0, CANVAS - 1.0) as u32);
    let context = "widget.querySelector('.arch-field canvas').getContext('2d')";
    widget.read(&format!("[...{context}.getImageData({x}, {y}, 1, 1).data].slice(0, 3)")).await
}

/// Holds what the widget draws and says of a layer's field against the description of the network.
async fn check_field(widget: &Widget<'_>, network: &Network, layer: &str) -> anyhow::Result<()> {
    let field = network.receptive_field(layer).context("no such layer")?;
    let shape = network.layer(layer).context("no such layer")?.output;
    let [_, count, _] = *shape.sizes() else { anyhow::bail!("{layer} has no maps") };
    let said = fact(widget, "a value sees").await?;
    ensure!(said.starts_with(&format!("{0} × {0} pixels", field.size)), "{layer}: {said}");
    let seen = field.along(field.nearest(LOOKED_AT, count));
    let caption: String = widget.read("widget.querySelector('.arch-field figcaption').textContent").await?;
    let columns = format!("sees columns {} to {}", seen.start, seen.end - 1).replace('-', "−");
    ensure!(caption.contains(&columns), "{layer}: {caption}; expected {columns}");
    // A white line runs along the field's edge, where the scene is as large as the image and all fields together.
    let first = field.along(0).start.min(0);
    let length = field.along(count - 1).end.max(IMAGE as isize) - first;
    let place = |at: f64| (at - first as f64) * CANVAS / length as f64;
    let middle = (seen.start + seen.end) as f64 / 2.0;
    for (x, y) in [(seen.start as f64, middle), (middle, seen.end as f64)] {
        // A quarter along the edge no dot can be on it.
        let found = pixel(widget, place(x), place(y) + 13.0).await?;
        let other = pixel(widget, place(x) + 13.0, place(y)).await?;
        ensure!([found, other].contains(&[255; 3]), "{layer}: {found:?} and {other:?} at the edge {x}, {y}");
    }
    Ok(())
}

#[tokio::test]
async fn the_keyboard_alone_walks_the_tree() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(EXPLORER);
    widget.ready().await?;
    let path = browser.script::<String>("return location.pathname", Value::Null).await?;
    browser.tab_to(&widget.css("[role=treeitem]")).await?;
    ensure!(selected(&widget).await? == "layer1.0.conv2", "Tab leads to {}", selected(&widget).await?);
    let open = |name: &str| format!("widget.querySelector('[data-item=\"{name}\"]').ariaExpanded");
    let steps: [(Key, &str); 7] = [
        (Key::Home, "input"),
        (Key::Down, "conv1"),
        (Key::Up, "input"),
        (Key::End, "probabilities"),
        (Key::Up, "fc"),
        (Key::Home, "input"),
        (Key::Down, "conv1"),
    ];
    for (key, expected) in steps {
        browser.keys(&[char::from(key)]).await?;
        widget.idle().await?;
        ensure!(selected(&widget).await? == expected, "{key:?} leads to {}", selected(&widget).await?);
        ensure!(widget.value("layer").await? == expected, "Go to says {}", widget.value("layer").await?);
    }
    // Past the first layers into stage 1, which is open, and its first block, which is as well.
    let down: Vec<char> = vec![char::from(Key::Down); 5];
    browser.keys(&down).await?;
    widget.idle().await?;
    ensure!(selected(&widget).await? == "layer1.0", "five down is {}", selected(&widget).await?);
    for (key, expected, state) in [
        (Key::Enter, "layer1.0", "false"),
        (Key::Right, "layer1.0", "true"),
        (Key::Right, "layer1.0.conv1", "true"),
        (Key::Left, "layer1.0", "true"),
        (Key::Left, "layer1.0", "false"),
        (Key::Left, "layer1", "false"),
    ] {
        browser.keys(&[char::from(key)]).await?;
        widget.idle().await?;
        ensure!(selected(&widget).await? == expected, "{key:?} leads to {}", selected(&widget).await?);
        let found: String = widget.read(&open("layer1.0")).await?;
        ensure!(found == state, "after {key:?} the block's aria-expanded is {found}");
    }
    ensure!(
        browser.script::<String>("return location.pathname", Value::Null).await? == path,
        "the page was turned"
    );
    Ok(())
}

#[tokio::test]
async fn a_layer_is_found_by_the_notebooks_number_and_its_field_is_drawn() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(EXPLORER);
    widget.ready().await?;
    let network = resnet(Depth::Resnet50, 8, IMAGE);
    check_field(&widget, &network, "layer1.0.conv2").await?;
    for (typed, expected) in [
        ("80", "layer2.3.relu3"),
        ("2", "conv1"),
        ("activation_4", "layer1.0.relu3"),
        ("174", "layer4.2.relu3"),
    ] {
        let before = widget.picture(0).await?;
        widget.set("layer", typed).await?;
        ensure!(selected(&widget).await? == expected, "{typed} is {}", selected(&widget).await?);
        ensure!(widget.picture(0).await? != before, "the field of {expected} looks like the one before");
        check_field(&widget, &network, expected).await?;
    }
    let keras = fact(&widget, "in the notebooks").await?;
    ensure!(keras == "174 · activation_49", "{keras}");
    widget.set("layer", "layer9").await?;
    let words = widget.alert().await?;
    ensure!(words.contains("ResNet-50 has no layer \"layer9\""), "{words}");
    ensure!(selected(&widget).await? == "layer4.2.relu3", "{} is shown", selected(&widget).await?);
    Ok(())
}

#[tokio::test]
async fn other_outputs_change_the_last_layer_and_nothing_before() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(EXPLORER);
    widget.ready().await?;
    widget.set("layer", "fc").await?;
    let shape = |name: &str| {
        format!("widget.querySelector('[data-item=\"{name}\"] > .arch-row .arch-shape').textContent")
    };
    let before: String = widget.read(&shape("avgpool")).await?;
    for (outputs, written, parameters, whole) in [
        ("8", "8", "2,048 · 8 + 8 = 16,392", "23,524,424"),
        ("2", "2", "2,048 · 2 + 2 = 4,098", "23,512,130"),
        ("1000", "1,000", "2,048 · 1,000 + 1,000 = 2,049,000", "25,557,032"),
    ] {
        widget.set("outputs", outputs).await?;
        ensure!(selected(&widget).await? == "fc", "{} is shown", selected(&widget).await?);
        let found = [fact(&widget, "returns").await?, widget.read(&shape("fc")).await?];
        ensure!(found == [written, written], "{outputs} outputs: fc returns {found:?}");
        let found = fact(&widget, "parameters").await?;
        ensure!(found == parameters, "{outputs} outputs: {found}");
        let totals: String = widget.read("widget.querySelector('.arch-totals').textContent").await?;
        ensure!(totals.contains(&format!("{whole} parameters")), "{outputs} outputs: {totals}");
        ensure!(widget.read::<String>(&shape("avgpool")).await? == before, "the average has changed");
    }
    Ok(())
}

#[tokio::test]
async fn a_link_brings_back_the_part_and_reset_the_text_s_example() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(EXPLORER);
    widget.ready().await?;
    let first = widget.picture(0).await?;
    let settings = [
        ("network", "resnet18"),
        ("outputs", "2"),
        ("input-size", "320"),
        ("bars", "multiply-adds"),
        ("layer", "layer3.1.conv2"),
        ("column", "40"),
        ("row", "200"),
    ];
    for (control, value) in settings {
        widget.set(control, value).await?;
    }
    for (control, value) in settings {
        let setting = json!([format!("{EXPLORER}.{control}={value}")]);
        browser
            .wait::<bool>("a setting in the address", PATIENCE, "location.search.includes(args[0])", setting)
            .await?;
    }
    let (link, shown) = (browser.address().await?, widget.picture(0).await?);

    let visitor = Browser::start().await?;
    visitor.open(&link).await?;
    let copy = visitor.widget(EXPLORER);
    copy.ready().await?;
    for (control, value) in settings {
        ensure!(copy.value(control).await? == value, "{control} is {}", copy.value(control).await?);
    }
    ensure!(selected(&copy).await? == "layer3.1.conv2", "the link shows {}", selected(&copy).await?);
    ensure!(copy.picture(0).await? == shown, "the same link draws another field");
    copy.click("[data-action=reset]").await?;
    copy.idle().await?;
    ensure!(selected(&copy).await? == "layer1.0.conv2", "reset shows {}", selected(&copy).await?);
    ensure!(copy.picture(0).await? == first, "reset draws another field than the text's example");
    Ok(())
}
