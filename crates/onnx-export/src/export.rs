//! The graph: one node a layer, in the order of the layers.

use architecture::{INPUT, Network, Parameter};
use half::f16;
use prost::Message;

use crate::operators::operator;
use crate::proto::{Attribute, Entry, FLOAT, FLOAT16, Graph, Model, Node, OperatorSet, Tensor, ValueInfo};
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
/// node called `NAME.cast` whose float32 value is `NAME.fp32`; runtimes do that once, when they load the file.
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
/// let (single, half) = (
///     export(&network, &weights, &metadata, Precision::Fp32)?,
///     export(&network, &weights, &metadata, Precision::Fp16)?,
/// );
/// assert!(half.len() < single.len() * 51 / 100);
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
    let taken = |name: &str| name == LOGITS || parameters.iter().any(|parameter| parameter.name == name);
    if let Some(layer) = network.layers.iter().find(|layer| taken(&layer.name)) {
        return Err(ExportError::Name { network: network.name.clone(), name: layer.name.clone() });
    }

    let rounded = weights.rounded(precision)?;
    let mut node: Vec<Node> = parameters.iter().filter_map(|parameter| cast(parameter, precision)).collect();
    for layer in &network.layers {
        let mut input = layer.inputs.clone();
        input.extend(layer.parameters().iter().map(|parameter| value_name(parameter, precision)));
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
            .filter_map(|p| rounded.get(&p.name).map(|array| initializer(&p.name, array, precision)))
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

/// A node and the value it returns share a name.
fn named_node(name: &str, op_type: &str, input: Vec<String>, attribute: Vec<Attribute>) -> Node {
    let output = vec![name.to_owned()];
    Node { input, output, name: name.to_owned(), op_type: op_type.to_owned(), attribute }
}

/// What a layer reads to get this parameter in float32.
fn value_name(parameter: &Parameter, precision: Precision) -> String {
    let name = &parameter.name;
    if precision.halves(&parameter.shape) { format!("{name}.fp32") } else { name.clone() }
}

fn cast(parameter: &Parameter, precision: Precision) -> Option<Node> {
    precision.halves(&parameter.shape).then(|| Node {
        input: vec![parameter.name.clone()],
        output: vec![value_name(parameter, precision)],
        name: format!("{}.cast", parameter.name),
        op_type: "Cast".to_owned(),
        attribute: vec![Attribute::int("to", i64::from(FLOAT))],
    })
}

/// `array` holds numbers that the precision can hold exactly.
fn initializer(name: &str, array: &Array, precision: Precision) -> Tensor {
    let (data_type, raw_data) = if precision.halves(&array.shape) {
        (FLOAT16, array.values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect())
    } else {
        (FLOAT, array.values.iter().flat_map(|value| value.to_le_bytes()).collect())
    };
    let dims = array.shape.iter().map(|&size| size as i64).collect();
    Tensor { dims, data_type, name: name.to_owned(), raw_data }
}
