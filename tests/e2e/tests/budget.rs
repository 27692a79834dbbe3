//! What a page costs over the wire on a first visit, compressed as hosts do, and that it stays within the budget.
//!
//! Writes `target/transferred.csv` and prints it as the table of `BENCHMARKS.md`.

use std::io::Write;

use anyhow::{Context, ensure};
use e2e::{Look, Site, is_a};

use crate::visits::{Visit, every_page};

/// Everything a chapter needs before a reader asks for the network. Bytes.
const PAGE: u64 = 610_000;

/// Of which WASM. Bytes.
const WASM: u64 = 450_000;

/// What hosts send as it is, because it is compressed already.
const COMPRESSED: [&str; 4] = ["woff2", "png", "jpg", "webp"];

fn transferred(path: &str, bytes: &[u8]) -> anyhow::Result<u64> {
    if COMPRESSED.iter().any(|end| is_a(path, end)) {
        return Ok(bytes.len() as u64);
    }
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len() as u64)
}

#[tokio::test]
async fn every_page_stays_within_its_budget() -> anyhow::Result<()> {
    let mut table = "page,files,bytes,wasm_bytes\n".to_owned();
    println!("| page | files | transferred | of which WASM |\n|---|---:|---:|---:|");
    for Visit { page, files, .. } in every_page(Look::Light).await? {
        let (mut all, mut wasm) = (0, 0);
        for name in files {
            let bytes =
                std::fs::read(Site::folder().join(name)).with_context(|| format!("no file {name}"))?;
            let count = transferred(name, &bytes)?;
            all += count;
            wasm += if is_a(name, "wasm") { count } else { 0 };
        }
        println!("| `{page}` | {} | {} KB | {} KB |", files.len(), all.div_ceil(1000), wasm.div_ceil(1000));
        let line = format!("{page},{},{all},{wasm}\n", files.len());
        table.push_str(&line);
        ensure!(all <= PAGE && wasm <= WASM, "{page} costs {all} bytes, {wasm} of them WASM: {files:#?}");
    }
    std::fs::write(e2e::target().join("transferred.csv"), table)?;
    Ok(())
}
