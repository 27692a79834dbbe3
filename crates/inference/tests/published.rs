//! The exported EfficientNet-Lite0 in ONNX Runtime gives what its authors' PyTorch code gives with the same weights; the
//! script is `tests/golden/network_efficientnet.py`, pinned.

use catalog::model::ModelCard;
use inference::Classifier;
use serde::Deserialize;

#[derive(Deserialize)]
struct Golden {
    images: usize,
    published: Published,
}

#[derive(Deserialize)]
struct Published {
    image_size: usize,
    fp16: Answers,
}

#[derive(Deserialize)]
struct Answers {
    logits: Vec<Vec<f32>>,
}

/// Through 155 layers, single-precision sums of thousands of products were added in another order. Relative to the root mean
/// square of the logits.
const TOLERANCE: f32 = 2e-5;

#[path = "../../../tests/golden/uniform.rs"]
mod uniform;

use uniform::uniform;

#[test]
fn the_exported_network_answers_as_its_authors_code_with_weights_in_16_bits() {
    let golden: Golden =
        serde_json::from_str(include_str!("../../../tests/golden/network_efficientnet.json")).unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../exported-models/imagenet-efficientnet-lite0");
    let read = |name: &str| std::fs::read(format!("{folder}/{name}")).unwrap();
    let card: ModelCard = toml::from_slice(&read("model.toml")).unwrap();
    assert_eq!((card.precision.as_str(), card.labels.len()), ("fp16", 1000));
    let mut classifier = Classifier::load(&read("model.onnx"), &card).unwrap();
    let Published { image_size, fp16 } = golden.published;
    let planes =
        uniform("images", golden.images * 3 * image_size * image_size).map(|value| value as f32).collect();
    let answers = classifier.answer(planes, golden.images).unwrap();
    for (answer, expected) in answers.iter().zip(&fp16.logits) {
        assert_eq!(answer.logits.len(), expected.len());
        let size = (expected.iter().map(|x| x * x).sum::<f32>() / expected.len() as f32).sqrt();
        let worst = answer.logits.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst <= TOLERANCE * size, "{worst} of {size}");
    }
    assert_eq!(answers.len(), golden.images);
}
