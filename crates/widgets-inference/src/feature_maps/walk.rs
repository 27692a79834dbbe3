//! The way through the network, layer by layer.

use architecture::Network;

/// The layer that comes after `layer` on the way forward or back; `None` at the ends. The way leads through the stops or
/// through every layer; from a layer between two stops it goes to the nearer one ahead.
pub(super) fn next(network: &Network, layer: &str, forward: bool, stops: bool) -> Option<String> {
    let way: Vec<&str> = if stops {
        network.stops().iter().map(|layer| layer.name.as_str()).collect()
    } else {
        network.layers.iter().map(|layer| layer.name.as_str()).collect()
    };
    let place = |name: &str| network.layers.iter().position(|layer| layer.name == name);
    let here = place(layer)?;
    let ahead = |name: &&&str| place(name).is_some_and(|at| if forward { at > here } else { at < here });
    let next = if forward { way.iter().find(ahead) } else { way.iter().rev().find(ahead) };
    next.map(|name| (*name).to_owned())
}

/// The layer that stands for `layer` in a network that has none of this name: the end of the same stage, else the first
/// stop.
pub(super) fn stand_in(network: &Network, layer: &str) -> String {
    if network.layer(layer).is_some() {
        return layer.to_owned();
    }
    let stage = layer.split('.').next();
    let ends = network.stage_ends();
    let end = ends.into_iter().find(|end| end.stage().is_some() && end.stage() == stage);
    let first = || network.stops().first().map(|layer| layer.name.clone()).unwrap_or_default();
    end.map_or_else(first, |end| end.name.clone())
}

/// The layer of another network that stands where `layer` stood: a stop at the same stop, else as [`stand_in`].
pub(super) fn carried(from: &Network, to: &Network, layer: &str) -> String {
    let stop = from.stops().iter().position(|stop| stop.name == layer);
    let same = stop.and_then(|stop| to.stops().get(stop).map(|layer| layer.name.clone()));
    same.unwrap_or_else(|| stand_in(to, layer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(name: &str) -> Network {
        architecture::by_name(name, 8, 128).unwrap()
    }

    #[test]
    fn the_stops_lead_from_the_first_relu_to_the_answer_and_back() {
        let network = network("resnet18");
        let way: Vec<_> =
            std::iter::successors(Some("relu".to_owned()), |at| next(&network, at, true, true)).collect();
        assert_eq!(way.len(), 9);
        assert_eq!(way.last().map(String::as_str), Some("probabilities"));
        assert_eq!(next(&network, "maxpool", false, true).as_deref(), Some("relu"));
        assert_eq!(next(&network, "relu", false, true), None);
    }

    #[test]
    fn from_between_two_stops_the_way_goes_to_the_nearer_one() {
        let network = network("resnet18");
        let from = "layer2.0.conv2";
        assert_eq!(next(&network, from, true, true).as_deref(), Some("layer2.1.relu2"));
        assert_eq!(next(&network, from, false, true).as_deref(), Some("layer1.1.relu2"));
        assert_eq!(next(&network, from, true, false).as_deref(), Some("layer2.0.bn2"));
    }

    #[test]
    fn another_network_shows_the_end_of_the_same_stage() {
        let [shallow, deep] = ["resnet18", "resnet50"].map(network);
        assert_eq!(stand_in(&shallow, "layer1.2.conv3"), "layer1.1.relu2");
        assert_eq!(stand_in(&shallow, "layer2.0.conv1"), "layer2.0.conv1");
        assert_eq!(stand_in(&shallow, "features.3"), "relu");
        // A layer of this name is inside a block of the deeper network; the stop is at the stage's end.
        assert_eq!(carried(&shallow, &deep, "layer4.1.relu2"), "layer4.2.relu3");
        assert_eq!(carried(&deep, &shallow, "layer4.1.relu2"), "layer4.1.relu2");
        assert_eq!(carried(&deep, &shallow, "maxpool"), "maxpool");
    }
}
