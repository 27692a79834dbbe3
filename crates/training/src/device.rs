//! The device that computes: the one the user asked for, or the reason why it cannot be used.

use std::str::FromStr;

use anyhow::bail;
use tch::{Cuda, Device, Kind, Tensor};

use crate::gpu::{self, Gpu};

/// The device that the user asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceChoice {
    /// The GPU with the most free memory if libtorch can use one, else the CPU.
    Auto,
    /// The CPU.
    Cpu,
    /// A GPU, a particular one if there is a number; an error if it cannot be used.
    Cuda(Option<usize>),
}

impl FromStr for DeviceChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(None)),
            _ => match text.strip_prefix("cuda:").map(str::parse) {
                Some(Ok(number)) => Ok(Self::Cuda(Some(number))),
                _ => Err(format!("a device is auto, cpu, cuda or cuda:N such as cuda:0, not {text}")),
            },
        }
    }
}

/// The device that will compute.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundDevice {
    /// Where to compute.
    pub device: Device,
    /// Its name, and why it is not a GPU if the user might expect one.
    pub words: String,
}

impl DeviceChoice {
    /// Finds the device and tries it with a few bytes.
    ///
    /// # Errors
    /// `Cuda` if no GPU can be used now, with the reason.
    pub fn device(self) -> anyhow::Result<FoundDevice> {
        let cpu = |words: String| FoundDevice { device: Device::Cpu, words };
        if self == Self::Cpu {
            return Ok(cpu("CPU".to_owned()));
        }
        let gpus = gpu::all();
        let count = match count() {
            Ok(count) => count,
            // A machine without any GPU needs no explanation.
            Err(_) if self == Self::Auto && gpus.is_empty() => return Ok(cpu("CPU".to_owned())),
            Err(reason) if self == Self::Auto => return Ok(cpu(format!("CPU, not a GPU: {reason}"))),
            Err(reason) => bail!(
                "--device cuda needs a GPU that libtorch can use: {reason}; use --device cpu, or set LIBTORCH to a PyTorch \
                 with CUDA on a machine with an NVIDIA driver"
            ),
        };
        let mut reasons = Vec::new();
        for number in numbers(self, count, &gpus)? {
            match try_out(number) {
                Ok(()) => {
                    let name = gpus.get(number).map_or_else(String::new, |gpu| format!(", {}", gpu.name));
                    return Ok(FoundDevice {
                        device: Device::Cuda(number),
                        words: format!("cuda:{number}{name}"),
                    });
                }
                Err(text) => reasons.push(format!("cuda:{number} {}", why(&text, gpus.get(number)))),
            }
        }
        let (reasons, users) = (reasons.join("; "), gpu::users());
        let users =
            if users.is_empty() { String::new() } else { format!("; in use by {}", users.join("; ")) };
        if self == Self::Auto {
            return Ok(cpu(format!("CPU, not a GPU: {reasons}{users}")));
        }
        bail!(
            "no GPU is free: {reasons}{users}; wait until one is, choose another with --device cuda:N, or use --device cpu"
        )
    }
}

/// The GPUs to try, best first.
fn numbers(choice: DeviceChoice, count: usize, gpus: &[Gpu]) -> anyhow::Result<Vec<usize>> {
    if let DeviceChoice::Cuda(Some(number)) = choice {
        if number >= count {
            bail!("there is no cuda:{number}; the GPUs of this machine are cuda:0 to cuda:{}", count - 1);
        }
        return Ok(vec![number]);
    }
    let free = |number: usize| gpus.get(number).map_or(0.0, |gpu| gpu.memory - gpu.used);
    let mut numbers: Vec<usize> = (0..count).collect();
    numbers.sort_by(|&a, &b| free(b).total_cmp(&free(a)));
    Ok(numbers)
}

