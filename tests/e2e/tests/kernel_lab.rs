//! The kernel lab, driven by mouse, by keyboard alone, by links and by wrong numbers.

use std::time::Duration;

use anyhow::{Context, ensure};
use e2e::{Browser, Site, Widget};
use fantoccini::key::Key;
use serde_json::{Value, json};

const PAGE: &str = "images/convolution.html";
const LAB: &str = "kernel-lab";

/// For what takes a moment.
const PATIENCE: Duration = Duration::from_secs(20);

/// The numbers that stand in the panel of the arithmetic, and the sum below them.
struct Arithmetic {
    products: Vec<f64>,
    sum: f64,
}

impl Arithmetic {
    async fn read(lab: &Widget<'_>) -> anyhow::Result<Self> {
        let texts: Vec<String> = lab
            .read("[...widget.querySelectorAll('.arithmetic .products *, .arithmetic-sum')].filter((e) => !e.children.length).map((e) => e.textContent)")
            .await?;
        let mut numbers = Vec::new();
        for text in &texts {
            numbers.push(number(text).with_context(|| format!("not a number: {text} among {texts:?}"))?);
        }
        let sum = numbers.pop().context("the panel shows no sum")?;
        Ok(Self { products: numbers, sum })
    }
}

/// A number as the page writes it, with its own minus sign.
fn number(text: &str) -> Option<f64> {
    text.trim().replace('−', "-").parse().ok()
}

/// A key for `Browser::keys`.
fn key(key: Key) -> char {
    char::from(key)
}

#[tokio::test]
async fn the_mouse_changes_kernel_and_stride_and_reads_the_arithmetic() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = browser.widget(LAB);
    lab.ready().await?;
    let sobel = lab.picture(1).await?;

    lab.click("select[name=kernel] option[value=laplacian]").await?;
    lab.idle().await?;
    ensure!(lab.picture(1).await? != sobel, "the result does not change with the kernel");

    let slider = "widget.querySelector(\"[name='stride']\")";
    let expression =
        format!("((b) => [b.right - 3, b.top + b.height / 2])({slider}.getBoundingClientRect())");
    lab.read::<Value>(&format!("{slider}.scrollIntoView({{ block: 'center', behavior: 'instant' }})"))
        .await?;
    let [x, y]: [f64; 2] = lab.read(&expression).await?;
    browser.click_at(x, y).await?;
    lab.idle().await?;
    ensure!(lab.value("stride").await? == "8", "stride is {}", lab.value("stride").await?);
    // (224 + 2·1 − 3) / 8 + 1 = 28.875, rounded down.
    let size: String = lab.read("widget.querySelector('.lab-size').textContent").await?;
    ensure!(size.contains("28"), "{size}");

    lab.click("select[name=padding] option[value=none]").await?;
    lab.idle().await?;
    let result = "widget.querySelector('.lab-result canvas')";
    lab.read::<Value>(&format!("{result}.scrollIntoView({{ block: 'center', behavior: 'instant' }})"))
        .await?;
    let mut readouts = Vec::new();
    for share in [0.3, 0.7] {
        let centre = format!(
            "((b) => [b.left + b.width * {share}, b.top + b.height / 2])({result}.getBoundingClientRect())"
        );
        let [x, y]: [f64; 2] = lab.read(&centre).await?;
        let before = lab.readout().await?;
        browser.point_at(x, y).await?;
        let other =
            format!("widget.querySelector('.widget-readout').textContent.trim() !== {}", json!(before));
        lab.wait::<bool>("another readout", PATIENCE, &other).await?;
        readouts.push(lab.readout().await?);
        let arithmetic = Arithmetic::read(&lab).await?;
        ensure!(arithmetic.products.len() == 9, "{} products", arithmetic.products.len());
        // Pixels and coefficients are whole numbers here, so nothing is lost in the digits shown.
        let sum: f64 = arithmetic.products.iter().sum();
        ensure!(
            (sum - arithmetic.sum).abs() < 0.01,
            "{:?} add up to {sum}, not {}",
            arithmetic.products,
            arithmetic.sum
        );
    }
    ensure!(readouts[0] != readouts[1]);
    Ok(())
}

