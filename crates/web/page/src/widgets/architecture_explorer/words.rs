//! The words of the architecture explorer: operations, shapes, counts and their arithmetic.

use architecture::{Layer, Network, Op, Published, Shape};
use catalog::number::grouped;

use super::chosen::{ChosenNetwork, NetworkPart};

/// What a layer computes, in full: `3 × 3 convolution, 64 to 64 maps, stride 2`.
pub(crate) fn operation(op: &Op) -> String {
    match *op {
        Op::Convolution { input_channels, output_channels, groups, .. }
            if groups == input_channels && groups == output_channels =>
        {
            format!("{}, {} maps", short(op), grouped(groups as u32))
        }
        Op::Convolution { input_channels, output_channels, .. } => format!(
            "{}, from {} to {} maps",
            short(op),
            grouped(input_channels as u32),
            grouped(output_channels as u32)
        ),
        Op::BatchNorm { .. } => "batch normalisation".to_owned(),
        Op::Relu => "ReLU: negative values become 0".to_owned(),
        Op::Relu6 => "ReLU6: negative values become 0, values above 6 become 6".to_owned(),
        Op::MaxPool { .. } => short(op),
        Op::Add => "sum of the branch and the shortcut".to_owned(),
        Op::GlobalAveragePool => "average of each map".to_owned(),
        Op::Flatten => "the averages as one list".to_owned(),
        Op::Linear { inputs, outputs } => {
            format!("{} weighted sums of {} values", grouped(outputs as u32), grouped(inputs as u32))
        }
        Op::Softmax => "softmax: scores to probabilities".to_owned(),
    }
}

/// The same, short enough for a row of the graph.
pub(crate) fn short(op: &Op) -> String {
    let window = |kernel: usize, words: &str, stride: usize| {
        let stride = if stride == 1 { String::new() } else { format!(", stride {stride}") };
        format!("{kernel} × {kernel} {words}{stride}")
    };
    match *op {
        Op::Convolution { kernel, stride, groups: 1, .. } => window(kernel, "convolution", stride),
        Op::Convolution { input_channels, kernel, stride, groups, .. } if groups == input_channels => {
            window(kernel, "depthwise convolution", stride)
        }
        Op::Convolution { kernel, stride, groups, .. } => {
            window(kernel, &format!("convolution in {groups} groups"), stride)
        }
        Op::MaxPool { kernel, stride, .. } => window(kernel, "max pooling", stride),
        Op::BatchNorm { .. } => "batch normalisation".to_owned(),
        Op::Relu => "ReLU".to_owned(),
        Op::Relu6 => "ReLU6".to_owned(),
        Op::Add => "+".to_owned(),
        Op::GlobalAveragePool => "average".to_owned(),
        Op::Flatten => "list".to_owned(),
        Op::Linear { .. } => "weighted sums".to_owned(),
        Op::Softmax => "softmax".to_owned(),
    }
}

/// `64 × 56 × 56`, or `8`.
pub(crate) fn shape(shape: Shape) -> String {
    let sizes: Vec<String> = shape.sizes().iter().map(|&size| grouped(size as u32)).collect();
    sizes.join(" × ")
}

/// How many parameters a layer has, with the arithmetic.
pub(crate) fn parameters(layer: &Layer) -> String {
    let count = grouped(layer.parameter_count() as u32);
    let number = |n: usize| grouped(n as u32);
    match layer.op {
        Op::Convolution { input_channels, output_channels, kernel, groups, .. } => {
            let kernel = number(kernel);
            format!(
                "{} · {} · {kernel} · {kernel} = {count}",
                number(output_channels),
                number(input_channels / groups)
            )
        }
        Op::BatchNorm { channels, .. } => {
            let channels = number(channels);
            format!("2 · {channels} = {count}, plus 2 · {channels} running statistics from training")
        }
        Op::Linear { inputs, outputs } => {
            let outputs = number(outputs);
            format!("{} · {outputs} + {outputs} = {count}", number(inputs))
        }
        _ => "none".to_owned(),
    }
}

