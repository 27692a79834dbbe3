//! Resizing and decoding against Pillow; the scripts are in `tests/golden`, pinned.

#![expect(clippy::unwrap_used, reason = "test code outside of a #[test]")]

use imaging::{Rgb8, resize};
use serde_json::Value;

fn side(value: &Value) -> u32 {
    u32::try_from(value.as_u64().unwrap()).unwrap()
}

fn picture(value: &Value) -> Rgb8 {
    let hex = value["hex"].as_str().unwrap();
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    Rgb8::new(side(&value["width"]), side(&value["height"]), (0..hex.len()).step_by(2).map(byte).collect())
        .unwrap()
}

#[test]
fn resizing_gives_pillows_bytes() {
    let golden: Value =
        serde_json::from_str(include_str!("../../../tests/golden/resize_pillow.json")).unwrap();
    let input = picture(&golden["input"]);
    let outputs = golden["outputs"].as_array().unwrap();
    assert_eq!(outputs.len(), 8);
    for output in outputs {
        let expected = picture(output);
        assert_eq!(resize(&input, expected.width(), expected.height()), expected);
    }
}

#[cfg(feature = "decode")]
mod decoding {
    use std::path::{Path, PathBuf};

    use imaging::{Format, ImageError, Limits, decode, inspect};

    use super::*;

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/images")
    }

    fn file(name: &str) -> Vec<u8> {
        std::fs::read(folder().join(name)).unwrap()
    }

    fn names() -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(folder())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn every_kind_of_picture_decodes_to_the_pixels_pillow_finds() {
        let golden: Value =
            serde_json::from_str(include_str!("../../../tests/golden/images_pillow.json")).unwrap();
        let images = golden["images"].as_object().unwrap();
        assert_eq!(images.len(), names().len());
        let mut wrong = Vec::new();
        for (name, value) in images {
            let (expected, tolerance) = (picture(value), value["tolerance"].as_u64().unwrap());
            match decode(&file(name), &Limits::default()) {
                Ok(found) if (found.width(), found.height()) == (expected.width(), expected.height()) => {
                    let differences =
                        found.data().iter().zip(expected.data()).map(|(a, b)| u64::from(a.abs_diff(*b)));
                    let largest = differences.max().unwrap();
                    if largest > tolerance {
                        wrong.push(format!("{name}: differs by {largest}, tolerance {tolerance}"));
                    }
                }
                Ok(found) => wrong.push(format!("{name}: {} × {}", found.width(), found.height())),
                Err(error) => wrong.push(format!("{name}: {error}")),
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    #[test]
    fn the_size_is_known_without_decoding() {
        for name in names() {
            let info = inspect(&file(&name), &Limits::default()).unwrap();
            assert_eq!((info.width, info.height), (24, 16), "{name}");
            assert_eq!(info.animated, name.starts_with("animated"), "{name}");
        }
    }

    #[test]
    fn a_picture_cut_short_anywhere_is_said_to_be_so() {
        for name in names() {
            let bytes = file(&name);
            // Fewer bytes than the first twenty may not even tell the format.
            for length in 20..bytes.len() {
                let error = inspect(&bytes[..length], &Limits::default()).unwrap_err();
                assert!(matches!(error, ImageError::Truncated { .. }), "{name} at {length}: {error}");
            }
        }
    }

    #[test]
    fn no_change_of_one_byte_makes_it_panic() {
        for name in names() {
            let bytes = file(&name);
            for at in (0..bytes.len()).step_by(3) {
                let mut changed = bytes.clone();
                changed[at] ^= 0xff;
                let limits = Limits { pixels: 100_000 };
                // Whether it still opens depends on the byte; what counts is an answer.
                let _ = decode(&changed, &limits);
            }
        }
    }

    #[test]
    fn a_picture_above_the_limit_is_not_unpacked() {
        let limits = Limits { pixels: 24 * 16 - 1 };
        for name in names() {
            let error = decode(&file(&name), &limits).unwrap_err();
            assert_eq!(error, ImageError::TooLarge { width: 24, height: 16, limit: 383 }, "{name}");
        }
    }

    #[test]
    fn a_png_of_twenty_thousand_by_twenty_thousand_says_both_sizes() {
        let mut bytes = file("rgb.png");
        bytes[16..20].copy_from_slice(&20_000_u32.to_be_bytes());
        bytes[20..24].copy_from_slice(&20_000_u32.to_be_bytes());
        assert_eq!(
            inspect(&bytes, &Limits::default()).unwrap_err().to_string(),
            "This picture is too large: 20000 × 20000 pixels are 400 megapixels, and the limit is 50. \
             Make it smaller, or crop it to the lesion, and try again."
        );
    }

    #[test]
    fn bytes_after_the_picture_do_no_harm() {
        for name in ["rgb.jpg", "rgb.png", "still.gif", "lossless.webp", "rgb.bmp"] {
            let bytes = [file(name), vec![0; 100]].concat();
            assert_eq!(
                decode(&bytes, &Limits::default()).unwrap(),
                decode(&file(name), &Limits::default()).unwrap()
            );
        }
    }

    #[test]
    fn a_file_named_png_may_be_a_jpeg() {
        assert_eq!(inspect(&file("rgb.jpg"), &Limits::default()).unwrap().format, Format::Jpeg);
    }
}
