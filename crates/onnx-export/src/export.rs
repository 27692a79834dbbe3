//! The graph: one node a layer, in the order of the layers.

use architecture::{INPUT, Network, Parameter};
use half::f16;
use prost::Message;

use crate::int8::Quantised;
use crate::operators::{limits, operator};
use crate::proto::{
    Attribute, Entry, FLOAT, FLOAT16, Graph, INT8, Model, Node, OperatorSet, Tensor, ValueInfo,
};
use crate::{Array, ExportError, Metadata, Precision, Weights};

/// The output before the softmax.
pub const LOGITS: &str = "logits";
/// The output after the softmax, which is also the name of the last layer.
pub const PROBABILITIES: &str = "probabilities";

/// Version of the file format; 8 came with operator set 15 and is read by every runtime since 2021.
const IR_VERSION: i64 = 8;
const OPERATOR_SET: i64 = 17;

/// The bytes of an ONNX file; the same arguments give the same bytes.
///
/// With [`Precision::Fp16`] every convolution kernel and linear matrix is a float16 initializer, followed by a `Cast`
/// node called `NAME.cast` whose float32 value is `NAME.fp32`. With [`Precision::Int8`] it is an int8 initializer, cast
/// to `NAME.whole` and multiplied in `NAME.mul` by the initializer `NAME.scale`, one number an output channel.
/// Runtimes do both once, when they load the file, and then run as fast as with 32 bits. `DequantizeLinear` says the
/// same as the product, but ONNX Runtime keeps it for every run: a ResNet-18 takes 1.5 to 2.5 times as long.
///
/// ```
/// use onnx_export::{Metadata, Precision, Weights, export};
/// let network = architecture::by_name("resnet18", 2, 32)?;
/// let mut weights = Weights::new();
/// for parameter in network.parameters() {
///     weights.insert(parameter.name.as_str(), &parameter.shape, vec![0.5; parameter.numbers()])?;
/// }
/// let labels = ["benign", "malignant"].map(String::from).to_vec();
/// let metadata = Metadata { task: "binary".into(), labels, mean: [0.5; 3], std: [0.25; 3] };
/// let bytes = |precision| export(&network, &weights, &metadata, precision).map(|onnx| onnx.len());
/// let single = bytes(Precision::Fp32)?;
/// assert!(bytes(Precision::Fp16)? < single * 51 / 100);
/// assert!(bytes(Precision::Int8)? < single * 26 / 100);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`ExportError`] if the weights or labels do not fit the network, a value does not fit the precision, or the network
/// does not end in a softmax called `probabilities`.
pub fn export(
    network: &Network,
    weights: &Weights,
    metadata: &Metadata,
    precision: Precision,
) -> Result<Vec<u8>, ExportError> {
    weights.check(network)?;
    let ends_well = network.layers.last().is_some_and(|layer| layer.name == PROBABILITIES);
    let logits = network.logits().filter(|_| ends_well).ok_or_else(|| {
        let found = network.layers.last();
        let found =
            found.map_or("no layer".to_owned(), |layer| format!("{:?} called {}", layer.op, layer.name));
        ExportError::NoProbabilities { found }
    })?;
    let classes = logits.output.sizes();
    metadata.check(network, logits.output.numbers())?;
    let parameters = network.parameters();
    let constants = constants(network);
    let taken = |name: &str| {
        name == LOGITS
            || parameters.iter().any(|parameter| parameter.name == name)
            || constants.iter().any(|constant| constant.name == name)
    };
    if let Some(layer) = network.layers.iter().find(|layer| taken(&layer.name)) {
        return Err(ExportError::Name { network: network.name.clone(), name: layer.name.clone() });
    }

    // Numbers in 8 bits are counted from the exact ones; those in 16 are what they are once rounded.
    let rounded = weights.rounded(precision)?;
    let stored = if precision == Precision::Int8 { weights } else { &rounded };
    let widening = parameters.iter().flat_map(|parameter| widening(parameter, precision));
    let mut node: Vec<Node> = constants.iter().cloned().chain(widening).collect();
    for layer in &network.layers {
        let mut input = layer.inputs.clone();
        input.extend(layer.parameters().iter().map(|parameter| value_name(parameter, precision)));
        input.extend(limits(&layer.op).iter().map(|(name, _)| (*name).to_owned()));
        let (op_type, attribute) = operator(&layer.op);
        node.push(named_node(&layer.name, op_type, input, attribute));
        if layer.name == logits.name {
            node.push(named_node(LOGITS, "Identity", vec![layer.name.clone()], Vec::new()));
        }
    }
    let inner = network.layers.iter().filter(|layer| layer.name != PROBABILITIES);
    let graph = Graph {
        node,
        name: network.name.clone(),
        initializer: parameters
            .iter()
            .filter_map(|p| Some((&p.name, stored.get(&p.name)?)))
            .flat_map(|(name, array)| initializers(name, array, precision))
            .collect(),
        input: vec![ValueInfo::batch_of(INPUT, &network.input)],
        output: vec![ValueInfo::batch_of(LOGITS, classes), ValueInfo::batch_of(PROBABILITIES, classes)],
        value_info: inner.map(|layer| ValueInfo::batch_of(&layer.name, layer.output.sizes())).collect(),
    };
    let entries = metadata.entries(network);
    let model = Model {
        ir_version: IR_VERSION,
        producer_name: "skin-deep".to_owned(),
        graph: Some(graph),
        opset_import: vec![OperatorSet { domain: String::new(), version: OPERATOR_SET }],
        metadata_props: entries.map(|(key, value)| Entry { key: key.to_owned(), value }).to_vec(),
    };
    Ok(model.encode_to_vec())
}

