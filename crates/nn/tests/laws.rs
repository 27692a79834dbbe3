//! Laws that cross-correlation keeps for every image, kernel and step.

#![expect(clippy::unwrap_used, reason = "test code outside of a #[test]")]

use nn::Tensor;
use nn::conv::{Padding, Step, cross_correlate, depthwise, output_size, patch_at, weighted_sum};
use proptest::prelude::*;

fn paddings() -> impl Strategy<Value = Padding> {
    prop_oneof![Just(Padding::None), Just(Padding::Zero), Just(Padding::Replicate), Just(Padding::Reflect)]
}

fn steps() -> impl Strategy<Value = Step> {
    (1_usize..4, paddings()).prop_map(|(stride, padding)| Step::new(stride, padding))
}

/// Small whole numbers, so that sums are exact and laws hold with `==`.
fn tensors(shape: [usize; 3]) -> impl Strategy<Value = Tensor<3>> {
    prop::collection::vec(-8_i8..=8, shape.iter().product::<usize>())
        .prop_map(move |data| Tensor::new(shape, data.into_iter().map(f32::from).collect()).unwrap())
}

/// An image, two kernels that may be too large for it, and a step.
fn cases() -> impl Strategy<Value = (Tensor<3>, Tensor<3>, Tensor<3>, Step)> {
    (1_usize..4, 1_usize..9, 1_usize..9, prop::sample::select(vec![1_usize, 3, 5, 7])).prop_flat_map(
        |(channels, height, width, side)| {
            let kernel = [channels, side, side];
            (tensors([channels, height, width]), tensors(kernel), tensors(kernel), steps())
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_shape_is_what_output_size_says((image, kernel, _, step) in cases()) {
        let [_, height, width] = image.shape();
        let side = kernel.shape()[1];
        let pad = step.padding.width(side);
        let expected = output_size(height, side, step.stride, pad).zip(output_size(width, side, step.stride, pad));
        let found = cross_correlate(&image, &kernel, step).ok().map(|output| output.shape().into());
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn the_sum_of_two_kernels_gives_the_sum_of_their_results((image, a, b, step) in cases()) {
        let both = Tensor::new(a.shape(), a.data().iter().zip(b.data()).map(|(a, b)| a + 2.0 * b).collect()).unwrap();
        let run = |kernel| cross_correlate(&image, kernel, step).ok();
        if let (Some(a), Some(b), Some(both)) = (run(&a), run(&b), run(&both)) {
            let sum: Vec<f32> = a.data().iter().zip(b.data()).map(|(a, b)| a + 2.0 * b).collect();
            prop_assert_eq!(both.data(), sum);
        }
    }

    #[test]
    fn a_one_in_the_centre_gives_the_image_back((image, kernel, _, step) in cases()) {
        prop_assume!(step.padding != Padding::None);
        let side = kernel.shape()[1];
        let mut identity = Tensor::<2>::zeros([side, side]);
        identity.data_mut()[side * side / 2] = 1.0;
        let output = depthwise(&image, &identity, Step::new(1, step.padding)).unwrap();
        prop_assert_eq!(output, image);
    }

    #[test]
    fn kernel_times_patch_is_the_result((image, kernel, _, step) in cases()) {
        if let Ok(output) = cross_correlate(&image, &kernel, step) {
            let [rows, columns] = output.shape();
            let (row, column) = (rows - 1, columns / 2);
            let patch = patch_at(&image, kernel.shape()[1], step, row, column).unwrap();
            let sum = weighted_sum(patch.data(), kernel.data());
            prop_assert_eq!(sum.to_bits(), output.data()[row * columns + column].to_bits());
        }
    }
}
