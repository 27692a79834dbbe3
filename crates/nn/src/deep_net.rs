//! A deep network small enough to train while one watches: blocks of two dense layers, with or without shortcuts.
//!
//! Everything else is equal, down to the first weights, so that a difference between two of them comes from the shortcuts.

use numerics::{Random, math};

use crate::softmax::argmax;
use crate::{Dense, ShapeError, Tensor, cross_entropy};

/// Whether a block's input goes round its two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortcuts {
    /// `relu(branch(x))`: a plain stack of layers.
    Without,
    /// `relu(x + share · branch(x))`: a residual network.
    With,
}

/// Dense layers in a row: one from the two inputs to `width` values, two per block, and one to the
/// logits.
#[derive(Clone, Debug, PartialEq)]
pub struct DeepNet {
    /// The first, two per block, the last.
    pub layers: Vec<Dense>,
    /// Whether blocks have shortcuts.
    pub shortcuts: Shortcuts,
    /// What a branch is multiplied by before it meets its shortcut.
    pub share: f32,
}

/// How wide and how deep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NetSize {
    /// Numbers of an example.
    pub inputs: usize,
    /// Numbers between the layers.
    pub width: usize,
    /// Blocks of two layers.
    pub blocks: usize,
    /// Logits.
    pub classes: usize,
}

/// What a forward pass leaves behind for the way back.
struct ForwardTrace {
    /// What each layer was given.
    inputs: Vec<Tensor<2>>,
    logits: Tensor<2>,
}

impl DeepNet {
    /// A network with first weights after He. Networks of the same size and seed have the same ones, with or without shortcuts.
    ///
    /// `share` is 1 / √blocks: a branch returns values about as large as its input, and without that factor they would
    /// grow from block to block. Residual networks leave that to batch normalisation, which has the same effect.
    ///
    /// Source: De and Smith 2020, <https://arxiv.org/abs/2002.10444>.
    pub fn new(size: NetSize, shortcuts: Shortcuts, random: &mut Random) -> Self {
        let NetSize { inputs, width, blocks, classes } = size;
        let mut layers = vec![Dense::he(inputs, width, random)];
        layers.extend((0..2 * blocks).map(|_| Dense::he(width, width, random)));
        layers.push(Dense::he(width, classes, random));
        Self { layers, shortcuts, share: 1.0 / math::sqrt(blocks.max(1) as f32) }
    }

    /// Scores of every example.
    ///
    /// # Shapes
    /// `batch` is `[N, inputs]`, the result `[N, classes]`.
    ///
    /// # Errors
    /// [`ShapeError`] if an example does not have as many values as the first layer needs.
    pub fn forward(&self, batch: &Tensor<2>) -> Result<Tensor<2>, ShapeError> {
        Ok(self.trace(batch)?.logits)
    }

    // ANCHOR: forward
    fn trace(&self, batch: &Tensor<2>) -> Result<ForwardTrace, ShapeError> {
        let (first, blocks, last) = self.parts();
        let mut inputs = vec![batch.clone()];
        let mut x = relu(first.forward(batch)?);
        for block in blocks.chunks_exact(2) {
            let inner = relu(block[0].forward(&x)?);
            let mut sum = block[1].forward(&inner)?;
            if self.shortcuts == Shortcuts::With {
                for (branch, x) in sum.data_mut().iter_mut().zip(x.data()) {
                    *branch = x + self.share * *branch;
                }
            }
            inputs.extend([x, inner]);
            x = relu(sum);
        }
        let logits = last.forward(&x)?;
        inputs.push(x);
        Ok(ForwardTrace { inputs, logits })
    }
    // ANCHOR_END: forward

