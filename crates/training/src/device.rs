//! Where the numbers are crunched.

use anyhow::bail;
use tch::{Cuda, Device};

/// What the user asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Choice {
    /// A GPU if libtorch finds one, else the CPU.
    Auto,
    /// The CPU.
    Cpu,
    /// A GPU, or an error.
    Cuda,
}

impl Choice {
    /// The device itself.
    ///
    /// # Errors
    /// `Cuda` without a GPU that libtorch can use.
    pub fn device(self) -> anyhow::Result<Device> {
        if self == Self::Cpu {
            return Ok(Device::Cpu);
        }
        let library = open_cuda_library();
        match (self, Cuda::is_available()) {
            (_, true) => Ok(Device::Cuda(0)),
            (Self::Auto | Self::Cpu, false) => Ok(Device::Cpu),
            (Self::Cuda, false) => bail!(
                "--device cuda expects a GPU that libtorch can use, found none ({}); use --device cpu, or point LIBTORCH \
                 at a PyTorch with CUDA on a machine with an NVIDIA driver",
                library.err().unwrap_or_else(|| "its CUDA library opens, but finds no GPU".to_owned())
            ),
        }
    }
}

/// The linker leaves `libtorch_cuda.so` out, so that one binary also runs where there is none; here it is opened.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "opening a library runs its initialisers, and no safe function does it")]
fn open_cuda_library() -> Result<(), String> {
    // SAFETY: the names are C strings; the library is libtorch's own, and stays open to the end.
    let handle = unsafe { libc::dlopen(c"libtorch_cuda.so".as_ptr(), libc::RTLD_NOW | libc::RTLD_GLOBAL) };
    if !handle.is_null() {
        return Ok(());
    }
    // SAFETY: after a failure dlerror returns null or a C string that stays valid until the next call.
    let reason = unsafe {
        let text = libc::dlerror();
        if text.is_null() {
            None
        } else {
            Some(std::ffi::CStr::from_ptr(text).to_string_lossy().into_owned())
        }
    };
    Err(reason.unwrap_or_else(|| "libtorch_cuda.so does not open".to_owned()))
}

#[cfg(not(target_os = "linux"))]
fn open_cuda_library() -> Result<(), String> {
    Err("CUDA is looked for on Linux only".to_owned())
}
