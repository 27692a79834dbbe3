//! A layer of kernels, each of which reads a part of the channels.

use super::{Step, cross_correlate};
use crate::{ShapeError, Tensor};

// ANCHOR: grouped
/// Cuts the channels of `image` into `groups` of equally many and runs every kernel over those of its group: the first
/// kernels over the first group, and so on.
///
/// With one group every kernel reads all channels, as in an ordinary convolution. With as many groups as channels each
/// reads a single one: a depthwise convolution, with a fraction of the parameters and of the arithmetic.
///
/// # Shapes
/// `image` is `[C, H, W]`, every kernel is `[C / groups, K, K]`, the result `[number of kernels, H', W']` as in
/// [`cross_correlate`].
///
/// # Errors
/// [`ShapeError`] if `groups` does not divide the channels or the kernels; as from [`cross_correlate`].
///
/// ```
/// # use nn::{conv::*, ShapeError, Tensor};
/// let image = Tensor::new([2, 1, 1], vec![3.0, 5.0])?;
/// let kernels = [2.0, 10.0].map(|weight| Tensor::new([1, 1, 1], vec![weight]));
/// let [first, second] = kernels;
/// let output = grouped(&image, &[first?, second?], 2, Step::new(1, Padding::None))?;
/// assert_eq!(output.data(), [6.0, 50.0]);
/// # Ok::<(), ShapeError>(())
/// ```
///
/// Source: Krizhevsky, Sutskever and Hinton 2012, section 3.5; depthwise, Howard et al. 2017,
/// <https://arxiv.org/abs/1704.04861>.
pub fn grouped(
    image: &Tensor<3>,
    kernels: &[Tensor<3>],
    groups: usize,
    step: Step,
) -> Result<Tensor<3>, ShapeError> {
    let [channels, rows, columns] = image.shape();
    let divides = |count: usize| groups > 0 && count > 0 && count.is_multiple_of(groups);
    if !divides(channels) || !divides(kernels.len()) {
        return Err(ShapeError {
            operation: "grouped",
            expected: format!("channels and kernels divisible by {groups} groups"),
            found: format!("{channels} channels and {} kernels", kernels.len()),
        });
    }
    let (read, of_group) = (channels / groups, kernels.len() / groups);
    let (mut maps, mut shape) = (Vec::new(), [0, 0]);
    for (pixels, kernels) in
        image.data().chunks_exact(read * rows * columns).zip(kernels.chunks_exact(of_group))
    {
        let part = Tensor::new([read, rows, columns], pixels.to_vec())?;
        for kernel in kernels {
            let map = cross_correlate(&part, kernel, step)?;
            shape = map.shape();
            maps.extend(map.into_data());
        }
    }
    Tensor::new([kernels.len(), shape[0], shape[1]], maps)
}
// ANCHOR_END: grouped

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conv::Padding;

    fn ones(shape: [usize; 3]) -> Tensor<3> {
        Tensor::new(shape, vec![1.0; shape.iter().product()]).unwrap()
    }

    #[test]
    fn every_kernel_reads_its_own_group() {
        // Channels of 1, 10, 100 and 1000 in two groups: 1 + 10, and 100 + 1000.
        let image = Tensor::new([4, 1, 1], vec![1.0, 10.0, 100.0, 1000.0]).unwrap();
        let kernels = [ones([2, 1, 1]), ones([2, 1, 1])];
        let output = grouped(&image, &kernels, 2, Step::new(1, Padding::None)).unwrap();
        assert_eq!(output.data(), [11.0, 1100.0]);
    }

    #[test]
    fn one_group_is_an_ordinary_convolution() {
        let image = Tensor::new([2, 3, 3], (0..18).map(|n| n as f32).collect()).unwrap();
        let step = Step::new(2, Padding::Zero);
        let output = grouped(&image, &[ones([2, 3, 3])], 1, step).unwrap();
        assert_eq!(output.data(), cross_correlate(&image, &ones([2, 3, 3]), step).unwrap().data());
    }

    #[test]
    fn groups_that_do_not_divide_are_refused() {
        let step = Step::new(1, Padding::None);
        for (channels, kernels, groups) in [(3, 2, 2), (2, 3, 2), (2, 2, 0)] {
            let kernels = vec![ones([1, 1, 1]); kernels];
            let error = grouped(&ones([channels, 1, 1]), &kernels, groups, step).unwrap_err().to_string();
            assert!(error.contains(&format!("divisible by {groups} groups")), "{error}");
        }
        // Two groups of one channel, and a kernel that wants two.
        let kernels = [ones([2, 1, 1]), ones([2, 1, 1])];
        assert!(grouped(&ones([2, 1, 1]), &kernels, 2, step).is_err());
    }
}
