//! The widgets that need no network.
//!
//! They make six WASM modules, one for each feature, since no page has room for all of them: `data` with the widgets on
//! data sets and drawn lesions, `augmentation` with the one on what a training makes of an image, `images` with those that
//! compute on one, `architecture` with the one on how a network is built, `layers` with the one on its first layers, `shortcuts`
//! with the one in which small networks learn. The page's loader calls [`mount`] with each widget's
//! section when it comes near the viewport.

#[cfg(feature = "architecture")]
mod architecture_explorer;
#[cfg(feature = "augmentation")]
mod augmentation_lab;
#[cfg(any(feature = "augmentation", feature = "data", feature = "images", feature = "layers"))]
mod checksum;
#[cfg(feature = "data")]
mod dataset_explorer;
#[cfg(feature = "images")]
mod kernel_lab;
#[cfg(feature = "layers")]
mod layer_chain;
#[cfg(feature = "data")]
mod lesion_lab;
#[cfg(feature = "images")]
mod pixel_inspector;
#[cfg(feature = "shortcuts")]
mod shortcut_lab;
mod view;

use catalog::widget::{self, Widget};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;
use widget_kit::{Failure, Section};

#[cfg(feature = "images")]
pub use checksum::convolution_checksum;
#[cfg(feature = "augmentation")]
pub use checksum::fed_checksum;
#[cfg(any(feature = "augmentation", feature = "data", feature = "images", feature = "layers"))]
pub use checksum::lesion_checksum;

/// The widgets of this module.
const WIDGETS: &[Widget] = &[
    #[cfg(feature = "architecture")]
    widget::ARCHITECTURE_EXPLORER,
    #[cfg(feature = "augmentation")]
    widget::AUGMENTATION_LAB,
    #[cfg(feature = "data")]
    widget::DATASET_EXPLORER,
    #[cfg(feature = "images")]
    widget::KERNEL_LAB,
    #[cfg(feature = "layers")]
    widget::LAYER_CHAIN,
    #[cfg(feature = "data")]
    widget::LESION_LAB,
    #[cfg(feature = "images")]
    widget::PIXEL_INSPECTOR,
    #[cfg(feature = "shortcuts")]
    widget::SHORTCUT_LAB,
];

/// Makes a rendered `<section class="widget">` alive.
///
/// # Errors
/// A JavaScript `Error` whose message says what the page lacks.
#[wasm_bindgen]
pub fn mount(section: &HtmlElement) -> Result<(), JsValue> {
    let section = Section::bind(section, WIDGETS)?;
    match section.widget().name {
        #[cfg(feature = "architecture")]
        "architecture-explorer" => architecture_explorer::mount(&section)?,
        #[cfg(feature = "augmentation")]
        "augmentation-lab" => augmentation_lab::mount(&section)?,
        #[cfg(feature = "data")]
        "dataset-explorer" => dataset_explorer::mount(&section)?,
        #[cfg(feature = "images")]
        "kernel-lab" => kernel_lab::mount(&section)?,
        #[cfg(feature = "layers")]
        "layer-chain" => layer_chain::mount(&section)?,
        #[cfg(feature = "data")]
        "lesion-lab" => lesion_lab::mount(&section)?,
        #[cfg(feature = "images")]
        "pixel-inspector" => pixel_inspector::mount(&section)?,
        #[cfg(feature = "shortcuts")]
        "shortcut-lab" => shortcut_lab::mount(&section)?,
        other => {
            let words = format!("The widget \"{other}\" is not part of this module.");
            return Err(Failure::new(words).into());
        }
    }
    Ok(())
}
