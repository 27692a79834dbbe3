//! The Worker gives any layer's values: they fit together, and most questions need no run. Spoken to as a page does, without
//! a widget in between.

use anyhow::ensure;
use e2e::{Browser, Options, Site};
use serde::Deserialize;
use serde_json::json;

const PAGE: &str = "network/the-network-answers.html";

/// Starts a Worker with the network of the page's classifier and keeps `ask`, which sends a request and waits for the report
/// it names, under `window`.
const START: &str = "
    const [name] = arguments;
    const { worker, runtime, models } = document.querySelector('section[data-models]').dataset;
    const at = (url) => new URL(url, document.baseURI).href;
    const module = JSON.parse(worker), model = JSON.parse(models)[name], engine = JSON.parse(runtime);
    model.onnx = at(model.onnx);
    engine.base = at(engine.base);
    const running = new Worker(at(module.worker), { type: 'module' });
    let tasks = 0;
    window.ask = (request, attached, tell) => new Promise((resolve, reject) => {
      const asked = (tasks += 1);
      running.onmessage = ({ data: { task, report, attached, crashed } }) => {
        if (crashed !== undefined) reject(new Error(crashed));
        else if (task !== asked) return;
        else if (tell in report) resolve({ report: report[tell], arrays: attached });
        else if ('failed' in report) reject(new Error(JSON.stringify(report)));
      };
      running.onerror = (event) => reject(new Error(event.message));
      running.postMessage({ task: asked, request, attached });
    });
    window.cancel = () => running.postMessage({ cancel: tasks });
    running.postMessage({ script: at(module.script), wasm: at(module.wasm) });
    window.loadAgain = () => ask({ 'load-model': { runtime: engine, model, full_precision: false } }, [], 'loaded');
    window.loaded = await loadAgain();
    window.image = Uint8Array.from({ length: 96 * 96 * 3 }, (_, i) => (i * 7919) % 256 ^ (i >> 5) % 256);
    window.classify = (preferred) =>
      ask({ classify: { width: 96, height: 96, preferred, aside: false } }, [image], 'classified');
    window.look = (layers) => ask({ 'compute-layers': { layers } }, [], 'layers');
    return loaded.report.layers.map((layer) => layer.name);";

/// What the last layers gave, compared with one another in the page.
const FIT: &str = "
    const answer = (await classify(arguments[0])).report;
    const asked = ['bn1', 'relu', 'layer4.1.relu2', 'avgpool', 'fc', 'probabilities'];
    const first = await look(asked);
    const [bn, relu, maps, pooled, scores, probabilities] = first.arrays;
    const { head } = loaded.report, [weight, bias] = loaded.arrays;
    const largest = (one, other) => one.reduce((most, value, i) => Math.max(most, Math.abs(value - other(i))), 0);
    const size = maps.length / head.channels;
    const mean = (c) => maps.slice(c * size, (c + 1) * size).reduce((sum, value) => sum + value, 0) / size;
    const sum = (l) => pooled.reduce((sum, value, c) => sum + value * weight[l * head.channels + c], bias[l]);
    const again = await look(['layer2.0.bn1', 'conv1']);
    const next = await classify(arguments[0]);
    const later = await look(['layer2.0.bn1']);
    return {
      backend: first.report.backend,
      shapes: first.report.layers.map((layer) => layer.shape.join(' ')),
      differences: [
        largest(relu, (i) => Math.max(bn[i], 0)),
        largest(pooled, mean),
        largest(scores, sum),
        largest(probabilities, (i) => answer.probabilities[i]),
      ],
      maps: head.maps,
      ran: [first.report.ran, again.report.ran, later.report.ran],
      milliseconds: [answer.milliseconds, first.report.milliseconds, again.report.milliseconds],
      kept: first.report.kept_bytes,
    };";

#[derive(Debug, Deserialize)]
struct Fit {
    backend: String,
    shapes: Vec<String>,
    differences: [f64; 4],
    maps: Option<String>,
    ran: [bool; 3],
    milliseconds: [f64; 3],
    kept: u64,
}

