//! The head of a network: from the last feature maps to scores, and back to where in the image a score comes from.
//!
//! Maps are `[C, H, W]`; a class has one weight for each of the `C` maps, and one bias.

use crate::{ShapeError, Tensor};

// ANCHOR: average
/// The mean of every map: global average pooling.
///
/// # Shapes
/// `maps` is `[C, H, W]`, the result has `C` values; the mean of a map without pixels is 0.
///
/// ```
/// # use nn::{head::global_average, Tensor};
/// let maps = Tensor::new([2, 1, 2], vec![1.0, 3.0, 0.0, 5.0])?;
/// assert_eq!(global_average(&maps), [2.0, 2.5]);
/// # Ok::<(), nn::ShapeError>(())
/// ```
pub fn global_average(maps: &Tensor<3>) -> Vec<f32> {
    let [channels, height, width] = maps.shape();
    let pixels = height * width;
    (0..channels)
        .map(|channel| {
            let map = &maps.data()[channel * pixels..][..pixels];
            map.iter().fold(0.0, |sum, x| sum + x) / pixels.max(1) as f32
        })
        .collect()
}
// ANCHOR_END: average

// ANCHOR: linear
/// One score for each class: the weighted sum of all values, plus the class's bias. Also called a dense or fully
/// connected layer; what comes out are the logits.
///
/// # Shapes
/// `pooled` has `C` values, `weights` is `[classes, C]`, `bias` and the result have one value per class.
///
/// # Errors
/// [`ShapeError`] if they do not go together.
///
/// ```
/// # use nn::{head::linear, Tensor};
/// let weights = Tensor::new([2, 3], vec![1.0, 0.0, 2.0, -1.0, 1.0, 0.0])?;
/// assert_eq!(linear(&[2.0, 1.0, 0.5], &weights, &[0.5, 0.0])?, [3.5, -1.0]);
/// # Ok::<(), nn::ShapeError>(())
/// ```
pub fn linear(pooled: &[f32], weights: &Tensor<2>, bias: &[f32]) -> Result<Vec<f32>, ShapeError> {
    let [classes, channels] = weights.shape();
    check("linear", "a bias for each class", classes, bias.len())?;
    check("linear", "a number for each weight", channels, pooled.len())?;
    let row = |class: usize| &weights.data()[class * channels..][..channels];
    Ok((0..classes).map(|class| bias[class] + sum_of(&products(pooled, row(class)))).collect())
}
// ANCHOR_END: linear

// ANCHOR: contributions
/// What each number adds to the score of a class: number times weight. Their sum plus the bias is the logit.
///
/// # Errors
/// [`ShapeError`] unless there are as many weights as values.
///
/// ```
/// # use nn::head::contributions;
/// assert_eq!(contributions(&[2.0, 1.0, 0.5], &[1.0, 0.0, -2.0])?, [2.0, 0.0, -1.0]);
/// # Ok::<(), nn::ShapeError>(())
/// ```
pub fn contributions(pooled: &[f32], weights: &[f32]) -> Result<Vec<f32>, ShapeError> {
    check("contributions", "a weight for each number", pooled.len(), weights.len())?;
    Ok(products(pooled, weights))
}
// ANCHOR_END: contributions

// ANCHOR: cam
/// The class activation map: at every pixel the maps' values, with the weights that the class gives their means.
///
/// Its mean plus the class's bias is the logit: averaging and weighing may change places, since both only add and multiply
/// by constants. So the map says exactly how much each place adds.
///
/// # Shapes
/// `maps` is `[C, H, W]`, `weights` has the `C` weights of one class, the result is `[H, W]`.
///
/// # Errors
/// [`ShapeError`] if there is not one weight for each map.
///
/// ```
/// # use nn::{head::class_activation_map, Tensor};
/// let maps = Tensor::new([2, 1, 2], vec![1.0, 3.0, 0.0, 5.0])?;
/// // 2 × 1 - 1 × 0 and 2 × 3 - 1 × 5; the mean 1.5 is 2 × 2 - 1 × 2.5.
/// assert_eq!(class_activation_map(&maps, &[2.0, -1.0])?.data(), [2.0, 1.0]);
/// # Ok::<(), nn::ShapeError>(())
/// ```
///
/// Source: Zhou et al. 2016, equation 2, <https://arxiv.org/abs/1512.04150>.
pub fn class_activation_map(maps: &Tensor<3>, weights: &[f32]) -> Result<Tensor<2>, ShapeError> {
    let [channels, height, width] = maps.shape();
    check("class_activation_map", "a weight for each map", channels, weights.len())?;
    let mut activation = Tensor::zeros([height, width]);
    for (channel, weight) in weights.iter().enumerate() {
        let map = &maps.data()[channel * height * width..][..height * width];
        for (sum, x) in activation.data_mut().iter_mut().zip(map) {
            *sum += weight * x;
        }
    }
    Ok(activation)
}
// ANCHOR_END: cam

