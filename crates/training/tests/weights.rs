//! Weights from files of others: PyTorch's new and old, folded ones, earlier runs; and what is said about wrong ones.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod files;

use std::path::Path;

use architecture::{Depth, Network, Op, ParameterKind, resnet};
use safetensors::{Dtype, SafeTensors};
use serde_json::Value;
use tch::{Device, Tensor};
use training::Model;
use training::model::Mode;
use training::weights::{Array, HeadSource, LoadedWeights, Weights, WeightsReport, load};

use files::{numbers, write_npz, write_pth};

fn golden(name: &str) -> Weights {
    load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(name)).unwrap().tensors
}

fn start(network: Network, from: &LoadedWeights) -> anyhow::Result<(Model, WeightsReport)> {
    Model::start(network, 3, false, Some(from), Device::Cpu)
}

/// Every entry of a network's file, with numbers of its own.
fn all(network: &Network) -> Weights {
    let mut weights = Weights::default();
    for entry in network.state() {
        let count = entry.numbers();
        let numbers = numbers(&entry.name, count)
            .map(|x| if entry.kind == ParameterKind::Counter { 9.0 } else { x + 2.0 });
        weights.insert(entry.name.clone(), Array { numbers: numbers.collect(), shape: entry.shape });
    }
    weights
}

fn loaded(network: &Network) -> LoadedWeights {
    LoadedWeights { path: "some/file.pth".into(), tensors: all(network) }
}

#[track_caller]
fn check_files_of_pytorch(name: &str) {
    let weights = golden(name);
    let found = |name: &str| {
        let array = weights.get(name).unwrap();
        (array.shape.as_slice(), array.numbers.as_slice())
    };
    let halves: Vec<f32> = (0..24_u8).map(|n| f32::from(n) / 2.0).collect();
    assert_eq!(found("conv.weight"), (&[2, 3, 2, 2][..], &halves[..]));
    assert_eq!(found("half"), (&[2][..], &[1.5, -2.0][..]));
    assert_eq!(found("brain"), (&[2][..], &[1.5, -2.0][..]));
    assert_eq!(found("double"), (&[1][..], &[0.1][..]));
    assert_eq!(found("bn1.num_batches_tracked"), (&[][..], &[7.0][..]));
    // [[0, 1, 2], [3, 4, 5]], rows to columns.
    assert_eq!(found("transposed"), (&[3, 2][..], &[0.0, 3.0, 1.0, 4.0, 2.0, 5.0][..]));
    assert_eq!(found("part"), (&[3][..], &[4.0, 5.0, 6.0][..]));
    assert_eq!(found("parameter"), (&[1, 1][..], &[3.0][..]));
    assert_eq!(found("fc.bias"), (&[2][..], &[1.0, 2.0][..]));
    assert_eq!(found("empty"), (&[0, 4][..], &[][..]));
    assert_eq!(weights.iter().count(), 10);
}

#[test]
fn a_file_that_pytorch_wrote_is_read() {
    check_files_of_pytorch("weights_pytorch.pth");
}

#[test]
fn a_file_from_before_pytorch_1_6_is_read() {
    check_files_of_pytorch("weights_pytorch_old.pth");
}

#[test]
fn torchvisions_thousand_outputs_become_eight_and_everything_else_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("resnet18.pth");
    let theirs = all(&resnet(Depth::Resnet18, 1000, 224));
    write_pth(&path, &theirs);
    for outputs in [8, 2] {
        let network = resnet(Depth::Resnet18, outputs, 64);
        let (model, report) = start(network.clone(), &load(&path).unwrap()).unwrap();
        assert_eq!((report.head, report.taken), (HeadSource::Replaced(1000), 100));
        assert_eq!((report.random, report.unused), (vec![], vec![]));
        let drawn = Model::random(network, 3, Device::Cpu).weights();
        for (name, array) in model.weights().iter() {
            let expected = if name.starts_with("fc.") { drawn.get(name) } else { theirs.get(name) };
            assert_eq!(Some(array), expected, "{name}");
        }
    }
}

#[test]
fn a_safetensors_file_gives_the_same_network_as_a_pth() {
    let folder = tempfile::tempdir().unwrap();
    let theirs = all(&resnet(Depth::Resnet18, 1000, 224));
    let (one, other) = (folder.path().join("a.pth"), folder.path().join("a.safetensors"));
    write_pth(&one, &theirs);
    theirs.write(&other, "").unwrap();
    assert_eq!(load(&one).unwrap().tensors, load(&other).unwrap().tensors);
}

