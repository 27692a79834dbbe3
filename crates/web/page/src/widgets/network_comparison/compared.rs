//! What is known about every network of the page: its costs, its scores, and how long an image takes here.

use std::collections::BTreeMap;

use catalog::manifest::{ModelFile, ScoreEstimate, TestScores};
use catalog::model::OPTIONS;

/// One network.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ComparedNetwork {
    pub(crate) name: String,
    /// `ResNet-18`.
    pub(crate) title: String,
    /// `drawings, eight diagnoses`.
    pub(crate) trained_for: String,
    pub(crate) classes: usize,
    /// Side of its input, pixels.
    pub(crate) size: u32,
    pub(crate) bytes: u64,
    pub(crate) parameters: u64,
    /// For one image.
    pub(crate) multiply_adds: u64,
    /// Scores of its tests, by the name of the data set.
    tests: BTreeMap<String, TestScores>,
    /// Median of the last measurement, with the backend that computed.
    pub(crate) time: Option<MeasuredTime>,
}

/// How long an image took.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MeasuredTime {
    pub(crate) milliseconds: f64,
    /// `WebGPU` or `WASM`.
    pub(crate) backend: &'static str,
}

/// What a network costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cost {
    /// Bytes to download.
    Download,
    /// Multiply-adds for one image.
    Operations,
    /// How many parameters.
    Parameters,
    /// Milliseconds for one image.
    Time,
}

impl Cost {
    /// By its name in the form.
    pub(crate) fn named(name: &str) -> Self {
        match name {
            "operations" => Self::Operations,
            "parameters" => Self::Parameters,
            "time" => Self::Time,
            _ => Self::Download,
        }
    }
}

impl ComparedNetwork {
    /// Every network of the page, in the order of the form.
    pub(crate) fn all(
        models: &BTreeMap<String, ModelFile>,
        tests: &BTreeMap<String, TestScores>,
    ) -> Vec<Self> {
        let known = OPTIONS.iter().filter_map(|(name, _)| models.get(*name));
        known.filter_map(|model| Self::new(model, tests)).collect()
    }

    /// `None` if its architecture is unknown.
    fn new(model: &ModelFile, tests: &BTreeMap<String, TestScores>) -> Option<Self> {
        let card = &model.card;
        let network =
            architecture::by_name(&card.architecture, model.classes, card.input.size as usize).ok()?;
        let title = card.title.split(" on ").flat_map(|part| part.split(", ")).next().unwrap_or_default();
        let of_this = tests.iter().filter_map(|(test, scores)| {
            let (name, data) = test.split_once('/')?;
            (name == card.name).then(|| (data.to_owned(), scores.clone()))
        });
        Some(Self {
            name: card.name.clone(),
            title: title.to_owned(),
            trained_for: trained_for(model),
            classes: model.classes,
            size: card.input.size,
            bytes: model.bytes,
            parameters: network.parameter_count() as u64,
            multiply_adds: network.multiply_adds(),
            tests: of_this.collect(),
            time: None,
        })
    }

    /// Its scores on the test images of a data set.
    pub(crate) fn scores(&self, data: &str) -> Option<&TestScores> {
        self.tests.get(data)
    }

    /// The height of its point in the plot; `None` if it was not tested on these images, or not for the eight diagnoses.
    pub(crate) fn plotted(&self, data: &str) -> Option<ScoreEstimate> {
        self.scores(data).filter(|_| self.classes == 8)?.balanced_accuracy
    }

    /// `None` if it was not measured.
    pub(crate) fn cost(&self, cost: Cost) -> Option<f64> {
        Some(match cost {
            Cost::Download => self.bytes as f64,
            Cost::Operations => self.multiply_adds as f64,
            Cost::Parameters => self.parameters as f64,
            Cost::Time => self.time.as_ref()?.milliseconds,
        })
    }
}

fn trained_for(model: &ModelFile) -> String {
    let card = &model.card;
    if card.names_everyday_things() {
        return "everyday photographs, 1,000 classes".to_owned();
    }
    let images = if card.drawn { "drawings" } else { "real lesions" };
    let classes = match model.classes {
        2 => "benign or malignant".to_owned(),
        8 => "eight diagnoses".to_owned(),
        classes => format!("{classes} classes"),
    };
    format!("{images}, {classes}")
}

/// The largest value of an axis that begins at 0, one of 1, 1.5, 2, 3, 5 or 8 times a power of ten, so that `largest` fits.
pub(crate) fn axis_end(largest: f64) -> f64 {
    let mut power = 1.0;
    while power * 10.0 <= largest {
        power *= 10.0;
    }
    let steps = [1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 10.0];
    steps.into_iter().map(|step| step * power).find(|&end| end >= largest).unwrap_or(10.0 * power)
}

/// The median of some times.
pub(crate) fn median(times: &[f64]) -> Option<f64> {
    numerics::statistics::percentile(times, 50.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number_above_the_largest() {
        let ends = [47.0, 9.0, 1.2, 100.0, 81.0, 0.4].map(|largest| format!("{:.1}", axis_end(largest)));
        assert_eq!(ends, ["50.0", "10.0", "1.5", "100.0", "100.0", "1.0"]);
    }

    #[test]
    fn the_median_ignores_one_slow_run() {
        assert_eq!(median(&[5.0, 7.0, 6.0, 6.0, 900.0]), Some(6.0));
        assert_eq!(median(&[]), None);
    }
}
