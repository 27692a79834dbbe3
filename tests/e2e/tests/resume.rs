//! A download that the reader left continues at the next visit, and what is stored is checked against its checksum.

use std::time::Duration;

use anyhow::ensure;
use e2e::{Asked, Browser, Fault, Site, Widget, is_a};
use serde_json::Value;

use crate::classifier::{MODEL, PAGE, PATIENCE, press_start, probabilities, start};

/// The pieces of the model that the browser's store has: key and bytes.
const STORED: &str = "const found = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const { url } of await cache.keys()) {
        if (url.includes('.onnx')) found.push([url, (await (await cache.match(url)).arrayBuffer()).byteLength]);
      }
    }
    return found";

async fn stored(browser: &Browser) -> anyhow::Result<u64> {
    let pieces: Vec<(String, u64)> = browser.script_async(STORED, Value::Null).await?;
    Ok(pieces.iter().map(|(_, bytes)| bytes).sum())
}

/// Requests for the model since the last call.
fn models(site: &Site) -> Vec<Asked> {
    site.take_asked().into_iter().filter(|asked| is_a(&asked.path, "onnx")).collect()
}

async fn open<'b>(site: &Site, browser: &'b Browser) -> anyhow::Result<Widget<'b>> {
    browser.open(&site.url(&format!("{PAGE}?classifier.backend=wasm"))).await?;
    Ok(browser.widget("classifier"))
}

/// Presses start while the connection breaks halfway, and waits until the page says so.
async fn break_off(site: &Site, browser: &Browser) -> anyhow::Result<u64> {
    site.damage(Some(Fault::Interrupted(".onnx")));
    let widget = open(site, browser).await?;
    press_start(&widget).await?;
    widget.wait::<bool>("a failure", PATIENCE, "widget.dataset.network === 'failed'").await?;
    let message = widget.alert().await?;
    ensure!(message.contains("was interrupted") && message.contains("later visit"), "{message}");
    site.damage(None);
    let asked = models(site);
    ensure!(asked.len() == 1 && asked[0].range.is_none(), "{asked:?}");
    stored(browser).await
}

#[tokio::test]
async fn a_download_that_broke_off_goes_on_after_a_reload() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let kept = break_off(&site, &browser).await?;
    ensure!(kept > 1_000_000, "only {kept} bytes are stored");

    let widget = open(&site, &browser).await?;
    start(&widget).await?;
    probabilities(&widget).await?;
    let ranges: Vec<_> = models(&site).into_iter().map(|asked| asked.range).collect();
    ensure!(ranges == [Some(format!("bytes={kept}-"))], "{ranges:?} after {kept} bytes");
    ensure!(widget.attribute("data-source").await?.as_deref() == Some("network"));

    // The two halves are one file now: another visit asks the server for nothing.
    let widget = open(&site, &browser).await?;
    start(&widget).await?;
    ensure!(widget.attribute("data-source").await?.as_deref() == Some("store"));
    ensure!(models(&site).is_empty());
    Ok(())
}

#[tokio::test]
async fn a_page_left_while_it_downloads_loses_less_than_a_piece() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    site.damage(Some(Fault::Stalled(".onnx")));
    let browser = Browser::start().await?;
    let widget = open(&site, &browser).await?;
    press_start(&widget).await?;
    // Half of 22.4 MB comes, and pieces of 4.2 MB are stored as they are whole.
    let two = "((async () => {
          let pieces = 0;
          for (const name of await caches.keys()) {
            const keys = await (await caches.open(name)).keys();
            pieces += keys.filter(({ url }) => url.includes('.onnx')).length;
          }
          window.pieces = pieces;
        })(), window.pieces >= 2)";
    widget.wait::<bool>("two stored pieces", PATIENCE, two).await?;
    let _the_broken_one = models(&site);
    site.damage(None);

    let widget = open(&site, &browser).await?;
    let kept = stored(&browser).await?;
    ensure!(kept >= 2 * 4_194_304, "only {kept} bytes are stored");
    start(&widget).await?;
    probabilities(&widget).await?;
    let ranges: Vec<_> = models(&site).into_iter().map(|asked| asked.range).collect();
    ensure!(ranges == [Some(format!("bytes={kept}-"))], "{ranges:?} after {kept} bytes");
    Ok(())
}

#[tokio::test]
async fn where_the_server_sends_no_parts_the_whole_file_comes() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let kept = break_off(&site, &browser).await?;
    site.damage(Some(Fault::Whole(".onnx")));
    let widget = open(&site, &browser).await?;
    start(&widget).await?;
    probabilities(&widget).await?;
    let ranges: Vec<_> = models(&site).into_iter().map(|asked| asked.range).collect();
    ensure!(ranges == [Some(format!("bytes={kept}-"))], "{ranges:?}");
    let whole = format!("JSON.parse(widget.dataset.models)['{MODEL}'].bytes");
    let whole: u64 = widget.read(&whole).await?;
    ensure!(stored(&browser).await? == whole, "stored are {} of {whole} bytes", stored(&browser).await?);
    Ok(())
}

#[tokio::test]
async fn a_damaged_beginning_is_thrown_away_and_fetched_again() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let kept = break_off(&site, &browser).await?;
    let damage = "for (const name of await caches.keys()) {
          const cache = await caches.open(name);
          const { url } = (await cache.keys()).find(({ url }) => url.includes('.onnx'));
          const bytes = new Uint8Array(await (await cache.match(url)).arrayBuffer());
          bytes[1000] ^= 1;
          await cache.put(url, new Response(bytes));
        }";
    browser.script_async::<()>(damage, Value::Null).await?;
    let widget = open(&site, &browser).await?;
    start(&widget).await?;
    probabilities(&widget).await?;
    let ranges: Vec<_> = models(&site).into_iter().map(|asked| asked.range).collect();
    ensure!(ranges == [Some(format!("bytes={kept}-")), None], "{ranges:?}");

    let widget = open(&site, &browser).await?;
    widget.ready().await?;
    let patience = Duration::from_secs(5);
    start(&widget).await?;
    widget
        .wait::<bool>("the right file stored", patience, "widget.dataset.source === 'store'")
        .await
        .map(|_| ())
}
