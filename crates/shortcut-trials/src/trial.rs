//! One network that learns, step by step, with what is worth watching.

use nn::softmax::softmax;
use nn::{DeepNet, Dense, Momentum, NetSize, ShapeError, Shortcuts, Tensor};
use numerics::{Random, math};

use crate::task::{LESION, LesionTask, SKIN, batch};

/// What is left of a step's speed in the next one.
pub const KEPT: f32 = 0.9;
/// A network whose loss on its places has fallen below this fits them; chance is 0.69.
pub const FITTED: f32 = 0.1;

/// Which of the networks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NetworkKind {
    /// A plain stack.
    Without,
    /// With shortcuts, each branch times 1 / √blocks.
    With,
    /// With shortcuts, the branches not scaled: values roughly double from block to block.
    Unscaled,
}

impl NetworkKind {
    /// All of them, in this order.
    pub const ALL: [Self; 3] = [Self::Without, Self::With, Self::Unscaled];

    /// One word.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Without => "without",
            Self::With => "with",
            Self::Unscaled => "unscaled",
        }
    }
}

/// What a trial starts from; the same settings give the same bits everywhere.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TrialSettings {
    /// Blocks of two layers, at least 1.
    pub blocks: usize,
    /// Numbers between the layers, at least 1.
    pub width: usize,
    /// Learning rate, above 0.
    pub rate: f32,
    /// Of lesion, places and first weights.
    pub seed: u64,
}

/// A network on its way.
#[derive(Clone, Debug)]
pub struct Trial {
    net: DeepNet,
    momentum: Momentum,
    batch: Tensor<2>,
    truth: Vec<usize>,
    /// The loss before the first step, before the second, …, and now.
    losses: Vec<f32>,
    /// Where to go next.
    gradients: Vec<Dense>,
    /// How large the gradient of each layer's weights was before the first step.
    first_gradients: Vec<f32>,
}

impl Trial {
    /// A network before its first step.
    ///
    /// # Errors
    /// [`ShapeError`] never, as long as this builds the network for its own task.
    pub fn new(settings: TrialSettings, kind: NetworkKind, task: &LesionTask) -> Result<Self, ShapeError> {
        let TrialSettings { blocks, width, rate, seed } = settings;
        let shortcuts = if kind == NetworkKind::Without { Shortcuts::Without } else { Shortcuts::With };
        let size = NetSize { inputs: 2, width, blocks, classes: 2 };
        // A stream of its own, so that first weights do not depend on how many places were drawn.
        let mut net = DeepNet::new(size, shortcuts, &mut Random::new(seed).part(1));
        if kind == NetworkKind::Unscaled {
            net.share = 1.0;
        }
        let (batch, truth) = (task.batch(), task.truth().to_vec());
        let (loss, gradients) = net.gradients(&batch, &truth)?;
        let first_gradients = gradients.iter().map(|layer| norm(layer.weights.data())).collect();
        let momentum = Momentum::new(rate, KEPT);
        Ok(Self { net, momentum, batch, truth, losses: vec![loss], gradients, first_gradients })
    }

    // ANCHOR: step
    /// Learns from all places once: a step downhill, and a look at where that led.
    ///
    /// # Errors
    /// As [`Trial::new`].
    pub fn step(&mut self) -> Result<(), ShapeError> {
        let gradients = core::mem::take(&mut self.gradients);
        self.momentum.step(&mut self.net.layers, gradients);
        let (loss, gradients) = self.net.gradients(&self.batch, &self.truth)?;
        self.losses.push(loss);
        self.gradients = gradients;
        Ok(())
    }
    // ANCHOR_END: step

    /// Steps taken so far.
    pub fn steps(&self) -> usize {
        self.losses.len() - 1
    }

    /// The mean loss over all places before the first step, before the second, …, and now.
    pub fn losses(&self) -> &[f32] {
        &self.losses
    }

    /// The loss now; not a finite number where the network ran away.
    pub fn loss(&self) -> f32 {
        self.losses.last().copied().unwrap_or(f32::NAN)
    }

    /// Whether the values diverged.
    pub fn ran_away(&self) -> bool {
        !self.loss().is_finite()
    }

    /// The length of the gradient of each layer's weights before the first step, in the order of the layers.
    pub fn first_gradients(&self) -> &[f32] {
        &self.first_gradients
    }

