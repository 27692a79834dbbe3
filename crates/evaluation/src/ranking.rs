//! Images sorted once by a score, so that the areas of every resample take one pass.

/// Highest score first. Bit 0 of an entry: the last of a run of equal scores; bit 1: positive; above: the image.
pub(crate) struct Ranking {
    entries: Vec<u32>,
}

/// Areas under the two curves of one class; `None` if there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Areas {
    /// Under the ROC curve.
    pub(crate) roc: Option<f64>,
    /// Under the steps of the precision-recall curve.
    pub(crate) precision: Option<f64>,
}

const LAST: u32 = 1;
const POSITIVE: u32 = 2;
const IMAGE_SHIFT: u32 = 2;

impl Ranking {
    /// # Panics
    /// If the lengths differ, a score is NaN, or there are more than a billion images.
    pub(crate) fn new(scores: impl ExactSizeIterator<Item = f32>, positive: &[bool]) -> Self {
        assert_eq!(scores.len(), positive.len(), "a ranking needs one truth per score");
        assert!(
            positive.len() < 1 << 30,
            "a ranking takes fewer than 2^30 images; images here: {}",
            positive.len()
        );
        // One number per image, which sorts as its score does, the highest first: faster than comparing scores.
        let packed = scores.zip(positive).enumerate().map(|(image, (score, &positive))| {
            assert!(!score.is_nan(), "a score in a ranking is NaN");
            u64::from(descending(score)) << 32
                | u64::from((image as u32) << IMAGE_SHIFT | if positive { POSITIVE } else { 0 })
        });
        let mut packed: Vec<u64> = packed.collect();
        packed.sort_unstable();
        let ends = packed.iter().enumerate().map(|(at, entry)| {
            let last = packed.get(at + 1).is_none_or(|next| next >> 32 != entry >> 32);
            *entry as u32 | u32::from(last)
        });
        Self { entries: ends.collect() }
    }

    /// For every run of equal scores, highest first: an image that has it, and how many of those so far are positive
    /// and negative.
    pub(crate) fn runs(&self) -> impl Iterator<Item = (usize, [u64; 2])> {
        let mut counts = [0_u64; 2];
        self.entries.iter().filter_map(move |entry| {
            counts[usize::from(entry & POSITIVE == 0)] += 1;
            (entry & LAST != 0).then_some(((entry >> IMAGE_SHIFT) as usize, counts))
        })
    }

    /// The areas if every image counted `times(image)` times.
    pub(crate) fn areas(&self, times: impl Fn(usize) -> u32) -> Areas {
        // Of the area under the ROC curve every pair is counted twice so that a tie is 1: whole numbers, in which the
        // order of addition cannot matter.
        let (mut positives, mut negatives, mut lost) = (0_u64, 0_u64, 0_u64);
        let (mut tied_positives, mut tied_negatives) = (0_u64, 0_u64);
        let mut precisions = 0.0;
        for entry in &self.entries {
            let times = u64::from(times((entry >> IMAGE_SHIFT) as usize));
            if entry & POSITIVE == 0 {
                tied_negatives += times;
            } else {
                tied_positives += times;
            }
            if entry & LAST != 0 {
                if tied_positives > 0 {
                    lost += tied_positives * (2 * negatives + tied_negatives);
                    positives += tied_positives;
                    let called = positives + negatives + tied_negatives;
                    precisions += tied_positives as f64 * (positives as f64 / called as f64);
                }
                negatives += tied_negatives;
                (tied_positives, tied_negatives) = (0, 0);
            }
        }
        let pairs = 2 * positives * negatives;
        Areas {
            roc: (pairs > 0).then(|| (pairs - lost) as f64 / pairs as f64),
            precision: (positives > 0).then(|| precisions / positives as f64),
        }
    }
}

/// Bits that sort as the scores do, from the highest to the lowest; 0 and −0 are the same.
fn descending(score: f32) -> u32 {
    let bits = (score + 0.0).to_bits();
    if bits >> 31 == 1 { bits } else { !(bits | 1 << 31) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_fall_where_scores_rise() {
        let scores = [f32::NEG_INFINITY, -2.0, -1e-40, 0.0, 1e-40, 0.5, f32::INFINITY];
        assert!(scores.windows(2).all(|pair| descending(pair[0]) > descending(pair[1])));
        assert_eq!(descending(-0.0), descending(0.0));
    }

    #[test]
    fn runs_count_what_lies_at_or_above() {
        let ranking = Ranking::new([0.1_f32, 0.4, 0.4, 0.9].into_iter(), &[false, true, false, true]);
        let counts: Vec<[u64; 2]> = ranking.runs().map(|(_, counts)| counts).collect();
        assert_eq!(counts, [[1, 0], [2, 1], [2, 2]]);
    }

    #[test]
    fn areas_are_what_counting_every_pair_gives() {
        let mut random = numerics::Random::new(17);
        for _ in 0..300 {
            let images = 1 + random.below(30) as usize;
            let scores: Vec<f32> = (0..images).map(|_| random.below(6) as f32 / 4.0).collect();
            let positive: Vec<bool> = (0..images).map(|_| random.chance(0.4)).collect();
            let times: Vec<u32> = (0..images).map(|_| random.below(3)).collect();
            let weight = |image: usize| f64::from(times[image]);
            let [with, without] =
                [true, false].map(|is| (0..images).filter(|&i| positive[i] == is).collect::<Vec<_>>());
            let (mut won, mut pairs, mut precisions, mut positives) = (0.0, 0.0, 0.0, 0.0);
            for &a in &with {
                for &b in &without {
                    let order = scores[a].total_cmp(&scores[b]) as i32;
                    won += weight(a) * weight(b) * f64::from(order + 1) / 2.0;
                    pairs += weight(a) * weight(b);
                }
                let called = |of: &[usize]| {
                    of.iter().filter(|&&i| scores[i] >= scores[a]).map(|&i| weight(i)).sum::<f64>()
                };
                if times[a] > 0 {
                    precisions += weight(a) * called(&with) / (called(&with) + called(&without));
                    positives += weight(a);
                }
            }
            let areas = Ranking::new(scores.iter().copied(), &positive).areas(|image| times[image]);
            // Halves of whole numbers are exact.
            assert_eq!(areas.roc, (pairs > 0.0).then(|| won / pairs));
            let expected = (positives > 0.0).then(|| precisions / positives);
            // Up to 30 roundings of a sum of at most 60.
            assert!(
                areas
                    .precision
                    .zip(expected)
                    .map_or(areas.precision == expected, |(a, b)| (a - b).abs() < 1e-14),
                "{areas:?} {expected:?}"
            );
        }
    }
}
