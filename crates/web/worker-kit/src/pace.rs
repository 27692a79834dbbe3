//! How often something is worth doing.

/// Lets something happen at most every so many milliseconds: progress need not be reported more often than a bar moves.
///
/// ```
/// let mut pace = worker_kit::Pace::every(50.0);
/// let due: Vec<bool> = [0.0, 20.0, 49.0, 50.0, 99.0, 140.0].map(|now| pace.is_due(now)).into();
/// assert_eq!(due, [true, false, false, true, false, true]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    every: f64,
    last: f64,
}

impl Pace {
    /// At most every `milliseconds`, the first time at once.
    pub const fn every(milliseconds: f64) -> Self {
        Self { every: milliseconds, last: f64::NEG_INFINITY }
    }

    /// Whether it is time again at `now`, milliseconds; if so, the next time is counted from here.
    pub fn is_due(&mut self, now: f64) -> bool {
        let due = now - self.last >= self.every;
        if due {
            self.last = now;
        }
        due
    }
}
