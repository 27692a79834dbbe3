//! Variations of an image that leave its diagnosis as it is: what a training set lacks, made from what it has.

use numerics::Random;

use crate::Rgb8;
use crate::colour::{Light, relight};
use crate::geometry::{Affine, flip_horizontal, flip_vertical, quarter_turns, warp};

/// How far an image may be varied. Dermoscopic images have no up or down, so flips and turns cost nothing; colour
/// carries the diagnosis, so light changes little.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Augmentation {
    /// Exchange left and right half of the time.
    pub flip_horizontal: bool,
    /// Exchange top and bottom half of the time.
    pub flip_vertical: bool,
    /// Turn by 0, 90, 180 or 270 degrees; exact, but odd turns exchange width and height.
    pub quarter_turns: bool,
    /// Rotate by up to this many degrees either way.
    pub rotation: f32,
    /// Shift by up to this share of width and height, either way.
    pub shift: f32,
    /// Enlarge or shrink by a factor between `1 / (1 + scale)` and `1 + scale`.
    pub scale: f32,
    /// Multiply brightness by between `1 - brightness` and `1 + brightness`; 0 to 1, as the next two.
    pub brightness: f32,
    /// The same for contrast.
    pub contrast: f32,
    /// The same for saturation.
    pub saturation: f32,
}

impl Augmentation {
    /// Leaves every image as it is.
    pub const NONE: Self = Self {
        flip_horizontal: false,
        flip_vertical: false,
        quarter_turns: false,
        rotation: 0.0,
        shift: 0.0,
        scale: 0.0,
        brightness: 0.0,
        contrast: 0.0,
        saturation: 0.0,
    };

    // ANCHOR: augment
    /// One variation of `image`. Every call draws the same count of numbers, so that switching one kind of change
    /// off leaves the others as they were.
    pub fn apply(&self, image: &Rgb8, random: &mut Random) -> Rgb8 {
        let [mirror_x, mirror_y] = [random.chance(0.5), random.chance(0.5)];
        let turns = random.below(4);
        let mut within = |reach: f32| random.between(-1.0, 1.0) * reach;
        let affine = Affine {
            degrees: within(self.rotation),
            shift: [within(self.shift), within(self.shift)],
            scale: match within(self.scale) {
                larger if larger >= 0.0 => 1.0 + larger,
                smaller => 1.0 / (1.0 - smaller),
            },
        };
        let light = Light {
            brightness: 1.0 + within(self.brightness),
            contrast: 1.0 + within(self.contrast),
            saturation: 1.0 + within(self.saturation),
        };
        let mut varied = warp(image, affine);
        if self.flip_horizontal && mirror_x {
            varied = flip_horizontal(&varied);
        }
        if self.flip_vertical && mirror_y {
            varied = flip_vertical(&varied);
        }
        if self.quarter_turns {
            varied = quarter_turns(&varied, turns);
        }
        relight(&varied, light)
    }
    // ANCHOR_END: augment
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image() -> Rgb8 {
        Rgb8::new(4, 4, (0..48).map(|i| i * 5).collect()).unwrap()
    }

    const EVERYTHING: Augmentation = Augmentation {
        flip_horizontal: true,
        flip_vertical: true,
        quarter_turns: true,
        rotation: 45.0,
        shift: 0.1,
        scale: 0.2,
        brightness: 0.2,
        contrast: 0.2,
        saturation: 0.2,
    };

    #[test]
    fn nothing_asked_leaves_the_image() {
        assert_eq!(Augmentation::NONE.apply(&image(), &mut Random::new(1)), image());
    }

    #[test]
    fn the_same_seed_gives_the_same_variation() {
        let vary = |seed| EVERYTHING.apply(&image(), &mut Random::new(seed));
        assert_eq!(vary(5), vary(5));
        assert_ne!(vary(5), vary(6));
    }

    #[test]
    fn every_call_draws_the_same_count_of_numbers() {
        let (mut a, mut b) = (Random::new(9), Random::new(9));
        EVERYTHING.apply(&image(), &mut a);
        Augmentation::NONE.apply(&image(), &mut b);
        assert_eq!(a.next_u64(), b.next_u64());
    }

    #[test]
    fn flips_and_turns_reach_all_eight_positions() {
        let turning = Augmentation { flip_horizontal: true, quarter_turns: true, ..Augmentation::NONE };
        let mut random = Random::new(2);
        let mut seen: Vec<Vec<u8>> =
            (0..100).map(|_| turning.apply(&image(), &mut random).data().to_vec()).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 8);
    }
}
