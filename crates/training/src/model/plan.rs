//! The order in which a network is computed, and when each value is last needed.

use architecture::{INPUT, Network, Op};

/// The steps of a forward pass. Values have places: 0 is the input, i the output of layer i - 1.
#[derive(Debug)]
pub(super) struct ForwardPlan {
    /// One for every layer.
    pub(super) steps: Vec<ForwardStep>,
    /// Place of the logits: the input of the final softmax, or the last layer's output if there is no softmax.
    pub(super) end: usize,
}

/// How one layer is computed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ForwardStep {
    /// Places of its inputs.
    pub(super) inputs: Vec<usize>,
    /// Places that no later layer reads.
    pub(super) done: Vec<usize>,
    /// Whether the result may overwrite the first input in memory: nothing reads it afterwards, and the layer that wrote it
    /// does not need it for a gradient.
    pub(super) in_place: bool,
}

impl ForwardPlan {
    pub(super) fn new(network: &Network) -> Self {
        // Every layer of a network reads its input or an earlier layer.
        let place = |name: &str| Self::place(network, name).unwrap_or_default();
        let inputs: Vec<Vec<usize>> = network
            .layers
            .iter()
            .map(|layer| layer.inputs.iter().map(|name| place(name)).collect())
            .collect();
        let last_reader = |place: usize| inputs.iter().rposition(|inputs| inputs.contains(&place));
        let steps = inputs.iter().enumerate().map(|(index, read)| {
            let mut done: Vec<usize> =
                read.iter().copied().filter(|&place| last_reader(place) == Some(index)).collect();
            done.dedup();
            let writer =
                read.first().and_then(|place| place.checked_sub(1)).map(|index| &network.layers[index].op);
            let needs_nothing =
                matches!(writer, Some(Op::Convolution { .. } | Op::BatchNorm { .. } | Op::Add));
            let writes_over = matches!(network.layers[index].op, Op::Relu | Op::Relu6 | Op::Add);
            let in_place =
                writes_over && needs_nothing && read.first().is_some_and(|first| done.contains(first));
            ForwardStep { inputs: read.clone(), done, in_place: in_place && read.first() != read.get(1) }
        });
        let end = network.logits().map_or(network.layers.len(), |layer| place(&layer.name));
        Self { steps: steps.collect(), end }
    }

    /// The place of a layer's output, or of the input.
    pub(super) fn place(network: &Network, name: &str) -> Option<usize> {
        if name == INPUT {
            return Some(0);
        }
        network.layers.iter().position(|layer| layer.name == name).map(|index| index + 1)
    }

    /// Whether the logits can be computed from the value at `place` alone.
    pub(super) fn is_enough(&self, place: usize) -> bool {
        place <= self.end
            && self.steps[place..self.end].iter().all(|step| step.inputs.iter().all(|&input| input >= place))
    }
}

#[cfg(test)]
mod tests {
    use architecture::{Depth, resnet};

    use super::*;

    #[test]
    fn a_shortcut_is_kept_until_it_is_added() {
        let network = resnet(Depth::Resnet18, 8, 32);
        let plan = ForwardPlan::new(&network);
        let place = |name| ForwardPlan::place(&network, name).unwrap();
        let step = |name| &plan.steps[place(name) - 1];
        assert_eq!(step("layer1.0.conv1").inputs, [place("maxpool")]);
        assert_eq!(step("layer1.0.conv1").done, Vec::<usize>::new());
        assert_eq!(step("layer1.0.add").inputs, [place("layer1.0.bn2"), place("maxpool")]);
        assert_eq!(step("layer1.0.add").done, [place("layer1.0.bn2"), place("maxpool")]);
        // A batch normalisation's gradient needs what it read, not what it wrote; a maximum is read by the shortcut.
        assert!(step("layer1.0.add").in_place && step("relu").in_place && !step("maxpool").in_place);
        assert_eq!(plan.end, place("fc"));
    }

    #[test]
    fn features_are_enough_behind_the_last_shortcut() {
        let network = resnet(Depth::Resnet18, 8, 32);
        let plan = ForwardPlan::new(&network);
        let enough = |name| plan.is_enough(ForwardPlan::place(&network, name).unwrap());
        assert!(["input", "maxpool", "layer3.1.relu2", "flatten", "fc"].into_iter().all(enough));
        assert!(!["layer1.0.conv1", "layer4.1.bn2", "probabilities"].into_iter().any(enough));
    }
}
