//! How far an image's averages are from those of the network's training images.
//!
//! Two measures, both in standard deviations: 1 is the usual distance, for the images of the training themselves.

/// Mean and standard deviation of each of the `C` averages over many images.
#[derive(Clone, Debug, PartialEq)]
pub struct AverageSpread {
    /// `[C]`.
    pub mean: Vec<f32>,
    /// `[C]`, with divisor n.
    pub deviation: Vec<f32>,
}

impl AverageSpread {
    /// From the averages of many images, each `[C]`; empty from none.
    ///
    /// ```
    /// # use nn::typical::AverageSpread;
    /// let spread = AverageSpread::of(&[vec![1.0, 5.0], vec![3.0, 5.0]]);
    /// assert_eq!((spread.mean, spread.deviation), (vec![2.0, 5.0], vec![1.0, 0.0]));
    /// ```
    pub fn of(images: &[Vec<f32>]) -> Self {
        let channels = images.first().map_or(0, Vec::len);
        let column = |channel: usize| images.iter().map(move |image| f64::from(image[channel]));
        let count = images.len().max(1) as f64;
        let mean: Vec<f64> = (0..channels).map(|channel| column(channel).sum::<f64>() / count).collect();
        let deviation = mean.iter().enumerate().map(|(channel, mean)| {
            let squares: f64 = column(channel).map(|x| (x - mean) * (x - mean)).sum();
            (squares / count).sqrt() as f32
        });
        Self { deviation: deviation.collect(), mean: mean.iter().map(|&mean| mean as f32).collect() }
    }
}

// ANCHOR: distance
/// Root mean square of the z-scores: how many standard deviations the averages typically are from their means.
///
/// Averages that never varied are left out. `None` if none are left.
///
/// # Panics
/// If `pooled` does not have one value for each of the spread's.
///
/// ```
/// # use nn::typical::{AverageSpread, distance};
/// let spread = AverageSpread { mean: vec![2.0, 1.0], deviation: vec![1.0, 0.5] };
/// // z is 1 and -7: the square root of (1 + 49) / 2.
/// assert_eq!(distance(&[3.0, -2.5], &spread), Some(5.0));
/// ```
pub fn distance(pooled: &[f32], spread: &AverageSpread) -> Option<f32> {
    assert_eq!(pooled.len(), spread.mean.len(), "a distance expects an average for each mean");
    let scores = pooled.iter().zip(&spread.mean).zip(&spread.deviation);
    let squares = scores.filter(|(_, deviation)| **deviation > 0.0).map(|((x, mean), deviation)| {
        let z = f64::from(x - mean) / f64::from(*deviation);
        z * z
    });
    let (count, sum) = squares.fold((0, 0.0), |(count, sum), square| (count + 1, sum + square));
    (count > 0).then(|| (sum / f64::from(count)).sqrt() as f32)
}
// ANCHOR_END: distance

/// The same to the nearest of several classes' means, in the standard deviations within the classes.
///
/// # Panics
/// As [`distance`].
pub fn distance_to_nearest(pooled: &[f32], classes: &[Vec<f32>], deviation: &[f32]) -> Option<f32> {
    let to = |mean: &Vec<f32>| {
        distance(pooled, &AverageSpread { mean: mean.clone(), deviation: deviation.to_vec() })
    };
    classes.iter().filter_map(to).reduce(f32::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_the_training_are_one_deviation_away_as_a_rule() {
        // z of ±1 each; the third never varied and is left out.
        let images = [vec![1.0, 10.0, 4.0], vec![3.0, 30.0, 4.0]];
        let spread = AverageSpread::of(&images);
        assert_eq!(images.map(|image| distance(&image, &spread)), [Some(1.0), Some(1.0)]);
        assert_eq!(distance(&[2.0, 20.0, 9.0], &spread), Some(0.0));
    }

    #[test]
    fn nothing_that_varied_has_no_distance() {
        assert_eq!(distance(&[1.0], &AverageSpread { mean: vec![2.0], deviation: vec![0.0] }), None);
        assert_eq!(distance(&[], &AverageSpread::of(&[])), None);
    }

    #[test]
    fn the_nearest_class_counts() {
        let classes = [vec![0.0, 0.0], vec![10.0, 0.0]];
        // From the second: z is -3 and 3.
        assert_eq!(distance_to_nearest(&[7.0, 3.0], &classes, &[1.0, 1.0]), Some(3.0));
        assert_eq!(distance_to_nearest(&[7.0, 3.0], &[], &[1.0, 1.0]), None);
    }
}
