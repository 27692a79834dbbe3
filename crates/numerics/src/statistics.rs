//! Mean, spread and percentiles. Undefined is `None`, never 0 or NaN.

/// Arithmetic mean; `None` of nothing.
pub fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// Standard deviation with divisor n; `None` of nothing.
pub fn standard_deviation(values: &[f64]) -> Option<f64> {
    Some((squared_deviations(values)? / values.len() as f64).sqrt())
}

/// Standard deviation with divisor n - 1, the estimate from a sample; `None` of fewer than two.
///
/// ```
/// # use numerics::statistics::sample_standard_deviation;
/// assert_eq!(sample_standard_deviation(&[1.0, 3.0, 5.0]), Some(2.0));
/// assert_eq!(sample_standard_deviation(&[1.0]), None);
/// ```
pub fn sample_standard_deviation(values: &[f64]) -> Option<f64> {
    let rest = values.len().checked_sub(1).filter(|&rest| rest > 0)?;
    Some((squared_deviations(values)? / rest as f64).sqrt())
}

/// The sum of the squared distances from the mean; `None` of nothing.
fn squared_deviations(values: &[f64]) -> Option<f64> {
    let mean = mean(values)?;
    Some(values.iter().map(|value| (value - mean) * (value - mean)).sum())
}

/// Percentile `p`, 0 to 100, with linear interpolation between order statistics (`NumPy`'s default).
///
/// ```
/// # use numerics::statistics::percentile;
/// assert_eq!(percentile(&[4.0, 1.0, 3.0, 2.0], 50.0), Some(2.5));
/// assert_eq!(percentile(&[], 50.0), None);
/// ```
///
/// # Panics
/// If `p` is outside 0..=100.
pub fn percentile(values: &[f64], p: f64) -> Option<f64> {
    assert!((0.0..=100.0).contains(&p), "percentile expects p in 0..=100, found {p}");
    let mut sorted = values.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let rank = p / 100.0 * last as f64;
    let (low, share) = (rank as usize, rank - rank.floor());
    let high = (low + 1).min(last);
    Some(sorted[low] + share * (sorted[high] - sorted[low]))
}
