//! The learning curve as text, in the terminal.

use std::fmt::Write as _;

/// Points of one curve: position in the run, in epochs, and height.
pub(super) type Points = [(f64, f64)];

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TextStyle {
    /// Whether it shows colours and characters beyond ASCII.
    pub(super) rich: bool,
    /// Characters per line.
    pub(super) width: usize,
}

/// One curve with its name.
#[derive(Clone, Copy, Debug)]
pub(super) struct Curve<'a> {
    pub(super) name: &'a str,
    pub(super) points: &'a Points,
}

/// The signs of the first and second curve, which differ in shape as well as in colour.
const SIGNS: [Sign; 2] = [
    Sign { rich: '·', plain: '.', colour: "\u{1b}[36m" },
    Sign { rich: '●', plain: 'o', colour: "\u{1b}[33m" },
];

struct Sign {
    rich: char,
    plain: char,
    colour: &'static str,
}

impl Sign {
    fn shown(&self, look: TextStyle) -> String {
        if look.rich { format!("{}{}\u{1b}[0m", self.colour, self.rich) } else { self.plain.to_string() }
    }
}

/// Characters before the picture: a number and the axis.
const MARGIN: usize = 8;

/// A picture of `rows` lines over `epochs` epochs, with a line above that names the curves and one below with the epochs.
/// The vertical axis covers `range`, or the data if there is none. A column shows the mean of the points in it. Without
/// points the text is empty.
pub(super) fn draw(
    title: &str,
    curves: [Curve; 2],
    epochs: usize,
    range: Option<[f64; 2]>,
    rows: usize,
    look: TextStyle,
) -> String {
    let columns = look.width.saturating_sub(MARGIN).clamp(10, 100);
    let binned = curves.map(|curve| binned(curve.points, epochs as f64, columns));
    let Some([low, high]) = range.or_else(|| extent(&binned)) else { return String::new() };
    let mut cells = vec![vec![None; columns]; rows];
    for (curve, heights) in binned.iter().enumerate() {
        for (column, height) in heights.iter().enumerate() {
            let Some(height) = height else { continue };
            let share = ((height - low) / (high - low)).clamp(0.0, 1.0);
            let row = ((1.0 - share) * (rows - 1) as f64).round() as usize;
            cells[row][column] = Some(curve);
        }
    }
    let bar = if look.rich { '│' } else { '|' };
    let names: Vec<String> = curves
        .iter()
        .zip(&SIGNS)
        .map(|(curve, sign)| format!("{} {}", sign.shown(look), curve.name))
        .collect();
    let mut text = format!("{title}: {}\n", names.join("   "));
    for (row, line) in cells.iter().enumerate() {
        let value = high - (high - low) * row as f64 / (rows - 1) as f64;
        let label = if row % 2 == 0 || row == rows - 1 { format!("{value:>6.2}") } else { " ".repeat(6) };
        let line: String = line
            .iter()
            .map(|cell| cell.map_or_else(|| " ".to_owned(), |curve| SIGNS[curve].shown(look)))
            .collect();
        text.push_str(format!("{label} {bar}{line}").trim_end());
        text.push('\n');
    }
    let end = format!("epoch {epochs}");
    let _ = writeln!(text, "{}0{end:>width$}", " ".repeat(MARGIN), width = columns - 1);
    text
}

/// The mean of what falls into each column.
fn binned(points: &Points, epochs: f64, columns: usize) -> Vec<Option<f64>> {
    let mut sums = vec![(0.0, 0_usize); columns];
    for &(x, y) in points.iter().filter(|(_, y)| y.is_finite()) {
        let column = ((x / epochs * columns as f64).ceil() as usize).clamp(1, columns) - 1;
        sums[column].0 += y;
        sums[column].1 += 1;
    }
    sums.into_iter().map(|(sum, count)| (count > 0).then(|| sum / count as f64)).collect()
}

/// Lowest and highest, a little apart even when they are the same.
fn extent(binned: &[Vec<Option<f64>>]) -> Option<[f64; 2]> {
    let numbers = || binned.iter().flatten().flatten().copied();
    let low = numbers().reduce(f64::min)?;
    let high = numbers().reduce(f64::max)?;
    Some(if high - low < 1e-6 { [low - 0.5, high + 0.5] } else { [low, high] })
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: TextStyle = TextStyle { rich: false, width: MARGIN + 10 };

    fn curves<'a>(training: &'a Points, validation: &'a Points) -> [Curve<'a>; 2] {
        [Curve { name: "training", points: training }, Curve { name: "validation", points: validation }]
    }

    #[test]
    fn a_falling_loss_falls_in_the_picture() {
        // One point in each of ten columns, from 2.8 down to 1.0.
        let training: Vec<(f64, f64)> = (1..=10).map(|i| (f64::from(i), 3.0 - 0.2 * f64::from(i))).collect();
        let text = draw("loss", curves(&training, &[(5.0, 2.0), (10.0, 1.4)]), 10, None, 3, PLAIN);
        // The rows stand for 2.8, 1.9 and 1.0: 2.4 is nearest to the first, 2.2 and 1.6 to the second, 1.4 to the third.
        let expected = "\
loss: . training   o validation
  2.80 |...
       |   .o..
  1.00 |       ..o
        0 epoch 10
";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_column_is_the_mean_of_its_points() {
        assert_eq!(binned(&[(0.5, 1.0), (1.0, 3.0), (2.0, 5.0)], 2.0, 2), [Some(2.0), Some(5.0)]);
        assert_eq!(binned(&[(1.0, f64::NAN)], 2.0, 2), [None, None]);
    }

    #[test]
    fn nothing_gives_no_picture() {
        assert_eq!(draw("loss", curves(&[], &[]), 3, None, 4, PLAIN), "");
    }

    #[test]
    fn a_constant_has_a_range_too() {
        assert_eq!(extent(&[vec![Some(1.0), None]]), Some([0.5, 1.5]));
    }

    #[test]
    fn plain_text_is_ascii() {
        let text = draw("accuracy", curves(&[(1.0, 0.5)], &[(2.0, 0.75)]), 2, Some([0.0, 1.0]), 5, PLAIN);
        assert!(text.is_ascii(), "{text}");
        let rich = draw(
            "accuracy",
            curves(&[(1.0, 0.5)], &[]),
            2,
            Some([0.0, 1.0]),
            5,
            TextStyle { rich: true, width: 40 },
        );
        assert!(rich.contains('│') && rich.contains("\u{1b}[36m·"), "{rich}");
    }
}
