//! The pixel inspector, driven by mouse, by keyboard alone and by links; its numbers against native code.

use std::time::Duration;

use anyhow::{Context, ensure};
use catalog::widget::SAMPLES;
use e2e::{Browser, Site, Widget};
use fantoccini::key::Key;
use serde_json::{Value, json};

const PAGE: &str = "images/images-are-numbers.html";
const INSPECTOR: &str = "pixel-inspector";
/// For what takes a moment.
const PATIENCE: Duration = Duration::from_secs(20);

/// The numbers of the window, row by row.
async fn numbers(widget: &Widget<'_>) -> anyhow::Result<Vec<String>> {
    widget.read("[...widget.querySelectorAll('.pixel-values .kernel-cell')].map((e) => e.textContent)").await
}

/// Where the window begins, by the form.
async fn corner(widget: &Widget<'_>) -> anyhow::Result<[u32; 2]> {
    Ok([widget.value("column").await?.parse()?, widget.value("row").await?.parse()?])
}

#[tokio::test]
async fn the_window_shows_the_numbers_of_the_picture() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(INSPECTOR);
    widget.ready().await?;
    let [left, top] = corner(&widget).await?;
    let pixels = lesions::draw_sample(SAMPLES[0].diagnosis, SAMPLES[0].seed, 224, 224);
    for (channel, name) in ["red", "green", "blue"].into_iter().enumerate() {
        widget.set("channel", name).await?;
        let expected: Vec<String> = (top..top + 10)
            .flat_map(|y| (left..left + 10).map(move |x| ((y * 224 + x) * 3) as usize + channel))
            .map(|at| pixels[at].to_string())
            .collect();
        ensure!(numbers(&widget).await? == expected, "{name}: {:?}", numbers(&widget).await?);
    }
    widget.set("channel", "green-red").await?;
    ensure!(numbers(&widget).await?.iter().all(|text| text.replace('−', "-").parse::<i32>().is_ok()));
    Ok(())
}

#[tokio::test]
async fn the_mouse_moves_the_window() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(INSPECTOR);
    widget.ready().await?;
    let before = numbers(&widget).await?;
    let canvas = "widget.querySelector('.pixel-input canvas')";
    widget
        .read::<Value>(&format!("{canvas}.scrollIntoView({{ block: 'center', behavior: 'instant' }})"))
        .await?;
    let middle =
        format!("((b) => [b.left + b.width / 2, b.top + b.height / 2])({canvas}.getBoundingClientRect())");
    let [x, y]: [f64; 2] = widget.read(&middle).await?;
    browser.click_at(x, y).await?;
    widget.idle().await?;
    // The middle is pixel 112; five of the window's ten lie before it. A pixel of the screen is less than one of it.
    let [column, row] = corner(&widget).await?;
    ensure!(column.abs_diff(107) <= 1 && row.abs_diff(107) <= 1, "the window begins at {column}, {row}");
    ensure!(numbers(&widget).await? != before, "the numbers stay");
    widget
        .wait::<bool>(
            "the readout",
            PATIENCE,
            &format!(
                "widget.querySelector('.widget-readout').textContent.includes('column {column}, row {row}')"
            ),
        )
        .await?;
    Ok(())
}

#[tokio::test]
async fn the_keyboard_alone_moves_the_window_to_the_edge_and_no_further() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(INSPECTOR);
    widget.ready().await?;
    let path = browser.script::<String>("return location.pathname", Value::Null).await?;
    let [left, top] = corner(&widget).await?;
    let selector = widget.css(".pixel-input canvas");
    let mut reached = false;
    for _ in 0..120 {
        reached = browser
            .script("return document.activeElement.matches(arguments[0])", json!([selector]))
            .await
            .context("no active element")?;
        if reached {
            break;
        }
        browser.keys(&[char::from(Key::Tab)]).await?;
    }
    ensure!(reached, "Tab does not reach the picture");
    browser.keys(&[char::from(Key::Right), char::from(Key::Down), char::from(Key::Down)]).await?;
    widget.idle().await?;
    ensure!(corner(&widget).await? == [left + 1, top + 2], "{:?}", corner(&widget).await?);
    browser.keys(&[char::from(Key::Left); 2]).await?;
    widget.idle().await?;
    ensure!(corner(&widget).await? == [left - 1, top + 2], "{:?}", corner(&widget).await?);
    widget.set("column", "500").await?;
    browser.script::<()>("document.querySelector(arguments[0]).focus()", json!([selector])).await?;
    browser.keys(&[char::from(Key::Right)]).await?;
    widget.idle().await?;
    ensure!(widget.value("column").await? == "214", "column {}", widget.value("column").await?);
    ensure!(
        browser.script::<String>("return location.pathname", Value::Null).await? == path,
        "the page was turned"
    );
    Ok(())
}

