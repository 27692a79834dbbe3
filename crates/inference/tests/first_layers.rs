//! The readable first layers give ONNX Runtime's own maps, on every map of every committed model.

use std::path::Path;

use catalog::model::ModelCard;
use catalog::widget::SAMPLES;
use imaging::Rgb8;
use inference::{Classifier, Options, planes};
use nn::{Activation, Pooling, Tensor};

/// The four layers, by the names of `architecture`.
const LAYERS: [&str; 4] = ["conv1", "bn1", "relu", "maxpool"];
/// A sum of 147 products in another order, which batch normalisation multiplies: four times the 3.7e-6 that was measured.
const TOLERANCE: f32 = 1.5e-5;

#[test]
fn the_first_layers_give_what_onnx_runtime_gives() {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../exported-models");
    let mut folders: Vec<_> = all.read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    folders.retain(|path| path.is_dir());
    folders.sort();
    assert!(!folders.is_empty());
    for folder in folders {
        let onnx = std::fs::read(folder.join("model.onnx")).unwrap();
        let card: ModelCard =
            toml::from_str(&std::fs::read_to_string(folder.join("model.toml")).unwrap()).unwrap();
        let size = card.input.size;
        let network = architecture::by_name(&card.architecture, card.labels.len(), size as usize).unwrap();
        let first = onnx_export::first_layers(&onnx, &network, card.input.mean, card.input.std);
        let Some(first) = first.unwrap() else {
            assert!(
                !card.architecture.starts_with("resnet"),
                "{}: a residual network begins with these",
                card.name
            );
            continue;
        };
        let options = Options { layers: &LAYERS, ..Options::default() };
        let mut classifier = Classifier::load_with(&onnx, &card, &options).unwrap();
        let mut worst = [0.0_f32; 4];
        for sample in &SAMPLES[..3] {
            let drawn = lesions::draw_sample(sample.diagnosis, sample.seed, 224, 224);
            let image = Rgb8::new(224, 224, drawn).unwrap();
            let side = size as usize;
            let input = Tensor::new([3, side, side], planes(&image, &card.input)).unwrap();
            let (_, outputs) = classifier.look(&image).unwrap();
            for channel in 0..first.kernels.len() {
                let maps = first.maps(&input, channel, Activation::Relu, Pooling::Max).unwrap();
                let four = [&maps.convolved, &maps.normalised, &maps.activated, &maps.pooled];
                for ((ours, theirs), worst) in four.into_iter().zip(&outputs).zip(&mut worst) {
                    assert_eq!(ours.shape(), theirs.shape[1..], "{}", theirs.layer);
                    let count = ours.data().len();
                    let theirs = &theirs.values[channel * count..(channel + 1) * count];
                    for (a, b) in ours.data().iter().zip(theirs) {
                        *worst = worst.max((a - b).abs());
                    }
                }
            }
        }
        println!("{}: largest differences of {LAYERS:?}: {worst:?}", card.name);
        assert!(worst.iter().all(|&difference| difference <= TOLERANCE), "{}: {worst:?}", card.name);
    }
}
