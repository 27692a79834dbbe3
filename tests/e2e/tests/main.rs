//! Every browser test, in one program.

mod accessibility;
mod architecture_explorer;
mod augmentation_lab;
mod blocked;
mod budget;
mod camera;
mod classifier;
mod dataset_explorer;
mod evidence;
mod feature_maps;
mod full_precision;
mod kernel_lab;
mod layer_chain;
mod lesion_lab;
mod looking;
mod many_images;
mod network_fails;
mod old_browser;
mod own_image;
mod own_model;
mod pages;
mod pixel_inspector;
mod resume;
mod same_bits;
mod shortcut_lab;
