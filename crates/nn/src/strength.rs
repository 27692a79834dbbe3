//! How strongly a feature map answers: three measures, and the maps in their order.

/// A measure of a feature map; or none, for maps in the order of their channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strength {
    /// The map's place in its layer.
    Channel,
    /// Mean of the absolute values: how much it answers in all.
    Mean,
    /// Largest absolute value: how much it answers where it answers most.
    Largest,
    /// Standard deviation, with divisor n: how much the map varies from place to place.
    Deviation,
}

// ANCHOR: strength
/// How strong a map is by a measure; 0 for an empty map, and for all where maps are to keep the order of their channels.
///
/// ```
/// use nn::strength::{Strength, of};
/// let map = [0.0, 0.0, 0.0, 4.0];
/// assert_eq!(of(&map, Strength::Mean), 1.0);
/// assert_eq!(of(&map, Strength::Largest), 4.0);
/// // Squared distances from the mean: 1, 1, 1 and 9; their mean is 3.
/// assert_eq!(of(&map, Strength::Deviation), 3_f64.sqrt());
/// ```
pub fn of(map: &[f32], measure: Strength) -> f64 {
    let count = map.len().max(1) as f64;
    let values = || map.iter().copied().map(f64::from);
    match measure {
        Strength::Channel => 0.0,
        Strength::Mean => values().map(f64::abs).sum::<f64>() / count,
        Strength::Largest => values().map(f64::abs).fold(0.0, f64::max),
        Strength::Deviation => {
            let mean = values().sum::<f64>() / count;
            (values().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count).sqrt()
        }
    }
}
// ANCHOR_END: strength

/// Places of the maps in a list, the strongest first; equally strong ones in their order.
///
/// ```
/// use nn::strength::{Strength, order};
/// assert_eq!(order([&[1.0][..], &[-3.0], &[2.0]], Strength::Mean), [1, 2, 0]);
/// assert_eq!(order([&[1.0][..], &[-3.0], &[2.0]], Strength::Channel), [0, 1, 2]);
/// ```
pub fn order<'m>(maps: impl IntoIterator<Item = &'m [f32]>, measure: Strength) -> Vec<usize> {
    let strengths: Vec<f64> = maps.into_iter().map(|map| of(map, measure)).collect();
    let mut order: Vec<usize> = (0..strengths.len()).collect();
    order.sort_by(|&one, &other| strengths[other].total_cmp(&strengths[one]));
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_measures_can_disagree() {
        // Means 1, 1.25 and 0.5; largest 1, 2 and 2; deviations 0, 0.43 and 0.87.
        let maps: [&[f32]; 3] = [&[1.0; 4], &[1.0, 1.0, 1.0, 2.0], &[0.0, 0.0, 0.0, -2.0]];
        assert_eq!(order(maps, Strength::Mean), [1, 0, 2]);
        assert_eq!(order(maps, Strength::Largest), [1, 2, 0]);
        assert_eq!(order(maps, Strength::Deviation), [2, 1, 0]);
    }

    #[test]
    fn dead_maps_come_last_in_the_order_of_their_channels() {
        let maps: [&[f32]; 4] = [&[0.0; 2], &[0.0; 2], &[0.0, 0.1], &[]];
        assert_eq!(order(maps, Strength::Mean), [2, 0, 1, 3]);
    }
}
