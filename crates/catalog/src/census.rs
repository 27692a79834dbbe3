//! How many lesions of each diagnosis a data set has, and how many images of each lesion: the counts without the images.
//!
//! Compiled in from the censuses among `book/data/*.toml`, which `cargo xtask data census` writes; one more file there
//! is one more data set in the book.

use crate::Diagnosis;

/// The census of one data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Census {
    /// The file's name without its ending, such as `isic-2019`.
    pub name: &'static str,
    /// Title for readers.
    pub title: &'static str,
    /// Where the images come from: an address, or the command that makes them.
    pub source: &'static str,
    /// Licence of the images.
    pub licence: &'static str,
    /// For each of [`Diagnosis::ALL`], how many lesions have one image, two, three, …
    pub lesions: [&'static [u32]; 8],
}

include!(concat!(env!("OUT_DIR"), "/censuses.rs"));

/// The census of this name.
pub fn census(name: &str) -> Option<&'static Census> {
    CENSUSES.iter().find(|census| census.name == name)
}

impl Census {
    /// Lesions of a diagnosis.
    pub fn lesions_of(&self, diagnosis: Diagnosis) -> u32 {
        self.lesions[diagnosis.index()].iter().sum()
    }

    /// Images of a diagnosis.
    pub fn images_of(&self, diagnosis: Diagnosis) -> u32 {
        (1..).zip(self.lesions[diagnosis.index()]).map(|(images, lesions)| images * lesions).sum()
    }

    /// Lesions of a diagnosis with more than one image.
    pub fn several_of(&self, diagnosis: Diagnosis) -> u32 {
        self.lesions[diagnosis.index()].iter().skip(1).sum()
    }

    /// A count summed over all diagnoses.
    pub fn total(&self, count: fn(&Self, Diagnosis) -> u32) -> u32 {
        Diagnosis::ALL.into_iter().map(|diagnosis| count(self, diagnosis)).sum()
    }

    /// The diagnosis with the most images, the first if several have as many.
    pub fn largest(&self) -> Diagnosis {
        let images = |diagnosis: Diagnosis| self.images_of(diagnosis);
        let larger = |a: Diagnosis, b: Diagnosis| if images(b) > images(a) { b } else { a };
        Diagnosis::ALL.into_iter().fold(Diagnosis::ALL[0], larger)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Census = Census {
        name: "small",
        title: "Small",
        source: "nowhere",
        licence: "CC-0",
        lesions: [&[2, 1], &[0, 0, 3], &[], &[], &[], &[], &[1], &[]],
    };

    #[test]
    fn images_are_lesions_times_their_images() {
        // MEL: 2 × 1 + 1 × 2 = 4 images of 3 lesions. NV: 3 × 3 = 9 images of 3 lesions. VASC: 1.
        let count = |diagnosis| {
            (SMALL.images_of(diagnosis), SMALL.lesions_of(diagnosis), SMALL.several_of(diagnosis))
        };
        assert_eq!(count(Diagnosis::Mel), (4, 3, 1));
        assert_eq!(count(Diagnosis::Nv), (9, 3, 3));
        assert_eq!(count(Diagnosis::Bcc), (0, 0, 0));
        assert_eq!(SMALL.total(Census::images_of), 14);
        assert_eq!(SMALL.largest(), Diagnosis::Nv);
    }

    #[test]
    fn the_public_sets_have_the_images_that_their_publications_name() {
        // ISIC 2019 challenge, training set; HAM10000: Tschandl 2018, Sci Data 5:180161.
        for (name, images) in [("isic-2019", 25_331), ("ham10000", 10_015)] {
            assert_eq!(census(name).unwrap().total(Census::images_of), images, "{name}");
        }
    }
}
