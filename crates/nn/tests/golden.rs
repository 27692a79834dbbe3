//! The readable network against OpenCV, PyTorch and `SciPy`; the scripts are in `tests/golden`, pinned.

#![expect(clippy::unwrap_used, reason = "test code outside of a #[test]")]

use nn::conv::{Padding, Step, convolve, cross_correlate, grouped};
use nn::pool::{PoolWindow, pool};
use nn::softmax::softmax;
use nn::{Activation, BatchNorm, Pooling, ShapeError, Tensor};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f32> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap() as f32).collect()
}

fn size(value: &Value) -> usize {
    value.as_u64().unwrap() as usize
}

fn padding(value: &Value) -> Padding {
    match value.as_str().unwrap() {
        "none" => Padding::None,
        "zero" => Padding::Zero,
        "replicate" => Padding::Replicate,
        "reflect" => Padding::Reflect,
        other => panic!("unknown padding {other}"),
    }
}

fn check_close(output: &[f32], expected: &[f32], tolerance: f32, what: &str) {
    assert_eq!(output.len(), expected.len(), "{what}");
    for (index, (ours, theirs)) in output.iter().zip(expected).enumerate() {
        assert!((ours - theirs).abs() <= tolerance, "{what}, number {index}: {ours}, expected {theirs}");
    }
}

