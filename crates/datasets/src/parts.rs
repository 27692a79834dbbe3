//! Which part every image goes to: pure arithmetic on lesions and diagnoses, the same in the page and in the tool.

use catalog::Diagnosis;
use numerics::Random;

/// One part of a split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SplitPart {
    /// The weights are fitted to these.
    Training,
    /// The best epoch is chosen by these.
    Validation,
    /// The metrics come from these, once.
    Test,
}

impl SplitPart {
    /// All three, in the order of the file's words.
    pub const ALL: [Self; 3] = [Self::Training, Self::Validation, Self::Test];

    /// Index into counts of the three parts, 0 to 2.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The word in the file.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Training => "training",
            Self::Validation => "validation",
            Self::Test => "test",
        }
    }
}

/// What is kept in one part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SplitUnit {
    /// All images of a lesion: what a fair test needs.
    Lesion,
    /// Each image by itself, so that a lesion's images may train and test: to show how that flatters a network.
    Image,
}

/// Percentages of the three parts, in the order of [`SplitPart::ALL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shares([u32; 3]);

/// Shares that do not sum to 100; holds their sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the three shares must add up to 100 %; they add up to {0} %")]
pub struct SharesError(pub u64);

impl Shares {
    /// # Errors
    /// [`SharesError`] if the three do not sum to 100.
    ///
    /// ```
    /// # use datasets::Shares;
    /// assert!(Shares::new(65, 20, 15).is_ok());
    /// assert!(Shares::new(65, 20, 20).unwrap_err().to_string().contains("add up to 105 %"));
    /// ```
    pub fn new(training: u32, validation: u32, test: u32) -> Result<Self, SharesError> {
        let shares = [training, validation, test];
        match shares.iter().map(|&share| u64::from(share)).sum::<u64>() {
            100 => Ok(Self(shares)),
            sum => Err(SharesError(sum)),
        }
    }

    /// How many of `count` go to each part: rounded down, the rest to the largest remainders, earlier parts first.
    ///
    /// ```
    /// # use datasets::Shares;
    /// // 6.5, 2 and 1.5: the earlier of the two equal remainders gets the tenth.
    /// assert_eq!(Shares::new(65, 20, 15)?.of(10), [7, 2, 1]);
    /// # Ok::<(), datasets::SharesError>(())
    /// ```
    pub fn of(self, count: usize) -> [usize; 3] {
        let mut parts = self.0.map(|share| count * share as usize / 100);
        let mut order = [0, 1, 2];
        order.sort_by_key(|&part| std::cmp::Reverse(count * self.0[part] as usize % 100));
        let left = count - parts.iter().sum::<usize>();
        for &part in &order[..left] {
            parts[part] += 1;
        }
        parts
    }
}

/// What a split needs to know of an image. `lesion` is anything that tells lesions apart: a name, a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitItem<L> {
    /// Which lesion it shows; images with an equal one stay together when splitting by lesion.
    pub lesion: L,
    /// The one diagnosis.
    pub diagnosis: Diagnosis,
}

/// Splits `items` at random, each diagnosis by itself, so that all parts hold all diagnoses in the same ratio; returns
/// the part of each item, in their order.
///
/// The shares count lesions when splitting by lesion. A lesion whose images carry different diagnoses is counted with
/// that of its first image. The result depends on the order of the lesions' names (not on the order of a lesion's
/// images), on `seed`, and on nothing else.
///
/// ```
/// # use catalog::Diagnosis::Mel;
/// # use datasets::{SplitUnit, SplitItem, SplitPart, Shares, parts};
/// // Twenty lesions of two images each: 13, 4 and 3 of them go to the three parts.
/// let items: Vec<_> = (0..40_u32).map(|image| SplitItem { lesion: image / 2, diagnosis: Mel }).collect();
/// let parts = parts(&items, Shares::new(65, 20, 15)?, SplitUnit::Lesion, 1);
/// assert_eq!(parts.iter().filter(|&&part| part == SplitPart::Test).count(), 6);
/// # Ok::<(), datasets::SharesError>(())
/// ```
pub fn parts<L: Ord>(items: &[SplitItem<L>], shares: Shares, by: SplitUnit, seed: u64) -> Vec<SplitPart> {
    let groups = match by {
        SplitUnit::Lesion => lesion_numbers(items),
        SplitUnit::Image => (0..items.len() as u32).collect(),
    };
    let diagnoses: Vec<Diagnosis> = items.iter().map(|item| item.diagnosis).collect();
    share_out(&groups, &diagnoses, shares, seed)
}

