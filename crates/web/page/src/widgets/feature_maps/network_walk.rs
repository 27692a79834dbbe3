//! The walk through a network, layer by layer: the book's networks by their description, the reader's own by its file.

use architecture::keras::{self, KerasLayer};
use architecture::{Network, Shape};

/// A network as a reader walks through it.
#[derive(Clone, Debug)]
pub(super) struct NetworkWalk {
    /// Its name.
    pub(super) name: String,
    /// In the order of computation.
    layers: Vec<WalkLayer>,
    /// Titles of the menu's groups and, of each, the place after its last layer.
    groups: Vec<(String, usize)>,
}

#[derive(Clone, Debug)]
struct WalkLayer {
    name: String,
    /// For the menu.
    short: String,
    /// For readers.
    long: String,
    /// Such as `layer2`.
    stage: Option<String>,
    /// Whether it is the last of its stage.
    ends_stage: bool,
    /// Whether a walk stops here.
    stops: bool,
}

impl NetworkWalk {
    /// Through a network of the book.
    pub(super) fn of(network: &Network) -> Self {
        let names = |layers: Vec<&architecture::Layer>| -> Vec<String> {
            layers.into_iter().map(|layer| layer.name.clone()).collect()
        };
        let (stops, ends) = (names(network.stops()), names(network.stage_ends()));
        // The activity's notebooks ask for the layers of a ResNet-50 by Keras' numbers.
        let numbered = keras::layers(network);
        let in_keras = |layer: &architecture::Layer| {
            numbered.iter().rfind(|numbered| numbered.torchvision == layer.name)
        };
        let layer = |layer: &architecture::Layer| WalkLayer {
            name: layer.name.clone(),
            short: in_keras(layer).map_or_else(
                || format!("{}: {}", layer.name, layer.words()),
                |numbered| format!("{}: {}; Keras {}", layer.name, layer.words(), numbered.index),
            ),
            long: in_keras(layer).map_or_else(
                || long(network, layer),
                |KerasLayer { index, name, .. }| {
                    format!("{} In Keras it is layer {index}, {name}.", long(network, layer))
                },
            ),
            stage: network.stage_of(&layer.name).map(|stage| stage.name.clone()),
            ends_stage: ends.contains(&layer.name),
            stops: stops.contains(&layer.name),
        };
        let mut end = 0;
        let groups = network.menu().into_iter().map(|group| {
            end += group.layers.len();
            (group.title, end)
        });
        Self {
            name: network.name.clone(),
            groups: groups.collect(),
            layers: network.layers.iter().map(layer).collect(),
        }
    }

    /// Through the reader's own, whose layers' names and, where the file states them, shapes are all that is known. A walk
    /// stops everywhere.
    pub(super) fn own(name: &str, layers: &[inference_messages::Layer]) -> Self {
        let layer = |layer: &inference_messages::Layer| {
            let size = layer.shape.as_ref().map(|shape| {
                let sizes: Vec<String> = shape.iter().map(usize::to_string).collect();
                sizes.join(" × ")
            });
            WalkLayer {
                name: layer.name.clone(),
                short: size
                    .as_ref()
                    .map_or_else(|| layer.name.clone(), |size| format!("{}: {size}", layer.name)),
                long: size.map(|size| size + ".").unwrap_or_default(),
                stage: None,
                ends_stage: false,
                stops: true,
            }
        };
        Self {
            name: name.to_owned(),
            layers: layers.iter().map(layer).collect(),
            groups: vec![("Its layers".to_owned(), layers.len())],
        }
    }

    /// Groups of a menu: title, and name and words of each layer.
    pub(super) fn menu(&self) -> Vec<(String, Vec<(String, String)>)> {
        let mut start = 0;
        let group = |(title, end): &(String, usize)| {
            let layers = self.layers[start..*end].iter();
            start = *end;
            (title.clone(), layers.map(|layer| (layer.name.clone(), layer.short.clone())).collect())
        };
        self.groups.iter().map(group).collect()
    }

