//! `golden.json`: drawn lesions, and what libtorch says to them.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, ensure};
use catalog::Diagnosis;
use imaging::Rgb8;
use inference::Classifier;
use onnx_export::Precision;
use serde::{Deserialize, Serialize};

use runtimes::{libtorch, process};

/// What the trainer prints.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Golden {
    drawn_size: u32,
    inputs: Vec<GoldenAnswer>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct GoldenAnswer {
    diagnosis: Diagnosis,
    seed: u64,
    logits: Vec<f32>,
    probabilities: Vec<f32>,
}

const NOT_EXPECTED: &str = "cannot read the trainer's answer";

/// What libtorch is asked about.
pub(super) struct GoldenSetup<'a> {
    /// A network of `architecture`.
    pub(super) network: &'a str,
    /// Its outputs.
    pub(super) classes: usize,
    /// Width and height of its input, pixels.
    pub(super) size: u32,
    /// The weights as trained, a safetensors file.
    pub(super) weights: &'a Path,
    /// The trainer, from [`runtimes::trainer`], which builds it.
    pub(super) trainer: Command,
}

impl GoldenSetup<'_> {
    /// The trainer once more, without building it.
    fn trainer(&self) -> Command {
        let mut command = Command::new(self.trainer.get_program());
        command.envs(self.trainer.get_envs().filter_map(|(key, value)| Some((key, value?))));
        command.current_dir(self.trainer.get_current_dir().unwrap_or(Path::new(".")));
        command
    }

    fn words(&self, precision: Precision) -> anyhow::Result<Vec<OsString>> {
        let weights = std::path::absolute(self.weights).context("a path is empty")?;
        let pairs = [
            ("--network", OsString::from(self.network)),
            ("--classes", self.classes.to_string().into()),
            ("--size", self.size.to_string().into()),
            ("--weights", weights.into()),
            ("--precision", precision.name().into()),
        ];
        Ok(pairs.into_iter().flat_map(|(key, value)| [key.into(), value]).collect())
    }

    /// Writes a published file of the network's weights as the safetensors file that all other questions are about.
    ///
    /// # Errors
    /// A file of other weights, or without the network's last layer.
    pub(super) fn convert(&self, published: &Path) -> anyhow::Result<()> {
        let absolute = |path: &Path| std::path::absolute(path).context("a path is empty");
        let mut command = self.trainer();
        command.args(["convert", "--network", self.network, "--classes"]).arg(self.classes.to_string());
        command.arg("--from").arg(absolute(published)?).arg("--to").arg(absolute(self.weights)?);
        process::run(&mut command)
    }

    /// libtorch's probabilities for the images of a list, with the weights as trained.
    pub(super) fn probabilities(&self, list: &Path) -> anyhow::Result<Vec<Vec<f32>>> {
        let mut command = self.trainer();
        command.arg("answers").args(self.words(Precision::Fp32)?).arg("--images").arg(list);
        serde_json::from_str(&process::output(&mut command)?).context(NOT_EXPECTED)
    }
}

/// The file.
#[derive(Serialize)]
struct File<'a> {
    made_by: &'a str,
    libtorch: &'a str,
    #[serde(flatten)]
    golden: &'a Golden,
}

impl Golden {
    /// Asks libtorch, with weights rounded as the exported model stores them.
    pub(super) fn ask(asked: &GoldenSetup, precision: Precision) -> anyhow::Result<Self> {
        let mut command = asked.trainer();
        command.arg("golden").args(asked.words(precision)?);
        serde_json::from_str(&process::output(&mut command)?).context(NOT_EXPECTED)
    }

    /// Asks ONNX Runtime.
    pub(super) fn ask_runtime(&self, classifier: &mut Classifier) -> anyhow::Result<Vec<Vec<f32>>> {
        let size = self.drawn_size;
        let answer = |input: &GoldenAnswer| {
            let image = Rgb8::new(size, size, lesions::draw_sample(input.diagnosis, input.seed, size, size))?;
            Ok(classifier.classify(&image)?.probabilities)
        };
        self.inputs.iter().map(answer).collect()
    }

    /// How many there are.
    pub(super) fn inputs(&self) -> usize {
        self.inputs.len()
    }

    /// The probabilities of every input.
    pub(super) fn answers(&self) -> Vec<Vec<f32>> {
        self.inputs.iter().map(|input| input.probabilities.clone()).collect()
    }

    /// The largest absolute difference of any probability.
    ///
    /// # Errors
    /// Other inputs or classes.
    pub(super) fn difference(&self, others: &[Vec<f32>]) -> anyhow::Result<f32> {
        let own = self.answers();
        ensure!(
            own.len() == others.len() && own.iter().zip(others).all(|(a, b)| a.len() == b.len()),
            "libtorch answered {} inputs, ONNX Runtime {} or with other classes",
            own.len(),
            others.len()
        );
        let pairs = own.iter().flatten().zip(others.iter().flatten());
        let largest = pairs.map(|(a, b)| (a - b).abs()).max_by(f32::total_cmp);
        largest.context("the trainer gave no inputs to compare")
    }

    /// The text of the file; `made_by` is the command that makes it again.
    pub(super) fn json(&self, made_by: &str) -> String {
        let file = File { made_by, libtorch: libtorch::VERSION, golden: self };
        let text = serde_json::to_string_pretty(&file).expect("numbers and strings are always JSON");
        format!("{}\n", one_line_arrays(&text))
    }
}

/// Puts arrays of numbers on one line each.
fn one_line_arrays(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.lines() {
        let trimmed = line.trim();
        let is_number = trimmed.trim_end_matches(',').parse::<f64>().is_ok();
        if is_number {
            short.push_str(if inside { " " } else { "" });
            short.push_str(trimmed);
            inside = true;
        } else if inside {
            short.push_str(trimmed);
            short.push('\n');
            inside = false;
        } else if trimmed.ends_with('[') && trimmed != "\"inputs\": [" {
            short.push_str(line);
        } else {
            short.push_str(line);
            short.push('\n');
        }
    }
    short.truncate(short.trim_end().len());
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn golden(probabilities: [f32; 2]) -> Golden {
        let input = GoldenAnswer {
            diagnosis: Diagnosis::Mel,
            seed: 900_001,
            logits: vec![0.5, -1.5],
            probabilities: probabilities.to_vec(),
        };
        Golden { drawn_size: 224, inputs: vec![input] }
    }

    #[test]
    fn the_largest_difference_counts() {
        let difference = golden([0.25, 0.75]).difference(&[vec![0.5, 0.625]]).unwrap();
        // max(|0.25 - 0.5|, |0.75 - 0.625|), exact in binary.
        assert_eq!(difference.to_bits(), 0.25_f32.to_bits());
    }

    #[test]
    fn answers_to_other_inputs_are_refused() {
        assert!(golden([0.25, 0.75]).difference(&[]).is_err());
        assert!(golden([0.25, 0.75]).difference(&[vec![1.0]]).is_err());
    }

    #[test]
    fn the_file_reads_well_and_reads_back() {
        let golden = golden([0.25, 0.75]);
        let text = golden.json("cargo xtask export runs/a --name a");
        assert!(text.contains("\"probabilities\": [0.25, 0.75]"), "{text}");
        assert!(
            text.contains("\"libtorch\": \"2.11.0\"") && text.contains("\"diagnosis\": \"MEL\""),
            "{text}"
        );
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(
            serde_json::from_value::<Vec<GoldenAnswer>>(value["inputs"].clone()).unwrap(),
            golden.inputs
        );
    }
}
