//! The reader's own file: shown as any viewer shows it, or refused in words, and the page goes on.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, ensure};
use e2e::{Browser, Site, Widget};
use serde::Deserialize;
use serde_json::{Value, json};

const PAGE: &str = "images/convolution.html";

/// Pixels that Pillow reads from a picture of `tests/golden/images`.
#[derive(Deserialize)]
struct Golden {
    width: u32,
    height: u32,
    tolerance: u8,
    hex: String,
}

impl Golden {
    fn pixels(&self) -> anyhow::Result<Vec<u8>> {
        let digits = self.hex.as_bytes().chunks(2);
        digits.map(|pair| Ok(u8::from_str_radix(std::str::from_utf8(pair)?, 16)?)).collect()
    }
}

fn golden() -> PathBuf {
    e2e::root().join("tests/golden")
}

/// Gives the widget a file, as the file dialog would.
async fn choose(browser: &Browser, lab: &Widget<'_>, file: &Path) -> anyhow::Result<()> {
    browser.type_into(&lab.control("own-image"), &file.to_string_lossy()).await
}

async fn lab(browser: &Browser) -> anyhow::Result<Widget<'_>> {
    let lab = browser.widget("kernel-lab");
    lab.ready().await?;
    lab.set("channels", "colour").await?;
    Ok(lab)
}

/// Size and RGB pixels of the image on the stage.
async fn shown(lab: &Widget<'_>) -> anyhow::Result<(u32, u32, Vec<u8>)> {
    lab.read(
        "((c) => [c.width, c.height,
            [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((_, i) => i % 4 < 3)])
         (widget.querySelector('.lab-input canvas'))",
    )
    .await
}

#[tokio::test]
async fn every_kind_of_picture_is_shown_as_other_programs_show_it() -> anyhow::Result<()> {
    let text = std::fs::read_to_string(golden().join("images_pillow.json"))?;
    let file: Value = serde_json::from_str(&text)?;
    let images: std::collections::BTreeMap<String, Golden> = serde_json::from_value(file["images"].clone())?;
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = lab(&browser).await?;
    for (name, golden_image) in &images {
        // Back to a drawing, so that it is seen when the new picture is there.
        lab.set("image", "mel").await?;
        choose(&browser, &lab, &golden().join("images").join(name)).await?;
        lab.wait::<bool>(
            "the own image",
            Duration::from_secs(30),
            "widget.querySelector('[name=image]:checked').value === 'own'",
        )
        .await
        .with_context(|| name.clone())?;
        lab.idle().await?;
        let (width, height, pixels) = shown(&lab).await?;
        ensure!((width, height) == (golden_image.width, golden_image.height), "{name} is {width} × {height}");
        let expected = golden_image.pixels()?;
        let worst = pixels.iter().zip(&expected).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(u8::MAX);
        // The browser has a JPEG and a WebP decoder of its own, whose rounding differs by a step or two more.
        let tolerance = if golden_image.tolerance == 0 { 0 } else { golden_image.tolerance + 4 };
        ensure!(worst <= tolerance, "{name} differs by {worst}, more than {tolerance}");
    }
    ensure!(images.len() > 20, "only {} pictures", images.len());
    Ok(())
}

#[tokio::test]
async fn a_file_that_is_no_picture_is_refused_in_words_and_the_page_goes_on() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let png = std::fs::read(golden().join("images/rgb.png"))?;
    let jpeg = std::fs::read(golden().join("images/rgb.jpg"))?;
    let mut corrupt = jpeg.clone();
    for byte in &mut corrupt[20..200] {
        *byte = 0x5a;
    }
    let bad: [(&str, Vec<u8>, &str); 7] = [
        ("empty.png", Vec::new(), "empty"),
        ("letter.jpg", b"Dear reader, this is not a picture at all.".to_vec(), "not"),
        ("page.png", b"<!doctype html><title>x</title>".to_vec(), "not"),
        ("cut.png", png[..png.len() / 2].to_vec(), ""),
        ("cut.jpg", jpeg[..30].to_vec(), ""),
        ("corrupt.jpg", corrupt, ""),
        ("huge.png", huge_png(), "20000"),
    ];
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = lab(&browser).await?;
    let before = lab.picture(0).await?;
    for (name, bytes, word) in bad {
        let path = folder.path().join(name);
        std::fs::write(&path, bytes)?;
        choose(&browser, &lab, &path).await?;
        let message = lab.alert().await.with_context(|| name.to_owned())?;
        lab.idle().await?;
        let plain = message.replace(['\u{202f}', '\u{a0}', ' ', ','], "");
        ensure!(message.len() > 30 && plain.to_lowercase().contains(word), "{name}: {message}");
        ensure!(lab.picture(0).await? == before, "{name} changed the picture");
        // The page goes on: another setting works, and the message goes with the next good picture.
        lab.set("stride", "2").await?;
        lab.set("stride", "1").await?;
        lab.set("image", "nv").await?;
        ensure!(lab.message().await?.is_empty(), "{name}: the message stays: {}", lab.message().await?);
        lab.set("image", "mel").await?;
        ensure!(lab.attribute("data-state").await?.as_deref() == Some("ready"), "{name} stopped the widget");
    }
    Ok(())
}

