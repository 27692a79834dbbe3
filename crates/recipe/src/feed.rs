//! What a training feeds its network, apart from the images themselves: all that a page needs to show the same pictures.

use imaging::{Augmentation, Rgb8, Variation, feed};
use serde::{Deserialize, Serialize};

/// The part of a recipe that decides which pictures the network sees.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Feed {
    /// The training's seed.
    pub seed: u64,
    /// Images are kept as squares of this many pixels.
    pub memory_size: u32,
    /// First to last; at least one.
    pub stages: Vec<FeedStage>,
    /// How images are varied.
    pub augmentation: Augmentation,
}

/// Epochs that are fed at one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FeedStage {
    /// How many.
    pub epochs: usize,
    /// Width and height in pixels.
    pub image_size: u32,
}

/// What a page is told about the training of a model; `data-trainings` is a list of these as JSON.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ModelTraining {
    /// The model's name.
    pub model: String,
    /// Whether the recipe was changed after the model was trained.
    pub changed: bool,
    /// What the recipe, as it is now, feeds.
    pub feed: Feed,
}

impl Feed {
    /// Epochs of all stages.
    pub fn epochs(&self) -> usize {
        self.stages.iter().map(|stage| stage.epochs).sum()
    }

    /// Width and height of the network's input: the last stage's.
    pub fn image_size(&self) -> u32 {
        self.stages.last().map_or(0, |stage| stage.image_size)
    }

    /// Width and height of what an epoch, from 0, is fed; after the last epoch, the network's input.
    pub fn image_size_in(&self, epoch: usize) -> u32 {
        let mut end = 0;
        let stage = self.stages.iter().find(|stage| {
            end += stage.epochs;
            epoch < end
        });
        stage.map_or(self.image_size(), |stage| stage.image_size)
    }

    /// How the image at `place` of the training's list, from 0, is varied in an epoch, and the picture of `size` pixels
    /// that comes out. `kept` is the image as [`feed::kept`] keeps it at `memory_size`.
    pub fn picture(&self, kept: &Rgb8, epoch: u64, place: u64, size: u32) -> (Variation, Rgb8) {
        let variation = self.augmentation.in_training(self.seed, epoch, place);
        let picture = feed::fed(kept, Some(&variation), size);
        (variation, picture)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example() -> Feed {
        let stage = |epochs, image_size| FeedStage { epochs, image_size };
        Feed {
            seed: 2019,
            memory_size: 144,
            stages: vec![stage(10, 64), stage(3, 128)],
            augmentation: Augmentation { rotation: 20.0, shift: 0.05, ..Augmentation::NONE },
        }
    }

    #[test]
    fn every_epoch_has_the_size_of_its_stage() {
        let feed = example();
        assert_eq!((feed.epochs(), feed.image_size()), (13, 128));
        assert_eq!(
            [0, 9, 10, 12, 13, 99].map(|epoch| feed.image_size_in(epoch)),
            [64, 64, 128, 128, 128, 128]
        );
    }

    #[test]
    fn it_is_the_same_after_a_journey_through_a_page() {
        let text = serde_json::to_string(&example()).unwrap();
        assert_eq!(serde_json::from_str::<Feed>(&text).unwrap(), example());
        let outside = text.replace("\"rotation\":20.0", "\"rotation\":200.0");
        assert!(outside != text && serde_json::from_str::<Feed>(&outside).is_err());
    }
}
