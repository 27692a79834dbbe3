//! The data set explorer, driven by hand, by keyboard alone and by links; its folders against the code of the tool.

use std::time::Duration;

use anyhow::{Context, ensure};
use catalog::Diagnosis;
use catalog::census::{self, Census};
use catalog::number::grouped;
use datasets::{Leaks, Shares, SplitPart, SplitUnit, parts};
use e2e::{Browser, Site, Widget};
use fantoccini::key::Key;
use serde_json::{Value, json};

const PAGE: &str = "images/the-data-set.html";
const EXPLORER: &str = "dataset-explorer";
/// For what takes a moment.
const PATIENCE: Duration = Duration::from_secs(20);

/// Texts below the stage, in the page's order.
async fn texts(widget: &Widget<'_>, css: &str) -> anyhow::Result<Vec<String>> {
    widget
        .read(&format!("[...widget.querySelectorAll('.widget-stage {css}')].map((e) => e.textContent)"))
        .await
}

/// Lengths of the bars of a panel, CSS pixels.
async fn bars(widget: &Widget<'_>, panel: &str) -> anyhow::Result<Vec<f64>> {
    let bars = format!("[...widget.querySelectorAll('.{panel} .explorer-bar')]");
    widget
        .read(&format!("{bars}.map((e) => e.firstChild ? e.firstChild.getBoundingClientRect().width : 0)"))
        .await
}

async fn shares(widget: &Widget<'_>) -> anyhow::Result<[String; 3]> {
    Ok([widget.value("training").await?, widget.value("validation").await?, widget.value("test").await?])
}

/// What the tool's code makes of a census: images of each folder in the tree's order, and what leaks.
fn split(name: &str, by: SplitUnit, percent: [u32; 3], seed: u64) -> anyhow::Result<(Vec<u32>, Leaks)> {
    let census = census::census(name).context("a census of the book")?;
    let items = datasets::Census { lesions_by_images: census.lesions.map(<[u32]>::to_vec) }.items();
    let [training, validation, test] = percent;
    let parts = parts(&items, Shares::new(training, validation, test)?, by, seed);
    let mut counts = vec![census.total(Census::images_of)];
    for part in SplitPart::ALL {
        let count = |diagnosis: Option<Diagnosis>| {
            let both = items.iter().zip(&parts);
            both.filter(|(item, p)| **p == part && diagnosis.is_none_or(|d| d == item.diagnosis)).count()
                as u32
        };
        counts.push(count(None));
        counts.extend(Diagnosis::ALL.map(|diagnosis| count(Some(diagnosis))));
    }
    Ok((counts, Leaks::count(&items, &parts)))
}

/// The folders on the page are those of the tool, and so are its leaks; returns the lesions in several folders.
async fn check_split(widget: &Widget<'_>, name: &str, by: SplitUnit, seed: u64) -> anyhow::Result<usize> {
    let percent = shares(widget).await?.map(|share| share.parse().unwrap_or_default());
    let (counts, leaks) = split(name, by, percent, seed)?;
    let expected: Vec<String> =
        counts.into_iter().map(|count| format!("{} images", grouped(count))).collect();
    let found = texts(widget, ".folder-images").await?;
    ensure!(found == expected, "{name}: found {found:?}, expected {expected:?}");
    let verdict = texts(widget, ".explorer-verdict").await?.concat();
    let sum = |counts: [usize; 8]| counts.iter().sum::<usize>();
    let (torn, seen) = (sum(leaks.lesions), sum(leaks.seen));
    let [torn_words, seen_words, test_words] =
        [torn, seen, sum(leaks.test)].map(|count| grouped(count as u32));
    ensure!(
        verdict.starts_with(&format!("{torn_words} of "))
            && verdict.contains(&format!(" {seen_words} of {test_words} test images")),
        "{verdict}: expected {torn_words}, {seen_words} and {test_words}"
    );
    let of_each: Vec<String> = texts(widget, ".explorer-folders .explorer-table td:last-child").await?;
    ensure!(of_each == leaks.lesions.map(|count| grouped(count as u32)), "{of_each:?}");
    Ok(torn)
}

