//! What is between lens and lesion: hair, ruler ticks, pen, gel bubbles, glints, the dark border of the tube.

use crate::canvas::{Canvas, FramePoint};
use crate::colour::{Lab, mix, smooth};
use crate::view::View;
use core::f32::consts::TAU;
use numerics::{Random, math};

/// The round dark border of a dermatoscope's tube.
/// In 5 to 16 % of pictures, its edge 3 to 10 pixels wide. Source: measured on HAM10000.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aperture {
    /// Centre from the picture's, reference pixels.
    pub at: (f32, f32),
    /// Radius, reference pixels; the shorter side has 240.
    pub radius: f32,
    /// Half the width of its edge, reference pixels.
    pub soft: f32,
}

impl Aperture {
    pub(crate) fn sample(random: &mut Random) -> Self {
        Self {
            at: (random.between(-8.0, 8.0), random.between(-8.0, 8.0)),
            radius: random.between(120.0, 158.0),
            soft: random.between(1.5, 5.0),
        }
    }
}

/// Hair across the picture.
/// About one picture in three has some: a median of 3 strands and up to 12 distinguishable ones, 1.4 to 2.2 pixels
/// wide and 12 to 30 L\* darker. Source: measured on HAM10000.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hair {
    /// How many strands.
    pub strands: u32,
    /// Common direction, radians.
    pub towards: f32,
    /// How far strands turn from it, radians.
    pub disorder: f32,
    /// Width at the thickest, reference pixels, 1.2 to 3.
    pub width: f32,
    /// L\* of a strand: 12 black to 48 fair, 85 white.
    pub lightness: f32,
    /// Shaved: strokes of 6 to 16 pixels.
    pub stubble: bool,
}

impl Hair {
    pub(crate) fn sample(random: &mut Random, stubble: bool) -> Self {
        // Median 4, one in ten above 16.
        let strands = (4.0 * math::exp(1.1 * random.normal().clamp(-1.4, 2.0))) as u32;
        Self {
            strands: if stubble { 10 + random.below(34) } else { strands.clamp(1, 36) },
            towards: random.between(0.0, TAU),
            disorder: random.between(0.12, 0.6),
            width: random.between(1.5, 2.7),
            lightness: if random.chance(0.08) { 84.0 } else { random.between(12.0, 46.0) },
            stubble,
        }
    }

    fn draw(&self, canvas: &mut Canvas, random: &mut Random) {
        let (width, height) = (canvas.width as f32, canvas.height as f32);
        let (unit, scale) = (canvas.unit, canvas.scale);
        let white = self.lightness > 70.0;
        let colour: Lab = [self.lightness, if white { 4.0 } else { 8.0 }, 0.25 * self.lightness.min(40.0)];
        for _ in 0..self.strands {
            let (length, pieces) =
                if self.stubble { (random.between(6.0, 16.0), 3) } else { (random.between(50.0, 300.0), 16) };
            // A steady curve that changes a little on the way.
            let bend = if self.stubble { 0.03 * random.normal() } else { 0.042 * random.normal() };
            let twist = if self.stubble { 0.0 } else { 0.008 * random.normal() };
            let step = length * unit / pieces as f32;
            let thick = self.width * random.between(0.7, 1.15) * unit / scale;
            let mut heading = self.towards + self.disorder * random.normal() - 0.5 * bend * pieces as f32;
            let turn = 0.5 * length * unit;
            let mut x = width * random.between(-0.05, 1.05) - turn * math::cos(heading);
            let mut y = height * random.between(-0.05, 1.05) - turn * math::sin(heading);
            let mut points: Vec<(FramePoint, f32)> = Vec::with_capacity(pieces + 1);
            for i in 0..=pieces {
                let t = i as f32 / pieces as f32;
                // Thick to two thirds, then tapering to the tip.
                let taper = if self.stubble { 1.0 - 0.3 * t } else { 1.0 - 0.75 * smooth(0.45, 1.0, t) };
                points.push((canvas.place_at(x, y), thick * taper));
                x += step * math::cos(heading);
                y += step * math::sin(heading);
                heading += bend + twist * i as f32;
            }
            let opacity = random.between(0.6, 0.96) * if white { 0.7 } else { 1.0 };
            canvas.stroke(&points, 0.45, |lab, _, share| *lab = mix(*lab, colour, share * opacity));
        }
    }
}

/// Ticks of a ruler along an edge of the picture, 8 to 15 pixels long.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruler {
    /// Distance of ticks, reference pixels: one millimetre.
    pub spacing: f32,
    /// Distance from the picture's lower edge, reference pixels.
    pub inset: f32,
}

impl Ruler {
    pub(crate) fn sample(random: &mut Random) -> Self {
        Self { spacing: random.between(14.0, 24.0), inset: random.between(2.0, 12.0) }
    }

