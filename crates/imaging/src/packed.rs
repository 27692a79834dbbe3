//! Some pixels at a time, a pixel one number of 32 bits: red in its lowest byte, then green and blue. What is done to each
//! in a loop of known length, the compiler makes SIMD of.

/// Pixels at a time: enough to keep the loops long, few enough for the processor's nearest memory.
pub(crate) const BLOCK: usize = 32;

/// Writes as many pixels as `target` has three bytes for, and one byte more, which belongs to no pixel.
pub(crate) fn write(pixels: &[u32; BLOCK], target: &mut [u8]) {
    // The fourth byte of each is overwritten by the next.
    for (i, pixel) in pixels[..target.len() / 3].iter().enumerate() {
        target[i * 3..i * 3 + 4].copy_from_slice(&pixel.to_le_bytes());
    }
}

/// The largest number that [`whole`] takes; what it leaves of one near it has half a pixel's precision or better.
pub(crate) const LONGEST: u32 = 1 << 22;

/// The whole part of a number from 0 to [`LONGEST`], as `as i32` gives it, but in three steps that SIMD has everywhere.
pub(crate) fn whole(number: f32) -> i32 {
    // From here on a number of 32 bits has no bits behind the point, so it is rounded: up, where that comes to more.
    const WHOLE: f32 = (1 << 23) as f32;
    let rounded = number + WHOLE;
    rounded.to_bits() as i32 - WHOLE.to_bits() as i32 - i32::from(rounded - WHOLE > number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_part_is_that_of_a_cast() {
        let mut random = numerics::Random::new(3);
        let below = [1.0, 2.0, 255.5, 256.0, 65_536.0, LONGEST as f32].map(f32::next_down);
        let edges = [0.0, 0.5, 1.0, 1.5, 2.5, 255.0, LONGEST as f32];
        let others = (0..100_000).map(|_| random.between(0.0, 300.0));
        for number in below.into_iter().chain(edges).chain(others) {
            assert_eq!(whole(number), number as i32, "{number}");
        }
    }
}