#[test]
fn the_books_kernels_give_what_opencv_gives() -> Result<(), ShapeError> {
    let golden: Value =
        serde_json::from_str(include_str!("../../../tests/golden/convolution_opencv.json")).unwrap();
    let shape = [1, size(&golden["height"]), size(&golden["width"])];
    let image = Tensor::new(shape, numbers(&golden["image"]))?;
    let cases = golden["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 6 * 3);
    for case in cases {
        let name = case["kernel"].as_str().unwrap();
        let kernel = numbers(&golden["kernels"][name]);
        let side = kernel.len().isqrt();
        let output = cross_correlate(
            &image,
            &Tensor::new([1, side, side], kernel)?,
            Step::new(1, padding(&case["padding"])),
        )?;
        // OpenCV sums in another order; results reach 1,500, where an ulp is 1.2e-4, and are noted to 1e-4.
        check_close(output.data(), &numbers(&case["output"]), 2e-4, &format!("{name} {}", case["padding"]));
    }
    Ok(())
}

#[test]
fn channels_strides_and_paddings_give_what_pytorch_gives() -> Result<(), ShapeError> {
    let golden: Value =
        serde_json::from_str(include_str!("../../../tests/golden/convolution_torch.json")).unwrap();
    let groups = golden["conv2d"].as_array().unwrap();
    assert_eq!(groups.len(), 4);
    for group in groups {
        let shape = &group["image_shape"];
        let channels = size(&shape[0]);
        let image = Tensor::new([channels, size(&shape[1]), size(&shape[2])], numbers(&group["image"]))?;
        let side = size(&group["kernel_size"]);
        let kernel = Tensor::new([channels, side, side], numbers(&group["kernel"]))?;
        for case in group["cases"].as_array().unwrap() {
            let step = Step::new(size(&case["stride"]), padding(&case["padding"]));
            let output = cross_correlate(&image, &kernel, step)?;
            assert_eq!(output.shape(), [size(&case["shape"][0]), size(&case["shape"][1])], "{step:?}");
            // At most 98 products of numbers up to 4 in another order; results reach 40, where an ulp is 4e-6.
            check_close(output.data(), &numbers(&case["output"]), 2e-5, &format!("{side} {step:?}"));
        }
    }
    Ok(())
}

#[test]
fn dilated_kernels_and_turned_ones_give_what_scipy_gives() -> Result<(), ShapeError> {
    let golden: Value =
        serde_json::from_str(include_str!("../../../tests/golden/convolution_scipy.json")).unwrap();
    let image = Tensor::new([1, size(&golden["height"]), size(&golden["width"])], numbers(&golden["image"]))?;
    let cases = golden["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 2 * 4 * 4 * 2 * 2);
    for case in cases {
        let side = size(&case["kernel_size"]);
        let kernel =
            Tensor::new([1, side, side], numbers(&golden["kernels"][case["kernel_size"].to_string()]))?;
        let step =
            Step::new(size(&case["stride"]), padding(&case["padding"])).dilated(size(&case["dilation"]));
        let run = if case["turned"].as_bool().unwrap() { convolve } else { cross_correlate };
        let shape = [size(&case["shape"][0]), size(&case["shape"][1])];
        let output = run(&image, &kernel, step)?;
        assert_eq!(output.shape(), shape, "{case}");
        // SciPy sums doubles; at most 25 products up to 16, where an ulp is 1e-6.
        check_close(output.data(), &numbers(&case["output"]), 2e-5, &format!("{side} {step:?}"));
    }
    Ok(())
}

#[test]
fn grouped_convolutions_give_what_pytorch_gives() -> Result<(), ShapeError> {
    let golden: Value =
        serde_json::from_str(include_str!("../../../tests/golden/convolution_grouped_torch.json")).unwrap();
    let cases = golden["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 6);
    for case in cases {
        let sizes = |name: &str| -> [usize; 3] { std::array::from_fn(|axis| size(&case[name][axis])) };
        let image = Tensor::new(sizes("image_shape"), numbers(&case["image"]))?;
        let kernels = case["kernels"].as_array().unwrap().iter();
        let kernels: Result<Vec<_>, _> =
            kernels.map(|kernel| Tensor::new(sizes("kernel_shape"), numbers(kernel))).collect();
        let step = Step::new(size(&case["stride"]), Padding::Zero);
        let output = grouped(&image, &kernels?, size(&case["groups"]), step)?;
        assert_eq!(output.shape(), sizes("shape"), "{case}");
        // At most 27 products of numbers up to 4 in another order; results reach 40, where an ulp is 4e-6.
        check_close(output.data(), &numbers(&case["output"]), 2e-5, &format!("{} {step:?}", case["groups"]));
    }
    Ok(())
}

#[test]
fn softmax_gives_what_pytorch_gives() {
    let golden: Value =
        serde_json::from_str(include_str!("../../../tests/golden/convolution_torch.json")).unwrap();
    for row in golden["softmax"].as_array().unwrap() {
        // Two ulp of 1.
        check_close(&softmax(&numbers(&row["logits"])), &numbers(&row["probabilities"]), 2.4e-7, "softmax");
    }
}

fn layers() -> Value {
    serde_json::from_str(include_str!("../../../tests/golden/layers_torch.json")).unwrap()
}

#[test]
fn batch_normalisation_gives_what_pytorch_gives() -> Result<(), ShapeError> {
    let golden = &layers()["batch_norm"];
    let [mean, variance, weight, bias] =
        ["mean", "variance", "weight", "bias"].map(|name| numbers(&golden[name]));
    let maps = golden["maps"].as_array().unwrap();
    assert_eq!(maps.len(), 4);
    for (channel, map) in maps.iter().enumerate() {
        let arrays: [&[f32]; 4] = [&mean, &variance, &weight, &bias];
        let norm = BatchNorm::of_layer(channel, arrays, golden["epsilon"].as_f64().unwrap() as f32)?;
        let expected = numbers(&golden["output"][channel]);
        // The last map's scale is 1 / sqrt(1e-5) = 316, its results reach 3,000, where an ulp is 2.4e-4.
        let largest = expected.iter().fold(1.0_f32, |largest, x| largest.max(x.abs()));
        let tolerance = 4.0 * f32::EPSILON * largest;
        let map = numbers(map);
        let apart: Vec<f32> = map.iter().map(|&x| norm.at(x)).collect();
        check_close(&apart, &expected, tolerance, &format!("channel {channel}, step by step"));
        check_close(&norm.folded().of(&map), &expected, tolerance, &format!("channel {channel}, folded"));
    }
    Ok(())
}

#[test]
fn activations_give_what_pytorch_gives() {
    let golden = &layers()["activations"];
    let inputs = numbers(&golden["numbers"]);
    let named = [
        ("relu", Activation::Relu),
        ("relu6", Activation::Relu6),
        ("leaky-relu", Activation::LeakyRelu),
        ("sigmoid", Activation::Sigmoid),
        ("tanh", Activation::Tanh),
        ("gelu", Activation::Gelu),
        ("silu", Activation::Silu),
    ];
    assert_eq!(golden["outputs"].as_object().unwrap().len(), named.len());
    for (name, activation) in named {
        let expected = numbers(&golden["outputs"][name]);
        for ((x, found), expected) in inputs.iter().zip(activation.of(&inputs)).zip(expected) {
            // Three ulp of the number that went in, or of 1 where it is smaller: 1 + erf and e^x are as exact as 1 is.
            let tolerance = 3.0 * f32::EPSILON * x.abs().max(1.0);
            assert!((found - expected).abs() <= tolerance, "{name} of {x}: {found}, expected {expected}");
        }
    }
}

#[test]
fn pooling_gives_what_pytorch_gives() -> Result<(), ShapeError> {
    let golden = layers();
    let cases = golden["pooling"].as_array().unwrap();
    assert_eq!(cases.len(), 3 * 6);
    for case in cases {
        let map =
            Tensor::new([size(&case["map_shape"][0]), size(&case["map_shape"][1])], numbers(&case["map"]))?;
        let window = PoolWindow {
            kernel: size(&case["kernel_size"]),
            stride: size(&case["stride"]),
            pad: size(&case["padding"]),
        };
        let largest = pool(&map, Pooling::Max, window)?;
        assert_eq!(largest.shape(), [size(&case["shape"][0]), size(&case["shape"][1])], "{window:?}");
        check_close(largest.data(), &numbers(&case["max"]), 0.0, &format!("largest, {window:?}"));
        let mean = pool(&map, Pooling::Average, window)?;
        // At most 25 numbers below 4 in another order, and written with eight digits.
        check_close(mean.data(), &numbers(&case["average"]), 1e-6, &format!("mean, {window:?}"));
    }
    Ok(())
}
