//! Loss scaling for half precision, whose smallest number is 6e-8: smaller gradients would vanish.
//!
//! Source: Micikevicius et al. 2018, <https://arxiv.org/abs/1710.03740>; the constants are those of PyTorch's
//! `GradScaler`.

use serde::{Deserialize, Serialize};

/// Steps without overflow after which the scale is doubled.
const PATIENCE: u32 = 2000;

/// The factor that the loss is multiplied by, a power of 2.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct LossScale {
    exponent: i32,
    /// Steps without overflow since the last change.
    steps: u32,
}

impl Default for LossScale {
    fn default() -> Self {
        Self { exponent: 16, steps: 0 }
    }
}

impl LossScale {
    /// The factor; dividing by it is exact.
    pub fn factor(self) -> f64 {
        numerics::math::pow64(2.0, f64::from(self.exponent))
    }

    /// Adapts the factor to whether every gradient of a step was finite. A step in which one was not is skipped.
    pub fn step(&mut self, finite: bool) {
        self.steps = if finite { self.steps + 1 } else { 0 };
        if !finite {
            self.exponent -= 1;
        } else if self.steps == PATIENCE {
            self.exponent += 1;
            self.steps = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_halves_at_every_overflow_and_doubles_after_two_thousand_good_steps() {
        let mut scale = LossScale::default();
        assert_eq!(scale.factor().to_bits(), 65536_f64.to_bits());
        scale.step(false);
        scale.step(false);
        assert_eq!(scale.factor().to_bits(), 16384_f64.to_bits());
        (0..1999).for_each(|_| scale.step(true));
        assert_eq!(scale.factor().to_bits(), 16384_f64.to_bits());
        scale.step(true);
        assert_eq!(scale.factor().to_bits(), 32768_f64.to_bits());
        // An overflow begins the count again.
        (0..1999).for_each(|_| scale.step(true));
        scale.step(false);
        (0..1999).for_each(|_| scale.step(true));
        assert_eq!(scale.factor().to_bits(), 16384_f64.to_bits());
    }
}
