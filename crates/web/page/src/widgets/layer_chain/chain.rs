//! The four maps of one channel for one picture, and the scales on which they are shown.

use std::rc::Rc;

use imaging::normalise::normalise;
use imaging::window::{self, Summary};
use imaging::{Rgb8, resize};
use nn::first_layers::{FirstLayers, FirstMaps, PixelSteps};
use nn::{Activation, Pooling, ShapeError, Tensor};

/// Columns of a histogram: odd, so that 0 has one of its own in the middle.
pub(crate) const BINS: usize = 61;

/// A picture as the network gets it.
pub(crate) struct ChainInput {
    /// Stretched to the network's square.
    pub(crate) image: Rgb8,
    /// Normalised, `[3, S, S]`.
    pub(crate) numbers: Tensor<3>,
}

/// What the form asks for, apart from the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ChainSettings {
    pub(crate) channel: usize,
    pub(crate) activation: Activation,
    pub(crate) pooling: Pooling,
}

/// Input, layers and maps, which belong together.
pub(crate) struct Chain {
    pub(crate) first: Rc<FirstLayers>,
    pub(crate) input: Rc<ChainInput>,
    pub(crate) settings: ChainSettings,
    pub(crate) maps: FirstMaps,
}

impl ChainInput {
    /// The picture as this network gets it.
    pub(crate) fn of(picture: &Rgb8, first: &FirstLayers) -> Result<Self, ShapeError> {
        let image = resize(picture, first.size as u32, first.size as u32);
        let numbers = normalise(&image, first.mean, first.std);
        Ok(Self { numbers: Tensor::new([3, first.size, first.size], numbers)?, image })
    }
}

impl Chain {
    /// Runs the input through the four layers.
    pub(crate) fn compute(
        first: Rc<FirstLayers>,
        input: Rc<ChainInput>,
        settings: ChainSettings,
    ) -> Result<Self, ShapeError> {
        let ChainSettings { channel, activation, pooling } = settings;
        let maps = first.maps(&input.numbers, channel, activation, pooling)?;
        Ok(Self { first, input, settings, maps })
    }

    /// The maps in the order of the layers.
    pub(crate) fn four(&self) -> [&Tensor<2>; 4] {
        let FirstMaps { convolved, normalised, activated, pooled } = &self.maps;
        [convolved, normalised, activated, pooled]
    }

    /// The number of the darkest colour in each map. The convolution has a scale of its own; the others share one, so that a
    /// colour is the same number.
    pub(crate) fn scales(&self) -> [f32; 4] {
        let [convolved, rest @ ..] = self.four().map(|map| strongest(map.data()));
        let shared = rest.into_iter().fold(f32::MIN_POSITIVE, f32::max);
        [convolved.max(f32::MIN_POSITIVE), shared, shared, shared]
    }

    /// The end of the axis that all histograms have in common: it goes from minus this to this.
    pub(crate) fn axis(&self) -> f32 {
        let maps = self.four().map(|map| strongest(map.data()));
        maps.into_iter().fold(strongest(self.input.numbers.data()), f32::max).max(f32::MIN_POSITIVE)
    }

    /// How often values occur before the first layer and after each: [`BINS`] equal parts of the axis.
    pub(crate) fn histograms(&self) -> [Vec<u32>; 5] {
        let end = self.axis();
        let count = |numbers: &[f32]| {
            let numbers: Vec<_> = numbers.iter().copied().map(Some).collect();
            window::histogram(&numbers, [-end, end], BINS)
        };
        let [convolved, normalised, activated, pooled] = self.four().map(|map| count(map.data()));
        [count(self.input.numbers.data()), convolved, normalised, activated, pooled]
    }

    /// How the values at a pixel, row and column, come about.
    pub(crate) fn work(&self, place: [usize; 2]) -> Result<PixelSteps, ShapeError> {
        self.first.work(&self.input.numbers, &self.maps, self.settings.channel, place)
    }
}

