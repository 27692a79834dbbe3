//! A data set in folders: one for each diagnosis, shared out to training, validation and test.
//!
//! After Figure 1A of Cullell-Dalmau et al. 2021, <https://doi.org/10.3389/fmed.2021.644327>.

use catalog::Diagnosis;
use catalog::census::{Census, grouped};
use datasets::{By, Part, Shares, parts};
use imaging::{Rgb8, encode_jpeg, resize};
use plotters::prelude::*;

use crate::FigureError;
use crate::svg::{Anchor, Area, Frame, INK, Picture, diagnosis_colour, drawing, font, render, write_text};

const GREY: RGBColor = RGBColor(128, 128, 128);
/// Side of a picture, in pixels.
const PICTURE: i32 = 52;
/// Height of a row.
const ROW: i32 = 62;
/// Where the rows begin.
const TOP: i32 = 84;
const NAMES: i32 = PICTURE + 14;
/// Where the arrows begin and end.
const ARROWS: [i32; 2] = [262, 292];
/// Where the first folder of three begins, and how far it is to the next.
const FOLDERS: i32 = 308;
const COLUMN: i32 = 138;
const WIDTH: i32 = FOLDERS + 3 * COLUMN;
const QUALITY: u8 = 72;

/// How a set is split.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Percentages of training, validation and test.
    pub shares: [u32; 3],
    /// Of the shuffling.
    pub seed: u64,
}

/// Draws the folders of `census` split by lesion, with one square picture of each diagnosis beside its name.
///
/// # Errors
/// [`FigureError::Data`] if the shares do not sum to 100.
pub fn draw(census: &Census, rule: Rule, pictures: &[Rgb8; 8]) -> Result<String, FigureError> {
    let [training, validation, test] = rule.shares;
    let shares = Shares::new(training, validation, test).map_err(|error| FigureError::Data {
        figure: "data-organisation",
        expected: "shares that sum to 100".to_owned(),
        found: error.0.to_string(),
    })?;
    let items = datasets::Census { lesions_by_images: census.lesions.map(<[u32]>::to_vec) }.items();
    let mut images = [[0_u32; 8]; 3];
    for (item, part) in items.iter().zip(parts(&items, shares, By::Lesion, rule.seed)) {
        images[part.index()][item.diagnosis.index()] += 1;
    }
    let totals = images.map(|part| part.iter().sum::<u32>());
    let words: Vec<String> = Part::ALL
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
        title: "A data set in folders, shared out to training, validation and test",
        description: &format!(
            "Eight rows, one for each diagnosis, with a synthetic lesion of it. From each row arrows lead to three \
             folders. {}.",
            words.join(". ")
        ),
        size: (WIDTH as u32, (TOP + 8 * ROW) as u32),
    };
    let pictures = (0..)
        .zip(pictures)
        .map(|(row, image)| {
            let small = resize(image, 2 * PICTURE as u32, 2 * PICTURE as u32);
            let bytes = encode_jpeg(&small, QUALITY).map_err(drawing)?;
            Ok(Picture { media_type: "image/jpeg", bytes, at: (0, TOP + row * ROW), side: PICTURE as u32 })
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

/// What stands above the columns.
fn heads(area: &Area<'_>, census: &Census, rule: Rule, totals: [u32; 3]) -> Result<(), FigureError> {
    let (images, lesions) = (census.total(Census::images_of), census.total(Census::lesions_of));
    write_text(area, census.title, (0, 18), Anchor::Start, &font(18, INK))?;
    let words = format!("{} images of {} lesions", grouped(images), grouped(lesions));
    write_text(area, &words, (0, 44), Anchor::Start, &font(16, INK))?;
    for ((index, part), (share, total)) in (0..).zip(Part::ALL).zip(rule.shares.into_iter().zip(totals)) {
        let left = FOLDERS + index * COLUMN;
        folder(area, (left, 8), None)?;
        write_text(area, &format!("{}/", part.name()), (left + 36, 18), Anchor::Start, &font(18, INK))?;
        let words = format!("{share} %: {}", grouped(total));
        write_text(area, &words, (left, 44), Anchor::Start, &font(16, INK))?;
    }
    Ok(())
}

/// One diagnosis: its name, arrows, three folders.
fn row(area: &Area<'_>, census: &Census, diagnosis: Diagnosis, images: [u32; 3]) -> Result<(), FigureError> {
    let middle = TOP + diagnosis.index() as i32 * ROW + PICTURE / 2;
    let words = format!("{}: {} images", diagnosis.abbreviation(), grouped(census.images_of(diagnosis)));
    write_text(area, &words, (NAMES, middle - 12), Anchor::Start, &font(17, INK))?;
    write_text(area, diagnosis.name(), (NAMES, middle + 12), Anchor::Start, &font(15, INK))?;
    let [from, to] = ARROWS;
    let line =
        |points: Vec<(i32, i32)>| area.draw(&PathElement::new(points, GREY.stroke_width(2))).map_err(drawing);
    line(vec![(from, middle), (to, middle)])?;
    line(vec![(to - 8, middle - 6), (to, middle), (to - 8, middle + 6)])?;
    for (index, count) in (0..).zip(images) {
        let left = FOLDERS + index * COLUMN;
        folder(area, (left, middle - 10), Some(diagnosis))?;
        let words = format!("{}/", diagnosis.abbreviation());
        write_text(area, &words, (left + 36, middle), Anchor::Start, &font(17, INK))?;
        write_text(area, &grouped(count), (left + COLUMN - 14, middle), Anchor::End, &font(17, INK))?;
    }
    Ok(())
}

/// A box with a tab, its upper left corner at `(x, y)`, 28 wide and 20 high.
fn folder(area: &Area<'_>, (x, y): (i32, i32), diagnosis: Option<Diagnosis>) -> Result<(), FigureError> {
    let colour = diagnosis.map_or(RGBColor(190, 190, 190), diagnosis_colour);
    let outline =
        vec![(x, y), (x + 11, y), (x + 14, y + 4), (x + 28, y + 4), (x + 28, y + 20), (x, y + 20), (x, y)];
    area.draw(&Polygon::new(outline.clone(), colour.filled())).map_err(drawing)?;
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
        let svg = draw(&CENSUS, Rule { shares: [65, 20, 15], seed: 1 }, &grey()).unwrap();
        let has = |word: &str| svg.lines().any(|line| line == word);
        // 13, 4 and 3 of 20 melanomas, two images each, and the one dermatofibroma.
        assert!(has("65 %: 27") && has("20 %: 8") && has("15 %: 6"), "{svg}");
        assert!(
            has("MEL: 40 images") && has("41 images of 21 lesions") && has("training/") && has("Small set"),
            "{svg}"
        );
        assert!(
            svg.contains("test, 6 images: MEL 6, NV 0, BCC 0, AK 0, BKL 0, DF 0, VASC 0, SCC 0.</desc>"),
            "{svg}"
        );
    }

    #[test]
    fn shares_of_105_percent_are_refused() {
        let error = draw(&CENSUS, Rule { shares: [65, 20, 20], seed: 1 }, &grey()).unwrap_err();
        assert_eq!(error.to_string(), "data-organisation expects shares that sum to 100, found 105");
    }
}
