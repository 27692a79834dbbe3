//! Stages of a network and the stops at which a reader looks at what it holds of an image.

use crate::{Layer, Network, Shape};

impl Layer {
    /// The stage it stands in, such as `layer2` of `layer2.0.conv1`; `None` before the first stage and after the last.
    ///
    /// ```
    /// let network = architecture::by_name("resnet18", 8, 128)?;
    /// let stage = |name| network.layer(name).and_then(|layer| layer.stage());
    /// assert_eq!((stage("layer2.0.conv1"), stage("maxpool")), (Some("layer2"), None));
    /// # Ok::<(), architecture::ArchitectureError>(())
    /// ```
    pub fn stage(&self) -> Option<&str> {
        self.name.split_once('.').map(|(stage, _)| stage).filter(|stage| stage.starts_with("layer"))
    }
}

impl Network {
    /// The last layer of each stage.
    pub fn stage_ends(&self) -> Vec<&Layer> {
        let in_stages: Vec<&Layer> = self.layers.iter().filter(|layer| layer.stage().is_some()).collect();
        let stages = in_stages.chunk_by(|a, b| a.stage() == b.stage());
        stages.filter_map(|layers| layers.last().copied()).collect()
    }

    /// Where a walk through the network stops: after the first `ReLU` and the pooling, at the end of each stage, and at
    /// every vector.
    ///
    /// Source: figure 2A of Cullell-Dalmau et al. 2021, <https://doi.org/10.3389/fmed.2021.644327>, which has the ends of
    /// the stages and the answer.
    pub fn stops(&self) -> Vec<&Layer> {
        let ends = self.stage_ends();
        let begins = ["relu", "maxpool"];
        let stops = self.layers.iter().filter(|layer| {
            begins.contains(&layer.name.as_str())
                || matches!(layer.output, Shape::Vector(_))
                || ends.iter().any(|end| end.name == layer.name)
        });
        stops.collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::by_name;

    #[track_caller]
    fn check_stops(network: &str, ends: [&str; 4]) {
        let network = by_name(network, 8, 128).unwrap();
        let names: Vec<_> = network.stops().iter().map(|layer| layer.name.as_str()).collect();
        let [first, second, third, fourth] = ends;
        let expected = ["relu", "maxpool", first, second, third, fourth, "flatten", "fc", "probabilities"];
        assert_eq!(names, expected);
    }

    #[test]
    fn a_walk_stops_at_the_end_of_every_stage() {
        check_stops("resnet18", ["layer1.1.relu2", "layer2.1.relu2", "layer3.1.relu2", "layer4.1.relu2"]);
        check_stops("resnet50", ["layer1.2.relu3", "layer2.3.relu3", "layer3.5.relu3", "layer4.2.relu3"]);
    }
}