#[test]
fn the_head_of_an_earlier_run_is_kept_if_it_has_as_many_outputs() {
    let folder = tempfile::tempdir().unwrap();
    let earlier = Model::random(resnet(Depth::Resnet18, 8, 64), 1, Device::Cpu);
    let mut checkpoint = earlier.weights();
    checkpoint.insert("optimiser.0.fc.bias".to_owned(), Array { shape: vec![1], numbers: vec![1.0] });
    checkpoint.write(&folder.path().join("checkpoint.safetensors"), "").unwrap();
    let (model, report) = start(resnet(Depth::Resnet18, 8, 96), &load(folder.path()).unwrap()).unwrap();
    assert_eq!((report.head, report.unused), (HeadSource::Kept, vec!["optimiser.0.fc.bias".to_owned()]));
    assert_eq!(model.weights(), earlier.weights());
    // The best epoch goes before the last.
    let best = Model::random(resnet(Depth::Resnet18, 8, 64), 2, Device::Cpu);
    best.weights().write(&folder.path().join("best.safetensors"), "").unwrap();
    let (model, report) = start(resnet(Depth::Resnet18, 2, 64), &load(folder.path()).unwrap()).unwrap();
    assert_eq!(report.head, HeadSource::Replaced(8));
    assert_eq!(model.weights().get("conv1.weight"), best.weights().get("conv1.weight"));
}

#[test]
fn an_exported_model_is_a_start_as_well() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../exported-models/synthetic-resnet18-eight");
    let (_, report) = start(resnet(Depth::Resnet18, 8, 64), &load(&folder).unwrap()).unwrap();
    assert_eq!((report.taken, report.head, report.random), (102, HeadSource::Kept, vec![]));
}

/// Folds every batch normalisation of a network into the convolution before it.
fn folded(network: &Network, weights: &Weights) -> Weights {
    let mut folded = Weights::default();
    for layer in &network.layers {
        let Op::BatchNorm { channels, epsilon, .. } = layer.op else { continue };
        let own = |name: &str| &weights.get(&format!("{}.{name}", layer.name)).unwrap().numbers;
        let before = &layer.inputs[0];
        let kernel = weights.get(&format!("{before}.weight")).unwrap();
        let scale: Vec<f32> = (0..channels)
            .map(|c| own("weight")[c] / (own("running_var")[c] + epsilon as f32).sqrt())
            .collect();
        let each = kernel.numbers.len() / channels;
        let numbers = kernel.numbers.iter().enumerate().map(|(i, w)| w * scale[i / each]).collect();
        folded.insert(format!("{before}.weight"), Array { shape: kernel.shape.clone(), numbers });
        let constants = (0..channels).map(|c| own("bias")[c] - own("running_mean")[c] * scale[c]).collect();
        folded.insert(format!("{before}.bias"), Array { shape: vec![channels], numbers: constants });
    }
    for name in ["fc.weight", "fc.bias"] {
        folded.insert(name.to_owned(), weights.get(name).unwrap().clone());
    }
    folded
}

