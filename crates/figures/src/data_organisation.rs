//! A data set in folders: one for each diagnosis, shared out to training, validation and test.
//!
//! After Figure 1A of Cullell-Dalmau et al. 2021, <https://doi.org/10.3389/fmed.2021.644327>.

use catalog::Diagnosis;
use catalog::census::Census;
use catalog::number::grouped;
use datasets::{Shares, SplitPart, SplitUnit, parts};
use imaging::{Rgb8, encode_jpeg, resize};
use plotters::prelude::*;

use crate::FigureError;
use crate::svg::{
    Anchor, Area, Frame, GREY, INK, Picture, diagnosis_colour, drawing, font, render, write_text,
};

/// Side of a picture, in pixels.
const PICTURE: i32 = 60;
/// Height of a row.
const ROW: i32 = 76;
/// Where the rows begin.
const TOP: i32 = 128;
const NAMES: i32 = PICTURE + 12;
/// Where the first folder of three begins, and how far it is to the next.
const FOLDERS: i32 = NAMES;
const COLUMN: i32 = 125;
/// Narrow, so that the words are large enough on a phone.
const WIDTH: i32 = 440;
const WORDS: u32 = 17;
const QUALITY: u8 = 72;

/// How a set is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitRule {
    /// Percentages of training, validation and test.
    pub shares: [u32; 3],
    /// Of the shuffling.
    pub seed: u64,
}

/// Draws the folders of `census` split by lesion, with one square picture of each diagnosis beside its name.
///
/// # Errors
/// [`FigureError::Data`] if the shares do not sum to 100.
pub fn draw(census: &Census, rule: SplitRule, pictures: &[Rgb8; 8]) -> Result<String, FigureError> {
    let [training, validation, test] = rule.shares;
    let shares = Shares::new(training, validation, test).map_err(|error| FigureError::Data {
        figure: "data-organisation",
        expected: "shares that add up to 100".to_owned(),
        found: error.0.to_string(),
    })?;
    let items = datasets::Census { lesions_by_images: census.lesions.map(<[u32]>::to_vec) }.items();
    let mut images = [[0_u32; 8]; 3];
    for (item, part) in items.iter().zip(parts(&items, shares, SplitUnit::Lesion, rule.seed)) {
        images[part.index()][item.diagnosis.index()] += 1;
    }
    let totals = images.map(|part| part.iter().sum::<u32>());
    let words: Vec<String> = SplitPart::ALL
        .into_iter()
        .map(|part| {
            let each: Vec<String> = Diagnosis::ALL
                .into_iter()
                .map(|d| format!("{} {}", d.abbreviation(), grouped(images[part.index()][d.index()])))
                .collect();
            format!("{}, {} images: {}", part.name(), grouped(totals[part.index()]), each.join(", "))
        })
        .collect();
    let frame = Frame {
        title: "A data set in folders, split into training, validation and test",
        description: &format!(
            "Eight rows, one per diagnosis, each with a synthetic lesion. Below each name are three folders, one per \
             part. {}.",
            words.join(". ")
        ),
        size: (WIDTH as u32, (TOP + 8 * ROW) as u32),
    };
    let pictures = (0..)
        .zip(pictures)
        .map(|(row, image)| {
            let small = resize(image, 2 * PICTURE as u32, 2 * PICTURE as u32);
            let jpeg = encode_jpeg(&small, QUALITY).map_err(drawing)?;
            Ok(Picture::photograph(jpeg, (0, TOP + row * ROW), [PICTURE; 2]))
        })
        .collect::<Result<Vec<_>, FigureError>>()?;
    render(&frame, &pictures, |area| {
        heads(area, census, rule, totals)?;
        for diagnosis in Diagnosis::ALL {
            let of_row = images.map(|part| part[diagnosis.index()]);
            row(area, census, diagnosis, of_row)?;
        }
        Ok(())
    })
}

