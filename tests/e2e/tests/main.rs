//! Every browser test, in one program.

mod accessibility;
mod architecture_explorer;
mod augmentation_lab;
mod budget;
mod camera;
mod classifier;
mod dataset_explorer;
mod feature_maps;
mod kernel_lab;
mod lesion_lab;
mod looking;
mod old_browser;
mod own_image;
mod pages;
mod pixel_inspector;
mod same_bits;
mod shortcut_lab;
