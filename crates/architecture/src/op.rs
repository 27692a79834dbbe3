//! What a layer computes, and the shape that comes out.

use serde::{Deserialize, Serialize};

use crate::{Padding, Parameter, Shape};

/// An operation with its settings, which are the same along height and width.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Op {
    /// Cross-correlation of every output channel's kernel with the input channels of its group; zeros outside the map.
    Convolution {
        /// Channels in.
        input_channels: usize,
        /// Channels out, one kernel each.
        output_channels: usize,
        /// Height and width of the kernel.
        kernel: usize,
        /// Step between two places of the kernel.
        stride: usize,
        /// Zeros around the map.
        padding: Padding,
        /// Groups into which the input and output channels are split: 1 to read all of them, as many as channels for a
        /// depthwise convolution.
        groups: usize,
        /// Whether a constant is added per output channel.
        bias: bool,
    },
    /// Every channel minus its running mean, over its running deviation, times a weight, plus a bias.
    BatchNorm {
        /// Channels in and out.
        channels: usize,
        /// Added to the variance, against division by 0.
        epsilon: f64,
        /// Share of a running statistic that comes from the newest batch, while training.
        momentum: f64,
    },
    /// Negative values become 0.
    Relu,
    /// Negative values become 0, and values above 6 become 6.
    Relu6,
    /// The largest value under a window.
    MaxPool {
        /// Height and width of the window.
        kernel: usize,
        /// Step between two places of the window.
        stride: usize,
        /// Rows and columns, never the largest, on every side.
        padding: usize,
    },
    /// The sum of two inputs of the same shape.
    Add,
    /// The mean of every channel: `[C, H, W]` to `[C, 1, 1]`.
    GlobalAveragePool,
    /// `[C, H, W]` to `[C * H * W]`, in row-major order.
    Flatten,
    /// Every output is a weighted sum of all inputs plus a bias.
    Linear {
        /// Numbers in.
        inputs: usize,
        /// Numbers out.
        outputs: usize,
    },
    /// Logits to probabilities: e to their power, over the sum.
    Softmax,
}

/// Places of a window of `kernel` along `size` values with `padding` more at the ends; `None` if it does not fit.
fn places(size: usize, kernel: usize, stride: usize, padding: Padding) -> Option<usize> {
    (kernel > 0).then_some(())?;
    (size + padding.sum()).checked_sub(kernel)?.checked_div(stride).map(|steps| steps + 1)
}

/// Whether each group has as many of both kinds of channels as every other.
fn divides(groups: usize, channels: [usize; 2]) -> bool {
    groups > 0 && channels.iter().all(|channels| channels.is_multiple_of(groups))
}

impl Op {
    /// Whether it changes every value by itself, as an activation does.
    pub const fn is_activation(&self) -> bool {
        matches!(self, Self::Relu | Self::Relu6)
    }

    /// The shape that comes out of inputs of these shapes; `None` if they do not fit.
    pub fn output(&self, inputs: &[Shape]) -> Option<Shape> {
        let windows = |[c, h, w]: [usize; 3], kernel, stride, padding| {
            let (h, w) = (places(h, kernel, stride, padding)?, places(w, kernel, stride, padding)?);
            Some(Shape::Map([c, h, w]))
        };
        match (*self, inputs) {
            (
                Self::Convolution {
                    input_channels, output_channels, kernel, stride, padding, groups, ..
                },
                &[Shape::Map([c, h, w])],
            ) if c == input_channels && divides(groups, [input_channels, output_channels]) => {
                windows([output_channels, h, w], kernel, stride, padding)
            }
            (Self::BatchNorm { channels, .. }, &[Shape::Map(map)]) if map[0] == channels => {
                Some(Shape::Map(map))
            }
            (Self::MaxPool { kernel, stride, padding }, &[Shape::Map(map)]) if 2 * padding <= kernel => {
                windows(map, kernel, stride, Padding::both(padding))
            }
            (Self::GlobalAveragePool, &[Shape::Map([c, ..])]) => Some(Shape::Map([c, 1, 1])),
            (Self::Flatten, &[shape @ Shape::Map(_)]) => Some(Shape::Vector([shape.numbers()])),
            (Self::Linear { inputs, outputs }, &[Shape::Vector([n])]) if n == inputs => {
                Some(Shape::Vector([outputs]))
            }
            (Self::Relu | Self::Relu6, &[shape]) | (Self::Softmax, &[shape @ Shape::Vector(_)]) => {
                Some(shape)
            }
            (Self::Add, &[a, b]) if a == b => Some(a),
            _ => None,
        }
    }

    /// What fits, in words, for the error message.
    pub(crate) fn expects(&self) -> String {
        match *self {
            Self::Convolution { input_channels, output_channels, groups, .. }
                if !divides(groups, [input_channels, output_channels]) =>
            {
                format!(
                    "input and output channels ({input_channels} and {output_channels}) divisible by its {groups} groups"
                )
            }
            Self::Convolution { input_channels, kernel, padding, .. } => format!(
                "[{input_channels}, H, W] with H and W of at least {} and a stride of at least 1",
                kernel.saturating_sub(padding.sum()).max(1)
            ),
            Self::BatchNorm { channels, .. } => format!("[{channels}, H, W]"),
            Self::MaxPool { kernel, padding, .. } => format!(
                "[C, H, W] with H and W of at least {}, a stride of at least 1 and a padding of at most half the kernel",
                kernel.saturating_sub(2 * padding).max(1)
            ),
            Self::GlobalAveragePool | Self::Flatten => "[C, H, W]".to_owned(),
            Self::Linear { inputs, .. } => format!("[{inputs}]"),
            Self::Relu | Self::Relu6 => "one input".to_owned(),
            Self::Softmax => "[N]".to_owned(),
            Self::Add => "two inputs of the same shape".to_owned(),
        }
    }

    /// Multiplications, each with its addition, for an output of this shape.
    ///
    /// Only convolutions and linear layers are counted, as in torchvision's documentation; the rest is negligible.
    pub fn multiply_adds(&self, output: Shape) -> u64 {
        let a_number = match *self {
            Self::Convolution { input_channels, kernel, groups, .. } => {
                input_channels / groups * kernel * kernel
            }
            Self::Linear { inputs, .. } => inputs,
            _ => 0,
        };
        output.numbers() as u64 * a_number as u64
    }

    /// The parameters of a layer called `layer` that computes this, in PyTorch's order.
    pub fn parameters(&self, layer: &str) -> Vec<Parameter> {
        let trainable = |name: &str, shape: &[usize]| Parameter::trainable(format!("{layer}.{name}"), shape);
        let buffer = |name: &str, shape: &[usize]| Parameter::buffer(format!("{layer}.{name}"), shape);
        match *self {
            Self::Convolution { input_channels, output_channels, kernel, groups, bias, .. } => {
                let shape = [output_channels, input_channels / groups, kernel, kernel];
                let weight = trainable("weight", &shape);
                [weight].into_iter().chain(bias.then(|| trainable("bias", &[output_channels]))).collect()
            }
            Self::BatchNorm { channels, .. } => vec![
                trainable("weight", &[channels]),
                trainable("bias", &[channels]),
                buffer("running_mean", &[channels]),
                buffer("running_var", &[channels]),
            ],
            Self::Linear { inputs, outputs } => {
                vec![trainable("weight", &[outputs, inputs]), trainable("bias", &[outputs])]
            }
            Self::Relu
            | Self::Relu6
            | Self::MaxPool { .. }
            | Self::Add
            | Self::GlobalAveragePool
            | Self::Flatten
            | Self::Softmax => Vec::new(),
        }
    }
}