#[tokio::test]
async fn bars_are_as_long_as_the_counts_and_the_logarithmic_ones_as_their_digits() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(EXPLORER);
    widget.ready().await?;
    let isic = census::census("isic-2019").context("the census of ISIC 2019")?;
    let counts = Diagnosis::ALL.map(|diagnosis| f64::from(isic.images_of(diagnosis)));
    ensure!(texts(&widget, ".explorer-counts tr td:nth-child(3)").await?.contains(&"12,875".to_owned()));
    let linear = bars(&widget, "explorer-counts").await?;
    let [mel, nv] = [0, 1].map(|index| linear[index] / counts[index]);
    // A pixel of a bar of a few hundred.
    ensure!(linear.len() == 8 && (mel / nv - 1.0).abs() < 0.01, "{linear:?}");
    widget.set("axis", "logarithmic").await?;
    let logarithmic = bars(&widget, "explorer-counts").await?;
    let per_digit: Vec<f64> =
        logarithmic.iter().zip(counts).map(|(bar, count)| bar / count.log10()).collect();
    let even = per_digit.iter().all(|length| (length / per_digit[1] - 1.0).abs() < 0.02);
    ensure!(even && logarithmic[5] > 4.0 * linear[5], "{per_digit:?}, {linear:?}");
    let ticks = texts(&widget, ".explorer-axis span").await?;
    ensure!(ticks == ["1", "10", "100", "1,000", "10,000", "100,000"], "{ticks:?}");
    widget.set("data", "synthetic").await?;
    let title = texts(&widget, ".explorer-counts .explorer-title").await?.concat();
    ensure!(title.contains("6,400 images of 3,767 lesions"), "{title}");
    Ok(())
}

#[tokio::test]
async fn by_image_lesions_leak_and_by_lesion_none_as_the_tool_splits() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(&format!("{PAGE}?{EXPLORER}.show=folders"))).await?;
    let widget = browser.widget(EXPLORER);
    widget.ready().await?;
    for name in census::CENSUSES.iter().map(|census| census.name) {
        widget.set("data", name).await?;
        widget.set("by", "lesion").await?;
        ensure!(check_split(&widget, name, SplitUnit::Lesion, 2019).await? == 0, "{name} leaks");
        widget.set("by", "image").await?;
        ensure!(check_split(&widget, name, SplitUnit::Image, 2019).await? > 100, "{name} hardly leaks");
    }
    widget.set("seed", "7").await?;
    widget.set("training", "50").await?;
    check_split(&widget, "synthetic", SplitUnit::Image, 7).await?;
    let readout = "widget.querySelector('.widget-readout').textContent.includes('Split by image, 50 : 29 : 21, seed 7')";
    widget.wait::<bool>("the readout", PATIENCE, readout).await?;
    Ok(())
}

#[tokio::test]
async fn three_sliders_keep_the_sum_by_keyboard_alone() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(EXPLORER);
    widget.ready().await?;
    let path = browser.script::<String>("return location.pathname", Value::Null).await?;
    browser.tab_to(&widget.control("show")).await?;
    // To the last of three views; the sliders appear.
    browser.keys(&[char::from(Key::Down); 2]).await?;
    widget.idle().await?;
    ensure!(widget.value("show").await? == "folders");
    browser.tab_to(&widget.control("training")).await?;
    browser.keys(&[char::from(Key::Right); 5]).await?;
    widget.idle().await?;
    // 30 is left for 20 : 15, which is 17.1 : 12.9.
    ensure!(shares(&widget).await? == ["70", "17", "13"], "{:?}", shares(&widget).await?);
    browser.keys(&[char::from(Key::End)]).await?;
    widget.idle().await?;
    ensure!(shares(&widget).await? == ["100", "0", "0"], "{:?}", shares(&widget).await?);
    let verdict = texts(&widget, ".explorer-verdict").await?.concat();
    ensure!(verdict.contains("No test image shows MEL"), "{verdict}");
    widget.set("training", "65").await?;
    ensure!(shares(&widget).await? == ["65", "20", "15"], "the way back: {:?}", shares(&widget).await?);
    ensure!(
        browser.script::<String>("return location.pathname", Value::Null).await? == path,
        "the page was turned"
    );
    Ok(())
}

