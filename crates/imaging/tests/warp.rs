//! The warp against `SciPy`, in every fill mode; the script is in `tests/golden`, pinned.

use imaging::geometry::{Affine, warp};
use imaging::{Fill, Rgb8};
use serde_json::Value;

#[test]
fn every_warp_and_fill_is_that_of_scipy() {
    let golden: Value = serde_json::from_str(include_str!("../../../tests/golden/warp_scipy.json")).unwrap();
    let number = |value: &Value| value.as_f64().unwrap() as f32;
    let input = &golden["input"];
    let digits = input["hex"].as_str().unwrap().as_bytes().chunks(2);
    let bytes = digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap());
    let size = |name: &str| input[name].as_u64().unwrap() as u32;
    let image = Rgb8::new(size("width"), size("height"), bytes.collect()).unwrap();
    let outputs = golden["outputs"].as_array().unwrap();
    assert_eq!(outputs.len(), 5 * Fill::ALL.len());
    for output in outputs {
        let [degrees, scale, shear] = ["degrees", "scale", "shear"].map(|name| number(&output[name]));
        let shift = [0, 1].map(|axis| number(&output["shift"][axis]));
        let fill = Fill::named(output["fill"].as_str().unwrap()).unwrap();
        let ours = warp(&image, Affine { degrees, scale, shift, shear }, fill);
        let expected = output["values"].as_array().unwrap();
        assert_eq!(ours.data().len(), expected.len());
        for (index, (&ours, expected)) in ours.data().iter().zip(expected).enumerate() {
            let expected = number(expected);
            // Half a step of rounding, and places in single precision: 10⁻⁵ of a pixel times 255 or so.
            let difference = (f32::from(ours) - expected).abs();
            assert!(difference <= 0.51, "{fill:?} {degrees}° at {index}: {ours}, SciPy {expected}");
        }
    }
}

#[test]
fn a_pixel_two_to_the_right_of_the_centre_comes_from_above_after_a_rotation_by_30_degrees() {
    // The chapter's sum: cos 30° × 2 = 1.732 to the right, sin 30° × 2 = 1 up; 120 + 0.732 × (200 − 120) = 178.6.
    let mut data = vec![0; 5 * 5 * 3];
    let pixel = |column: usize, row: usize| (row * 5 + column) * 3;
    data[pixel(3, 1)..pixel(4, 1)].fill(120);
    data[pixel(4, 1)..pixel(5, 1)].fill(200);
    let image = Rgb8::new(5, 5, data).unwrap();
    let turned = warp(&image, Affine { degrees: 30.0, ..Affine::IDENTITY }, Fill::Nearest);
    assert_eq!(turned.pixel(4, 2), [179; 3]);
}
