//! Every widget, a folder each: `mod` binds form and picture and decides, `view` draws, `words` says; other files are parts
//! of the view or of what is computed.

mod architecture_explorer;
pub(crate) mod augmentation_lab;
mod classifier;
mod dataset_explorer;
mod domain_shift;
mod evidence;
mod feature_maps;
pub(crate) mod kernel_lab;
mod layer_chain;
mod lesion_lab;
mod many_images;
mod network_comparison;
mod pixel_inspector;
mod shortcut_lab;

use catalog::widget::{self, Widget};

use crate::Mount;

/// The widgets of [`Part::Images`](widget::Part::Images).
pub const IMAGES: &[(&Widget, Mount)] = &[
    (&widget::AUGMENTATION_LAB, augmentation_lab::mount),
    (&widget::DATASET_EXPLORER, dataset_explorer::mount),
    (&widget::KERNEL_LAB, kernel_lab::mount),
    (&widget::LESION_LAB, lesion_lab::mount),
    (&widget::PIXEL_INSPECTOR, pixel_inspector::mount),
];

/// The widget of [`Part::Architecture`](widget::Part::Architecture).
pub const ARCHITECTURE: &[(&Widget, Mount)] =
    &[(&widget::ARCHITECTURE_EXPLORER, architecture_explorer::mount)];

/// The widget of [`Part::Layer`](widget::Part::Layer).
pub const LAYER: &[(&Widget, Mount)] = &[(&widget::LAYER_CHAIN, layer_chain::mount)];

/// The widget of [`Part::Shortcuts`](widget::Part::Shortcuts).
pub const SHORTCUTS: &[(&Widget, Mount)] = &[(&widget::SHORTCUT_LAB, shortcut_lab::mount)];

/// The widget of [`Part::Judging`](widget::Part::Judging).
pub const JUDGING: &[(&Widget, Mount)] = &[(&widget::DOMAIN_SHIFT, domain_shift::mount)];

/// The widgets of [`Part::Network`](widget::Part::Network).
pub const NETWORK: &[(&Widget, Mount)] = &[
    (&widget::CLASSIFIER, classifier::mount),
    (&widget::EVIDENCE, evidence::mount),
    (&widget::FEATURE_MAPS, feature_maps::mount),
    (&widget::MANY_IMAGES, many_images::mount),
    (&widget::NETWORK_COMPARISON, network_comparison::mount),
];

#[cfg(test)]
mod tests {
    use catalog::widget::Part;

    use super::*;

    #[test]
    fn every_widget_of_the_catalog_is_in_the_part_that_its_page_loads() {
        for widget in widget::WIDGETS {
            let parts = [
                (Part::Images, IMAGES),
                (Part::Architecture, ARCHITECTURE),
                (Part::Layer, LAYER),
                (Part::Shortcuts, SHORTCUTS),
                (Part::Judging, JUDGING),
                (Part::Network, NETWORK),
            ];
            let found = parts.iter().filter(|(_, list)| list.iter().any(|(one, _)| *one == widget));
            let found: Vec<_> = found.map(|(part, _)| *part).collect();
            assert_eq!(found, [widget.part()], "{}", widget.name);
        }
    }
}
