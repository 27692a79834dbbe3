//! One picture of a lesion: framing, light, lens and what is in the way, drawn without regard to the diagnosis.

use crate::artefacts::{Aperture, Hair, Ink, Ruler};
use crate::colour::{Lab, REFERENCE_SKIN, linear_rgb};
use numerics::{Random, math};

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
    /// Light fall-off to one side: change of light from the centre to the edge, x and y, about ±0.2.
    pub slope: (f32, f32),
    /// Vignette: darkening in the corners, 0 to 0.7.
    pub vignette: f32,
    /// A round dark border, if there is one.
    pub aperture: Option<Aperture>,
    /// Hair across the picture.
    pub hair: Option<Hair>,
    /// Ticks along an edge.
    pub ruler: Option<Ruler>,
    /// Pen marks on the skin.
    pub ink: Option<Ink>,
    /// Bubbles in the gel.
    pub bubbles: u32,
    /// Points of specular light.
    pub glints: u32,
}

/// How the skin of one patient group looks through one camera: weight, mean L\* a\* b\*, deviations. The six components
/// of a Gaussian mixture fitted to the skin of 10,015 pictures of HAM10000. The weights are means over the eight
/// diagnoses: the reddish components are two-thirds of nevi and nearly absent elsewhere, which is the camera's doing.
const CAMERAS: [(f32, Lab, Lab); 6] = [
    (0.25, [68.0, 11.0, -5.0], [6.3, 3.7, 3.8]),
    (0.41, [71.0, 16.0, 4.0], [6.6, 5.5, 5.7]),
    (0.07, [71.0, 30.0, 9.0], [4.0, 3.3, 4.5]),
    (0.18, [78.0, 13.0, -3.0], [7.3, 5.6, 4.8]),
    (0.06, [66.0, 32.0, 5.0], [5.3, 4.8, 5.1]),
    (0.03, [65.0, 32.0, 16.0], [5.5, 4.7, 4.4]),
];

/// The gain that makes the reference skin one drawn from the mixture.
fn light(random: &mut Random) -> [f32; 3] {
    let (_, mean, deviation) = CAMERAS[random.weighted(&CAMERAS.map(|camera| camera.0))];
    let mut normal = || random.normal().clamp(-1.8, 1.8);
    // Brighter pictures are paler: L* and a* go against each other in every component.
    let (bright, red, yellow) = (normal(), normal(), normal());
    let skin = [
        mean[0] + deviation[0] * bright,
        mean[1] + deviation[1] * (0.8 * red - 0.6 * bright),
        mean[2] + deviation[2] * yellow,
    ];
    let (seen, reference) = (linear_rgb(skin), linear_rgb(REFERENCE_SKIN));
    [0, 1, 2].map(|i| seen[i] / reference[i])
}

impl View {
    /// Picture number `index` of the lesion with this seed.
    pub fn sample(seed: u64, index: u32) -> Self {
        // The camera belongs to the lesion's visit, the framing to the picture.
        let mut camera = Random::new(seed).part(0xca);
        let light = light(&mut camera);
        let aperture = camera.chance(0.09);
        // Median 0.10, one in ten above 0.5: measured.
        let vignette = (0.11 * math::exp(0.95 * camera.normal())).min(0.6);
        let hairy = camera.chance(0.4);
        let stubble = camera.chance(0.2);
        let ruler = camera.chance(0.02);
        let ink = camera.chance(0.015);
        let mut random = Random::new(seed).part(0x1000 + u64::from(index));
        let power = random.between(0.94, 1.06);
        let mut normal = |deviation: f32| deviation * random.normal().clamp(-2.2, 2.2);
        let (shift, slope) = ((normal(9.0), normal(9.0)), (normal(0.06), normal(0.06)));
        Self {
            seed: random.next_u64(),
            rotation: random.between(0.0, core::f32::consts::TAU),
            shift,
            scale: random.between(0.88, 1.12),
            mirror: random.chance(0.5),
            light: light.map(|gain| gain * power),
            slope,
            vignette,
            aperture: aperture.then(|| Aperture::sample(&mut random)),
            hair: (hairy && random.chance(0.9)).then(|| Hair::sample(&mut random, stubble)),
            ruler: ruler.then(|| Ruler::sample(&mut random)),
            ink: ink.then(|| Ink::sample(&mut random)),
            bubbles: if random.chance(0.06) { 1 + random.below(5) } else { 0 },
            glints: if random.chance(0.1) { 4 + random.below(14) } else { 0 },
        }
    }
}
