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

use catalog::widget::{self, Widget};

use crate::Mount;

/// The widgets that run no network.
pub const PLAIN: &[(&Widget, Mount)] = &[
    (&widget::ARCHITECTURE_EXPLORER, architecture_explorer::mount),
    (&widget::AUGMENTATION_LAB, augmentation_lab::mount),
    (&widget::DATASET_EXPLORER, dataset_explorer::mount),
    (&widget::KERNEL_LAB, kernel_lab::mount),
    (&widget::LAYER_CHAIN, layer_chain::mount),
    (&widget::LESION_LAB, lesion_lab::mount),
    (&widget::PIXEL_INSPECTOR, pixel_inspector::mount),
    (&widget::SHORTCUT_LAB, shortcut_lab::mount),
];

/// The widgets that run a network.
pub const NETWORK: &[(&Widget, Mount)] = &[
    (&widget::CLASSIFIER, classifier::mount),
    (&widget::EVIDENCE, evidence::mount),
    (&widget::FEATURE_MAPS, feature_maps::mount),
    (&widget::MANY_IMAGES, many_images::mount),
];

#[cfg(test)]
mod tests {
    use catalog::manifest::{NETWORK_WIDGETS, PLAIN_WIDGETS};

    use super::*;

    #[test]
    fn every_widget_of_the_catalog_is_in_the_module_that_its_page_loads() {
        for widget in widget::WIDGETS {
            let modules = [(PLAIN_WIDGETS, PLAIN), (NETWORK_WIDGETS, NETWORK)];
            let found = modules.iter().filter(|(_, list)| list.iter().any(|(one, _)| *one == widget));
            let found: Vec<_> = found.map(|(module, _)| *module).collect();
            assert_eq!(found, [widget.module()], "{}", widget.name);
        }
    }
}
