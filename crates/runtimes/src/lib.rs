//! The native libraries that networks run on, libtorch and ONNX Runtime: found on this machine, or fetched once.
//!
//! Python's package archives bring both; they are unpacked into [`cache::folder`], never installed.

pub mod cache;
pub mod libtorch;
pub mod onnxruntime;
pub mod process;
mod trainer;
pub mod wheel;

pub use trainer::trainer;
