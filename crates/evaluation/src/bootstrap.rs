//! How much a number would change with other patients: intervals by resampling whole groups of images.
//!
//! Images of one lesion resemble one another, so a resample takes or leaves all of them.
//! Source: Efron and Tibshirani 1993, chapter 13 (percentile intervals); Davison and Hinkley 1997, section 3.8 (groups).

use numerics::Random;
use numerics::statistics::{mean, percentile};

use crate::EvaluationError;

/// Settings of a bootstrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bootstrap {
    /// How often to resample; 1000 or more settle the second digit of an interval.
    pub resamples: u32,
    /// Seed of the resampling.
    pub seed: u64,
}

/// The middle 95 % of the resamples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The 2.5th percentile.
    pub low: f64,
    /// The 97.5th percentile.
    pub high: f64,
}

/// The middle 95 % of the resamples and their mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ResampleSpread {
    pub(crate) interval: Interval,
    pub(crate) mean: f64,
}

impl ResampleSpread {
    /// The interval, moved so that the mean of the resamples is `value`, and never below 0.
    ///
    /// For statistics that resampling alone makes larger, such as a mean of distances.
    pub(crate) fn moved_to(self, value: f64) -> Interval {
        let by = value - self.mean;
        Interval { low: (self.interval.low + by).max(0.0), high: self.interval.high + by }
    }
}

/// Share of resamples in which a number must be defined. With less, the 2.5 % at either end cannot be placed.
const DEFINED: f64 = 0.95;

/// A number for each key, counted from 0 in the order of first appearance: equal keys, equal numbers.
///
/// ```
/// assert_eq!(evaluation::group_numbers(&["lesion-7", "lesion-2", "lesion-7"]), [0, 1, 0]);
/// ```
pub fn group_numbers<T: Ord>(keys: &[T]) -> Vec<usize> {
    let mut numbers = std::collections::BTreeMap::new();
    keys.iter()
        .map(|key| {
            let next = numbers.len();
            *numbers.entry(key).or_insert(next)
        })
        .collect()
}

impl Bootstrap {
    /// 95 % percentile intervals of the values that `statistics` returns.
    ///
    /// `groups[image]` is the group of every image, as from [`group_numbers`]. Every resample draws as many groups as
    /// there are, with replacement, and asks `statistics` with how many times each image counts. A number that is
    /// undefined in more than 5 % of the resamples has no interval.
    ///
    /// # Errors
    /// [`EvaluationError::Groups`] if `groups` are not as many as `images`.
    pub fn intervals<const N: usize>(
        self,
        images: usize,
        groups: &[usize],
        mut statistics: impl FnMut(&[u32]) -> [Option<f64>; N],
    ) -> Result<[Option<Interval>; N], EvaluationError> {
        let listed = |times: &[u32]| statistics(times).to_vec();
        let mut spreads = self.spreads(N, images, groups, listed)?.into_iter();
        Ok([(); N].map(|()| spreads.next().flatten().map(|spread| spread.interval)))
    }

