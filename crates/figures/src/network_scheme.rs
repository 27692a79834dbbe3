//! The layers of a residual network and how they are connected.
//!
//! After Figure 2B of Cullell-Dalmau et al. 2021, <https://doi.org/10.3389/fmed.2021.644327>.

use architecture::{Block, BlockPart, Layer, Network, Op, Section, Shape};
use catalog::number::grouped;
use plotters::prelude::*;

use crate::FigureError;
use crate::svg::{Anchor, Area, BLUE, Frame, INK, drawing, font, render, write_text};

/// Narrow, so that the words are large enough on a phone.
const WIDTH: i32 = 440;
/// Where boxes begin and end, and where the shortcuts run.
const LEFT: i32 = 46;
const RIGHT: i32 = 330;
const SHORTCUT: i32 = 14;
/// Height of a line of words, of the air in a box, and between two boxes.
const LINE: i32 = 24;
const AIR: i32 = 5;
const BETWEEN: i32 = 24;
const WORDS: u32 = 17;

/// Draws `network`, equal blocks of a stage as one.
///
/// # Errors
/// [`FigureError::Drawing`] if the drawing fails.
pub fn draw(network: &Network) -> Result<String, FigureError> {
    let boxes = boxes(network);
    let height: i32 = boxes.iter().map(|part| part.height() + BETWEEN).sum();
    let words: Vec<String> = boxes.iter().map(SchemeBox::words).collect();
    let [channels, rows, columns] = network.input;
    let frame = Frame {
        title: "The layers of the network and how they are connected",
        description: &format!(
            "From top to bottom: an image of {channels} × {rows} × {columns} values. {}. Every block of a stage has a \
             shortcut around it, and its output is the sum of both.",
            words.join(". ")
        ),
        size: (WIDTH as u32, (LINE + BETWEEN + height) as u32),
    };
    render(&frame, &[], |area| {
        let image = format!("image: {channels} × {rows} × {columns}");
        let middle = i32::midpoint(LEFT, RIGHT);
        write_text(area, &image, (middle, LINE / 2), Anchor::Middle, &font(WORDS, INK))?;
        let mut top = LINE;
        for part in &boxes {
            arrow(area, middle, top, top + BETWEEN)?;
            top += BETWEEN;
            part.draw(area, top)?;
            top += part.height();
        }
        Ok(())
    })
}

/// A box of the scheme.
struct SchemeBox {
    lines: Vec<String>,
    output: Shape,
    is_block: bool,
}

impl SchemeBox {
    fn height(&self) -> i32 {
        // A block has room below for the plus sign where the shortcut comes back.
        2 * AIR + LINE * self.lines.len() as i32 + if self.is_block { BETWEEN } else { 0 }
    }

    /// For a screen reader.
    fn words(&self) -> String {
        format!("{}, output {}", self.lines.join(", "), shape(self.output).join(" of "))
    }

    fn draw(&self, area: &Area<'_>, top: i32) -> Result<(), FigureError> {
        let bottom = top + 2 * AIR + LINE * self.lines.len() as i32;
        let corners = [(LEFT, top), (RIGHT, bottom)];
        area.draw(&Rectangle::new(corners, BLUE.mix(0.15).filled())).map_err(drawing)?;
        area.draw(&Rectangle::new(corners, INK.stroke_width(1))).map_err(drawing)?;
        for (line, words) in (0..).zip(&self.lines) {
            let at = (LEFT + 12, top + AIR + LINE * line + LINE / 2);
            write_text(area, words, at, Anchor::Start, &font(WORDS, INK))?;
        }
        let words = shape(self.output);
        for (line, word) in (0..).zip(&words) {
            let at =
                (RIGHT + 14, i32::midpoint(top, bottom) + LINE * line - (words.len() as i32 - 1) * LINE / 2);
            write_text(area, word, at, Anchor::Start, &font(WORDS, INK))?;
        }
        if self.is_block { shortcut(area, top, bottom) } else { Ok(()) }
    }
}

/// From above the box round its left to a plus sign below it.
fn shortcut(area: &Area<'_>, top: i32, bottom: i32) -> Result<(), FigureError> {
    const RADIUS: i32 = 9;
    let middle = i32::midpoint(LEFT, RIGHT);
    let (start, plus) = (top - BETWEEN / 2, bottom + BETWEEN - RADIUS);
    let line =
        |points: Vec<(i32, i32)>| area.draw(&PathElement::new(points, INK.stroke_width(2))).map_err(drawing);
    line(vec![(middle, start), (SHORTCUT, start), (SHORTCUT, plus), (middle - RADIUS, plus)])?;
    line(vec![(middle - RADIUS - 7, plus - 5), (middle - RADIUS, plus), (middle - RADIUS - 7, plus + 5)])?;
    line(vec![(middle, bottom), (middle, plus - RADIUS)])?;
    area.draw(&Circle::new((middle, plus), RADIUS, INK.stroke_width(2))).map_err(drawing)?;
    line(vec![(middle - 5, plus), (middle + 5, plus)])?;
    line(vec![(middle, plus - 5), (middle, plus + 5)])
}

fn arrow(area: &Area<'_>, x: i32, from: i32, to: i32) -> Result<(), FigureError> {
    for points in [vec![(x, from), (x, to)], vec![(x - 5, to - 7), (x, to), (x + 5, to - 7)]] {
        area.draw(&PathElement::new(points, INK.stroke_width(2))).map_err(drawing)?;
    }
    Ok(())
}

