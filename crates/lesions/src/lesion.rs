//! A lesion as a clinician would describe it: outline, ground, structures; no pixel yet.

use crate::body::Body;
use crate::clinical::{Clinical, Difficulty};
use crate::follicles::Follicles;
use crate::ground;
use crate::lacunae::Lacunae;
use crate::leaf::Leaf;
use crate::network::PigmentNetwork;
use crate::outline::Outline;
use crate::patch::Patch;
use crate::recipe;
use crate::ridges::Ridges;
use crate::rosettes::Rosettes;
use crate::scale::Scale;
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
    /// Its diagnosis, if it was sampled from one.
    pub diagnosis: Option<Diagnosis>,
    /// What it was sampled from.
    pub seed: u64,
    /// The skin around it; the same for a seed with any diagnosis.
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
    /// Fissures and ridges, fingerprint lines.
    pub ridges: Vec<Ridges>,
    /// Pigment networks, white ones included.
    pub networks: Vec<PigmentNetwork>,
    /// Structureless dark blotches.
    pub blotches: Vec<Patch>,
    /// Streaks and pseudopods.
    pub streaks: Vec<Streaks>,
    /// Dots, globules and pigmented nests.
    pub globules: Vec<Spots>,
    /// Leaf-like and spoke-wheel areas, nests.
    pub leaves: Vec<Leaf>,
    /// Blue-white veil and regression.
    pub veils: Vec<Patch>,
    /// Vessels.
    pub vessels: Vec<Vessels>,
    /// Ulcers.
    pub surface: Vec<Patch>,
    /// Scale, crust and keratin.
    pub scales: Vec<Scale>,
    /// Milia-like cysts, comedo-like openings, blood spots, white circles' plugs.
    pub inclusions: Vec<Spots>,
    /// Rosettes.
    pub rosettes: Option<Rosettes>,
    /// Shiny white lines.
    pub shiny: Option<Shiny>,
}

impl Lesion {
    /// The lesion of this diagnosis and seed, at the usual difficulty.
    pub fn sample(diagnosis: Diagnosis, seed: u64) -> Self {
        Self::sample_at(diagnosis, Difficulty::USUAL, seed)
    }

    /// The lesion of this diagnosis and seed, as close to the textbook as `difficulty` says.
    pub fn sample_at(diagnosis: Diagnosis, difficulty: Difficulty, seed: u64) -> Self {
        Self::from_clinical(Some(diagnosis), &Clinical::of(diagnosis, difficulty, seed), seed)
    }

    /// A lesion with these signs; the seed decides everything that they leave open.
    /// Any combination is drawn. The diagnosis is a label, and keeps lesions of one seed apart.
    ///
    /// ```
    /// # use catalog::Diagnosis;
    /// # use lesions::{Clinical, Difficulty, Lesion};
    /// let mut clinical = Clinical::of(Diagnosis::Mel, Difficulty::TEXTBOOK, 7);
    /// clinical.lacunae_red = 1.0;
    /// assert!(Lesion::from_clinical(None, &clinical, 7).lacunae.is_some());
    /// ```
    pub fn from_clinical(diagnosis: Option<Diagnosis>, clinical: &Clinical, seed: u64) -> Self {
        let person = Random::new(seed);
        let random = person.part(0x200 + label(diagnosis));
        let mut lesion = Self {
            diagnosis,
            seed,
            skin: Skin::sample(&mut person.part(1)),
            outline: ground::outline(clinical, &mut random.part(0xa)),
            body: ground::body(clinical, &mut random.part(0xb).part(0)),
            zones: Vec::new(),
            lacunae: None,
            follicles: None,
            ridges: Vec::new(),
            networks: Vec::new(),
            blotches: Vec::new(),
            streaks: Vec::new(),
            globules: Vec::new(),
            leaves: Vec::new(),
            veils: Vec::new(),
            vessels: Vec::new(),
            surface: Vec::new(),
            scales: Vec::new(),
            inclusions: Vec::new(),
            rosettes: None,
            shiny: None,
        };
        recipe::structures::add(&mut lesion, clinical, &random.part(0xb));
        lesion
    }

    /// The stream of everything that is drawn of this lesion.
    pub(crate) fn stream(&self) -> Random {
        Random::new(self.seed).part(0x300 + label(self.diagnosis))
    }
}

/// A number that keeps lesions of one seed apart.
fn label(diagnosis: Option<Diagnosis>) -> u64 {
    diagnosis.map_or(Diagnosis::ALL.len(), Diagnosis::index) as u64
}
