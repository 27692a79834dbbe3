//! From the last feature maps of one image to its answer: averages, terms, class activation maps.

pub(super) use catalog::precomputed::ScoreTerm;
use nn::{Tensor, head};
use numerics::math;

use crate::network::{LayerResult, LinearLayer};
use crate::precomputed::{PrecomputedEntry, damaged};
use kit::failure::Failure;

/// Of more classes than this, evidence is worked out for the most probable alone, and how many those are.
pub(super) const MOST: usize = 20;
const SHOWN_OF_MANY: usize = 5;
/// Terms that are named one by one, for and against.
pub(super) const NAMED: usize = 5;

/// The last maps of an image, weighed for every class.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ClassEvidence {
    /// The layer whose maps are averaged.
    pub(super) layer: String,
    /// Rows and columns of its maps.
    pub(super) size: [usize; 2],
    /// Mean of each map.
    pub(super) pooled: Vec<f32>,
    /// One per class, in the order of the labels; of many, the most probable, most probable first.
    pub(super) classes: Vec<EvidenceClass>,
    /// What softmax divides by: e to the power of each logit, of all classes, added up.
    pub(super) power: f64,
}

/// One class of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct EvidenceClass {
    /// Place of its label.
    pub(super) label: usize,
    /// What the network answered.
    pub(super) logit: f32,
    /// Likewise, 0 to 1.
    pub(super) probability: f32,
    /// The class's own number.
    pub(super) bias: f32,
    /// The class activation map, row by row.
    pub(super) map: Vec<f32>,
    /// What adds most, the largest first.
    pub(super) adding: Vec<ScoreTerm>,
    /// What takes most, likewise.
    pub(super) taking: Vec<ScoreTerm>,
}

impl ClassEvidence {
    /// From a run of the network: its last maps, `[C, H, W]`, its last linear layer, and what it answered; of more than
    /// [`MOST`] classes the most probable. `None` if they do not go together.
    pub(super) fn computed(
        maps: &LayerResult,
        linear: &LinearLayer,
        logits: &[f32],
        chances: &[f32],
    ) -> Option<Self> {
        let &[channels, height, width] = maps.shape.as_slice() else { return None };
        if linear.weight.len() != linear.bias.len() * channels {
            return None;
        }
        let tensor = Tensor::new([channels, height, width], maps.values.clone()).ok()?;
        let pooled = head::global_average(&tensor);
        if [linear.bias.len(), chances.len()] != [logits.len(); 2] {
            return None;
        }
        let classes: Option<Vec<_>> = likeliest(chances)
            .into_iter()
            .map(|at| {
                let (bias, logit, probability) = (linear.bias[at], logits[at], chances[at]);
                let weights = &linear.weight[at * channels..][..channels];
                let products = head::contributions(&pooled, weights).ok()?;
                let term = |channel: usize| ScoreTerm {
                    channel,
                    pooled: pooled[channel],
                    weight: weights[channel],
                    product: products[channel],
                };
                let [adding, taking] = head::strongest(&products, NAMED);
                Some(EvidenceClass {
                    label: at,
                    logit,
                    probability,
                    bias,
                    map: head::class_activation_map(&tensor, weights).ok()?.data().to_vec(),
                    adding: adding.into_iter().map(term).collect(),
                    taking: taking.into_iter().map(term).collect(),
                })
            })
            .collect();
        let power = powers(logits);
        Some(Self { layer: maps.layer.clone(), size: [height, width], pooled, classes: classes?, power })
    }

    /// From what the book keeps of a sample.
    ///
    /// # Errors
    /// [`Failure`] if a map has another size than the list says.
    pub(super) fn precomputed(kept: PrecomputedEntry) -> Result<Self, Failure> {
        let PrecomputedEntry { list, answer } = kept;
        let [height, width] = list.size;
        let power = powers(&answer.logits);
        let classes =
            answer.maps.into_iter().zip(answer.terms).enumerate().map(|(at, (map, terms))| EvidenceClass {
                label: at,
                logit: answer.logits[at],
                probability: answer.probabilities[at],
                bias: list.bias[at],
                map,
                adding: terms.adding,
                taking: terms.taking,
            });
        let classes: Vec<_> = classes.collect();
        if classes.iter().any(|class| class.map.len() != height * width) {
            return Err(damaged());
        }
        Ok(Self { layer: list.layer, size: list.size, pooled: answer.pooled, classes, power })
    }

    /// Smallest and largest number of the class activation maps of all classes.
    pub(super) fn ends(&self) -> [f32; 2] {
        ends(self.classes.iter().flat_map(|class| &class.map))
    }

