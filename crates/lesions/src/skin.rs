//! The skin around: its tone, furrows, grain, mottling, and what sun does to it; without regard to the diagnosis.

use crate::canvas::Canvas;
use crate::coarse::CoarseField;
use crate::colour::{Lab, mix, smooth};
use crate::field::{Field, whole};
use numerics::{Random, math};

/// One person's skin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Skin {
    /// Individual typology angle, degrees, −50 (dark) to 75 (very light): the arc tangent of (L\* − 50) / b\* under
    /// neutral light (Chardon 1991, Int J Cosmet Sci 13:191).
    pub typology_angle: f32,
    /// Redness of the whole skin, Δa\*, −4 to 6.
    pub flush: f32,
    /// Depth of the furrow net, 0 to 1.
    pub furrows: f32,
    /// Strength of texture at all scales: 1 is the median measured, 0.5 to 2 hold nine in ten.
    pub mottling: f32,
    /// Sun damage, 0 to 1: a web of fine red vessels, tan spots.
    pub sun_damage: f32,
}

/// Colour by typology angle. L\* and b\* make the angle; a\* is chosen.
const TONES: [(f32, Lab); 9] = [
    (-50.0, [33.0, 11.0, 14.2]),
    (-30.0, [40.8, 13.0, 15.9]),
    (10.0, [53.0, 15.5, 17.0]),
    (28.0, [59.0, 15.5, 17.0]),
    (41.0, [64.5, 15.0, 16.7]),
    (48.0, [67.6, 14.0, 15.8]),
    (55.0, [70.7, 13.4, 14.5]),
    (60.0, [72.5, 13.0, 13.0]),
    (75.0, [80.0, 10.0, 8.0]),
];

/// Groups of the typology angle, very light to dark (Chardon 1991), and how often each is drawn. Chosen: the pictures
/// people train on hold almost only light skin (85 % above 55° in HAM10000); these hold all.
const GROUPS: [(f32, f32, f32); 6] = [
    (0.56, 55.0, 70.0),
    (0.18, 41.0, 55.0),
    (0.1, 28.0, 41.0),
    (0.07, 10.0, 28.0),
    (0.05, -30.0, 10.0),
    (0.04, -50.0, -30.0),
];

impl Skin {
    pub(crate) fn sample(random: &mut Random) -> Self {
        let (_, low, high) = GROUPS[random.weighted(&GROUPS.map(|group| group.0))];
        Self {
            typology_angle: random.between(low, high),
            flush: 1.2 * random.normal().clamp(-2.0, 2.5),
            furrows: random.uniform() * random.uniform(),
            mottling: math::exp(0.38 * random.normal().clamp(-2.0, 2.0)),
            sun_damage: if random.chance(0.55) { random.uniform() } else { 0.2 * random.uniform() },
        }
    }

    /// Skin of this typology angle, in degrees, and otherwise as the median.
    pub fn of_angle(typology_angle: f32) -> Self {
        Self { typology_angle, flush: 0.0, furrows: 0.3, mottling: 1.0, sun_damage: 0.2 }
    }

    /// Its colour under neutral light.
    pub fn tone(&self) -> Lab {
        let angle = self.typology_angle.clamp(TONES[0].0, TONES[TONES.len() - 1].0);
        let mut tone = TONES[0].1;
        for pair in TONES.windows(2) {
            if angle >= pair[0].0 {
                tone = mix(pair[0].1, pair[1].1, (angle - pair[0].0) / (pair[1].0 - pair[0].0));
            }
        }
        [tone[0] - 0.4 * self.flush, tone[1] + self.flush, tone[2]]
    }

