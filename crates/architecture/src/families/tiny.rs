//! The smallest network with every kind of number that a training keeps, for tests.

use super::chain::{Chain, KernelSettings};
use super::resnet;
use crate::{Network, Op};

/// Its name.
pub(crate) const NAME: &str = "tiny";

/// Channels between its two convolutions and after them.
const CHANNELS: usize = 4;

/// Two convolutions with batch normalisation, in the shape and with the names of a residual network's beginning and end:
/// it is trained in milliseconds, and learns nothing worth knowing.
///
/// ```
/// let network = architecture::by_name("tiny", 8, 16)?;
/// // conv1: 3 * 4 * 9; bn1 and bn2: 2 * 4 each; conv2: 4 * 4 * 9; fc: 4 * 8 + 8.
/// assert_eq!(network.parameter_count(), 108 + 8 + 144 + 8 + 40);
/// # Ok::<(), architecture::ArchitectureError>(())
/// ```
pub(crate) fn tiny(classes: usize, image_size: usize) -> Network {
    let kernel = KernelSettings { side: 3, stride: 2 };
    let mut chain = Chain::new(Network::new(NAME, [3, image_size, image_size]), resnet::CONVENTIONS);
    chain.network.begin_section("stem", "Stem");
    chain.convolution("conv1", CHANNELS, kernel);
    chain.norm("bn1");
    chain.push("relu", Op::Relu);
    chain.network.begin_section("layer1", "Stage 1");
    chain.network.begin_block("layer1.0");
    chain.convolution("layer1.0.conv1", CHANNELS, kernel);
    chain.norm("layer1.0.bn1");
    chain.push("layer1.0.relu1", Op::Relu);
    chain.network.begin_section("answer", "Answer");
    chain.answer(["avgpool", "flatten", "fc"], classes);
    chain.network
}
