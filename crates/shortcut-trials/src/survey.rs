//! The experiment again and again, with other lesions and other first weights: one run shows what can happen, many what does.

use nn::ShapeError;

use crate::task::LesionTask;
use crate::trial::{FITTED, NetworkKind, Trial, TrialSettings};

/// Steps that a run is given.
pub const RUN_STEPS: usize = 500;

/// What became of the runs of one kind and size.
#[derive(Clone, Debug, PartialEq)]
pub struct Runs {
    /// How many runs.
    pub runs: usize,
    /// For each that fitted its places within [`RUN_STEPS`], after how many steps, fewest first.
    pub fitted: Vec<usize>,
    /// How many were stuck at the end: no gradient arrived at their first layer any more.
    pub stuck: usize,
    /// The gradient of each layer before the first step: smallest quarter, median, largest quarter of the runs.
    pub gradients: Vec<[f32; 3]>,
}

/// Runs `seeds` trials of one kind, with seeds from 1 on; `settings.seed` is not used.
///
/// # Errors
/// As [`Trial::new`].
pub fn survey(settings: TrialSettings, kind: NetworkKind, seeds: u64) -> Result<Runs, ShapeError> {
    let (mut fitted, mut stuck, mut gradients) = (Vec::new(), 0, Vec::new());
    for seed in 1..=seeds {
        let mut trial = Trial::new(TrialSettings { seed, ..settings }, kind, &LesionTask::new(seed))?;
        gradients.push(trial.first_gradients().to_vec());
        while trial.steps() < RUN_STEPS && trial.loss() >= FITTED {
            trial.step()?;
        }
        if trial.loss() < FITTED {
            fitted.push(trial.steps());
        }
        stuck += usize::from(trial.is_stuck());
    }
    fitted.sort_unstable();
    let layers = gradients.first().map_or(0, Vec::len);
    let quarters = |layer: usize| {
        let mut sizes: Vec<f32> = gradients.iter().map(|gradients| gradients[layer]).collect();
        sizes.sort_by(f32::total_cmp);
        let last = sizes.len() - 1;
        [last / 4, last / 2, last * 3 / 4].map(|at| sizes[at])
    };
    Ok(Runs { runs: seeds as usize, fitted, stuck, gradients: (0..layers).map(quarters).collect() })
}

impl Runs {
    /// Half of the runs that fitted took at most as many steps; `None` where none fitted.
    pub fn median_steps(&self) -> Option<usize> {
        self.fitted.get(self.fitted.len().checked_sub(1)? / 2).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shallow_networks_fit_either_way() {
        let settings = TrialSettings { blocks: 1, width: 8, rate: 0.05, seed: 0 };
        for kind in NetworkKind::ALL {
            let runs = survey(settings, kind, 3).unwrap();
            assert_eq!((runs.runs, runs.fitted.len(), runs.gradients.len()), (3, 3, 4), "{kind:?}");
            assert!(runs.fitted.is_sorted() && runs.median_steps() == Some(runs.fitted[1]));
        }
    }

    #[test]
    fn where_none_fitted_there_is_no_median() {
        assert_eq!(
            Runs { runs: 2, fitted: Vec::new(), stuck: 2, gradients: Vec::new() }.median_steps(),
            None
        );
    }
}
