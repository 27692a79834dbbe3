//! Laws that cross-correlation keeps for every image, kernel and step.

#![expect(clippy::unwrap_used, reason = "test code outside of a #[test]")]

use nn::Tensor;
use nn::conv::{
    Padding, Step, convolve, cross_correlate, depthwise, extent, output_size, patch_at, weighted_sum,
};
use nn::head::{class_activation_map, contributions, global_average, linear};
use proptest::prelude::*;

fn paddings() -> impl Strategy<Value = Padding> {
    prop_oneof![Just(Padding::None), Just(Padding::Zero), Just(Padding::Replicate), Just(Padding::Reflect)]
}

fn steps() -> impl Strategy<Value = Step> {
    (1_usize..4, paddings(), 1_usize..5, prop::option::of(0_usize..5)).prop_map(
        |(stride, padding, dilation, pad)| Step { pad, ..Step::new(stride, padding).dilated(dilation) },
    )
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

/// Maps, the weights of one to three classes row by row, and their biases.
fn heads() -> impl Strategy<Value = (Tensor<3>, Vec<f32>, Vec<f32>)> {
    let numbers =
        |count| prop::collection::vec(-8_i8..=8, count).prop_map(|n| n.into_iter().map(f32::from).collect());
    (1_usize..7, 1_usize..6, 1_usize..6, 1_usize..4).prop_flat_map(
        move |(channels, height, width, classes)| {
            (tensors([channels, height, width]), numbers(classes * channels), numbers(classes))
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_shape_is_what_output_size_says((image, kernel, _, step) in cases()) {
        let [_, height, width] = image.shape();
        let side = kernel.shape()[1];
        let (extent, pad) = (extent(side, step.dilation), step.pad(side));
        let expected = output_size(height, extent, step.stride, pad).zip(output_size(width, extent, step.stride, pad));
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
        let same = Step::new(1, step.padding).dilated(step.dilation);
        let output = depthwise(&image, &identity, same).unwrap();
        prop_assert_eq!(output, image);
    }

    #[test]
    fn a_dilated_kernel_is_a_larger_one_with_zeros_in_between((image, kernel, _, step) in cases()) {
        let [channels, side, _] = kernel.shape();
        let full = extent(side, step.dilation);
        let mut spread = Tensor::<3>::zeros([channels, full, full]);
        for (at, &weight) in kernel.data().iter().enumerate() {
            let (channel, row, column) = (at / (side * side), at / side % side, at % side);
            spread.data_mut()[(channel * full + row * step.dilation) * full + column * step.dilation] = weight;
        }
        let whole = cross_correlate(&image, &spread, step.dilated(1)).ok();
        prop_assert_eq!(cross_correlate(&image, &kernel, step).ok(), whole);
    }

    #[test]
    fn turned_twice_a_kernel_correlates_as_before((image, kernel, _, step) in cases()) {
        let turned: Vec<f32> = kernel.data().chunks(kernel.shape()[1].pow(2)).flat_map(|s| s.iter().rev().copied()).collect();
        let turned = Tensor::new(kernel.shape(), turned).unwrap();
        prop_assert_eq!(convolve(&image, &turned, step).ok(), cross_correlate(&image, &kernel, step).ok());
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

    #[test]
    fn the_mean_of_a_class_activation_map_plus_the_bias_is_the_logit((maps, weights, bias) in heads()) {
        let [channels, height, width] = maps.shape();
        let classes = bias.len();
        let matrix = Tensor::new([classes, channels], weights.clone()).unwrap();
        let pooled = global_average(&maps);
        let logits = linear(&pooled, &matrix, &bias).unwrap();
        for (class, row) in weights.chunks(channels).enumerate() {
            let map = class_activation_map(&maps, row).unwrap();
            let mean = map.data().iter().sum::<f32>() / (height * width) as f32;
            // At most 6 products of numbers up to 8 with a rounded mean each: below 400, where an ulp is 3e-5.
            prop_assert!((mean + bias[class] - logits[class]).abs() < 1e-4);
            let sum: f32 = contributions(&pooled, row).unwrap().iter().sum();
            prop_assert!((sum + bias[class] - logits[class]).abs() < 1e-4);
        }
    }
}
