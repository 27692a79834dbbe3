//! From a lesion and a view to pixels.

use crate::artefacts;
use crate::canvas::Canvas;
use crate::colour::{Encoder, REFERENCE_SKIN, greater, linear_rgb, smooth};
use crate::field::{Field, nearest};
use crate::lanes::LANES;
use crate::lesion::Lesion;
use crate::view::View;
use catalog::Diagnosis;
use numerics::{Random, math};

/// Draws a lesion as this view shows it.
///
/// # Shapes
/// The result is RGB, 8 bits, interleaved, row-major: `3 * width * height` bytes. The lesion's size follows the
/// shorter side.
///
/// ```
/// # use catalog::Diagnosis;
/// # use lesions::{draw, Lesion, View};
/// let pixels = draw(&Lesion::sample(Diagnosis::Nv, 7), &View::sample(7, 0), 64, 48);
/// assert_eq!(pixels.len(), 3 * 64 * 48);
/// ```
pub fn draw(lesion: &Lesion, view: &View, width: u32, height: u32) -> Vec<u8> {
    Drawing::new(lesion, view, width, height).finish()
}

/// A drawing under way, from the bottom to the top, for a page that must not compute for long at a time.
///
/// ```
/// # use catalog::Diagnosis;
/// # use lesions::{draw, Drawing, Lesion, View};
/// let (lesion, view) = (Lesion::sample(Diagnosis::Nv, 7), View::sample(7, 0));
/// let mut drawing = Drawing::new(&lesion, &view, 64, 48);
/// while drawing.step() {
///     // Whatever else there is to do.
/// }
/// assert_eq!(drawing.finish(), draw(&lesion, &view, 64, 48));
/// ```
pub struct Drawing<'a> {
    lesion: &'a Lesion,
    view: &'a View,
    canvas: Canvas,
    steps: u32,
}

impl<'a> Drawing<'a> {
    /// An empty canvas; sizes as for [`draw`].
    pub fn new(lesion: &'a Lesion, view: &'a View, width: u32, height: u32) -> Self {
        let mut canvas = Canvas::new(width, height, view);
        canvas.lay_grain(&Field::new(&mut Random::new(view.seed).part(5)));
        Self { lesion, view, canvas, steps: 0 }
    }

    /// Lays what comes next, for a millisecond or two; false once all is laid.
    pub fn step(&mut self) -> bool {
        let Self { lesion, view, canvas, steps } = self;
        let random = lesion.stream();
        // Each layer has its own random numbers, which do not depend on those of another.
        let part = |label: u64, index: usize| random.part(label * 64 + index as u64);
        let outline = &lesion.outline;
        match *steps {
            0 => lesion.skin.draw(canvas, Random::new(lesion.seed).part(2)),
            1 => lesion.body.draw(canvas, outline, part(1, 0)),
            2 => {
                for (i, zone) in lesion.zones.iter().enumerate() {
                    zone.draw(canvas, part(2, i));
                }
                if let Some(lacunae) = &lesion.lacunae {
                    lacunae.draw(canvas, part(3, 0));
                }
                if let Some(follicles) = &lesion.follicles {
                    follicles.draw(canvas, part(4, 0));
                }
            }
            3 => {
                for (i, ridges) in lesion.ridges.iter().enumerate() {
                    ridges.draw(canvas, part(5, i));
                }
                for (i, network) in lesion.networks.iter().enumerate() {
                    network.draw(canvas, |x, y| outline.depth(x, y), part(6, i));
                }
            }
            4 => {
                for (i, blotch) in lesion.blotches.iter().enumerate() {
                    blotch.draw(canvas, part(7, i));
                }
                for (i, streaks) in lesion.streaks.iter().enumerate() {
                    streaks.draw(canvas, outline, part(8, i));
                }
            }
            5 => {
                for (i, globules) in lesion.globules.iter().enumerate() {
                    globules.draw(canvas, outline, part(9, i));
                }
                for (i, leaf) in lesion.leaves.iter().enumerate() {
                    leaf.draw(canvas, part(16, i));
                }
                for (i, veil) in lesion.veils.iter().enumerate() {
                    veil.draw(canvas, part(10, i));
                }
            }
            6 => {
                for (i, vessels) in lesion.vessels.iter().enumerate() {
                    vessels.draw(canvas, outline, part(11, i));
                }
            }
            7 => {
                for (i, surface) in lesion.surface.iter().enumerate() {
                    surface.draw(canvas, part(12, i));
                }
                for (i, scale) in lesion.scales.iter().enumerate() {
                    scale.draw(canvas, part(17, i));
                }
            }
            8 => {
                for (i, spots) in lesion.inclusions.iter().enumerate() {
                    spots.draw(canvas, outline, part(13, i));
                }
                if let Some(rosettes) = lesion.rosettes {
                    rosettes.draw(canvas, outline, part(18, 0));
                }
                if let Some(shiny) = &lesion.shiny {
                    shiny.draw(canvas, part(14, 0));
                }
            }
            9 => artefacts::draw(canvas, view),
            _ => return false,
        }
        *steps += 1;
        true
    }