#[tokio::test]
async fn the_sliders_end_where_the_window_reaches_the_pictures_edge() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(INSPECTOR);
    widget.ready().await?;
    let ends = "['column', 'row'].flatMap((n) => [`[name=${n}]`, `[data-twin=${n}]`])
        .map((s) => Number(widget.querySelector(s).max))";
    ensure!(widget.read::<[u32; 4]>(ends).await? == [214; 4], "{:?}", widget.read::<[u32; 4]>(ends).await?);
    let small = e2e::root().join("tests/golden/images/rgb.png");
    browser.type_into(&widget.control("own-image"), &small.to_string_lossy()).await?;
    widget.own_image_chosen().await?;
    widget.idle().await?;
    // 24 × 16 pixels leave 14 columns and 6 rows.
    ensure!(
        widget.read::<[u32; 4]>(ends).await? == [14, 14, 6, 6],
        "{:?}",
        widget.read::<[u32; 4]>(ends).await?
    );
    ensure!(corner(&widget).await? == [14, 6], "{:?}", corner(&widget).await?);
    Ok(())
}

#[tokio::test]
async fn the_histogram_counts_the_numbers_of_picture_and_window() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(INSPECTOR);
    widget.ready().await?;
    let [left, top] = corner(&widget).await?;
    let pixels = lesions::draw_sample(SAMPLES[0].diagnosis, SAMPLES[0].seed, 224, 224);
    let most = |numbers: Vec<u8>| {
        // 64 equal parts of 0 to 255, the first of equals.
        let mut counts = [0_u32; 64];
        for n in numbers {
            counts[((f32::from(n) / 255.0 * 64.0) as usize).min(63)] += 1;
        }
        let (bin, _) = counts.iter().enumerate().rev().max_by_key(|(_, count)| **count).unwrap_or((0, &0));
        let end = |bin: usize| format!("{:.1}", bin as f32 * 255.0 / 64.0).trim_end_matches(".0").to_owned();
        format!("between {} and {}", end(bin), end(bin + 1))
    };
    let window = (top..top + 10).flat_map(|y| (left..left + 10).map(move |x| ((y * 224 + x) * 3) as usize));
    let expected = format!(
        "The commonest values of the picture are {}, of the window {}.",
        most(pixels.iter().step_by(3).copied().collect()),
        most(window.map(|at| pixels[at]).collect())
    );
    let words: String = widget.read("widget.querySelector('.pixel-histogram canvas').ariaLabel").await?;
    ensure!(words.ends_with(&expected), "{words}; expected {expected}");
    let before: String = widget.read("widget.querySelector('.pixel-histogram canvas').toDataURL()").await?;
    widget.set("channel", "blue").await?;
    ensure!(
        widget.read::<String>("widget.querySelector('.pixel-histogram canvas').toDataURL()").await? != before
    );
    Ok(())
}

#[tokio::test]
async fn a_link_brings_back_the_window_and_reset_the_text_s_example() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(INSPECTOR);
    widget.ready().await?;
    let first = numbers(&widget).await?;
    let settings = [
        ("image", "nv"),
        ("seed", "7"),
        ("channel", "lightness"),
        ("tint", "false"),
        ("column", "60"),
        ("row", "61"),
    ];
    for (control, value) in settings {
        widget.set(control, value).await?;
    }
    for (control, value) in settings {
        let setting = json!([format!("{INSPECTOR}.{control}={value}")]);
        browser
            .wait::<bool>("a setting in the address", PATIENCE, "location.search.includes(args[0])", setting)
            .await?;
    }
    let (link, shown) = (browser.address().await?, numbers(&widget).await?);

    let visitor = Browser::start().await?;
    visitor.open(&link).await?;
    let copy = visitor.widget(INSPECTOR);
    copy.ready().await?;
    for (control, value) in settings {
        ensure!(copy.value(control).await? == value, "{control} is {}", copy.value(control).await?);
    }
    ensure!(numbers(&copy).await? == shown, "the same link shows other numbers");
    copy.click("[data-action=reset]").await?;
    copy.idle().await?;
    ensure!(numbers(&copy).await? == first, "reset shows other numbers than the text's example");
    Ok(())
}
