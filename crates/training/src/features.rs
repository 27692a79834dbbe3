//! Features that a frozen trunk computes from the images, kept so that they are computed once.
//!
//! While only the head learns, the trunk's output for an image is the same in every epoch. Augmented images come as a
//! number of copies of each image, whose features are computed when an epoch first needs them.

use tch::{Device, Kind, Tensor};

use crate::batches::{self, BatchPlan};
use crate::model::{Mode, Model, channels_last};
use crate::observer::Observer;
use crate::samples::Samples;

/// Images that go through the trunk together. Fixed, so that a resumed run computes the same features.
const BATCH: usize = 64;

/// Features of one list of images, as many as have been computed.
#[derive(Debug, Default)]
pub struct Features {
    parts: Vec<Tensor>,
    images: usize,
}

/// How images are fed to the trunk.
#[derive(Clone, Copy, Debug)]
pub struct FeatureFeed {
    /// Image size and variation; the batch size is `BATCH`.
    pub plan: BatchPlan,
    /// How the network computes.
    pub precision: Precision,
}

/// How a network computes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Precision {
    /// Half precision where it does no harm; on CUDA only.
    pub half: bool,
    /// Whether the channels of a pixel are next to each other in memory.
    pub channels_last: bool,
}

impl Precision {
    /// Runs a part of a network on images in the memory layout that it wants.
    pub fn run<T>(self, images: &Tensor, network: impl FnOnce(&Tensor) -> T) -> T {
        let images = if self.channels_last { channels_last(images) } else { images.shallow_clone() };
        if self.half { tch::autocast(true, || network(&images)) } else { network(&images) }
    }
}

impl Features {
    /// All features, `[N, features]` on the model's device; `None` if the observer wants to pause. The next call continues.
    ///
    /// # Errors
    /// An image that cannot be read.
    pub fn of(
        &mut self,
        model: &Model,
        samples: &Samples,
        feed: FeatureFeed,
        observer: &mut dyn Observer,
    ) -> anyhow::Result<Option<Tensor>> {
        self.of_views(model.device(), &|images| features(model, images), samples, feed, observer)
    }

    /// The same with another `trunk`.
    ///
    /// # Errors
    /// An image that cannot be read.
    pub fn of_views(
        &mut self,
        device: Device,
        trunk: &dyn Fn(&Tensor) -> Tensor,
        samples: &Samples,
        feed: FeatureFeed,
        observer: &mut dyn Observer,
    ) -> anyhow::Result<Option<Tensor>> {
        let order: Vec<usize> = (self.images..samples.len()).collect();
        let plan = BatchPlan { batch_size: BATCH, ..feed.plan };
        let whole = std::thread::scope(|scope| -> anyhow::Result<bool> {
            for batch in batches::batches(scope, samples, &order, plan) {
                let batch = batch?;
                if observer.pause() {
                    return Ok(false);
                }
                let (images, _) = batch.tensors(device);
                self.parts.push(feed.precision.run(&images, trunk));
                self.images += batch.len();
                observer.features(self.images, samples.len());
            }
            Ok(true)
        })?;
        if !whole {
            return Ok(None);
        }
        if self.parts.len() > 1 {
            self.parts = vec![Tensor::cat(&self.parts, 0)];
        }
        let none = || Tensor::zeros([0, 0], (Kind::Float, Device::Cpu));
        Ok(Some(self.parts.first().map_or_else(none, Tensor::shallow_clone)))
    }
}

/// The head's input, `[N, features]` as floats, without a gradient.
pub fn features(model: &Model, images: &Tensor) -> Tensor {
    let outputs = tch::no_grad(|| model.outputs(images, &[before_head(model)], Mode::Inference));
    outputs.expect("the head reads a layer").remove(0).to_kind(Kind::Float)
}

/// Logits `[N, classes]` of features.
pub fn head(model: &Model, features: &Tensor) -> Tensor {
    model
        .logits_from(before_head(model), features, Mode::Training)
        .expect("no shortcut bypasses the head's input")
}

/// The layer whose output the head reads.
fn before_head(model: &Model) -> &str {
    let head = model.network().logits();
    head.and_then(|layer| layer.inputs.first()).map_or(architecture::INPUT, String::as_str)
}

#[cfg(test)]
mod tests {
    use architecture::{Depth, resnet};

    use super::*;

    #[test]
    fn features_and_head_together_are_the_network() {
        let model = Model::random(resnet(Depth::Resnet18, 8, 32), 1, Device::Cpu);
        let images = Tensor::arange(4 * 3 * 32 * 32, (Kind::Float, Device::Cpu)).view([4, 3, 32, 32]).sin();
        let features = features(&model, &images);
        assert_eq!(features.size(), [4, 512]);
        let whole = tch::no_grad(|| model.logits(&images, Mode::Inference));
        assert!((head(&model, &features) - whole).abs().max().double_value(&[]) < 1e-6);
    }

    #[test]
    fn channels_last_changes_no_result() {
        let model = Model::random(resnet(Depth::Resnet18, 8, 32), 1, Device::Cpu);
        let mut other = Model::random(resnet(Depth::Resnet18, 8, 32), 1, Device::Cpu);
        other.channels_last();
        let images = Tensor::arange(4 * 3 * 32 * 32, (Kind::Float, Device::Cpu)).view([4, 3, 32, 32]).sin();
        let run = |model: &Model, precision: Precision| {
            tch::no_grad(|| precision.run(&images, |images| model.logits(images, Mode::Inference)))
        };
        let plain = run(&model, Precision::default());
        let last = run(&other, Precision { half: false, channels_last: true });
        // Logits of about 1, summed in another order.
        assert!((plain - last).abs().max().double_value(&[]) < 1e-3);
    }
}
