//! Which image goes where: the tool's own split, run on a census.

use catalog::Diagnosis;
use catalog::census::Census;
use datasets::{Leaks, Shares, SplitPart, SplitUnit, parts};

/// The counts of a split.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SplitCounts {
    /// Images of each part and each diagnosis, in the orders of [`SplitPart::ALL`] and [`Diagnosis::ALL`].
    pub(crate) images: [[u32; 8]; 3],
    /// What is in more than one part.
    pub(crate) leaks: Leaks,
}

impl SplitCounts {
    /// Splits the data set that [`datasets::Census::items`] makes from `census`.
    pub(crate) fn of(census: &Census, shares: Shares, by: SplitUnit, seed: u64) -> Self {
        let items = datasets::Census { lesions_by_images: census.lesions.map(<[u32]>::to_vec) }.items();
        let parts = parts(&items, shares, by, seed);
        let mut images = [[0; 8]; 3];
        for (item, part) in items.iter().zip(&parts) {
            images[part.index()][item.diagnosis.index()] += 1;
        }
        Self { images, leaks: Leaks::count(&items, &parts) }
    }

    /// Images of one part.
    pub(crate) fn total(&self, part: SplitPart) -> u32 {
        self.images[part.index()].iter().sum()
    }

    /// Diagnoses of the set that have no image in the test folder.
    pub(crate) fn untested(&self) -> impl Iterator<Item = Diagnosis> {
        Diagnosis::ALL.into_iter().filter(|d| {
            let count = |part: SplitPart| self.images[part.index()][d.index()];
            count(SplitPart::Test) == 0 && SplitPart::ALL.into_iter().any(|part| count(part) > 0)
        })
    }
}

/// The three percentages after the one at `moved` became `value`: the others share the rest as `wanted` says, which
/// has what the reader last set for each; equal shares if both are 0.
pub(crate) fn shared(wanted: [u32; 3], moved: usize, value: u32) -> [u32; 3] {
    let value = value.min(100);
    let (first, second) = ((moved + 1) % 3, (moved + 2) % 3);
    let rest = 100 - value;
    let (of_first, both) = match wanted[first] + wanted[second] {
        0 => (1, 2),
        both => (wanted[first], both),
    };
    let mut shares = [0; 3];
    shares[moved] = value;
    // To the nearest whole percent, half up.
    shares[first] = (2 * rest * of_first + both) / (2 * both);
    shares[second] = rest - shares[first];
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    const CENSUS: Census = Census {
        name: "small",
        title: "Small",
        source: "nowhere",
        licence: "CC-0",
        // 20 MEL lesions with 40 images, 10 NV with 30, one DF.
        lesions: [&[10, 0, 10], &[0, 0, 10], &[], &[], &[], &[1], &[], &[]],
    };

    fn split(by: SplitUnit, seed: u64) -> SplitCounts {
        SplitCounts::of(&CENSUS, Shares::new(65, 20, 15).unwrap(), by, seed)
    }

    #[test]
    fn the_folders_hold_every_image_once() {
        for by in [SplitUnit::Lesion, SplitUnit::Image] {
            let outcome = split(by, 1);
            let of = |d: Diagnosis| outcome.images.iter().map(|part| part[d.index()]).sum::<u32>();
            assert_eq!([of(Diagnosis::Mel), of(Diagnosis::Nv), of(Diagnosis::Df)], [40, 30, 1]);
        }
    }

    #[test]
    fn a_split_by_image_shares_out_images_and_tears_lesions_apart() {
        let outcome = split(SplitUnit::Image, 1);
        // 65, 20 and 15 % of 40 and of 30; 19.5 goes up, since an earlier part comes first, 4.5 down.
        assert_eq!(outcome.images.map(|part| [part[0], part[1]]), [[26, 20], [8, 6], [6, 4]]);
        assert!(outcome.leaks.lesions[1] > 0 && outcome.leaks.seen[1] > 0);
    }

    #[test]
    fn a_split_by_lesion_leaks_nothing() {
        let outcome = split(SplitUnit::Lesion, 1);
        assert_eq!((outcome.leaks.lesions, outcome.leaks.seen), ([0; 8], [0; 8]));
        // 20 % of ten nevi with three images each.
        assert_eq!(outcome.images[1][1], 6);
        assert_ne!(split(SplitUnit::Lesion, 2), outcome);
    }

    #[test]
    fn a_diagnosis_with_one_lesion_cannot_be_tested() {
        assert_eq!(split(SplitUnit::Lesion, 1).untested().collect::<Vec<_>>(), [Diagnosis::Df]);
    }

    #[test]
    fn two_sliders_share_what_the_third_leaves() {
        assert_eq!(shared([65, 20, 15], 0, 30), [30, 40, 30]);
        // 30 : 65 of 15 from test to training: 50 × 15 / 80 = 9.375.
        assert_eq!(shared([65, 20, 15], 1, 50), [41, 50, 9]);
        assert_eq!(shared([65, 20, 15], 2, 100), [0, 0, 100]);
        assert_eq!(shared([0, 0, 100], 2, 40), [30, 30, 40]);
        assert_eq!(shared([65, 20, 15], 0, 999), [100, 0, 0]);
    }

    #[test]
    fn the_shares_always_sum_to_a_hundred() {
        for moved in 0..3 {
            for value in 0..=100 {
                for wanted in [[65, 20, 15], [0, 0, 0], [1, 98, 1], [100, 0, 0]] {
                    assert_eq!(shared(wanted, moved, value).iter().sum::<u32>(), 100);
                }
            }
        }
    }
}
