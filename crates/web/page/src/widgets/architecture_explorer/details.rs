//! What is said about one part of the network, what the whole costs, and how the networks compare.

use architecture::{INPUT, Op, PUBLISHED, Published};
use catalog::number::grouped;
use kit::dom;
use web_sys::HtmlElement;

use super::chosen::{ChosenNetwork, NetworkPart, NetworkSettings};
use super::field::FieldLook;
use super::words;
use crate::stage::{append, text};

/// Facts of one part, by name.
pub(crate) struct PartDetails {
    pub(crate) element: HtmlElement,
    title: HtmlElement,
    list: HtmlElement,
}

impl PartDetails {
    pub(crate) fn new() -> Self {
        let this = Self {
            element: dom::create("div", "arch-details"),
            title: text("p", "arch-title", ""),
            list: dom::create("dl", "arch-facts"),
        };
        append(&this.element, &this.title);
        append(&this.element, &this.list);
        this
    }

    pub(crate) fn show(&self, chosen: &ChosenNetwork, subject: NetworkPart<'_>) {
        let (title, facts) = facts(chosen, subject);
        self.title.set_text_content(Some(&title));
        self.list.set_text_content(None);
        for (term, words) in facts {
            append(&self.list, &text("dt", "", term));
            append(&self.list, &text("dd", "", &words));
        }
    }
}

/// The title of a part, and the facts about it.
fn facts(chosen: &ChosenNetwork, subject: NetworkPart<'_>) -> (String, Vec<(&'static str, String)>) {
    let (output, field, count) = chosen.output(subject);
    let returns = words::shape(output);
    let sees = sees(chosen, field, count);
    match subject {
        NetworkPart::Image => {
            let title = "The image, as the network receives it".to_owned();
            let mut facts = vec![("shape", returns)];
            facts.extend(keras(chosen, INPUT));
            (title, facts)
        }
        NetworkPart::Stage(stage) | NetworkPart::Block(stage, _) => {
            let layers = &chosen.network.layers[subject.layers()];
            let (parameters, operations) = words::sums(layers);
            let [of, all] = [parameters, chosen.network.parameter_count() as u64].map(|n| n as f64);
            let (name, title) = if let NetworkPart::Block(_, block) = subject {
                let name = &stage.blocks[block].name;
                let number = name.rsplit('.').next().unwrap_or(name);
                (name, format!("Block {number} of {}", stage.title.to_ascii_lowercase()))
            } else {
                (&stage.name, format!("{}, {}", stage.title, words::blocks(stage.blocks.len())))
            };
            let before = layers.first().and_then(|layer| chosen.network.shape(layer.inputs.first()?));
            let mut facts = vec![(named_in(chosen), name.clone())];
            facts.extend(before.map(|shape| ("takes", words::shape(shape))));
            facts.push(("returns", returns));
            let share = format!("{:.1}", 100.0 * of / all);
            facts.push((
                "parameters",
                format!("{}, {share} % of the whole network", grouped(parameters as u32)),
            ));
            facts.push(("multiply-adds", words::amount(operations)));
            facts.push(("a value sees", sees));
            (title, facts)
        }
        NetworkPart::Layer(index) => {
            let layer = &chosen.network.layers[index];
            let takes: Vec<String> = layer
                .inputs
                .iter()
                .filter_map(|input| chosen.network.shape(input))
                .map(words::shape)
                .collect();
            let published =
                published_name(&layer.name, &layer.op, chosen.network.stage_of(&layer.name).is_some());
            let mut facts = vec![(named_in(chosen), published)];
            facts.extend(keras(chosen, &layer.name));
            facts.push(("reads", format!("{}: {}", layer.inputs.join(" and "), takes.join(" and "))));
            facts.push(("returns", returns));
            facts.push(("parameters", words::parameters(layer)));
            facts.push(("multiply-adds", words::multiply_adds(layer)));
            facts.push(("a value sees", sees));
            (words::operation(&layer.op), facts)
        }
    }
}

/// Where the layers' names come from, as a term.
fn named_in(chosen: &ChosenNetwork) -> &'static str {
    Published::named(chosen.settings.name).map_or("published as", |published| published.named_in)
}

