//! What the networks learn: whether a place in the picture is lesion or skin, from two hundred places.

use lesions::Outline;
use nn::Tensor;
use numerics::{Random, math};

/// Class of a place outside the outline.
pub const SKIN: usize = 0;
/// Class of a place inside.
pub const LESION: usize = 1;
/// Places of each class.
pub const EACH: usize = 100;

/// The outline's diameter and long over short axis, and how rough its border is: harder than most measured ones, so that
/// there is something to learn.
const DIAMETER: f32 = 1.2;
const ASPECT: f32 = 1.3;
const ROUGHNESS: f32 = 0.15;

/// Factor on the points' coordinates: values from -2 to 2 have a deviation of about 1, which suits the network.
const STRETCH: f32 = 2.0;

/// A lesion's outline, and places inside and outside.
#[derive(Clone, Debug)]
pub struct LesionTask {
    outline: Outline,
    /// `[x, y]` of each.
    places: Vec<[f32; 2]>,
    /// [`SKIN`] or [`LESION`] of each.
    truth: Vec<usize>,
}

impl LesionTask {
    /// Draws a lesion and [`EACH`] places of each class, even over their areas.
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let outline = Outline::sample(&mut random, DIAMETER, ASPECT, ROUGHNESS);
        let (mut places, mut truth) = (Vec::with_capacity(2 * EACH), Vec::with_capacity(2 * EACH));
        let mut counts = [0; 2];
        while places.len() < 2 * EACH {
            let [x, y] = [(); 2].map(|()| random.between(-1.0, 1.0));
            let class = class_of(&outline, x, y);
            if counts[class] < EACH {
                counts[class] += 1;
                places.push([x, y]);
                truth.push(class);
            }
        }
        Self { outline, places, truth }
    }

    /// The places to learn from.
    pub fn places(&self) -> &[[f32; 2]] {
        &self.places
    }

    /// What is there.
    pub fn truth(&self) -> &[usize] {
        &self.truth
    }

    /// What is at any place.
    pub fn class_at(&self, x: f32, y: f32) -> usize {
        class_of(&self.outline, x, y)
    }

    /// Places along the true outline, in order.
    pub fn border(&self, count: usize) -> Vec<[f32; 2]> {
        let at = |index: usize| {
            let angle = core::f32::consts::TAU * index as f32 / count as f32;
            let (x, y) = (math::cos(angle), math::sin(angle));
            let radius = self.outline.radius_towards(x, y);
            [x * radius, y * radius]
        };
        (0..count).map(at).collect()
    }

    /// The places to learn from, as the network is given them, `[N, 2]`.
    pub fn batch(&self) -> Tensor<2> {
        batch(&self.places)
    }
}

/// Places as the network is given them, `[N, 2]`.
pub(crate) fn batch(places: &[[f32; 2]]) -> Tensor<2> {
    let mut batch = Tensor::zeros([places.len(), 2]);
    for (number, place) in batch.data_mut().iter_mut().zip(places.as_flattened()) {
        *number = STRETCH * place;
    }
    batch
}

fn class_of(outline: &Outline, x: f32, y: f32) -> usize {
    if outline.depth(x, y) > 0.0 { LESION } else { SKIN }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_places_are_lesion_and_lie_inside() {
        for seed in [1, 2, 999] {
            let task = LesionTask::new(seed);
            assert_eq!(task.truth().iter().sum::<usize>(), EACH);
            let there = task.places().iter().map(|[x, y]| task.class_at(*x, *y));
            assert!(there.eq(task.truth().iter().copied()));
        }
    }

    #[test]
    fn the_border_lies_between_lesion_and_skin() {
        let task = LesionTask::new(4);
        for [x, y] in task.border(50) {
            assert_eq!([0.99, 1.01].map(|far| task.class_at(far * x, far * y)), [LESION, SKIN]);
        }
    }

    #[test]
    fn numbers_given_to_the_network_vary_by_about_one() {
        let batch = LesionTask::new(3).batch();
        let square = batch.data().iter().map(|x| x * x).sum::<f32>() / batch.data().len() as f32;
        // Even over -2 to 2 it is 4 / 3; half of the places lie nearer to the middle.
        assert!((0.7..1.4).contains(&square), "{square}");
    }
}
