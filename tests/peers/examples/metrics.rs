//! Computes metrics of the predictions in a file, one part for each line of standard input, and answers each with the
//! seconds it took and the numbers. `native/metrics.py` times scikit-learn beside it.
//!
//! The file holds, little-endian, the number of images and of classes, the true class of every image (all 32-bit whole
//! numbers), and the probabilities (32-bit floats, row-major).

use std::io::{BufRead, Write};
use std::time::Instant;

use evaluation::{
    Bootstrap, ClassReport, Estimate, FittedCalibration, Predictions, auc, average_precision, report,
    temperature,
};

/// Images of the bootstrap's part, two a lesion, and how often they are drawn anew.
const FEWER: usize = 5000;
const BOOTSTRAP: Bootstrap = Bootstrap { resamples: 20, seed: 1 };

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("expected a file with predictions")?;
    let words: Vec<[u8; 4]> =
        std::fs::read(path)?.chunks_exact(4).map(|four| [four[0], four[1], four[2], four[3]]).collect();
    let [images, classes] = [0, 1].map(|at| u32::from_le_bytes(words[at]) as usize);
    let truth: Vec<usize> =
        words[2..2 + images].iter().map(|&word| u32::from_le_bytes(word) as usize).collect();
    let probabilities: Vec<f32> = words[2 + images..].iter().map(|&word| f32::from_le_bytes(word)).collect();
    // Every probability of every class as the score of one long binary question.
    let positive: Vec<bool> =
        truth.iter().flat_map(|&truth| (0..classes).map(move |class| class == truth)).collect();
    let predictions = Predictions::new(classes, truth.clone(), probabilities.clone())?;
    let fewer =
        Predictions::new(classes, truth[..FEWER].to_vec(), probabilities[..FEWER * classes].to_vec())?;
    let lesions: Vec<usize> = (0..images).map(|image| image / 2).collect();
    for line in std::io::stdin().lock().lines() {
        let part = line?;
        let start = Instant::now();
        let numbers = match part.as_str() {
            "all" => numbers(&predictions, &lesions, Bootstrap { resamples: 0, seed: 1 })?,
            "bootstrap" => numbers(&fewer, &lesions[..FEWER], BOOTSTRAP)?,
            "auc" => vec![auc(&probabilities, &positive)],
            "average precision" => vec![average_precision(&probabilities, &positive)],
            "temperature" => vec![temperature(&predictions)],
            other => return Err(format!("expected the name of a part, found {other}").into()),
        };
        let seconds = start.elapsed().as_secs_f64();
        let numbers: Vec<String> = numbers
            .iter()
            .map(|number| number.map_or("null".to_owned(), |number| format!("{number:?}")))
            .collect();
        let mut output = std::io::stdout().lock();
        writeln!(output, "{{\"seconds\": {seconds:?}, \"numbers\": [{}]}}", numbers.join(", "))?;
        output.flush()?;
    }
    Ok(())
}

/// What a report says of all images, in the order in which `native/metrics.py` has it.
fn numbers(
    predictions: &Predictions,
    lesions: &[usize],
    bootstrap: Bootstrap,
) -> Result<Vec<Option<f64>>, evaluation::EvaluationError> {
    let report = report(predictions, &FittedCalibration::default(), lesions, bootstrap)?;
    let calibration = &report.calibration;
    let overall = [
        report.accuracy,
        report.balanced_accuracy,
        calibration.brier_score,
        calibration.log_loss,
        calibration.expected_calibration_error,
    ];
    let of_class = |class: &ClassReport| {
        [class.sensitivity, class.specificity, class.precision, class.f1, class.auc, class.average_precision]
    };
    let estimates = overall.into_iter().chain(report.classes.iter().flat_map(of_class));
    Ok(estimates.map(|estimate: Option<Estimate>| estimate.map(|estimate| estimate.value)).collect())
}
