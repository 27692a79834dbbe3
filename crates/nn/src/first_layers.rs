//! A residual network's way into its blocks: convolution, batch normalisation, activation, pooling; and the small file
//! that brings its numbers into a page.
//!
//! The input is `[3, S, S]`, normalised; a map of the convolution `[H, W]`, a pooled one about half as large.

use crate::conv::{Padding, Step, cross_correlate};
use crate::pool::Window;
use crate::{Activation, BatchNorm, Pooling, ShapeError, Tensor, pool};

/// The first layers of one trained network.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstLayers {
    /// Width and height of the network's input, pixels.
    pub size: usize,
    /// Means of its red, green and blue, for pixels scaled to 0..=1.
    pub mean: [f32; 3],
    /// Deviations of its red, green and blue.
    pub std: [f32; 3],
    /// Pixels from one place of a kernel to the next.
    pub stride: usize,
    /// Zeros around the input, on each side.
    pub pad: usize,
    /// One kernel a map: `[3, K, K]`.
    pub kernels: Vec<Tensor<3>>,
    /// One batch normalisation a map.
    pub norms: Vec<BatchNorm>,
    /// The window of the pooling.
    pub window: Window,
}

/// One map after each of the four layers.
#[derive(Clone, Debug, PartialEq)]
pub struct Maps {
    /// After the convolution, `[H, W]`.
    pub convolved: Tensor<2>,
    /// After batch normalisation, `[H, W]`.
    pub normalised: Tensor<2>,
    /// After the activation, `[H, W]`.
    pub activated: Tensor<2>,
    /// After pooling, `[H', W']`.
    pub pooled: Tensor<2>,
}

/// What a file of first layers begins with.
const MAGIC: [u8; 4] = *b"SD1L";
/// Whole numbers after it: size, kernel, stride, pad, three of the pooling's window, maps.
const WHOLE: usize = 8;
/// Numbers before the kernels: mean, deviation, epsilon.
const BEFORE: usize = 7;
/// Colours of the input.
const COLOURS: usize = 3;

impl FirstLayers {
    /// How the kernel moves: zeros stand around the image.
    pub fn step(&self) -> Step {
        Step::new(self.stride, Padding::Zero).padded(self.pad)
    }

    // ANCHOR: first_layers
    /// Runs an input through the four layers, on the map of `channel`.
    ///
    /// # Errors
    /// [`ShapeError`] if there is no such channel, or the input is no `[3, H, W]` that the kernel fits.
    pub fn maps(
        &self,
        input: &Tensor<3>,
        channel: usize,
        activation: Activation,
        pooling: Pooling,
    ) -> Result<Maps, ShapeError> {
        let (kernel, norm) = self.channel(channel)?;
        let convolved = cross_correlate(input, kernel, self.step())?;
        let normalised = convolved.map(|x| norm.at(x));
        let activated = normalised.map(|x| activation.at(x));
        let pooled = pool(&activated, pooling, self.window)?;
        Ok(Maps { convolved, normalised, activated, pooled })
    }
    // ANCHOR_END: first_layers

    /// Kernel and batch normalisation of a map.
    ///
    /// # Errors
    /// [`ShapeError`] if there is no such map.
    pub fn channel(&self, channel: usize) -> Result<(&Tensor<3>, &BatchNorm), ShapeError> {
        self.kernels.get(channel).zip(self.norms.get(channel)).ok_or_else(|| ShapeError {
            operation: "FirstLayers::channel",
            expected: format!("a channel below {}", self.kernels.len()),
            found: channel.to_string(),
        })
    }

    /// As a file, little-endian: `SD1L`; as 32-bit whole numbers size, K, stride, pad, the window's kernel, stride and pad,
    /// and the number of maps M; as 32-bit floats three means, three deviations, epsilon, M × 3 × K × K numbers of the
    /// kernels, and M each of running mean, running variance, weight, bias.
    pub fn to_bytes(&self) -> Vec<u8> {
        let kernel = self.kernels.first().map_or(0, |kernel| kernel.shape()[1]);
        let Window { kernel: side, stride, pad } = self.window;
        let whole = [self.size, kernel, self.stride, self.pad, side, stride, pad, self.kernels.len()];
        let epsilon = self.norms.first().map_or(0.0, |norm| norm.epsilon);
        let numbers = self.mean.iter().chain(&self.std).chain([&epsilon]).copied();
        let kernels = self.kernels.iter().flat_map(|kernel| kernel.data().iter().copied());
        let of_norms: [fn(&BatchNorm) -> f32; 4] = [|n| n.mean, |n| n.variance, |n| n.weight, |n| n.bias];
        let norms = of_norms.into_iter().flat_map(|number| self.norms.iter().map(number));
        let mut bytes = MAGIC.to_vec();
        bytes.extend(whole.into_iter().flat_map(|number| (number as u32).to_le_bytes()));
        bytes.extend(numbers.chain(kernels).chain(norms).flat_map(f32::to_le_bytes));
        bytes
    }

