//! What the reader sees when the network cannot run as it should: the graphics card is lost, memory is refused, the file is
//! another model. The page says so, says what to do, and goes on.

use anyhow::{Context, ensure};
use e2e::{Browser, Options, Site, Widget};
use inference::file::sha256;
use serde_json::json;

use crate::classifier::{MODEL, PAGE, PATIENCE, far_apart, press_start, probabilities, start};

/// The script of the Worker, whose name carries a hash before this.
const WORKER: &str = "-worker.js";

/// Puts a script before the Worker's own.
fn before_the_worker(site: &Site, script: &'static str) {
    site.edit(WORKER, move |worker| [script.as_bytes(), &worker[..]].concat());
}

/// Waits for a failure and returns its words.
async fn failure(widget: &Widget<'_>) -> anyhow::Result<String> {
    widget.wait::<bool>("a failure", PATIENCE, "widget.dataset.network === 'failed'").await?;
    widget.idle().await?;
    widget.alert().await
}

/// The rest of the page works: another image is drawn, and nothing was asked of another host.
async fn page_goes_on(browser: &Browser, widget: &Widget<'_>) -> anyhow::Result<()> {
    let before = widget.picture(0).await?;
    widget.set("seed", "4").await?;
    ensure!(before != widget.picture(0).await?, "another seed draws the same picture");
    ensure!(browser.strangers().is_empty(), "{:?}", browser.strangers());
    Ok(())
}

/// The bars are full again, and the message tells of the lost card.
async fn answered_by_wasm(widget: &Widget<'_>) -> anyhow::Result<Vec<f32>> {
    widget
        .wait::<bool>("an answer by the processor", PATIENCE, "widget.dataset.backend === 'WASM'")
        .await
        .context(widget.message().await?)?;
    widget.idle_within(PATIENCE).await?;
    ensure!(widget.attribute("data-network").await?.as_deref() == Some("ready"));
    ensure!(widget.attribute("data-gpu-submissions").await?.as_deref() == Some("0"));
    let message = widget.message().await?;
    ensure!(message.contains("lost the graphics card") && message.contains("WASM"), "{message}");
    probabilities(widget).await
}

pub(crate) async fn check_card_lost_between_two_answers() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start_with(Options { webgpu: true, fresh: true, ..Options::default() }).await?;
    browser.open(&site.url(&format!("{PAGE}?classifier.backend=webgpu"))).await?;
    let widget = browser.widget("classifier");
    start(&widget).await?;
    ensure!(
        widget.attribute("data-backend").await?.as_deref() == Some("WebGPU"),
        "{}",
        widget.message().await?
    );
    let by_webgpu = probabilities(&widget).await?;
    let seed = widget.value("seed").await?;

    // The process that drives the card ends: at once for this card, and the second run of the first image may be under way.
    browser.devtools("Browser.crashGpuProcess", json!({})).await?;
    widget.put("seed", "20").await?;
    let other = answered_by_wasm(&widget).await?;
    ensure!(far_apart(&by_webgpu, &other), "the same answer to another image: {other:?}");
    widget.put("seed", &seed).await?;
    widget.idle_within(PATIENCE).await?;
    let by_wasm = answered_by_wasm(&widget).await?;
    ensure!(!far_apart(&by_webgpu, &by_wasm), "{by_webgpu:?} by WebGPU, {by_wasm:?} by WASM");
    page_goes_on(&browser, &widget).await
}

#[tokio::test]
async fn a_graphics_card_lost_in_the_middle_of_a_run_leaves_no_image_without_an_answer() -> anyhow::Result<()>
{
    let site = Site::serve().await?;
    // The third batch of work is the last that the card takes; a run of this network has more.
    before_the_worker(
        &site,
        "const devices = [];
         const { requestDevice } = GPUAdapter.prototype;
         GPUAdapter.prototype.requestDevice = async function (...wishes) {
           const device = await requestDevice.apply(this, wishes);
           devices.push(device);
           return device;
         };
         const { submit } = GPUQueue.prototype;
         let batches = 0;
         GPUQueue.prototype.submit = function (...commands) {
           submit.apply(this, commands);
           batches += 1;
           if (batches === 3) devices.forEach((device) => device.destroy());
         };\n",
    );
    let browser = Browser::start_with(Options { webgpu: true, ..Options::default() }).await?;
    browser.open(&site.url(&format!("{PAGE}?classifier.backend=webgpu"))).await?;
    let widget = browser.widget("classifier");
    start(&widget).await?;
    answered_by_wasm(&widget).await?;
    page_goes_on(&browser, &widget).await
}