    // ANCHOR: backward
    /// The loss on a batch, and how it changes with every weight of every layer: backpropagation.
    ///
    /// # Shapes
    /// `batch` is `[N, inputs]`, `truth` has `N` classes; the gradients are in the order of the layers.
    ///
    /// # Errors
    /// [`ShapeError`] as from [`DeepNet::forward`] and [`cross_entropy()`].
    pub fn gradients(&self, batch: &Tensor<2>, truth: &[usize]) -> Result<(f32, Vec<Dense>), ShapeError> {
        let ForwardTrace { inputs, logits } = self.trace(batch)?;
        let (loss, wanted) = cross_entropy(&logits, truth)?;
        let (first, blocks, last) = self.parts();
        let end = inputs.len() - 1;
        let (of_last, mut wanted) = last.backward(&inputs[end], &wanted)?;
        let mut gradients = vec![of_last];
        for (number, block) in blocks.chunks_exact(2).enumerate().rev() {
            // Layers 2 n + 1 and 2 n + 2; what the block returned is what the layer after it was given.
            let [given, inner, returned] = [1, 2, 3].map(|layer| &inputs[2 * number + layer]);
            through_relu(&mut wanted, returned);
            let mut to_branch = wanted.clone();
            if self.shortcuts == Shortcuts::With {
                for x in to_branch.data_mut() {
                    *x *= self.share;
                }
            }
            let (of_second, mut to_inner) = block[1].backward(inner, &to_branch)?;
            through_relu(&mut to_inner, inner);
            let (of_first, mut to_given) = block[0].backward(given, &to_inner)?;
            if self.shortcuts == Shortcuts::With {
                // Past the branch the gradient arrives as it is.
                for (x, past) in to_given.data_mut().iter_mut().zip(wanted.data()) {
                    *x += past;
                }
            }
            gradients.extend([of_second, of_first]);
            wanted = to_given;
        }
        through_relu(&mut wanted, &inputs[1]);
        gradients.push(first.backward(batch, &wanted)?.0);
        gradients.reverse();
        Ok((loss, gradients))
    }
    // ANCHOR_END: backward

    /// The likelier class of every example; `None` where a logit is not a number.
    ///
    /// # Errors
    /// [`ShapeError`] as from [`DeepNet::forward`].
    pub fn answers(&self, batch: &Tensor<2>) -> Result<Vec<Option<usize>>, ShapeError> {
        let logits = self.forward(batch)?;
        Ok(logits.data().chunks_exact(logits.shape()[1].max(1)).map(argmax).collect())
    }

    /// Number of parameters; shortcuts add none.
    pub fn parameter_count(&self) -> usize {
        self.layers.iter().map(Dense::parameter_count).sum()
    }

    fn parts(&self) -> (&Dense, &[Dense], &Dense) {
        match &self.layers[..] {
            [first, blocks @ .., last] => (first, blocks, last),
            _ => unreachable!("a network has a first and a last layer"),
        }
    }
}

/// Negative values become 0.
fn relu(mut numbers: Tensor<2>) -> Tensor<2> {
    for x in numbers.data_mut() {
        *x = x.max(0.0);
    }
    numbers
}

