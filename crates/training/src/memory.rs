//! What to do when a device runs out of memory: the batch size that would have fitted.

use anyhow::anyhow;
use architecture::{Network, Op};

/// Bytes of a 32-bit float.
const NUMBER: f64 = 4.0;

/// Share of the free memory that a training can use; fragmentation takes the rest.
const USABLE: f64 = 0.9;

/// Whether a message of libtorch says that a device has no memory left.
pub fn is_exhausted(message: &str) -> bool {
    message.contains("out of memory") || message.contains("can't allocate memory")
}

/// libtorch's own sentence in `message`, without the quotation by its binding (`… value: Torch("…\\n…")`) and the lines of
/// C++ that follow.
pub fn sentence(message: &str) -> &str {
    let start = message.find("Torch(\"").map_or(0, |at| at + "Torch(\"".len());
    let message = &message[start..];
    let end = [message.find('\n'), message.find("\\n")].into_iter().flatten().min();
    &message[..end.unwrap_or(message.len())]
}

/// Memory that a training needs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MemoryNeed {
    /// Bytes for the weights, their gradients and the optimiser's state, independent of the batch.
    pub fixed: f64,
    /// Bytes for each image of a batch.
    pub image: f64,
}

impl MemoryNeed {
    /// Of a training of `network`, with `copies` values for every weight (the weight, its gradient, the optimiser's
    /// memory, an average) and `bytes` for a number between the layers (2 in mixed precision, else 4).
    ///
    /// Every layer's output is kept until the gradients are known. The gradients of one layer's input and output are needed
    /// at the same time, for which the largest layer is counted twice more. A convolution may need further memory, so this
    /// is a lower bound.
    pub fn of(network: &Network, copies: usize, bytes: f64) -> Self {
        let layers = network.layers.iter().filter(|layer| layer.op != Op::Softmax);
        let sizes: Vec<f64> = layers.map(|layer| layer.output.numbers() as f64).collect();
        let largest = sizes.iter().copied().fold(0.0, f64::max);
        Self {
            fixed: network.parameter_count() as f64 * copies as f64 * NUMBER,
            image: (sizes.iter().sum::<f64>() + 2.0 * largest) * bytes,
        }
    }

    /// The largest batch for this many bytes, smaller than the `tried` one that did not fit; a multiple of 8 from 8 on.
    pub fn fitting(self, bytes: f64, tried: usize) -> Option<usize> {
        let images = ((bytes * USABLE - self.fixed) / self.image).max(0.0) as usize;
        // The batch that was tried did not fit, even if the estimate disagrees.
        let images = images.min(tried * 3 / 4);
        let images = if images >= 8 { images - images % 8 } else { images };
        (images > 0).then_some(images)
    }
}

/// A GPU's memory as libtorch reports it, in bytes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ReportedMemory {
    /// In total.
    pub capacity: f64,
    /// In use by no program.
    pub free: f64,
    /// In use by this training.
    pub ours: f64,
}

impl ReportedMemory {
    /// Reads `… has a total capacity of 23.68 GiB of which 1.20 GiB is free. … Of the allocated memory 19.50 GiB is
    /// allocated by PyTorch, and 100.00 MiB is reserved by PyTorch but unallocated.`
    pub fn read(message: &str) -> Option<Self> {
        let after = |words: &str| bytes(message.split_once(words)?.1);
        let ours = after("Of the allocated memory").unwrap_or(0.0)
            + after("is allocated by PyTorch, and").unwrap_or(0.0);
        Some(Self { capacity: after("total capacity of")?, free: after("of which")?, ours })
    }
}

