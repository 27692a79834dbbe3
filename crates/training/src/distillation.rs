//! Distillation: a network learns from the answers and feature maps of one that is trained already, its teacher.

use std::path::Path;

use anyhow::{Context as _, ensure};
use architecture::Normalisation;
use recipe::{Distil, Recipe};
use tch::{Device, Kind, Tensor};

use crate::features::Precision;
use crate::model::{Mode, Model};
use crate::weights::Weights;

/// The teacher of a run.
#[derive(Debug)]
pub(crate) struct Distillation {
    settings: Distil,
    teacher: Model,
    /// How the network that learns wants its images.
    normalisation: Normalisation,
    sha256: String,
}

/// What a network gave for a batch.
#[derive(Debug)]
pub(crate) struct DistilledAnswers {
    /// `[N, classes]`.
    pub(crate) logits: Tensor,
    /// The last feature maps, `[N, C, H, W]`.
    pub(crate) maps: Tensor,
}

impl DistilledAnswers {
    /// A network's answers for normalised images `[N, 3, S, S]`.
    pub(crate) fn of(model: &Model, images: &Tensor, mode: Mode) -> anyhow::Result<Self> {
        let network = model.network();
        let layers = network.last_maps().zip(network.logits());
        let (maps, logits) = layers.with_context(|| {
            format!("{} has no global average pooling and softmax, so it cannot be distilled", network.name)
        })?;
        let values = model.outputs(images, &[&maps.name, &logits.name], mode)?;
        let [maps, logits] = <[Tensor; 2]>::try_from(values).expect("two values were requested");
        Ok(Self { logits, maps })
    }
}

impl Distillation {
    /// Reads the teacher of a recipe, if it has one.
    ///
    /// # Errors
    /// A run that is missing, has no best weights yet, or distinguishes other classes.
    pub(crate) fn of_recipe(recipe: &Recipe, device: Device) -> anyhow::Result<Option<Self>> {
        let Some(folder) = &recipe.distil.teacher else { return Ok(None) };
        let (teacher, sha256) = read(folder, recipe, device)
            .with_context(|| format!("cannot learn from the network in {}", folder.display()))?;
        let (settings, normalisation) = (recipe.distil.clone(), recipe.normalisation());
        Ok(Some(Self { settings, teacher, normalisation, sha256 }))
    }

    /// SHA-256 of the teacher's weights.
    pub(crate) fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The loss with the teacher's part: `loss` is that of the true classes, `images` `[N, 3, S, S]` are normalised for the network
    /// that gave `answers`.
    ///
    /// # Errors
    /// Images that are too small for the teacher's last feature maps to be as large as `answers.maps`.
    pub(crate) fn loss(
        &self,
        images: &Tensor,
        answers: &DistilledAnswers,
        loss: &Tensor,
        precision: Precision,
    ) -> anyhow::Result<Tensor> {
        let images = renormalised(images, self.normalisation, self.teacher.network().normalisation);
        let taught = tch::no_grad(|| {
            precision.run(&images, |images| DistilledAnswers::of(&self.teacher, images, Mode::Inference))
        })?;
        let Distil { share, temperature, features, .. } = self.settings;
        let mut sum = loss * (1.0 - share) + divergence(&taught.logits, &answers.logits, temperature) * share;
        if features > 0.0 {
            let [one, other] =
                [&taught.maps, &answers.maps].map(|maps| [0, 2, 3].map(|axis| maps.size()[axis]));
            ensure!(
                one == other,
                "the teacher's last feature maps are {one:?} (images, height, width), but this network's {other:?}; set features \
                 = 0 in [distil], or choose a teacher whose maps have the same size"
            );
            sum += pairwise(&taught.maps, &answers.maps) * features;
        }
        Ok(sum)
    }
}

fn read(folder: &Path, recipe: &Recipe, device: Device) -> anyhow::Result<(Model, String)> {
    let of_teacher = Recipe::read(&folder.join("config.toml"))?;
    ensure!(
        of_teacher.task == recipe.task,
        "its task is {:?}, and this recipe's {:?}; both must be the same",
        of_teacher.task,
        recipe.task
    );
    let path = folder.join("best.safetensors");
    ensure!(path.exists(), "{} is missing; train it first, to its end", path.display());
    let (weights, _) = Weights::read(&path)?;
    Ok((Model::with_weights(of_teacher.network()?, &weights, device)?, files::sha256_of(&path)?))
}

/// Images that are normalised as `to` says instead of `from`.
fn renormalised(images: &Tensor, from: Normalisation, to: Normalisation) -> Tensor {
    if from == to {
        return images.shallow_clone();
    }
    let row = |numbers: [f32; 3]| Tensor::from_slice(&numbers).view([1, 3, 1, 1]).to_device(images.device());
    (images * row(from.std) + row(from.mean) - row(to.mean)) / row(to.std)
}

/// How much the probabilities of `logits` differ from those of `taught`, both `[N, classes]` and divided by the temperature: the
/// mean Kullback–Leibler divergence, times the squared temperature, so that its gradients keep their size.
/// Source: Hinton et al. 2015, <https://arxiv.org/abs/1503.02531>, section 2.
fn divergence(taught: &Tensor, logits: &Tensor, temperature: f64) -> Tensor {
    let [taught, logits] = [taught, logits]
        .map(|logits| (logits.to_kind(Kind::Float) / temperature).log_softmax(-1, Kind::Float));
    let each = taught.exp() * (&taught - logits);
    each.sum_dim_intlist([1_i64].as_slice(), false, Kind::Float).mean(Kind::Float)
        * (temperature * temperature)
}

