//! What takes too long for every change: `cargo xtask test nightly` runs these, and `engines` in the other browsers.

use crate::classifier::{DEEPER, MODEL, THOUSAND, TWO, check_parity, graphics_card, leave};

/// A processor plays the graphics card, and takes seconds for an answer. Every change is tested with two answers of one
/// network.
#[tokio::test]
async fn on_webgpu_every_network_answers_every_input_as_libtorch_does() -> anyhow::Result<()> {
    let browser = graphics_card().await?;
    // Of the deeper network the first input of each diagnosis.
    for (model, every) in [(MODEL, 1), (TWO, 1), (DEEPER, 2)] {
        let parity = check_parity(&browser, model, "webgpu", every).await?;
        leave("webgpu", &parity)?;
    }
    Ok(())
}

#[tokio::test]
async fn on_webgpu_the_network_of_a_thousand_classes_answers_as_libtorch_does() -> anyhow::Result<()> {
    let parity = check_parity(&graphics_card().await?, THOUSAND, "webgpu", 2).await?;
    leave("webgpu", &parity)
}
