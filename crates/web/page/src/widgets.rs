//! Every widget, a folder each: `mod` binds form and picture and decides, `view` draws, `words` says; other files are parts
//! of the view or of what is computed.

mod architecture_explorer;
pub(crate) mod augmentation_lab;
mod classifier;
mod dataset_explorer;
mod evidence;
mod feature_maps;
pub(crate) mod kernel_lab;
mod layer_chain;
mod lesion_lab;
mod many_images;
mod pixel_inspector;
mod shortcut_lab;

use kit::{Failure, Section};

/// Makes one widget alive.
type Mount = fn(&Section) -> Result<(), Failure>;

/// What makes the widget of this name alive.
fn mounting(name: &str) -> Option<Mount> {
    Some(match name {
        "architecture-explorer" => architecture_explorer::mount,
        "augmentation-lab" => augmentation_lab::mount,
        "classifier" => classifier::mount,
        "dataset-explorer" => dataset_explorer::mount,
        "evidence" => evidence::mount,
        "feature-maps" => feature_maps::mount,
        "kernel-lab" => kernel_lab::mount,
        "layer-chain" => layer_chain::mount,
        "lesion-lab" => lesion_lab::mount,
        "many-images" => many_images::mount,
        "pixel-inspector" => pixel_inspector::mount,
        "shortcut-lab" => shortcut_lab::mount,
        _ => return None,
    })
}

/// Makes a widget alive.
///
/// # Errors
/// [`Failure`] if the page lacks a part that it needs.
pub(crate) fn mount(section: &Section) -> Result<(), Failure> {
    let name = section.widget().name;
    let mount =
        mounting(name).ok_or_else(|| Failure::new(format!("Nothing mounts the widget \"{name}\".")))?;
    mount(section)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_widget_of_the_catalog_can_be_mounted() {
        for widget in catalog::widget::WIDGETS {
            assert!(mounting(widget.name).is_some(), "{}", widget.name);
        }
    }
}