/// Where `ReLU` returned 0, nothing that is wanted passes back.
fn through_relu(wanted: &mut Tensor<2>, returned: &Tensor<2>) {
    for (wanted, &returned) in wanted.data_mut().iter_mut().zip(returned.data()) {
        if returned <= 0.0 {
            *wanted = 0.0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One number in, one number wide, one block, two logits.
    fn by_hand(shortcuts: Shortcuts) -> DeepNet {
        let dense = |weights: &[f32], bias: &[f32]| Dense {
            weights: Tensor::new([weights.len(), 1], weights.to_vec()).unwrap(),
            bias: bias.to_vec(),
        };
        let layers = vec![
            dense(&[2.0], &[0.0]),
            dense(&[0.5], &[1.0]),
            dense(&[-1.0], &[0.5]),
            dense(&[1.0, -1.0], &[0.0, 0.0]),
        ];
        DeepNet { layers, shortcuts, share: 0.5 }
    }

    #[test]
    fn a_block_adds_its_branch_to_what_it_was_given() {
        // 3 becomes relu(2 · 3) = 6; the branch is -1 · relu(0.5 · 6 + 1) + 0.5 = -3.5.
        let batch = Tensor::new([1, 1], vec![3.0]).unwrap();
        // 6 + 0.5 · -3.5 = 4.25
        assert_eq!(by_hand(Shortcuts::With).forward(&batch).unwrap().data(), [4.25, -4.25]);
        // relu(-3.5) = 0
        assert_eq!(by_hand(Shortcuts::Without).forward(&batch).unwrap().data(), [0.0, 0.0]);
    }

    #[test]
    fn where_a_branch_is_cut_off_the_gradient_arrives_past_it() {
        let batch = Tensor::new([1, 1], vec![3.0]).unwrap();
        let (_, without) = by_hand(Shortcuts::Without).gradients(&batch, &[1]).unwrap();
        assert_eq!(without[0].weights.data(), [0.0]);
        let (_, with) = by_hand(Shortcuts::With).gradients(&batch, &[1]).unwrap();
        // Logits 4.25 and -4.25, the truth is the second: p = 1 / (1 + e^-8.5) = 0.999797 wants the sum changed by
        // 2 p; past the branch 1, through it 0.5 · -1 · 0.5 = -0.25; times the number that came in, 3.
        let expected = 2.0 * 0.999_797 * 0.75 * 3.0;
        // Worked to six digits by hand.
        assert!((with[0].weights.data()[0] - expected).abs() < 1e-5, "{with:?}");
    }

    #[test]
    fn with_and_without_start_from_the_same_weights() {
        let size = NetSize { inputs: 2, width: 4, blocks: 3, classes: 2 };
        let [without, with] = [Shortcuts::Without, Shortcuts::With]
            .map(|shortcuts| DeepNet::new(size, shortcuts, &mut Random::new(5)));
        assert_eq!(without.layers, with.layers);
        // 2 · 4 + 4, six times 4 · 4 + 4, 4 · 2 + 2
        assert_eq!(with.parameter_count(), 12 + 6 * 20 + 10);
    }

    /// How the loss really changes when one number changes a little, in double steps: `(up - down) / 2 h`.
    #[track_caller]
    fn check_gradients(shortcuts: Shortcuts) {
        let size = NetSize { inputs: 2, width: 5, blocks: 2, classes: 3 };
        let mut random = Random::new(11);
        let mut net = DeepNet::new(size, shortcuts, &mut random);
        // Constants other than 0, so that theirs are checked as well; above, so that few units are cut off.
        for layer in &mut net.layers {
            layer.bias.fill_with(|| random.between(0.0, 0.5));
        }
        let mut batch = Tensor::zeros([6, 2]);
        batch.data_mut().fill_with(|| random.normal());
        let truth = [0, 1, 2, 0, 1, 2];
        let (_, gradients) = net.gradients(&batch, &truth).unwrap();
        let h = 1.0 / 1024.0;
        let (mut checked, mut bent) = (0, 0);
        for (layer, gradient) in gradients.iter().enumerate() {
            for part in 0..2 {
                for (index, &expected) in gradient.parts()[part].iter().enumerate() {
                    let [up, here, down] = [h, 0.0, -h].map(|h| {
                        let mut net = net.clone();
                        net.layers[layer].parts_mut()[part][index] += h;
                        net.gradients(&batch, &truth).unwrap().0
                    });
                    checked += 1;
                    // Where a ReLU begins or ends between the two, the loss has a bend and no one slope.
                    if ((up - here) - (here - down)).abs() > 2e-5 {
                        bent += 1;
                        continue;
                    }
                    let slope = (up - down) / (2.0 * h);
                    // An ulp of the loss, 1.2e-7, over 2 h is 6e-5; the rest is its curvature.
                    assert!(
                        (slope - expected).abs() < 1e-3,
                        "layer {layer} {part} {index}: {slope}, {expected}"
                    );
                }
            }
        }
        assert_eq!(checked, net.parameter_count());
        assert!(bent * 10 < checked, "{bent} of {checked} have a bend");
    }

    #[test]
    fn every_gradient_is_the_slope_of_the_loss_without_shortcuts() {
        check_gradients(Shortcuts::Without);
    }

    #[test]
    fn every_gradient_is_the_slope_of_the_loss_with_shortcuts() {
        check_gradients(Shortcuts::With);
    }
}
