//! A network as a list of layers, each reading the input or earlier layers.

use serde::{Deserialize, Serialize};

use crate::{
    ArchitectureError, Initialisation, Normalisation, Op, Parameter, ParameterKind, ReceptiveField, Section,
    Shape,
};

/// What a layer names to read the network's input.
pub const INPUT: &str = "input";

/// Layers in an order in which they can be computed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// Such as `resnet18`.
    pub name: String,
    /// Shape of the input: channels, height, width.
    pub input: [usize; 3],
    /// The layers; the last one returns the probabilities.
    pub layers: Vec<Layer>,
    /// The sections that the layers belong to, in order; empty if the network has none.
    pub sections: Vec<Section>,
    /// How it wants its input.
    pub normalisation: Normalisation,
    /// What its parameters are before it has learned anything.
    pub initialisation: Initialisation,
}

/// One step of the computation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Layer {
    /// The name that its published weights have for it, such as torchvision's `layer1.0.conv1`.
    pub name: String,
    /// What it computes.
    pub op: Op,
    /// Names of what it reads: [`INPUT`] or earlier layers.
    pub inputs: Vec<String>,
    /// Shape of what it returns.
    pub output: Shape,
}

impl Layer {
    /// Its parameters, in PyTorch's order.
    pub fn parameters(&self) -> Vec<Parameter> {
        self.op.parameters(&self.name)
    }

    /// Everything that PyTorch stores for it: its parameters and, last, batch normalisation's `num_batches_tracked`.
    pub fn state(&self) -> Vec<Parameter> {
        let counter = matches!(self.op, Op::BatchNorm { .. })
            .then(|| Parameter::counter(format!("{}.num_batches_tracked", self.name)));
        self.parameters().into_iter().chain(counter).collect()
    }

    /// Number of parameters in it.
    pub fn parameter_count(&self) -> usize {
        count_trainable(&self.parameters())
    }

    /// Multiplications, each with its addition, for one image.
    pub fn multiply_adds(&self) -> u64 {
        self.op.multiply_adds(self.output)
    }
}

impl Network {
    /// A network without layers, which is given images and first values as torchvision's networks are.
    pub fn new(name: impl Into<String>, input: [usize; 3]) -> Self {
        Self {
            name: name.into(),
            input,
            layers: Vec::new(),
            sections: Vec::new(),
            normalisation: Normalisation::IMAGENET,
            initialisation: Initialisation::Torchvision,
        }
    }

    /// Adds a layer that reads `inputs`, to the section begun last, and returns the shape of its output.
    ///
    /// ```
    /// use architecture::{INPUT, Network, Op, Padding, Shape};
    /// let mut network = Network::new("edges", [3, 224, 224]);
    /// let edges = Op::Convolution {
    ///     input_channels: 3, output_channels: 8, kernel: 7, stride: 2, padding: Padding::both(3), groups: 1,
    ///     bias: false,
    /// };
    /// assert_eq!(network.add("conv1", edges, &[INPUT])?, Shape::Map([8, 112, 112]));
    /// # Ok::<(), architecture::ArchitectureError>(())
    /// ```
    ///
    /// # Errors
    /// [`ArchitectureError`] if the name is taken, an input is unknown, or the shapes do not fit.
    pub fn add(
        &mut self,
        name: impl Into<String>,
        op: Op,
        inputs: &[&str],
    ) -> Result<Shape, ArchitectureError> {
        let (name, network) = (name.into(), || self.name.clone());
        if name == INPUT || self.layer(&name).is_some() {
            return Err(ArchitectureError::Duplicate { network: network(), layer: name });
        }
        let mut shapes = Vec::with_capacity(inputs.len());
        for &input in inputs {
            let unknown = || ArchitectureError::UnknownInput {
                network: network(),
                layer: name.clone(),
                input: input.to_owned(),
            };
            shapes.push(self.shape(input).ok_or_else(unknown)?);
        }
        let Some(output) = op.output(&shapes) else {
            return Err(ArchitectureError::Shape { layer: name, expected: op.expects(), found: shapes });
        };
        let inputs = inputs.iter().map(|&input| input.to_owned()).collect();
        self.layers.push(Layer { name, op, inputs, output });
        if let Some(section) = self.sections.last_mut() {
            section.layers.end = self.layers.len();
            if let Some(block) = section.blocks.last_mut() {
                block.layers.end = self.layers.len();
            }
        }
        Ok(output)
    }

