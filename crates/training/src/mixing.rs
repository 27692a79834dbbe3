//! Mixup and cutmix: each image of a batch is mixed with another, and so is its target.

use numerics::{Random, math};
use recipe::{Mixing, MixingKind};
use tch::Tensor;

/// A batch whose images are mixed.
#[derive(Debug)]
pub(crate) struct MixedBatch {
    /// `[N, 3, S, S]`.
    pub(crate) images: Tensor,
    /// Class of the image that each was mixed with, `[N]`.
    pub(crate) others: Tensor,
    /// The share that each image keeps, 0 to 1.
    pub(crate) kept: f64,
}

/// Mixes every image of a batch with another: `images` are `[N, 3, S, S]`, `classes` `[N]`. `None` where the recipe mixes nothing.
///
/// Source: Zhang et al. 2018, <https://arxiv.org/abs/1710.09412>, and Yun et al. 2019, <https://arxiv.org/abs/1905.04899>, here
/// with one share for the whole batch.
pub(crate) fn mix(mixing: Mixing, images: &Tensor, classes: &Tensor, random: &Random) -> Option<MixedBatch> {
    if mixing.kind == MixingKind::None {
        return None;
    }
    let mut random = random.clone();
    let size = images.size();
    let mut partners: Vec<i64> = (0..size[0]).collect();
    random.shuffle(&mut partners);
    let partners = Tensor::from_slice(&partners).to_device(images.device());
    let (other, others) = (images.index_select(0, &partners), classes.index_select(0, &partners));
    let share = beta(mixing.alpha, &mut random);
    let (images, kept) = if mixing.kind == MixingKind::Cutmix {
        cut(images, &other, share, &mut random)
    } else {
        (images * share + other * (1.0 - share), share)
    };
    Some(MixedBatch { images, others, kept })
}

/// Replaces a rectangle of about `1 - share` of the picture, and returns the share that is left of it.
fn cut(images: &Tensor, other: &Tensor, share: f64, random: &mut Random) -> (Tensor, f64) {
    let size = images.size();
    let length = (1.0 - share).sqrt();
    // Around any point of the picture, and no further than its edge.
    let mut side = |pixels: i64| {
        let (middle, half) = (f64::from(random.uniform()) * pixels as f64, length * pixels as f64 / 2.0);
        let edge = |place: f64| (place.round() as i64).clamp(0, pixels);
        (edge(middle - half), edge(middle + half))
    };
    let ((top, bottom), (left, right)) = (side(size[2]), side(size[3]));
    let images = images.copy();
    let rectangle = |images: &Tensor| images.narrow(2, top, bottom - top).narrow(3, left, right - left);
    rectangle(&images).copy_(&rectangle(other));
    let cut = ((bottom - top) * (right - left)) as f64;
    (images, 1.0 - cut / (size[2] * size[3]) as f64)
}

/// A number from 0 to 1 from the beta distribution with `alpha` twice, at most 2.
/// Source: Jöhnk 1964, as in Devroye, *Non-Uniform Random Variate Generation*, 1986, chapter IX.
fn beta(alpha: f64, random: &mut Random) -> f64 {
    loop {
        let mut draw = || math::pow64(f64::from(random.uniform()), 1.0 / alpha);
        let (one, other) = (draw(), draw());
        let sum = one + other;
        if sum > 0.0 && sum <= 1.0 {
            return one / sum;
        }
    }
}

#[cfg(test)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    fn settings(lines: &str) -> Mixing {
        toml::from_str(lines).unwrap()
    }

    /// Six images of one colour each, numbered like their classes.
    fn batch() -> (Tensor, Tensor) {
        let classes = Tensor::arange(6, (Kind::Int64, Device::Cpu));
        (classes.to_kind(Kind::Float).view([6, 1, 1, 1]).expand([6, 3, 20, 30], false).contiguous(), classes)
    }

    #[test]
    fn images_and_targets_are_mixed_by_the_same_share() {
        let (images, classes) = batch();
        for kind in ["mixup", "cutmix"] {
            let settings = settings(&format!("kind = \"{kind}\"\nalpha = 1"));
            for seed in 0..20 {
                let mixed = mix(settings, &images, &classes, &Random::new(seed)).unwrap();
                let expected = classes.to_kind(Kind::Float) * mixed.kept
                    + mixed.others.to_kind(Kind::Float) * (1.0 - mixed.kept);
                let means = mixed.images.mean_dim([1_i64, 2, 3].as_slice(), false, Kind::Float);
                // Sums of 1,800 numbers in single precision.
                assert!((means - expected).abs().max().double_value(&[]) < 1e-4, "{kind}, seed {seed}");
            }
        }
    }

    #[test]
    fn cutmix_leaves_every_pixel_whole() {
        let (images, classes) = batch();
        let mixed =
            mix(settings("kind = \"cutmix\"\nalpha = 1"), &images, &classes, &Random::new(3)).unwrap();
        assert!(mixed.kept > 0.0 && mixed.kept < 1.0);
        let whole = mixed.images.eq_tensor(&mixed.images.round()).all();
        assert_eq!(whole.int64_value(&[]), 1);
    }

    #[test]
    fn nothing_is_mixed_unless_asked_for() {
        let (images, classes) = batch();
        assert!(mix(settings(""), &images, &classes, &Random::new(1)).is_none());
    }

    #[track_caller]
    fn check_beta(alpha: f64) {
        let mut random = Random::new(5);
        let draws: Vec<f64> = (0..20_000).map(|_| beta(alpha, &mut random)).collect();
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        let variance = draws.iter().map(|draw| (draw - mean).powi(2)).sum::<f64>() / draws.len() as f64;
        // Of the beta distribution; with 20,000 draws each is within 0.01 by more than three standard errors.
        let expected = 1.0 / (4.0 * (2.0 * alpha + 1.0));
        assert!(
            (mean - 0.5).abs() < 0.01 && (variance - expected).abs() < 0.01,
            "{alpha}: {mean}, {variance}"
        );
    }

    #[test]
    fn shares_have_the_moments_of_the_beta_distribution() {
        [0.2, 1.0, 2.0].into_iter().for_each(check_beta);
    }
}
