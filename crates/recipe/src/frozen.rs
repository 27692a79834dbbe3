//! Which layers a stage freezes: by name, by the name of a section of the network such as `stage3`, or by index.
//!
//! The notebooks freeze layers 0 to 19 of Keras' list (cell 5.3). Our list also counts the input as 0, but has no layers
//! that only pad: Keras' 0 to 19 are our 0 to 17, up to the first convolution of `layer1.1`.

use std::collections::BTreeSet;

use architecture::{Layer, Network};

use crate::{LayerChoice, Train, TrainingStage};

/// Layers with parameters that do not learn in a stage.
///
/// # Errors
/// A name or index that no layer has; a choice that freezes every layer. The message is a sentence about the network.
pub fn layers(network: &Network, stage: &TrainingStage) -> Result<BTreeSet<String>, String> {
    let all = || network.layers.iter().filter(|layer| !layer.parameters().is_empty());
    let frozen: BTreeSet<String> = if stage.frozen.is_empty() {
        if let Train::Layers(names) = &stage.train {
            names.iter().try_for_each(|name| known(network, name))?;
        }
        let learns = |layer: &Layer| match &stage.train {
            Train::All => true,
            Train::Head => network.logits().is_some_and(|head| head.name == layer.name),
            Train::Layers(names) => names.iter().any(|name| belongs(network, layer, name)),
        };
        all().filter(|layer| !learns(layer)).map(|layer| layer.name.clone()).collect()
    } else {
        let mut frozen = BTreeSet::new();
        for choice in &stage.frozen {
            let (first, last) = match choice {
                LayerChoice::Name(name) => {
                    known(network, name)?;
                    let chosen = all().filter(|layer| belongs(network, layer, name));
                    frozen.extend(chosen.map(|layer| layer.name.clone()));
                    continue;
                }
                LayerChoice::Range(first, last) => (*first, *last),
            };
            let count = network.layers.len();
            if last > count {
                return Err(format!("{} has layers 0 to {count}, but no layer {last}", network.name));
            }
            let chosen = network.layers.iter().take(last).skip(first.max(1) - 1);
            frozen.extend(
                chosen.filter(|layer| !layer.parameters().is_empty()).map(|layer| layer.name.clone()),
            );
        }
        frozen
    };
    if all().all(|layer| frozen.contains(&layer.name)) {
        return Err(format!("every layer of {} is frozen; at least one must learn", network.name));
    }
    Ok(frozen)
}

/// Whether a layer has this name, or is part of what has it: a block, or a section that the network declares.
fn belongs(network: &Network, layer: &Layer, name: &str) -> bool {
    layer.name.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        || network.section_of(&layer.name).is_some_and(|section| section.name == name)
}

