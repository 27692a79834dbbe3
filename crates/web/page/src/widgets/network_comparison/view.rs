//! The picture: a plot of score over cost, and a table with all numbers.

use catalog::manifest::{ScoreEstimate, TestScores};
use kit::dom::{self, child};
use kit::{Failure, Section};
use web_sys::{Event, HtmlElement};

use super::compared::{ComparedNetwork, Cost, axis_end};
use super::words;
use crate::stage::{append, text};

/// The headings of the table.
const HEADINGS: [&str; 8] = [
    "network",
    "time here",
    "download",
    "parameters",
    "multiply-adds",
    "balanced accuracy",
    "calibration error",
    "corrected error",
];

/// The widget's elements.
pub(crate) struct ComparisonView {
    plot: HtmlElement,
    axis: HtmlElement,
    missing: HtmlElement,
    body: HtmlElement,
    rows: Vec<HtmlElement>,
}

impl ComparisonView {
    /// Shows the empty elements in place of the fallback.
    ///
    /// # Errors
    /// [`Failure`] if the page has no place for the table.
    pub(crate) fn new(section: &Section, networks: &[ComparedNetwork]) -> Result<Self, Failure> {
        let root: HtmlElement = dom::create("div", "network-comparison");
        dom::set(&root, "data-picture", "");
        append(&root, &text("p", "comparison-title", "balanced accuracy"));
        let figure = child(&root, "div", "comparison-figure");
        let scale = child(&figure, "div", "comparison-scale");
        dom::set(&scale, "aria-hidden", "true");
        for mark in ["1", "0.75", "0.5", "0.25", "0"] {
            append(&scale, &text("span", "", mark));
        }
        let plot = child(&figure, "div", "comparison-plot");
        dom::set(&plot, "role", "img");
        let axis = child(&root, "div", "comparison-axis");
        let missing = child(&root, "p", "comparison-missing");
        section.show(&root);
        let scroll: HtmlElement = dom::create("div", "comparison-scroll");
        dom::set(&scroll, "tabindex", "0");
        dom::set(&scroll, "role", "group");
        dom::set(&scroll, "aria-label", "All networks");
        let table = child(&scroll, "table", "comparison-table");
        let head = child(&child(&table, "thead", ""), "tr", "");
        for heading in HEADINGS {
            let cell = text("th", "", heading);
            dom::set(&cell, "scope", "col");
            append(&head, &cell);
        }
        let body = child(&table, "tbody", "");
        let rows = networks.iter().map(|_| child(&body, "tr", "")).collect();
        section.detail(&scroll)?;
        Ok(Self { plot, axis, missing, body, rows })
    }

    /// `choose` hears of the place of the network whose row is clicked.
    pub(crate) fn on_click(&self, choose: impl Fn(usize) + Clone + 'static) {
        for (place, row) in self.rows.iter().enumerate() {
            let choose = choose.clone();
            dom::listen(row, "click", move |_: Event| choose(place));
        }
    }

    /// Shows plot and table.
    pub(crate) fn show(&self, networks: &[ComparedNetwork], chosen: &str, cost: Cost, data: &str) {
        self.show_plot(networks, chosen, cost, data);
        for (row, network) in self.rows.iter().zip(networks) {
            dom::set(row, "data-chosen", if network.name == chosen { "true" } else { "false" });
            dom::set(row, "data-network", &network.name);
            fill(row, network, data);
        }
        dom::set(&self.body, "data-test", data);
    }

    fn show_plot(&self, networks: &[ComparedNetwork], chosen: &str, cost: Cost, data: &str) {
        self.plot.set_text_content(None);
        dom::set(&self.plot, "aria-label", &words::plot(networks, cost, data));
        let points = || {
            networks.iter().filter_map(|network| Some((network, network.plotted(data)?, network.cost(cost)?)))
        };
        let largest = points().map(|(_, _, cost)| cost).fold(0.0, f64::max);
        // With room for the words of the last point.
        let end = axis_end(largest * 1.05);
        for (network, score, cost) in points() {
            let left = 100.0 * cost / end;
            let class = if network.name == chosen { "comparison-point chosen" } else { "comparison-point" };
            let point = child(&self.plot, "span", class);
            dom::set(&point, "style", &format!("left:{left:.2}%;bottom:{:.2}%", 100.0 * score.value));
            if let Some((low, high)) = score.low.zip(score.high) {
                let line = child(&self.plot, "i", class);
                let height = 100.0 * (high - low);
                dom::set(
                    &line,
                    "style",
                    &format!("left:{left:.2}%;bottom:{:.2}%;height:{height:.2}%", 100.0 * low),
                );
            }
            let side = if left > 55.0 { "comparison-name before" } else { "comparison-name" };
            let name = child(&self.plot, "span", side);
            append(&name, &text("b", "", &network.title));
            let learned = network.trained_for.split(',').next().unwrap_or_default();
            append(&name, &text("span", "", &format!(" {learned}")));
            dom::set(&name, "style", &format!("left:{left:.2}%;bottom:{:.2}%", 100.0 * score.value));
        }
        self.axis.set_text_content(None);
        let middle = format!("{} →", words::axis(cost));
        let last = if largest > 0.0 { words::value(cost, end) } else { String::new() };
        for words in ["0", &middle, &last] {
            append(&self.axis, &text("span", "", words));
        }
        self.missing.set_text_content(Some(&words::missing(networks, cost, data)));
    }
}

fn fill(row: &HtmlElement, network: &ComparedNetwork, data: &str) {
    row.set_text_content(None);
    let head = child(row, "th", "");
    dom::set(&head, "scope", "row");
    append(&head, &text("b", "", &network.title));
    append(&head, &text("span", "", &network.trained_for));
    let scores = network.scores(data);
    let estimate = |of: fn(&TestScores) -> Option<ScoreEstimate>| words::estimate(scores.and_then(of));
    let time = network.time.as_ref();
    let cells = [
        match time {
            Some(time) => [words::milliseconds(time.milliseconds), time.backend.to_owned()],
            None => ["–".to_owned(), String::new()],
        },
        [words::value(Cost::Download, network.bytes as f64), String::new()],
        [words::large(network.parameters as f64), String::new()],
        [words::large(network.multiply_adds as f64), format!("{0} × {0} pixels", network.size)],
        estimate(|scores| scores.balanced_accuracy),
        estimate(|scores| scores.calibration_error),
        estimate(|scores| scores.fitted_calibration_error),
    ];
    for [words, below] in cells {
        let cell = text("td", "", &words);
        append(&cell, &text("span", "", &below));
        append(row, &cell);
    }
}
