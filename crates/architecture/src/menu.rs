//! The layers of a network in the words of a menu, grouped by stage.

use crate::{Layer, Network, Op, Shape};

/// Layers that stand together in a menu.
#[derive(Clone, Debug, PartialEq)]
pub struct Group<'n> {
    /// Such as `Stage 2`.
    pub title: String,
    /// In the order of computing.
    pub layers: Vec<&'n Layer>,
}

impl Network {
    /// All layers: those before the first stage, those of each stage, those after the last.
    ///
    /// ```
    /// let network = architecture::by_name("resnet50", 8, 224)?;
    /// let titles: Vec<_> = network.menu().into_iter().map(|group| group.title).collect();
    /// assert_eq!(titles, ["Stem", "Stage 1", "Stage 2", "Stage 3", "Stage 4", "Answer"]);
    /// # Ok::<(), architecture::ArchitectureError>(())
    /// ```
    pub fn menu(&self) -> Vec<Group<'_>> {
        let layers: Vec<&Layer> = self.layers.iter().collect();
        let mut stages = 0;
        let groups = layers.chunk_by(|a, b| a.stage() == b.stage()).map(|layers| {
            let stage = layers.first().and_then(|layer| layer.stage());
            let title = match stage.and_then(|stage| stage.strip_prefix("layer")) {
                Some(number) => {
                    stages += 1;
                    format!("Stage {number}")
                }
                None if stages == 0 => "Stem".to_owned(),
                None => "Answer".to_owned(),
            };
            Group { title, layers: layers.to_vec() }
        });
        groups.collect()
    }
}

impl Layer {
    /// What it computes and the size of what it gives, such as `convolution 3 × 3, 64 × 32 × 32`.
    ///
    /// ```
    /// let network = architecture::by_name("resnet18", 8, 128)?;
    /// let words = |name| network.layer(name).map(|layer| layer.words());
    /// assert_eq!(words("conv1").as_deref(), Some("convolution 7 × 7, 64 × 64 × 64"));
    /// assert_eq!(words("fc").as_deref(), Some("weighted sums, 8"));
    /// # Ok::<(), architecture::ArchitectureError>(())
    /// ```
    pub fn words(&self) -> String {
        let size = match self.output {
            Shape::Map([channels, height, width]) => format!("{channels} × {height} × {width}"),
            Shape::Vector([length]) => length.to_string(),
        };
        format!("{}, {size}", self.op.words())
    }
}

impl Op {
    /// Its name in words, such as `convolution 3 × 3`.
    pub fn words(&self) -> String {
        match *self {
            Self::Convolution { kernel, .. } => format!("convolution {kernel} × {kernel}"),
            Self::BatchNorm { .. } => "batch normalisation".to_owned(),
            Self::Relu => "ReLU".to_owned(),
            Self::MaxPool { kernel, .. } => format!("max pooling {kernel} × {kernel}"),
            Self::Add => "sum with the shortcut".to_owned(),
            Self::GlobalAveragePool => "average of each map".to_owned(),
            Self::Flatten => "the averages in a row".to_owned(),
            Self::Linear { .. } => "weighted sums".to_owned(),
            Self::Softmax => "softmax".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::by_name;

    #[test]
    fn every_layer_stands_in_the_menu_once_and_in_order() {
        for name in ["tiny", "resnet18", "resnet50", "resnet152"] {
            let network = by_name(name, 8, 224).unwrap();
            let listed: Vec<_> = network.menu().into_iter().flat_map(|group| group.layers).collect();
            assert!(listed.into_iter().eq(&network.layers), "{name}");
        }
    }

    #[test]
    fn layers_of_a_stage_stand_together() {
        let network = by_name("resnet18", 8, 128).unwrap();
        let menu = network.menu();
        assert_eq!(menu[2].title, "Stage 2");
        assert!(menu[2].layers.iter().all(|layer| layer.name.starts_with("layer2.")));
        assert_eq!(menu[0].layers.last().map(|layer| layer.name.as_str()), Some("maxpool"));
    }
}
