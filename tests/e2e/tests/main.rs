//! Every browser test, in one program.

mod accessibility;
mod augmentation_lab;
mod blocked;
mod budget;
mod camera;
mod classifier;
mod dataset_explorer;
mod feature_maps;
mod kernel_lab;
mod lesion_lab;
mod looking;
mod network_fails;
mod old_browser;
mod own_image;
mod pages;
mod pixel_inspector;
mod resume;
mod same_bits;
