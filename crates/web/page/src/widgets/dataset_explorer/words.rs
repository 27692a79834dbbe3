//! The texts of the data set explorer: counts, shares, splits and leaks.

use catalog::Diagnosis;
use catalog::census::Census;
use catalog::number::{grouped as count, percent};
use datasets::{SharesError, SplitPart, SplitUnit};

use super::outcome::SplitCounts;

/// What a data set contains.
pub(crate) fn whole(census: &Census) -> String {
    let (images, lesions) = (census.total(Census::images_of), census.total(Census::lesions_of));
    format!("{}: {} images of {} lesions", census.title, count(images), count(lesions))
}

/// The score of a classifier that always gives the commonest diagnosis.
pub(crate) fn laziest(census: &Census) -> String {
    let largest = census.largest();
    let images = |d: Diagnosis| census.images_of(d);
    let present = Diagnosis::ALL.into_iter().filter(|&d| images(d) > 0).count();
    let share = percent(images(largest), census.total(Census::images_of));
    format!(
        "Always answering {} would be right for {share} of the images, but recognise only 1 of {present} diagnoses.",
        largest.abbreviation()
    )
}

/// Why three percentages of a link were ignored.
pub(crate) fn refused(error: SharesError) -> String {
    format!(
        "Part of the link was ignored: training, validation and test must add up to 100 %, not {} %. The percentages \
         of the text are shown instead.",
        error.0
    )
}

/// How a set was split, in front of the counts.
pub(crate) fn rule(by: SplitUnit, shares: [u32; 3], seed: u64) -> String {
    let by = match by {
        SplitUnit::Lesion => "lesion",
        SplitUnit::Image => "image",
    };
    let [training, validation, test] = shares;
    format!("Split by {by}, {training} : {validation} : {test}, seed {seed}")
}

/// Images of each folder.
pub(crate) fn folders(outcome: &SplitCounts) -> String {
    let [training, validation, test] = SplitPart::ALL.map(|part| count(outcome.total(part)));
    format!("Training {training}, validation {validation}, test {test} images.")
}

/// How much leaks, and which diagnoses have no test image.
pub(crate) fn verdict(census: &Census, outcome: &SplitCounts) -> String {
    let sum = |counts: [usize; 8]| counts.iter().sum::<usize>() as u32;
    let (torn, lesions) = (sum(outcome.leaks.lesions), census.total(Census::lesions_of));
    let (seen, test) = (sum(outcome.leaks.seen), sum(outcome.leaks.test));
    let mut sentences =
        vec![format!("{} of {} lesions have images in more than one folder.", count(torn), count(lesions))];
    if test > 0 {
        let (seen_words, test_words, share) = (count(seen), count(test), percent(seen, test));
        sentences.push(format!(
            "{seen_words} of {test_words} test images ({share}) show a lesion that is also in training or validation."
        ));
    }
    let untested: Vec<&str> = outcome.untested().map(Diagnosis::abbreviation).collect();
    if let [others @ .., last] = untested.as_slice() {
        let (names, them) = match others {
            [] => ((*last).to_owned(), "it"),
            _ => (format!("{} or {last}", others.join(", ")), "them"),
        };
        sentences.push(format!("No test image shows {names}, so nothing can be measured for {them}."));
    }
    sentences.join(" ")
}

#[cfg(test)]
mod tests {
    use datasets::Shares;

    use super::*;

    const CENSUS: Census = Census {
        name: "small",
        title: "Small set",
        source: "nowhere",
        licence: "CC-0",
        lesions: [&[1000], &[0, 500, 1], &[], &[], &[], &[1], &[], &[]],
    };

    #[test]
    fn a_set_is_described_by_images_lesions_and_its_largest_diagnosis() {
        // NV: 500 × 2 + 3 = 1003 of 2004 images.
        assert_eq!(whole(&CENSUS), "Small set: 2,004 images of 1,502 lesions");
        assert_eq!(
            laziest(&CENSUS),
            "Always answering NV would be right for 50.0 % of the images, but recognise only 1 of 3 diagnoses."
        );
    }

    #[test]
    fn a_split_by_lesion_says_that_nothing_is_seen_twice_and_what_is_never_tested() {
        let outcome = SplitCounts::of(&CENSUS, Shares::new(70, 10, 20).unwrap(), SplitUnit::Lesion, 1);
        assert!(
            verdict(&CENSUS, &outcome)
                .starts_with("0 of 1,502 lesions have images in more than one folder. 0 of ")
        );
        assert!(
            verdict(&CENSUS, &outcome)
                .ends_with("No test image shows DF, so nothing can be measured for it.")
        );
        assert_eq!(rule(SplitUnit::Lesion, [70, 10, 20], 7), "Split by lesion, 70 : 10 : 20, seed 7");
    }

    #[test]
    fn an_empty_test_folder_has_no_share() {
        let outcome = SplitCounts::of(&CENSUS, Shares::new(80, 20, 0).unwrap(), SplitUnit::Image, 1);
        let words = verdict(&CENSUS, &outcome);
        assert!(
            words.ends_with("No test image shows MEL, NV or DF, so nothing can be measured for them."),
            "{words}"
        );
        assert!(!words.contains('%'), "{words}");
    }
}
