//! The readable network against OpenCV, PyTorch and `SciPy`; the scripts are in `tests/golden`, pinned.

#![expect(clippy::unwrap_used, reason = "test code outside of a #[test]")]

use nn::conv::{Padding, Step, convolve, cross_correlate};
use nn::softmax::softmax;
use nn::{ShapeError, Tensor};
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
fn softmax_gives_what_pytorch_gives() {
    let golden: Value =
        serde_json::from_str(include_str!("../../../tests/golden/convolution_torch.json")).unwrap();
    for row in golden["softmax"].as_array().unwrap() {
        // Two ulp of 1.
        check_close(&softmax(&numbers(&row["logits"])), &numbers(&row["probabilities"]), 2.4e-7, "softmax");
    }
}