pub(crate) async fn check_looking(browser: &Browser, choice: &str) -> anyhow::Result<()> {
    let site = Site::serve().await?;
    browser.open(&site.url(PAGE)).await?;
    let layers: Vec<String> = browser.script_async(START, json!(["synthetic-resnet18-eight"])).await?;
    ensure!(layers.first().map(String::as_str) == Some("conv1") && layers.len() == 71, "{layers:?}");
    let fit: Fit = browser.script_async(FIT, json!([choice])).await?;
    println!("{choice}: {fit:?}");
    let [answered, looked, again] = fit.milliseconds;
    println!(
        "answer {answered:.0} ms, every layer {looked:.0} ms with its session, another layer {again:.0} ms"
    );
    ensure!(fit.backend == choice, "computed by {}", fit.backend);
    let shapes = ["64 64 64", "64 64 64", "512 4 4", "512 1 1", "8", "8"];
    ensure!(fit.shapes == shapes, "{:?}", fit.shapes);
    ensure!(fit.maps.as_deref() == Some("layer4.1.relu2"), "{:?}", fit.maps);
    // Rectifying is exact; sums of 16 and of 512 numbers of the size of 1 differ by their order in the sixth digit, and a run
    // that hands over every layer merges fewer operations than one that does not.
    let [rectified, pooled, scores, probabilities] = fit.differences;
    ensure!(rectified == 0.0 && pooled < 1e-4 && scores < 1e-3 && probabilities < 1e-4, "{fit:?}");
    ensure!(fit.ran == [true, false, true], "another layer of the same image needs no run: {:?}", fit.ran);
    // All 71 layers of a ResNet-18 at 128 × 128 pixels, 4 bytes a number.
    ensure!(fit.kept > 8_000_000 && fit.kept < 16_000_000, "{} bytes kept", fit.kept);
    Ok(())
}

#[tokio::test]
async fn layers_fit_together_and_another_one_needs_no_run_on_wasm() -> anyhow::Result<()> {
    check_looking(&Browser::start().await?, "wasm").await
}

#[tokio::test]
async fn a_layer_that_is_none_is_named_and_the_next_question_is_answered() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    browser.script_async::<Vec<String>>(START, json!(["synthetic-resnet18-eight"])).await?;
    let early = "return look(['conv1']).then(() => 'values', (error) => error.message);";
    let words: String = browser.script_async(early, json!([])).await?;
    ensure!(words.contains("no image was classified"), "{words}");
    let wrong =
        "await classify('wasm'); return look(['layer9']).then(() => 'values', (error) => error.message);";
    let words: String = browser.script_async(wrong, json!([])).await?;
    ensure!(words.contains("the model has no layer layer9"), "{words}");
    let right = "return (await look(['fc'])).arrays[0].length;";
    let numbers: u32 = browser.script_async(right, json!([])).await?;
    ensure!(numbers == 8, "{numbers}");
    Ok(())
}

pub(crate) async fn check_layers_once_the_card_is_lost() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start_with(Options { webgpu: true, fresh: true, ..Options::default() }).await?;
    browser.open(&site.url(PAGE)).await?;
    browser.script_async::<Vec<String>>(START, json!(["synthetic-resnet18-eight"])).await?;
    let answered = "const { report } = await classify('webgpu'); window.answer = report.probabilities;
        return report.backend;";
    let backend: String = browser.script_async(answered, json!([])).await?;
    ensure!(backend == "webgpu", "computed by {backend}");
    browser.devtools("Browser.crashGpuProcess", json!({})).await?;
    let looked = "const { report, arrays: [values] } = await look(['probabilities']);
        const difference = Math.max(...answer.map((value, i) => Math.abs(value - values[i])));
        return [report.backend, Object.keys(report.fallback ?? {})[0] ?? 'none', difference];";
    let (backend, fallback, difference): (String, String, f64) =
        browser.script_async(looked, json!([])).await?;
    ensure!((&*backend, &*fallback) == ("wasm", "lost"), "computed by {backend}, because of {fallback}");
    // Those of the answer, which the graphics card gave, as far as two backends agree.
    ensure!(difference < 1e-4, "differs by {difference}");
    Ok(())
}

#[tokio::test]
async fn a_cancelled_load_is_reported_and_the_next_one_succeeds() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    browser.script_async::<Vec<String>>(START, json!(["synthetic-resnet18-eight"])).await?;
    // The image keeps the Worker at work, so that the load is cancelled before it begins.
    let cancelled = "const answer = classify('wasm');
        const again = loadAgain().then(() => 'loaded', (error) => error.message);
        cancel();
        return again;";
    let words: String = browser.script_async(cancelled, json!([])).await?;
    ensure!(words.contains("stopped"), "{words}");
    let layers: usize =
        browser.script_async("return (await loadAgain()).report.layers.length;", json!([])).await?;
    ensure!(layers == 71, "{layers}");
    Ok(())
}

#[tokio::test]
async fn a_message_that_no_page_sends_ends_in_words() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    browser.script_async::<Vec<String>>(START, json!(["synthetic-resnet18-eight"])).await?;
    let unknown = "return ask({ dance: {} }, [], 'danced').then(() => 'danced', (error) => error.message);";
    let words: String = browser.script_async(unknown, json!([])).await?;
    ensure!(words.contains("dance"), "{words}");
    Ok(())
}
