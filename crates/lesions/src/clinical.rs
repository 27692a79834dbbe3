//! What a clinician would note about a lesion, as numbers that a reader can move.
//!
//! A flat list: every number is independent of the others and of the diagnosis, and any combination can be drawn. Most
//! are strengths from 0 (absent) through 0.5 (as it usually looks) to 1 (as in an atlas).

use crate::recipe;
use catalog::Diagnosis;
use numerics::{Random, math};

/// How close the pictures are to the textbook: 0 an atlas, 1 mostly faint and mixed signs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difficulty(f32);

impl Difficulty {
    /// Every lesion shows what its diagnosis is known by, clearly.
    pub const TEXTBOOK: Self = Self(0.0);
    /// Signs as often as published, colours spread as measured, and lookalikes in the directions in which a linear
    /// model confuses real pictures.
    pub const USUAL: Self = Self(0.5);

    /// A difficulty, held within 0 to 1.
    pub fn new(amount: f32) -> Self {
        Self(amount.clamp(0.0, 1.0))
    }

    /// 0 to 1.
    pub fn amount(self) -> f32 {
        self.0
    }
}

impl Default for Difficulty {
    fn default() -> Self {
        Self::USUAL
    }
}

/// One number of [`Clinical`], for a form: its name, words, range, and how to read and write it.
pub struct Parameter {
    /// In kebab-case, for addresses and forms.
    pub name: &'static str,
    /// In words.
    pub label: &'static str,
    /// What it belongs to: `shape`, `colours`, `pigment`, `keratosis`, `vessels` or `surface`.
    pub group: &'static str,
    /// Least and greatest value.
    pub range: (f32, f32),
    /// Reads it.
    pub get: fn(&Clinical) -> f32,
    write: fn(&mut Clinical, f32),
}

impl Parameter {
    /// Writes it, held within the range.
    pub fn set(&self, clinical: &mut Clinical, value: f32) {
        (self.write)(clinical, value.clamp(self.range.0, self.range.1));
    }
}

macro_rules! clinical {
    ($($(#[$doc:meta])* $field:ident, $name:literal, $label:literal, $group:literal, $low:literal..=$high:literal;)*) => {
        /// The named signs of a lesion; 0 is absent unless said otherwise.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct Clinical {
            $($(#[$doc])* #[doc = concat!(" Range: ", stringify!($low), " to ", stringify!($high), ".")] pub $field: f32,)*
        }

        impl Clinical {
            /// Every parameter, in an order fit for a form.
            pub const PARAMETERS: &'static [Parameter] = &[$(Parameter {
                name: $name,
                label: $label,
                group: $group,
                range: ($low, $high),
                get: |clinical| clinical.$field,
                write: |clinical, value| clinical.$field = value,
            },)*];

            /// Every number 0 (or the least of its range): no shape to speak of, and no sign at all.
            pub(crate) const NOTHING: Self = Self { $($field: $low,)* };
        }
    };
}