/// Channels that add most to a score, and those that reduce it most, each largest first; at most `count` of
/// each. Channels that add nothing are in neither.
///
/// ```
/// # use nn::head::strongest;
/// assert_eq!(strongest(&[0.5, -2.0, 0.0, 3.0], 3), [vec![3, 0], vec![1]]);
/// ```
pub fn strongest(contributions: &[f32], count: usize) -> [Vec<usize>; 2] {
    let pick = |sign: f32| {
        let strength = |channel: usize| contributions[channel] * sign;
        let mut picked: Vec<usize> = (0..contributions.len()).filter(|&at| strength(at) > 0.0).collect();
        picked.sort_by(|&one, &other| strength(other).total_cmp(&strength(one)));
        picked.truncate(count);
        picked
    };
    [pick(1.0), pick(-1.0)]
}

fn products(pooled: &[f32], weights: &[f32]) -> Vec<f32> {
    pooled.iter().zip(weights).map(|(x, weight)| x * weight).collect()
}

fn sum_of(numbers: &[f32]) -> f32 {
    numbers.iter().fold(0.0, |sum, x| sum + x)
}

fn check(operation: &'static str, what: &str, expected: usize, found: usize) -> Result<(), ShapeError> {
    if expected == found {
        return Ok(());
    }
    Err(ShapeError { operation, expected: format!("{what}, {expected}"), found: found.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three maps of 2 × 2, as in the chapter.
    fn maps() -> Tensor<3> {
        let numbers = [[4.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, 6.0], [1.0, 1.0, 1.0, 1.0]].concat();
        Tensor::new([3, 2, 2], numbers).unwrap()
    }

    #[test]
    fn the_chapters_example_comes_out_as_on_paper() {
        let pooled = global_average(&maps());
        assert_eq!(pooled, [1.0, 2.0, 1.0]);
        let weights = Tensor::new([2, 3], vec![2.0, -1.0, 0.5, -1.0, 1.0, 0.0]).unwrap();
        // 2 - 2 + 0.5 + 0.5 and -1 + 2 + 0 - 0.25
        assert_eq!(linear(&pooled, &weights, &[0.5, -0.25]).unwrap(), [1.0, 0.75]);
        // 2·4 + 0.5, 0.5, -2 + 0.5, -6 + 0.5; the mean is 2 / 4 = 0.5, and 0.5 + 0.5 = 1.
        let first = class_activation_map(&maps(), &[2.0, -1.0, 0.5]).unwrap();
        assert_eq!(first.data(), [8.5, 0.5, -1.5, -5.5]);
        assert_eq!(contributions(&pooled, &[2.0, -1.0, 0.5]).unwrap(), [2.0, -2.0, 0.5]);
    }

    #[test]
    fn what_adds_and_what_takes_is_told_apart() {
        assert_eq!(strongest(&[1.0, 1.0, -1.0, -3.0, 2.0], 2), [vec![4, 0], vec![3, 2]]);
        assert_eq!(strongest(&[0.0, 0.0], 2), [Vec::<usize>::new(), Vec::new()]);
    }

    #[test]
    fn what_does_not_go_together_is_named() {
        let message = class_activation_map(&maps(), &[1.0]).unwrap_err().to_string();
        assert_eq!(message, "class_activation_map expects a weight for each map, 3, found 1");
        let weights = Tensor::zeros([2, 3]);
        let message = linear(&[1.0; 4], &weights, &[0.0; 2]).unwrap_err().to_string();
        assert_eq!(message, "linear expects a number for each weight, 3, found 4");
        let message = linear(&[1.0; 3], &weights, &[0.0]).unwrap_err().to_string();
        assert_eq!(message, "linear expects a bias for each class, 2, found 1");
        assert!(contributions(&[1.0], &[]).is_err());
    }

    #[test]
    fn maps_without_pixels_average_to_zero() {
        assert_eq!(global_average(&Tensor::zeros([2, 0, 3])), [0.0, 0.0]);
    }
}