    /// Whether it has a layer of this name.
    pub(super) fn has(&self, layer: &str) -> bool {
        self.place(layer).is_some()
    }

    /// What a layer is, and how much of the image each of its values depends on.
    pub(super) fn words(&self, layer: &str) -> String {
        self.place(layer).map(|place| self.layers[place].long.clone()).unwrap_or_default()
    }

    /// The first layer at which a walk stops.
    pub(super) fn first_stop(&self) -> String {
        self.layers.iter().find(|layer| layer.stops).map(|layer| layer.name.clone()).unwrap_or_default()
    }

    /// The layer that comes after `layer` on the way forward or back; `None` at the ends. The way leads through the stops or
    /// through every layer; from a layer between two stops it goes to the nearer one ahead.
    pub(super) fn next(&self, layer: &str, forward: bool, stops: bool) -> Option<String> {
        let here = self.place(layer)?;
        let on_the_way = |layer: &&WalkLayer| layer.stops || !stops;
        let next = if forward {
            self.layers[here + 1..].iter().find(on_the_way)
        } else {
            self.layers[..here].iter().rev().find(on_the_way)
        };
        next.map(|layer| layer.name.clone())
    }

    /// The counterpart of `layer` in a network without a layer of this name: the end of the same stage, else the first
    /// stop.
    pub(super) fn stand_in(&self, layer: &str) -> String {
        if self.has(layer) {
            return layer.to_owned();
        }
        let stage = layer.split('.').next();
        let end = self.layers.iter().find(|end| end.ends_stage && end.stage.as_deref() == stage);
        end.map_or_else(|| self.first_stop(), |end| end.name.clone())
    }

    /// The counterpart of `layer` in another network: the same stop if it is one, else as
    /// [`stand_in`](Self::stand_in).
    pub(super) fn carried(&self, to: &Self, layer: &str) -> String {
        let stop = self.stops().position(|stop| stop.name == layer);
        let same = stop.and_then(|stop| to.stops().nth(stop));
        same.map_or_else(|| to.stand_in(layer), |same| same.name.clone())
    }

    fn stops(&self) -> impl Iterator<Item = &WalkLayer> {
        self.layers.iter().filter(|layer| layer.stops)
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.layers.iter().position(|layer| layer.name == name)
    }
}

