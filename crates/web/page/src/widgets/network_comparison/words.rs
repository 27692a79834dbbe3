//! What the widget says.

use catalog::manifest::{ScoreEstimate, megabytes};

use super::compared::{ComparedNetwork, Cost};

/// A large number as readers compare it: `11.2 million`, `1.8 billion`.
pub(crate) fn large(number: f64) -> String {
    if number >= 1e9 {
        format!("{:.1} billion", number / 1e9)
    } else {
        format!("{:.1} million", number / 1e6)
    }
}

/// `0.61` and `0.58 to 0.64`.
pub(crate) fn estimate(estimate: Option<ScoreEstimate>) -> [String; 2] {
    match estimate {
        None => ["–".to_owned(), String::new()],
        Some(ScoreEstimate { value, low: Some(low), high: Some(high) }) => {
            [format!("{value:.2}"), format!("{low:.2} to {high:.2}")]
        }
        Some(ScoreEstimate { value, .. }) => [format!("{value:.2}"), String::new()],
    }
}

/// What an axis shows.
pub(crate) fn axis(cost: Cost) -> &'static str {
    match cost {
        Cost::Download => "download",
        Cost::Operations => "multiply-adds for an image",
        Cost::Parameters => "parameters",
        Cost::Time => "time for an image on this device",
    }
}

/// A value of an axis.
pub(crate) fn value(cost: Cost, value: f64) -> String {
    match cost {
        _ if value <= 0.0 => "0".to_owned(),
        Cost::Download => megabytes(value as u64),
        Cost::Operations | Cost::Parameters => large(value),
        Cost::Time => milliseconds(value),
    }
}

/// `8.4 ms`, `120 ms`.
pub(crate) fn milliseconds(value: f64) -> String {
    let digits = usize::from(value < 10.0);
    format!("{value:.digits$} ms")
}

/// What the plot shows, for a screen reader.
pub(crate) fn plot(networks: &[ComparedNetwork], cost: Cost, data: &str) -> String {
    let points = networks.iter().filter_map(|network| {
        let (score, cost_here) = (network.plotted(data)?, network.cost(cost)?);
        let ComparedNetwork { title, trained_for, .. } = network;
        Some(format!(
            "{title} ({trained_for}): {}, balanced accuracy {:.2}",
            value(cost, cost_here),
            score.value
        ))
    });
    let points: Vec<String> = points.collect();
    if points.is_empty() {
        return "No point to show yet.".to_owned();
    }
    points.join("; ") + "."
}

/// Why a plot lacks points; empty if it has them all.
pub(crate) fn missing(networks: &[ComparedNetwork], cost: Cost, data: &str) -> String {
    let untimed = networks.iter().filter(|n| n.plotted(data).is_some() && n.cost(cost).is_none()).count();
    match untimed {
        0 => String::new(),
        1 => "One network has no time yet: measure it below.".to_owned(),
        several => format!("{several} networks have no time yet: measure them below."),
    }
}

/// The button that measures all, with the largest download that it may need; `engine` is what runs them, bytes.
pub(crate) fn measure_all(networks: &[ComparedNetwork], engine: u64) -> String {
    let bytes = engine + networks.iter().map(|network| network.bytes).sum::<u64>();
    format!("Measure all networks (downloads up to {})", megabytes(bytes))
}

/// The table as a file.
pub(crate) fn csv(networks: &[ComparedNetwork], data: &str) -> String {
    let head =
        "network,bytes,parameters,multiply_adds,tested_on,balanced_accuracy,low,high,milliseconds,backend\n"
            .to_owned();
    let number = |number: Option<f64>| number.map_or(String::new(), |number| number.to_string());
    let rows = networks.iter().map(|network| {
        let ComparedNetwork { name, bytes, parameters, multiply_adds, time, .. } = network;
        let score = network.scores(data).and_then(|scores| scores.balanced_accuracy);
        let (low, high) = (score.and_then(|score| score.low), score.and_then(|score| score.high));
        let score = [score.map(|score| score.value), low, high].map(number).join(",");
        let (milliseconds, backend) = match time {
            Some(time) => (time.milliseconds.to_string(), time.backend),
            None => (String::new(), ""),
        };
        format!("{name},{bytes},{parameters},{multiply_adds},{data},{score},{milliseconds},{backend}\n")
    });
    std::iter::once(head).chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_as_short_as_their_size_allows() {
        assert_eq!([large(11_180_616.0), large(1.8e9)], ["11.2 million", "1.8 billion"]);
        assert_eq!([milliseconds(8.44), milliseconds(123.4)], ["8.4 ms", "123 ms"]);
        assert_eq!(value(Cost::Download, 0.0), "0");
        let some = ScoreEstimate { value: 0.612, low: Some(0.58), high: Some(0.64) };
        assert_eq!(estimate(Some(some)), ["0.61", "0.58 to 0.64"]);
        assert_eq!(estimate(None), ["–", ""]);
    }
}