/// Memory that the browser refuses is named, the page goes on, and another try succeeds once there is memory.
async fn check_refused_memory(script: &'static str) -> anyhow::Result<()> {
    let site = Site::serve().await?;
    before_the_worker(&site, script);
    let browser = Browser::start().await?;
    browser.open(&site.url(&format!("{PAGE}?classifier.backend=wasm"))).await?;
    let widget = browser.widget("classifier");
    press_start(&widget).await?;
    let message = failure(&widget).await?;
    ensure!(message.contains("not enough memory") && message.contains("try again"), "{message}");
    page_goes_on(&browser, &widget).await?;

    site.forget_edits();
    widget.click(".network-button").await?;
    widget.wait::<bool>("a network", PATIENCE, "widget.dataset.network === 'ready'").await?;
    widget.idle_within(PATIENCE).await?;
    ensure!(widget.message().await?.is_empty(), "the message stays: {}", widget.message().await?);
    probabilities(&widget).await?;
    Ok(())
}

#[tokio::test]
async fn memory_refused_to_the_engine_is_named_and_the_page_goes_on() -> anyhow::Result<()> {
    // What a browser throws where it cannot reserve the address space; our own module brings its memory with it.
    check_refused_memory(
        "WebAssembly.Memory = class { constructor() { throw new RangeError('WebAssembly.Memory(): could not allocate memory'); } };\n",
    )
    .await
}

#[tokio::test]
async fn memory_refused_to_the_download_is_named_and_the_page_goes_on() -> anyhow::Result<()> {
    check_refused_memory(
        "self.Uint8Array = new Proxy(Uint8Array, { construct(array, [length, ...rest], target) {
           if (length > 20e6) throw new RangeError('Array buffer allocation failed');
           return Reflect.construct(array, [length, ...rest], target);
         } });\n",
    )
    .await
}

/// Has the page believe that `onnx` is its model: the file and what the page knows of it, each put in its place.
pub(crate) fn serve_as_model(site: &Site, onnx: Vec<u8>, input_size: u32) -> anyhow::Result<()> {
    let card = e2e::root().join("exported-models").join(MODEL).join("model.toml");
    let card: catalog::model::ModelCard = toml::from_str(&std::fs::read_to_string(card)?)?;
    let stored = std::fs::metadata(e2e::root().join("exported-models").join(MODEL).join("model.onnx"))?.len();
    let places = [
        (card.provenance.onnx_sha256.clone(), sha256(&onnx)),
        (format!("&quot;bytes&quot;:{stored},"), format!("&quot;bytes&quot;:{},", onnx.len())),
        (
            format!("&quot;input&quot;:{{&quot;size&quot;:{}", card.input.size),
            format!("&quot;input&quot;:{{&quot;size&quot;:{input_size}"),
        ),
    ];
    let page = std::fs::read_to_string(Site::folder().join(PAGE))?;
    for (old, _) in &places {
        ensure!(page.contains(old.as_str()), "the page says nowhere {old}");
    }
    site.edit(PAGE, move |page| {
        let page = String::from_utf8_lossy(&page).into_owned();
        places.iter().fold(page, |page, (old, new)| page.replace(old, new)).into_bytes()
    });
    site.edit(".onnx", move |_| onnx.clone());
    Ok(())
}

#[tokio::test]
async fn a_model_with_another_input_is_named_with_both_sizes() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    // Its checksum is the one that the page was told, its input 9 pixels wide instead of 128.
    serve_as_model(&site, std::fs::read(e2e::root().join("tests/golden/onnx_small_fp32.onnx"))?, 128)?;
    let browser = Browser::start().await?;
    browser.open(&site.url(&format!("{PAGE}?classifier.backend=wasm"))).await?;
    let widget = browser.widget("classifier");
    press_start(&widget).await?;
    let message = failure(&widget).await?;
    ensure!(message.contains("not the one that this page was made for"), "{message}");
    ensure!(
        message.contains("needs input [N, 3, 128, 128]") && message.contains("has input [N, 3, 9, 9]"),
        "{message}"
    );
    ensure!(message.contains("Try again") && message.contains("rest of the page still works"), "{message}");
    page_goes_on(&browser, &widget).await
}
