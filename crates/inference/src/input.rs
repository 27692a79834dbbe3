//! From an image to the network's input values.

use catalog::model::ModelInput;
use imaging::Rgb8;
use imaging::normalise::normalise;
use imaging::resize::resize;

#[cfg(any(feature = "native", feature = "web"))]
use crate::interface::ChannelOrder;

/// The image as `[3, S, S]`: stretched to a square, scaled to 0..1, minus mean, over deviation per channel.
pub fn planes(image: &Rgb8, input: &ModelInput) -> Vec<f32> {
    normalise(&resize(image, input.size, input.size), input.mean, input.std)
}

/// The same values in another order.
#[cfg(any(feature = "native", feature = "web"))]
pub(crate) fn ordered(planes: Vec<f32>, layout: ChannelOrder) -> Vec<f32> {
    match layout {
        ChannelOrder::ChannelsFirst => planes,
        ChannelOrder::ChannelsLast => {
            let pixels = planes.len() / 3;
            (0..pixels).flat_map(|at| [planes[at], planes[at + pixels], planes[at + 2 * pixels]]).collect()
        }
    }
}
