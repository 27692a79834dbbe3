//! The convolution that the book shows, compared with libtorch's.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use nn::conv::{Padding, Step, cross_correlate, depthwise};
use numerics::Random;
use tch::Tensor;

fn numbers(count: usize, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    (0..count).map(|_| random.between(-1.0, 1.0)).collect()
}

/// libtorch pads first, in its own words, and then convolves without padding.
fn padded(image: &Tensor, padding: Padding, width: i64) -> Tensor {
    match padding {
        Padding::None => image.shallow_clone(),
        Padding::Zero => image.constant_pad_nd([width; 4]),
        Padding::Replicate => image.replication_pad2d([width; 4]),
        Padding::Reflect => image.reflection_pad2d([width; 4]),
    }
}

fn check_against_libtorch([c, h, w]: [usize; 3], k: usize, step: Step) {
    let (image, kernel) = (numbers(c * h * w, 1), numbers(c * k * k, 2));
    let ours = cross_correlate(
        &nn::Tensor::new([c, h, w], image.clone()).unwrap(),
        &nn::Tensor::new([c, k, k], kernel.clone()).unwrap(),
        step,
    )
    .unwrap();
    let image = Tensor::from_slice(&image).view([1, c as i64, h as i64, w as i64]);
    let kernel = Tensor::from_slice(&kernel).view([1, c as i64, k as i64, k as i64]);
    let image = padded(&image, step.padding, step.pad(k) as i64);
    let (stride, dilation) = ([step.stride as i64; 2], [step.dilation as i64; 2]);
    let theirs = image.conv2d(&kernel, None::<Tensor>, stride, [0, 0], dilation, 1);
    let shape = ours.shape().map(|size| size as i64);
    assert_eq!(theirs.size(), [1, 1, shape[0], shape[1]]);
    let theirs = Vec::<f32>::try_from(theirs.view(-1)).unwrap();
    let largest = ours.data().iter().zip(&theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    // Sums stay below 64, so a rounding is at most 1.9e-6; of n roundings most cancel, which leaves sqrt(n) of them.
    let tolerance = 2.0 * 1.9e-6 * ((c * k * k) as f32).sqrt();
    assert!(largest < tolerance, "{largest} at kernel {k}, {step:?}");
}

#[test]
fn cross_correlation_is_libtorchs_for_every_kernel_stride_and_padding() {
    for k in [1, 3, 5, 7, 15] {
        for stride in [1, 2, 3] {
            for padding in [Padding::None, Padding::Zero, Padding::Replicate, Padding::Reflect] {
                check_against_libtorch([3, 19, 23], k, Step::new(stride, padding));
            }
        }
    }
}

#[test]
fn dilated_cross_correlation_is_libtorchs() {
    for dilation in 1..=4 {
        for stride in [1, 2, 3] {
            for padding in [Padding::None, Padding::Zero, Padding::Replicate, Padding::Reflect] {
                let step = Step::new(stride, padding).dilated(dilation);
                check_against_libtorch([3, 19, 23], 5, step);
                check_against_libtorch([3, 19, 23], 3, step.padded(1));
            }
        }
    }
}

#[test]
fn one_kernel_for_every_channel_is_libtorchs_grouped_convolution() {
    let (image, kernel) = (numbers(3 * 9 * 8, 3), numbers(9, 4));
    let ours = depthwise(
        &nn::Tensor::new([3, 9, 8], image.clone()).unwrap(),
        &nn::Tensor::new([3, 3], kernel.clone()).unwrap(),
        Step::new(1, Padding::Zero),
    )
    .unwrap();
    let image = Tensor::from_slice(&image).view([1, 3, 9, 8]);
    let kernel = Tensor::from_slice(&kernel).view([1, 1, 3, 3]).expand([3, 1, 3, 3], true);
    let theirs = image.conv2d(&kernel, None::<Tensor>, [1, 1], [1, 1], [1, 1], 3);
    let theirs = Vec::<f32>::try_from(theirs.contiguous().view(-1)).unwrap();
    assert_eq!(ours.data().len(), theirs.len());
    // Nine products below 1: a few ulp of 1.2e-7.
    assert!(ours.data().iter().zip(&theirs).all(|(a, b)| (a - b).abs() < 2e-6));
}
