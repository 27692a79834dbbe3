//! Variations of an image that keep its diagnosis, to make more of a training set.

#[cfg(feature = "serde")]
mod limits;

use numerics::Random;

use crate::Rgb8;
use crate::colour::{Light, relight};
use crate::geometry::{Affine, Fill, flip_horizontal, flip_vertical, quarter_turns, warp};

/// How far an image may be varied. Dermoscopic images have no up or down, so flips and turns cost nothing; colour
/// carries the diagnosis, so light changes little.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(
    feature = "serde",
    derive(serde::Serialize, serde::Deserialize),
    serde(default, deny_unknown_fields)
)]
pub struct Augmentation {
    /// Exchange left and right half of the time.
    pub flip_horizontal: bool,
    /// Exchange top and bottom half of the time.
    pub flip_vertical: bool,
    /// Turn by 0, 90, 180 or 270 degrees; exact, but odd turns exchange width and height.
    pub quarter_turns: bool,
    /// Rotate by up to this many degrees either way; 0 to 180.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "limits::half_turn"))]
    pub rotation: f32,
    /// Shift by up to this share of width and height, either way; 0 to below 1.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "limits::share"))]
    pub shift: f32,
    /// Enlarge or shrink by a factor between `1 / (1 + scale)` and `1 + scale`; not negative.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "limits::not_negative"))]
    pub scale: f32,
    /// Lean upright lines by up to this many degrees either way; 0 to 45.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "limits::lean"))]
    pub shear: f32,
    /// Multiply brightness by between `1 - brightness` and `1 + brightness`; 0 to below 1, as the next two.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "limits::share"))]
    pub brightness: f32,
    /// The same for contrast.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "limits::share"))]
    pub contrast: f32,
    /// The same for saturation.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "limits::share"))]
    pub saturation: f32,
    /// Turn the hue by up to this many degrees either way; 0 to 180.
    #[cfg_attr(feature = "serde", serde(deserialize_with = "limits::half_turn"))]
    pub hue: f32,
    /// What fills the area that the image no longer covers.
    pub fill: Fill,
}

/// One variation, drawn: what is done to an image, in this order.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variation {
    /// Rotation, shift, scale and shear, in one warp.
    pub affine: Affine,
    /// What fills the area beyond the edge.
    pub fill: Fill,
    /// Whether left and right are exchanged.
    pub flip_horizontal: bool,
    /// Whether top and bottom are exchanged.
    pub flip_vertical: bool,
    /// Quarter turns clockwise, 0 to 3.
    pub turns: u32,
    /// Brightness, contrast, saturation and hue.
    pub light: Light,
}

/// [`Augmentation::NONE`]: a variation that a recipe leaves out is not made.
impl Default for Augmentation {
    fn default() -> Self {
        Self::NONE
    }
}

impl Augmentation {
    /// Leaves every image unchanged.
    pub const NONE: Self = Self {
        flip_horizontal: false,
        flip_vertical: false,
        quarter_turns: false,
        rotation: 0.0,
        shift: 0.0,
        scale: 0.0,
        shear: 0.0,
        brightness: 0.0,
        contrast: 0.0,
        saturation: 0.0,
        hue: 0.0,
        fill: Fill::Nearest,
    };

    // ANCHOR: draw
    /// Draws one variation. Every call draws the same count of random numbers, in the same order, so that switching one
    /// kind of change off leaves the others as they were.
    pub fn draw(&self, random: &mut Random) -> Variation {
        let [mirror_x, mirror_y] = [random.chance(0.5), random.chance(0.5)];
        let turns = random.below(4);
        let mut within = |reach: f32| random.between(-1.0, 1.0) * reach;
        let degrees = within(self.rotation);
        let shift = [within(self.shift), within(self.shift)];
        let scale = match within(self.scale) {
            larger if larger >= 0.0 => 1.0 + larger,
            smaller => 1.0 / (1.0 - smaller),
        };
        let [brightness, contrast, saturation] =
            [self.brightness, self.contrast, self.saturation].map(|reach| 1.0 + within(reach));
        let shear = within(self.shear);
        let hue = within(self.hue);
        Variation {
            affine: Affine { degrees, scale, shift, shear },
            fill: self.fill,
            flip_horizontal: self.flip_horizontal && mirror_x,
            flip_vertical: self.flip_vertical && mirror_y,
            turns: if self.quarter_turns { turns } else { 0 },
            light: Light { brightness, contrast, saturation, hue },
        }
    }
    // ANCHOR_END: draw

