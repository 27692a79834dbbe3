//! What the widget says.

use catalog::Diagnosis;
use evaluation::{Estimate, Interval};

use super::measured::{Measure, MeasuredTest};

/// `0.61`.
pub(crate) fn value(estimate: Option<Estimate>) -> String {
    estimate.map_or("undefined".to_owned(), |estimate| format!("{:.2}", estimate.value))
}

/// ` (0.58 to 0.64)`; nothing without an interval.
pub(crate) fn range(interval: Option<Interval>) -> String {
    interval.map_or(String::new(), |interval| format!(" ({:.2} to {:.2})", interval.low, interval.high))
}

/// `0.61 (0.58 to 0.64)`.
fn estimate(estimate: Option<Estimate>) -> String {
    value(estimate) + &range(estimate.and_then(|estimate| estimate.interval))
}

/// The mean of a measure over the diagnoses.
pub(crate) fn mean(measure: Measure) -> &'static str {
    match measure {
        Measure::Sensitivity => "balanced accuracy",
        Measure::Precision => "mean precision",
    }
}

/// Both tests in one sentence.
pub(crate) fn both(measure: Measure, tests: [&MeasuredTest; 2]) -> String {
    let [first, second] = tests.map(|test| test.mean);
    let compared = match (first, second) {
        (Some(first), Some(second)) => {
            let difference = second.value - first.value;
            match (difference * 100.0).round() as i32 {
                0 => ", about the same".to_owned(),
                points if points < 0 => format!(", {:.2} lower", -difference),
                _ => format!(", {difference:.2} higher"),
            }
        }
        _ => String::new(),
    };
    let name = mean(measure);
    format!("First test: {name} {}. Second test: {}{compared}.", estimate(first), estimate(second))
}

/// What the images of a diagnosis were taken for: `203 images: melanoma 61 %, melanocytic nevus 25 %, …`.
pub(crate) fn taken_for(test: &MeasuredTest, class: usize) -> String {
    let images = test.images(class);
    if images == 0 {
        return "no images".to_owned();
    }
    let parts = test.taken_for(class).into_iter().map(|(class, share)| {
        let name = Diagnosis::ALL.get(class).map_or("", |diagnosis| diagnosis.name());
        format!("{name} {:.0}\u{a0}%", 100.0 * share)
    });
    let listed: Vec<String> = parts.collect();
    format!("{images} images: {}", listed.join(", "))
}

/// The table as a file: diagnosis, then value and ends of the interval for each test.
pub(crate) fn csv(measure: Measure, names: [&str; 2], tests: [&MeasuredTest; 2]) -> String {
    let measure = match measure {
        Measure::Sensitivity => "sensitivity",
        Measure::Precision => "precision",
    };
    let head = "test,diagnosis,measure,images,value,low,high\n".to_owned();
    let rows = names.into_iter().zip(tests).flat_map(|(name, test)| {
        Diagnosis::ALL.iter().zip(&test.classes).enumerate().map(move |(class, (diagnosis, &found))| {
            let number = |number: Option<f64>| number.map_or(String::new(), |number| number.to_string());
            let interval = found.and_then(|found| found.interval);
            let numbers = [found.map(|f| f.value), interval.map(|i| i.low), interval.map(|i| i.high)];
            let (key, images) = (diagnosis.abbreviation(), test.images(class));
            format!("{name},{key},{measure},{images},{}\n", numbers.map(number).join(","))
        })
    });
    std::iter::once(head).chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use evaluation::ConfusionMatrix;

    use super::*;

    fn test(value: f64) -> MeasuredTest {
        let mean = Some(Estimate { value, interval: Some(Interval { low: value - 0.1, high: value + 0.1 }) });
        MeasuredTest { classes: vec![mean, None], mean, matrix: ConfusionMatrix::from_rows([[3, 1], [0, 0]]) }
    }

    #[test]
    fn the_second_test_is_compared_with_the_first() {
        let said = both(Measure::Sensitivity, [&test(0.62), &test(0.5)]);
        assert_eq!(
            said,
            "First test: balanced accuracy 0.62 (0.52 to 0.72). Second test: 0.50 (0.40 to 0.60), 0.12 lower."
        );
        assert!(both(Measure::Precision, [&test(0.5), &test(0.504)]).ends_with("about the same."));
    }

    #[test]
    fn images_are_listed_by_what_they_were_taken_for() {
        assert_eq!(taken_for(&test(0.5), 0), "4 images: melanoma 75\u{a0}%, melanocytic nevus 25\u{a0}%");
        assert_eq!(taken_for(&test(0.5), 1), "no images");
    }

    #[test]
    fn the_table_has_a_row_for_each_diagnosis_and_test() {
        let text = csv(Measure::Sensitivity, ["a/x", "a/y"], [&test(0.5), &test(0.25)]);
        assert_eq!(text.lines().count(), 5);
        assert_eq!(text.lines().nth(1), Some("a/x,MEL,sensitivity,4,0.5,0.4,0.6"));
        assert_eq!(text.lines().nth(4), Some("a/y,NV,sensitivity,0,,,"));
    }
}
