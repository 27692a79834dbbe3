//! Signs by diagnosis and difficulty, and lesions made of any of them.

use catalog::Diagnosis;
use lesions::{Clinical, Difficulty, Lesion, View, draw};

/// Share of 600 lesions in which this sign is present.
fn share(diagnosis: Diagnosis, difficulty: Difficulty, sign: fn(&Clinical) -> f32) -> f32 {
    let present = (0..600).filter(|&seed| sign(&Clinical::of(diagnosis, difficulty, seed)) > 0.0).count();
    present as f32 / 600.0
}

/// A diagnosis, one of its signs, and the share of the table in the crate's documentation.
type Expected = (Diagnosis, fn(&Clinical) -> f32, f32);

#[test]
fn signs_are_as_frequent_as_the_documentation_says() {
    let expected: [Expected; 10] = [
        (Diagnosis::Mel, |c| c.blue_white_veil, 0.32),
        (Diagnosis::Mel, |c| c.regression, 0.27),
        (Diagnosis::Mel, |c| c.streaks, 0.22),
        (Diagnosis::Nv, |c| c.network, 0.58),
        (Diagnosis::Bcc, |c| c.arborising_vessels, 0.59),
        (Diagnosis::Ak, |c| c.strawberry, 0.74),
        (Diagnosis::Bkl, |c| c.milia_like_cysts, 0.6 * 0.66),
        (Diagnosis::Df, |c| c.central_white_patch, 0.6),
        (Diagnosis::Vasc, |c| c.lacunae_red.max(c.lacunae_purple), 0.8),
        (Diagnosis::Scc, |c| c.glomerular_vessels, 0.78),
    ];
    for (diagnosis, sign, documented) in expected {
        // A lesion that leans towards another diagnosis has some of that one's signs too.
        let found = share(diagnosis, Difficulty::USUAL, sign);
        assert!((found - documented).abs() < 0.1, "{diagnosis:?}: {found} for {documented}");
    }
}

#[test]
fn a_textbook_shows_the_hallmarks_more_often_and_more_strongly() {
    let hallmark = |c: &Clinical| c.arborising_vessels;
    let [textbook, usual] = [Difficulty::TEXTBOOK, Difficulty::USUAL].map(|difficulty| {
        let strength: f32 = (0..400).map(|s| hallmark(&Clinical::of(Diagnosis::Bcc, difficulty, s))).sum();
        (share(Diagnosis::Bcc, difficulty, |c| c.arborising_vessels), strength / 400.0)
    });
    assert!(textbook.0 > 1.2 * usual.0 && textbook.1 > 1.4 * usual.1, "{textbook:?} {usual:?}");
}

#[test]
fn signs_of_other_diagnoses_come_only_with_difficulty() {
    let lacunae = |c: &Clinical| c.lacunae_red;
    assert!(share(Diagnosis::Bcc, Difficulty::TEXTBOOK, lacunae) == 0.0);
    assert!(share(Diagnosis::Bcc, Difficulty::new(1.0), lacunae) > 0.0);
}

#[test]
fn everything_at_once_and_nothing_at_all_can_be_drawn() {
    for end in [0, 1] {
        let mut clinical = Clinical::of(Diagnosis::Nv, Difficulty::USUAL, 3);
        for parameter in Clinical::PARAMETERS {
            parameter.set(&mut clinical, [parameter.range.0, parameter.range.1][end]);
        }
        let pixels = draw(&Lesion::from_clinical(None, &clinical, 3), &View::sample(3, 0), 96, 96);
        assert_eq!(pixels.len(), 3 * 96 * 96);
        assert!(pixels.iter().any(|&level| level != pixels[0]));
    }
}

#[test]
fn moving_one_number_leaves_the_other_structures_where_they_are() {
    let before = Clinical::of(Diagnosis::Mel, Difficulty::TEXTBOOK, 5);
    let after = Clinical { lacunae_red: 1.0, ..before };
    let [before, after] = [before, after].map(|c| Lesion::from_clinical(Some(Diagnosis::Mel), &c, 5));
    assert!(before.lacunae.is_none() && after.lacunae.is_some());
    assert_eq!(before.body, after.body);
    assert_eq!(before.networks, after.networks);
    assert_eq!(before.globules, after.globules);
    assert_eq!(before.veils, after.veils);
}

#[test]
fn every_skin_tone_occurs() {
    let angles: Vec<f32> = (0..400).map(|s| Lesion::sample(Diagnosis::Nv, s).skin.typology_angle).collect();
    for (low, high) in [(55.0, 75.0), (41.0, 55.0), (28.0, 41.0), (10.0, 28.0), (-30.0, 10.0), (-50.0, -30.0)]
    {
        let found = angles.iter().filter(|&&angle| (low..=high).contains(&angle)).count();
        assert!(found > 4, "{found} of 400 between {low} and {high}");
    }
}