    /// The pixels, after all that is still to be laid.
    pub fn finish(mut self) -> Vec<u8> {
        while self.step() {}
        develop(&self.canvas, self.lesion, self.view)
    }
}

/// Draws the first picture of the lesion with this diagnosis and seed.
pub fn draw_sample(diagnosis: Diagnosis, seed: u64, width: u32, height: u32) -> Vec<u8> {
    draw(&Lesion::sample(diagnosis, seed), &View::sample(seed, 0), width, height)
}

/// FNV-1a over the bytes: the same pixels give the same number everywhere.
/// Source: Fowler, Noll and Vo, <http://www.isthe.com/chongo/tech/comp/fnv/>.
///
/// ```
/// assert_eq!(lesions::checksum(b"foobar"), 0x8594_4171_f739_67e8);
/// ```
pub fn checksum(pixels: &[u8]) -> u64 {
    pixels
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Lights the drawing: one gain of linear R, G, B makes the reference skin this person's under this lamp.
fn develop(canvas: &Canvas, lesion: &Lesion, view: &View) -> Vec<u8> {
    let encoder = Encoder::new();
    let reference = linear_rgb(REFERENCE_SKIN);
    let skin = linear_rgb(lesion.skin.tone());
    let gain = [0, 1, 2].map(|i| view.light[i] * (skin[i] / reference[i]).max(0.02));
    let mut random = Random::new(view.seed).part(3);
    let noise = Field::new(&mut random);
    let (half_width, half_height) = (0.5 * canvas.width as f32, 0.5 * canvas.height as f32);
    let nearness = 1.0 / (0.7 * (half_width * half_width + half_height * half_height));
    let across = view.slope.0 / half_width;
    let mut pixels = vec![0; 3 * canvas.lab.len()];
    let mut lights = vec![0.0; canvas.width];
    for (y, line) in pixels.chunks_exact_mut((3 * canvas.width).max(1)).enumerate() {
        let dy = y as f32 + 0.5 - half_height;
        let down = 1.0 + view.slope.1 * dy / half_height;
        for (x, light) in lights.iter_mut().enumerate() {
            let dx = x as f32 + 0.5 - half_width;
            // Even to half the way, then down to the corner. Source: luminance by distance, measured on HAM10000.
            let far = greater((dx * dx + dy * dy) * nearness - 0.43, 0.0);
            *light = (down + dx * across) * (1.0 - view.vignette * far * (1.75 - 0.75 * far));
        }
        if let Some(aperture) = view.aperture {
            for (x, light) in lights.iter_mut().enumerate() {
                let dx = x as f32 + 0.5 - half_width;
                let (ax, ay) = (dx / canvas.unit - aperture.at.0, dy / canvas.unit - aperture.at.1);
                let inside = aperture.radius - math::sqrt(ax * ax + ay * ay);
                *light *= 0.01 + 0.99 * smooth(-aperture.soft, aperture.soft, inside);
            }
        }
        let colours = &canvas.lab[y * canvas.width..][..canvas.width];
        let blocks = line.chunks_mut(3 * LANES).zip(colours.chunks(LANES).zip(lights.chunks(LANES)));
        for (block, (pixels, (colours, lights))) in blocks.enumerate() {
            let places = Encoder::places(colours, lights, gain);
            for (x, pixel) in pixels.chunks_exact_mut(3).enumerate() {
                // The camera's own grain, about one level, most of it alike in all channels.
                let own = noise.three(3 * (LANES * block + x) + 715 * y);
                for channel in 0..3 {
                    let level = encoder.at(places[channel][x]) + own[1] * 1.5 + own[channel] * 0.8;
                    pixel[channel] = nearest(level.clamp(0.0, 255.0)) as u8;
                }
            }
        }
    }
    pixels
}