/// The constants that the layers read, each once.
fn constants(network: &Network) -> Vec<Node> {
    let mut all: Vec<(&str, f32)> =
        network.layers.iter().flat_map(|layer| limits(&layer.op)).copied().collect();
    all.sort_by_key(|(name, _)| *name);
    all.dedup_by_key(|(name, _)| *name);
    let node = |(name, value)| {
        named_node(name, "Constant", Vec::new(), vec![Attribute::float("value_float", value)])
    };
    all.into_iter().map(node).collect()
}

/// A node and the value it returns share a name.
fn named_node(name: &str, op_type: &str, input: Vec<String>, attribute: Vec<Attribute>) -> Node {
    let output = vec![name.to_owned()];
    Node { input, output, name: name.to_owned(), op_type: op_type.to_owned(), attribute }
}

/// What a layer reads to get this parameter in float32.
fn value_name(parameter: &Parameter, precision: Precision) -> String {
    let name = &parameter.name;
    if precision.of_shape(&parameter.shape) == Precision::Fp32 {
        name.clone()
    } else {
        format!("{name}.fp32")
    }
}

/// The nodes that make float32 of a parameter.
fn widening(parameter: &Parameter, precision: Precision) -> Vec<Node> {
    let name = &parameter.name;
    let value = value_name(parameter, precision);
    let node = |kind: &str, op_type: &str, input: Vec<String>, output: String, attribute| Node {
        input,
        output: vec![output],
        name: format!("{name}.{kind}"),
        op_type: op_type.to_owned(),
        attribute,
    };
    let cast = |output| {
        let to_float = vec![Attribute::int("to", i64::from(FLOAT))];
        node("cast", "Cast", vec![name.clone()], output, to_float)
    };
    match precision.of_shape(&parameter.shape) {
        Precision::Fp32 => Vec::new(),
        Precision::Fp16 => vec![cast(value)],
        Precision::Int8 => {
            let whole = format!("{name}.whole");
            let factors = vec![whole.clone(), Precision::scale_name(name)];
            vec![cast(whole), node("mul", "Mul", factors, value, Vec::new())]
        }
    }
}

/// One initializer, or two with a scale; in 32 and 16 bits `array` holds numbers that the precision can hold exactly.
fn initializers(name: &str, array: &Array, precision: Precision) -> Vec<Tensor> {
    let tensor = |name: String, shape: &[usize], data_type, raw_data| Tensor {
        dims: shape.iter().map(|&size| size as i64).collect(),
        data_type,
        name,
        raw_data,
    };
    let floats = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect();
    let plain = |data_type, raw_data| tensor(name.to_owned(), &array.shape, data_type, raw_data);
    match precision.of_shape(&array.shape) {
        Precision::Fp32 => vec![plain(FLOAT, floats(&array.values))],
        Precision::Fp16 => {
            let halves = array.values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes());
            vec![plain(FLOAT16, halves.collect())]
        }
        Precision::Int8 => {
            let Quantised { numbers, scales } = Quantised::of(array);
            let shape = Quantised::scales_shape(&array.shape);
            vec![
                plain(INT8, numbers.iter().flat_map(|number| number.to_le_bytes()).collect()),
                tensor(Precision::scale_name(name), &shape, FLOAT, floats(&scales)),
            ]
        }
    }
}

