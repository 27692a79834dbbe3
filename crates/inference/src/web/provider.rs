//! Adds an execution provider by the name that `ort-web` knows.
//!
//! `ort::ep::WebGPU` asks for `WebGpuExecutionProvider`, which `ort-web` refuses, and `ort` only logs the refusal:
//! everything would run on WASM unnoticed.
#![expect(unsafe_code, reason = "ort has no safe way to add a provider by a name of one's own")]

use ort::AsPointer;
use ort::session::builder::SessionBuilder;

use super::Backend;

/// Adds `backend` to the session to be.
///
/// # Errors
/// In `ort-web`'s words when it does not know the name.
pub(crate) fn append(builder: &mut SessionBuilder, backend: Backend) -> ort::Result<()> {
    let name = match backend {
        Backend::WebGpu => c"WebGPU",
        Backend::Wasm => c"WASM",
    };
    // SAFETY: the builder owns valid session options; the name ends in NUL and outlives the call, which copies it; no
    // keys and no values are read when their count is 0.
    let status = unsafe {
        (ort::api().SessionOptionsAppendExecutionProvider)(
            builder.ptr_mut(),
            name.as_ptr(),
            std::ptr::null(),
            std::ptr::null(),
            0,
        )
    };
    // SAFETY: the status comes from the call above and is handed over once.
    unsafe { ort::Error::result_from_status(status) }
}