    // ANCHOR: in_training
    /// The variation of the image at `place` of the list in this epoch of a training with this seed, both
    /// counted from 0.
    pub fn in_training(&self, seed: u64, epoch: u64, place: u64) -> Variation {
        let stream = Random::new(seed).part(epoch).next_u64();
        self.draw(&mut Random::new(stream).part(place))
    }
    // ANCHOR_END: in_training

    /// One variation of `image`.
    pub fn apply(&self, image: &Rgb8, random: &mut Random) -> Rgb8 {
        self.draw(random).apply(image)
    }
}

impl Variation {
    // ANCHOR: apply
    /// The image, varied. Only the warp interpolates; flips and quarter turns move whole pixels.
    pub fn apply(&self, image: &Rgb8) -> Rgb8 {
        let mut varied = warp(image, self.affine, self.fill);
        if self.flip_horizontal {
            varied = flip_horizontal(&varied);
        }
        if self.flip_vertical {
            varied = flip_vertical(&varied);
        }
        if self.turns > 0 {
            varied = quarter_turns(&varied, self.turns);
        }
        relight(&varied, self.light)
    }
    // ANCHOR_END: apply
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
        shear: 10.0,
        brightness: 0.2,
        contrast: 0.2,
        saturation: 0.2,
        hue: 5.0,
        fill: Fill::Reflect,
    };

    /// Pixels without any pattern.
    fn noise(width: u32, height: u32) -> Rgb8 {
        let mut random = Random::new(7);
        Rgb8::new(width, height, (0..width * height * 3).map(|_| random.next_u32() as u8).collect()).unwrap()
    }

    /// FNV-1a, 64 bits.
    fn checksum(image: &Rgb8) -> u64 {
        let step = |sum: u64, &byte: &u8| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        image.data().iter().fold(0xcbf2_9ce4_8422_2325, step)
    }

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

    #[test]
    fn what_was_drawn_before_shear_hue_and_fill_came_is_still_drawn() {
        // Of the revision before they came.
        let before = Augmentation { shear: 0.0, hue: 0.0, fill: Fill::Nearest, ..EVERYTHING };
        let sums = [0, 1, 2].map(|seed| checksum(&before.apply(&noise(23, 17), &mut Random::new(seed))));
        assert_eq!(sums, [0xd2a0_5a5b_5fc5_7223, 0x46fb_a653_0868_0a59, 0x5f5d_d4c1_1df9_14de]);
    }

    #[test]
    fn switching_one_change_off_leaves_the_others() {
        let drawn = |augmentation: Augmentation| augmentation.draw(&mut Random::new(3));
        let all = drawn(EVERYTHING);
        let mut expected = all;
        expected.affine.shift = [0.0; 2];
        assert_eq!(drawn(Augmentation { shift: 0.0, ..EVERYTHING }), expected);
        expected = all;
        expected.light.brightness = 1.0;
        assert_eq!(drawn(Augmentation { brightness: 0.0, ..EVERYTHING }), expected);
    }

    #[test]
    fn what_is_drawn_stays_within_the_reach() {
        for seed in 0..500 {
            let Variation { affine, light, .. } = EVERYTHING.draw(&mut Random::new(seed));
            assert!(affine.degrees.abs() <= 45.0 && affine.shear.abs() <= 10.0 && light.hue.abs() <= 5.0);
            assert!(affine.shift.iter().all(|shift| shift.abs() <= 0.1));
            // 1 / 1.2, rounded down.
            assert!((0.833..=1.2).contains(&affine.scale), "{}", affine.scale);
            assert!((0.8..=1.2).contains(&light.contrast), "{}", light.contrast);
        }
    }

    #[test]
    fn a_training_varies_every_image_of_every_epoch_in_its_own_way() {
        let angle = |seed, epoch, place| EVERYTHING.in_training(seed, epoch, place).affine.degrees;
        let mut angles: Vec<f32> = (0..2)
            .flat_map(|seed| (0..5).flat_map(move |epoch| (0..5).map(move |place| angle(seed, epoch, place))))
            .collect();
        assert!((angle(1, 2, 3) - angle(1, 2, 3)).abs() == 0.0);
        angles.sort_by(f32::total_cmp);
        angles.dedup();
        assert_eq!(angles.len(), 50);
    }
}
