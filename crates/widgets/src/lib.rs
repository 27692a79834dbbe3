//! The WASM module with every widget that needs no model.
