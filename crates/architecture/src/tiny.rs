//! The smallest network with every kind of number that a training keeps, for tests.

use crate::{INPUT, Network, Op};

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
    let convolution = |input_channels| Op::Convolution {
        input_channels,
        output_channels: CHANNELS,
        kernel: 3,
        stride: 2,
        padding: 1,
        bias: false,
    };
    let norm = || Op::BatchNorm { channels: CHANNELS, epsilon: 1e-5 };
    let layers = [
        ("conv1", convolution(3)),
        ("bn1", norm()),
        ("relu", Op::Relu),
        ("layer1.0.conv1", convolution(CHANNELS)),
        ("layer1.0.bn1", norm()),
        ("layer1.0.relu1", Op::Relu),
        ("avgpool", Op::GlobalAveragePool),
        ("flatten", Op::Flatten),
        ("fc", Op::Linear { inputs: CHANNELS, outputs: classes }),
        ("probabilities", Op::Softmax),
    ];
    let mut network = Network::new(NAME, [3, image_size, image_size]);
    let mut last = INPUT;
    for (name, op) in layers {
        network.add(name, op, &[last]).expect("each layer reads the one before, whose channels it expects");
        last = name;
    }
    network
}
