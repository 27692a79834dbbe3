//! How many lesions of each diagnosis have one image, two, three …: all that a split and its leaks depend on, in a few
//! numbers and without a patient's data.

use catalog::Diagnosis;

use crate::parts::{SplitItem, lesion_numbers};

/// Lesions by diagnosis and number of images.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Census {
    /// For each diagnosis, in the order of [`Diagnosis::ALL`]: lesions with one image, with two, with three …
    pub lesions_by_images: [Vec<u32>; 8],
}

impl Census {
    /// Counts `items`. A lesion whose images carry different diagnoses counts, with all of them, for that of its first.
    ///
    /// ```
    /// # use catalog::Diagnosis::Mel;
    /// # use datasets::{Census, SplitItem};
    /// let items = ["a", "b", "b", "c"].map(|lesion| SplitItem { lesion, diagnosis: Mel });
    /// assert_eq!(Census::count(&items).lesions_by_images[0], [2, 1]);
    /// ```
    pub fn count<L: Ord>(items: &[SplitItem<L>]) -> Self {
        let numbers = lesion_numbers(items);
        let lesions = numbers.iter().max().map_or(0, |&last| last as usize + 1);
        let mut images = vec![0_usize; lesions];
        let mut diagnoses = vec![None; lesions];
        for (&number, item) in numbers.iter().zip(items) {
            images[number as usize] += 1;
            diagnoses[number as usize].get_or_insert(item.diagnosis);
        }
        let mut census = Self::default();
        for (images, diagnosis) in images.into_iter().zip(diagnoses.into_iter().flatten()) {
            let counts: &mut Vec<u32> = &mut census.lesions_by_images[diagnosis.index()];
            counts.resize(counts.len().max(images), 0);
            counts[images - 1] += 1;
        }
        census
    }

    /// A data set with this census: lesions numbered from 0, images of a lesion next to each other.
    ///
    /// ```
    /// # use datasets::Census;
    /// let mut census = Census::default();
    /// census.lesions_by_images[1] = vec![2, 1];
    /// let lesions: Vec<u32> = census.items().iter().map(|item| item.lesion).collect();
    /// assert_eq!(lesions, [0, 1, 2, 2]);
    /// ```
    pub fn items(&self) -> Vec<SplitItem<u32>> {
        let (mut items, mut lesion) = (Vec::new(), 0);
        for (diagnosis, counts) in Diagnosis::ALL.into_iter().zip(&self.lesions_by_images) {
            for (fewer, &lesions) in counts.iter().enumerate() {
                for _ in 0..lesions {
                    items.extend((0..=fewer).map(|_| SplitItem { lesion, diagnosis }));
                    lesion += 1;
                }
            }
        }
        items
    }

    /// Lesions of one diagnosis.
    pub fn lesions(&self, diagnosis: Diagnosis) -> usize {
        self.lesions_by_images[diagnosis.index()].iter().map(|&lesions| lesions as usize).sum()
    }

    /// Images of one diagnosis.
    pub fn images(&self, diagnosis: Diagnosis) -> usize {
        let counts = self.lesions_by_images[diagnosis.index()].iter().enumerate();
        counts.map(|(fewer, &lesions)| (fewer + 1) * lesions as usize).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_data_set_made_from_a_census_has_that_census() {
        let mut census = Census::default();
        census.lesions_by_images[Diagnosis::Mel.index()] = vec![5, 0, 2];
        census.lesions_by_images[Diagnosis::Scc.index()] = vec![0, 1];
        // 5 + 3 · 2 and 2 · 1
        assert_eq!((census.images(Diagnosis::Mel), census.images(Diagnosis::Scc)), (11, 2));
        assert_eq!((census.lesions(Diagnosis::Mel), census.lesions(Diagnosis::Nv)), (7, 0));
        assert_eq!(Census::count(&census.items()), census);
    }

    #[test]
    fn no_images_are_no_lesions() {
        assert_eq!(Census::count::<u32>(&[]), Census::default());
        assert!(Census::default().items().is_empty());
    }
}