    /// Adds the skin's texture to the canvas. Deviations by scale follow the bands measured on skin:
    /// L\* 0.41, 0.44, 0.51 and 0.75, a\* 0.17, 0.27, 0.35 and 0.44 at 1.1, 2.3, 4.5 and 9 pixels.
    pub(crate) fn draw(&self, canvas: &mut Canvas, mut random: Random) {
        let field = Field::new(&mut random);
        let towards = random.between(0.0, core::f32::consts::TAU);
        let (cos, sin) = (math::cos(towards), math::sin(towards));
        let m = self.mottling;
        let (sun, furrows) = (self.sun_damage, self.furrows);
        // Light, red and yellow of the slow scales, told apart only where they are worked out.
        let slow = CoarseField::many(canvas, |x, y| {
            let twelve = field.at(x * 0.085, y * 0.085 + 8.0);
            let twenty = field.at(x * 0.04 + 30.0, y * 0.04);
            let wide = field.at(x * 0.014 + 50.0, y * 0.014);
            let warm = field.cloud(x * 0.03, y * 0.03 + 25.0);
            // What varies in skin is blood, which reddens, and pigment, which yellows; both darken.
            let blood = m * (2.3 * warm + 1.7 * twelve) + (1.2 + 1.2 * m) * wide;
            let pigment = m * (3.2 * twenty + 1.2 * twelve - 1.5 * warm) + (1.4 + 1.4 * m) * wide;
            [
                -0.7 * blood - 0.9 * pigment + 1.2 * m * twelve,
                blood + 0.2 * pigment,
                0.75 * pigment - 0.1 * blood,
                warm,
                twenty,
                0.7 * twenty - 0.5 * warm + 0.5 * twelve,
            ]
        });
        // The same of the grain.
        let three = [m * 1.8, m * -0.3, m * -0.2];
        let six = [m * 1.8, m * -0.7, m * -0.6];
        let width = canvas.width;
        let mut rows = vec![0.0; 7 * width];
        let web = (sun >= 0.1).then(|| {
            CoarseField::new(canvas, |x, y| {
                let (u, v) = (x * 0.05, y * 0.05 + 40.0);
                let across = field.at(u * 1.9, v * 1.9 + 11.0);
                field.at(u + 0.6 * across, v + 0.6 * field.at(u * 1.9 + 23.0, v * 1.9))
            })
        });
        for y in 0..canvas.height {
            let mut lines = rows.chunks_mut(width.max(1));
            let [light, red, yellow, warm, twenty, tan, web_row] =
                [(); 7].map(|()| lines.next().unwrap_or_default());
            for (map, line) in slow.iter().zip([&mut *light, &mut *red, &mut *yellow]) {
                map.row(y, line);
            }
            let fine = canvas.grain(y);
            for x in 0..width {
                light[x] += three[0] * fine[0][x] + six[0] * fine[1][x];
                red[x] += three[1] * fine[0][x] + six[1] * fine[1][x];
                yellow[x] += three[2] * fine[0][x] + six[2] * fine[1][x];
            }
            if furrows > 0.05 || web.is_some() {
                slow[3].row(y, warm);
                slow[4].row(y, twenty);
            }
            if furrows > 0.05 {
                let middle = y as f32 + 0.5;
                let (from, to) = (canvas.place_at(0.5, middle), canvas.place_at(1.5, middle));
                let (dx, dy) = (to.0 - from.0, to.1 - from.1);
                let (u, v) = (cos * from.0 + sin * from.1, cos * from.1 - sin * from.0);
                let (du, dv) = (cos * dx + sin * dy, cos * dy - sin * dx);
                for x in 0..width {
                    let t = x as f32;
                    light[x] -= furrows * furrow(u + t * du, v + t * dv, twenty[x], warm[x]);
                }
            }
            if let Some(web) = &web {
                slow[5].row(y, tan);
                web.row(y, web_row);
                for x in 0..width {
                    // A red web of vessels, and tan where the sun left pigment.
                    let vessel = sun
                        * smooth(0.15, 0.0, (web_row[x] + 0.06 * fine[0][x]).abs())
                        * smooth(-0.4, 0.4, warm[x] + 0.5 * fine[1][x]);
                    let tan = sun * smooth(0.1, 1.1, tan[x] + 0.25 * fine[1][x]);
                    light[x] -= 3.0 * vessel + 7.0 * tan;
                    red[x] += 6.5 * vessel + 3.0 * tan;
                    yellow[x] += 0.3 * vessel + 7.0 * tan;
                }
            }
            let row = &mut canvas.lab[y * width..][..width];
            for (x, lab) in row.iter_mut().enumerate() {
                *lab = [lab[0] + light[x], lab[1] + red[x], lab[2] + yellow[x]];
            }
        }
    }
}

/// Depth of the furrow net at (u, v): two families of lines that cross, 6 to 9 pixels apart, broken.
fn furrow(u: f32, v: f32, bend: f32, open: f32) -> f32 {
    let line = |phase: f32| {
        let away = (phase - whole(phase) as f32 - 0.5).abs();
        smooth(0.24, 0.02, away)
    };
    let first = line(u * 0.12 + 0.05 * v + 1.3 * bend);
    let second = line(v * 0.13 - 0.06 * u + 1.1 * open);
    1.6 * (first * smooth(-0.9, 0.4, open) + second * smooth(0.7, -0.4, bend)) - 0.6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tone_has_the_typology_angle_it_was_made_from() {
        for (angle, tone) in TONES {
            let found = math::atan2(tone[0] - 50.0, tone[2]).to_degrees();
            assert!((found - angle).abs() < 1.5, "{found} for {angle}");
        }
    }
}