#[cfg(test)]
mod tests {
    use architecture::{Depth, Op, Padding, efficientnet_lite0, resnet};

    use super::*;

    fn metadata(labels: &[&str]) -> Metadata {
        let labels = labels.iter().map(|&label| label.to_owned()).collect();
        Metadata { task: "binary".to_owned(), labels, mean: [0.485, 0.456, 0.406], std: [0.5; 3] }
    }

    fn weights(network: &Network, value: f32) -> Weights {
        let mut weights = Weights::new();
        for parameter in network.parameters() {
            let values = vec![value; parameter.numbers()];
            weights.insert(parameter.name, &parameter.shape, values).unwrap();
        }
        weights
    }

    /// A convolution, a mean and a linear layer, the last one under a name of the caller's.
    fn small(last: &str) -> Network {
        let convolution = Op::Convolution {
            input_channels: 3,
            output_channels: 4,
            kernel: 3,
            stride: 2,
            padding: Padding::both(1),
            groups: 1,
            bias: true,
        };
        let mut network = Network::new("small", [3, 5, 5]);
        network.add("conv1", convolution, &[INPUT]).unwrap();
        network.add("avgpool", Op::GlobalAveragePool, &["conv1"]).unwrap();
        network.add("flatten", Op::Flatten, &["avgpool"]).unwrap();
        network.add("fc", Op::Linear { inputs: 4, outputs: 2 }, &["flatten"]).unwrap();
        network.add(last, Op::Softmax, &["fc"]).unwrap();
        network
    }

    fn model(network: &Network, value: f32, precision: Precision) -> Model {
        let labels = metadata(&["benign", "malignant"]);
        let bytes = export(network, &weights(network, value), &labels, precision).unwrap();
        Model::decode(bytes.as_slice()).unwrap()
    }

    fn check_refused(network: &Network, weights: &Weights, labels: &[&str], message: &str) {
        let error = export(network, weights, &metadata(labels), Precision::Fp16).unwrap_err();
        assert_eq!(error.to_string(), message);
    }

    #[test]
    fn what_was_exported_is_read_back() {
        let network = small(PROBABILITIES);
        // 0.1 is no half: what comes back is what the file holds.
        let weights = weights(&network, 0.1);
        for precision in Precision::ALL {
            let bytes = export(&network, &weights, &metadata(&["benign", "malignant"]), precision).unwrap();
            assert_eq!(Weights::from_onnx(&bytes).unwrap(), weights.rounded(precision).unwrap());
            assert!(matches!(Weights::from_onnx(&bytes[..bytes.len() / 2]), Err(ExportError::Onnx(_))));
        }
    }

    #[test]
    fn every_layer_is_a_node_and_every_parameter_an_initializer_of_its_name() {
        let network = resnet(Depth::Resnet18, 2, 32);
        let graph = model(&network, 0.5, Precision::Fp32).graph.unwrap();
        let layers: Vec<_> = network.layers.iter().map(|layer| layer.name.as_str()).collect();
        let nodes: Vec<_> = graph.node.iter().map(|node| node.name.as_str()).collect();
        assert_eq!(nodes.iter().copied().filter(|&name| name != LOGITS).collect::<Vec<_>>(), layers);
        assert!(graph.node.iter().all(|node| node.output == [node.name.clone()]));
        let parameters: Vec<_> = network.parameters().into_iter().map(|p| p.name).collect();
        let initializers: Vec<_> = graph.initializer.iter().map(|tensor| tensor.name.clone()).collect();
        assert_eq!(initializers, parameters);
    }

