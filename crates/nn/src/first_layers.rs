//! A residual network's way into its blocks: convolution, batch normalisation, activation, pooling; and the small file
//! that brings its weights into a page.
//!
//! The input is `[3, S, S]`, normalised; a map of the convolution `[H, W]`, a pooled one about half as large.

use crate::batch_norm::BatchNormSteps;
use crate::conv::{self, Padding, Step, cross_correlate};
use crate::pool::{self, PoolWindow};
use crate::{Activation, BatchNorm, Pooling, ShapeError, Tensor};

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
    /// One batch normalisation per map.
    pub norms: Vec<BatchNorm>,
    /// The window of the pooling.
    pub window: PoolWindow,
}

/// One map after each of the four layers.
#[derive(Clone, Debug, PartialEq)]
pub struct FirstMaps {
    /// After the convolution, `[H, W]`.
    pub convolved: Tensor<2>,
    /// After batch normalisation, `[H, W]`.
    pub normalised: Tensor<2>,
    /// After the activation, `[H, W]`.
    pub activated: Tensor<2>,
    /// After pooling, `[H', W']`.
    pub pooled: Tensor<2>,
}

/// How one place of the maps comes about, number by number.
#[derive(Clone, Debug, PartialEq)]
pub struct PixelSteps {
    /// Row and column in the maps before pooling.
    pub place: [usize; 2],
    /// The part of the input under the kernel, zeros beyond the edge: `[3, K, K]`.
    pub patch: Tensor<3>,
    /// Patch × kernel, `[3, K, K]`.
    pub products: Tensor<3>,
    /// The products of red, green and blue, added up for each by itself.
    pub sums: [f32; 3],
    /// The number after the convolution; `sums` added up, but for the rounding of another order.
    pub convolved: f32,
    /// That number on its way through batch normalisation.
    pub normalised: BatchNormSteps,
    /// The number after the activation.
    pub activated: f32,
    /// Row and column, in the pooled map, of the window whose middle is nearest.
    pub pooled_place: [usize; 2],
    /// The values of that window, row by row; `None` is padding.
    pub window: Vec<Option<f32>>,
    /// The result of pooling.
    pub pooled: f32,
}

/// What a file of first layers begins with.
const MAGIC: [u8; 4] = *b"SD1L";
/// Integers after it: size, kernel, stride, pad, three of the pooling's window, maps.
const WHOLE: usize = 8;
/// Numbers before the kernels: mean, deviation, epsilon.
const BEFORE: usize = 7;
/// Colours of the input.
const COLOURS: usize = 3;

impl FirstLayers {
    /// How the kernel moves; zeros surround the image.
    pub fn step(&self) -> Step {
        Step::new(self.stride, Padding::Zero).padded(self.pad)
    }

