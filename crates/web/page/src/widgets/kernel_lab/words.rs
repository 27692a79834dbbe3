//! The texts of the kernel lab: sizes, the formula, the value under the cursor.

use std::fmt::Write;

use nn::conv::{Padding, Step};

use super::outcome::KernelSettings;
use crate::stage::number;

/// The output size with its formula and numbers, such as `(224 + 2 · 1 − 3) / 2 + 1 = 112.5, rounded down to 112`.
pub(crate) fn output_formula(input: usize, kernel: usize, step: Step) -> Option<String> {
    let output = step.output_size(input, kernel)?;
    let (pad, stride) = (step.pad(kernel), step.stride);
    let left = input + 2 * pad - step.extent(kernel);
    let mut words = format!("({input}");
    if pad > 0 {
        let _infallible = write!(words, " + 2 · {pad}");
    }
    let _infallible = write!(words, " − {kernel}");
    if step.dilation > 1 {
        let _infallible = write!(words, " − {} · {}", kernel - 1, step.dilation - 1);
    }
    let _infallible = write!(words, ") / {stride} + 1 = ");
    if !left.is_multiple_of(stride) {
        words += &number(left as f32 / stride as f32 + 1.0, 2);
        words += ", rounded down to ";
    }
    Some(words + &output.to_string())
}

/// The formula for both sides, once if they are equal, and its meaning in words.
pub(crate) fn size_words([height, width]: [usize; 2], kernel: usize, step: Step) -> String {
    let gaps = if step.dilation > 1 { " − (kernel − 1) · (dilation − 1)" } else { "" };
    let mut words = format!("Output size: (input + 2 · padding − kernel{gaps}) / stride + 1: ");
    if width != height {
        words += "width ";
    }
    words += &output_formula(width, kernel, step).unwrap_or_default();
    if width != height {
        words += "; height ";
        words += &output_formula(height, kernel, step).unwrap_or_default();
    }
    let (extent, padded) = (step.extent(kernel), width + 2 * step.pad(kernel));
    let left = padded.saturating_sub(extent);
    let steps = left / step.stride.max(1);
    let _infallible = write!(
        words,
        ". In words: the kernel covers {extent} of the {padded} pixels of a row, which leaves {left}. It can move {steps} times by {}, and with its first position that gives {} results.",
        step.stride,
        steps + 1
    );
    words
}

/// The value under the cursor, for screen readers; columns and rows are counted from 0, as in the code.
pub(crate) fn readout(column: usize, row: usize, values: &[f32]) -> String {
    format!("Column {column}, row {row} of the result: {}", self::values(values))
}

/// One value, or three with the names of their colours.
pub(crate) fn values(values: &[f32]) -> String {
    match values {
        [red, green, blue] => {
            format!("red {}, green {}, blue {}", number(*red, 2), number(*green, 2), number(*blue, 2))
        }
        _ => values.iter().map(|&value| number(value, 2)).collect::<Vec<_>>().join(", "),
    }
}

/// Why the kernel does not fit, and what would help.
pub(crate) fn too_small([height, width]: [usize; 2], extent: usize) -> String {
    format!(
        "A kernel that covers {extent} × {extent} pixels does not fit into an image of {width} × {height} with this \
         padding. Choose more padding, less dilation or a smaller kernel. Until then the last result is shown."
    )
}

/// The kernel's name, size, sum, dilation and rotation.
pub(crate) fn kernel_caption(name: &str, settings: &KernelSettings) -> String {
    let kernel = &settings.kernel;
    let (size, sum) = (kernel.size(), number(kernel.sum(), 3));
    let mut words = format!("Kernel: {name}, {size} × {size}; its coefficients add up to {sum}.");
    if settings.step.dilation > 1 {
        let (apart, extent) = (settings.step.dilation, settings.step.extent(size));
        let _infallible =
            write!(words, " They are {apart} pixels apart and cover {extent} × {extent} pixels.");
    }
    if settings.turned {
        words += if kernel.clone().turned() == *kernel {
            " Rotated by 180° it is the same, so here cross-correlation and convolution give the same result."
        } else {
            " It is rotated by 180°: a convolution in the strict sense."
        };
    }
    words
}