/// The name in PyTorch: torchvision uses one module for every `ReLU` of a block, and none for a sum, list or softmax.
fn published_name(name: &str, op: &Op, of_block: bool) -> String {
    let how = match op {
        Op::Relu if of_block => {
            let own = name.trim_end_matches(|c: char| c.is_ascii_digit());
            return format!("{own}: one module, used for each ReLU of the block; here {name}");
        }
        Op::Relu6 => ", a step without parameters, called _swish there",
        Op::Add | Op::Flatten | Op::Softmax => ", a step without a module",
        _ => "",
    };
    format!("{name}{how}")
}

/// The layer's name in the notebooks.
fn keras(chosen: &ChosenNetwork, name: &str) -> Option<(&'static str, String)> {
    if chosen.keras.is_empty() {
        return None;
    }
    let listed: Vec<String> =
        chosen.in_keras(name).map(|layer| format!("{} · {}", layer.index, layer.name)).collect();
    let here = chosen.network.shape(name);
    let other = chosen.in_keras(name).last().filter(|layer| Some(layer.output) != here);
    let mut words = match (name, listed.is_empty()) {
        ("flatten", _) => "175: part of the average".to_owned(),
        ("probabilities", _) => "176: part of the last layer".to_owned(),
        (_, true) => "no layer of its own".to_owned(),
        _ => listed.join(" and "),
    };
    if let Some(layer) = other
        .filter(|layer| layer.name.starts_with(['r', 'b', 'a']) && chosen.network.stage_of(name).is_some())
    {
        let shape = words::shape(layer.output);
        words = format!(
            "{words}; there it returns {shape}, because Keras has the stride in the block's first \
                convolution and torchvision in its second"
        );
    }
    Some(("in the notebooks", words))
}

/// The size of the receptive field.
fn sees(chosen: &ChosenNetwork, field: architecture::ReceptiveField, count: usize) -> String {
    let size = field.size;
    let square = format!("{size} × {size} pixels");
    if count == 1 {
        return format!("{square}, the whole image and its padding");
    }
    let wider = if field.size > chosen.settings.side { ", more than the whole image" } else { "" };
    let next = match field.stride {
        1 => "; the next value sees a field 1 pixel further on".to_owned(),
        stride => format!("; the next value sees a field {stride} pixels further on"),
    };
    format!("{square}{wider}{next}")
}

/// What one value sees, for caption and readout.
pub(crate) fn place(look: &FieldLook) -> String {
    let [columns, rows] = look.seen();
    let range = |range: std::ops::Range<isize>| {
        let [from, to] = [range.start, range.end - 1].map(|end| end.to_string().replace('-', "−"));
        if from == to { from } else { format!("{from} to {to}") }
    };
    let side = look.side;
    let beyond = |range: &std::ops::Range<isize>| range.start < 0 || range.end > look.side as isize;
    let padding = if beyond(&columns) || beyond(&rows) { " Beyond the image is padding: zeros." } else { "" };
    let which = if look.count == 1 {
        "Every value".to_owned()
    } else {
        let ([column, row], count) = (look.at, look.count);
        format!("The value in column {column}, row {row} of {count} × {count}")
    };
    format!(
        "{which} sees columns {} and rows {} of an image of {side} × {side}.{padding}",
        range(columns),
        range(rows)
    )
}

/// The cost of the whole network, the effect of another last layer, and a table of all networks.
pub(crate) struct NetworkTotals {
    pub(crate) element: HtmlElement,
}

impl NetworkTotals {
    pub(crate) fn new() -> Self {
        Self { element: dom::create("div", "arch-whole") }
    }