    /// Share of the places that the network gets right, 0 to 1.
    ///
    /// # Errors
    /// As [`Trial::new`].
    pub fn accuracy(&self) -> Result<f32, ShapeError> {
        let answers = self.net.answers(&self.batch)?;
        let right =
            answers.iter().zip(&self.truth).filter(|(answer, truth)| **answer == Some(**truth)).count();
        Ok(right as f32 / self.truth.len() as f32)
    }

    /// The probability of lesion at `side` × `side` places over the picture, row-major, 0 to 1; not a number where the
    /// network ran away.
    ///
    /// # Errors
    /// As [`Trial::new`].
    pub fn map(&self, side: usize) -> Result<Vec<f32>, ShapeError> {
        let middle = |index: usize| (2.0 * index as f32 + 1.0) / side as f32 - 1.0;
        let places: Vec<[f32; 2]> =
            (0..side * side).map(|at| [middle(at % side), middle(at / side)]).collect();
        let logits = self.net.forward(&batch(&places))?;
        Ok(logits.data().chunks_exact(2).map(|logits| softmax(logits)[LESION]).collect())
    }

    /// Whether no gradient at all arrives at the first layer now: somewhere on the way everything is cut off, for every place,
    /// and the layers before it will never change again.
    pub fn is_stuck(&self) -> bool {
        self.gradients.first().is_some_and(|first| first.weights.data().iter().all(|&x| x == 0.0))
    }

    /// Number of parameters.
    pub fn parameter_count(&self) -> usize {
        self.net.parameter_count()
    }

    /// Whether it answers lesion here and skin there, or the same for every place.
    ///
    /// # Errors
    /// As [`Trial::new`].
    pub fn tells_apart(&self) -> Result<bool, ShapeError> {
        let answers = self.net.answers(&self.batch)?;
        Ok([SKIN, LESION].iter().all(|class| answers.contains(&Some(*class))))
    }
}

/// Square root of the sum of squares.
fn norm(numbers: &[f32]) -> f32 {
    math::sqrt(numbers.iter().fold(0.0, |sum, x| sum + x * x))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETTINGS: TrialSettings = TrialSettings { blocks: 16, width: 8, rate: 0.05, seed: 1 };

    fn trained(kind: NetworkKind, steps: usize) -> Trial {
        let mut trial = Trial::new(SETTINGS, kind, &LesionTask::new(SETTINGS.seed)).unwrap();
        (0..steps).for_each(|_| trial.step().unwrap());
        trial
    }

    #[test]
    fn the_text_s_example_fits_with_shortcuts_and_not_without() {
        let [without, with] = [NetworkKind::Without, NetworkKind::With].map(|kind| trained(kind, 500));
        assert!(with.loss() < FITTED && with.accuracy().unwrap() > 0.98, "{}", with.loss());
        // ln 2 is what guessing costs.
        assert!(without.loss() > 0.68 && !without.tells_apart().unwrap(), "{}", without.loss());
        assert!(!with.is_stuck());
        assert_eq!(without.parameter_count(), with.parameter_count());
    }

    #[test]
    fn a_network_whose_layer_is_cut_off_everywhere_is_stuck() {
        let mut trial = trained(NetworkKind::Without, 0);
        assert!(!trial.is_stuck());
        // A constant so low that no place gets past the ReLU behind it.
        trial.net.layers[3].bias.fill(-1e6);
        trial.net.layers[3].weights.data_mut().fill(0.0);
        trial.gradients = trial.net.gradients(&trial.batch, &trial.truth).unwrap().1;
        assert!(trial.is_stuck());
    }

    #[test]
    fn a_trial_repeats_to_the_bit() {
        let bits = |trial: Trial| trial.losses().iter().map(|loss| loss.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(trained(NetworkKind::With, 20)), bits(trained(NetworkKind::With, 20)));
    }

    #[test]
    fn a_map_shows_the_lesion_that_was_learned() {
        let task = LesionTask::new(SETTINGS.seed);
        let map = trained(NetworkKind::With, 500).map(20).unwrap();
        let middle = |index: usize| (2.0 * index as f32 + 1.0) / 20.0 - 1.0;
        let right = (0..400).filter(|at| {
            let truth = task.class_at(middle(at % 20), middle(at / 20)) == LESION;
            (map[*at] > 0.5) == truth
        });
        // Places that it never saw: nearly all but those at the border.
        assert!(right.count() > 360);
    }
}
