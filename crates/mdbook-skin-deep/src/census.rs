//! `{{#census NAME KEY}}`: a number of a data set, from the census in `book/data/NAME.toml`.

use catalog::Diagnosis;
use catalog::census::{self, Census};
use catalog::number::{grouped, percent};
use datasets::{Leaks, Shares, SplitUnit, parts};

/// Keys of a whole set; `DIAGNOSIS.images`, `.lesions` and `.share` come on top.
const KEYS: [&str; 13] = [
    "title",
    "source",
    "licence",
    "images",
    "lesions",
    "several",
    "several-images",
    "largest-share",
    "imbalance",
    "seen",
    "test",
    "seen-share",
    "torn",
];

/// The split that the data set explorer starts with, but by image: percentages and seed.
const SHARES: [u32; 3] = [65, 20, 15];
const SEED: u64 = 2019;

/// A number of a census as the page prints it.
///
/// `several` are the lesions with more than one image, `several-images` their images, `largest-share` the share of the
/// diagnosis with the most images, `imbalance` how many times as many images the largest diagnosis has as the smallest.
/// Split by image, 65 : 20 : 15 with seed 2019: `torn` lesions are in more than one folder; of the `test` images `seen`
/// (`seen-share`) show a lesion that training or validation has.
///
/// # Errors
/// An unknown census or key; the message lists those there are.
pub(crate) fn number(arguments: &str) -> Result<String, String> {
    let mut words = arguments.split_whitespace();
    let (Some(name), Some(key), None) = (words.next(), words.next(), words.next()) else {
        return Err(format!("write {{{{#census NAME KEY}}}}, not: {arguments}"));
    };
    let Some(census) = census::census(name) else {
        let known: Vec<_> = census::CENSUSES.iter().map(|census| census.name).collect();
        return Err(format!("unknown census {name}; use one of: {}", known.join(", ")));
    };
    // A percent sign stays with its number.
    value(census, key).map(|text| text.replace(" %", "\u{a0}%")).ok_or_else(|| {
        format!("a census has no {key}; use one of: {}, MEL.images, MEL.lesions, MEL.share", KEYS.join(", "))
    })
}

fn value(census: &Census, key: &str) -> Option<String> {
    let images = census.total(Census::images_of);
    if let Some((diagnosis, key)) = key.split_once('.') {
        let diagnosis = Diagnosis::ALL.into_iter().find(|d| d.abbreviation() == diagnosis)?;
        return match key {
            "images" => Some(grouped(census.images_of(diagnosis))),
            "lesions" => Some(grouped(census.lesions_of(diagnosis))),
            "share" => Some(percent(census.images_of(diagnosis), images)),
            _ => None,
        };
    }
    let sum = |counts: [usize; 8]| counts.iter().sum::<usize>() as u32;
    Some(match key {
        "title" => census.title.to_owned(),
        "source" => census.source.to_owned(),
        "licence" => census.licence.to_owned(),
        "images" => grouped(images),
        "lesions" => grouped(census.total(Census::lesions_of)),
        "several" => grouped(census.total(Census::several_of)),
        "several-images" => {
            let single = census.total(Census::lesions_of) - census.total(Census::several_of);
            grouped(images - single)
        }
        "largest-share" => percent(census.images_of(census.largest()), images),
        "imbalance" => grouped(imbalance(census)?),
        "seen" => grouped(sum(by_image(census)?.seen)),
        "test" => grouped(sum(by_image(census)?.test)),
        "torn" => grouped(sum(by_image(census)?.lesions)),
        "seen-share" => {
            let leaks = by_image(census)?;
            percent(sum(leaks.seen), sum(leaks.test))
        }
        _ => return None,
    })
}

/// Images of the largest diagnosis over those of the smallest that has any, to the nearest whole number.
fn imbalance(census: &Census) -> Option<u32> {
    let smallest =
        Diagnosis::ALL.map(|d| census.images_of(d)).into_iter().filter(|&images| images > 0).min()?;
    Some((2 * census.images_of(census.largest()) + smallest) / (2 * smallest))
}

/// What leaks when each image is drawn by itself.
fn by_image(census: &Census) -> Option<Leaks> {
    let items = datasets::Census { lesions_by_images: census.lesions.map(<[u32]>::to_vec) }.items();
    let [training, validation, test] = SHARES;
    let shares = Shares::new(training, validation, test).ok()?;
    Some(Leaks::count(&items, &parts(&items, shares, SplitUnit::Image, SEED)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_shares_are_those_of_the_census() {
        let isic = |key: &str| number(&format!("isic-2019 {key}")).unwrap();
        assert_eq!([isic("images"), isic("NV.images"), isic("DF.images")], ["25,331", "12,875", "239"]);
        // 12875 / 25331 = 50.8 %; 12875 / 239 = 53.9.
        assert_eq!(
            [isic("NV.share"), isic("largest-share"), isic("imbalance")],
            ["50.8\u{a0}%", "50.8\u{a0}%", "54"]
        );
        // HAM10000: 7470 lesions, 1956 of them with several images, 4501 images. Source: Tschandl 2018.
        let ham = |key: &str| number(&format!("ham10000 {key}")).unwrap();
        assert_eq!([ham("lesions"), ham("several"), ham("several-images")], ["7,470", "1,956", "4,501"]);
    }

    #[test]
    fn a_split_by_image_leaks() {
        // 15 % of 10,015 images, by diagnosis: 1006 + 167 + 77 + 165 + 20 + 17 + 21 + 29 after rounding, give or take one each.
        let test: u32 = number("ham10000 test").unwrap().replace(',', "").parse().unwrap();
        let seen: u32 = number("ham10000 seen").unwrap().replace(',', "").parse().unwrap();
        assert!(test.abs_diff(1502) <= 8 && seen > test / 4 && seen < test / 2, "{seen} of {test}");
        // Counted on the set itself, after another program's split: 500 of 1503 test images leak from training.
        let trained_on =
            by_image(census::census("ham10000").unwrap()).unwrap().trained_on.iter().sum::<usize>();
        assert!(trained_on.abs_diff(500) < 50, "{trained_on}");
    }

    #[test]
    fn what_is_not_there_is_named_with_what_is() {
        let message = |arguments: &str| number(arguments).unwrap_err();
        assert!(
            message("isic images")
                .starts_with("unknown census isic; use one of: isic-2019, ham10000, synthetic")
        );
        assert!(
            message("isic-2019 XYZ.images").starts_with("a census has no XYZ.images; use one of: title, ")
        );
        assert_eq!(message("isic-2019"), "write {{#census NAME KEY}}, not: isic-2019");
    }

    #[test]
    fn every_key_that_the_message_names_exists() {
        for key in KEYS {
            assert!(number(&format!("synthetic {key}")).is_ok(), "{key}");
        }
    }
}