/// The mean squared difference between the similarities of all places in two lists of feature maps `[N, C, H, W]`, whose C may
/// differ. The similarity of two places is the cosine between their C values.
/// Source: Liu et al. 2019, <https://arxiv.org/abs/1903.04197>, equation 2, here over the places of all images of a batch.
fn pairwise(taught: &Tensor, maps: &Tensor) -> Tensor {
    let [taught, maps] = [taught, maps].map(similarities);
    (taught - maps).square().mean(Kind::Float)
}

/// `[N * H * W, N * H * W]`.
fn similarities(maps: &Tensor) -> Tensor {
    let places = maps.to_kind(Kind::Float).permute([0, 2, 3, 1]).flatten(0, 2);
    // A root has an infinite slope at 0, which a place without any signal would give on.
    let squares = places.square().sum_dim_intlist([1_i64].as_slice(), true, Kind::Float) + 1e-12;
    let places = places / squares.sqrt();
    places.matmul(&places.tr())
}

#[cfg(test)]
mod tests {
    use architecture::{Depth, resnet};
    use numerics::math::ln64;

    use super::*;

    #[test]
    fn equal_answers_do_not_diverge_at_any_temperature() {
        let logits = Tensor::from_slice(&[2.0_f32, 0.0, -1.0, 0.5]).view([2, 2]);
        for temperature in [0.5, 1.0, 4.0] {
            // Logits that differ by a constant give the same probabilities.
            let difference = divergence(&logits, &(&logits + 3.0), temperature).double_value(&[]);
            assert!(difference.abs() < 1e-6, "{temperature}: {difference}");
        }
    }

    #[test]
    fn the_divergence_is_that_of_the_softened_probabilities() {
        // At temperature 2, logits of 2 ln 3 and 0 give 3/4 and 1/4; two equal ones 1/2 each.
        let three = 2.0 * numerics::math::ln(3.0);
        let taught = Tensor::from_slice(&[three, 0.0]).view([1, 2]);
        let logits = Tensor::from_slice(&[0.0_f32, 0.0]).view([1, 2]);
        let expected = 4.0 * (0.75 * ln64(1.5) + 0.25 * ln64(0.5));
        let found = divergence(&taught, &logits, 2.0).double_value(&[]);
        assert!((found - expected).abs() < 1e-6, "{found} {expected}");
    }

    #[test]
    fn maps_are_alike_whatever_their_channels_if_their_places_are() {
        // Two places that point in two directions, and two in the same one.
        let apart = Tensor::from_slice(&[1.0_f32, 0.0, 0.0, 2.0]).view([1, 2, 1, 2]);
        let apart_in_three = Tensor::from_slice(&[0.0_f32, 0.0, 5.0, 0.0, 0.0, 3.0]).view([1, 3, 1, 2]);
        let same = Tensor::from_slice(&[1.0_f32, 2.0]).view([1, 1, 1, 2]);
        assert!(pairwise(&apart, &apart_in_three).double_value(&[]).abs() < 1e-6);
        // Two of the four similarities differ by 1.
        assert!((pairwise(&apart, &same).double_value(&[]) - 0.5).abs() < 1e-6);
        let silent = Tensor::zeros([1, 2, 1, 2], (Kind::Float, Device::Cpu)).set_requires_grad(true);
        pairwise(&apart, &silent).backward();
        assert!(silent.grad().isfinite().all().int64_value(&[]) == 1, "maps of zeros have no direction");
    }

    #[test]
    fn a_picture_is_the_same_for_both_networks() {
        let imagenet = Normalisation::IMAGENET;
        let other = Normalisation { mean: [0.5; 3], std: [0.25; 3] };
        let pixels = Tensor::from_slice(&[0.0_f32, 0.25, 1.0]).view([1, 3, 1, 1]);
        let for_one = |normalisation: Normalisation| renormalised(&pixels, PLAIN, normalisation);
        let difference = (renormalised(&for_one(imagenet), imagenet, other) - for_one(other)).abs().max();
        assert!(difference.double_value(&[]) < 1e-6);
        assert!(for_one(other).allclose(&((&pixels - 0.5) * 4.0), 1e-6, 1e-6, false));
    }

    const PLAIN: Normalisation = Normalisation { mean: [0.0; 3], std: [1.0; 3] };

    #[test]
    fn answers_are_the_logits_and_the_maps_before_the_pooling() {
        let model = Model::random(resnet(Depth::Resnet18, 8, 32), 1, Device::Cpu);
        let images = Tensor::ones([2, 3, 64, 64], (Kind::Float, Device::Cpu));
        let answers = DistilledAnswers::of(&model, &images, Mode::Inference).unwrap();
        assert_eq!((answers.logits.size(), answers.maps.size()), (vec![2, 8], vec![2, 512, 2, 2]));
        assert_eq!(answers.logits, model.logits(&images, Mode::Inference));
    }
}