    /// The layer of this name.
    pub fn layer(&self, name: &str) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.name == name)
    }

    /// The shape of what this layer returns, or of the input.
    pub fn shape(&self, name: &str) -> Option<Shape> {
        if name == INPUT { Some(Shape::Map(self.input)) } else { self.layer(name).map(|layer| layer.output) }
    }

    /// The layer whose output the final softmax reads; `None` if the last layer is no softmax over a layer.
    pub fn logits(&self) -> Option<&Layer> {
        let last = self.layers.last().filter(|layer| layer.op == Op::Softmax)?;
        self.layer(last.inputs.first()?)
    }

    /// The layer whose maps the global average pooling averages; `None` if there is no such layer.
    pub fn last_maps(&self) -> Option<&Layer> {
        let pooling = self.layers.iter().find(|layer| layer.op == Op::GlobalAveragePool)?;
        self.layer(pooling.inputs.first()?)
    }

    /// All parameters, in the order of PyTorch's `state_dict`.
    ///
    /// Left out is batch normalisation's `num_batches_tracked`, which no computation reads; [`Network::state`] has it.
    pub fn parameters(&self) -> Vec<Parameter> {
        self.layers.iter().flat_map(Layer::parameters).collect()
    }

    /// PyTorch's `state_dict`, entry for entry in its order: the contents of a file that PyTorch loads with `strict=True`.
    pub fn state(&self) -> Vec<Parameter> {
        self.layers.iter().flat_map(Layer::state).collect()
    }

    /// Number of parameters.
    pub fn parameter_count(&self) -> usize {
        count_trainable(&self.parameters())
    }

    /// Multiplications, each with its addition, for one image.
    pub fn multiply_adds(&self) -> u64 {
        self.layers.iter().map(Layer::multiply_adds).sum()
    }

    /// Bytes of a file that holds the network with every number in 32 bits, without the file's own words.
    ///
    /// ```
    /// let network = architecture::by_name("resnet18", 1000, 224)?;
    /// // 11,689,512 parameters and 2 * 4,800 running statistics of 4 bytes, and 20 counters of 8.
    /// assert_eq!(network.stored_bytes(), 4 * (11_689_512 + 2 * 4_800) + 20 * 8);
    /// # Ok::<(), architecture::ArchitectureError>(())
    /// ```
    pub fn stored_bytes(&self) -> u64 {
        let bytes = |p: &Parameter| p.numbers() as u64 * if p.kind == ParameterKind::Counter { 8 } else { 4 };
        self.state().iter().map(bytes).sum()
    }

    /// Layers with weights on the longest way through the network: what its name counts.
    pub fn depth(&self) -> usize {
        let mut depths: Vec<usize> = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let before = layer.inputs.iter().filter_map(|input| {
                let index = self.layers.iter().position(|other| other.name == *input)?;
                depths.get(index).copied()
            });
            let here = usize::from(matches!(layer.op, Op::Convolution { .. } | Op::Linear { .. }));
            depths.push(here + before.max().unwrap_or(0));
        }
        depths.last().copied().unwrap_or(0)
    }

    /// The receptive field of every layer, in their order.
    pub fn receptive_fields(&self) -> Vec<ReceptiveField> {
        let mut fields: Vec<ReceptiveField> = Vec::with_capacity(self.layers.len());
        for layer in &self.layers {
            let seen = |name: &str| {
                let index = self.layers.iter().position(|other| other.name == name);
                let before = index.and_then(|index| fields.get(index).copied());
                let input = self.shape(name).unwrap_or(Shape::Map(self.input));
                before.unwrap_or(ReceptiveField::PIXEL).after(&layer.op, input)
            };
            let joined = layer.inputs.iter().map(|name| seen(name)).reduce(ReceptiveField::joined);
            fields.push(joined.unwrap_or(ReceptiveField::PIXEL));
        }
        fields
    }

    /// The receptive field of this layer; a pixel for [`INPUT`].
    pub fn receptive_field(&self, name: &str) -> Option<ReceptiveField> {
        if name == INPUT {
            return Some(ReceptiveField::PIXEL);
        }
        let index = self.layers.iter().position(|layer| layer.name == name)?;
        self.receptive_fields().get(index).copied()
    }
}

