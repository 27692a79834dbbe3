//! The window on its way over the image: where it stops next, and at what pace it plays.

/// How far a step goes, and how long a playing window rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// A pixel of the result, twice a second.
    Slow,
    /// A pixel, 30 times a second.
    Fast,
    /// A row, 10 times a second.
    Rows,
}

impl Pace {
    /// From the control's value.
    pub(crate) fn parse(value: &str) -> Self {
        match value {
            "slow" => Self::Slow,
            "rows" => Self::Rows,
            _ => Self::Fast,
        }
    }

    /// Milliseconds from stop to stop.
    pub(crate) const fn rest(self) -> f64 {
        match self {
            Self::Slow => 500.0,
            Self::Fast => 1000.0 / 30.0,
            Self::Rows => 100.0,
        }
    }

    /// The stop after this pixel (column, row) of a result of `width` × `height`, in reading order, or the one before
    /// it; `None` where there is none. A row is done when its last pixel is.
    pub(crate) fn next(
        self,
        [column, row]: [usize; 2],
        [width, height]: [usize; 2],
        forward: bool,
    ) -> Option<[usize; 2]> {
        let last = width - 1;
        match (self, forward) {
            (Self::Rows, true) if column < last => Some([last, row]),
            (Self::Rows, true) => (row + 1 < height).then_some([last, row + 1]),
            (Self::Rows, false) => row.checked_sub(1).map(|row| [last, row]),
            (_, true) if column < last => Some([column + 1, row]),
            (_, true) => (row + 1 < height).then_some([0, row + 1]),
            (_, false) if column > 0 => Some([column - 1, row]),
            (_, false) => row.checked_sub(1).map(|row| [last, row]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_way(pace: Pace, expected: &[[usize; 2]]) {
        let way: Vec<_> = std::iter::successors(Some([0, 0]), |&at| pace.next(at, [3, 2], true)).collect();
        assert_eq!(way, expected);
    }

    #[test]
    fn the_window_goes_as_one_reads_and_ends_at_the_last_pixel() {
        check_way(Pace::Fast, &[[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]]);
        check_way(Pace::Rows, &[[0, 0], [2, 0], [2, 1]]);
    }

    #[test]
    fn a_step_back_undoes_a_step() {
        for at in [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1]] {
            let next = Pace::Slow.next(at, [3, 2], true).unwrap();
            assert_eq!(Pace::Slow.next(next, [3, 2], false), Some(at));
        }
        assert_eq!(Pace::Slow.next([0, 0], [3, 2], false), None);
        assert_eq!(Pace::Rows.next([2, 1], [3, 2], false), Some([2, 0]));
    }
}
