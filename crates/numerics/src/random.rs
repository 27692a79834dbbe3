//! A small seeded generator: the same seed gives the same numbers on every machine and in the page.
//!
//! PCG-XSH-RR 64/32 of `O'Neill` 2014, <https://www.pcg-random.org/pdf/hmc-cs-2014-0905.pdf>, seeded through
//! `SplitMix64` so that neighbouring seeds give unrelated streams.

use crate::math;

const MULTIPLIER: u64 = 6_364_136_223_846_793_005;

/// A stream of random numbers.
#[derive(Clone, Debug)]
pub struct Random {
    state: u64,
    increment: u64,
}

/// One step of `SplitMix64`: a bijection on 64 bits that scatters neighbouring values.
fn scatter(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

impl Random {
    /// The stream of this seed.
    ///
    /// ```
    /// # use numerics::Random;
    /// let (mut a, mut b) = (Random::new(7), Random::new(7));
    /// assert_eq!(a.next_u32(), b.next_u32());
    /// ```
    pub fn new(seed: u64) -> Self {
        Self::pcg(scatter(seed), scatter(!seed))
    }

    /// PCG's own initialisation, from its 64-bit state and stream number.
    // Here and below never inlined: a lesion draws at a hundred places, and each copy would cost the page bytes.
    #[inline(never)]
    fn pcg(state: u64, stream: u64) -> Self {
        let mut random = Self { state: 0, increment: (stream << 1) | 1 };
        random.next_u32();
        random.state = random.state.wrapping_add(state);
        random.next_u32();
        random
    }

    /// An independent stream for one named part of the work; drawing from it leaves `self` as it was.
    ///
    /// ```
    /// # use numerics::Random;
    /// let random = Random::new(7);
    /// assert_ne!(random.part(1).next_u32(), random.part(2).next_u32());
    /// ```
    #[must_use]
    #[inline(never)]
    pub fn part(&self, label: u64) -> Self {
        Self::pcg(scatter(self.state ^ scatter(label)), scatter(self.increment.wrapping_add(label)))
    }

    /// 32 random bits.
    pub fn next_u32(&mut self) -> u32 {
        let old = self.state;
        self.state = old.wrapping_mul(MULTIPLIER).wrapping_add(self.increment);
        let xorshifted = (((old >> 18) ^ old) >> 27) as u32;
        xorshifted.rotate_right((old >> 59) as u32)
    }

    /// 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        (u64::from(self.next_u32()) << 32) | u64::from(self.next_u32())
    }

    /// Uniform in 0..1, a multiple of 2⁻²⁴ so that it is exact in `f32`.
    pub fn uniform(&mut self) -> f32 {
        (self.next_u32() >> 8) as f32 / 16_777_216.0
    }

    /// Uniform between `low` and `high`.
    #[inline(never)]
    pub fn between(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.uniform()
    }

    /// Uniform in 0..`bound`, without bias (Lemire 2019, <https://arxiv.org/abs/1805.10941>).
    ///
    /// # Panics
    /// If `bound` is 0.
    #[inline(never)]
    pub fn below(&mut self, bound: u32) -> u32 {
        assert!(bound > 0, "below needs a bound of at least 1");
        let threshold = bound.wrapping_neg() % bound;
        loop {
            let product = u64::from(self.next_u32()) * u64::from(bound);
            if product as u32 >= threshold {
                return (product >> 32) as u32;
            }
        }
    }

    /// True with this probability.
    #[inline(never)]
    pub fn chance(&mut self, probability: f32) -> bool {
        self.uniform() < probability
    }

    /// Normal with mean 0 and standard deviation 1 (Box and Muller 1958).
    #[inline(never)]
    pub fn normal(&mut self) -> f32 {
        let radius = math::sqrt(-2.0 * math::ln(1.0 - self.uniform()));
        radius * math::cos(core::f32::consts::TAU * self.uniform())
    }

    /// Index drawn in proportion to `weights`, which are not negative and not all 0.
    ///
    /// # Panics
    /// If `weights` is empty or sums to nothing.
    #[inline(never)]
    pub fn weighted(&mut self, weights: &[f32]) -> usize {
        let total: f32 = weights.iter().sum();
        assert!(total > 0.0, "weighted needs at least one weight above 0, found a sum of {total}");
        let mut left = self.uniform() * total;
        for (index, weight) in weights.iter().enumerate() {
            left -= weight;
            if left < 0.0 {
                return index;
            }
        }
        // Rounding can leave a trace; the last weight above 0 takes it.
        weights.iter().rposition(|&w| w > 0.0).expect("the sum is above 0")
    }

    /// Puts `items` into a random order (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last as u32 + 1) as usize);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pcg_gives_the_numbers_of_its_reference_implementation() {
        // pcg32-demo of the C library, pcg32_srandom(42, 54), round 1.
        let mut random = Random::pcg(42, 54);
        let expected = [0xa15c_02b7, 0x7b47_f409, 0xba1d_3330, 0x83d2_f293, 0xbfa4_784b, 0xcbed_606e];
        assert_eq!([(); 6].map(|()| random.next_u32()), expected);
    }

    #[test]
    fn uniform_numbers_fill_the_unit_interval_evenly() {
        let mut random = Random::new(1);
        let mut bins = [0_u32; 10];
        for _ in 0..100_000 {
            bins[(random.uniform() * 10.0) as usize] += 1;
        }
        // Standard deviation of a bin: sqrt(100000 * 0.1 * 0.9) = 95; five of them are 475.
        assert!(bins.iter().all(|&n| n.abs_diff(10_000) < 475), "{bins:?}");
    }

    #[test]
    fn normal_numbers_have_mean_zero_and_variance_one() {
        let mut random = Random::new(2);
        let numbers: Vec<f32> = (0..100_000).map(|_| random.normal()).collect();
        let mean = numbers.iter().sum::<f32>() / 100_000.0;
        let variance = numbers.iter().map(|x| x * x).sum::<f32>() / 100_000.0;
        // Standard errors: 0.0032 for the mean, 0.0045 for the variance.
        assert!(mean.abs() < 0.016 && (variance - 1.0).abs() < 0.023, "{mean} {variance}");
    }

    #[test]
    fn weights_of_zero_are_never_drawn() {
        let mut random = Random::new(3);
        assert!((0..10_000).all(|_| random.weighted(&[0.0, 1.0, 0.0, 3.0, 0.0]) % 2 == 1));
    }

    #[test]
    fn shuffling_keeps_every_item() {
        let mut items: Vec<u32> = (0..100).collect();
        Random::new(4).shuffle(&mut items);
        assert_ne!(items, (0..100).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..100).collect::<Vec<_>>());
    }
}
