//! Work on many images at once, stopped by the first failure or by Ctrl-C.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use indicatif::ProgressBar;

use crate::interrupt::stop;

/// Does `work` for every item, on all cores; `bar` counts them.
///
/// # Errors
/// The first failure, after which no further item is begun; Ctrl-C.
pub fn each<T: Sync>(
    items: &[T],
    bar: &ProgressBar,
    work: impl Fn(&T) -> anyhow::Result<()> + Sync,
) -> anyhow::Result<()> {
    let (stop, next, failure) = (stop(), AtomicUsize::new(0), Mutex::new(None));
    let run = || {
        while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            let done =
                if stop.load(Ordering::Relaxed) { Err(anyhow::anyhow!("stopped")) } else { work(item) };
            if let Err(error) = done {
                // The others stop at their next item; the first failure is the one to report.
                next.store(items.len(), Ordering::Relaxed);
                failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
            }
            bar.inc(1);
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(run);
        }
    });
    bar.finish_and_clear();
    failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_done_and_the_first_failure_reported() {
        let bar = ProgressBar::hidden();
        let sum = AtomicUsize::new(0);
        let add = |item: &usize| {
            sum.fetch_add(*item, Ordering::Relaxed);
            Ok(())
        };
        each(&(1..=100).collect::<Vec<_>>(), &bar, add).unwrap();
        assert_eq!(sum.into_inner(), 5050);
        let fail = |item: &usize| if *item == 3 { Err(anyhow::anyhow!("three")) } else { Ok(()) };
        assert_eq!(each(&[1, 2, 3], &bar, fail).unwrap_err().to_string(), "three");
    }
}
