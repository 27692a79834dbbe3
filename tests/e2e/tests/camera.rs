//! The reader's camera as an image: taken, stopped, let go, refused in words, and never seen by anybody else.

use std::time::Duration;

use anyhow::ensure;
use e2e::{Browser, Camera, Options, Site, Widget};
use fantoccini::key::Key;
use serde_json::Value;

const PAGE: &str = "images/images-are-numbers.html";
const INSPECTOR: &str = "pixel-inspector";
/// For what takes a moment.
const PATIENCE: Duration = Duration::from_secs(20);
/// Remembers every stream that the page is given.
const WATCH: &str = "window.streams = [];
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {
      const stream = await ask(wanted);
      window.streams.push(stream);
      return stream;
    };";
/// Whether the live picture has come.
const LIVE: &str =
    "((v) => v && v.videoWidth > 0 && v.srcObject.active)(widget.querySelector('.camera video'))";
/// Whether no camera runs, and none is shown.
const OFF: &str = "!widget.querySelector('.camera') && window.streams.length > 0
    && window.streams.every((s) => s.getTracks().every((t) => t.readyState === 'ended'))";

async fn start(site: &Site, camera: Camera) -> anyhow::Result<Browser> {
    let browser = Browser::start_with(Options { camera, ..Options::default() }).await?;
    browser.open(&site.url(PAGE)).await?;
    browser.widget(INSPECTOR).ready().await?;
    Ok(browser)
}

/// Presses the button and returns the words of the refusal.
async fn refusal(browser: &Browser) -> anyhow::Result<String> {
    let widget = browser.widget(INSPECTOR);
    let before = widget.picture(0).await?;
    widget.click("[name='use-camera']").await?;
    let words = widget.alert().await?;
    widget.idle().await?;
    ensure!(widget.picture(0).await? == before, "the picture went away");
    // The page goes on, and the message goes with the next picture.
    widget.set("image", "nv").await?;
    ensure!(widget.message().await?.is_empty(), "the message stays: {}", widget.message().await?);
    Ok(words)
}

/// Width, height and number of different values of the picture on the stage.
async fn shown(widget: &Widget<'_>) -> anyhow::Result<(u32, u32, usize)> {
    widget
        .read(
            "((c) => [c.width, c.height,
                new Set(c.getContext('2d').getImageData(0, 0, c.width, c.height).data).size])
             (widget.querySelector('.pixel-input canvas'))",
        )
        .await
}

#[tokio::test]
async fn the_keyboard_alone_takes_a_square_picture_and_the_camera_goes_off() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = start(&site, Camera::Allowed(1)).await?;
    let widget = browser.widget(INSPECTOR);
    browser.script::<()>(WATCH, Value::Null).await?;
    site.take_requests();
    browser.requests().await?;
    browser.tab_to(&widget.control("use-camera")).await?;
    browser.keys(&[char::from(Key::Enter)]).await?;
    widget.wait::<bool>("the live picture", PATIENCE, LIVE).await?;
    let focused = "document.activeElement.textContent === 'Take picture'";
    widget.wait::<bool>("the focus on the button that takes it", PATIENCE, focused).await?;
    ensure!(
        !widget.read::<bool>("Boolean(widget.querySelector('.camera select'))").await?,
        "a choice of one"
    );
    browser.keys(&[char::from(Key::Enter)]).await?;
    widget.own_image_chosen().await?;
    widget.idle().await?;
    widget.wait::<bool>("the camera off", PATIENCE, OFF).await?;
    let (width, height, values) = shown(&widget).await?;
    ensure!(width == height && (200..=512).contains(&width), "{width} × {height}");
    ensure!(values > 2, "the picture is empty");
    let caption: String = widget.read("widget.querySelector('.pixel-input figcaption').textContent").await?;
    ensure!(caption.contains("from the camera"), "{caption}");
    let back = "document.activeElement === widget.querySelector('[name=use-camera]')";
    ensure!(widget.read::<bool>(back).await?, "the focus is lost");

    let asked = browser.requests().await?;
    let outward: Vec<_> =
        asked.iter().filter(|url| !url.starts_with("blob:") && !url.starts_with("data:")).collect();
    ensure!(outward.is_empty() && site.take_requests().is_empty(), "asked for {outward:?}");
    ensure!(!browser.address().await?.contains("own"), "the address speaks of the picture");
    let console = browser.console().await?;
    ensure!(!console.iter().any(|entry| entry.level == "SEVERE"), "{console:#?}");
    Ok(())
}

