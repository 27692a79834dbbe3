//! Which of a model's precisions a page loads: the smallest file that still gives the answers of the weights as trained.
//!
//! Three measurements on the test images decide, and all three must pass. With 8 bits they do for the book's network with two
//! classes. The network with eight classes keeps its balanced accuracy, but gives another diagnosis for one image in a hundred,
//! so that the page would contradict the figures printed next to it: 16 bits are the smallest that pass.

use crate::model::{FULL, ModelCard, StoredPrecision};

/// Share of the test images whose most probable label must be that of the weights as trained: all but one in 200. With fewer,
/// the confusion matrix in the chapters would change.
pub const SAME_TOP: f64 = 0.995;

/// How much lower the balanced accuracy may be: far less than another sample of test images would change it, ± 0.03 for the
/// book's 1,279.
pub const ACCURACY_LOST: f64 = 0.005;

/// Largest difference of any probability of any image: two percentage points, less than the interval of any share that the
/// chapters print. Precomputed results and those of the page come from the same file, so they agree anyway.
pub const DIFFERENCE: f32 = 0.02;

impl ModelCard {
    /// The smallest of the measured precisions that gives the answers of the weights as trained; `None` if none was measured,
    /// or full precision was not.
    ///
    /// A page loads this one; `cargo xtask export` prints a note if it exported another one.
    pub fn smallest_faithful(&self) -> Option<&StoredPrecision> {
        let full = self.stored.iter().find(|row| row.precision == FULL)?;
        self.stored.iter().filter(|row| row.is_faithful_to(full)).min_by_key(|row| row.bytes)
    }
}

impl StoredPrecision {
    /// Whether this precision may replace `full`, the weights as trained.
    fn is_faithful_to(&self, full: &Self) -> bool {
        let same_top = f64::from(self.same_top) >= SAME_TOP * f64::from(self.images);
        let as_accurate = match (self.balanced_accuracy, full.balanced_accuracy) {
            (Some(ours), Some(full)) => full - ours <= ACCURACY_LOST,
            // Undefined if a label has no test image, which rules out neither.
            (None, None) => true,
            _ => false,
        };
        same_top && as_accurate && self.difference <= DIFFERENCE
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ModelInput, Parity, Provenance};

    fn stored(precision: &str, bytes: u64, same_top: u32, difference: f32, accuracy: f64) -> StoredPrecision {
        StoredPrecision {
            precision: precision.to_owned(),
            file: None,
            bytes,
            sha256: String::new(),
            images: 1000,
            same_top,
            difference,
            balanced_accuracy: Some(accuracy),
        }
    }

    fn check_choice(eight_bits: StoredPrecision, expected: &str) {
        let card = ModelCard {
            name: String::new(),
            title: String::new(),
            architecture: String::new(),
            task: String::new(),
            labels: Vec::new(),
            input: ModelInput { size: 1, mean: [0.0; 3], std: [1.0; 3] },
            precision: String::new(),
            trained_on: String::new(),
            drawn: false,
            evened: false,
            licence: String::new(),
            provenance: Provenance {
                config: String::new(),
                config_sha256: String::new(),
                source: String::new(),
                onnx_sha256: String::new(),
            },
            parity: Parity { tolerance: 1e-4, inputs: 0, native: 0.0, wasm: None, webgpu: None },
            stored: vec![
                stored("fp32", 400, 1000, 0.0, 0.8),
                stored("fp16", 200, 999, 0.002, 0.8),
                eight_bits,
            ],
        };
        assert_eq!(card.smallest_faithful().map(|row| row.precision.as_str()), Some(expected));
    }

    #[test]
    fn the_smallest_that_passes_all_three_is_chosen() {
        check_choice(stored("int8", 100, 995, 0.02, 0.7951), "int8");
    }

    #[test]
    fn each_measurement_alone_refuses_a_precision() {
        // 994 of 1000 are fewer than 995; 0.021 is more than 0.02; 0.8 - 0.794 = 0.006 is more than 0.005.
        check_choice(stored("int8", 100, 994, 0.004, 0.8), "fp16");
        check_choice(stored("int8", 100, 1000, 0.021, 0.8), "fp16");
        check_choice(stored("int8", 100, 1000, 0.004, 0.794), "fp16");
    }

    #[test]
    fn a_better_accuracy_is_accepted() {
        check_choice(stored("int8", 100, 1000, 0.004, 0.9), "int8");
    }
}
