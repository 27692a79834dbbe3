//! Tests that take too long for every change. `cargo xtask test nightly` runs them in Chromium.
//!
//! Here the processor emulates the graphics card and needs seconds for every answer. For every change, one network gives one
//! answer on it, and it is lost once, during a run.

use crate::classifier::{DEEPER, MODEL, REAL, THOUSAND, TWO, check_parity, graphics_card, leave};
use crate::{blocked, evidence, feature_maps, looking, many_images, network_fails};

#[tokio::test]
async fn on_webgpu_every_network_answers_every_input_as_libtorch_does() -> anyhow::Result<()> {
    let browser = graphics_card().await?;
    // Of the deeper network the first input of each diagnosis.
    for (model, every) in [(MODEL, 1), (TWO, 1), (DEEPER, 2), (REAL, 2)] {
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

#[tokio::test]
async fn on_webgpu_the_class_activation_maps_are_those_of_native_code() -> anyhow::Result<()> {
    evidence::check_computed(&graphics_card().await?, "webgpu").await
}

#[tokio::test]
async fn on_webgpu_any_layer_equals_native_code() -> anyhow::Result<()> {
    let layers =
        ["bn1", "layer1.0.conv2", "layer2.0.downsample.1", "layer4.1.relu2", "flatten", "probabilities"];
    feature_maps::check_backend(&graphics_card().await?, MODEL, "WebGPU", &layers).await
}

#[tokio::test]
async fn on_webgpu_layers_fit_together_and_another_one_needs_no_run() -> anyhow::Result<()> {
    looking::check_looking(&graphics_card().await?, "webgpu").await
}

#[tokio::test]
async fn on_webgpu_the_table_of_many_images_has_the_answers_of_native_code() -> anyhow::Result<()> {
    many_images::check_table_on_webgpu(&graphics_card().await?).await
}

#[tokio::test]
async fn a_graphics_card_lost_between_two_answers_is_named_and_the_processor_goes_on() -> anyhow::Result<()> {
    network_fails::check_card_lost_between_two_answers().await
}

#[tokio::test]
async fn layers_come_from_the_processor_once_the_graphics_card_is_lost() -> anyhow::Result<()> {
    looking::check_layers_once_the_card_is_lost().await
}

#[tokio::test]
async fn a_resnet_50s_layers_carry_the_notebooks_numbers_and_equal_native_code() -> anyhow::Result<()> {
    feature_maps::check_a_resnet_50().await
}

#[tokio::test]
async fn while_a_resnet_50_runs_the_page_is_never_blocked_for_long() -> anyhow::Result<()> {
    blocked::check_a_resnet_50().await
}
