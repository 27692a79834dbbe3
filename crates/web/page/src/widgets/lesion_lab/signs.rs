//! What a sign is called and what it means, with the study that says so.

use lesions::Clinical;

/// A sign is said to be there from this strength on.
const PRESENT: f32 = 0.15;
/// Below this it is faint.
const FAINT: f32 = 0.35;

/// One sign of the lesion.
pub(crate) struct LesionSign {
    /// The parameter's name.
    name: &'static str,
    /// In words.
    pub(crate) title: &'static str,
    /// One sentence.
    pub(crate) meaning: &'static str,
}

/// Frequencies are of the series named; "seven points" is the checklist of Argenziano 1998.
const SIGNS: &[LesionSign] = &[
    sign(
        "white-network",
        "White network",
        "Light lines around brown islands: in 18 % of 412 dermatofibromas (Zaballos 2008).",
    ),
    sign(
        "rim-globules",
        "Rim of globules",
        "A growing nevus; less and less common from youth to the sixth decade (Zalaudek 2011).",
    ),
    sign(
        "pseudopods",
        "Pseudopods",
        "Streaks with bulbs at their ends: they raise the odds of melanoma 6.7 times (Williams 2021).",
    ),
    sign(
        "blotch",
        "Dark blotch",
        "Structureless pigment; if irregular, it scores one point on the seven-point checklist (Argenziano 1998).",
    ),
    sign(
        "blue-white-veil",
        "Blue-white veil",
        "Deep pigment below a thickened horny layer: in 17 to 75 % of melanomas, depending on the study; two points on the seven-point checklist (Argenziano 1998).",
    ),
    sign(
        "regression",
        "Regression",
        "White as a scar, with grey peppering: in 17 to 36 % of melanomas, depending on the study; one point on the seven-point checklist (Argenziano 1998).",
    ),
    sign(
        "pepper",
        "Grey granules",
        "Melanin that has dropped into the dermis: in melanoma, and in lichen planus-like keratosis.",
    ),
    sign(
        "blue-grey-nests",
        "Blue-grey nests",
        "Clumps of pigmented tumour: in 34 % of 5,950 basal cell carcinomas (Reiter 2021).",
    ),
    sign(
        "leaf-like-areas",
        "Leaf-like areas",
        "Bulbs on one base: a criterion of basal cell carcinoma (Argenziano 2003).",
    ),
    sign(
        "moth-eaten-border",
        "Moth-eaten border",
        "Bite-like notches in the rim: in 46 % of 100 seborrhoeic keratoses (Rajan 2022).",
    ),
    sign(
        "milia-like-cysts",
        "Milia-like cysts",
        "White dots of keratin: in 66 % of 203 seborrhoeic keratoses (Braun 2002).",
    ),
    sign(
        "comedo-like-openings",
        "Comedo-like openings",
        "Brown plugs of keratin: in 71 % of 203 seborrhoeic keratoses (Braun 2002).",
    ),
    sign(
        "ridges",
        "Fissures and ridges",
        "A pattern like the surface of a brain: in 76 % of 100 seborrhoeic keratoses (Rajan 2022).",
    ),
    sign(
        "fingerprint",
        "Fingerprint lines",
        "Thin, parallel, light brown: in 40 % of 100 seborrhoeic keratoses (Rajan 2022).",
    ),
    sign(
        "arborising-vessels",
        "Arborising vessels",
        "Sharply focused, branching red vessels: in 59 % of 5,950 basal cell carcinomas (Reiter 2021).",
    ),
    sign(
        "fine-vessels",
        "Short fine vessels",
        "Fine branches without a trunk: in superficial basal cell carcinoma (Reiter 2021).",
    ),
    sign(
        "glomerular-vessels",
        "Glomerular vessels",
        "Coiled vessels in clusters: in 90 % of 21 squamous cell carcinomas in situ (Zalaudek 2004).",
    ),
    sign(
        "dotted-vessels",
        "Dotted vessels",
        "Vessels seen end on: in 31 % of 412 dermatofibromas (Zaballos 2008), and in melanocytic lesions (Argenziano 2004).",
    ),
    sign(
        "hairpin-vessels",
        "Hairpin vessels",
        "Loops with a pale halo: in 30 % of 50 invasive squamous cell carcinomas (Lin 2014).",
    ),
    sign(
        "comma-vessels",
        "Comma vessels",
        "Short thick curves: the vessels of dermal nevi (Argenziano 2004).",
    ),
    sign(
        "lacunae-red",
        "Red lacunae",
        "Pools of blood with pale septa between them: haemangioma (Argenziano 2003).",
    ),
    sign(
        "lacunae-purple",
        "Purple lacunae",
        "Pools of dark or clotted blood: angiokeratoma (Zaballos 2007).",
    ),
    sign(
        "strawberry",
        "Strawberry pattern",
        "Pale follicles in a red mesh: in 95 % of 41 actinic keratoses of the face (Zalaudek 2006).",
    ),
    sign(
        "central-white-patch",
        "Central white patch",
        "A scar in the dermis: in 57 % of 412 dermatofibromas (Zaballos 2008).",
    ),
    sign(
        "follicle-plugs",
        "Follicle plugs",
        "Yellow keratin in the follicles: in 66 % of 41 actinic keratoses of the face (Zalaudek 2006).",
    ),
    sign("rosettes", "Rosettes", "Four white points in a square, visible only in polarised light."),
    sign(
        "scale",
        "Scale",
        "White to yellow scales of keratin: in 85 % of 41 actinic keratoses of the face (Zalaudek 2006).",
    ),
    sign(
        "keratin",
        "Keratin",
        "A mass of keratin: together with crust and scale, in 90 % of 50 invasive squamous cell carcinomas (Lin 2014).",
    ),
    sign(
        "ulcer",
        "Ulcer or crust",
        "The epidermis is gone: in basal cell carcinoma, and in 46 % of 13 pyogenic granulomas (Zaballos 2006).",
    ),
    sign("blood-spots", "Blood spots", "In 72 % of 50 invasive squamous cell carcinomas (Lin 2014)."),
    sign(
        "white-circles",
        "White circles",
        "Round plugged follicles: in 32 % of 50 invasive squamous cell carcinomas (Lin 2014).",
    ),
    sign("collarette", "White collarette", "In 85 % of 13 pyogenic granulomas (Zaballos 2006)."),
    sign(
        "shiny-white-lines",
        "Shiny white lines",
        "Scarring, visible only in polarised light: in 28 % of melanomas and 69 % of basal cell carcinomas (Arch Dermatol 2012;148:146).",
    ),
];