/// `19.50 GiB`, at the start of a text.
fn bytes(text: &str) -> Option<f64> {
    let mut words = text.split_whitespace();
    let number: f64 = words.next()?.parse().ok()?;
    let unit = match words.next()?.trim_end_matches(['.', ',', ';']) {
        "bytes" | "B" => 1.0,
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    Some(number * unit)
}

/// An error that explains libtorch's `message` after a batch of `batch_size` images did not fit.
///
/// `left` is the computer's free main memory, for a training on the CPU, about which libtorch reports nothing.
pub fn answer(message: &str, need: MemoryNeed, batch_size: usize, left: f64) -> anyhow::Error {
    let gib = |bytes: f64| format!("{:.1} GiB", bytes / 1024.0 / 1024.0 / 1024.0);
    let said = ReportedMemory::read(message);
    let there = said.map_or(left, |said| said.free + said.ours);
    let needed = gib(need.fixed + need.image * batch_size as f64);
    let others = said.map(|said| said.capacity - there).filter(|&others| others > 0.1 * there);
    let others = others.map_or_else(String::new, |others| {
        format!("; other programs use {} (nvidia-smi lists them)", gib(others))
    });
    let advice = match need.fitting(there, batch_size) {
        Some(fits) => format!("batch_size = {fits} would fit"),
        None => "not even one image would fit: lower image_size or choose a smaller network".to_owned(),
    };
    anyhow!("{}", sentence(message)).context(format!(
        "out of memory: batch_size = {batch_size} needs at least {needed}, but {} are available{others}; {advice}; give the \
         changed recipe another name, or remove the run's folder",
        gib(there)
    ))
}

#[cfg(test)]
mod tests {
    use architecture::INPUT;

    use super::*;

    const GIB: f64 = 1024.0 * 1024.0 * 1024.0;
    const MESSAGE: &str = "CUDA out of memory. Tried to allocate 392.00 MiB. GPU 0 has a total capacity of 8.00 GiB of \
        which 200.00 MiB is free. Including non-PyTorch memory, this process has 7.80 GiB memory in use. Of the \
        allocated memory 7.00 GiB is allocated by PyTorch, and 100.00 MiB is reserved by PyTorch but unallocated. If \
        reserved but unallocated memory is large try setting PYTORCH_ALLOC_CONF=expandable_segments:True";

    #[test]
    fn libtorch_s_report_is_read() {
        let said = ReportedMemory::read(MESSAGE).unwrap();
        assert!((said.capacity - 8.0 * GIB).abs() < 1.0);
        assert!((said.free - 200.0 / 1024.0 * GIB).abs() < 1.0);
        assert!((said.ours - (7.0 + 100.0 / 1024.0) * GIB).abs() < 1.0);
        assert!(is_exhausted(MESSAGE) && ReportedMemory::read("CUDA out of memory").is_none());
    }

    #[test]
    fn only_the_first_sentence_of_libtorch_s_message_is_kept() {
        let quoted = "called `Result::unwrap()` on an `Err` value: Torch(\"CUDA out of memory. Tried.\\nException \
            raised from malloc\\nframe #0\")";
        assert_eq!(sentence(quoted), "CUDA out of memory. Tried.");
        assert_eq!(sentence("CUDA out of memory. Tried.\nException"), "CUDA out of memory. Tried.");
        assert_eq!(sentence(MESSAGE), MESSAGE);
    }

    #[test]
    fn the_batch_fills_nine_tenths_of_the_memory_that_the_weights_leave() {
        let need = MemoryNeed { fixed: 100.0, image: 10.0 };
        // (0.9 * 500 - 100) / 10 = 35, and the multiple of 8 below is 32.
        assert_eq!(need.fitting(500.0, 64), Some(32));
        // (0.9 * 170 - 100) / 10 = 5.3.
        assert_eq!(need.fitting(170.0, 64), Some(5));
        assert_eq!(need.fitting(110.0, 64), None);
        // 64 did not fit, so at most three quarters of it.
        assert_eq!(need.fitting(1e9, 64), Some(48));
        assert_eq!(need.fitting(1e9, 1), None);
    }

    #[test]
    fn a_network_needs_its_weights_and_its_layers_outputs() {
        let mut network = Network::new("line", [3, 2, 2]);
        network.add("flatten", Op::Flatten, &[INPUT]).unwrap();
        network.add("fc", Op::Linear { inputs: 12, outputs: 4 }, &["flatten"]).unwrap();
        // 12 * 4 + 4 = 52 weights, three numbers for each, four bytes a number; 12 + 4 numbers between the layers, and
        // the largest layer's 12 twice more.
        assert_eq!(
            MemoryNeed::of(&network, 3, 4.0),
            MemoryNeed { fixed: 52.0 * 12.0, image: (16.0 + 24.0) * 4.0 }
        );
    }

    #[test]
    fn the_error_suggests_a_batch_size_and_mentions_other_programs() {
        let need = MemoryNeed { fixed: GIB, image: GIB / 8.0 };
        // 0.2 + 7.0 + 0.1 = 7.3 GiB are ours or free: (0.9 * 7.3 - 1) * 8 = 44.5, and 40 is a multiple of 8.
        let alone = format!("{:#}", answer(MESSAGE, need, 128, 0.0));
        assert!(
            alone.contains("batch_size = 128 needs at least 17.0 GiB, but 7.3 GiB are available"),
            "{alone}"
        );
        assert!(alone.contains("batch_size = 40 would fit") && !alone.contains("other programs"), "{alone}");
        // 8.0 - (0.2 + 4.0 + 0.1) = 3.7 GiB belong to others: (0.9 * 4.3 - 1) * 8 = 23.
        let crowded = MESSAGE.replace("7.00 GiB is allocated", "4.00 GiB is allocated");
        let crowded = format!("{:#}", answer(&crowded, need, 128, 0.0));
        assert!(crowded.contains("other programs use 3.7 GiB"), "{crowded}");
        assert!(
            crowded.contains("batch_size = 16 would fit") && crowded.contains("CUDA out of memory"),
            "{crowded}"
        );
    }

    #[test]
    fn running_out_of_main_memory_is_explained_too() {
        let message = "[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory: you \
            tried to allocate 1000000 bytes. Error code 12 (Cannot allocate memory)";
        assert!(is_exhausted(message));
        let need = MemoryNeed { fixed: 0.0, image: GIB };
        assert!(format!("{:#}", answer(message, need, 32, 10.0 * GIB)).contains("batch_size = 8 would fit"));
    }
}
