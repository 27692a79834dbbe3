//! What the page's WASM computes is what native code computes, to the last bit.

use anyhow::{anyhow, ensure};
use catalog::Diagnosis;
use e2e::{Browser, Site};
use serde_json::json;

/// A page with widgets.
const PAGE: &str = "images/convolution.html";

/// Calls a function of the module once for each list of arguments.
async fn in_the_page(function: &str, calls: &[serde_json::Value]) -> anyhow::Result<Vec<String>> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let body = "const { script, wasm } = document.querySelector('section.widget').dataset;
        const module = await import(new URL(script, document.baseURI).href);
        await module.default({ module_or_path: new URL(wasm, document.baseURI) });
        return arguments[1].map((call) => module[arguments[0]](...call));";
    browser.script_async(body, json!([function, calls])).await
}

#[tokio::test]
async fn lesions_are_drawn_alike_in_the_page_and_natively() -> anyhow::Result<()> {
    let mut calls = Vec::new();
    let mut native = Vec::new();
    for diagnosis in Diagnosis::ALL {
        for (seed, size) in (0..12).map(|seed| (seed, 96)).chain([(1, 224), (999_999, 33)]) {
            calls.push(json!([diagnosis.abbreviation(), seed, size]));
            let pixels = lesions::draw_sample(diagnosis, seed, size, size);
            native.push(format!("{:016x}", lesions::checksum(&pixels)));
        }
    }
    let page = in_the_page("lesion_checksum", &calls).await?;
    let different: Vec<_> =
        calls.iter().zip(page.iter().zip(&native)).filter(|(_, (page, native))| page != native).collect();
    ensure!(page.len() == native.len() && different.is_empty(), "{different:#?}");
    Ok(())
}

#[tokio::test]
async fn convolutions_have_the_same_bits_in_the_page_and_natively() -> anyhow::Result<()> {
    let mut calls = Vec::new();
    let mut native = Vec::new();
    for kernel in imaging::Kernel::NAMES {
        for diagnosis in Diagnosis::ALL {
            let abbreviation = diagnosis.abbreviation();
            calls.push(json!([kernel, abbreviation, 7, 64]));
            let sum = page::checksum::convolution(kernel, abbreviation, 7, 64);
            native.push(sum.map_err(|words| anyhow!(words))?);
        }
    }
    let page = in_the_page("convolution_checksum", &calls).await?;
    let different: Vec<_> =
        calls.iter().zip(page.iter().zip(&native)).filter(|(_, (page, native))| page != native).collect();
    ensure!(page.len() == native.len() && different.is_empty(), "{different:#?}");
    Ok(())
}
