//! How often and how strongly each diagnosis shows each structure; one file a diagnosis.

mod ak;
mod bcc;
mod bkl;
mod df;
mod mel;
mod nv;
mod scc;
mod vasc;

use crate::lesion::Lesion;
use crate::outline::Outline;
use catalog::Diagnosis;
use numerics::{Random, math};

/// Samples everything of a lesion but its skin.
pub(crate) fn sample(diagnosis: Diagnosis, random: &mut Random) -> Lesion {
    match diagnosis {
        Diagnosis::Mel => mel::sample(random),
        Diagnosis::Nv => nv::sample(random),
        Diagnosis::Bcc => bcc::sample(random),
        Diagnosis::Ak => ak::sample(random),
        Diagnosis::Bkl => bkl::sample(random),
        Diagnosis::Df => df::sample(random),
        Diagnosis::Vasc => vasc::sample(random),
        Diagnosis::Scc => scc::sample(random),
    }
}

/// A normal number around `middle`, held within two deviations.
fn about(random: &mut Random, middle: f32, deviation: f32) -> f32 {
    middle + deviation * random.normal().clamp(-2.0, 2.0)
}

/// Shape of a class: medians of diameter over frame width (4:3), aspect and roughness in per cent,
/// measured on the HAM10000 masks; spreads follow the 5 and 95 % columns.
fn outline(random: &mut Random, diameter: f32, aspect: f32, roughness: f32) -> Outline {
    // The square frame shows three quarters of the width that the share was measured on, and the masks are generous.
    let side = 240.0 * 1.1;
    let d = (diameter * math::exp(0.24 * random.normal().clamp(-1.8, 1.6))).min(0.86);
    let a = 1.0 + (aspect - 1.0) * math::exp(0.5 * random.normal().clamp(-2.0, 1.6));
    let r = 0.01 * roughness * math::exp(0.33 * random.normal().clamp(-2.0, 2.0));
    Outline::sample(random, d * side, a, r)
}

/// A place in a random direction, `share` of the radius `radius` away from the centre.
fn towards(radius: f32, angle: f32, share: f32) -> (f32, f32) {
    (share * radius * math::cos(angle), share * radius * math::sin(angle))
}