    /// From what [`FirstLayers::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`ShapeError`] if the bytes are no such file, or not all of it.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ShapeError> {
        let error = |expected: String, found: String| ShapeError {
            operation: "FirstLayers::from_bytes",
            expected,
            found,
        };
        let head = MAGIC.len() + 4 * WHOLE;
        let Some(rest) = bytes.strip_prefix(&MAGIC).filter(|_| bytes.len() >= head) else {
            return Err(error("a file that begins with SD1L".into(), format!("{} other bytes", bytes.len())));
        };
        let words = rest.as_chunks::<4>().0;
        let whole = |i: usize| u32::from_le_bytes(words[i]) as usize;
        let [size, kernel, stride, pad, side, window_stride, window_pad, maps] =
            [0, 1, 2, 3, 4, 5, 6, 7].map(whole);
        let weights = COLOURS * kernel * kernel;
        let numbers: Vec<f32> = words[WHOLE..].iter().map(|&word| f32::from_le_bytes(word)).collect();
        let expected = BEFORE + maps.saturating_mul(weights + 4);
        if numbers.len() != expected || rest.len() % 4 != 0 || maps == 0 {
            return Err(error(format!("{expected} numbers for {maps} maps"), numbers.len().to_string()));
        }
        let (before, after) = numbers.split_at(BEFORE);
        let (kernels, norms) = after.split_at(maps * weights);
        let shape = [COLOURS, kernel, kernel];
        let arrays = [0, 1, 2, 3].map(|i| &norms[i * maps..(i + 1) * maps]);
        Ok(Self {
            size,
            mean: [before[0], before[1], before[2]],
            std: [before[3], before[4], before[5]],
            stride,
            pad,
            kernels: kernels
                .chunks_exact(weights.max(1))
                .map(|numbers| Tensor::new(shape, numbers.to_vec()))
                .collect::<Result<_, _>>()?,
            norms: (0..maps)
                .map(|channel| BatchNorm::of_layer(channel, arrays, before[6]))
                .collect::<Result<_, _>>()?,
            window: Window { kernel: side, stride: window_stride, pad: window_pad },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> FirstLayers {
        let kernel = |value: f32| Tensor::new([3, 1, 1], vec![value, 0.0, 1.0]).unwrap();
        let norm = BatchNorm { mean: 1.0, variance: 4.0, weight: 2.0, bias: -0.5, epsilon: 0.0 };
        FirstLayers {
            size: 4,
            mean: [0.25, 0.5, 0.75],
            std: [0.5, 0.25, 0.125],
            stride: 1,
            pad: 0,
            kernels: vec![kernel(1.0), kernel(-1.0)],
            norms: vec![norm, BatchNorm { mean: 3.0, ..norm }],
            window: Window { kernel: 2, stride: 2, pad: 0 },
        }
    }

    #[test]
    fn an_input_goes_through_all_four() {
        // Red 1 2 / 3 4, green 9 everywhere, blue 0: with the kernel 1 0 1 the red itself.
        let input = Tensor::new([3, 2, 2], [vec![1.0, 2.0, 3.0, 4.0], vec![9.0; 4], vec![0.0; 4]].concat());
        let maps = example().maps(&input.unwrap(), 0, Activation::Relu, Pooling::Max).unwrap();
        assert_eq!(maps.convolved.data(), [1.0, 2.0, 3.0, 4.0]);
        // (x - 1) / 2 * 2 - 0.5
        assert_eq!(maps.normalised.data(), [-0.5, 0.5, 1.5, 2.5]);
        assert_eq!(maps.activated.data(), [0.0, 0.5, 1.5, 2.5]);
        assert_eq!((maps.pooled.shape(), maps.pooled.data()), ([1, 1], &[2.5][..]));
    }

    #[test]
    fn what_is_written_is_read() {
        let bytes = example().to_bytes();
        // 4 + 8 * 4 + (7 + 2 * (3 + 4)) * 4
        assert_eq!(bytes.len(), 4 + 32 + 21 * 4);
        assert_eq!(FirstLayers::from_bytes(&bytes), Ok(example()));
    }

    #[test]
    fn a_file_cut_short_or_of_another_kind_is_refused() {
        let bytes = example().to_bytes();
        for length in [0, 3, 20, bytes.len() - 4, bytes.len() - 1] {
            assert!(FirstLayers::from_bytes(&bytes[..length]).is_err(), "{length}");
        }
        let error =
            FirstLayers::from_bytes(b"<!doctype html><title>Not found, and long enough</title>").unwrap_err();
        assert!(error.to_string().contains("a file that begins with SD1L"), "{error}");
    }

    #[test]
    fn a_channel_that_does_not_exist_is_named() {
        let input = Tensor::zeros([3, 2, 2]);
        let error = example().maps(&input, 2, Activation::Relu, Pooling::Max).unwrap_err().to_string();
        assert_eq!(error, "FirstLayers::channel expects a channel below 2, found 2");
    }
}
