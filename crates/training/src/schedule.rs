//! The learning rate of every step: a linear warm-up, then the stage's schedule.

use recipe::{Schedule, TrainingStage};
use serde::{Deserialize, Serialize};

use crate::bits;

/// The state of the schedule `plateau` within its stage.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlateauState {
    #[serde(with = "bits")]
    lowest: f64,
    /// Epochs since then, or since the last drop.
    epochs: usize,
    falls: u32,
}

impl Default for PlateauState {
    fn default() -> Self {
        Self { lowest: f64::INFINITY, epochs: 0, falls: 0 }
    }
}

impl PlateauState {
    /// Takes in an epoch's validation loss, as PyTorch's `ReduceLROnPlateau` does with `mode="min"`,
    /// `threshold_mode="rel"` and no cooldown. Other schedules ignore it.
    pub fn epoch(&mut self, stage: &TrainingStage, validation_loss: f64) {
        if validation_loss < self.lowest * (1.0 - stage.min_change) {
            self.lowest = validation_loss;
            self.epochs = 0;
        } else {
            self.epochs += 1;
        }
        if self.epochs > stage.patience {
            self.epochs = 0;
            self.falls += 1;
        }
    }
}

/// The learning rate of step `step`, from 0, of a stage with `steps` steps an epoch.
///
/// Source of the cosine: Loshchilov and Hutter 2017, <https://arxiv.org/abs/1608.03983>, without restarts.
pub fn learning_rate(stage: &TrainingStage, plateau: PlateauState, steps: usize, step: usize) -> f64 {
    let all = (stage.epochs * steps) as f64;
    let rise = stage.warm_up_epochs * steps as f64;
    // The middle of the step, so that the first rate is not 0 and the last one is above the final rate.
    let at = step as f64 + 0.5;
    if at < rise {
        return stage.learning_rate * at / rise;
    }
    let falls = |count: f64| stage.learning_rate * numerics::math::pow64(stage.factor, count);
    match stage.schedule {
        Schedule::Constant => stage.learning_rate,
        Schedule::Step => falls((step / steps.max(1) / stage.every) as f64),
        Schedule::Plateau => falls(f64::from(plateau.falls)).max(stage.final_learning_rate),
        Schedule::Cosine => {
            let share = (at - rise) / (all - rise);
            let fall = 0.5 * (1.0 + numerics::math::cos64(std::f64::consts::PI * share));
            stage.final_learning_rate + (stage.learning_rate - stage.final_learning_rate) * fall
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(lines: &str) -> TrainingStage {
        toml::from_str(&format!("epochs = 3\nimage_size = 64\nlearning_rate = 1\n{lines}\n")).unwrap()
    }

    fn rates(stage: &TrainingStage, steps: usize) -> Vec<f64> {
        (0..stage.epochs * steps)
            .map(|step| learning_rate(stage, PlateauState::default(), steps, step))
            .collect()
    }

    #[track_caller]
    fn check_close(found: &[f64], expected: &[f64]) {
        let close = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-12;
        assert!(found.len() == expected.len() && found.iter().zip(expected).all(close), "{found:?}");
    }

    #[test]
    fn it_rises_linearly_and_then_falls_to_the_end() {
        let rates = rates(&stage("final_learning_rate = 0.2\nwarm_up_epochs = 1"), 10);
        // Middle of the first of ten steps: 0.5 / 10.
        assert!((rates[0] - 0.05).abs() < 1e-12 && (rates[9] - 0.95).abs() < 1e-12);
        assert!(rates[10..].windows(2).all(|pair| pair[0] > pair[1]));
        // Half-way down, between steps 19 and 20, it is (1 + 0.2) / 2.
        assert!((0.5 * (rates[19] + rates[20]) - 0.6).abs() < 1e-12);
        assert!(rates[29] > 0.2 && rates[29] < 0.21);
    }

    #[test]
    fn without_a_warm_up_it_starts_at_the_highest_rate() {
        assert!(rates(&stage(""), 10)[0] > 0.99);
    }

    #[test]
    fn a_constant_rate_only_rises() {
        let stage = stage("schedule = \"constant\"\nwarm_up_epochs = 0.5");
        // Two steps an epoch: half an epoch is one step, whose middle is half-way up.
        check_close(&rates(&stage, 2), &[0.5, 1.0, 1.0, 1.0, 1.0, 1.0]);
    }

    #[test]
    fn steps_fall_after_whole_epochs() {
        let stage = stage("schedule = \"step\"\nevery = 1\nfactor = 0.1");
        check_close(&rates(&stage, 2), &[1.0, 1.0, 0.1, 0.1, 0.01, 0.01]);
    }

    #[test]
    fn the_notebooks_schedule_keeps_each_rate_for_five_epochs() {
        // Their history: 1e-4 five times, 1e-5 five times, 1e-6 from there.
        let lines = "epochs = 13\nimage_size = 224\nlearning_rate = 1e-4\nschedule = \"step\"\nevery = 5\nfactor = 0.1";
        let stage: TrainingStage = toml::from_str(lines).unwrap();
        let expected = [[1e-4; 5].as_slice(), &[1e-5; 5], &[1e-6; 3]].concat();
        let close = |(a, b): (f64, f64)| (a / b - 1.0).abs() < 1e-12;
        assert!(rates(&stage, 1).into_iter().zip(expected).all(close));
    }

    #[test]
    fn a_plateau_matches_pytorch() {
        #[derive(Deserialize)]
        struct Golden {
            plateau: Case,
        }
        #[derive(Deserialize)]
        struct Case {
            losses: Vec<f64>,
            learning_rates: Vec<f64>,
        }
        let golden: Golden =
            serde_json::from_str(include_str!("../../../tests/golden/recipe_torch.json")).unwrap();
        let lines = "schedule = \"plateau\"\npatience = 2\nfactor = 0.5\nmin_change = 0.01\nfinal_learning_rate = 0.1";
        let (stage, mut plateau) = (stage(lines), PlateauState::default());
        let rates: Vec<f64> = golden
            .plateau
            .losses
            .iter()
            .map(|&loss| {
                plateau.epoch(&stage, loss);
                learning_rate(&stage, plateau, 1, 0)
            })
            .collect();
        assert!(rates.windows(2).any(|pair| pair[0] > pair[1]), "{rates:?}");
        check_close(&rates, &golden.plateau.learning_rates);
    }
}
