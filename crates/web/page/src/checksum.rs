//! Checksums of what the pages compute, so that tests can hold a page's WASM against native code.

mod convolution;
mod fed;

pub use convolution::convolution;
pub use fed::fed;

use catalog::Diagnosis;
use imaging::Rgb8;

/// Checksum of a drawn lesion's pixels, hexadecimal; the diagnosis by its abbreviation, `size` × `size` pixels.
///
/// # Errors
/// A message if there is no such diagnosis or `size` is 0.
pub fn lesion(diagnosis: &str, seed: u32, size: u32) -> Result<String, String> {
    Ok(hexadecimal(lesions::checksum(drawn(diagnosis, seed, size)?.data())))
}

fn drawn(abbreviation: &str, seed: u32, size: u32) -> Result<Rgb8, String> {
    let diagnosis = Diagnosis::from_abbreviation(abbreviation)
        .ok_or_else(|| format!("unknown diagnosis {abbreviation}; use one such as MEL"))?;
    if size == 0 {
        return Err("the size must be at least 1 pixel".to_owned());
    }
    let bytes = lesions::draw_sample(diagnosis, seed.into(), size, size);
    Rgb8::new(size, size, bytes).map_err(|e| e.to_string())
}

pub(crate) fn hexadecimal(checksum: u64) -> String {
    format!("{checksum:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_exist_is_named() {
        assert_eq!(lesion("UNK", 1, 8), Err("unknown diagnosis UNK; use one such as MEL".to_owned()));
        assert_eq!(lesion("NV", 1, 0), Err("the size must be at least 1 pixel".to_owned()));
    }

    #[test]
    fn a_checksum_has_sixteen_digits() {
        assert_eq!(hexadecimal(0xab), "00000000000000ab");
    }
}