    pub(crate) fn show(&self, chosen: &ChosenNetwork) {
        let NetworkSettings { name, outputs, side } = chosen.settings;
        self.element.set_text_content(None);
        append(&self.element, &text("p", "arch-totals", &words::totals(&chosen.network)));
        let imagenet = chosen.settings.build(1000);
        append(&self.element, &text("p", "arch-head", &words::head(&chosen.network, &imagenet)));
        // Wider than a phone: the arrow keys scroll it only if it can have the focus.
        let scroll: HtmlElement = dom::create("div", "arch-scroll");
        dom::set(&scroll, "tabindex", "0");
        dom::set(&scroll, "role", "region");
        dom::set(&scroll, "aria-label", "The networks");
        let table: HtmlElement = dom::create("table", "arch-depths");
        append(&scroll, &table);
        append(&self.element, &scroll);
        let headings = ["network", "blocks", "parameters", "multiply-adds", "file", "ImageNet error"];
        let row: HtmlElement = dom::create("tr", "");
        for heading in headings {
            let cell = text("th", "", heading);
            dom::set(&cell, "scope", "col");
            append(&row, &cell);
        }
        append(&table, &row);
        for other in &PUBLISHED {
            let network = (other.build)(outputs, side);
            let row: HtmlElement = dom::create("tr", "");
            if other.name == name {
                dom::set(&row, "aria-current", "true");
            }
            let head = text("th", "", other.title);
            dom::set(&head, "scope", "row");
            append(&row, &head);
            let blocks: usize = network.stages().map(|stage| stage.blocks.len()).sum();
            let cells = [
                blocks.to_string(),
                words::amount(network.parameter_count() as u64),
                words::amount(network.multiply_adds()),
                words::megabytes(network.stored_bytes()),
                format!("{:.1} %", 100.0 * (1.0 - other.imagenet_accuracy)),
            ];
            for cell in cells {
                append(&row, &text("td", "", &cell));
            }
            append(&table, &row);
        }
        let note = "ImageNet error: the share of 50,000 photographs, of 1,000 classes, for which the network's first answer is \
                    wrong, with the first published weights and images of 224 × 224. It says nothing about skin.";
        append(&self.element, &text("p", "arch-note", note));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, term: &str, expected: &str) {
        check_of("resnet50", name, term, expected);
    }

    #[track_caller]
    fn check_of(network: &'static str, name: &str, term: &str, expected: &str) {
        let chosen = ChosenNetwork::new(NetworkSettings { name: network, outputs: 8, side: 224 });
        let (_, facts) = facts(&chosen, chosen.subject(name).unwrap());
        let found = facts.into_iter().find(|(t, _)| *t == term).map(|(_, words)| words);
        assert_eq!(found.as_deref(), Some(expected), "{name} {term}");
    }

    #[test]
    fn both_numberings_stand_side_by_side() {
        check("conv1", "in the notebooks", "1 · conv1_pad and 2 · conv1");
        check("maxpool", "in the notebooks", "5 · pool1_pad and 6 · max_pooling2d_1");
        check("layer1.0.add", "in the notebooks", "17 · add_1");
        check("fc", "in the notebooks", "176 · fc8");
        check("avgpool", "in the notebooks", "175 · global_average_pooling2d_1");
        check(
            "layer2.0.conv1",
            "in the notebooks",
            "39 · res3a_branch2a; there it returns 128 × 28 × 28, because Keras has the stride in the block's first \
             convolution and torchvision in its second",
        );
        check("layer2.0.conv2", "in the notebooks", "42 · res3a_branch2b");
    }

    #[test]
    fn a_network_of_another_family_has_its_own_names() {
        check_of("efficientnet_lite0", "stage2", "returns", "24 × 56 × 56");
        check_of(
            "efficientnet_lite0",
            "_blocks.1._depthwise_conv",
            "in the published weights",
            "_blocks.1._depthwise_conv",
        );
        // 96 kernels of one map each.
        check_of("efficientnet_lite0", "_blocks.1._depthwise_conv", "parameters", "96 · 1 · 3 · 3 = 864");
        let chosen =
            ChosenNetwork::new(NetworkSettings { name: "efficientnet_lite0", outputs: 8, side: 224 });
        let title = |name| facts(&chosen, chosen.subject(name).unwrap()).0;
        assert_eq!([title("_blocks.1"), title("stage1")], ["Block 1 of stage 2", "Stage 1, 1 block"]);
        assert_eq!(title("_blocks.1._depthwise_conv"), "3 × 3 depthwise convolution, stride 2, 96 maps");
    }

    #[test]
    fn a_field_wider_than_the_image_is_told() {
        check(
            "layer1.0.conv2",
            "a value sees",
            "19 × 19 pixels; the next value sees a field 4 pixels further on",
        );
        check(
            "layer4",
            "a value sees",
            "427 × 427 pixels, more than the whole image; the next value sees a field 32 pixels further on",
        );
    }

    #[test]
    fn a_value_says_which_columns_and_rows_it_sees() {
        let field = architecture::ReceptiveField { size: 427, stride: 32, start: -213 };
        assert_eq!(
            place(&FieldLook { field, count: 7, at: [3, 6], side: 224 }),
            "The value in column 3, row 6 of 7 × 7 sees columns −117 to 309 and rows −21 to 405 of an image of 224 × 224. \
             Beyond the image is padding: zeros."
        );
    }
}
