//! What lies between lens and lesion: hair, ruler ticks, gel bubbles, glints.

use crate::canvas::Canvas;
use crate::colour::mix;
use crate::view::View;
use numerics::{Random, math};

/// Hair across the picture.
/// About one picture in three has some, a median of 3 strands and up to 12, 1.4 to 2.2 pixels wide and
/// 12 to 30 L\* darker. Source: measured on HAM10000.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hair {
    /// How many strands.
    pub strands: u32,
    /// Common direction, radians.
    pub towards: f32,
    /// L\* of a strand: 12 black to 45 fair.
    pub lightness: f32,
    /// Shaved: strokes of 6 to 12 pixels.
    pub stubble: bool,
}

impl Hair {
    pub(crate) fn sample(random: &mut Random, stubble: bool) -> Self {
        let few = 1 + random.below(5);
        Self {
            strands: if stubble {
                14 + random.below(20)
            } else if random.chance(0.3) {
                few + random.below(8)
            } else {
                few
            },
            towards: random.between(0.0, core::f32::consts::TAU),
            lightness: random.between(14.0, 44.0),
            stubble,
        }
    }

    fn draw(&self, canvas: &mut Canvas, random: &mut Random) {
        let half = (0.5 * canvas.width as f32, 0.5 * canvas.height as f32);
        let (unit, scale) = (canvas.unit, canvas.scale);
        for _ in 0..self.strands {
            let mut heading = self.towards + 0.35 * random.normal();
            let (length, pieces) =
                if self.stubble { (random.between(6.0, 12.0), 3) } else { (random.between(90.0, 330.0), 14) };
            let bend = if self.stubble { 0.02 } else { 0.09 * random.normal() };
            let step = length * unit / pieces as f32;
            let width =
                unit / scale * if self.stubble { random.between(0.9, 1.4) } else { random.between(0.9, 1.9) };
            let mut x =
                half.0 + unit * random.between(-120.0, 120.0) - 0.5 * length * unit * math::cos(heading);
            let mut y =
                half.1 + unit * random.between(-120.0, 120.0) - 0.5 * length * unit * math::sin(heading);
            let points: Vec<_> = (0..=pieces)
                .map(|i| {
                    let point = (canvas.place_at(x, y), width * (1.0 - 0.45 * i as f32 / pieces as f32));
                    x += step * math::cos(heading);
                    y += step * math::sin(heading);
                    heading += bend;
                    point
                })
                .collect();
            let opacity = random.between(0.55, 0.95);
            let colour = [self.lightness, 7.0, 0.2 * self.lightness];
            canvas.stroke(&points, 0.5, |lab, _, share| *lab = mix(*lab, colour, share * opacity));
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

/// Draws everything that lies in the way.
pub(crate) fn draw(canvas: &mut Canvas, view: &View) {
    let random = Random::new(view.seed);
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
        let r = zoom * (3.0 + 6.0 * size);
        canvas.ellipse(at, (r, r), 0.0, 0.3, |lab, share, distance| {
            let ring = crate::colour::smooth(0.6, 0.95, distance);
            lab[0] += share * (14.0 * ring - 4.0 * (1.0 - ring));
        });
        canvas.ellipse((at.0 - 0.3 * r, at.1 - 0.4 * r), (0.22 * r, 0.16 * r), 0.5, 0.6, |lab, share, _| {
            *lab = mix(*lab, [97.0, 0.0, 1.0], 0.8 * share);
        });
    }
    for _ in 0..view.glints {
        let (at, size) = anywhere(canvas);
        let r = zoom * (0.6 + 0.9 * size);
        canvas.ellipse(at, (1.5 * r, r), size, 0.7, |lab, share, _| {
            *lab = mix(*lab, [96.0, 1.0, 2.0], 0.75 * share);
        });
    }
}
