//! One picture of a lesion: framing, light, lens and what lies in the way, drawn without regard to the diagnosis.

use crate::artefacts::{Hair, Ruler};
use numerics::Random;

/// How a picture is taken; a lesion has several, which share its camera but not its framing.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// Seed of everything in the picture that is not in the lesion.
    pub seed: u64,
    /// Turn of the picture, radians.
    pub rotation: f32,
    /// Shift of the lesion's centre, reference pixels.
    pub shift: (f32, f32),
    /// Magnification, about 0.88 to 1.12.
    pub scale: f32,
    /// Whether it is mirrored.
    pub mirror: bool,
    /// Gain of linear red, green and blue: lamp and white balance.
    pub light: [f32; 3],
    /// Light falls off to one side by this much.
    pub slope: (f32, f32),
    /// Darkening towards the corners, 0 to 0.5.
    pub vignette: f32,
    /// Radius of a round dark border in reference pixels, where there is one.
    pub aperture: Option<f32>,
    /// Hair across the picture.
    pub hair: Option<Hair>,
    /// Ticks along an edge.
    pub ruler: Option<Ruler>,
    /// Bubbles in the gel.
    pub bubbles: u32,
    /// Points of specular light.
    pub glints: u32,
}

impl View {
    /// Picture number `index` of the lesion with this seed.
    pub fn sample(seed: u64, index: u32) -> Self {
        // The camera belongs to the lesion's visit, the framing to the picture.
        let mut camera = Random::new(seed).part(0xca);
        let white = [
            1.0 + 0.05 * camera.normal().clamp(-2.0, 2.0),
            1.0,
            1.06 + 0.09 * camera.normal().clamp(-2.0, 2.0),
        ];
        let aperture = camera.chance(0.08);
        let vignette = camera.between(0.0, 0.28);
        let hairy = camera.chance(0.33);
        let stubble = camera.chance(0.15);
        let ruler = camera.chance(0.02);
        let mut random = Random::new(seed).part(0x1000 + u64::from(index));
        let power = random.between(0.9, 1.1);
        Self {
            seed: random.next_u64(),
            rotation: random.between(0.0, core::f32::consts::TAU),
            shift: (12.0 * random.normal().clamp(-2.0, 2.0), 12.0 * random.normal().clamp(-2.0, 2.0)),
            scale: random.between(0.88, 1.12),
            mirror: random.chance(0.5),
            light: white.map(|w| w * power),
            slope: (0.04 * random.normal().clamp(-2.0, 2.0), 0.04 * random.normal().clamp(-2.0, 2.0)),
            vignette,
            aperture: aperture.then(|| random.between(118.0, 148.0)),
            hair: (hairy && random.chance(0.9)).then(|| Hair::sample(&mut random, stubble)),
            ruler: ruler.then(|| Ruler::sample(&mut random)),
            bubbles: if random.chance(0.06) { 1 + random.below(4) } else { 0 },
            glints: if random.chance(0.1) { 4 + random.below(14) } else { 0 },
        }
    }
}