    #[test]
    fn a_layer_reads_its_inputs_and_then_its_parameters() {
        let graph = model(&resnet(Depth::Resnet18, 2, 32), 0.5, Precision::Fp32).graph.unwrap();
        let node = |name: &str| graph.node.iter().find(|node| node.name == name).unwrap();
        let norm = node("layer2.0.bn1");
        assert_eq!(norm.op_type, "BatchNormalization");
        let expected =
            ["layer2.0.conv1", "layer2.0.bn1.weight", "layer2.0.bn1.bias", "layer2.0.bn1.running_mean"];
        assert_eq!(norm.input[..4], expected);
        assert_eq!(norm.input[4], "layer2.0.bn1.running_var");
        assert_eq!(node("layer2.0.add").input, ["layer2.0.bn2", "layer2.0.downsample.1"]);
        let first = &node("conv1").attribute;
        let attribute = |name: &str| first.iter().find(|a| a.name == name).unwrap().ints.clone();
        assert_eq!(attribute("kernel_shape"), [7, 7]);
        assert_eq!(attribute("strides"), [2, 2]);
        assert_eq!(attribute("pads"), [3, 3, 3, 3]);
    }

    #[test]
    fn groups_uneven_paddings_and_limits_are_written() {
        let network = efficientnet_lite0(2, 32);
        let graph = model(&network, 0.5, Precision::Fp32).graph.unwrap();
        let node = |name: &str| graph.node.iter().find(|node| node.name == name).unwrap();
        let attributes = &node("_blocks.1._depthwise_conv").attribute;
        let attribute = |name: &str| attributes.iter().find(|a| a.name == name).unwrap();
        assert_eq!(attribute("group").i, Some(96));
        // Maps of 16, a kernel of 3 that moves by 2: one row of zeros below and one column to the right.
        assert_eq!(attribute("pads").ints, [0, 0, 1, 1]);
        assert!(node("_conv_head").attribute.iter().all(|attribute| attribute.name != "group"));
        let relu = node("_relu0");
        assert_eq!(
            (relu.op_type.as_str(), &relu.input[..]),
            ("Clip", &["_bn0", "relu6.low", "relu6.high"].map(String::from)[..])
        );
        let constants: Vec<_> = graph.node.iter().filter(|node| node.op_type == "Constant").collect();
        let values = constants.iter().map(|node| (node.name.as_str(), node.attribute[0].f));
        assert_eq!(values.collect::<Vec<_>>(), [("relu6.high", Some(6.0)), ("relu6.low", Some(0.0))]);
    }

    #[test]
    fn input_and_outputs_have_a_free_batch_size() {
        let graph = model(&small("probabilities"), 0.5, Precision::Fp32).graph.unwrap();
        assert_eq!(graph.input, [ValueInfo::batch_of("input", &[3, 5, 5])]);
        let outputs = ["logits", "probabilities"].map(|name| ValueInfo::batch_of(name, &[2]));
        assert_eq!(graph.output, outputs);
        assert_eq!(graph.value_info[0], ValueInfo::batch_of("conv1", &[4, 3, 3]));
    }

    #[test]
    fn labels_and_preprocessing_stand_in_the_file() {
        let model = model(&small("probabilities"), 0.5, Precision::Fp32);
        let entries: Vec<_> =
            model.metadata_props.iter().map(|entry| (entry.key.as_str(), entry.value.as_str())).collect();
        let expected = [
            ("architecture", "small"),
            ("task", "binary"),
            ("labels", "benign,malignant"),
            ("input_size", "5"),
            ("mean", "0.485,0.456,0.406"),
            ("std", "0.5,0.5,0.5"),
        ];
        assert_eq!(entries, expected);
    }

    #[test]
    fn kernels_and_matrices_are_halved_and_biases_are_not() {
        let graph = model(&small("probabilities"), 0.1, Precision::Fp16).graph.unwrap();
        let types: Vec<_> = graph.initializer.iter().map(|t| (t.name.as_str(), t.data_type)).collect();
        let expected =
            [("conv1.weight", FLOAT16), ("conv1.bias", FLOAT), ("fc.weight", FLOAT16), ("fc.bias", FLOAT)];
        assert_eq!(types, expected);
        // 0.1 is 0x2e66 in 16 bits: 1.6 * 2⁻⁴ with 1.6 ≈ 1638/1024.
        assert_eq!(graph.initializer[0].raw_data[..4], [0x66, 0x2e, 0x66, 0x2e]);
        assert_eq!(
            (graph.node[0].name.as_str(), graph.node[0].op_type.as_str()),
            ("conv1.weight.cast", "Cast")
        );
        assert_eq!(graph.node[2].input, ["input", "conv1.weight.fp32", "conv1.bias"]);
    }