    /// The most probable class, the first of equal ones.
    pub(super) fn top(&self) -> usize {
        let chance = |at: &usize| self.classes[*at].probability;
        let order = (0..self.classes.len()).rev();
        order.max_by(|a, b| chance(a).total_cmp(&chance(b))).unwrap_or_default()
    }
}

impl EvidenceClass {
    /// Smallest and largest number of the class activation map.
    pub(super) fn ends(&self) -> [f32; 2] {
        ends(self.map.iter())
    }

    /// Mean of the class activation map: the score without the bias.
    pub(super) fn mean(&self) -> f32 {
        self.map.iter().sum::<f32>() / self.map.len().max(1) as f32
    }

    /// What all terms that are not named add together.
    pub(super) fn rest(&self) -> f32 {
        let named: f32 = self.adding.iter().chain(&self.taking).map(|term| term.product).sum();
        self.logit - self.bias - named
    }
}

/// Indices of all classes, or if there are many, of the most probable, most probable first.
fn likeliest(chances: &[f32]) -> Vec<usize> {
    let mut places: Vec<usize> = (0..chances.len()).collect();
    if chances.len() > MOST {
        places.sort_by(|&one, &other| chances[other].total_cmp(&chances[one]));
        places.truncate(SHOWN_OF_MANY);
    }
    places
}

fn powers(logits: &[f32]) -> f64 {
    logits.iter().map(|logit| math::exp64((*logit).into())).sum()
}

fn ends<'a>(numbers: impl Iterator<Item = &'a f32>) -> [f32; 2] {
    let wider = |[low, high]: [f32; 2], &number: &f32| [low.min(number), high.max(number)];
    let [low, high] = numbers.fold([f32::INFINITY, f32::NEG_INFINITY], wider);
    if low <= high { [low, high] } else { [0.0; 2] }
}

#[cfg(test)]
mod tests {
    use inference_messages::Head;

    use super::*;

    /// The chapter's network: three maps of 2 × 2, two classes.
    fn weighed() -> ClassEvidence {
        let values = [[4.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, 6.0], [1.0; 4]].concat();
        let maps = LayerResult { layer: "maps".to_owned(), shape: vec![3, 2, 2], values };
        let head = Head { layer: "fc".to_owned(), labels: 2, channels: 3, maps: Some("maps".to_owned()) };
        let weight = vec![2.0, -1.0, 0.5, -1.0, 1.0, 0.0];
        let linear = LinearLayer { head, weight, bias: vec![0.5, -0.25] };
        ClassEvidence::computed(&maps, &linear, &[1.0, 0.75], &[0.56, 0.44]).unwrap()
    }

    #[test]
    fn the_chapters_network_comes_out_as_on_paper() {
        let weighed = weighed();
        assert_eq!((weighed.size, &weighed.pooled[..]), ([2, 2], &[1.0, 2.0, 1.0][..]));
        let [a, b] = &weighed.classes[..] else { panic!("two classes") };
        assert_eq!((&a.map[..], &b.map[..]), (&[8.5, 0.5, -1.5, -5.5][..], &[-4.0, 0.0, 2.0, 6.0][..]));
        assert_eq!(a.adding.iter().map(|term| term.channel).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(a.taking, [ScoreTerm { channel: 1, pooled: 2.0, weight: -1.0, product: -2.0 }]);
        // 2 / 4, and with the bias the logit; every term is named, so nothing is left over.
        assert_eq!((a.mean(), a.mean() + a.bias, a.rest()), (0.5, a.logit, 0.0));
        assert_eq!((weighed.ends(), a.ends(), weighed.top()), ([-5.5, 8.5], [-5.5, 8.5], 0));
    }

    #[test]
    fn of_many_classes_the_five_most_probable_are_taken() {
        let chances: Vec<f32> = (0..21).map(|class| ((class * 8) % 21) as f32).collect();
        // 8 · 13 = 104 = 4 · 21 + 20, and so on: every multiple is there once.
        assert_eq!(likeliest(&chances), [13, 5, 18, 10, 2]);
        assert_eq!(likeliest(&chances[..20]).len(), 20);
    }

    #[test]
    fn maps_and_weights_that_do_not_go_together_give_nothing() {
        let maps = LayerResult { layer: String::new(), shape: vec![4], values: vec![0.0; 4] };
        let head = Head { layer: String::new(), labels: 1, channels: 4, maps: None };
        let linear = LinearLayer { head, weight: vec![0.0; 4], bias: vec![0.0] };
        assert_eq!(ClassEvidence::computed(&maps, &linear, &[0.0], &[1.0]), None);
        let maps = LayerResult { shape: vec![2, 1, 2], ..maps };
        assert_eq!(ClassEvidence::computed(&maps, &linear, &[0.0], &[1.0]), None);
    }
}
