//! The texts of the shortcut lab.

use kit::Failure;
use nn::ShapeError;
use shortcut_trials::{NetworkKind, Trial};

use crate::stage::number;

/// A failure of the network in the reader's words.
pub(crate) fn failure(error: &ShapeError) -> Failure {
    Failure::new(format!("The networks cannot learn with these settings: {error}."))
}

/// The time that training took so far.
pub(crate) fn cost(milliseconds: f64, steps: usize) -> String {
    format!("{} ms for {steps} steps of both networks, WASM in this page", number(milliseconds as f32, 0))
}

/// A network by its shortcuts.
fn name(kind: NetworkKind) -> &'static str {
    match kind {
        NetworkKind::Without => "without shortcuts",
        NetworkKind::With => "with shortcuts",
        NetworkKind::Unscaled => "with shortcuts and unscaled branches",
    }
}

/// Below a map: `Loss 0.693; 50.0 % of 200 points right.`
pub(crate) fn caption(trial: &Trial) -> Result<String, ShapeError> {
    if trial.ran_away() {
        return Ok(format!(
            "Diverged: after {} steps the values are too large for the computer.",
            trial.steps()
        ));
    }
    let right = number(100.0 * trial.accuracy()?, 1);
    let same = match (trial.tells_apart()?, trial.is_stuck()) {
        (true, _) => "",
        (false, false) => " It gives the same answer everywhere.",
        (false, true) => {
            " It gives the same answer everywhere and cannot change it: no gradient reaches the first layer."
        }
    };
    Ok(format!("Loss {}; {right} % of 200 points right.{same}", small(trial.loss())))
}

/// One sentence per network, for screen readers.
pub(crate) fn said(trials: &[Trial; 2], kinds: [NetworkKind; 2]) -> Result<String, ShapeError> {
    let steps = trials.iter().map(Trial::steps).max().unwrap_or_default();
    let when = match steps {
        0 => "Before the first step.".to_owned(),
        1 => "After 1 step.".to_owned(),
        _ => format!("After {steps} steps."),
    };
    let mut said = when;
    for (trial, kind) in trials.iter().zip(kinds) {
        said.extend([" Network ", name(kind), ": ", &caption(trial)?]);
    }
    Ok(said)
}

/// What the curves show.
pub(crate) fn losses(trials: &[Trial; 2], kinds: [NetworkKind; 2]) -> String {
    let of = |trial: &Trial, kind| {
        let from = small(trial.losses().first().copied().unwrap_or(f32::NAN));
        format!("{} from {from} to {}", name(kind), small(trial.loss()))
    };
    format!("Loss: {}, {}.", of(&trials[0], kinds[0]), of(&trials[1], kinds[1]))
}

/// What the bars show.
pub(crate) fn gradients(trials: &[Trial; 2], kinds: [NetworkKind; 2]) -> String {
    let of = |trial: &Trial, kind| {
        let sizes = trial.first_gradients();
        let [first, last] =
            [sizes.first(), sizes.last()].map(|size| small(size.copied().unwrap_or_default()));
        format!("{} {first} in the first layer and {last} in the last", name(kind))
    };
    format!("Gradient before the first step: {}; {}.", of(&trials[0], kinds[0]), of(&trials[1], kinds[1]))
}

/// A number with at least two significant digits and three after the point.
pub(crate) fn small(x: f32) -> String {
    if !x.is_finite() {
        return "not finite".to_owned();
    }
    let size = f64::from(x.abs());
    // The fewest digits that still show two significant ones.
    let digits = (3..9).find(|&digits| size == 0.0 || size >= power(1 - digits)).unwrap_or(9);
    format!("{x:.0$}", digits as usize).replace('-', "−")
}

fn power(exponent: i32) -> f64 {
    (0..-exponent).fold(1.0, |power, _| power / 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use shortcut_trials::{LesionTask, TrialSettings};

    #[test]
    fn small_numbers_keep_two_digits() {
        for (x, expected) in [
            (0.643_47, "0.643"),
            (0.0, "0.000"),
            (0.012_34, "0.012"),
            (0.004_56, "0.0046"),
            (0.000_029_6, "0.000030"),
            (1585.77, "1585.770"),
        ] {
            assert_eq!(small(x), expected);
        }
        assert_eq!(small(f32::INFINITY), "not finite");
    }

    #[test]
    fn an_untrained_network_is_described_as_such() {
        let settings = TrialSettings { blocks: 12, width: 8, rate: 0.05, seed: 1 };
        let kinds = [NetworkKind::Without, NetworkKind::With];
        let trials = kinds.map(|kind| Trial::new(settings, kind, &LesionTask::new(1)).unwrap());
        let said = said(&trials, kinds).unwrap();
        assert!(said.starts_with("Before the first step. Network without shortcuts: Loss 0."), "{said}");
        assert!(said.contains("% of 200 points right."), "{said}");
    }
}
