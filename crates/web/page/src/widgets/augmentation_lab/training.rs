//! A training as the page's text tells of it, and the pictures that it feeds its network.

use imaging::{Augmentation, Rgb8, Variation, feed};

/// What is fed, besides the images themselves.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Training {
    pub(crate) seed: u64,
    /// Images are kept as squares of so many pixels.
    pub(crate) memory_size: u32,
    /// Epochs and size in pixels of each stage, first to last.
    pub(crate) stages: Vec<(u32, u32)>,
    pub(crate) augmentation: Augmentation,
    /// Whether the configuration is no longer the one that the network was trained with.
    pub(crate) changed: bool,
}

impl Training {
    /// From words such as `seed=2019 memory_size=144 stages=10x64,3x128 changed=false rotation=20`; `None` if one of
    /// them is unknown or the first three are not there.
    pub(crate) fn parse(words: &str) -> Option<Self> {
        let mut training = Self {
            seed: 0,
            memory_size: 0,
            stages: Vec::new(),
            augmentation: Augmentation::NONE,
            changed: false,
        };
        for word in words.split_ascii_whitespace() {
            let (key, value) = word.split_once('=')?;
            match key {
                "seed" => training.seed = value.parse().ok()?,
                "memory_size" => training.memory_size = value.parse().ok()?,
                "changed" => training.changed = value == "true",
                "stages" => {
                    for stage in value.split(',') {
                        let (epochs, size) = stage.split_once('x')?;
                        training.stages.push((epochs.parse().ok()?, size.parse().ok()?));
                    }
                }
                _ => training.augmentation.set(key, value, 1.0)?,
            }
        }
        let whole = training.memory_size > 0 && training.stages.iter().all(|&(_, size)| size > 0);
        (whole && !training.stages.is_empty()).then_some(training)
    }

    /// Epochs of all stages.
    pub(crate) fn epochs(&self) -> u32 {
        self.stages.iter().map(|(epochs, _)| epochs).sum()
    }

    /// Width and height of the network's input.
    pub(crate) fn size(&self) -> u32 {
        self.stages.last().map_or(1, |&(_, size)| size)
    }

    /// Width and height of what is fed in an epoch, from 0; after the last the network's input.
    pub(crate) fn size_in(&self, epoch: u32) -> u32 {
        let mut end = 0;
        let stage = self.stages.iter().find(|(epochs, _)| {
            end += epochs;
            epoch < end
        });
        stage.map_or(self.size(), |&(_, size)| size)
    }
}

/// The variation of the image at `place` in an epoch, and the picture it makes of the kept image.
pub(crate) fn picture(
    kept: &Rgb8,
    augmentation: &Augmentation,
    [seed, epoch, place]: [u64; 3],
    size: u32,
) -> (Variation, Rgb8) {
    let variation = augmentation.in_training(seed, epoch, place);
    let fed = feed::fed(kept, Some(&variation), size);
    (variation, fed)
}

/// What stands after `key=` in the words of an augmentation; what they leave out is not done.
pub(crate) fn get<'a>(words: &'a str, key: &str) -> &'a str {
    let value = |word: &'a str| word.strip_prefix(key)?.strip_prefix('=');
    let not_done = match key {
        "fill" => "nearest",
        "flip_horizontal" | "flip_vertical" | "quarter_turns" => "false",
        _ => "0",
    };
    words.split_ascii_whitespace().find_map(value).unwrap_or(not_done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::widget::{ACTIVITY, AUGMENTATION};

    const WORDS: &str = "seed=2019 memory_size=144 stages=10x64,3x128 changed=false flip_horizontal=true rotation=20 \
        shift=0.05 fill=wrap";

    #[test]
    fn the_page_s_words_are_read() {
        let training = Training::parse(WORDS).unwrap();
        assert_eq!((training.seed, training.memory_size, training.changed), (2019, 144, false));
        let words = "rotation=20 shift=0.05 flip_horizontal=true fill=wrap";
        assert_eq!(Some(training.augmentation), Augmentation::from_words(words));
    }

    #[test]
    fn every_epoch_has_the_size_of_its_stage() {
        let training = Training::parse(WORDS).unwrap();
        assert_eq!((training.epochs(), training.size()), (13, 128));
        assert_eq!([0, 9, 10, 12, 13, 99].map(|epoch| training.size_in(epoch)), [64, 64, 128, 128, 128, 128]);
    }

    #[test]
    fn words_that_say_something_unknown_are_refused() {
        for wrong in ["rotation=x", "zoom=1", "fill=edge", "stages=3", "seed"] {
            assert_eq!(Training::parse(&format!("{WORDS} {wrong}")), None, "{wrong}");
        }
        assert_eq!(Training::parse("seed=1 memory_size=8"), None);
    }

    #[test]
    fn every_setting_of_the_form_and_the_activity_is_known() {
        for setting in AUGMENTATION {
            let mut augmentation = Augmentation::NONE;
            assert_eq!(augmentation.set(setting.key, get("", setting.key), setting.units), Some(()));
            assert_eq!(augmentation, Augmentation::NONE, "{}", setting.key);
        }
        for (preset, words) in ACTIVITY {
            let augmentation = Augmentation::from_words(words).unwrap();
            // Thirty of 224 pixels.
            assert!((augmentation.shift * 224.0 - 30.0).abs() < 1e-4, "{preset}");
        }
    }
}