    #[test]
    fn a_kernel_in_8_bits_is_cast_and_scaled_by_channel() {
        let graph = model(&small("probabilities"), 0.5, Precision::Int8).graph.unwrap();
        let types: Vec<_> = graph.initializer.iter().map(|t| (t.name.as_str(), t.data_type)).collect();
        let expected = [
            ("conv1.weight", INT8),
            ("conv1.weight.scale", FLOAT),
            ("conv1.bias", FLOAT),
            ("fc.weight", INT8),
            ("fc.weight.scale", FLOAT),
            ("fc.bias", FLOAT),
        ];
        assert_eq!(types, expected);
        // All values are 0.5, which is 127 times the scale.
        assert!(graph.initializer[0].raw_data.iter().all(|&byte| byte == 127));
        assert_eq!(graph.initializer[1].dims, [4, 1, 1, 1]);
        assert_eq!(graph.initializer[4].dims, [2, 1]);
        assert_eq!(graph.initializer[1].raw_data[..4], (0.5_f32 / 127.0).to_le_bytes());
        let node = |name: &str| graph.node.iter().find(|node| node.name == name).unwrap();
        let (cast, product) = (node("conv1.weight.cast"), node("conv1.weight.mul"));
        assert_eq!((cast.op_type.as_str(), product.op_type.as_str()), ("Cast", "Mul"));
        assert_eq!(product.input, [cast.output[0].as_str(), "conv1.weight.scale"]);
        assert_eq!(node("conv1").input, ["input", "conv1.weight.fp32", "conv1.bias"]);
    }

    #[test]
    fn weights_that_do_not_fit_are_named() {
        let network = small("probabilities");
        let labels = ["benign", "malignant"];
        let mut missing = Weights::new();
        missing.insert("conv1.weight", &[4, 3, 3, 3], vec![0.0; 108]).unwrap();
        let message = "small needs a parameter conv1.bias of shape [4], which is not among the 1 weights";
        check_refused(&network, &missing, &labels, message);
        let mut transposed = weights(&network, 0.0);
        transposed.insert("fc.weight", &[4, 2], vec![0.0; 8]).unwrap();
        let message = "parameter fc.weight of small must have shape [2, 4], but has [4, 2]";
        check_refused(&network, &transposed, &labels, message);
        let mut more = weights(&network, 0.0);
        more.insert("fc2.bias", &[1], vec![0.0]).unwrap();
        let message =
            "unexpected parameter fc2.bias of shape [1]: none of the 4 parameters of small has this name";
        check_refused(&network, &more, &labels, message);
        let message = "parameter conv1.weight has the value 70000, which is not between -65504.0 and 65504.0";
        check_refused(&network, &weights(&network, 70_000.0), &labels, message);
        let message =
            "parameter conv1.bias has the value NaN, which is not between -3.4028235e38 and 3.4028235e38";
        check_refused(&network, &weights(&network, f32::NAN), &labels, message);
    }

    #[test]
    fn names_and_labels_that_do_not_fit_are_refused() {
        let network = small("probabilities");
        let zeros = weights(&network, 0.0);
        let message = "small needs 2 different labels without commas, but has [\"benign\"]";
        check_refused(&network, &zeros, &["benign"], message);
        let message = "small needs 2 different labels without commas, but has [\"a,b\", \"c\"]";
        check_refused(&network, &zeros, &["a,b", "c"], message);
        let message = "an exported network ends in a softmax called \"probabilities\" over a layer, \
            found Softmax called softmax";
        check_refused(&small("softmax"), &zeros, &["benign", "malignant"], message);
        let mut twice = network.clone();
        twice.layers.pop();
        twice.add("logits", Op::Relu, &["fc"]).unwrap();
        twice.add("probabilities", Op::Softmax, &["logits"]).unwrap();
        let message =
            "layer logits of small needs another name: \"logits\" and the parameters' names are taken";
        check_refused(&twice, &zeros, &["benign", "malignant"], message);
    }
}