clinical! {
    /// Diameter of the circle of equal area, as a share of the frame's shorter side.
    diameter, "diameter", "Diameter (fraction of the frame)", "shape", 0.12..=1.1;
    /// Long axis over short axis.
    elongation, "elongation", "Elongation", "shape", 1.0..=2.2;
    /// How far the colours are from an order round the centre: 0 symmetric, 1 heavy on one side and in patches.
    asymmetry, "asymmetry", "Asymmetry", "shape", 0.0..=1.0;
    /// Harmonics of the outline: 0 an ellipse, 1 a deviation of 16 % of the radius.
    border_irregularity, "border-irregularity", "Border irregularity", "shape", 0.0..=1.0;
    /// 0 fades over a third of the diameter (10 to 90 % width 0.36), 1 is cut off.
    border_sharpness, "border-sharpness", "Border sharpness", "shape", 0.0..=1.0;
    /// Scalloped bites out of the rim.
    moth_eaten_border, "moth-eaten-border", "Moth-eaten border", "shape", 0.0..=1.0;

    /// Share of the area that is light brown (L\* 45 to 65 on skin of 72); what no brown takes stays skin-like.
    light_brown, "light-brown", "Light brown", "colours", 0.0..=1.0;
    /// Share of the area that is dark brown (L\* 25 to 45).
    dark_brown, "dark-brown", "Dark brown", "colours", 0.0..=1.0;
    /// Share of the area that is black (L\* below 25).
    black, "black", "Black", "colours", 0.0..=1.0;
    /// Redness of the whole: 0 none, 0.3 a nevus, 1 a\* higher by 26.
    red, "red", "Red", "colours", 0.0..=1.0;
    /// Share of the area that is white.
    white, "white", "White", "colours", 0.0..=1.0;
    /// Share of the area that is blue-grey.
    blue_grey, "blue-grey", "Blue-grey", "colours", 0.0..=1.0;
    /// Hue of the whole: −1 mauve (b\* lower by 18), 1 yellow (b\* higher by 18).
    warmth, "warmth", "Mauve to yellow", "colours", -1.0..=1.0;
    /// How strictly the dark is in the centre and the light at the rim: 0 anywhere, 1 in rings.
    concentric, "concentric", "Darker centre", "colours", 0.0..=1.0;
    /// Fine grain of the pigment: 0 smooth, 1 a deviation of about 3 L\*.
    grain, "grain", "Grain", "colours", 0.0..=1.0;

    /// Pigment network: brown lines round paler holes.
    network, "network", "Pigment network", "pigment", 0.0..=1.0;
    /// 0 typical (even, thin, fading out), 1 atypical (uneven, broad, grey, broken off).
    network_atypia, "network-atypia", "Network: typical to atypical", "pigment", 0.0..=1.0;
    /// Share of the lesion without network: 0 everywhere, 1 only at the rim.
    network_peripheral, "network-peripheral", "Network only at the rim", "pigment", 0.0..=1.0;
    /// White (negative) network: light lines round brown islands.
    white_network, "white-network", "White network", "pigment", 0.0..=1.0;
    /// Dots: brown to black points.
    dots, "dots", "Dots", "pigment", 0.0..=1.0;
    /// Globules: larger brown discs.
    globules, "globules", "Globules", "pigment", 0.0..=1.0;
    /// 0 dots and globules of equal size and evenly spread, 1 of many sizes and in clusters off the centre.
    globules_irregular, "globules-irregular", "Dots and globules: regular to irregular", "pigment", 0.0..=1.0;
    /// A rim of even globules, as in growing nevi.
    rim_globules, "rim-globules", "Rim of globules", "pigment", 0.0..=1.0;
    /// Streaks: lines that leave the rim.
    streaks, "streaks", "Streaks", "pigment", 0.0..=1.0;
    /// 0 streaks in one sector, 1 all round as a starburst.
    streaks_all_round, "streaks-all-round", "Streaks: one sector to the whole rim", "pigment", 0.0..=1.0;
    /// Bulbs at the streaks' tips.
    pseudopods, "pseudopods", "Pseudopods", "pigment", 0.0..=1.0;
    /// Structureless dark blotch.
    blotch, "blotch", "Blotch", "pigment", 0.0..=1.0;
    /// Blue-white veil: blue-grey under a white haze.
    blue_white_veil, "blue-white-veil", "Blue-white veil", "pigment", 0.0..=1.0;
    /// Regression: a scar-white patch with blue-grey pepper.
    regression, "regression", "Regression", "pigment", 0.0..=1.0;
    /// Grey granules (peppering).
    pepper, "pepper", "Grey granules", "pigment", 0.0..=1.0;
    /// Blue-grey ovoid nests.
    nests, "blue-grey-nests", "Blue-grey nests", "pigment", 0.0..=1.0;
    /// Leaf-like areas: bulbs on one base.
    leaf_like_areas, "leaf-like-areas", "Leaf-like areas", "pigment", 0.0..=1.0;

    /// Milia-like cysts: white to yellow points.
    milia_like_cysts, "milia-like-cysts", "Milia-like cysts", "keratosis", 0.0..=1.0;
    /// Comedo-like openings: brown plugs.
    comedo_like_openings, "comedo-like-openings", "Comedo-like openings", "keratosis", 0.0..=1.0;
    /// Fissures and ridges, as on a brain.
    ridges, "ridges", "Fissures and ridges", "keratosis", 0.0..=1.0;
    /// Fingerprint lines: thin, parallel, brown.
    fingerprint, "fingerprint", "Fingerprint lines", "keratosis", 0.0..=1.0;

    /// Arborising vessels: trees of bright red.
    arborising_vessels, "arborising-vessels", "Arborising vessels", "vessels", 0.0..=1.0;
    /// Short fine vessels.
    fine_vessels, "fine-vessels", "Short fine vessels", "vessels", 0.0..=1.0;
    /// Glomerular vessels: coils in clusters.
    glomerular_vessels, "glomerular-vessels", "Glomerular vessels", "vessels", 0.0..=1.0;
    /// Dotted vessels.
    dotted_vessels, "dotted-vessels", "Dotted vessels", "vessels", 0.0..=1.0;
    /// Hairpin vessels: loops with a pale halo.
    hairpin_vessels, "hairpin-vessels", "Hairpin vessels", "vessels", 0.0..=1.0;
    /// Comma vessels: short thick curves.
    comma_vessels, "comma-vessels", "Comma vessels", "vessels", 0.0..=1.0;
    /// Red lacunae: lakes of blood.
    lacunae_red, "lacunae-red", "Red lacunae", "vessels", 0.0..=1.0;
    /// Purple to black lacunae.
    lacunae_purple, "lacunae-purple", "Purple lacunae", "vessels", 0.0..=1.0;
    /// Strawberry pattern: pale follicles in a red mesh.
    strawberry, "strawberry", "Strawberry pattern", "vessels", 0.0..=1.0;

    /// Central white patch, as a scar.
    central_white_patch, "central-white-patch", "Central white patch", "surface", 0.0..=1.0;
    /// Yellow plugs in the follicles.
    follicle_plugs, "follicle-plugs", "Follicle plugs", "surface", 0.0..=1.0;
    /// Rosettes: four white points in a square, in polarised light.
    rosettes, "rosettes", "Rosettes", "surface", 0.0..=1.0;
    /// White to yellow scale in plates.
    scale, "scale", "Scale", "surface", 0.0..=1.0;
    /// A central mass of keratin.
    keratin, "keratin", "Keratin", "surface", 0.0..=1.0;
    /// Ulcer or crust.
    ulcer, "ulcer", "Ulcer or crust", "surface", 0.0..=1.0;
    /// Blood spots in keratin or crust.
    blood_spots, "blood-spots", "Blood spots", "surface", 0.0..=1.0;
    /// White circles round yellow plugs.
    white_circles, "white-circles", "White circles", "surface", 0.0..=1.0;
    /// White collarette of small pale discs, as round a pyogenic granuloma.
    collarette, "collarette", "White collarette", "surface", 0.0..=1.0;
    /// Shiny white lines, in polarised light.
    shiny_white_lines, "shiny-white-lines", "Shiny white lines", "surface", 0.0..=1.0;
}

