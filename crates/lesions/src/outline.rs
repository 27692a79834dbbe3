//! The lesion's outline: an ellipse with harmonics, as measured on the HAM10000 masks.

use numerics::{Random, math};

const STEPS: usize = 1024;

/// A closed curve around the origin, radius by direction.
#[derive(Clone, Debug)]
pub struct Outline {
    /// Diameter of the circle of equal area, in reference pixels (the frame's shorter side is 240).
    pub diameter: f32,
    /// Long axis over short axis.
    pub aspect: f32,
    /// Root mean square of harmonics 3 to 16, as a share of the radius.
    pub roughness: f32,
    /// Radius over the mean radius, by diamond angle.
    table: Vec<f32>,
}

/// A direction's place on a diamond, 0 to 4, without trigonometry: monotonic in the angle.
fn diamond(x: f32, y: f32) -> f32 {
    let sum = x.abs() + y.abs();
    if sum <= 0.0 {
        return 0.0;
    }
    let t = y / sum;
    if x < 0.0 {
        2.0 - t
    } else if y < 0.0 {
        4.0 + t
    } else {
        t
    }
}

/// Median amplitudes of harmonics 3 to 16, relative to each other. Source: table of border harmonics,
/// measured on the HAM10000 masks, the same for all classes within a factor.
const HARMONICS: [f32; 14] = [5.9, 4.3, 3.1, 2.4, 1.8, 1.4, 1.1, 0.9, 0.8, 0.7, 0.6, 0.5, 0.45, 0.4];

impl Outline {
    /// Draws a curve of this size, elongation and roughness.
    pub fn sample(random: &mut Random, diameter: f32, aspect: f32, roughness: f32) -> Self {
        let waves: Vec<(f32, f32, f32)> = HARMONICS
            .iter()
            .enumerate()
            .map(|(i, &a)| {
                (i as f32 + 3.0, a * random.between(0.4, 1.6), random.between(0.0, core::f32::consts::TAU))
            })
            .collect();
        let power: f32 = waves.iter().map(|w| 0.5 * w.1 * w.1).sum();
        let gain = roughness / math::sqrt(power);
        let stretch = math::sqrt(aspect);
        let mut table: Vec<f32> = (0..=STEPS)
            .map(|step| {
                let d = 4.0 * step as f32 / STEPS as f32;
                let (x, y) = match d {
                    d if d < 1.0 => (1.0 - d, d),
                    d if d < 2.0 => (1.0 - d, 2.0 - d),
                    d if d < 3.0 => (d - 3.0, 2.0 - d),
                    d => (d - 3.0, d - 4.0),
                };
                let angle = math::atan2(y, x);
                let (cos, sin) = (math::cos(angle), math::sin(angle));
                let (ex, ey) = (cos / stretch, sin * stretch);
                let ellipse = 1.0 / math::sqrt(ex * ex + ey * ey);
                let wave: f32 =
                    waves.iter().map(|&(k, a, phase)| a * gain * math::cos(k * angle + phase)).sum();
                ellipse * (1.0 + wave).max(0.35)
            })
            .collect();
        table[STEPS] = table[0];
        Self { diameter, aspect, roughness, table }
    }

    /// Mean radius in reference pixels.
    pub fn radius(&self) -> f32 {
        0.5 * self.diameter
    }

    /// Radius in reference pixels in the direction of (x, y).
    pub fn radius_towards(&self, x: f32, y: f32) -> f32 {
        let place = diamond(x, y) * (STEPS as f32 / 4.0);
        let index = (place as usize).min(STEPS - 1);
        let share = place - index as f32;
        self.radius() * (self.table[index] + (self.table[index + 1] - self.table[index]) * share)
    }

    /// 1 at the centre, 0 at the rim, negative outside.
    pub fn depth(&self, x: f32, y: f32) -> f32 {
        1.0 - math::sqrt(x * x + y * y) / self.radius_towards(x, y)
    }

    /// A place inside, uniform over the area, no nearer to the rim than `reach` < 1 times the radius allows.
    pub(crate) fn place(&self, random: &mut Random, reach: f32) -> (f32, f32) {
        self.at(random.between(0.0, core::f32::consts::TAU), reach * math::sqrt(random.uniform()))
    }

    /// The place in direction `angle` at `share` of the radius.
    pub(crate) fn at(&self, angle: f32, share: f32) -> (f32, f32) {
        let (x, y) = (math::cos(angle), math::sin(angle));
        let r = share * self.radius_towards(x, y);
        (x * r, y * r)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_roughness_or_stretch_the_outline_is_a_circle() {
        let outline = Outline::sample(&mut Random::new(1), 100.0, 1.0, 0.0);
        for (x, y) in [(1.0, 0.0), (0.3, -0.9), (-1.0, 0.2), (-0.5, -0.5)] {
            assert!((outline.radius_towards(x, y) - 50.0).abs() < 1e-3);
        }
    }

    #[test]
    fn diamond_angles_grow_around_the_circle() {
        let mut last = -1.0;
        for (x, y) in [
            (1.0, 0.0),
            (1.0, 1.0),
            (0.0, 1.0),
            (-1.0, 1.0),
            (-1.0, 0.0),
            (-1.0, -1.0),
            (0.0, -1.0),
            (1.0, -1.0),
        ] {
            let d = diamond(x, y);
            assert!(d > last, "{x} {y}: {d} after {last}");
            last = d;
        }
    }
}