    // ANCHOR: first_layers
    /// Runs an input through the four layers, on the map of `channel`.
    ///
    /// # Errors
    /// [`ShapeError`] if there is no such channel, or the input is not a `[3, H, W]` that the kernel fits.
    pub fn maps(
        &self,
        input: &Tensor<3>,
        channel: usize,
        activation: Activation,
        pooling: Pooling,
    ) -> Result<FirstMaps, ShapeError> {
        let (kernel, norm) = self.channel(channel)?;
        let convolved = cross_correlate(input, kernel, self.step())?;
        let normalised = convolved.map(|x| norm.at(x));
        let activated = normalised.map(|x| activation.at(x));
        let pooled = pool::pool(&activated, pooling, self.window)?;
        Ok(FirstMaps { convolved, normalised, activated, pooled })
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

    /// How one place of `maps` comes about, which [`FirstLayers::maps`] made of `input` on the map of `channel`; `place` is row
    /// and column before pooling.
    ///
    /// # Errors
    /// [`ShapeError`] if there is no such channel, or no such place.
    pub fn work(
        &self,
        input: &Tensor<3>,
        maps: &FirstMaps,
        channel: usize,
        [row, column]: [usize; 2],
    ) -> Result<PixelSteps, ShapeError> {
        let (kernel, norm) = self.channel(channel)?;
        let side = kernel.shape()[1];
        let missing = || {
            let [height, width] = maps.convolved.shape();
            ShapeError {
                operation: "FirstLayers::work",
                expected: format!("a place within {height} × {width}"),
                found: format!("row {row}, column {column}"),
            }
        };
        let at = |map: &Tensor<2>, [row, column]: [usize; 2]| {
            let [_, width] = map.shape();
            (column < width)
                .then(|| map.data().get(row * width + column).copied())
                .flatten()
                .ok_or_else(missing)
        };
        let patch = conv::patch_at(input, side, self.step(), row, column).ok_or_else(missing)?;
        let products = patch.data().iter().zip(kernel.data()).map(|(pixel, weight)| weight * pixel);
        let products = Tensor::new(patch.shape(), products.collect())?;
        let plane = side * side;
        let sums = [0, 1, 2].map(|colour| {
            let numbers = |all: &Tensor<3>| all.data()[colour * plane..(colour + 1) * plane].to_vec();
            conv::weighted_sum(&numbers(&patch), &numbers(kernel))
        });
        let convolved = at(&maps.convolved, [row, column])?;
        let PoolWindow { kernel: extent, stride, pad } = self.window;
        let [rows, columns] = maps.pooled.shape();
        let nearest = |at: usize, length: usize| conv::nearest(at as f32, extent, stride, pad, length);
        let pooled_place = [nearest(row, rows), nearest(column, columns)];
        Ok(PixelSteps {
            place: [row, column],
            patch,
            products,
            sums,
            convolved,
            normalised: norm.steps(convolved),
            activated: at(&maps.activated, [row, column])?,
            pooled_place,
            window: pool::window_at(&maps.activated, self.window, pooled_place[0], pooled_place[1]),
            pooled: at(&maps.pooled, pooled_place)?,
        })
    }

    /// The place before pooling, row and column, whose patch has its middle nearest to `row` and `column` of the input.
    pub fn place_of_input(&self, maps: &FirstMaps, [row, column]: [f32; 2]) -> [usize; 2] {
        let [height, width] = maps.convolved.shape();
        let side = self.kernels.first().map_or(1, |kernel| kernel.shape()[1]);
        let nearest = |at: f32, length: usize| conv::nearest(at, side, self.stride, self.pad, length);
        [nearest(row, height), nearest(column, width)]
    }

    /// The place before pooling, row and column, in the middle of the window of `row` and `column` of the pooled map.
    pub fn place_of_pooled(&self, maps: &FirstMaps, [row, column]: [usize; 2]) -> [usize; 2] {
        let PoolWindow { kernel, stride, pad } = self.window;
        let [height, width] = maps.convolved.shape();
        let middle = |at: usize, length: usize| {
            let middle = conv::centre(at, kernel, stride, pad).max(0) as usize;
            middle.min(length.saturating_sub(1))
        };
        [middle(row, height), middle(column, width)]
    }

    /// As a file, little-endian: `SD1L`; as 32-bit integers size, K, stride, pad, the window's kernel, stride and pad,
    /// and the number of maps M; as 32-bit floats three means, three deviations, epsilon, M × 3 × K × K coefficients of the
    /// kernels, and M each of running mean, running variance, weight, bias; and a 32-bit checksum of all before it, FNV-1a.
    pub fn to_bytes(&self) -> Vec<u8> {
        let kernel = self.kernels.first().map_or(0, |kernel| kernel.shape()[1]);
        let PoolWindow { kernel: side, stride, pad } = self.window;
        let whole = [self.size, kernel, self.stride, self.pad, side, stride, pad, self.kernels.len()];
        let epsilon = self.norms.first().map_or(0.0, |norm| norm.epsilon);
        let numbers = self.mean.iter().chain(&self.std).chain([&epsilon]).copied();
        let kernels = self.kernels.iter().flat_map(|kernel| kernel.data().iter().copied());
        let of_norms: [fn(&BatchNorm) -> f32; 4] = [|n| n.mean, |n| n.variance, |n| n.weight, |n| n.bias];
        let norms = of_norms.into_iter().flat_map(|number| self.norms.iter().map(number));
        let mut bytes = MAGIC.to_vec();
        bytes.extend(whole.into_iter().flat_map(|number| (number as u32).to_le_bytes()));
        bytes.extend(numbers.chain(kernels).chain(norms).flat_map(f32::to_le_bytes));
        let sum = checksum(&bytes);
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    /// From what [`FirstLayers::to_bytes`] wrote.
    ///
    /// # Errors
    /// [`ShapeError`] if the bytes are not such a file, incomplete or damaged.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ShapeError> {
        let error = |expected: String, found: String| ShapeError {
            operation: "FirstLayers::from_bytes",
            expected,
            found,
        };
        let head = MAGIC.len() + 4 * WHOLE;
        let Some((whole, sum)) = bytes.split_last_chunk::<4>().filter(|_| bytes.starts_with(&MAGIC)) else {
            return Err(error("a file that begins with SD1L".into(), format!("{} other bytes", bytes.len())));
        };
        let (expected, found) = (u32::from_le_bytes(*sum), checksum(whole));
        if expected != found || whole.len() < head {
            return Err(error(format!("a file with checksum {expected:08x}"), format!("{found:08x}")));
        }
        let rest = &whole[MAGIC.len()..];
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
            window: PoolWindow { kernel: side, stride: window_stride, pad: window_pad },
        })
    }
}