/// `64 maps` and `32 × 32`, or `512 values`.
fn shape(shape: Shape) -> Vec<String> {
    match *shape.sizes() {
        [maps, 1, 1] => vec![format!("{} values", grouped(maps as u64))],
        [maps, rows, columns] => {
            vec![format!("{} maps", grouped(maps as u64)), format!("{rows} × {columns}")]
        }
        _ => vec![format!("{} values", grouped(shape.numbers() as u64))],
    }
}

/// The boxes: a layer outside of a stage each, and the blocks of a stage.
fn boxes(network: &Network) -> Vec<SchemeBox> {
    let mut boxes: Vec<SchemeBox> = Vec::new();
    for section in &network.sections {
        if section.is_stage() {
            boxes.extend(stage(network, section));
            continue;
        }
        for layer in &network.layers[section.layers.clone()] {
            boxes.extend(words(&layer.op).map(|words| SchemeBox {
                lines: vec![words],
                output: layer.output,
                is_block: false,
            }));
        }
    }
    boxes
}

/// Equal blocks of a stage become one box.
fn stage(network: &Network, stage: &Section) -> Vec<SchemeBox> {
    let title = stage.title.to_lowercase();
    let layers = |block: &Block| &network.layers[block.layers.clone()];
    let mut boxes = Vec::new();
    // Counted as in torchvision's names: layer1.0 is the first block of stage 1.
    let mut number = 0;
    for alike in stage.blocks.chunk_by(|a, b| is_alike(layers(a), layers(b))) {
        let last = number + alike.len() - 1;
        let numbers = match alike.len() {
            1 => format!("block {number}"),
            2 => format!("blocks {number} and {last}, each:"),
            _ => format!("blocks {number} to {last}, each:"),
        };
        let block = &alike[0];
        let of = |place: BlockPart| {
            let inside = block.layers.clone().filter(move |&layer| block.place(network, layer) == place);
            inside.filter_map(|layer| words(&network.layers[layer].op))
        };
        let mut lines = vec![format!("{title}, {numbers}")];
        lines.extend(of(BlockPart::Branch).chain(of(BlockPart::After)));
        let shortcut = of(BlockPart::Shortcut).next();
        lines.extend(shortcut.map(|words| format!("shortcut: {}", words.replace(" convolution", ""))));
        if let Some(output) = layers(block).last().map(|layer| layer.output) {
            boxes.push(SchemeBox { lines, output, is_block: block.has_shortcut(network) });
        }
        number = last + 1;
    }
    boxes
}

fn is_alike(a: &[Layer], b: &[Layer]) -> bool {
    a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.op == b.op && a.output == b.output)
}

/// The operation in words; `None` for those that belong to another one.
fn words(op: &Op) -> Option<String> {
    let stepping = |stride: usize| if stride == 1 { String::new() } else { format!(", stride {stride}") };
    match *op {
        Op::Convolution { input_channels, kernel, stride, groups, .. } => {
            let kind = match groups {
                1 => "convolution",
                _ if groups == input_channels => "depthwise convolution",
                _ => "grouped convolution",
            };
            Some(format!("{kernel} × {kernel} {kind}{}", stepping(stride)))
        }
        Op::MaxPool { kernel, stride, .. } => {
            Some(format!("{kernel} × {kernel} max pooling{}", stepping(stride)))
        }
        Op::GlobalAveragePool => Some("average of each map".to_owned()),
        Op::Linear { outputs, .. } => Some(format!("{outputs} weighted sums")),
        Op::Softmax => Some("softmax".to_owned()),
        Op::BatchNorm { .. } | Op::Relu | Op::Relu6 | Op::Add | Op::Flatten => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(depth: architecture::Depth, expected: &[&str]) {
        let network = architecture::resnet(depth, 8, 224);
        let heads: Vec<String> = boxes(&network).into_iter().map(|part| part.lines.join(" | ")).collect();
        assert_eq!(heads, expected);
        let svg = draw(&network).unwrap();
        assert!(svg.contains(
            "an image of 3 × 224 × 224 values. 7 × 7 convolution, stride 2, output 64 maps of 112 × 112."
        ));
    }

    #[test]
    fn a_resnet_18_has_two_blocks_a_stage_the_first_of_three_stages_with_a_stride() {
        let (first, second) = (
            "3 × 3 convolution, stride 2 | 3 × 3 convolution | shortcut: 1 × 1, stride 2",
            "3 × 3 convolution | 3 × 3 convolution",
        );
        let block = |name: &str, lines: &str| format!("{name} | {lines}");
        let mut expected = vec![
            "7 × 7 convolution, stride 2".to_owned(),
            "3 × 3 max pooling, stride 2".to_owned(),
            block("stage 1, blocks 0 and 1, each:", second),
        ];
        for stage in 2..=4 {
            expected.push(block(&format!("stage {stage}, block 0"), first));
            expected.push(block(&format!("stage {stage}, block 1"), second));
        }
        expected.extend(["average of each map", "8 weighted sums", "softmax"].map(String::from));
        check(architecture::Depth::Resnet18, &expected.iter().map(String::as_str).collect::<Vec<_>>());
    }

    #[test]
    fn equal_blocks_of_a_resnet_50_are_one_box() {
        let network = architecture::resnet(architecture::Depth::Resnet50, 8, 224);
        let heads: Vec<String> = boxes(&network).iter().map(|part| part.lines[0].clone()).collect();
        // Stages of 3, 4, 6 and 3 blocks; the first of each has another shortcut.
        assert_eq!(
            heads[2..6],
            [
                "stage 1, block 0",
                "stage 1, blocks 1 and 2, each:",
                "stage 2, block 0",
                "stage 2, blocks 1 to 3, each:"
            ]
        );
        assert_eq!(heads[7], "stage 3, blocks 1 to 5, each:");
    }
}