#[test]
fn folded_weights_compute_the_same_and_what_the_file_lacks_is_drawn_and_listed() {
    let network = resnet(Depth::Resnet18, 1000, 64);
    let whole = Model::random(network.clone(), 1, Device::Cpu);
    let images: Vec<f32> = numbers("images", 2 * 3 * 64 * 64).collect();
    let images = Tensor::from_slice(&images).view([2, 3, 64, 64]);
    // A few batches, so that the running statistics are no longer 0 and 1.
    for _ in 0..3 {
        let _ = tch::no_grad(|| whole.logits(&images, Mode::Training));
    }
    let mut weights = folded(&network, &whole.weights());
    let absent = ["0.conv1", "0.conv2", "1.conv1", "1.conv2"].map(|conv| format!("layer4.{conv}.weight"));
    for name in &absent {
        assert!(weights.remove(name).is_some());
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("partial.npz");
    write_npz(&path, &weights);

    let network = resnet(Depth::Resnet18, 8, 64);
    let (model, report) = start(network.clone(), &load(&path).unwrap()).unwrap();
    assert!(report.folded);
    assert_eq!((report.head, report.random.as_slice()), (HeadSource::Replaced(1000), absent.as_slice()));
    let (ours, drawn) = (model.weights(), Model::random(network, 3, Device::Cpu).weights());
    for name in &absent {
        assert_eq!(ours.get(name), drawn.get(name), "{name}");
    }
    assert_eq!(ours.get("layer4.1.bn2.running_var").unwrap().numbers, [1.0 - 1e-5; 512]);
    let layer3 = |model: &Model| {
        let values = tch::no_grad(|| model.outputs(&images, &["layer3.1.relu2"], Mode::Inference)).unwrap();
        Array::of(&values[0]).numbers
    };
    let (expected, found) = (layer3(&whole), layer3(&model));
    let size = expected.iter().fold(0.0, |size: f32, x| size.max(x.abs()));
    let largest = expected.iter().zip(&found).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    // Kernels rounded once more, 6e-8 each, through 13 layers.
    assert!(size > 0.1 && largest < 1e-5 * size, "{largest} of {size}");
}

#[track_caller]
fn check_refused(wanted: Depth, given: &LoadedWeights, words: &[&str]) {
    let message = format!("{:#}", start(resnet(wanted, 8, 64), given).unwrap_err());
    assert!(words.iter().all(|word| message.contains(word)), "{message}");
}

#[test]
fn the_weights_of_another_network_are_refused_with_both_shapes_and_its_name() {
    let theirs = |depth| loaded(&resnet(depth, 1000, 224));
    let words = [
        "some/file.pth does not fit resnet18: layer1.0.conv1.weight must have the shape [64, 64, 3, 3], but has [64, 64, 1, 1]",
    ];
    check_refused(Depth::Resnet18, &theirs(Depth::Resnet50), &words);
    let words = ["the weights of resnet50", "architecture = \"resnet50\""];
    check_refused(Depth::Resnet18, &theirs(Depth::Resnet50), &words);
    // Nothing has another shape here: one network is a part of the other.
    let words = [
        "fit resnet34: it lacks 80 arrays, the first of them layer1.2.conv1.weight",
        "the weights of resnet18",
    ];
    check_refused(Depth::Resnet34, &theirs(Depth::Resnet18), &words);
    let words = [
        "fit resnet18: the file has layer1.2.bn1.bias, which the network does not have",
        "the weights of resnet34",
    ];
    check_refused(Depth::Resnet18, &theirs(Depth::Resnet34), &words);
    check_refused(Depth::Resnet50, &theirs(Depth::Resnet152), &["the weights of resnet152"]);
    check_refused(Depth::Resnet152, &theirs(Depth::Resnet101), &["the weights of resnet101"]);
}

#[test]
fn weights_of_no_network_of_ours_are_refused() {
    let mut tensors = Weights::default();
    tensors.insert("features.0.weight".to_owned(), Array { shape: vec![1], numbers: vec![0.0] });
    let given = LoadedWeights { path: "vgg.pth".into(), tensors };
    check_refused(
        Depth::Resnet18,
        &given,
        &["vgg.pth does not fit resnet18", "none of the network's arrays", "but features.0.weight"],
    );
}

#[track_caller]
fn check_unreadable(name: &str, bytes: &[u8], words: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    let message = format!("{:#}", load(&path).unwrap_err());
    assert!(message.contains(name) && words.iter().all(|word| message.contains(word)), "{message}");
}

#[test]
fn a_file_cut_short_anywhere_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut weights = Weights::default();
    weights.insert("fc.bias".to_owned(), Array { shape: vec![200], numbers: numbers("a", 200).collect() });
    let small = folder.path().join("small");
    let read = |name: &str| {
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden").join(name)).unwrap()
    };
    weights.write(&small, "").unwrap();
    let safetensors = std::fs::read(&small).unwrap();
    write_npz(&small, &weights);
    let npz = std::fs::read(&small).unwrap();
    for whole in [read("weights_pytorch.pth"), read("weights_pytorch_old.pth"), safetensors, npz] {
        for share in 0..40 {
            let bytes = &whole[..whole.len() * share / 40];
            check_unreadable("cut.bin", bytes, &["cannot read weights from"]);
        }
        check_unreadable("cut.bin", &whole[..whole.len() - 1], &["cannot read weights from"]);
    }
}

#[test]
fn a_damaged_archive_is_refused_by_its_checksum() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/weights_pytorch.pth");
    let mut bytes = std::fs::read(path).unwrap();
    // 11.5, the last number of conv.weight, becomes another one.
    let place = bytes.windows(4).position(|four| four == 11.5_f32.to_le_bytes()).unwrap();
    bytes[place] ^= 1;
    check_unreadable("damaged.pth", &bytes, &["conv.weight", "is damaged"]);
}

#[test]
fn a_file_of_another_kind_is_called_by_its_name() {
    check_unreadable(
        "a.pth",
        b"<!DOCTYPE html><html>",
        &["read from .safetensors, .pth, .npz", "this is a web page"],
    );
    check_unreadable("a.h5", b"\x89HDF\r\n\x1a\n", &["this is an HDF5 file, as written by Keras"]);
    check_unreadable("a.pth", b"version https://git-lfs.github.com/spec/v1\n", &["git lfs pull"]);
    check_unreadable("a.pth", b"", &["this is an empty file"]);
    check_unreadable("a.pkl", b"\x80\x04K\x01.", &["this is a pickle that was not written by torch.save"]);
    check_unreadable("a.jpg", b"\xff\xd8\xff\xe0", &["this is an image"]);
    check_unreadable("a.txt", b"hello", &["this is a text file"]);
    check_unreadable("a.bin", b"\0\x01", &["this is 2 bytes that begin with [00, 01]"]);
    let message = load(Path::new("nowhere/a.pth")).unwrap_err().to_string();
    assert!(
        message.contains("there are no weights at nowhere/a.pth") && message.contains("cargo xtask weights"),
        "{message}"
    );
    let message = load(Path::new("weights/resnet50-0676ba61.pth")).unwrap_err().to_string();
    assert!(message.ends_with("cargo xtask weights resnet50"), "{message}");
    let folder = tempfile::tempdir().unwrap();
    let message = load(folder.path()).unwrap_err().to_string();
    assert!(message.contains("best.safetensors") && message.contains("contains none of"), "{message}");
}

