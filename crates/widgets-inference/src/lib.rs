//! The WASM module with the widgets that run an exported model.