/// Divides `items` into `count` folds of equal size, from 0, by lesion and each diagnosis by itself; returns the fold of each item,
/// in their order. Depends on the order of the lesions' names and on `seed` alone. A lesion counts as in [`parts()`].
///
/// ```
/// # use catalog::Diagnosis::{Df, Mel};
/// # use datasets::{SplitItem, folds};
/// // Ten lesions of two images each, seven of one diagnosis and three of another: two lesions in each of five folds.
/// let diagnosis = |lesion| if lesion < 7 { Mel } else { Df };
/// let items: Vec<_> =
///     (0..20_u32).map(|image| SplitItem { lesion: image / 2, diagnosis: diagnosis(image / 2) }).collect();
/// let folds = folds(&items, 5, 1);
/// assert!((0..5).all(|fold| folds.iter().filter(|&&other| other == fold).count() == 4));
/// assert!(folds.chunks(2).all(|lesion| lesion[0] == lesion[1]));
/// ```
pub fn folds<L: Ord>(items: &[SplitItem<L>], count: usize, seed: u64) -> Vec<usize> {
    let groups = lesion_numbers(items);
    let diagnoses: Vec<Diagnosis> = items.iter().map(|item| item.diagnosis).collect();
    let of_group = first_diagnoses(&groups, &diagnoses);
    let mut folds = vec![0; of_group.len()];
    // A diagnosis goes on where the one before ends, so that no fold gets all that is left over.
    let order = Diagnosis::ALL.into_iter().flat_map(|diagnosis| shuffled(&of_group, diagnosis, seed));
    for (place, group) in order.enumerate() {
        folds[group as usize] = place % count.max(1);
    }
    groups.iter().map(|&group| folds[group as usize]).collect()
}

/// The number of each item's lesion, 0 for the first in the order of lesions.
pub(crate) fn lesion_numbers<L: Ord>(items: &[SplitItem<L>]) -> Vec<u32> {
    let mut order: Vec<u32> = (0..items.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| items[a as usize].lesion.cmp(&items[b as usize].lesion));
    let mut numbers = vec![0; items.len()];
    let mut number = 0;
    for pair in order.windows(2) {
        let [before, item] = [pair[0] as usize, pair[1] as usize];
        number += u32::from(items[before].lesion != items[item].lesion);
        numbers[item] = number;
    }
    numbers
}

// ANCHOR: share_out
/// Gives every group a part. `groups` holds the group of each item; all numbers from 0 to the largest occur.
fn share_out(groups: &[u32], diagnoses: &[Diagnosis], shares: Shares, seed: u64) -> Vec<SplitPart> {
    let of_group = first_diagnoses(groups, diagnoses);
    let mut parts = vec![SplitPart::Training; of_group.len()];
    for diagnosis in Diagnosis::ALL {
        let members = shuffled(&of_group, diagnosis, seed);
        let mut rest = members.as_slice();
        for (part, count) in SplitPart::ALL.into_iter().zip(shares.of(members.len())) {
            let (here, later) = rest.split_at(count);
            for &group in here {
                parts[group as usize] = part;
            }
            rest = later;
        }
    }
    groups.iter().map(|&group| parts[group as usize]).collect()
}

/// The diagnosis of every group's first item.
fn first_diagnoses(groups: &[u32], diagnoses: &[Diagnosis]) -> Vec<Option<Diagnosis>> {
    let mut of_group = vec![None; groups.iter().max().map_or(0, |&last| last as usize + 1)];
    for (&group, &diagnosis) in groups.iter().zip(diagnoses) {
        of_group[group as usize].get_or_insert(diagnosis);
    }
    of_group
}

/// The groups of a diagnosis, in an order that the seed decides.
fn shuffled(of_group: &[Option<Diagnosis>], diagnosis: Diagnosis, seed: u64) -> Vec<u32> {
    let mut members: Vec<u32> =
        (0..of_group.len() as u32).filter(|&group| of_group[group as usize] == Some(diagnosis)).collect();
    Random::new(seed).part(diagnosis.index() as u64).shuffle(&mut members);
    members
}
// ANCHOR_END: share_out

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_loses_no_lesion() {
        let shares = Shares::new(65, 20, 15).unwrap();
        // 6.5, 2 and 1.5: the earlier of the two equal remainders gets the tenth.
        assert_eq!(shares.of(10), [7, 2, 1]);
        assert_eq!(shares.of(1), [1, 0, 0]);
        assert_eq!(shares.of(0), [0, 0, 0]);
        assert!((0..200).all(|count| shares.of(count).iter().sum::<usize>() == count));
    }

    #[test]
    fn a_part_may_have_no_share_at_all() {
        let items: Vec<_> = (0..10).map(|lesion| SplitItem { lesion, diagnosis: Diagnosis::Nv }).collect();
        let parts = parts(&items, Shares::new(0, 0, 100).unwrap(), SplitUnit::Lesion, 1);
        assert_eq!(parts, [SplitPart::Test; 10]);
        assert_eq!(Shares::new(0, 1, 100), Err(SharesError(101)));
    }

    #[test]
    fn nothing_is_split_into_nothing() {
        let none: [SplitItem<u32>; 0] = [];
        assert!(parts(&none, Shares::new(65, 20, 15).unwrap(), SplitUnit::Lesion, 1).is_empty());
    }

    #[test]
    fn lesions_are_numbered_in_their_order_wherever_their_images_stand() {
        let item = |lesion| SplitItem { lesion, diagnosis: Diagnosis::Df };
        assert_eq!(lesion_numbers(&["b", "a", "c", "b", "a"].map(item)), [1, 0, 2, 1, 0]);
    }

    #[test]
    fn a_lesion_with_two_diagnoses_counts_with_its_first() {
        // The one lesion is a nevus by its first image; alone among nevi, it trains, and so does its melanoma.
        let items = [Diagnosis::Nv, Diagnosis::Mel].map(|diagnosis| SplitItem { lesion: 0, diagnosis });
        assert_eq!(
            parts(&items, Shares::new(65, 20, 15).unwrap(), SplitUnit::Lesion, 1),
            [SplitPart::Training; 2]
        );
    }
}