/// FNV-1a, 32 bits: it detects every file in which one byte differs.
///
/// Source: G. Fowler, L. C. Noll, K.-P. Vo and D. Eastlake, RFC 9923.
fn checksum(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0x811c_9dc5, |sum, &byte| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193))
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
            window: PoolWindow { kernel: 2, stride: 2, pad: 0 },
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
        // 4 + 8 * 4 + (7 + 2 * (3 + 4)) * 4, and the checksum.
        assert_eq!(bytes.len(), 4 + 32 + 21 * 4 + 4);
        assert_eq!(FirstLayers::from_bytes(&bytes), Ok(example()));
    }

    #[test]
    fn a_file_cut_short_or_of_another_kind_is_refused() {
        let bytes = example().to_bytes();
        for length in [0, 3, 20, bytes.len() - 4, bytes.len() - 1] {
            assert!(FirstLayers::from_bytes(&bytes[..length]).is_err(), "{length}");
        }
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            assert!(FirstLayers::from_bytes(&altered).is_err(), "byte {at} is another");
        }
        let error =
            FirstLayers::from_bytes(b"<!doctype html><title>Not found, and long enough</title>").unwrap_err();
        assert!(error.to_string().contains("a file that begins with SD1L"), "{error}");
    }

    #[test]
    fn the_checksum_is_fnv_1a() {
        // Test vectors of the authors.
        assert_eq!([&b""[..], b"a", b"foobar"].map(checksum), [0x811c_9dc5, 0xe40c_292c, 0xbf9c_f968]);
    }

    /// The first layers of a `ResNet`, with other numbers, on an image of 22 × 18.
    fn resnet() -> (FirstLayers, Tensor<3>) {
        let numbers =
            |count: usize| (0..count).map(|i| ((i * 37 + 11) % 101) as f32 * 0.0173 - 0.73).collect();
        let first = FirstLayers {
            stride: 2,
            pad: 3,
            kernels: vec![Tensor::new([3, 7, 7], numbers(147)).unwrap()],
            norms: vec![BatchNorm { mean: 0.3, variance: 2.7, weight: 1.3, bias: -0.2, epsilon: 1e-5 }],
            window: PoolWindow { kernel: 3, stride: 2, pad: 1 },
            ..example()
        };
        (first, Tensor::new([3, 22, 18], numbers(3 * 22 * 18)).unwrap())
    }

    #[test]
    fn what_is_worked_out_at_a_place_is_what_stands_in_the_maps() {
        let (first, input) = resnet();
        for pooling in [Pooling::Max, Pooling::Average] {
            let maps = first.maps(&input, 0, Activation::Relu, pooling).unwrap();
            let [height, width] = maps.convolved.shape();
            assert_eq!(([height, width], maps.pooled.shape()), ([11, 9], [6, 5]));
            for [row, column] in (0..height).flat_map(|y| (0..width).map(move |x| [y, x])) {
                let worked = first.work(&input, &maps, 0, [row, column]).unwrap();
                let sum = conv::weighted_sum(worked.patch.data(), first.kernels[0].data());
                assert_eq!(sum.to_bits(), worked.convolved.to_bits());
                // 147 products of at most 1, added up in another order: 32 is rounded to 4e-6.
                let by_colour: f32 = worked.sums.iter().sum();
                let one_by_one: f32 = worked.products.data().iter().sum();
                assert!((by_colour - sum).abs() < 1e-4 && (one_by_one - sum).abs() < 1e-4);
                let at = row * width + column;
                assert_eq!(worked.normalised.shifted.to_bits(), maps.normalised.data()[at].to_bits());
                assert_eq!(worked.activated.to_bits(), maps.activated.data()[at].to_bits());
                assert!(worked.window.contains(&Some(worked.activated)), "the window lies around the place");
                let kept = match pooling {
                    Pooling::Max => pool::largest(&worked.window).and_then(|place| worked.window[place]),
                    Pooling::Average => Some(worked.window.iter().flatten().sum::<f32>() / 9.0),
                };
                assert_eq!(kept.map(f32::to_bits), Some(worked.pooled.to_bits()));
            }
            let error = first.work(&input, &maps, 0, [11, 0]).unwrap_err().to_string();
            assert_eq!(error, "FirstLayers::work expects a place within 11 × 9, found row 11, column 0");
        }
    }

    #[test]
    fn places_in_image_and_pooled_map_lead_back() {
        let (first, input) = resnet();
        let maps = first.maps(&input, 0, Activation::Relu, Pooling::Max).unwrap();
        // The kernel's middle is on every second pixel of the image.
        assert_eq!(first.place_of_input(&maps, [6.0, 4.0]), [3, 2]);
        assert_eq!(first.place_of_input(&maps, [-5.0, 99.0]), [0, 8]);
        for [row, column] in (0..6).flat_map(|y| (0..5).map(move |x| [y, x])) {
            let place = first.place_of_pooled(&maps, [row, column]);
            assert_eq!(first.work(&input, &maps, 0, place).unwrap().pooled_place, [row, column]);
        }
    }

    #[test]
    fn a_channel_that_does_not_exist_is_named() {
        let input = Tensor::zeros([3, 2, 2]);
        let error = example().maps(&input, 2, Activation::Relu, Pooling::Max).unwrap_err().to_string();
        assert_eq!(error, "FirstLayers::channel expects a channel below 2, found 2");
    }
}
