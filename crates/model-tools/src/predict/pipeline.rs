//! Files are read, decoded and made the network's input on all cores, while the network answers one batch after the
//! other, in the order of the files: the same files give the same batches, and so the same numbers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, PoisonError, mpsc};

use anyhow::ensure;

/// An image file as the network's input, `[3, S, S]`.
pub(super) struct Prepared {
    pub(super) planes: Vec<f32>,
    /// Whether more frames follow the one that was taken.
    pub(super) animated: bool,
}

/// What came of one file: its probabilities, or the reason in words why there are none.
pub(super) type FileOutcome = Result<Answered, String>;

/// What the network said to one file.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answered {
    pub(super) probabilities: Vec<f32>,
    pub(super) animated: bool,
}

/// How much is done at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct PipelinePace {
    /// Files that are prepared at the same time.
    pub(super) threads: usize,
    /// Images in one run of the network.
    pub(super) batch: usize,
}

/// How many batches are prepared ahead of the one that is answered.
const AHEAD: usize = 4;

/// How the work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PipelineEnd {
    Done,
    /// On request, between two batches.
    Stopped,
}

/// Does all files; `each` is given the place and the outcome of every file, in their order, batch by batch.
///
/// # Errors
/// Whatever `answer` or `each` fails with; a file that `prepare` cannot use is an outcome.
pub(super) fn run(
    paths: &[PathBuf],
    pace: PipelinePace,
    stop: &AtomicBool,
    prepare: impl Fn(&Path) -> Result<Prepared, String> + Sync,
    mut answer: impl FnMut(Vec<f32>, usize) -> anyhow::Result<Vec<Vec<f32>>>,
    mut each: impl FnMut(&[(usize, FileOutcome)]) -> anyhow::Result<()>,
) -> anyhow::Result<PipelineEnd> {
    let (window, next) = (ReadAhead::new(pace.batch * AHEAD), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::channel();
        for _ in 0..pace.threads.max(1) {
            let (sender, window, next, prepare) = (sender.clone(), &window, &next, &prepare);
            scope.spawn(move || {
                loop {
                    let place = next.fetch_add(1, Ordering::Relaxed);
                    let Some(path) = paths.get(place) else { return };
                    // Nobody listens any more once the work was stopped or has failed.
                    if !window.wait_for(place) || sender.send((place, prepare(path))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        // However this ends, nobody may be left waiting.
        let _open = ReleaseOnDrop(&window);
        let mut early = BTreeMap::new();
        for first in (0..paths.len()).step_by(pace.batch.max(1)) {
            if stop.load(Ordering::Relaxed) {
                return Ok(PipelineEnd::Stopped);
            }
            let places = first..(first + pace.batch.max(1)).min(paths.len());
            while !places.clone().all(|place| early.contains_key(&place)) {
                let (place, prepared) =
                    receiver.recv().map_err(|_| anyhow::anyhow!("no thread prepares images any more"))?;
                early.insert(place, prepared);
            }
            let batch: Vec<(usize, Result<Prepared, String>)> =
                places.clone().filter_map(|place| Some((place, early.remove(&place)?))).collect();
            window.move_to(places.end);
            each(&answered(batch, &mut answer)?)?;
        }
        Ok(PipelineEnd::Done)
    })
}

/// A batch through the network; files that could not be used stay in their places.
fn answered(
    batch: Vec<(usize, Result<Prepared, String>)>,
    answer: &mut impl FnMut(Vec<f32>, usize) -> anyhow::Result<Vec<Vec<f32>>>,
) -> anyhow::Result<Vec<(usize, FileOutcome)>> {
    let mut planes = Vec::new();
    let mut count = 0;
    let mut outcomes = Vec::with_capacity(batch.len());
    for (place, prepared) in batch {
        outcomes.push(match prepared {
            Ok(prepared) => {
                planes.extend(prepared.planes);
                count += 1;
                (place, Ok(Answered { probabilities: Vec::new(), animated: prepared.animated }))
            }
            Err(reason) => (place, Err(reason)),
        });
    }
    let answers = if count == 0 { Vec::new() } else { answer(planes, count)? };
    ensure!(answers.len() == count, "the network gave {} answers to {count} images", answers.len());
    let readable = outcomes.iter_mut().filter_map(|(_, outcome)| outcome.as_mut().ok());
    readable.zip(answers).for_each(|(answered, probabilities)| answered.probabilities = probabilities);
    Ok(outcomes)
}

/// How far ahead files are prepared, so that one that takes long does not let the others fill the memory.
struct ReadAhead {
    size: usize,
    /// The first file that is not yet taken; `None` when nothing more is wanted.
    first: Mutex<Option<usize>>,
    moved: Condvar,
}

impl ReadAhead {
    fn new(size: usize) -> Self {
        Self { size: size.max(1), first: Mutex::new(Some(0)), moved: Condvar::new() }
    }

    /// Waits until the file of this place is wanted; `false` if it never will be.
    fn wait_for(&self, place: usize) -> bool {
        let first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        let beyond = |first: &mut Option<usize>| first.is_some_and(|first| place >= first + self.size);
        let first = self.moved.wait_while(first, beyond).unwrap_or_else(PoisonError::into_inner);
        first.is_some()
    }

    fn move_to(&self, place: usize) {
        *self.first.lock().unwrap_or_else(PoisonError::into_inner) = Some(place);
        self.moved.notify_all();
    }
}

/// Lets everybody go who waits for a window, when the work ends.
struct ReleaseOnDrop<'a>(&'a ReadAhead);

impl Drop for ReleaseOnDrop<'_> {
    fn drop(&mut self) {
        *self.0.first.lock().unwrap_or_else(PoisonError::into_inner) = None;
        self.0.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use anyhow::bail;

    use super::*;

    const PACE: PipelinePace = PipelinePace { threads: 3, batch: 4 };

    fn numbered(count: usize) -> Vec<PathBuf> {
        (0..count).map(|i| PathBuf::from(i.to_string())).collect()
    }

    /// The number that is the file's name; every seventh cannot be read, and some take longer than others.
    fn number(path: &Path) -> Result<Prepared, String> {
        let number: usize = path.to_string_lossy().parse().map_err(|_| "no number".to_owned())?;
        std::thread::sleep(Duration::from_micros(number as u64 * 7919 % 400));
        if number % 7 == 3 {
            return Err(format!("{number} is broken"));
        }
        Ok(Prepared { planes: vec![number as f32], animated: number == 5 })
    }

    fn check_outcomes(count: usize) {
        let (mut found, mut batches) = (Vec::new(), Vec::new());
        let answer = |planes: Vec<f32>, count: usize| {
            batches.push(count);
            Ok(planes.iter().map(|&number| vec![number / 100.0]).collect())
        };
        let each = |outcomes: &[(usize, FileOutcome)]| {
            found.extend_from_slice(outcomes);
            Ok(())
        };
        let end = run(&numbered(count), PACE, &AtomicBool::new(false), number, answer, each).unwrap();
        assert_eq!((end, found.len()), (PipelineEnd::Done, count));
        for (place, (found_place, outcome)) in found.iter().enumerate() {
            assert_eq!(place, *found_place);
            match outcome {
                Ok(answered) => {
                    assert_eq!(answered.probabilities, [place as f32 / 100.0]);
                    assert_eq!(answered.animated, place == 5);
                }
                Err(reason) => assert_eq!(reason, &format!("{place} is broken")),
            }
        }
        // Batches are cut by place, whoever came first: 0 to 3 has three readable files, 4 to 7 four.
        if count >= 8 {
            assert_eq!(batches[..2], [3, 4]);
        }
    }

    #[test]
    fn outcomes_come_in_the_order_of_the_files_in_the_same_batches() {
        for count in [0, 1, 4, 41, 200] {
            check_outcomes(count);
        }
    }

    #[test]
    fn a_request_to_stop_is_heard_between_two_batches() {
        let (stop, mut done) = (AtomicBool::new(false), 0);
        let answer = |planes: Vec<f32>, _| Ok(planes.iter().map(|_| vec![1.0]).collect());
        let each = |outcomes: &[(usize, FileOutcome)]| {
            done += outcomes.len();
            stop.store(done >= 8, Ordering::Relaxed);
            Ok(())
        };
        let end = run(&numbered(1000), PACE, &stop, number, answer, each).unwrap();
        assert_eq!((end, done), (PipelineEnd::Stopped, 8));
    }

    #[test]
    fn a_failing_network_ends_it() {
        let answer = |_, _| bail!("out of memory");
        let error =
            run(&numbered(1000), PACE, &AtomicBool::new(false), number, answer, |_| Ok(())).unwrap_err();
        assert_eq!(error.to_string(), "out of memory");
    }

    #[test]
    fn files_are_not_prepared_further_ahead_than_the_window() {
        let (furthest, answered) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let prepare = |path: &Path| {
            let prepared = number(path)?;
            let ahead = prepared.planes[0] as usize
                - answered.load(Ordering::SeqCst).min(prepared.planes[0] as usize);
            furthest.fetch_max(ahead, Ordering::SeqCst);
            Ok(prepared)
        };
        let answer = |planes: Vec<f32>, _| {
            std::thread::sleep(Duration::from_millis(2));
            Ok(planes.iter().map(|_| vec![1.0]).collect())
        };
        let each = |outcomes: &[(usize, FileOutcome)]| {
            answered.fetch_add(outcomes.len(), Ordering::SeqCst);
            Ok(())
        };
        run(&numbered(300), PACE, &AtomicBool::new(false), prepare, answer, each).unwrap();
        // Four batches of four ahead of the one that is answered, which is not counted as answered yet.
        assert!(furthest.into_inner() <= PACE.batch * (AHEAD + 1));
    }
}
