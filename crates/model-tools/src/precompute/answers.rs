//! Answers to the book's samples with the arithmetic behind them: `answers.json`.

use std::path::Path;

use anyhow::{Context, ensure};
use catalog::model::ModelCard;
use catalog::precomputed::{ANSWERS, FOLDER, PrecomputedAnswer, PrecomputedAnswers, ScoreTerm, ScoreTerms};
use catalog::widget::{SAMPLES, Sample};
use imaging::Rgb8;
use inference::native::Options;
use inference::weights::{self, LinearHead};
use inference::{Classifier, LayerOutput};
use nn::Tensor;
use nn::head::{class_activation_map, contributions, global_average, strongest};

use runtimes::onnxruntime;

/// Width and height that the samples are drawn at, as in the widgets.
const DRAWN: u32 = 224;
/// Terms for and against a class.
const TERMS: usize = 5;

/// Writes `answers.json` to the model's folder.
pub(super) fn write(folder: &Path) -> anyhow::Result<()> {
    let path = folder.join("model.toml");
    let card: ModelCard = toml::from_str(&files::read_text(&path)?)
        .with_context(|| format!("not a model card: {}", path.display()))?;
    let onnx = files::read(&folder.join("model.onnx"))?;
    let head = weights::head(&onnx).context("the network does not end in a linear layer")?;
    let layer = head.maps.clone().context("the linear layer does not follow averages of feature maps")?;
    onnxruntime::ready()?;
    let options = Options { layers: &[&layer], ..Options::default() };
    let mut classifier = Classifier::load_with(&onnx, &card, &options)?;
    let (mut samples, mut size) = (Vec::new(), [0; 2]);
    for sample in SAMPLES {
        let pixels = lesions::draw_sample(sample.diagnosis, sample.seed, DRAWN, DRAWN);
        let (answer, outputs) = classifier.look(&Rgb8::new(DRAWN, DRAWN, pixels)?)?;
        let maps = maps(outputs.first().context("ONNX Runtime returned no feature maps")?)?;
        size = [maps.shape()[1], maps.shape()[2]];
        samples.push(explained(sample, answer, &maps, &head)?);
    }
    let answers = PrecomputedAnswers {
        command: format!("cargo xtask precompute {} answers", card.name),
        model: card.name.clone(),
        model_sha256: card.provenance.onnx_sha256.clone(),
        drawn_size: DRAWN,
        labels: card.labels.clone(),
        bias: head.bias.clone(),
        layer,
        size,
        samples,
    };
    let json = one_sample_a_line(&answers)?;
    let target = folder.join(FOLDER).join(ANSWERS);
    files::write(&target, json.as_bytes())?;
    println!("{}: {}", target.display(), files::size(json.len() as u64));
    Ok(())
}

/// What is wrong with the answers in a model's folder; `None` if nothing is, or there are none.
pub(super) fn problem(folder: &Path, card: &ModelCard) -> anyhow::Result<Option<String>> {
    let path = folder.join(FOLDER).join(ANSWERS);
    if !path.exists() {
        return Ok(None);
    }
    let answers: PrecomputedAnswers = serde_json::from_str(&files::read_text(&path)?)
        .with_context(|| format!("not a list of answers: {}", path.display()))?;
    Ok(answers.stale(&card.provenance.onnx_sha256))
}

fn maps(output: &LayerOutput) -> anyhow::Result<Tensor<3>> {
    let &[channels, height, width] = output.shape.as_slice() else {
        anyhow::bail!("layer {} must give maps [C, H, W], but gives {:?}", output.layer, output.shape);
    };
    Ok(Tensor::new([channels, height, width], output.values.clone())?)
}

/// The arithmetic from the maps to the logits, compared with the network's own.
fn explained(
    sample: Sample,
    answer: inference::NetworkAnswer,
    maps: &Tensor<3>,
    head: &LinearHead,
) -> anyhow::Result<PrecomputedAnswer> {
    let pooled = global_average(maps);
    let (mut activation, mut terms) = (Vec::new(), Vec::new());
    for ((row, bias), logit) in head.weight.chunks(head.channels).zip(&head.bias).zip(&answer.logits) {
        let map = class_activation_map(maps, row)?;
        let mean = map.data().iter().sum::<f32>() / map.data().len() as f32;
        // 2,048 products in another order, of logits below 30.
        ensure!(
            (mean + bias - logit).abs() < 1e-3,
            "the mean of a class activation map plus the bias must be the logit {logit}, but is {}",
            mean + bias
        );
        activation.push(map.data().iter().copied().map(rounded).collect());
        terms.push(largest(&pooled, row, TERMS)?);
    }
    Ok(PrecomputedAnswer {
        diagnosis: sample.diagnosis,
        seed: sample.seed,
        logits: answer.logits,
        probabilities: answer.probabilities,
        pooled: pooled.into_iter().map(rounded).collect(),
        maps: activation,
        terms,
    })
}

fn largest(pooled: &[f32], weights: &[f32], count: usize) -> anyhow::Result<ScoreTerms> {
    let products = contributions(pooled, weights)?;
    let term = |channel: usize| ScoreTerm {
        channel,
        pooled: rounded(pooled[channel]),
        weight: rounded(weights[channel]),
        product: rounded(products[channel]),
    };
    let [adding, taking] = strongest(&products, count).map(|side| side.into_iter().map(term).collect());
    Ok(ScoreTerms { adding, taking })
}

/// To four decimals.
fn rounded(value: f32) -> f32 {
    ((f64::from(value) * 1e4).round() / 1e4) as f32
}

/// JSON in which a change of one sample changes one line.
fn one_sample_a_line(answers: &PrecomputedAnswers) -> anyhow::Result<String> {
    let head = PrecomputedAnswers { samples: Vec::new(), ..answers.clone() };
    let text = serde_json::to_string(&head).context(ANSWERS)?;
    let open = text.strip_suffix("]}").context(ANSWERS)?;
    let lines: Vec<String> =
        answers.samples.iter().map(serde_json::to_string).collect::<Result<_, _>>().context(ANSWERS)?;
    Ok(format!("{open}\n{}\n]}}\n", lines.join(",\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arithmetic_is_held_against_the_network() {
        let maps = Tensor::new([2, 1, 2], vec![1.0, 3.0, 0.0, 5.0]).unwrap();
        let head = LinearHead {
            layer: "fc".to_owned(),
            labels: 1,
            channels: 2,
            weight: vec![2.0, -1.0],
            bias: vec![0.5],
            maps: Some("relu".to_owned()),
        };
        // 2 × 2 - 1 × 2.5 + 0.5 = 2
        let said = |logit| inference::NetworkAnswer { logits: vec![logit], probabilities: vec![1.0] };
        let answer = explained(SAMPLES[0], said(2.0), &maps, &head).unwrap();
        assert_eq!((answer.pooled, answer.maps), (vec![2.0, 2.5], vec![vec![2.0, 1.0]]));
        let term = |channel, pooled, weight, product| ScoreTerm { channel, pooled, weight, product };
        assert_eq!(answer.terms[0].adding, [term(0, 2.0, 2.0, 4.0)]);
        assert_eq!(answer.terms[0].taking, [term(1, 2.5, -1.0, -2.5)]);
        let error = explained(SAMPLES[0], said(2.1), &maps, &head).unwrap_err().to_string();
        assert!(error.contains("must be the logit 2.1, but is 2"), "{error}");
    }
}
