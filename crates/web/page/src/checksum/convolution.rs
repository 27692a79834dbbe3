//! What the kernel lab computes.

use imaging::Kernel;
use nn::Tensor;
use nn::conv::{self, Padding, Step};

use super::{drawn, hexadecimal};

/// Checksum of the results of a named kernel over a drawn lesion in grey, bit by bit: stride 1, replicate padding.
///
/// # Errors
/// A message as from [`super::lesion`], or if there is no such kernel.
pub fn convolution(kernel: &str, diagnosis: &str, seed: u32, size: u32) -> Result<String, String> {
    Ok(hexadecimal(lesions::checksum(&results(kernel, diagnosis, seed, size)?)))
}

/// The results' bits, four bytes each, lowest first.
fn results(name: &str, diagnosis: &str, seed: u32, size: u32) -> Result<Vec<u8>, String> {
    let kernel =
        Kernel::named(name).ok_or_else(|| format!("unknown kernel {name}; use one such as sobel-x"))?;
    let image = drawn(diagnosis, seed, size)?;
    let side = kernel.size();
    let run = || {
        let numbers = crate::widgets::kernel_lab::numbers(&image, false)?;
        let weights = Tensor::new([side, side], kernel.coefficients().to_vec())?;
        conv::depthwise(&numbers, &weights, Step::new(1, Padding::Replicate))
    };
    let result = run().map_err(|e| e.to_string())?;
    Ok(result.data().iter().flat_map(|value| value.to_bits().to_le_bytes()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kernel_and_seed_has_a_checksum_of_its_own() {
        let mut sums: Vec<u64> = Kernel::NAMES
            .iter()
            .flat_map(|name| [1, 2].map(|seed| lesions::checksum(&results(name, "NV", seed, 32).unwrap())))
            .collect();
        sums.sort_unstable();
        sums.dedup();
        assert_eq!(sums.len(), 12);
    }

    #[test]
    fn a_kernel_that_does_not_exist_is_named() {
        assert_eq!(results("own", "NV", 1, 8), Err("unknown kernel own; use one such as sobel-x".to_owned()));
    }
}