fn long(network: &Network, layer: &architecture::Layer) -> String {
    let seen = network.receptive_field(&layer.name).map(|field| field.size);
    let side = network.input[1];
    let seen = match (layer.output, seen) {
        (Shape::Map([_, height, _]), Some(size)) if height > 1 && size > 1 => {
            let size = size.min(side);
            format!(
                " Each number has looked at {size} × {size} of the image's {side} × {side} pixels at most."
            )
        }
        _ => String::new(),
    };
    format!("{}.{seen}", capital(&layer.words()))
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(name: &str) -> NetworkWalk {
        NetworkWalk::of(&architecture::by_name(name, 8, 128).unwrap())
    }

    #[test]
    fn the_stops_lead_from_the_first_relu_to_the_answer_and_back() {
        let network = way("resnet18");
        let walk: Vec<_> =
            std::iter::successors(Some("relu".to_owned()), |at| network.next(at, true, true)).collect();
        assert_eq!(walk.len(), 9);
        assert_eq!(walk.last().map(String::as_str), Some("probabilities"));
        assert_eq!(network.next("maxpool", false, true).as_deref(), Some("relu"));
        assert_eq!(network.next("relu", false, true), None);
    }

    #[test]
    fn from_between_two_stops_the_way_goes_to_the_nearer_one() {
        let network = way("resnet18");
        let from = "layer2.0.conv2";
        assert_eq!(network.next(from, true, true).as_deref(), Some("layer2.1.relu2"));
        assert_eq!(network.next(from, false, true).as_deref(), Some("layer1.1.relu2"));
        assert_eq!(network.next(from, true, false).as_deref(), Some("layer2.0.bn2"));
    }

    #[test]
    fn another_network_shows_the_end_of_the_same_stage() {
        let [shallow, deep] = ["resnet18", "resnet50"].map(way);
        assert_eq!(shallow.stand_in("layer1.2.conv3"), "layer1.1.relu2");
        assert_eq!(shallow.stand_in("layer2.0.conv1"), "layer2.0.conv1");
        assert_eq!(shallow.stand_in("features.3"), "relu");
        // A layer of this name is inside a block of the deeper network; the stop is at the stage's end.
        assert_eq!(shallow.carried(&deep, "layer4.1.relu2"), "layer4.2.relu3");
        assert_eq!(deep.carried(&shallow, "layer4.1.relu2"), "layer4.1.relu2");
        assert_eq!(deep.carried(&shallow, "maxpool"), "maxpool");
    }

    #[test]
    fn every_layer_stands_in_the_menu_once_and_in_order() {
        let network = way("resnet18");
        let menu = network.menu();
        let titles: Vec<_> = menu.iter().map(|(title, _)| title.as_str()).collect();
        assert_eq!(titles, ["Stem", "Stage 1", "Stage 2", "Stage 3", "Stage 4", "Answer"]);
        let listed = menu.iter().flat_map(|(_, layers)| layers).map(|(name, _)| name);
        assert!(listed.eq(network.layers.iter().map(|layer| &layer.name)));
    }

    #[test]
    fn a_layer_says_what_it_computes_and_how_far_it_sees() {
        let network = way("resnet18");
        assert_eq!(
            network.words("relu"),
            "ReLU, 64 × 64 × 64. Each number has looked at 7 × 7 of the image's 128 × 128 pixels at most."
        );
        assert_eq!(network.words("fc"), "Weighted sums, 8.");
        // 435 pixels, of which the image has 128.
        assert!(network.words("layer4.1.relu2").contains("128 × 128 of the image's 128 × 128"));
    }

    #[test]
    fn layers_of_a_resnet_50_have_the_notebooks_numbers_and_those_of_others_have_none() {
        let network = way("resnet50");
        // `model.layers[4]` of Keras, after the image, its padding, the convolution and its normalisation.
        let short = |name: &str| network.layers[network.place(name).unwrap()].short.clone();
        assert_eq!(short("relu"), "relu: ReLU, 64 × 64 × 64; Keras 4");
        assert_eq!(short("conv1"), "conv1: convolution 7 × 7, 64 × 64 × 64; Keras 2");
        // Keras' last layer gives the probabilities at once.
        assert_eq!(short("fc"), "fc: weighted sums, 8; Keras 176");
        assert_eq!(short("probabilities"), "probabilities: softmax, 8");
        assert!(network.words("relu").ends_with("In Keras it is layer 4, activation_1."));
        assert!(
            !way("resnet18")
                .menu()
                .iter()
                .flat_map(|(_, layers)| layers)
                .any(|(_, short)| short.contains("Keras"))
        );
    }

    #[test]
    fn a_readers_own_network_is_walked_by_its_files_names() {
        let layer = |name: &str, shape: Option<Vec<usize>>| inference_messages::Layer {
            name: name.to_owned(),
            shape,
        };
        let own =
            NetworkWalk::own("mine", &[layer("/conv/Conv", Some(vec![8, 4, 4])), layer("/relu/Relu", None)]);
        let listed = own.menu().remove(0).1;
        assert_eq!(listed[0].1, "/conv/Conv: 8 × 4 × 4");
        assert_eq!(own.next("/conv/Conv", true, true).as_deref(), Some("/relu/Relu"));
        assert_eq!(way("resnet18").carried(&own, "layer3.0.conv1"), "/conv/Conv");
    }
}