    fn draw(self, canvas: &mut Canvas) {
        let (unit, bottom) = (canvas.unit, canvas.height as f32 - self.inset * canvas.unit);
        let thick = 1.3 * unit / canvas.scale;
        let ticks = (canvas.width as f32 / (self.spacing * unit)) as u32;
        for i in 0..=ticks {
            let x = (i as f32 + 0.5) * self.spacing * unit;
            let length = unit * if i % 5 == 0 { 14.0 } else { 9.0 };
            let line = [(canvas.place_at(x, bottom), thick), (canvas.place_at(x, bottom - length), thick)];
            canvas.stroke(&line, 0.3, |lab, _, share| *lab = mix(*lab, [16.0, 2.0, -4.0], 0.9 * share));
        }
    }
}

/// Marks of a skin pen next to the lesion, violet to blue, in 0.2 to 2 % of pictures (measured).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// Colour at full opacity.
    pub colour: Lab,
    /// Distance from the picture's centre, reference pixels.
    pub radius: f32,
    /// Where it starts, radians.
    pub from: f32,
    /// How far round it goes, radians; 0 for dots.
    pub sweep: f32,
    /// Width of the pen, reference pixels.
    pub width: f32,
}

impl Ink {
    pub(crate) fn sample(random: &mut Random) -> Self {
        let dots = random.chance(0.4);
        Self {
            colour: [random.between(30.0, 48.0), random.between(14.0, 30.0), random.between(-48.0, -28.0)],
            radius: random.between(82.0, 118.0),
            from: random.between(0.0, TAU),
            sweep: if dots { 0.0 } else { random.between(0.5, 2.6) },
            width: random.between(4.0, 9.0),
        }
    }

    fn draw(&self, canvas: &mut Canvas, random: &mut Random) {
        let (unit, zoom) = (canvas.unit, canvas.unit / canvas.scale);
        let half = (0.5 * canvas.width as f32, 0.5 * canvas.height as f32);
        let place = |canvas: &Canvas, angle: f32, radius: f32| {
            let r = radius * unit;
            canvas.place_at(half.0 + r * math::cos(angle), half.1 + r * math::sin(angle))
        };
        let colour = self.colour;
        if self.sweep <= 0.0 {
            for i in 0..3 + random.below(3) {
                let at = place(canvas, self.from + 1.4 * i as f32 + 0.3 * random.normal(), self.radius);
                let r = zoom * self.width * random.between(0.6, 1.1);
                canvas.ellipse(at, (r, 0.85 * r), 0.0, 0.7, |lab, share, _| {
                    *lab = mix(*lab, colour, 0.8 * share);
                });
            }
            return;
        }
        let mut radius = self.radius;
        let points: Vec<_> = (0..=14)
            .map(|i| {
                radius += 1.5 * random.normal();
                let angle = self.from + self.sweep * i as f32 / 14.0;
                (place(canvas, angle, radius), zoom * self.width * random.between(0.75, 1.1))
            })
            .collect();
        canvas.stroke(&points, 0.5, |lab, _, share| *lab = mix(*lab, colour, 0.75 * share));
    }
}

/// Draws everything that is in the way.
pub(crate) fn draw(canvas: &mut Canvas, view: &View) {
    let random = Random::new(view.seed);
    if let Some(ink) = &view.ink {
        ink.draw(canvas, &mut random.part(4));
    }
    if let Some(hair) = &view.hair {
        hair.draw(canvas, &mut random.part(1));
    }
    if let Some(ruler) = view.ruler {
        ruler.draw(canvas);
    }
    let mut random = random.part(2);
    let mut anywhere = |canvas: &Canvas| {
        let (x, y) = (random.uniform() * canvas.width as f32, random.uniform() * canvas.height as f32);
        (canvas.place_at(x, y), random.uniform())
    };
    let zoom = canvas.unit / canvas.scale;
    for _ in 0..view.bubbles {
        let (at, size) = anywhere(canvas);
        bubble(canvas, at, zoom * (3.0 + 22.0 * size * size * size));
    }
    for _ in 0..view.glints {
        let (at, size) = anywhere(canvas);
        let r = zoom * (0.6 + 0.9 * size);
        canvas.ellipse(at, (1.5 * r, r), size, 0.7, |lab, share, _| {
            *lab = mix(*lab, [96.0, 1.0, 2.0], 0.75 * share);
        });
    }
}

/// A bubble in the gel: a bright rim, a dark line inside it, and the lamp's image.
fn bubble(canvas: &mut Canvas, at: FramePoint, r: f32) {
    let thin = (2.2 / r).min(0.35);
    canvas.ellipse(at, (r, 0.92 * r), 0.3, 0.15, |lab, share, distance| {
        let rim = smooth(1.0 - 1.6 * thin, 1.0 - 0.6 * thin, distance);
        let dark = smooth(1.0 - 3.2 * thin, 1.0 - 1.8 * thin, distance) * (1.0 - rim);
        lab[0] += share * (17.0 * rim - 6.0 * dark);
        lab[1] -= share * 4.0 * rim;
    });
    let spot = (0.22 * r).min(3.0);
    canvas.ellipse((at.0 - 0.4 * r, at.1 - 0.5 * r), (spot, 0.7 * spot), 0.5, 0.6, |lab, share, _| {
        *lab = mix(*lab, [97.0, 0.0, 1.0], 0.8 * share);
    });
}
