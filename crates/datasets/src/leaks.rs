//! What a split leaks: lesions with images in more than one part.
//!
//! A network that trained on one image of a lesion recognises the others, and its score on them says nothing about the
//! next patient.

use catalog::Diagnosis;

use crate::SplitPart;
use crate::parts::{SplitItem, lesion_numbers};

/// How much of a split leaks. Counts per diagnosis are in the order of [`Diagnosis::ALL`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leaks {
    /// Lesions with images in two or three parts, by the diagnosis of their first image.
    pub lesions: [usize; 8],
    /// Test images.
    pub test: [usize; 8],
    /// Test images of a lesion that also has an image in training.
    pub trained_on: [usize; 8],
    /// Test images of a lesion that also has an image in training or validation.
    pub seen: [usize; 8],
}

impl Leaks {
    /// Counts them; `parts` holds the part of each item, in the same order.
    ///
    /// ```
    /// # use catalog::Diagnosis::Mel;
    /// # use datasets::{SplitItem, Leaks, SplitPart};
    /// // Lesion 1 has one image to train and one to test; lesion 2 is in the test alone.
    /// let items = [1, 1, 2].map(|lesion| SplitItem { lesion, diagnosis: Mel });
    /// let leaks = Leaks::count(&items, &[SplitPart::Training, SplitPart::Test, SplitPart::Test]);
    /// assert_eq!((leaks.lesions[0], leaks.test[0], leaks.trained_on[0]), (1, 2, 1));
    /// ```
    ///
    /// # Panics
    /// If there are not as many parts as items.
    pub fn count<L: Ord>(items: &[SplitItem<L>], parts: &[SplitPart]) -> Self {
        assert_eq!(items.len(), parts.len(), "count expects a part for each item");
        let diagnoses: Vec<Diagnosis> = items.iter().map(|item| item.diagnosis).collect();
        count(&lesion_numbers(items), &diagnoses, parts)
    }
}

/// One bit a part.
const TRAINING: u8 = 1 << SplitPart::Training.index();
const TEST: u8 = 1 << SplitPart::Test.index();

fn count(numbers: &[u32], diagnoses: &[Diagnosis], parts: &[SplitPart]) -> Leaks {
    let count = numbers.iter().max().map_or(0, |&last| last as usize + 1);
    let mut lies_in = vec![0_u8; count];
    for (&number, part) in numbers.iter().zip(parts) {
        lies_in[number as usize] |= 1 << part.index();
    }
    let mut leaks = Leaks::default();
    let mut counted = vec![false; count];
    for ((&number, diagnosis), &part) in numbers.iter().zip(diagnoses).zip(parts) {
        let (lesion, class) = (number as usize, diagnosis.index());
        if !std::mem::replace(&mut counted[lesion], true) {
            leaks.lesions[class] += usize::from(lies_in[lesion].count_ones() > 1);
        }
        if part == SplitPart::Test {
            leaks.test[class] += 1;
            leaks.trained_on[class] += usize::from(lies_in[lesion] & TRAINING != 0);
            leaks.seen[class] += usize::from(lies_in[lesion] != TEST);
        }
    }
    leaks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Shares, SplitUnit, parts};

    /// 600 nevi: lesion `n` has `n % 3 + 1` images.
    fn example() -> Vec<SplitItem<u32>> {
        (0..300_u32)
            .flat_map(|lesion| (0..=lesion % 3).map(move |_| SplitItem { lesion, diagnosis: Diagnosis::Nv }))
            .collect()
    }

    #[test]
    fn a_split_by_lesion_leaks_nothing_and_one_by_image_does() {
        let shares = Shares::new(65, 20, 15).unwrap();
        let [fair, torn] = [SplitUnit::Lesion, SplitUnit::Image].map(|by| {
            let parts = parts(&example(), shares, by, 1);
            Leaks::count(&example(), &parts)
        });
        assert_eq!((fair.lesions, fair.seen), ([0; 8], [0; 8]));
        // 15 percent of 600 images.
        assert_eq!(torn.test[1], 90);
        assert!(torn.lesions[1] > 0 && torn.trained_on[1] > 0 && torn.seen[1] >= torn.trained_on[1]);
    }

    #[test]
    fn validation_and_training_are_told_apart() {
        use SplitPart::{Test, Training, Validation};
        let items = [1, 1, 2, 2, 3, 3, 3].map(|lesion| SplitItem { lesion, diagnosis: Diagnosis::Mel });
        // Lesion 1: validation and test. Lesion 2: training and validation. Lesion 3: all three.
        let parts = [Validation, Test, Training, Validation, Training, Validation, Test];
        let leaks = Leaks::count(&items, &parts);
        let mel = [leaks.lesions[0], leaks.test[0], leaks.trained_on[0], leaks.seen[0]];
        assert_eq!(mel, [3, 2, 1, 2]);
    }

    #[test]
    fn a_leaking_test_image_counts_for_its_own_diagnosis() {
        let item = |diagnosis| SplitItem { lesion: "one", diagnosis };
        let items = [item(Diagnosis::Nv), item(Diagnosis::Mel)];
        let leaks = Leaks::count(&items, &[SplitPart::Training, SplitPart::Test]);
        assert_eq!((leaks.lesions[1], leaks.seen[0], leaks.seen[1]), (1, 1, 0));
    }
}