fn count_trainable(parameters: &[Parameter]) -> usize {
    parameters.iter().filter(|p| p.kind == ParameterKind::Trainable).map(Parameter::numbers).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Padding;

    fn convolution(input_channels: usize, kernel: usize) -> Op {
        grouped(input_channels, kernel, 1)
    }

    fn grouped(input_channels: usize, kernel: usize, groups: usize) -> Op {
        let padding = Padding::both(0);
        Op::Convolution { input_channels, output_channels: 4, kernel, stride: 1, padding, groups, bias: true }
    }

    #[track_caller]
    fn check_refused(name: &str, op: Op, inputs: &[&str], message: &str) {
        let mut network = Network::new("small", [3, 5, 5]);
        network.add("conv1", convolution(3, 3), &[INPUT]).unwrap();
        assert_eq!(network.add(name, op, inputs).unwrap_err().to_string(), message);
        assert_eq!(network.layers.len(), 1, "a refused layer leaves no trace");
    }

    #[test]
    fn a_name_cannot_be_given_twice() {
        let message = "small has two layers conv1; every layer needs its own name";
        check_refused("conv1", Op::Relu, &[INPUT], message);
    }

    #[test]
    fn a_layer_cannot_read_what_comes_later() {
        let message = "layer relu reads conv2, which is neither \"input\" nor an earlier layer of small";
        check_refused("relu", Op::Relu, &["conv2"], message);
    }

    #[test]
    fn a_kernel_must_fit_the_map() {
        let message = "layer conv2 expects [4, H, W] with H and W of at least 5 and a stride of at least 1, found [4, 3, 3]";
        check_refused("conv2", convolution(4, 5), &["conv1"], message);
    }

    #[test]
    fn groups_must_divide_the_channels() {
        let message = "layer conv2 expects input and output channels (4 and 4) divisible by its 3 groups, found [4, 3, 3]";
        check_refused("conv2", grouped(4, 1, 3), &["conv1"], message);
    }

    #[test]
    fn a_sum_needs_two_inputs_of_one_shape() {
        let message = "layer add expects two inputs of the same shape, found [4, 3, 3] and [3, 5, 5]";
        check_refused("add", Op::Add, &["conv1", INPUT], message);
    }

    #[test]
    fn a_convolution_counts_its_bias_as_parameters_and_not_as_multiplications() {
        let mut network = Network::new("small", [3, 5, 5]);
        network.add("conv1", convolution(3, 3), &[INPUT]).unwrap();
        // 4 kernels of 3 * 3 * 3 and 4 constants; each of 4 * 3 * 3 outputs takes 27 multiplications.
        assert_eq!((network.parameter_count(), network.multiply_adds()), (112, 972));
    }

    #[test]
    fn a_convolution_in_groups_has_smaller_kernels() {
        let mut network = Network::new("small", [2, 5, 5]);
        network.add("conv1", grouped(2, 3, 2), &[INPUT]).unwrap();
        // 4 kernels of 1 * 3 * 3 and 4 constants; each of 4 * 3 * 3 outputs takes 9 multiplications.
        assert_eq!((network.parameter_count(), network.multiply_adds()), (40, 324));
        assert_eq!(network.layers[0].parameters()[0].shape, [4, 1, 3, 3]);
    }

    #[test]
    fn two_convolutions_of_three_see_as_much_as_one_of_five() {
        let mut network = Network::new("small", [4, 9, 9]);
        network.add("conv1", convolution(4, 3), &[INPUT]).unwrap();
        network.add("conv2", convolution(4, 3), &["conv1"]).unwrap();
        assert_eq!(network.receptive_field("conv2"), Some(ReceptiveField { size: 5, stride: 1, start: 0 }));
    }
}