/// How many GPUs libtorch can use, at least one.
fn count() -> Result<usize, String> {
    open_cuda_library()?;
    match if Cuda::is_available() { Cuda::device_count() } else { 0 } {
        ..=0 => Err("its CUDA library finds no GPU; nvidia-smi shows what the driver sees".to_owned()),
        count => Ok(count as usize),
    }
}

/// Copies a number to the GPU and back.
fn try_out(number: usize) -> Result<(), String> {
    let there = Tensor::f_ones([1], (Kind::Float, Device::Cuda(number)));
    let back = there.and_then(|tensor| tensor.f_to_device(Device::Cpu));
    back.map(drop).map_err(|error| error.to_string())
}

/// libtorch's message about a GPU in plain words.
fn why(text: &str, gpu: Option<&Gpu>) -> String {
    if text.contains("busy or unavailable") {
        return "is busy: another program uses it exclusively".to_owned();
    }
    if text.contains("out of memory") {
        let of = gpu.map_or_else(String::new, |gpu| format!(" ({})", gpu.words()));
        return format!("is busy: its memory is full{of}");
    }
    if text.contains("no kernel image") {
        return "is not supported by this libtorch: it is too old or too new".to_owned();
    }
    format!("cannot be used ({})", text.lines().next().unwrap_or_default())
}

/// Opens `libtorch_cuda.so`, to which the program is not linked so that it also runs without CUDA.
#[cfg(target_os = "linux")]
#[allow(unsafe_code, reason = "opening a library runs its initialisers; there is no safe function for it")]
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
    Err(reason.unwrap_or_else(|| "libtorch_cuda.so cannot be opened".to_owned()))
}

#[cfg(not(target_os = "linux"))]
fn open_cuda_library() -> Result<(), String> {
    Err("CUDA is supported on Linux only".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gpu(index: usize, used: f64) -> Gpu {
        Gpu { index, name: "T4".to_owned(), busy: Some(3.0), used, memory: 16384.0 }
    }

    #[test]
    fn a_device_is_read_from_its_name() {
        assert_eq!("cuda".parse(), Ok(DeviceChoice::Cuda(None)));
        assert_eq!("cuda:3".parse(), Ok(DeviceChoice::Cuda(Some(3))));
        for wrong in ["gpu", "cuda:", "cuda:-1", "CUDA"] {
            assert!(wrong.parse::<DeviceChoice>().unwrap_err().contains(&format!("not {wrong}")));
        }
    }

    #[test]
    fn the_gpu_with_the_most_free_memory_is_tried_first() {
        let gpus = [gpu(0, 9000.0), gpu(1, 10.0), gpu(2, 500.0)];
        assert_eq!(numbers(DeviceChoice::Auto, 3, &gpus).unwrap(), [1, 2, 0]);
        assert_eq!(numbers(DeviceChoice::Cuda(Some(0)), 3, &gpus).unwrap(), [0]);
        // Without a report of free memory they stay in order.
        assert_eq!(numbers(DeviceChoice::Cuda(None), 3, &[]).unwrap(), [0, 1, 2]);
        let error = numbers(DeviceChoice::Cuda(Some(3)), 3, &gpus).unwrap_err().to_string();
        assert!(error.contains("no cuda:3; the GPUs of this machine are cuda:0 to cuda:2"), "{error}");
    }

    #[test]
    fn libtorch_s_messages_about_a_busy_gpu_are_explained() {
        let text =
            "CUDA error: CUDA-capable device(s) is/are busy or unavailable\nCUDA kernel errors might be";
        assert_eq!(why(text, None), "is busy: another program uses it exclusively");
        let text = "CUDA out of memory. Tried to allocate 2.00 MiB";
        assert_eq!(
            why(text, Some(&gpu(0, 16000.0))),
            "is busy: its memory is full (GPU 3 %, 15.6 of 16.0 GiB)"
        );
        assert_eq!(why("what is this\nand more", None), "cannot be used (what is this)");
    }

    #[test]
    fn the_cpu_can_always_be_used() {
        assert_eq!(DeviceChoice::Cpu.device().unwrap().device, Device::Cpu);
    }
}