#[tokio::test]
async fn the_keyboard_alone_drives_every_part_of_the_lab() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = browser.widget(LAB);
    lab.ready().await?;
    let path = browser.script::<String>("return location.pathname", Value::Null).await?;

    browser.tab_to(&lab.control("image")).await?;
    browser.keys(&[key(Key::Down)]).await?;
    lab.idle().await?;
    ensure!(lab.value("image").await? == "nv", "image is {}", lab.value("image").await?);

    browser.tab_to(&lab.control("draw-new")).await?;
    let (before, seed) = (lab.picture(0).await?, lab.value("seed").await?.parse::<u32>()?);
    browser.keys(&[key(Key::Enter)]).await?;
    let next = format!("widget.querySelector('[name=seed]').value === '{}'", seed + 1);
    lab.wait::<bool>("the next seed", PATIENCE, &next).await?;
    lab.idle().await?;
    ensure!(lab.picture(0).await? != before, "no other lesion was drawn");

    browser.tab_to(&lab.control("kernel")).await?;
    browser.keys(&[key(Key::Down)]).await?;
    lab.idle().await?;
    ensure!(lab.value("kernel").await? == "sobel-y", "kernel is {}", lab.value("kernel").await?);

    browser.tab_to(&lab.control("stride")).await?;
    browser.keys(&[key(Key::Right), key(Key::Right)]).await?;
    lab.idle().await?;
    ensure!(lab.value("stride").await? == "3", "stride is {}", lab.value("stride").await?);

    browser.tab_to(&lab.css(".lab-result canvas")).await?;
    let before = lab.readout().await?;
    browser.keys(&[key(Key::Right)]).await?;
    lab.wait::<bool>(
        "another readout",
        PATIENCE,
        &format!("widget.querySelector('.widget-readout').textContent.trim() !== {}", json!(before)),
    )
    .await?;

    // mdBook's own keys: arrows turn the page, `s` and `/` search, `?` helps.
    browser.keys(&['s', '/', '?', key(Key::Left)]).await?;
    let open: bool = browser
        .script(
            "return [...document.querySelectorAll('#mdbook-search-wrapper, #search-wrapper, #mdbook-help-container')]
               .some((e) => !e.classList.contains('hidden') && e.offsetParent !== null && e.getClientRects().length > 0
                 && getComputedStyle(e).display !== 'none')",
            Value::Null,
        )
        .await?;
    ensure!(!open, "a key meant for the widget opened a part of the page");
    ensure!(
        browser.script::<String>("return location.pathname", Value::Null).await? == path,
        "the page was turned"
    );

    browser.tab_to(&lab.css("[data-action=reset]")).await?;
    browser.keys(&[key(Key::Space)]).await?;
    lab.wait::<bool>("the text's example", PATIENCE, "widget.querySelector('[name=stride]').value === '1'")
        .await?;
    Ok(())
}

#[tokio::test]
async fn outside_a_widget_the_arrow_key_still_turns_the_page() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let path = browser.script::<String>("return location.pathname", Value::Null).await?;
    browser.keys(&[key(Key::Right)]).await?;
    browser.wait::<bool>("the next page", PATIENCE, "location.pathname !== args[0]", json!([path])).await?;
    Ok(())
}

#[tokio::test]
async fn a_link_brings_back_every_setting_and_the_picture() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = browser.widget(LAB);
    lab.ready().await?;
    let plain = browser.address().await?;
    let settings = [
        ("image", "vasc"),
        ("seed", "41"),
        ("kernel", "laplacian"),
        ("stride", "3"),
        ("padding", "zero"),
        ("negative", "absolute"),
        ("channels", "colour"),
    ];
    for (control, value) in settings {
        lab.set(control, value).await?;
    }
    // The address follows once the settings rest.
    for (control, value) in settings {
        let setting = json!([format!("{LAB}.{control}={value}")]);
        browser
            .wait::<bool>("a setting in the address", PATIENCE, "location.search.includes(args[0])", setting)
            .await?;
    }
    let link = browser.address().await?;
    let picture = lab.picture(1).await?;

    let visitor = Browser::start().await?;
    visitor.open(&link).await?;
    let copy = visitor.widget(LAB);
    copy.ready().await?;
    for (control, value) in settings {
        ensure!(copy.value(control).await? == value, "{control} is {}", copy.value(control).await?);
    }
    ensure!(copy.picture(1).await? == picture, "the same link shows another picture");

    copy.click("[data-action=reset]").await?;
    copy.idle().await?;
    ensure!(copy.value("kernel").await? == "sobel-x" && copy.value("stride").await? == "1");
    let path = plain.split('?').next().unwrap_or(&plain).trim_start_matches(site.origin());
    let bare = "location.search === '' && location.pathname === args[0]";
    visitor.wait::<bool>("an address without settings", PATIENCE, bare, json!([path])).await?;
    Ok(())
}

#[tokio::test]
async fn a_wrong_kernel_is_named_and_the_last_right_result_stays() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = browser.widget(LAB);
    lab.ready().await?;
    lab.set("kernel", "own").await?;
    lab.set("coefficients", "0 0 0\n0 1 0\n0 0 0").await?;
    let right = lab.picture(1).await?;
    let wrong = [
        ("1 2 3\n4 x 6\n7 8 9", "x"),
        ("1 2\n3 4", "odd"),
        ("1 2 3\n4 5\n6 7 8", "row"),
        ("1/0", "1/0"),
        ("", ""),
    ];
    for (text, word) in wrong {
        lab.put("coefficients", text).await?;
        let message = lab.alert().await?;
        lab.idle().await?;
        ensure!(message.contains(word) && message.len() > 20, "{text:?}: {message}");
        ensure!(lab.picture(1).await? == right, "{text:?} changed the result");
        lab.set("coefficients", "0 0 0\n0 1 0\n0 0 0").await?;
        ensure!(lab.message().await?.is_empty(), "the message stays: {}", lab.message().await?);
    }
    lab.set("coefficients", "1/9, 1/9, 1/9\n1/9 1/9 1/9\n1/9 1/9 1/9").await?;
    ensure!(lab.message().await?.is_empty() && lab.picture(1).await? != right);
    Ok(())
}

#[tokio::test]
async fn the_lab_names_the_time_and_where_it_ran() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = browser.widget(LAB);
    lab.ready().await?;
    let cost: String = lab.read("widget.querySelector('.widget-cost').textContent").await?;
    ensure!(cost.contains("ms") && cost.contains("WASM"), "{cost}");
    Ok(())
}