/// Smallest, largest and mean of a map, and which share of its values is exactly 0.
pub(crate) fn summary(map: &Tensor<2>) -> (Summary, f32) {
    let zeros = map.data().iter().filter(|&&number| number == 0.0).count();
    let summary = Summary::of(map.data().iter().copied().map(Some));
    (summary, zeros as f32 / map.data().len().max(1) as f32)
}

/// The largest absolute number.
pub(crate) fn strongest(numbers: &[f32]) -> f32 {
    numbers.iter().fold(0.0, |most, number| most.max(number.abs()))
}

/// A checksum of the bits of a map's values, four bytes each, lowest first.
pub(crate) fn checksum(map: &Tensor<2>) -> String {
    let bytes: Vec<u8> = map.data().iter().flat_map(|number| number.to_bits().to_le_bytes()).collect();
    crate::checksum::hexadecimal(lesions::checksum(&bytes))
}

#[cfg(test)]
pub(crate) mod tests {
    use nn::BatchNorm;
    use nn::pool::PoolWindow;

    use super::*;

    /// One channel whose kernel is 1 × 1 and takes the red alone.
    pub(crate) fn chain(activation: Activation) -> Chain {
        let norm = BatchNorm { mean: 0.0, variance: 1.0, weight: 4.0, bias: -1.0, epsilon: 0.0 };
        let first = FirstLayers {
            size: 2,
            mean: [0.0; 3],
            std: [1.0; 3],
            stride: 1,
            pad: 0,
            kernels: vec![Tensor::new([3, 1, 1], vec![1.0, 0.0, 0.0]).unwrap()],
            norms: vec![norm],
            window: PoolWindow { kernel: 2, stride: 2, pad: 0 },
        };
        let image = Rgb8::new(2, 2, [[0, 9, 9], [51, 9, 9], [102, 9, 9], [255, 9, 9]].concat()).unwrap();
        let input = ChainInput::of(&image, &first).unwrap();
        let settings = ChainSettings { channel: 0, activation, pooling: Pooling::Max };
        Chain::compute(Rc::new(first), Rc::new(input), settings).unwrap()
    }

    #[test]
    fn the_last_three_maps_share_a_scale() {
        // Red 0, 0.2, 0.4, 1; times 4 minus 1: -1, -0.2, 0.6, 3; the rest of it 0, 0, 0.6, 3; the largest 3.
        let chain = chain(Activation::Relu);
        let expected = [1.0, 3.0, 3.0, 3.0];
        assert!(
            chain.scales().iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6),
            "{:?}",
            chain.scales()
        );
        let (summary, zeros) = summary(&chain.maps.activated);
        assert_eq!((summary.smallest, zeros), (Some(0.0), 0.5));
    }

    #[test]
    fn every_histogram_has_the_same_axis_with_zero_in_the_middle() {
        let [before, convolved, normalised, activated, pooled] = chain(Activation::Relu).histograms();
        let total = |counts: &[u32]| counts.iter().sum::<u32>();
        assert_eq!([&convolved, &normalised, &activated, &pooled].map(|c| total(c)), [4, 4, 4, 1]);
        assert_eq!(total(&before), 12);
        // Of -3 to 3 the two numbers that ReLU made 0 are in the middle, and 3 at the end.
        assert_eq!((activated[BINS / 2], activated[BINS - 1], normalised[BINS / 2]), (2, 1, 0));
    }

    #[test]
    fn another_activation_changes_the_maps_behind_it_alone() {
        let [relu, tanh] = [Activation::Relu, Activation::Tanh].map(chain);
        let sums = |chain: &Chain| chain.four().map(checksum);
        let (relu, tanh) = (sums(&relu), sums(&tanh));
        assert_eq!(relu[..2], tanh[..2]);
        assert!(relu[2] != tanh[2] && relu[3] != tanh[3]);
    }
}
