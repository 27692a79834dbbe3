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

/// Sums of some thousand products of single precision in another order, behind 155 layers, as a share of the logits' root
/// mean square.
const TOLERANCE: f32 = 2e-5;

/// As in the script: numbers from -1 to below 1, each a multiple of 2⁻²³, that depend on a name and a place.
fn uniform(name: &str, count: usize) -> impl Iterator<Item = f32> {
    let seed = name.bytes().fold(0xcbf2_9ce4_8422_2325, |seed: u64, byte| {
        (seed ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    (1..=count as u64).map(move |place| {
        let z = seed.wrapping_add(place.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1 << 23) as f32 - 1.0
    })
}

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
    let planes = uniform("images", golden.images * 3 * image_size * image_size).collect();
    let answers = classifier.answer(planes, golden.images).unwrap();
    for (answer, expected) in answers.iter().zip(&fp16.logits) {
        assert_eq!(answer.logits.len(), expected.len());
        let size = (expected.iter().map(|x| x * x).sum::<f32>() / expected.len() as f32).sqrt();
        let worst = answer.logits.iter().zip(expected).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(worst <= TOLERANCE * size, "{worst} of {size}");
    }
    assert_eq!(answers.len(), golden.images);
}