#[tokio::test]
async fn the_camera_goes_off_when_stopped_and_when_the_page_is_hidden() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = start(&site, Camera::Allowed(1)).await?;
    let widget = browser.widget(INSPECTOR);
    let before = widget.picture(0).await?;
    browser.script::<()>(WATCH, Value::Null).await?;
    let hide = "Object.defineProperty(document, 'hidden', { configurable: true, value: true });
        document.dispatchEvent(new Event('visibilitychange')); delete document.hidden;";
    for how in ["stop", "hide", "other image"] {
        widget.click("[name='use-camera']").await?;
        widget.wait::<bool>("the live picture", PATIENCE, LIVE).await?;
        match how {
            "stop" => widget.click(".camera button:last-of-type").await?,
            "hide" => browser.script::<()>(hide, Value::Null).await?,
            _ => widget.set("image", "bcc").await?,
        }
        widget.wait::<bool>(how, PATIENCE, OFF).await?;
        ensure!((widget.picture(0).await? == before) == (how != "other image"), "{how}: the wrong picture");
    }
    Ok(())
}

#[tokio::test]
async fn of_several_cameras_the_reader_chooses_one() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = start(&site, Camera::Allowed(2)).await?;
    let widget = browser.widget(INSPECTOR);
    browser.script::<()>(WATCH, Value::Null).await?;
    widget.click("[name='use-camera']").await?;
    widget.wait::<bool>("the live picture", PATIENCE, LIVE).await?;
    let cameras: Vec<String> =
        widget.read("[...widget.querySelectorAll('.camera option')].map((o) => o.textContent)").await?;
    ensure!(cameras.len() == 2 && cameras[0] != cameras[1], "{cameras:?}");
    let other = "((s) => { s.selectedIndex = 1 - s.selectedIndex; s.dispatchEvent(new Event('change', { bubbles: true }));
        return s.value; })(widget.querySelector('.camera select'))";
    let other: String = widget.read(other).await?;
    let runs = format!(
        "window.streams.length === 2 && window.streams[0].getTracks()[0].readyState === 'ended'
         && window.streams[1].getTracks()[0].getSettings().deviceId === '{other}'
         && widget.querySelector('.camera select')?.value === '{other}'"
    );
    widget.wait::<bool>("the other camera", PATIENCE, &runs).await?;
    Ok(())
}

#[tokio::test]
async fn a_refused_camera_is_named_and_the_page_goes_on() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = start(&site, Camera::Refused).await?;
    let words = refusal(&browser).await?;
    ensure!(words.contains("is blocked") && words.contains("choose a file"), "{words}");
    Ok(())
}

#[tokio::test]
async fn without_a_camera_a_page_for_it_or_one_that_answers_the_reader_is_told_why() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = start(&site, Camera::None).await?;
    let words = refusal(&browser).await?;
    ensure!(words.contains("No camera was found"), "{words}");

    let used = "navigator.mediaDevices.getUserMedia =
        () => Promise.reject(new DOMException('Could not start video source', 'NotReadableError'));";
    browser.script::<()>(used, Value::Null).await?;
    let words = refusal(&browser).await?;
    ensure!(words.contains("another program"), "{words}");

    // As on a page that came without encryption.
    let insecure = "Object.defineProperty(navigator, 'mediaDevices', { value: undefined });";
    browser.script::<()>(insecure, Value::Null).await?;
    let words = refusal(&browser).await?;
    ensure!(words.contains("https"), "{words}");
    Ok(())
}