#[test]
fn a_file_that_wants_to_run_something_is_refused_by_what_it_wants() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evil.pth");
    let ran = folder.path().join("ran");
    // What Python's loader would run as os.system("touch …").
    let command = format!("touch {}", ran.display());
    let mut pickle = b"\x80\x02cposix\nsystem\nX".to_vec();
    pickle.extend((command.len() as u32).to_le_bytes());
    pickle.extend(command.as_bytes());
    pickle.extend(b"\x85R.");
    files::write_zip(&path, &[("archive/data.pkl".to_owned(), pickle)]);
    let message = format!("{:#}", load(&path).unwrap_err());
    assert!(message.contains("evil.pth") && message.contains("asks to run posix.system"), "{message}");
    assert!(!ran.exists());
}

#[test]
fn numbers_that_are_none_are_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wild.safetensors");
    let mut weights = Weights::default();
    weights.insert("fc.bias".to_owned(), Array { shape: vec![2], numbers: vec![0.0, f32::NAN] });
    weights.write(&path, "").unwrap();
    let message = load(&path).unwrap_err().to_string();
    assert!(message.contains("wild.safetensors: fc.bias contains NaN"), "{message}");
}

/// One line an entry, as `tests/golden/weights_strict.py` makes them of a file.
fn entries(bytes: &[u8]) -> Vec<String> {
    let file = SafeTensors::deserialize(bytes).unwrap();
    let line = |(name, view): (&str, safetensors::tensor::TensorView<'_>)| {
        let words = [name.to_owned(), format!("{:?}", view.dtype())].into_iter();
        words.chain(view.shape().iter().map(usize::to_string)).collect::<Vec<_>>().join(" ")
    };
    let mut lines: Vec<String> = file.iter().map(line).collect();
    lines.sort();
    lines
}

#[test]
fn a_file_has_the_entries_that_pytorch_took_with_strict() {
    let golden: Value =
        serde_json::from_str(include_str!("../../../tests/golden/weights_strict.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    let mut outputs = Vec::new();
    for file in golden["files"].as_array().unwrap() {
        assert_eq!(file["verdict"], "<All keys matched successfully>");
        outputs.push(file["outputs"].as_u64().unwrap() as usize);
        let network =
            architecture::by_name(file["architecture"].as_str().unwrap(), outputs[outputs.len() - 1], 64)
                .unwrap();
        Model::random(network, 1, Device::Cpu).weights().write(&path, "epoch 1").unwrap();
        let lines = entries(&std::fs::read(&path).unwrap());
        assert_eq!(file["entries"], lines.len());
        let text = lines.join("\n") + "\n";
        assert_eq!(file["entries_sha256"], ::files::sha256(text.as_bytes()), "{text}");
    }
    assert_eq!(outputs, [8, 2]);
}

#[test]
fn every_network_writes_torchvisions_entries_with_counters_of_64_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("weights.safetensors");
    for depth in [Depth::Resnet18, Depth::Resnet50] {
        let network = resnet(depth, 8, 32);
        let model = Model::random(network.clone(), 1, Device::Cpu);
        let images = Tensor::zeros([2, 3, 32, 32], (tch::Kind::Float, Device::Cpu));
        for _ in 0..3 {
            let _ = tch::no_grad(|| model.logits(&images, Mode::Training));
        }
        model.weights().write(&path, "").unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let file = SafeTensors::deserialize(&bytes).unwrap();
        assert_eq!(file.len(), network.state().len());
        for entry in network.state() {
            let view = file.tensor(&entry.name).unwrap();
            let counter = entry.kind == ParameterKind::Counter;
            assert_eq!(view.dtype(), if counter { Dtype::I64 } else { Dtype::F32 }, "{}", entry.name);
            assert_eq!(view.shape(), entry.shape, "{}", entry.name);
            assert!(!counter || view.data() == 3_i64.to_le_bytes(), "{}", entry.name);
        }
        // And they count on from there.
        let (weights, _) = Weights::read(&path).unwrap();
        let again = Model::with_weights(network, &weights, Device::Cpu).unwrap();
        assert_eq!(again.weights(), model.weights());
    }
}