/// Multiplications of a layer, each with its addition, with the arithmetic.
pub(crate) fn multiply_adds(layer: &Layer) -> String {
    let a_result = match layer.op {
        Op::Convolution { input_channels, kernel, groups, .. } => input_channels / groups * kernel * kernel,
        Op::Linear { inputs, .. } => inputs,
        _ => return "none worth counting".to_owned(),
    };
    let results = grouped(layer.output.numbers() as u32);
    format!("{results} results · {} = {}", grouped(a_result as u32), amount(layer.multiply_adds()))
}

/// A large count in three or four digits: `115.6 million`.
pub(crate) fn amount(count: u64) -> String {
    let scaled = |unit: f64, digits: usize, words: &str| format!("{:.digits$}{words}", count as f64 / unit);
    match count {
        0..1_000_000 => grouped(count as u32),
        1_000_000..10_000_000 => scaled(1e6, 2, " million"),
        10_000_000..1_000_000_000 => scaled(1e6, 1, " million"),
        _ => scaled(1e9, 2, " billion"),
    }
}

/// `3 blocks`.
pub(crate) fn blocks(count: usize) -> String {
    format!("{count} {}", if count == 1 { "block" } else { "blocks" })
}

/// `ResNet-50` for `resnet50`.
fn title(network: &Network) -> &str {
    Published::named(&network.name).map_or(&network.name, |published| published.title)
}

/// The last layer before the softmax.
fn last_layer(network: &Network) -> &str {
    network.logits().map_or("", |layer| &layer.name)
}

/// Bytes as megabytes (of a million bytes).
pub(crate) fn megabytes(bytes: u64) -> String {
    let megabytes = bytes as f64 / 1e6;
    format!("{megabytes:.0$} MB", usize::from(megabytes < 100.0))
}

/// The whole network in one sentence.
pub(crate) fn totals(network: &Network) -> String {
    let [channels, rows, columns] = network.input;
    format!(
        "{} for images of {channels} × {rows} × {columns}: {} parameters, {} multiply-adds, {} \
            layers with weights in a row; {} as a file of 32-bit weights.",
        title(network),
        grouped(network.parameter_count() as u32),
        amount(network.multiply_adds()),
        network.depth(),
        megabytes(network.stored_bytes())
    )
}

/// What replacing the last layer changes: `with` has the chosen number of outputs, `imagenet` a thousand.
pub(crate) fn head(with: &Network, imagenet: &Network) -> String {
    let last =
        |network: &Network| network.logits().map(|layer| (layer.output.numbers(), layer.parameter_count()));
    let (Some((outputs, few)), Some((_, many))) = (last(with), last(imagenet)) else { return String::new() };
    let [all, before] = [with, imagenet].map(Network::parameter_count);
    let share = |part: usize, whole: usize| format!("{:.1} %", 100.0 * part as f64 / whole as f64);
    let kept = grouped((all - few) as u32);
    if outputs == 1000 {
        return format!(
            "The last layer, {}, has {} of the {} parameters, {}. For other classes, this layer is \
                replaced; the {kept} parameters before it stay the same.",
            last_layer(with),
            grouped(many as u32),
            grouped(all as u32),
            share(many, all)
        );
    }
    format!(
        "Replacing the last layer: for the 1,000 classes of ImageNet, {} has {} parameters; for \
            {outputs} classes, it has {}. That shrinks the network from {} to {} parameters, by {}. \
            The {kept} parameters before {} are the same, and training can start from those learned \
            on ImageNet.",
        last_layer(with),
        grouped(many as u32),
        grouped(few as u32),
        grouped(before as u32),
        grouped(all as u32),
        share(before - all, before),
        last_layer(with)
    )
}

/// Parameters and multiply-adds of a group of layers.
pub(crate) fn sums(layers: &[Layer]) -> (u64, u64) {
    let parameters = layers.iter().map(|layer| layer.parameter_count() as u64).sum();
    (parameters, layers.iter().map(Layer::multiply_adds).sum())
}

/// What a part costs, to be spoken.
pub(crate) fn cost(chosen: &ChosenNetwork, subject: NetworkPart<'_>) -> String {
    let name = match subject {
        NetworkPart::Image => return "The image.".to_owned(),
        NetworkPart::Layer(index) => &chosen.network.layers[index].name,
        NetworkPart::Stage(stage) => &stage.name,
        NetworkPart::Block(stage, block) => &stage.blocks[block].name,
    };
    let (parameters, operations) = sums(&chosen.network.layers[subject.layers()]);
    let count = |count: u64, words: &str| match count {
        0 => format!("no {words}"),
        _ => format!("{} {words}", amount(count)),
    };
    format!("{name}: {}, {}.", count(parameters, "parameters"), count(operations, "multiply-adds"))
}

