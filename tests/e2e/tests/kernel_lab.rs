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

/// The numbers that are in the panel of the arithmetic, and the sum below them.
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
        ("dilation", "2"),
        ("flip", "true"),
        ("show", "six"),
        ("padding-width", "5"),
        ("pace", "rows"),
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

/// How many pixels of the result the reader sees: those before the veil.
async fn revealed(lab: &Widget<'_>) -> anyhow::Result<u32> {
    let inside = "((canvas, veil) => {
        if (getComputedStyle(veil).display === 'none') return canvas.width * canvas.height;
        // The hole begins after the veil's own five corners: its first corner, the right end, the row reached, the pixel reached.
        const corners = veil.style.clipPath.match(/-?[0-9.]+%/g).map(parseFloat).slice(10);
        const [left, top, right, , , row, here] = corners;
        const columns = (share) => Math.round(share / 100 * canvas.width);
        const rows = (share) => Math.round(share / 100 * canvas.height);
        return rows(row - top) * columns(right - left) + columns(here - left);
      })(widget.querySelector('.lab-result canvas'), widget.querySelector('.lab-result .stage-veil'))";
    lab.read(inside).await
}

/// The pixel that the panel of the arithmetic speaks of, `column, row`.
async fn place(lab: &Widget<'_>) -> anyhow::Result<String> {
    lab.read("widget.querySelector('.arithmetic-title').textContent.match(/column (\\d+), row (\\d+)/).slice(1).join()").await
}

#[tokio::test]
async fn the_window_slides_step_by_step_by_keyboard_alone() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    // 224 / 8 = 28 stops in a row.
    browser.open(&site.url(&format!("{PAGE}?kernel-lab.stride=8"))).await?;
    let lab = browser.widget(LAB);
    lab.ready().await?;
    ensure!(revealed(&lab).await? == 28 * 28, "at first all of the result is there");
    lab.set("pace", "fast").await?;

    browser.tab_to(&lab.control("play")).await?;
    browser.keys(&[key(Key::Enter)]).await?;
    lab.wait::<bool>(
        "the button says pause",
        PATIENCE,
        "widget.querySelector('[name=play]').textContent === 'Pause'",
    )
    .await?;
    lab.wait::<bool>(
        "a few stops",
        PATIENCE,
        "!/row 0:/.test(widget.querySelector('.arithmetic-title').textContent)",
    )
    .await?;
    browser.keys(&[key(Key::Enter)]).await?;
    lab.wait::<bool>(
        "the button says play",
        PATIENCE,
        "widget.querySelector('[name=play]').textContent === 'Play'",
    )
    .await?;
    let far = revealed(&lab).await?;
    ensure!(far > 28 && far < 28 * 28, "{far} pixels of {}", 28 * 28);
    let stop = place(&lab).await?;
    ensure!(stop == format!("{},{}", (far - 1) % 28, (far - 1) / 28), "the window is at {stop} of {far}");

    browser.tab_to(&lab.control("step-forward")).await?;
    browser.keys(&[key(Key::Enter), key(Key::Enter)]).await?;
    ensure!(revealed(&lab).await? == far + 2);
    // A products' sum at every stop.
    let arithmetic = Arithmetic::read(&lab).await?;
    let sum: f64 = arithmetic.products.iter().sum();
    ensure!((sum - arithmetic.sum).abs() < 0.01, "{sum}, not {}", arithmetic.sum);
    lab.click("[name='step-back']").await?;
    ensure!(revealed(&lab).await? == far + 1);

    lab.set("pace", "rows").await?;
    lab.click("[name='step-forward']").await?;
    ensure!(revealed(&lab).await? % 28 == 0, "a step is a row: {}", revealed(&lab).await?);
    lab.click("[name='play']").await?;
    let whole = "getComputedStyle(widget.querySelector('.lab-result .stage-veil')).display === 'none'";
    lab.wait::<bool>("the end", PATIENCE, whole).await?;
    ensure!(place(&lab).await? == "27,27", "it ends at {}", place(&lab).await?);
    ensure!(lab.read::<String>("widget.querySelector('[name=play]').textContent").await? == "Play");
    lab.click("[name='step-back']").await?;
    ensure!(revealed(&lab).await? < 28 * 28);
    lab.click("[name='whole']").await?;
    ensure!(revealed(&lab).await? == 28 * 28);
    Ok(())
}

