//! Mean, median and their kin over pixels. Undefined is `None`.

/// Arithmetic mean.
pub(crate) fn mean(values: impl IntoIterator<Item = f32>) -> Option<f32> {
    let (mut sum, mut n) = (0.0_f64, 0_u32);
    for value in values {
        sum += f64::from(value);
        n += 1;
    }
    (n > 0).then(|| (sum / f64::from(n)) as f32)
}

/// Standard deviation, divisor n.
pub(crate) fn deviation(values: &[f32]) -> Option<f32> {
    let middle = mean(values.iter().copied())?;
    mean(values.iter().map(|v| (v - middle) * (v - middle))).map(f32::sqrt)
}

/// The `share`-quantile, 0 to 1, the nearest order statistic.
pub(crate) fn quantile(values: impl IntoIterator<Item = f32>, share: f32) -> Option<f32> {
    let mut values: Vec<f32> = values.into_iter().collect();
    let place = (share * values.len().checked_sub(1)? as f32 + 0.5) as usize;
    Some(*values.select_nth_unstable_by(place, f32::total_cmp).1)
}

/// The middle value.
pub(crate) fn median(values: impl IntoIterator<Item = f32>) -> Option<f32> {
    quantile(values, 0.5)
}

/// Pearson's correlation; `None` where either does not vary.
pub(crate) fn correlation(pairs: &[(f32, f32)]) -> Option<f32> {
    let (mx, my) = (mean(pairs.iter().map(|p| p.0))?, mean(pairs.iter().map(|p| p.1))?);
    let cross = mean(pairs.iter().map(|p| (p.0 - mx) * (p.1 - my)))?;
    let vx = mean(pairs.iter().map(|p| (p.0 - mx) * (p.0 - mx)))?;
    let vy = mean(pairs.iter().map(|p| (p.1 - my) * (p.1 - my)))?;
    (vx > 1e-9 && vy > 1e-9).then(|| cross / (vx * vy).sqrt())
}

/// Slope of the straight line of least squares through the points; `None` for fewer than two places.
pub(crate) fn line_slope(points: &[(f32, f32)]) -> Option<f32> {
    let (mx, my) = (mean(points.iter().map(|p| p.0))?, mean(points.iter().map(|p| p.1))?);
    let cross: f32 = points.iter().map(|p| (p.0 - mx) * (p.1 - my)).sum();
    let square: f32 = points.iter().map(|p| (p.0 - mx) * (p.0 - mx)).sum();
    (square > 0.0).then(|| cross / square)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_of_four_numbers_are_those_on_paper() {
        let values = [1.0, 2.0, 3.0, 6.0];
        assert_eq!(mean(values), Some(3.0));
        // Squares 4, 1, 0, 9: mean 3.5.
        assert_eq!(deviation(&values), Some(3.5_f32.sqrt()));
        assert_eq!(quantile([5.0, 1.0, 4.0], 0.5), Some(4.0));
        assert_eq!(median([]), None);
        assert_eq!(line_slope(&[(0.0, 1.0), (1.0, 3.0), (2.0, 5.0)]), Some(2.0));
        assert_eq!(correlation(&[(0.0, 3.0), (1.0, 2.0), (2.0, 1.0)]), Some(-1.0));
        assert_eq!(correlation(&[(0.0, 3.0), (0.0, 2.0)]), None);
    }
}
