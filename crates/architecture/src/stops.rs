//! The stops of a walk through a network: the layers whose output a reader looks at.

use crate::{Layer, Network, Op, Shape};

impl Network {
    /// The last layer of each stage.
    pub fn stage_ends(&self) -> Vec<&Layer> {
        let last = |stage: &crate::Section| self.layers.get(stage.layers.clone().last()?);
        self.stages().filter_map(last).collect()
    }

    /// Where a walk through the network stops: outside of the stages after every activation and pooling of maps, at the
    /// end of each stage, and at every vector.
    ///
    /// Source: figure 2A of Cullell-Dalmau et al. 2021, <https://doi.org/10.3389/fmed.2021.644327>, which has the ends of
    /// the stages and the answer.
    pub fn stops(&self) -> Vec<&Layer> {
        let ends = self.stage_ends();
        let stops = self.layers.iter().filter(|layer| {
            let shows = layer.op.is_activation() || matches!(layer.op, Op::MaxPool { .. });
            matches!(layer.output, Shape::Vector(_))
                || ends.iter().any(|end| end.name == layer.name)
                || (shows && self.stage_of(&layer.name).is_none())
        });
        stops.collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::by_name;

    #[track_caller]
    fn check_stops(network: &str, expected: &[&str]) {
        let network = by_name(network, 8, 128).unwrap();
        let names: Vec<_> = network.stops().iter().map(|layer| layer.name.as_str()).collect();
        assert_eq!(names, expected);
    }

    #[test]
    fn a_walk_stops_at_the_end_of_every_stage() {
        for (network, ends) in [
            ("resnet18", ["layer1.1.relu2", "layer2.1.relu2", "layer3.1.relu2", "layer4.1.relu2"]),
            ("resnet50", ["layer1.2.relu3", "layer2.3.relu3", "layer3.5.relu3", "layer4.2.relu3"]),
        ] {
            let stops = [&["relu", "maxpool"], &ends[..], &["flatten", "fc", "probabilities"]].concat();
            check_stops(network, &stops);
        }
    }

    #[test]
    fn a_walk_stops_at_the_last_maps_of_an_efficientnet() {
        let ends = [
            "_blocks.0._bn2",
            "_blocks.2._add",
            "_blocks.4._add",
            "_blocks.7._add",
            "_blocks.10._add",
            "_blocks.14._add",
            "_blocks.15._bn2",
        ];
        let answer = ["_relu1", "_flatten", "_fc", "probabilities"];
        check_stops("efficientnet_lite0", &[&["_relu0"], &ends[..], &answer].concat());
    }
}
