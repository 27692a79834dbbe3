//! Weights read from the bytes of an ONNX file are those that were put into it.

use architecture::{INPUT, Network, Op};
use inference::weights::{head, read};
use onnx_export::Weights;

/// The network of `tests/golden/onnx_small.py`, in three precisions.
const FILES: [&[u8]; 3] = [
    include_bytes!("../../../tests/golden/onnx_small_fp32.onnx"),
    include_bytes!("../../../tests/golden/onnx_small_fp16.onnx"),
    include_bytes!("../../../tests/golden/onnx_small_int8.onnx"),
];

#[test]
fn every_parameter_is_read_as_the_exporter_reads_it_back() {
    for onnx in FILES {
        let expected = Weights::from_onnx(onnx).unwrap();
        assert!(expected.iter().count() > 15, "a network with many parameters");
        for (name, array) in expected.iter() {
            let (shape, values) = read(onnx, name).unwrap();
            assert_eq!((&shape, &values), (&array.shape, &array.values), "{name}");
        }
    }
}

#[test]
fn a_widened_value_is_the_parameter_itself() {
    for onnx in &FILES[1..] {
        assert_eq!(read(onnx, "fc.weight.fp32").unwrap(), read(onnx, "fc.weight").unwrap());
    }
    let error = read(FILES[0], "fc.weight.fp32").unwrap_err().to_string();
    assert_eq!(error, "cannot read the weights fc.weight.fp32 from the ONNX file: there are none");
    let error = read(FILES[0], "conv1").unwrap_err().to_string();
    assert_eq!(error, "cannot read the weights conv1 from the ONNX file: they are computed by another node");
}

#[test]
fn the_head_is_the_last_linear_layer_and_knows_the_maps_before_the_average() {
    for onnx in FILES {
        let head = head(onnx).expect("a classifier has one");
        assert_eq!((head.layer.as_str(), head.labels, head.channels), ("fc", 3, 6));
        assert_eq!(head.maps.as_deref(), Some("block.relu"));
        assert_eq!((vec![3, 6], head.weight), read(onnx, "fc.weight").unwrap());
        assert_eq!((vec![3], head.bias), read(onnx, "fc.bias").unwrap());
    }
}

#[test]
fn a_network_that_averages_nothing_has_no_maps() {
    let mut network = Network::new("linear", [3, 2, 2]);
    network.add("flatten", Op::Flatten, &[INPUT]).unwrap();
    network.add("fc", Op::Linear { inputs: 12, outputs: 2 }, &["flatten"]).unwrap();
    network.add("probabilities", Op::Softmax, &["fc"]).unwrap();
    let mut weights = Weights::new();
    weights.insert("fc.weight", &[2, 12], (0..24).map(|i| i as f32).collect()).unwrap();
    weights.insert("fc.bias", &[2], vec![0.5, -0.5]).unwrap();
    let labels = ["benign", "malignant"].map(String::from).to_vec();
    let metadata = onnx_export::Metadata { task: "binary".to_owned(), labels, mean: [0.5; 3], std: [0.5; 3] };
    let onnx = onnx_export::export(&network, &weights, &metadata, onnx_export::Precision::Fp32).unwrap();
    let head = head(&onnx).expect("a linear layer");
    assert_eq!((head.maps, head.channels, head.weight[23]), (None, 12, 23.0));
}

#[test]
fn the_committed_network_s_first_kernel_and_head_are_what_its_exporter_wrote() {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../exported-models/synthetic-resnet18-eight/model.onnx");
    let onnx = std::fs::read(path).unwrap();
    let expected = Weights::from_onnx(&onnx).unwrap();
    for name in ["conv1.weight", "bn1.running_var", "fc.weight"] {
        let array = expected.get(name).unwrap();
        assert_eq!(read(&onnx, name).unwrap(), (array.shape.clone(), array.values.clone()));
    }
    let head = head(&onnx).expect("a classifier has one");
    assert_eq!((head.labels, head.channels, head.maps.as_deref()), (8, 512, Some("layer4.1.relu2")));
}
