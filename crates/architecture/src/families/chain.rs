//! A network that grows at its end.

use crate::{INPUT, Network, Op, Padding, Shape};

/// What all convolutions and batch normalisations of a family share.
#[derive(Clone, Copy)]
pub(super) struct Conventions {
    /// Zeros around a map of `size`, for a kernel that moves by a stride.
    pub(super) padding: fn(size: usize, kernel: usize, stride: usize) -> Padding,
    /// As in [`Op::BatchNorm`].
    pub(super) epsilon: f64,
    /// As in [`Op::BatchNorm`].
    pub(super) momentum: f64,
}

/// A kernel and how it moves.
#[derive(Clone, Copy)]
pub(super) struct KernelSettings {
    pub(super) side: usize,
    pub(super) stride: usize,
}

/// A point of the network that a shortcut can begin at: a layer's name and the shape of what it returns.
pub(super) type Point = (String, Shape);

/// A network and the layer added last, which the next one reads.
pub(super) struct Chain {
    pub(super) network: Network,
    conventions: Conventions,
    last: String,
    shape: Shape,
}

impl Chain {
    pub(super) fn new(network: Network, conventions: Conventions) -> Self {
        Self { last: INPUT.to_owned(), shape: Shape::Map(network.input), network, conventions }
    }

    pub(super) fn here(&self) -> Point {
        (self.last.clone(), self.shape)
    }

    /// Goes on from an earlier point.
    pub(super) fn go_back(&mut self, (last, shape): Point) {
        (self.last, self.shape) = (last, shape);
    }

    pub(super) fn channels(&self) -> usize {
        self.shape.channels()
    }

    pub(super) fn push(&mut self, name: &str, op: Op) {
        let last = std::mem::take(&mut self.last);
        self.push_from(name, op, &[&last]);
    }

    fn push_from(&mut self, name: &str, op: Op, inputs: &[&str]) {
        let added = self.network.add(name, op, inputs);
        self.shape =
            added.expect("every layer takes its channels from the one before, and padding keeps maps of 1");
        name.clone_into(&mut self.last);
    }

    /// A convolution of all channels, without constants.
    pub(super) fn convolution(&mut self, name: &str, output_channels: usize, kernel: KernelSettings) {
        self.grouped(name, output_channels, kernel, 1);
    }

    /// A convolution of every channel by itself.
    pub(super) fn depthwise(&mut self, name: &str, kernel: KernelSettings) {
        self.grouped(name, self.channels(), kernel, self.channels());
    }

    fn grouped(&mut self, name: &str, output_channels: usize, kernel: KernelSettings, groups: usize) {
        let (input_channels, KernelSettings { side, stride }) = (self.channels(), kernel);
        // Maps are square: every image is.
        let size = self.shape.sizes().last().copied().unwrap_or(1);
        let padding = (self.conventions.padding)(size, side, stride);
        let bias = false;
        self.push(
            name,
            Op::Convolution { input_channels, output_channels, kernel: side, stride, padding, groups, bias },
        );
    }

    pub(super) fn norm(&mut self, name: &str) {
        let Conventions { epsilon, momentum, .. } = self.conventions;
        self.push(name, Op::BatchNorm { channels: self.channels(), epsilon, momentum });
    }

    /// The sum of `branch`, named first, and what comes last.
    pub(super) fn add(&mut self, name: &str, branch: &str) {
        let last = std::mem::take(&mut self.last);
        self.push_from(name, Op::Add, &[branch, &last]);
    }

    /// Averages, weighted sums and probabilities.
    pub(super) fn answer(&mut self, [average, flatten, sums]: [&str; 3], classes: usize) {
        self.push(average, Op::GlobalAveragePool);
        self.push(flatten, Op::Flatten);
        self.push(sums, Op::Linear { inputs: self.channels(), outputs: classes });
        self.push("probabilities", Op::Softmax);
    }
}