fn known(network: &Network, name: &str) -> Result<(), String> {
    let layers = || network.layers.iter().filter(|layer| !layer.parameters().is_empty());
    if layers().any(|layer| belongs(network, layer, name)) {
        return Ok(());
    }
    let mut heads: Vec<&str> = Vec::new();
    for layer in layers() {
        let stage = network.stage_of(&layer.name).map(|stage| stage.name.as_str());
        let head = stage.unwrap_or(&layer.name);
        if heads.last() != Some(&head) {
            heads.push(head);
        }
    }
    let inside = layers().find(|layer| network.stage_of(&layer.name).is_some());
    let inside = inside.map(|layer| format!(", and layers inside these such as {}", layer.name));
    Err(format!(
        "{} has no layer {name:?}; it has {}{}",
        network.name,
        heads.join(", "),
        inside.unwrap_or_default()
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Recipe;

    /// The layers of a ResNet-50 that do not learn, with these lines in its only stage.
    fn frozen(lines: &str) -> Result<BTreeSet<String>, String> {
        frozen_of("resnet50", lines)
    }

    fn frozen_of(network: &str, lines: &str) -> Result<BTreeSet<String>, String> {
        let text = format!(
            "name = \"a\"\narchitecture = \"{network}\"\n[card]\ntitle = \"\"\ntrained_on = \"\"\nlicence = \"\"\n[data]\n\
             folder = \"\"\nsplit = \"\"\nmemory_size = 64\n[[stages]]\nepochs = 1\nimage_size = 64\nlearning_rate = 1\n{lines}\n"
        );
        let recipe = Recipe::parse(&text).map_err(|error| error.to_string())?;
        layers(&architecture::by_name(network, 8, 64).unwrap(), &recipe.stages[0])
    }

    fn check_refused(lines: &str, words: &[&str]) {
        let message = frozen(lines).unwrap_err();
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    }

    #[test]
    fn nothing_is_frozen_by_default() {
        assert_eq!(frozen("").unwrap(), BTreeSet::new());
    }

    #[test]
    fn the_head_alone_learns() {
        let frozen = frozen("train = \"head\"").unwrap();
        // 53 convolutions, each with its normalisation, of 4 * 13 + 1 and then some: all layers but fc.
        assert_eq!(frozen.len(), 106);
        assert!(!frozen.contains("fc") && frozen.contains("conv1") && frozen.contains("layer4.2.bn3"));
    }

    #[test]
    fn a_name_includes_all_layers_below_it() {
        let frozen = frozen("train = [\"layer4\", \"fc\"]").unwrap();
        assert!(frozen.contains("layer3.5.conv3") && frozen.contains("bn1"));
        assert!(!frozen.contains("layer4.0.downsample.0") && !frozen.contains("fc"));
    }

    #[test]
    fn the_notebooks_layers_0_to_19_are_ours_from_0_to_17() {
        // conv1, bn1; layer1.0 with four convolutions and four normalisations; layer1.1.conv1.
        let by_index = frozen("frozen = [\"0-17\"]").unwrap();
        assert_eq!(by_index.len(), 2 + 8 + 1);
        assert_eq!(by_index, frozen("frozen = [\"conv1\", \"bn1\", \"layer1.0\", 17]").unwrap());
        assert!(by_index.contains("layer1.1.conv1") && !by_index.contains("layer1.1.bn1"));
    }

    #[test]
    fn an_unknown_layer_is_reported_with_its_line_and_the_known_ones() {
        check_refused("train = [\"layer5\"]", &["line 15", "conv1, bn1, layer1, layer2", "fc", "\"layer5\""]);
        check_refused("frozen = [\"layer\"]", &["line 15", "\"layer\""]);
        // 175 layers with the input as 0; Keras has 177.
        check_refused("frozen = [999]", &["line 15", "layers 0 to", "no layer 999"]);
        check_refused("frozen = [\"9-3\"]", &["line 15", "\"9-3\"", "such as \"0-17\""]);
        check_refused("frozen = [\"conv1\"]\ntrain = \"head\"", &["line 15", "both `train` and `frozen`"]);
        check_refused("train = \"tail\"", &["line 15", "\"tail\"", "\"all\", \"head\" or a list"]);
    }

    #[test]
    fn a_stage_is_called_by_the_name_that_its_family_declares() {
        let frozen = frozen_of("efficientnet_lite0", "train = [\"stage7\", \"_fc\"]").unwrap();
        assert!(frozen.contains("_blocks.14._bn2") && frozen.contains("_conv_head"));
        assert!(!frozen.contains("_blocks.15._expand_conv") && !frozen.contains("_fc"));
        // Three convolutions, each with its normalisation, and the last layer learn; 49 of each and that layer are all.
        assert_eq!(frozen.len(), 2 * 49 + 1 - 7);
        let message = frozen_of("efficientnet_lite0", "frozen = [\"layer1\"]").unwrap_err();
        for words in
            ["_conv_stem, _bn0, stage1, stage2", "stage7, _conv_head, _bn1, _fc", "such as _blocks.0."]
        {
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn at_least_one_layer_learns() {
        check_refused("train = []", &["line 15", "at least one must learn"]);
        check_refused("frozen = [\"0-100\", \"layer3\", \"layer4\", \"fc\"]", &["at least one must learn"]);
    }
}