/// The padding from the control's value.
pub(crate) fn parse_padding(value: &str) -> Option<Padding> {
    Some(match value {
        "none" => Padding::None,
        "zero" => Padding::Zero,
        "replicate" => Padding::Replicate,
        "reflect" => Padding::Reflect,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::widgets::kernel_lab::tone::NegativeRule;

    #[test]
    fn the_formula_shows_its_numbers() {
        let step = Step::new(1, Padding::Replicate);
        assert_eq!(output_formula(224, 3, step), Some("(224 + 2 · 1 − 3) / 1 + 1 = 224".to_owned()));
    }

    #[test]
    fn rounding_down_is_said() {
        // (224 + 2 - 3) / 2 + 1 = 223 / 2 + 1 = 112.5
        let words = "(224 + 2 · 1 − 3) / 2 + 1 = 112.5, rounded down to 112";
        assert_eq!(output_formula(224, 3, Step::new(2, Padding::Zero)), Some(words.to_owned()));
    }

    #[test]
    fn without_padding_the_formula_has_none() {
        let step = Step::new(1, Padding::None);
        assert_eq!(output_formula(20, 15, step), Some("(20 − 15) / 1 + 1 = 6".to_owned()));
        assert_eq!(output_formula(5, 15, step), None);
    }

    #[test]
    fn both_sides_are_given_where_they_differ() {
        let words = size_words([10, 20], 3, Step::new(1, Padding::None));
        assert!(
            words.contains(": width (20 − 3) / 1 + 1 = 18; height (10 − 3) / 1 + 1 = 8. In words"),
            "{words}"
        );
    }

    #[test]
    fn dilation_adds_its_term_and_the_words_say_the_same() {
        let step = Step::new(2, Padding::Zero).dilated(3).padded(1);
        // extent 3 + 2 · 2 = 7; 224 + 2 − 7 = 219; 219 / 2 + 1 = 110.5
        let words = "(224 + 2 · 1 − 3 − 2 · 2) / 2 + 1 = 110.5, rounded down to 110";
        assert_eq!(output_formula(224, 3, step), Some(words.to_owned()));
        let all = size_words([224, 224], 3, step);
        let end = "the kernel covers 7 of the 226 pixels of a row, which leaves 219. It can move 109 times by 2, and with its \
            first position that gives 110 results.";
        assert!(all.contains("(kernel − 1) · (dilation − 1)") && all.ends_with(end), "{all}");
    }

    #[test]
    fn a_kernel_that_is_the_same_from_both_sides_says_so() {
        let caption = |name: &str, turned| {
            let kernel = imaging::Kernel::named(name).unwrap();
            let kernel = if turned { kernel.turned() } else { kernel };
            let step = Step::new(1, Padding::Zero);
            kernel_caption(
                name,
                &KernelSettings { kernel, turned, step, rule: NegativeRule::Signed, colour: false },
            )
        };
        assert!(
            caption("laplacian", true).ends_with("cross-correlation and convolution give the same result.")
        );
        assert!(caption("sobel-x", true).ends_with("a convolution in the strict sense."));
        assert!(caption("sobel-x", false).ends_with("its coefficients add up to 0."));
    }

    #[test]
    fn the_readout_names_the_colours_of_three_channels() {
        assert_eq!(readout(3, 4, &[-12.5]), "Column 3, row 4 of the result: −12.5");
        let words = "Column 0, row 0 of the result: red 1, green −2, blue 0.33";
        assert_eq!(readout(0, 0, &[1.0, -2.0, 1.0 / 3.0]), words);
    }
}