impl Clinical {
    /// A lesion of this diagnosis, drawn by published frequencies and measured spreads.
    pub fn sample(diagnosis: Diagnosis, difficulty: Difficulty, random: &mut Random) -> Self {
        recipe::sample(diagnosis, difficulty, random)
    }

    /// The signs of the lesion that [`crate::Lesion::sample_at`] gives.
    pub fn of(diagnosis: Diagnosis, difficulty: Difficulty, seed: u64) -> Self {
        let mut random = Random::new(seed).part(0x100 + diagnosis.index() as u64);
        Self::sample(diagnosis, difficulty, &mut random)
    }

    /// The parameter of this name.
    pub fn parameter(name: &str) -> Option<&'static Parameter> {
        Self::PARAMETERS.iter().find(|parameter| parameter.name == name)
    }

    /// Every number `share` of the way towards another lesion's.
    #[must_use]
    pub fn towards(&self, other: &Self, share: f32) -> Self {
        let mut mixed = *self;
        for parameter in Self::PARAMETERS {
            let (from, to) = ((parameter.get)(self), (parameter.get)(other));
            parameter.set(&mut mixed, from + (to - from) * share);
        }
        mixed
    }

    /// Sets the browns so that lightness has this mean and deviation over the area, on skin of L\* 72:
    /// the shares of a normal distribution below 25, 45 and 65.
    pub(crate) fn set_lightness(&mut self, mean: f32, deviation: f32) {
        // The logistic curve nearest to the normal one.
        let below = |limit: f32| 1.0 / (1.0 + math::exp(-1.702 * (limit - mean) / deviation.max(1.0)));
        self.black = below(25.0);
        self.dark_brown = below(45.0) - self.black;
        self.light_brown = below(65.0) - self.dark_brown - self.black;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_reads_what_it_wrote_and_keeps_its_range() {
        for parameter in Clinical::PARAMETERS {
            let mut clinical = Clinical::NOTHING;
            let (low, high) = parameter.range;
            for (given, kept) in [(low, low), (high, high), (low - 1.0, low), (high + 1.0, high)] {
                parameter.set(&mut clinical, given);
                assert!(((parameter.get)(&clinical) - kept).abs() < 1e-6, "{}", parameter.name);
            }
        }
    }

    #[test]
    fn names_are_kebab_case_and_none_comes_twice() {
        let mut names: Vec<_> = Clinical::PARAMETERS.iter().map(|p| p.name).collect();
        assert!(names.iter().all(|n| n.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), Clinical::PARAMETERS.len());
    }

    #[test]
    fn browns_are_the_shares_of_the_lightness() {
        // Mean 45, deviation 10: half is below 45, 2.3 % two deviations below, 97.7 % below 65.
        let mut clinical = Clinical::NOTHING;
        clinical.set_lightness(45.0, 10.0);
        for (found, expected) in
            [(clinical.black, 0.03), (clinical.dark_brown, 0.47), (clinical.light_brown, 0.47)]
        {
            assert!((found - expected).abs() < 0.02, "{found} for {expected}");
        }
    }
}
