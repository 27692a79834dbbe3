//! The experiment on shortcuts over many seeds, kept as `book/data/shortcuts.json` for the figure and the text.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;
use catalog::trials::{TRIALS, TRIALS_COMMAND, TrialDepth, TrialGroup, TrialOutcome, Trials};
use model_tools::{parallel, progress, workspace};
use shortcut_trials::{FITTED, LesionTask, NetworkKind, RUN_STEPS, Runs, Trial, TrialSettings, survey};

/// Runs of each kind, depth and group.
const RUNS: u64 = 100;

/// Runs of one width and learning rate.
struct Plan {
    name: &'static str,
    width: usize,
    rate: f32,
    kinds: &'static [NetworkKind],
    /// Numbers of blocks.
    depths: &'static [usize],
}

/// What the text tells of, then a smaller rate and a larger width.
const PLANS: [Plan; 3] = [
    Plan {
        name: "main",
        width: 8,
        rate: 0.05,
        kinds: &NetworkKind::ALL,
        depths: &[1, 2, 4, 8, 12, 16, 20, 24],
    },
    Plan {
        name: "slow",
        width: 8,
        rate: 0.01,
        kinds: &[NetworkKind::Without, NetworkKind::With],
        depths: &[24],
    },
    Plan {
        name: "wide",
        width: 16,
        rate: 0.05,
        kinds: &[NetworkKind::Without, NetworkKind::With],
        depths: &[8, 24],
    },
];

/// Runs everything and writes the file.
///
/// # Errors
/// Ctrl-C; a file that cannot be written.
pub(super) fn write() -> anyhow::Result<()> {
    let mut work: Vec<(&str, TrialSettings, NetworkKind)> = Vec::new();
    for Plan { name, width, rate, kinds, depths } in PLANS {
        for (&blocks, &kind) in depths.iter().flat_map(|blocks| kinds.iter().map(move |kind| (blocks, kind)))
        {
            work.push((name, TrialSettings { blocks, width, rate, seed: 0 }, kind));
        }
    }
    // The longest first, so that no core waits for one at the end.
    work.sort_by_key(|(_, settings, _)| core::cmp::Reverse(settings.blocks * settings.width));
    let bar = progress::bar("kinds of network", work.len() as u64);
    let done: Mutex<BTreeMap<(&str, usize, NetworkKind), Runs>> = Mutex::default();
    parallel::each(&work, &bar, |&(name, settings, kind)| {
        let runs = survey(settings, kind, RUNS)?;
        done.lock().unwrap_or_else(PoisonError::into_inner).insert((name, settings.blocks, kind), runs);
        Ok(())
    })?;
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    let trials = Trials {
        command: TRIALS_COMMAND.to_owned(),
        runs: RUNS as usize,
        steps: RUN_STEPS,
        fitted_below: FITTED,
        groups: PLANS
            .iter()
            .map(|plan| Ok((plan.name.to_owned(), of_group(plan, &done)?)))
            .collect::<anyhow::Result<_>>()?,
    };
    let json = serde_json::to_string(&trials)?;
    files::write(&workspace::root().join(TRIALS), (json + "\n").as_bytes())?;
    println!("wrote {TRIALS}");
    Ok(())
}

fn of_group(
    &Plan { name, width, rate, depths, .. }: &Plan,
    done: &BTreeMap<(&str, usize, NetworkKind), Runs>,
) -> anyhow::Result<TrialGroup> {
    let of_depth = |blocks: usize| -> anyhow::Result<(usize, TrialDepth)> {
        let runs = |kind| done.get(&(name, blocks, kind)).map(outcome);
        let missing = || format!("no runs of {name} with {blocks} blocks");
        let (without, with) = (
            runs(NetworkKind::Without).with_context(missing)?,
            runs(NetworkKind::With).with_context(missing)?,
        );
        // The second layer is the first block's first.
        let first =
            |outcome: &TrialOutcome| outcome.gradients.get(1).map_or(f32::NAN, |gradient| gradient[1]);
        let settings = TrialSettings { blocks, width, rate, seed: 1 };
        let depth = TrialDepth {
            layers: without.gradients.len(),
            parameters: Trial::new(settings, NetworkKind::With, &LesionTask::new(1))?.parameter_count(),
            gradient_ratio: two_digits(first(&with) / first(&without)),
            unscaled: runs(NetworkKind::Unscaled),
            without,
            with,
        };
        Ok((blocks, depth))
    };
    let depths = depths.iter().copied().map(of_depth).collect::<anyhow::Result<_>>()?;
    Ok(TrialGroup { width, rate, depths })
}

fn outcome(runs: &Runs) -> TrialOutcome {
    TrialOutcome {
        fitted: runs.fitted.len(),
        stuck: runs.stuck,
        median_steps: runs.median_steps(),
        gradients: runs.gradients.iter().map(|quarters| quarters.map(three_digits)).collect(),
    }
}

/// Rounded to three digits that count: more would say nothing.
fn three_digits(x: f32) -> f32 {
    format!("{x:.2e}").parse().unwrap_or(x)
}

/// Rounded to a whole number of at most two digits that count.
fn two_digits(x: f32) -> u64 {
    format!("{x:.1e}").parse::<f64>().map_or(0, |x| x.round() as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_the_digits_that_count() {
        let written = [0.000_029_556_45, 609.328_06, 0.0].map(|x| three_digits(x).to_string());
        assert_eq!(written, ["0.0000296", "609", "0"]);
        assert_eq!([5_624.7, 1.26, f32::NAN].map(two_digits), [5_600, 1, 0]);
    }
}
