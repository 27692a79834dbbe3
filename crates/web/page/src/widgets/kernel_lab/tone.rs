//! Which colour a result gets: a screen cannot show less than no light, so negative results need a rule.

use kit::colour;

use crate::stage::number;

/// The rule, as in the control of that name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NegativeRule {
    /// Blue below zero, red above, white at zero, as far in both directions as the largest result.
    Signed,
    /// Without its sign, 255 and above white.
    Absolute,
    /// 0 and below black, 255 and above white.
    Clipped,
    /// The smallest result black, the largest white.
    Rescaled,
}

/// A rule with the range it was fitted to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tone {
    rule: NegativeRule,
    /// Black, or the darkest blue.
    low: f32,
    /// White, or the darkest red; above `low`.
    high: f32,
}

impl NegativeRule {
    /// From the control's value.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        Some(match value {
            "signed" => Self::Signed,
            "absolute" => Self::Absolute,
            "clipped" => Self::Clipped,
            "rescaled" => Self::Rescaled,
            _ => return None,
        })
    }
}

impl Tone {
    /// The rule fitted to these results.
    pub(crate) fn fit(rule: NegativeRule, results: &[f32]) -> Self {
        let least = results.iter().copied().fold(f32::INFINITY, f32::min);
        let most = results.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let (low, high) = match rule {
            NegativeRule::Signed => {
                let far = least.abs().max(most.abs());
                (-far, far)
            }
            NegativeRule::Absolute | NegativeRule::Clipped => (0.0, 255.0),
            NegativeRule::Rescaled => (least, most),
        };
        // Where all results are alike any range will do; it has to be one.
        let (low, high) = match rule {
            _ if low < high => (low, high),
            NegativeRule::Signed => (-1.0, 1.0),
            _ => (least - 0.5, least + 0.5),
        };
        Self { rule, low, high }
    }

    /// Whether the colour itself means the sign, so that a picture of three channels needs three maps.
    pub(crate) fn is_signed(self) -> bool {
        self.rule == NegativeRule::Signed
    }

    /// A single result's brightness, 0 to 255; for the rules without colour.
    pub(crate) fn grey(self, result: f32) -> u8 {
        let result = if self.rule == NegativeRule::Absolute { result.abs() } else { result };
        colour::to_byte((result - self.low) / (self.high - self.low) * 255.0)
    }

    /// A single result's colour.
    pub(crate) fn colour(self, result: f32) -> [u8; 3] {
        match self.rule {
            NegativeRule::Signed => colour::signed(result / self.high),
            _ => [self.grey(result); 3],
        }
    }

    /// The colours from left to right of the scale beside the picture, `steps` of them, as RGBA.
    pub(crate) fn scale(self, steps: u32) -> Vec<u8> {
        let range = self.high - self.low;
        let at = |i: u32| self.low + range * i as f32 / (steps - 1).max(1) as f32;
        (0..steps)
            .flat_map(|i| {
                let [r, g, b] = self.colour(at(i));
                [r, g, b, 255]
            })
            .collect()
    }

    /// Labels of the left end, the middle and the right end of the scale.
    pub(crate) fn labels(self) -> [String; 3] {
        let short = |x: f32| number(x, if self.high - self.low < 10.0 { 2 } else { 0 });
        let middle = short(self.low.midpoint(self.high));
        match self.rule {
            NegativeRule::Signed => [short(self.low), "0".to_owned(), format!("+{}", short(self.high))],
            NegativeRule::Absolute => ["0".to_owned(), "±128".to_owned(), "±255 and more".to_owned()],
            NegativeRule::Clipped => ["0 and below".to_owned(), "128".to_owned(), "255 and above".to_owned()],
            NegativeRule::Rescaled => [short(self.low), middle, short(self.high)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_is_white_in_signed_colours_for_any_results() {
        for results in [[-3.0, 900.0], [-900.0, -3.0], [0.0, 0.0]] {
            assert_eq!(Tone::fit(NegativeRule::Signed, &results).colour(0.0), [255; 3]);
        }
    }

    #[test]
    fn the_largest_result_of_either_sign_has_the_darkest_colour() {
        let tone = Tone::fit(NegativeRule::Signed, &[-200.0, 100.0]);
        assert_eq!(tone.colour(-200.0), colour::signed(-1.0));
        assert_eq!(tone.colour(100.0), colour::signed(0.5));
        assert_eq!(tone.labels(), ["−200", "0", "+200"]);
    }

    #[test]
    fn clipping_loses_what_is_below_zero_and_the_absolute_value_keeps_it() {
        let results = [-100.0, 300.0];
        assert_eq!(Tone::fit(NegativeRule::Clipped, &results).colour(-100.0), [0; 3]);
        assert_eq!(Tone::fit(NegativeRule::Absolute, &results).colour(-100.0), [100; 3]);
        assert_eq!(Tone::fit(NegativeRule::Absolute, &results).colour(-300.0), [255; 3]);
        assert_eq!(Tone::fit(NegativeRule::Clipped, &results).colour(300.0), [255; 3]);
    }

    #[test]
    fn rescaling_spans_black_to_white() {
        let tone = Tone::fit(NegativeRule::Rescaled, &[-100.0, 0.0, 300.0]);
        // (0 + 100) / 400 * 255 = 63.75
        assert_eq!([-100.0, 0.0, 300.0].map(|x| tone.grey(x)), [0, 64, 255]);
        assert_eq!(tone.labels(), ["−100", "100", "300"]);
    }

    #[test]
    fn a_flat_result_is_middle_grey_when_rescaled() {
        assert_eq!(Tone::fit(NegativeRule::Rescaled, &[7.0, 7.0]).grey(7.0), 128);
    }

    #[test]
    fn the_scale_has_its_zero_in_the_middle() {
        let scale = Tone::fit(NegativeRule::Signed, &[5.0]).scale(3);
        assert_eq!(scale[4..8], [255; 4]);
        assert_eq!(scale.len(), 12);
    }
}
