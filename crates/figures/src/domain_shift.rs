//! The sensitivity for every diagnosis in two tests of one network, each with its 95 % interval.

use plotters::prelude::*;

use crate::FigureError;
use crate::svg::{
    Anchor, Area, BLUE, Frame, GREY, INK, VERMILLION, drawing, font, number, render, write_text,
};

/// A share and the ends of its interval, all from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeasuredShare {
    /// The share.
    pub value: f64,
    /// Ends of the interval; `None` if it is undefined.
    pub interval: Option<[f64; 2]>,
}

/// One test: the words of its legend, and a share for each label.
#[derive(Clone, Debug, PartialEq)]
pub struct TestShares {
    /// What was tested on what.
    pub title: String,
    /// In the order of the labels; `None` where a class does not occur.
    pub shares: Vec<Option<MeasuredShare>>,
}

const LEFT: i32 = 82;
const RIGHT: i32 = 20;
/// No larger, so that the words are large enough on a phone.
const WIDTH: i32 = 300;
const ROW: i32 = 34;
const LEGEND: i32 = 62;
const AXIS: i32 = 52;
const WORDS: u32 = 18;
const COLOURS: [RGBColor; 2] = [VERMILLION, BLUE];

/// Draws a row for each label, with the first test above the second.
///
/// # Errors
/// [`FigureError::Data`] for no labels, or a test with a share too many or too few or outside 0 to 1.
pub fn draw(labels: &[String], tests: &[TestShares; 2]) -> Result<String, FigureError> {
    let fits = |share: &MeasuredShare| {
        let ends = share.interval.unwrap_or([share.value; 2]);
        [share.value, ends[0], ends[1]].iter().all(|value| (0.0..=1.0).contains(value))
    };
    let sound =
        |test: &TestShares| test.shares.len() == labels.len() && test.shares.iter().flatten().all(fits);
    if labels.is_empty() || !tests.iter().all(sound) {
        return Err(FigureError::Data {
            figure: "domain_shift",
            expected: format!(
                "{} shares from 0 to 1 in each test, one for each label, and at least one",
                labels.len()
            ),
            found: format!("{:?}", tests.each_ref().map(|test| &test.shares)),
        });
    }
    let height = LEGEND + ROW * labels.len() as i32 + AXIS;
    let frame = Frame {
        title: "Sensitivity for every diagnosis in two tests",
        description: &description(labels, tests),
        size: ((LEFT + WIDTH + RIGHT) as u32, height as u32),
    };
    render(&frame, &[], |area| {
        for (line, (test, colour)) in (0..).zip(tests.iter().zip(COLOURS)) {
            let at = (LEFT + 8, 18 + line * 26);
            area.draw(&Circle::new(at, 6, colour.filled())).map_err(drawing)?;
            write_text(area, &test.title, (at.0 + 16, at.1), Anchor::Start, &font(WORDS, INK))?;
        }
        axis(area, labels.len())?;
        for (class, label) in labels.iter().enumerate() {
            let middle = LEGEND + ROW * class as i32 + ROW / 2;
            write_text(area, label, (LEFT - 14, middle), Anchor::End, &font(WORDS, INK))?;
            for ((test, colour), by) in tests.iter().zip(COLOURS).zip([-7, 7]) {
                if let Some(share) = test.shares[class] {
                    mark(area, share, middle + by, colour)?;
                }
            }
        }
        Ok(())
    })
}

/// A vertical line at every fifth, with its number below.
fn axis(area: &Area, rows: usize) -> Result<(), FigureError> {
    let bottom = LEGEND + ROW * rows as i32;
    for fifth in 0..=5 {
        let share = f64::from(fifth) / 5.0;
        let line = PathElement::new(
            [(across(share), LEGEND), (across(share), bottom)],
            GREY.mix(0.5).stroke_width(1),
        );
        area.draw(&line).map_err(drawing)?;
        write_text(area, &number(share, 1), (across(share), bottom + 14), Anchor::Middle, &font(WORDS, INK))?;
    }
    write_text(area, "sensitivity", (LEFT + WIDTH / 2, bottom + 38), Anchor::Middle, &font(WORDS, INK))
}

fn mark(area: &Area, share: MeasuredShare, y: i32, colour: RGBColor) -> Result<(), FigureError> {
    if let Some([low, high]) = share.interval {
        let line = PathElement::new([(across(low), y), (across(high), y)], colour.mix(0.6).stroke_width(3));
        area.draw(&line).map_err(drawing)?;
    }
    area.draw(&Circle::new((across(share.value), y), 6, colour.filled())).map_err(drawing)
}

fn across(share: f64) -> i32 {
    LEFT + (share * f64::from(WIDTH)).round() as i32
}

fn description(labels: &[String], tests: &[TestShares; 2]) -> String {
    let of =
        |share: Option<MeasuredShare>| share.map_or("undefined".to_owned(), |share| number(share.value, 2));
    let rows = labels.iter().enumerate().map(|(class, label)| {
        format!("{label} {} and {}", of(tests[0].shares[class]), of(tests[1].shares[class]))
    });
    let rows: Vec<String> = rows.collect();
    format!("First {}, then {}: {}.", tests[0].title, tests[1].title, rows.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(title: &str, values: &[f64]) -> TestShares {
        let share = |&value: &f64| Some(MeasuredShare { value, interval: Some([value / 2.0, value]) });
        TestShares { title: title.to_owned(), shares: values.iter().map(share).collect() }
    }

    #[test]
    fn the_words_give_both_shares_of_every_diagnosis() {
        let labels = ["MEL", "NV"].map(str::to_owned);
        let mut second = test("on photographs", &[0.25, 0.5]);
        second.shares[1] = None;
        let svg = draw(&labels, &[test("on drawings", &[0.5, 1.0]), second]).unwrap();
        assert!(
            svg.contains("First on drawings, then on photographs: MEL 0.50 and 0.25, NV 1.00 and undefined.")
        );
    }

    #[test]
    fn too_few_shares_and_shares_above_one_are_refused() {
        let labels = ["MEL", "NV"].map(str::to_owned);
        assert!(draw(&labels, &[test("a", &[0.5]), test("b", &[0.5, 0.5])]).is_err());
        assert!(draw(&labels, &[test("a", &[0.5, 1.5]), test("b", &[0.5, 0.5])]).is_err());
        assert!(draw(&[], &[test("a", &[]), test("b", &[])]).is_err());
    }
}