#[tokio::test]
async fn percentages_of_a_link_that_do_not_sum_to_a_hundred_are_refused_with_words() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(&format!("{PAGE}?{EXPLORER}.show=folders&{EXPLORER}.training=80"))).await?;
    let widget = browser.widget(EXPLORER);
    widget.ready().await?;
    let words = widget.alert().await?;
    ensure!(words.contains("add up to 100 %, not 115 %"), "{words}");
    ensure!(shares(&widget).await? == ["65", "20", "15"], "{:?}", shares(&widget).await?);
    check_split(&widget, "isic-2019", SplitUnit::Lesion, 2019).await?;
    widget.set("test", "30").await?;
    ensure!(widget.message().await?.is_empty(), "{}", widget.message().await?);
    browser.open(&site.url(&format!("{PAGE}?{EXPLORER}.data=nothing&{EXPLORER}.training=abc"))).await?;
    let widget = browser.widget(EXPLORER);
    widget.ready().await?;
    let words = widget.alert().await?;
    ensure!(words.contains("isic-2019") && words.contains("nothing") && words.contains("abc"), "{words}");
    Ok(())
}

#[tokio::test]
async fn the_gallery_draws_the_generators_lesions_and_goes_on_with_the_next_seeds() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(&format!("{PAGE}?{EXPLORER}.show=gallery&{EXPLORER}.diagnosis=vasc"))).await?;
    let widget = browser.widget(EXPLORER);
    widget.ready().await?;
    let pixels = "[...widget.querySelectorAll('canvas')].map((c) => [...c.getContext('2d').getImageData(60, 60, 1, 1).data])";
    let expected = |seed: u64| {
        let lesion = lesions::draw_sample(Diagnosis::Vasc, seed, 128, 128);
        let at = (60 * 128 + 60) * 3;
        [lesion[at], lesion[at + 1], lesion[at + 2], 255]
    };
    // Another diagnosis than the first begins with seeds of its own.
    let first: u64 = widget.value("first").await?.parse()?;
    ensure!(first > 10_000, "{first}");
    let found: Vec<[u8; 4]> = widget.read(pixels).await?;
    ensure!(found == (first..first + 12).map(expected).collect::<Vec<_>>(), "{found:?}");
    widget.click("[name=draw-more]").await?;
    widget.idle().await?;
    ensure!(widget.value("first").await? == (first + 12).to_string(), "{}", widget.value("first").await?);
    let found: Vec<[u8; 4]> = widget.read(pixels).await?;
    ensure!(found == (first + 12..first + 24).map(expected).collect::<Vec<_>>(), "{found:?}");
    let one = widget.picture(1).await?;
    widget.set("pictures", "views").await?;
    ensure!(widget.picture(1).await? != one, "twelve pictures of one lesion look like twelve lesions");
    let captions = texts(&widget, ".explorer-sheet span").await?;
    ensure!(captions[11] == "picture 12", "{captions:?}");
    Ok(())
}

#[tokio::test]
async fn a_link_brings_back_the_folders_and_reset_the_text_s_example() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(EXPLORER);
    widget.ready().await?;
    let settings =
        [("show", "folders"), ("data", "ham10000"), ("by", "image"), ("test", "40"), ("seed", "5")];
    for (control, value) in settings {
        widget.set(control, value).await?;
        let setting = json!([format!("{EXPLORER}.{control}={value}")]);
        browser
            .wait::<bool>("a setting in the address", PATIENCE, "location.search.includes(args[0])", setting)
            .await?;
    }
    let (link, shown) = (browser.address().await?, texts(&widget, ".folder-images").await?);

    let visitor = Browser::start().await?;
    visitor.open(&link).await?;
    let copy = visitor.widget(EXPLORER);
    copy.ready().await?;
    ensure!(copy.message().await?.is_empty(), "{}", copy.message().await?);
    ensure!(texts(&copy, ".folder-images").await? == shown, "the same link shows other folders");
    copy.click("[data-action=reset]").await?;
    copy.idle().await?;
    ensure!(copy.value("show").await? == "counts" && shares(&copy).await? == ["65", "20", "15"]);
    Ok(())
}
