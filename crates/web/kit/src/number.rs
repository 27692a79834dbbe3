//! Numbers typed by a reader, checked against a control's range and steps.

/// Range and steps of a number control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Distance between values.
    pub step: f64,
}

impl Range {
    /// The allowed value nearest to `x`; halfway goes up.
    ///
    /// ```
    /// let odd = kit::number::Range { min: 1.0, max: 15.0, step: 2.0 };
    /// assert_eq!(odd.nearest(3.9), 3.0);
    /// assert_eq!(odd.nearest(99.0), 15.0);
    /// ```
    pub fn nearest(self, x: f64) -> f64 {
        let last = ((self.max - self.min) / self.step).floor();
        let steps = ((x - self.min) / self.step + 0.5).floor().max(0.0).min(last);
        // A step such as 0.1 leaves a trace in the last binary digits; it must not reach the page.
        round_to_billionth(self.min + steps * self.step)
    }
}

fn round_to_billionth(x: f64) -> f64 {
    (x * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_of_a_tenth_stay_tenths() {
        let tenths = Range { min: 0.0, max: 1.0, step: 0.1 };
        assert_eq!(tenths.nearest(0.31).to_string(), "0.3");
    }

    #[test]
    fn the_largest_value_is_on_a_step() {
        let odd = Range { min: 1.0, max: 16.0, step: 2.0 };
        assert_eq!(odd.nearest(16.0).to_string(), "15");
    }

    #[test]
    fn values_below_the_range_become_the_smallest() {
        assert_eq!(Range { min: 1.0, max: 8.0, step: 1.0 }.nearest(-3.0).to_string(), "1");
    }
}