#[tokio::test]
async fn at_its_default_pace_the_window_reads_a_patch_where_there_is_something_and_then_all()
-> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = browser.widget(LAB);
    lab.ready().await?;
    // At first the reader looks where the result is strongest.
    let [column, row]: [u32; 2] = lab
        .read("widget.querySelector('.arithmetic-title').textContent.match(/column (\\d+), row (\\d+)/).slice(1).map(Number)")
        .await?;
    lab.click("[name='play']").await?;
    let seen = lab
        .wait::<String>("the first stops", PATIENCE, "widget.querySelector('.arithmetic-title').textContent")
        .await?;
    let inside = format!(
        "(([column, row]) => Math.abs(column - {column}) <= 6 && Math.abs(row - {row}) <= 3)
         (widget.querySelector('.arithmetic-title').textContent.match(/column (\\d+), row (\\d+)/).slice(1).map(Number))"
    );
    ensure!(lab.read::<bool>(&inside).await?, "it begins elsewhere: {seen}, not near {column}, {row}");
    ensure!(revealed(&lab).await? <= 72, "more than a patch is there");
    let whole = "widget.querySelector('[name=play]').textContent === 'Play'
        && getComputedStyle(widget.querySelector('.lab-result .stage-veil')).display === 'none'";
    lab.wait::<bool>("the end", Duration::from_secs(25), whole).await?;
    ensure!(place(&lab).await? == "223,223", "it ends at {}", place(&lab).await?);
    Ok(())
}

#[tokio::test]
async fn where_less_motion_is_asked_for_nothing_plays_by_itself() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let features = json!([{ "name": "prefers-reduced-motion", "value": "reduce" }]);
    browser.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = browser.widget(LAB);
    lab.ready().await?;
    lab.click("[name='play']").await?;
    lab.wait::<bool>(
        "the reason",
        PATIENCE,
        "/reduced motion/.test(widget.querySelector('.widget-readout').textContent)",
    )
    .await?;
    ensure!(revealed(&lab).await? == 1, "it played to {}", revealed(&lab).await?);
    lab.click("[name='step-forward']").await?;
    ensure!(revealed(&lab).await? == 2);
    Ok(())
}

#[tokio::test]
async fn all_six_kernels_stand_side_by_side_and_one_is_brought_to_the_front() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = browser.widget(LAB);
    lab.ready().await?;
    let visible = "widget.querySelector('.lab-six').getClientRects().length";
    ensure!(lab.read::<u32>(visible).await? == 0, "the six are there unasked");
    lab.set("show", "six").await?;
    let six: Vec<String> =
        lab.read("[...widget.querySelectorAll('.lab-six canvas')].map((c) => c.toDataURL())").await?;
    let mut different = six.clone();
    different.sort();
    different.dedup();
    ensure!(different.len() == 6, "{} different pictures", different.len());
    // The fifth is Sobel x, which is large; choose the fourth.
    ensure!(six[4] == lab.picture(1).await?, "the large one is not among the six");
    lab.click(".lab-six button:nth-child(4)").await?;
    lab.idle().await?;
    ensure!(lab.value("kernel").await? == "laplacian", "kernel is {}", lab.value("kernel").await?);
    ensure!(six[3] == lab.picture(1).await?, "the large one is another than the one pressed");
    ensure!(
        lab.read::<String>("widget.querySelector('.lab-six [aria-pressed=true] span').textContent").await?
            == "Laplacian 3 × 3"
    );
    lab.set("dilation", "4").await?;
    let changed: Vec<String> =
        lab.read("[...widget.querySelectorAll('.lab-six canvas')].map((c) => c.toDataURL())").await?;
    ensure!(changed.iter().zip(&six).all(|(new, old)| new != old), "the six do not follow the dilation");
    Ok(())
}

#[tokio::test]
async fn a_turned_sobel_kernel_swaps_the_signs_and_a_turned_laplacian_changes_nothing() -> anyhow::Result<()>
{
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = browser.widget(LAB);
    lab.ready().await?;
    let before = Arithmetic::read(&lab).await?;
    lab.set("flip", "true").await?;
    let turned = Arithmetic::read(&lab).await?;
    ensure!((before.sum + turned.sum).abs() < 0.01, "{} became {}", before.sum, turned.sum);
    lab.set("kernel", "laplacian").await?;
    let laplacian = lab.picture(1).await?;
    lab.set("flip", "false").await?;
    ensure!(lab.picture(1).await? == laplacian, "the Laplacian is not the same from both sides");
    Ok(())
}

#[tokio::test]
async fn dilation_stride_and_padding_give_the_size_that_the_formula_says() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = browser.widget(LAB);
    lab.ready().await?;
    // (224 + 2 p − 3 − 2 (d − 1)) / s + 1, rounded down.
    for (stride, dilation, padding, width, size) in
        [("1", "4", "none", "keep", 216), ("2", "3", "zero", "1", 110), ("3", "2", "reflect", "keep", 75)]
    {
        lab.set("stride", stride).await?;
        lab.set("dilation", dilation).await?;
        lab.set("padding", padding).await?;
        lab.set("padding-width", width).await?;
        let shown: [u32; 2] =
            lab.read("((c) => [c.width, c.height])(widget.querySelector('.lab-result canvas'))").await?;
        ensure!(shown == [size; 2], "{shown:?} instead of {size}");
        let words: String = lab.read("widget.querySelector('.lab-size').textContent").await?;
        ensure!(
            words.contains(&format!("{size}. In words"))
                && words.ends_with(&format!("gives {size} results.")),
            "{words}"
        );
    }
    Ok(())
}
