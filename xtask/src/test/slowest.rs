//! The tests that took longest, for whoever adds the next one.

use crate::outcome::Timed;

/// How many are listed.
const LISTED: usize = 20;

/// What tests took, with the part of the run that they belong to.
#[derive(Debug, Default)]
pub(super) struct Slowest {
    all: Vec<(&'static str, Timed)>,
}

impl Slowest {
    /// Counts the tests of a part.
    pub(super) fn add(&mut self, part: &'static str, times: Vec<Timed>) {
        self.all.extend(times.into_iter().map(|timed| (part, timed)));
    }

    /// The slowest, slowest first: seconds, part, name.
    pub(super) fn lines(mut self) -> Vec<String> {
        self.all.sort_by(|(_, one), (_, other)| other.time.cmp(&one.time).then(one.name.cmp(&other.name)));
        let listed = self.all.iter().take(LISTED);
        listed
            .map(|(part, Timed { name, time })| format!("{:7.1} s  {part}: {name}", time.as_secs_f64()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_twenty_slowest_come_slowest_first() {
        let mut slowest = Slowest::default();
        let timed = |seconds: u64| Timed { name: format!("t{seconds}"), time: Duration::from_secs(seconds) };
        slowest.add("one", (0..15).map(timed).collect());
        slowest.add("other", (15..30).map(timed).collect());
        let lines = slowest.lines();
        assert_eq!(lines.len(), 20);
        assert_eq!(lines[0].trim(), "29.0 s  other: t29");
        assert_eq!(lines[19].trim(), "10.0 s  one: t10");
    }
}