/// The message for a layer that the network does not have.
pub(crate) fn unknown(typed: &str, network: &Network) -> String {
    let typed: String = typed.chars().take(60).collect();
    let first = network.layers.first().map_or("", |layer| &layer.name);
    let (mut blocks, last) = (network.stages().flat_map(|stage| &stage.blocks), network.stages().last());
    let inside = blocks.next().and_then(|block| network.layers.get(block.layers.start));
    let last = last.and_then(|stage| stage.blocks.last()).map_or("", |block| &block.name);
    let numbers = if network.name == "resnet50" {
        ", or a layer number of the notebooks, 0 to 176"
    } else {
        ". Only ResNet-50 has the notebooks' layer numbers"
    };
    format!(
        "{} has no layer \"{typed}\". Try {first}, {}, {last} or {}{numbers}.",
        title(network),
        inside.map_or("", |layer| &layer.name),
        last_layer(network)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use architecture::{Depth, PUBLISHED, resnet};
    use catalog::widget::{ARCHITECTURE_EXPLORER, ControlKind};

    fn layer(name: &str) -> Layer {
        resnet(Depth::Resnet50, 8, 224).layer(name).unwrap().clone()
    }

    #[test]
    fn a_convolution_shows_its_arithmetic() {
        let layer = layer("layer1.0.conv2");
        assert_eq!(operation(&layer.op), "3 × 3 convolution, from 64 to 64 maps");
        assert_eq!(shape(layer.output), "64 × 56 × 56");
        assert_eq!(parameters(&layer), "64 · 64 · 3 · 3 = 36,864");
        assert_eq!(multiply_adds(&layer), "200,704 results · 576 = 115.6 million");
    }

    #[test]
    fn counted_parameters_are_those_of_the_arithmetic() {
        assert_eq!(parameters(&layer("fc")), "2,048 · 8 + 8 = 16,392");
        assert_eq!(parameters(&layer("bn1")), "2 · 64 = 128, plus 2 · 64 running statistics from training");
        assert_eq!(parameters(&layer("relu")), "none");
    }

    #[test]
    fn eight_classes_take_less_than_a_thousand() {
        let [eight, imagenet] = [8, 1000].map(|outputs| resnet(Depth::Resnet50, outputs, 224));
        assert_eq!(
            head(&eight, &imagenet),
            "Replacing the last layer: for the 1,000 classes of ImageNet, fc has 2,049,000 parameters; for 8 classes, it has \
             16,392. That shrinks the network from 25,557,032 to 23,524,424 parameters, by 8.0 %. The 23,508,032 parameters \
             before fc are the same, and training can start from those learned on ImageNet."
        );
        assert!(head(&imagenet, &imagenet).contains("2,049,000 of the 25,557,032 parameters, 8.0 %"));
    }

    #[test]
    fn a_name_that_is_not_there_is_answered_with_some_that_are() {
        let network = resnet(Depth::Resnet18, 8, 224);
        assert_eq!(
            unknown("layer9", &network),
            "ResNet-18 has no layer \"layer9\". Try conv1, layer1.0.conv1, layer4.1 or fc. Only ResNet-50 has the \
             notebooks' layer numbers."
        );
    }

    #[test]
    fn the_form_offers_every_published_network_by_its_title() {
        let network = ARCHITECTURE_EXPLORER.control("network").unwrap();
        let ControlKind::Choice { options, .. } = network.kind else { panic!("networks are a choice") };
        assert_eq!(options, PUBLISHED.each_ref().map(|known| (known.name, known.title)));
    }

    #[test]
    fn totals_are_torchvisions() {
        assert_eq!(
            totals(&resnet(Depth::Resnet50, 1000, 224)),
            "ResNet-50 for images of 3 × 224 × 224: 25,557,032 parameters, 4.09 billion multiply-adds, 50 layers with \
             weights in a row; 102 MB as a file of 32-bit weights."
        );
    }
}