const EVEN_NETWORK: LesionSign = sign(
    "network",
    "Typical network",
    "Even brown lines that fade out at the rim: the commonest pattern of nevi after the second decade (Zalaudek 2011).",
);
const ODD_NETWORK: LesionSign = sign(
    "network",
    "Atypical network",
    "Uneven, broad or broken lines: in 35 to 82 % of melanomas, depending on the study; two points on the seven-point checklist (Argenziano 1998).",
);
const EVEN_DOTS: LesionSign = sign(
    "globules",
    "Regular dots and globules",
    "Nests of pigmented cells, alike and evenly spread: in nevi, above all in young people (Zalaudek 2011).",
);
const ODD_DOTS: LesionSign = sign(
    "globules",
    "Irregular dots and globules",
    "Of many sizes and in clusters: in 25 to 40 % of melanomas, depending on the study; one point on the seven-point checklist (Argenziano 1998).",
);
const ALL_ROUND: LesionSign =
    sign("streaks", "Starburst", "Streaks all around the rim: in more than half of Spitz and Reed nevi.");
const ONE_SIDE: LesionSign = sign(
    "streaks",
    "Streaks",
    "Lines that extend from one side of the rim: in 9 to 32 % of melanomas, depending on the study; one point on the seven-point checklist (Argenziano 1998).",
);
const ASYMMETRY: LesionSign = sign(
    "asymmetry",
    "Asymmetry",
    "The two halves differ in colour by a median of 11 in melanomas and 7 in nevi (CIELAB, measured on HAM10000).",
);

const fn sign(name: &'static str, title: &'static str, meaning: &'static str) -> LesionSign {
    LesionSign { name, title, meaning }
}

/// The signs that this lesion shows, the strongest first, with whether each is faint.
pub(crate) fn present(clinical: &Clinical) -> Vec<(&'static LesionSign, bool)> {
    let pick = |odd: f32, sign: [&'static LesionSign; 2]| sign[usize::from(odd >= 0.5)];
    let grouped = [
        (clinical.network, pick(clinical.network_atypia, [&EVEN_NETWORK, &ODD_NETWORK])),
        (clinical.dots.max(clinical.globules), pick(clinical.globules_irregular, [&EVEN_DOTS, &ODD_DOTS])),
        (clinical.streaks, pick(clinical.streaks_all_round, [&ONE_SIDE, &ALL_ROUND])),
        // The halves of any lesion differ a little.
        (if clinical.asymmetry >= 0.5 { clinical.asymmetry } else { 0.0 }, &ASYMMETRY),
    ];
    let single = SIGNS.iter().map(|sign| {
        let strength = Clinical::parameter(sign.name).map_or(0.0, |parameter| (parameter.get)(clinical));
        (strength, sign)
    });
    let mut found: Vec<(f32, &LesionSign)> =
        grouped.into_iter().chain(single).filter(|(strength, _)| *strength >= PRESENT).collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0));
    found.into_iter().map(|(strength, sign)| (sign, strength < FAINT)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use catalog::Diagnosis;
    use catalog::widget::{ControlKind, LESION_LAB};
    use lesions::Difficulty;

    #[test]
    fn every_sign_names_a_parameter_and_ends_as_a_sentence() {
        for sign in SIGNS.iter().chain([&EVEN_NETWORK, &ODD_DOTS, &ONE_SIDE, &ASYMMETRY]) {
            assert!(Clinical::parameter(sign.name).is_some(), "{}", sign.name);
            assert!(sign.meaning.ends_with('.'), "{}", sign.meaning);
        }
    }

    #[test]
    fn every_parameter_has_a_control_with_its_label_and_range() {
        for parameter in Clinical::PARAMETERS {
            let control = LESION_LAB.control(parameter.name);
            let control = control.unwrap_or_else(|| panic!("{} has no control", parameter.name));
            assert_eq!(control.label, parameter.label);
            let ControlKind::Number { min, max, .. } = control.kind else { panic!("{}", parameter.name) };
            assert_eq!((min as f32, max as f32), parameter.range, "{}", parameter.name);
        }
    }

    #[test]
    fn an_atypical_network_is_called_so() {
        let mut clinical = Clinical::of(Diagnosis::Nv, Difficulty::TEXTBOOK, 1);
        (clinical.network, clinical.network_atypia) = (1.0, 0.0);
        assert!(present(&clinical).iter().any(|(sign, faint)| sign.title == "Typical network" && !faint));
        (clinical.network, clinical.network_atypia) = (0.2, 0.9);
        assert!(present(&clinical).iter().any(|(sign, faint)| sign.title == "Atypical network" && *faint));
        clinical.network = 0.0;
        assert!(!present(&clinical).iter().any(|(sign, _)| sign.title.contains("network")));
    }
}
