//! The skin around: its tone, furrows, grain, mottling, and what sun does to it; without regard to the diagnosis.

use crate::canvas::Canvas;
use crate::coarse::Coarse;
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
        let twelve = Coarse::new(canvas, |x, y| field.at(x * 0.085, y * 0.085 + 8.0));
        let twenty = Coarse::new(canvas, |x, y| field.at(x * 0.04 + 30.0, y * 0.04));
        let wide = Coarse::new(canvas, |x, y| field.at(x * 0.014 + 50.0, y * 0.014));
        let warm = Coarse::new(canvas, |x, y| field.cloud(x * 0.03, y * 0.03 + 25.0));
        let web = Coarse::new(canvas, |x, y| {
            let (u, v) = (x * 0.05, y * 0.05 + 40.0);
            field.at(u + 0.6 * field.at(u * 1.9, v * 1.9 + 11.0), v + 0.6 * field.at(u * 1.9 + 23.0, v * 1.9))
        });
        let m = self.mottling;
        let (sun, furrows) = (self.sun_damage, self.furrows);
        let width = canvas.width;
        let mut rows = vec![0.0; 5 * width];
        for y in 0..canvas.height {
            let mut lines = rows.chunks_mut(width.max(1));
            let mut next = |map: &Coarse| {
                let line = lines.next().unwrap_or_default();
                map.row(y, line);
                &*line
            };
            let (twelve, twenty, wide) = (next(&twelve), next(&twenty), next(&wide));
            let (warm, web) = (next(&warm), next(&web));
            for x in 0..width {
                let i = y * width + x;
                let [three, six] = canvas.grain[i];
                let mut light =
                    m * (1.9 * three + 2.1 * six + 2.4 * twelve[x] + 3.0 * twenty[x]) + 3.0 * wide[x];
                let red = m * (0.5 * three + 1.1 * six + 1.5 * twelve[x] + 2.2 * warm[x]) + 2.6 * wide[x];
                let mut yellow = m * (1.1 * twelve[x] - 2.0 * warm[x] + 0.9 * six) + 3.4 * wide[x];
                if furrows > 0.05 {
                    let (px, py) = canvas.place(x, y);
                    light -= furrows * furrow(cos * px + sin * py, cos * py - sin * px, twenty[x], warm[x]);
                }
                // A red web of vessels, and tan where the sun left pigment.
                if sun < 0.1 {
                    let lab = &mut canvas.lab[i];
                    lab[0] += light - 0.5 * red;
                    lab[1] += red - 0.15 * light;
                    lab[2] += yellow - 0.15 * light;
                    continue;
                }
                let vessel = sun
                    * smooth(0.15, 0.0, (web[x] + 0.06 * three).abs())
                    * smooth(-0.4, 0.4, warm[x] + 0.5 * six);
                let tan =
                    sun * smooth(0.1, 1.1, 0.7 * twenty[x] - 0.5 * warm[x] + 0.5 * twelve[x] + 0.25 * six);
                light -= 2.2 * vessel + 7.0 * tan;
                yellow += 6.0 * tan;
                let lab = &mut canvas.lab[i];
                lab[0] += light - 0.5 * red;
                lab[1] += red + 4.5 * vessel + 2.0 * tan - 0.15 * light;
                lab[2] += yellow - 0.15 * light;
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