/// What is above the columns.
fn heads(area: &Area<'_>, census: &Census, rule: SplitRule, totals: [u32; 3]) -> Result<(), FigureError> {
    let (images, lesions) = (census.total(Census::images_of), census.total(Census::lesions_of));
    write_text(area, census.title, (0, 12), Anchor::Start, &font(WORDS, INK))?;
    let words = format!("{} images of {} lesions", grouped(images), grouped(lesions));
    write_text(area, &words, (0, 38), Anchor::Start, &font(WORDS, INK))?;
    write_text(area, "images", (WIDTH, 76), Anchor::End, &font(WORDS, INK))?;
    for ((index, part), (share, total)) in (0..).zip(SplitPart::ALL).zip(rule.shares.into_iter().zip(totals))
    {
        let left = FOLDERS + index * COLUMN;
        let name = format!("{}/", part.name());
        write_text(area, &name, (left, 76), Anchor::Start, &font(WORDS, INK))?;
        let words = format!("{share} %: {}", grouped(total));
        write_text(area, &words, (left, 100), Anchor::Start, &font(WORDS, INK))?;
    }
    Ok(())
}

/// One diagnosis: its name and its images, three folders.
fn row(area: &Area<'_>, census: &Census, diagnosis: Diagnosis, images: [u32; 3]) -> Result<(), FigureError> {
    let top = TOP + diagnosis.index() as i32 * ROW;
    let words = format!("{} {}", diagnosis.abbreviation(), diagnosis.name());
    write_text(area, &words, (NAMES, top + 13), Anchor::Start, &font(WORDS, INK))?;
    let all = grouped(census.images_of(diagnosis));
    write_text(area, &all, (WIDTH, top + 13), Anchor::End, &font(WORDS, INK))?;
    for (index, count) in (0..).zip(images) {
        let left = FOLDERS + index * COLUMN;
        folder(area, (left, top + 33), diagnosis)?;
        write_text(area, &grouped(count), (left + 38, top + 45), Anchor::Start, &font(WORDS, INK))?;
    }
    Ok(())
}

/// A box with a tab, its upper left corner at `(x, y)`, 28 wide and 20 high.
fn folder(area: &Area<'_>, (x, y): (i32, i32), diagnosis: Diagnosis) -> Result<(), FigureError> {
    let outline =
        vec![(x, y), (x + 11, y), (x + 14, y + 4), (x + 28, y + 4), (x + 28, y + 20), (x, y + 20), (x, y)];
    area.draw(&Polygon::new(outline.clone(), diagnosis_colour(diagnosis).filled())).map_err(drawing)?;
    // The outline keeps the palest colour apart from a white page.
    area.draw(&PathElement::new(outline, GREY.stroke_width(1))).map_err(drawing)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CENSUS: Census = Census {
        name: "small",
        title: "Small set",
        source: "nowhere",
        licence: "CC-0",
        // Each of 20 melanomas has two images; one dermatofibroma.
        lesions: [&[0, 20], &[], &[], &[], &[], &[1], &[], &[]],
    };

    fn grey() -> [Rgb8; 8] {
        [(); 8].map(|()| Rgb8::new(8, 8, vec![128; 192]).unwrap())
    }

    #[test]
    fn the_folders_hold_their_share_of_the_lesions() {
        let svg = draw(&CENSUS, SplitRule { shares: [65, 20, 15], seed: 1 }, &grey()).unwrap();
        let has = |word: &str| svg.lines().any(|line| line == word);
        // 13, 4 and 3 of 20 melanomas, two images each, and the one dermatofibroma.
        assert!(has("65 %: 27") && has("20 %: 8") && has("15 %: 6"), "{svg}");
        assert!(
            has("MEL melanoma")
                && has("40")
                && has("41 images of 21 lesions")
                && has("training/")
                && has("Small set"),
            "{svg}"
        );
        assert!(
            svg.contains("test, 6 images: MEL 6, NV 0, BCC 0, AK 0, BKL 0, DF 0, VASC 0, SCC 0.</desc>"),
            "{svg}"
        );
    }

    #[test]
    fn shares_of_105_percent_are_refused() {
        let error = draw(&CENSUS, SplitRule { shares: [65, 20, 20], seed: 1 }, &grey()).unwrap_err();
        assert_eq!(error.to_string(), "data-organisation expects shares that add up to 100, found 105");
    }
}
