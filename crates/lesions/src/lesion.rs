//! A lesion as a clinician would describe it: outline, ground, structures; no pixel yet.

use crate::body::Body;
use crate::follicles::Follicles;
use crate::lacunae::Lacunae;
use crate::network::Network;
use crate::outline::Outline;
use crate::patch::Patch;
use crate::recipe;
use crate::ridges::Ridges;
use crate::shiny::Shiny;
use crate::skin::Skin;
use crate::spots::Spots;
use crate::streaks::Streaks;
use crate::vessels::Vessels;
use catalog::Diagnosis;
use numerics::Random;

/// Everything there is to draw of one lesion on one person's skin; lists are drawn in order.
#[derive(Clone, Debug)]
pub struct Lesion {
    /// What it is.
    pub diagnosis: Diagnosis,
    /// What it was sampled from.
    pub seed: u64,
    /// The skin it lies in; the same for a seed whatever the diagnosis.
    pub skin: Skin,
    /// Its outline.
    pub outline: Outline,
    /// Its ground colour and border.
    pub body: Body,
    /// Zones of another colour below all structures.
    pub zones: Vec<Patch>,
    /// Red lakes of a vascular lesion.
    pub lacunae: Option<Lacunae>,
    /// Follicles in a red mesh.
    pub follicles: Option<Follicles>,
    /// Fissures and ridges, or fingerprint lines.
    pub ridges: Option<Ridges>,
    /// Pigment networks, white ones included.
    pub networks: Vec<Network>,
    /// Structureless dark blotches.
    pub blotches: Vec<Patch>,
    /// Streaks and pseudopods.
    pub streaks: Vec<Streaks>,
    /// Dots, globules and pigmented nests.
    pub globules: Vec<Spots>,
    /// Blue-white veil and regression.
    pub veils: Vec<Patch>,
    /// Vessels.
    pub vessels: Vec<Vessels>,
    /// Ulcers, crusts, keratin, scale.
    pub surface: Vec<Patch>,
    /// Milia-like cysts, comedo-like openings, blood spots, white circles' plugs.
    pub inclusions: Vec<Spots>,
    /// Shiny white lines.
    pub shiny: Option<Shiny>,
}

impl Lesion {
    /// The lesion of this diagnosis and seed.
    pub fn sample(diagnosis: Diagnosis, seed: u64) -> Self {
        let person = Random::new(seed);
        let skin = Skin::sample(&mut person.part(1));
        let mut random = person.part(0x100 + diagnosis.index() as u64);
        let mut lesion = recipe::sample(diagnosis, &mut random);
        lesion.seed = seed;
        lesion.skin = skin;
        lesion
    }

    /// A lesion with an outline and a body, and no structures.
    pub(crate) fn plain(diagnosis: Diagnosis, outline: Outline, body: Body) -> Self {
        Self {
            diagnosis,
            seed: 0,
            skin: Skin { tone: crate::colour::REFERENCE_SKIN, furrows: 0.5, mottling: 0.5 },
            outline,
            body,
            zones: Vec::new(),
            lacunae: None,
            follicles: None,
            ridges: None,
            networks: Vec::new(),
            blotches: Vec::new(),
            streaks: Vec::new(),
            globules: Vec::new(),
            veils: Vec::new(),
            vessels: Vec::new(),
            surface: Vec::new(),
            inclusions: Vec::new(),
            shiny: None,
        }
    }
}
