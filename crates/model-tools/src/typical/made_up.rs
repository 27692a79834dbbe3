//! Pictures that show no skin, made up from a seed: what a network should find unlike its training.

use imaging::Rgb8;
use numerics::random::Random;

/// Side of a picture, pixels.
const SIDE: u32 = 224;
/// Pictures of a kind.
const COUNT: u64 = 100;

/// One kind of made-up pictures.
pub(super) struct PictureKind {
    pub(super) name: &'static str,
    pub(super) what: &'static str,
    /// The colour of the pixel at column and row, both 0 to 1.
    pixel: fn(&Setting, f32, f32, &mut Random) -> [f32; 3],
}

/// What differs from picture to picture of a kind.
struct Setting {
    colours: [[f32; 3]; 2],
    /// Direction, a unit vector.
    along: [f32; 2],
    /// Repetitions across a picture.
    times: f32,
    /// Waves that together look like clouds: direction and repetitions, and where they begin.
    waves: [[f32; 3]; WAVES],
}

const WAVES: usize = 8;

/// The kinds by which a measure is chosen.
pub(super) const KINDS: [PictureKind; 4] = [
    PictureKind {
        name: "noise",
        what: "a random colour at every pixel",
        pixel: |_, _, _, random| [0; 3].map(|_| random.between(0.0, 255.0)),
    },
    PictureKind { name: "plain", what: "one colour all over", pixel: |setting, _, _, _| setting.colours[0] },
    PictureKind {
        name: "gradients",
        what: "one colour fading into another",
        pixel: |setting, x, y, _| mix(setting, 0.5 + 0.7 * setting.across(x, y)),
    },
    PictureKind {
        name: "stripes",
        what: "stripes of two colours",
        pixel: |setting, x, y, _| {
            let place = (setting.across(x, y) + 2.0) * setting.times;
            setting.colours[usize::from(place % 1.0 < 0.5)]
        },
    },
];

/// The kinds that had no part in the choice.
pub(super) const UNSEEN: [PictureKind; 3] = [
    PictureKind {
        name: "rings",
        what: "rings of two colours round the picture's middle",
        pixel: |setting, x, y, _| {
            let radius = numerics::math::sqrt((x - 0.5) * (x - 0.5) + (y - 0.5) * (y - 0.5));
            setting.colours[usize::from((radius * setting.times) % 1.0 < 0.5)]
        },
    },
    PictureKind {
        name: "squares",
        what: "a chessboard of two colours",
        pixel: |setting, x, y, _| {
            let odd = |at: f32| (at * setting.times) as u32 % 2;
            setting.colours[usize::from(odd(x) != odd(y))]
        },
    },
    PictureKind {
        name: "clouds",
        what: "two colours that flow into one another in all directions",
        pixel: |setting, x, y, _| mix(setting, 0.5 + 0.25 * setting.clouds(x, y)),
    },
];

impl Setting {
    /// The sum of all waves, mostly from -2 to 2.
    fn clouds(&self, x: f32, y: f32) -> f32 {
        let wave = |[across, down, begin]: [f32; 3]| numerics::math::sin(across * x + down * y + begin);
        self.waves.map(wave).iter().sum()
    }

    /// How far along the direction a place lies, from the picture's middle.
    fn across(&self, x: f32, y: f32) -> f32 {
        (x - 0.5) * self.along[0] + (y - 0.5) * self.along[1]
    }
}

/// Waves of all directions, of one to six repetitions across a picture.
fn waves(random: &mut Random) -> [[f32; 3]; WAVES] {
    [(); WAVES].map(|()| {
        let (angle, times) = (random.between(0.0, std::f32::consts::TAU), random.between(1.0, 6.0));
        let [across, down] = [numerics::math::cos(angle), numerics::math::sin(angle)];
        let turn = std::f32::consts::TAU * times;
        [across * turn, down * turn, random.between(0.0, std::f32::consts::TAU)]
    })
}

fn mix(setting: &Setting, share: f32) -> [f32; 3] {
    let share = share.clamp(0.0, 1.0);
    let [from, to] = setting.colours;
    [0, 1, 2].map(|channel| from[channel] + (to[channel] - from[channel]) * share)
}

impl PictureKind {
    /// The pictures, the same every time.
    pub(super) fn images(&self) -> Vec<Rgb8> {
        (0..COUNT).map(|seed| self.image(seed)).collect()
    }

    fn image(&self, seed: u64) -> Rgb8 {
        let mut random = Random::new(seed);
        let angle = random.between(0.0, std::f32::consts::TAU);
        let setting = Setting {
            colours: [[0; 3], [0; 3]].map(|colour| colour.map(|_| random.between(0.0, 255.0))),
            along: [numerics::math::cos(angle), numerics::math::sin(angle)],
            times: random.between(3.0, 30.0),
            waves: waves(&mut Random::new(seed).part(1)),
        };
        let place = |at: u32| (at as f32 + 0.5) / SIDE as f32;
        let data = (0..SIDE * SIDE)
            .flat_map(|at| (self.pixel)(&setting, place(at % SIDE), place(at / SIDE), &mut random))
            .map(imaging::palette::to_byte)
            .collect();
        Rgb8::new(SIDE, SIDE, data).expect("three numbers a pixel, side by side")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_of_a_kind_differ_and_are_the_same_every_time() {
        for kind in KINDS.into_iter().chain(UNSEEN) {
            assert!(kind.image(1) == kind.image(1) && kind.image(1) != kind.image(2), "{}", kind.name);
        }
        let plain = KINDS[1].image(3);
        assert!(plain.data().chunks(3).all(|pixel| pixel == &plain.data()[..3]));
    }
}