#[tokio::test]
async fn an_own_picture_never_leaves_the_page() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = lab(&browser).await?;
    site.take_requests();
    browser.requests().await?;
    choose(&browser, &lab, &golden().join("images/rgb.jpg")).await?;
    lab.wait::<bool>(
        "the own image",
        Duration::from_secs(30),
        "widget.querySelector('[name=image]:checked').value === 'own'",
    )
    .await?;
    lab.idle().await?;
    let asked = browser.requests().await?;
    // A browser asks for the site's icon when it likes; nothing of a picture is in that address.
    let is_icon = |url: &str| e2e::is_a(url, "png") && url.contains("/favicon-");
    let outward: Vec<_> = asked
        .iter()
        .filter(|url| !url.starts_with("blob:") && !url.starts_with("data:") && !is_icon(url))
        .collect();
    let served: Vec<_> = site.take_requests().into_iter().filter(|path| !is_icon(path)).collect();
    ensure!(outward.is_empty() && served.is_empty(), "asked for {outward:?}, {served:?}");
    ensure!(browser.strangers().is_empty(), "{:?}", browser.strangers());
    ensure!(!browser.address().await?.contains("own"), "the address speaks of the own image");
    Ok(())
}

#[tokio::test]
async fn a_picture_can_be_dropped_and_pasted() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = lab(&browser).await?;
    let bytes = std::fs::read(golden().join("images/rgb.png"))?;
    for kind in ["drop", "paste"] {
        lab.set("image", "mel").await?;
        let body = "const transfer = new DataTransfer();
            transfer.items.add(new File([new Uint8Array(arguments[2])], 'own.png', { type: 'image/png' }));
            const section = document.getElementById(arguments[0]);
            section.querySelector('[name=image]').focus();
            section.dispatchEvent(arguments[1] === 'drop'
              ? new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: transfer })
              : new ClipboardEvent('paste', { bubbles: true, cancelable: true, clipboardData: transfer }));";
        browser.script::<()>(body, json!(["kernel-lab", kind, bytes])).await?;
        lab.wait::<bool>(
            kind,
            Duration::from_secs(30),
            "widget.querySelector('[name=image]:checked').value === 'own'",
        )
        .await?;
        lab.idle().await?;
        let (width, height, _) = shown(&lab).await?;
        ensure!((width, height) == (24, 16), "{kind}: {width} × {height}");
    }
    Ok(())
}

/// Pixels of the first picture of every widget that takes an image, by page and widget; the classifier's on request.
async fn everywhere(browser: &Browser, site: &Site) -> anyhow::Result<Vec<(String, String, String)>> {
    let mut all = Vec::new();
    for page in Site::pages()? {
        let html = std::fs::read_to_string(Site::folder().join(&page))?;
        if !html.contains("name=\"image\"") {
            continue;
        }
        browser.open(&site.url(&page)).await?;
        let ids: Vec<String> = browser
            .script(
                "return [...document.querySelectorAll('section.widget')]
                   .filter((s) => s.querySelector('[name=image]')).map((s) => s.id)",
                Value::Null,
            )
            .await?;
        for id in ids {
            let widget = browser.widget(&id);
            widget.ready().await?;
            all.push((page.clone(), id.clone(), widget.value("image").await?));
        }
    }
    Ok(all)
}

#[tokio::test]
async fn the_chosen_image_stays_chosen_in_every_widget_of_every_chapter() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let lab = lab(&browser).await?;
    choose(&browser, &lab, &golden().join("images/rgb.png")).await?;
    let own = "widget.querySelector('[name=image]:checked').value === 'own'";
    lab.wait::<bool>("the own image", Duration::from_secs(30), own).await?;
    lab.idle().await?;
    let pixels = shown(&lab).await?;

    let seen = everywhere(&browser, &site).await?;
    ensure!(seen.len() >= 3, "only {seen:?}");
    ensure!(seen.iter().all(|(.., image)| image == "own"), "{seen:?}");
    // The same pixels, and the name of the reader's file, in the chapter before.
    browser.open(&site.url("images/images-are-numbers.html")).await?;
    let inspector = browser.widget("pixel-inspector");
    inspector.ready().await?;
    let again: (u32, u32, Vec<u8>) = inspector
        .read(
            "((c) => [c.width, c.height,
                [...c.getContext('2d').getImageData(0, 0, c.width, c.height).data].filter((_, i) => i % 4 < 3)])
             (widget.querySelector('.pixel-input canvas'))",
        )
        .await?;
    ensure!(again == pixels, "other pixels after navigation");
    let caption: String =
        inspector.read("widget.querySelector('.pixel-input figcaption').textContent").await?;
    ensure!(caption.contains("rgb.png"), "{caption}");

    // A drawn lesion chosen there goes along as well.
    inspector.set("image", "vasc").await?;
    let seen = everywhere(&browser, &site).await?;
    ensure!(seen.iter().all(|(.., image)| image == "vasc"), "{seen:?}");
    Ok(())
}

/// A PNG whose header promises 20,000 × 20,000 pixels and whose data are a few.
fn huge_png() -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut header = Vec::new();
    header.extend(20_000_u32.to_be_bytes());
    header.extend(20_000_u32.to_be_bytes());
    // Eight bits, RGB, the only compression, the only filter, not interlaced.
    header.extend([8, 2, 0, 0, 0]);
    chunk(&mut png, *b"IHDR", &header);
    // zlib's empty stream.
    chunk(&mut png, *b"IDAT", &[0x78, 0x9c, 0x03, 0, 0, 0, 0, 1]);
    chunk(&mut png, *b"IEND", &[]);
    png
}

fn chunk(png: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    png.extend((data.len() as u32).to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&kind);
    crc.update(data);
    png.extend(kind);
    png.extend(data);
    png.extend(crc.sum().to_be_bytes());
}
