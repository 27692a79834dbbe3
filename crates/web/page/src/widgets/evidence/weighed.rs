//! What stands between the last feature maps of one image and its answer: averages, terms, class activation maps.

use nn::{Tensor, head};
use numerics::math;

use crate::beforehand::{Kept, damaged};
use crate::network::{LinearLayer, Values};
use crate::parsed::{field, items, numbers, whole};
use kit::failure::Failure;

/// Of more classes than this, evidence is worked out for the most probable alone, and how many those are.
pub(super) const MOST: usize = 20;
const SHOWN_OF_MANY: usize = 5;
/// Terms that are named one by one, for and against.
pub(super) const NAMED: usize = 5;

/// The last maps of an image, weighed for every class.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Weighed {
    /// The layer whose maps are averaged.
    pub(super) layer: String,
    /// Rows and columns of its maps.
    pub(super) size: [usize; 2],
    /// Mean of each map.
    pub(super) pooled: Vec<f32>,
    /// One a class, in the order of the labels; of many the most probable, in that order.
    pub(super) classes: Vec<Class>,
    /// What softmax divides by: e to the power of each logit, of all classes, added up.
    pub(super) power: f64,
}

/// One class of them.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Class {
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
    pub(super) adding: Vec<Term>,
    /// What takes most, likewise.
    pub(super) taking: Vec<Term>,
}

/// One term of a weighted sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Term {
    /// Number of the map.
    pub(super) channel: usize,
    /// Its mean.
    pub(super) pooled: f32,
    /// The class's weight for it.
    pub(super) weight: f32,
    /// Their product.
    pub(super) product: f32,
}

impl Weighed {
    /// From a run of the network: its last maps, `[C, H, W]`, its last linear layer, and what it answered; of more than
    /// [`MOST`] classes the most probable. `None` if they do not go together.
    pub(super) fn computed(
        maps: &Values,
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
                let term = |channel: usize| Term {
                    channel,
                    pooled: pooled[channel],
                    weight: weights[channel],
                    product: products[channel],
                };
                let [adding, taking] = head::strongest(&products, NAMED);
                Some(Class {
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
    /// [`Failure`] if something is missing there.
    pub(super) fn beforehand(kept: &Kept) -> Result<Self, Failure> {
        let (bias, maps) = (numbers(&kept.list, "bias"), items(&kept.sample, "maps"));
        let (terms, size) = (items(&kept.sample, "terms"), whole(&kept.list, "size"));
        let &[height, width] = size.as_slice() else { return Err(damaged()) };
        let count = kept.logits.len();
        if [bias.len(), maps.len(), terms.len()] != [count; 3] {
            return Err(damaged());
        }
        let class = |at: usize| {
            let map = js_sys::Float32Array::new(&maps[at]).to_vec();
            (map.len() == height * width).then(|| Class {
                label: at,
                logit: kept.logits[at],
                probability: kept.probabilities[at],
                bias: bias[at],
                map,
                adding: Term::list(&terms[at], "adding"),
                taking: Term::list(&terms[at], "taking"),
            })
        };
        Ok(Self {
            layer: field(&kept.list, "layer").as_string().unwrap_or_default(),
            size: [height, width],
            pooled: numbers(&kept.sample, "pooled"),
            classes: (0..count).map(class).collect::<Option<_>>().ok_or_else(damaged)?,
            power: powers(&kept.logits),
        })
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

impl Class {
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

impl Term {
    fn list(of: &wasm_bindgen::JsValue, name: &str) -> Vec<Self> {
        let number =
            |entry: &wasm_bindgen::JsValue, name: &str| field(entry, name).as_f64().unwrap_or(f64::NAN);
        let term = |entry: wasm_bindgen::JsValue| Self {
            channel: number(&entry, "channel") as usize,
            pooled: number(&entry, "pooled") as f32,
            weight: number(&entry, "weight") as f32,
            product: number(&entry, "product") as f32,
        };
        items(of, name).into_iter().map(term).collect()
    }
}

/// Places of all classes, or where there are many, of the most probable, these first.
fn likeliest(chances: &[f32]) -> Vec<usize> {
    if chances.len() <= MOST {
        return (0..chances.len()).collect();
    }
    let mut places = Vec::new();
    for _ in 0..SHOWN_OF_MANY {
        let rest = (0..chances.len()).filter(|place| !places.contains(place));
        places.extend(rest.reduce(|a, b| if chances[b] > chances[a] { b } else { a }));
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
    fn weighed() -> Weighed {
        let values = [[4.0, 0.0, 0.0, 0.0], [0.0, 0.0, 2.0, 6.0], [1.0; 4]].concat();
        let maps = Values { layer: "maps".to_owned(), shape: vec![3, 2, 2], values };
        let head = Head { layer: "fc".to_owned(), labels: 2, channels: 3, maps: Some("maps".to_owned()) };
        let weight = vec![2.0, -1.0, 0.5, -1.0, 1.0, 0.0];
        let linear = LinearLayer { head, weight, bias: vec![0.5, -0.25] };
        Weighed::computed(&maps, &linear, &[1.0, 0.75], &[0.56, 0.44]).unwrap()
    }

    #[test]
    fn the_chapters_network_comes_out_as_on_paper() {
        let weighed = weighed();
        assert_eq!((weighed.size, &weighed.pooled[..]), ([2, 2], &[1.0, 2.0, 1.0][..]));
        let [a, b] = &weighed.classes[..] else { panic!("two classes") };
        assert_eq!((&a.map[..], &b.map[..]), (&[8.5, 0.5, -1.5, -5.5][..], &[-4.0, 0.0, 2.0, 6.0][..]));
        assert_eq!(a.adding.iter().map(|term| term.channel).collect::<Vec<_>>(), [0, 2]);
        assert_eq!(a.taking, [Term { channel: 1, pooled: 2.0, weight: -1.0, product: -2.0 }]);
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
        let maps = Values { layer: String::new(), shape: vec![4], values: vec![0.0; 4] };
        let head = Head { layer: String::new(), labels: 1, channels: 4, maps: None };
        let linear = LinearLayer { head, weight: vec![0.0; 4], bias: vec![0.0] };
        assert_eq!(Weighed::computed(&maps, &linear, &[0.0], &[1.0]), None);
        let maps = Values { shape: vec![2, 1, 2], ..maps };
        assert_eq!(Weighed::computed(&maps, &linear, &[0.0], &[1.0]), None);
    }
}