    /// [`Bootstrap::intervals`] for `numbers` statistics, and their means.
    pub(crate) fn spreads(
        self,
        numbers: usize,
        images: usize,
        groups: &[usize],
        mut statistics: impl FnMut(&[u32]) -> Vec<Option<f64>>,
    ) -> Result<Vec<Option<ResampleSpread>>, EvaluationError> {
        if groups.len() != images {
            return Err(EvaluationError::Groups { images, found: groups.len() });
        }
        let group_count = groups.iter().max().map_or(0, |last| last + 1);
        let mut random = Random::new(self.seed);
        let mut defined: Vec<Vec<f64>> = vec![Vec::new(); numbers];
        let (mut drawn, mut times) = (vec![0_u32; group_count], vec![0_u32; images]);
        for _ in 0..self.resamples {
            drawn.fill(0);
            for _ in 0..group_count {
                drawn[random.below(group_count as u32) as usize] += 1;
            }
            for (times, &group) in times.iter_mut().zip(groups) {
                *times = drawn[group];
            }
            for (defined, number) in defined.iter_mut().zip(statistics(&times)) {
                defined.extend(number);
            }
        }
        let enough = (f64::from(self.resamples) * DEFINED).ceil() as usize;
        let spread = |values: Vec<f64>| {
            (values.len() >= enough).then_some(())?;
            let interval = Interval { low: percentile(&values, 2.5)?, high: percentile(&values, 97.5)? };
            Some(ResampleSpread { interval, mean: mean(&values)? })
        };
        Ok(defined.into_iter().map(spread).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOTSTRAP: Bootstrap = Bootstrap { resamples: 2000, seed: 7 };

    /// The mean of `values` and its interval.
    fn mean_interval(values: &[f64], groups: &[usize]) -> Interval {
        let mean = |times: &[u32]| {
            let sum: f64 = times.iter().zip(values).map(|(&times, value)| f64::from(times) * value).sum();
            [Some(sum / f64::from(times.iter().sum::<u32>()))]
        };
        let [interval] = BOOTSTRAP.intervals(values.len(), groups, mean).unwrap();
        interval.unwrap()
    }

    fn half_right(images: usize) -> Vec<f64> {
        (0..images).map(|image| (image % 2) as f64).collect()
    }

    #[test]
    fn an_interval_of_a_share_is_as_wide_as_the_binomial_says() {
        let groups: Vec<usize> = (0..400).collect();
        let interval = mean_interval(&half_right(400), &groups);
        // 0.5 ± 1.96 * sqrt(0.25 / 400) = 0.5 ± 0.049; percentiles of 2000 resamples are good to about 0.004.
        assert!(
            (interval.low - 0.451).abs() < 0.006 && (interval.high - 0.549).abs() < 0.006,
            "{interval:?}"
        );
    }

    #[test]
    fn copies_of_an_image_in_one_group_do_not_narrow_the_interval() {
        // 100 lesions with four equal images each are worth 100 images: 0.5 ± 1.96 * sqrt(0.25 / 100) = 0.5 ± 0.098.
        let values: Vec<f64> = half_right(100).into_iter().flat_map(|value| [value; 4]).collect();
        let groups: Vec<usize> = (0..400).map(|image| image / 4).collect();
        let interval = mean_interval(&values, &groups);
        assert!(
            (interval.low - 0.402).abs() < 0.012 && (interval.high - 0.598).abs() < 0.012,
            "{interval:?}"
        );
    }

    #[test]
    fn the_same_seed_gives_the_same_interval() {
        let groups: Vec<usize> = (0..50).collect();
        assert_eq!(mean_interval(&half_right(50), &groups), mean_interval(&half_right(50), &groups));
    }

    #[test]
    fn a_number_that_is_often_undefined_has_no_interval() {
        // An image is missing from a resample of ten with probability 0.9¹⁰ = 0.35.
        let groups: Vec<usize> = (0..10).collect();
        let first = |times: &[u32]| [(times[0] > 0).then_some(1.0)];
        assert_eq!(BOOTSTRAP.intervals(10, &groups, first), Ok([None]));
    }

    #[test]
    fn without_images_or_resamples_there_is_no_interval() {
        let never = |times: &[u32]| [times.first().map(|_| 1.0)];
        assert_eq!(BOOTSTRAP.intervals(0, &[], never), Ok([None]));
        let bootstrap = Bootstrap { resamples: 0, seed: 7 };
        assert_eq!(bootstrap.intervals(1, &[0], never), Ok([None]));
    }

    #[test]
    fn an_interval_moved_to_a_value_keeps_its_width_down_to_zero() {
        let spread = ResampleSpread { interval: Interval { low: 0.5, high: 1.0 }, mean: 0.75 };
        assert_eq!(spread.moved_to(0.5), Interval { low: 0.25, high: 0.75 });
        assert_eq!(spread.moved_to(0.125), Interval { low: 0.0, high: 0.375 });
    }

    #[test]
    fn every_image_needs_a_group() {
        let error = BOOTSTRAP.intervals(3, &[0, 1], |_| [None]).unwrap_err().to_string();
        assert_eq!(error, "a bootstrap of 3 images needs a group for each; groups here: 2");
    }
}
