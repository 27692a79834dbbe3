//! Where a count is on its axis.

use numerics::math;

/// More lines than this crowd a phone.
const MOST_STEPS: u32 = 5;

/// An axis from its beginning, 0 or 1, to the first line beyond the largest count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CountScale {
    logarithmic: bool,
    /// Counts at the lines, the first and the last included; the lines are at even distances.
    pub(crate) ticks: Vec<u32>,
}

impl CountScale {
    /// An axis on which `largest` fits.
    pub(crate) fn new(largest: u32, logarithmic: bool) -> Self {
        let largest = largest.max(1);
        if logarithmic {
            let mut ticks = vec![1, 10];
            let mut last = 10_u32;
            while last < largest {
                last = last.saturating_mul(10);
                ticks.push(last);
            }
            return Self { logarithmic, ticks };
        }
        let mut step = 1;
        // 1, 2, 5, 10, 20, 50, …
        while largest.div_ceil(step) > MOST_STEPS {
            step = if step.to_string().starts_with('2') { step / 2 * 5 } else { step * 2 };
        }
        Self { logarithmic, ticks: (0..=largest.div_ceil(step)).map(|line| line * step).collect() }
    }

    /// How far along the axis `count` is, 0 to 1; `None` for 0 on a logarithmic axis.
    pub(crate) fn place(&self, count: u32) -> Option<f64> {
        let end = f64::from(self.ticks[self.ticks.len() - 1]);
        match (self.logarithmic, count) {
            (false, _) => Some(f64::from(count) / end),
            (true, 0) => None,
            (true, _) => Some(math::ln64(f64::from(count)) / math::ln64(end)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_round_numbers_and_the_largest_count_fits() {
        assert_eq!(CountScale::new(12_875, false).ticks, [0, 5000, 10_000, 15_000]);
        assert_eq!(CountScale::new(800, false).ticks, [0, 200, 400, 600, 800]);
        assert_eq!(CountScale::new(0, false).ticks, [0, 1]);
        for largest in 1..3000 {
            let ticks = CountScale::new(largest, false).ticks;
            assert!(ticks.len() <= 6 && ticks[ticks.len() - 1] >= largest, "{largest}: {ticks:?}");
        }
    }

    #[test]
    fn each_line_of_a_logarithmic_axis_is_ten_times_the_one_before() {
        let scale = CountScale::new(12_875, true);
        assert_eq!(scale.ticks, [1, 10, 100, 1000, 10_000, 100_000]);
        // The third of five steps.
        let place = scale.place(1000).unwrap();
        assert!((place - 0.6).abs() < 1e-12, "{place}");
        assert_eq!((scale.place(0), scale.place(1)), (None, Some(0.0)));
        assert_eq!(CountScale::new(1, true).ticks, [1, 10]);
    }

    #[test]
    fn a_linear_bar_of_half_the_count_is_half_as_long() {
        let scale = CountScale::new(800, false);
        assert_eq!([800, 400, 0].map(|count| scale.place(count)), [Some(1.0), Some(0.5), Some(0.0)]);
    }
}
