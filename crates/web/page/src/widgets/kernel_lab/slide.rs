//! The window on its way over the result: its next stop and its speed.

/// Columns and rows of the patch with which a guided way begins.
const PATCH: [usize; 2] = [12, 6];
/// How long the patch takes, milliseconds.
const PATCH_TIME: f64 = 8_000.0;
/// How long the whole result takes after it, milliseconds, however large it is.
const WHOLE_TIME: f64 = 10_000.0;

/// How far a step goes, and how long a playing window rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SlideSpeed {
    /// First a patch where there is most to see, pixel by pixel, then all rows.
    Guided,
    /// A pixel of the result, twice a second.
    Slow,
    /// A pixel, 30 times a second.
    Fast,
    /// A row, 10 times a second.
    Rows,
}

/// The part of a result through which the window goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Region {
    /// Column and row of its first pixel.
    pub(crate) start: [usize; 2],
    /// Columns and rows.
    pub(crate) size: [usize; 2],
    /// Whether it is all of the result.
    pub(crate) whole: bool,
}

impl Region {
    /// All of a result of these columns and rows.
    pub(crate) const fn whole(size: [usize; 2]) -> Self {
        Self { start: [0, 0], size, whole: true }
    }

    /// A patch around a pixel, as far as the result reaches.
    pub(crate) fn around(pixel: [usize; 2], size: [usize; 2]) -> Self {
        let start_of = |axis: usize| {
            let length = PATCH[axis].min(size[axis]);
            (pixel[axis].saturating_sub(length / 2).min(size[axis] - length), length)
        };
        let ((left, width), (top, height)) = (start_of(0), start_of(1));
        Self { start: [left, top], size: [width, height], whole: false }
    }

    fn contains(self, pixel: [usize; 2]) -> bool {
        [0, 1].into_iter().all(|axis| {
            let start = self.start[axis];
            (start..start + self.size[axis]).contains(&pixel[axis])
        })
    }

    fn last_column(self) -> usize {
        self.start[0] + self.size[0] - 1
    }
}

impl SlideSpeed {
    /// From the control's value.
    pub(crate) fn parse(value: &str) -> Self {
        match value {
            "slow" => Self::Slow,
            "fast" => Self::Fast,
            "rows" => Self::Rows,
            _ => Self::Guided,
        }
    }

    /// Milliseconds from stop to stop.
    pub(crate) fn rest(self, region: Region) -> f64 {
        match self {
            Self::Guided if region.whole => WHOLE_TIME / region.size[1].max(1) as f64,
            Self::Guided => PATCH_TIME / (region.size[0] * region.size[1]).max(1) as f64,
            Self::Slow => 500.0,
            Self::Fast => 1000.0 / 30.0,
            Self::Rows => 100.0,
        }
    }

    /// Whether a stop is a row.
    const fn goes_by_rows(self, region: Region) -> bool {
        matches!(self, Self::Rows) || matches!(self, Self::Guided) && region.whole
    }

    /// The stop after this pixel (column, row) of a region, as one reads; `None` at its end. A row is done when its last pixel
    /// is. From outside, the way begins.
    pub(crate) fn next(self, [column, row]: [usize; 2], region: Region) -> Option<[usize; 2]> {
        if !region.contains([column, row]) {
            return Some(region.start);
        }
        let last = region.last_column();
        let below = (row + 1 < region.start[1] + region.size[1]).then_some(row + 1);
        if self.goes_by_rows(region) {
            return if column < last { Some([last, row]) } else { below.map(|row| [last, row]) };
        }
        if column < last { Some([column + 1, row]) } else { below.map(|row| [region.start[0], row]) }
    }

    /// The stop before this pixel of a region; `None` at its beginning.
    pub(crate) fn previous(self, [column, row]: [usize; 2], region: Region) -> Option<[usize; 2]> {
        let (first, last) = (region.start[0], region.last_column());
        let above = row.checked_sub(1).filter(|row| *row >= region.start[1]);
        if !self.goes_by_rows(region) && column > first {
            return Some([column - 1, row]);
        }
        above.map(|row| [last, row])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: Region = Region::whole([3, 2]);

    fn check_way(pace: SlideSpeed, region: Region, expected: &[[usize; 2]]) {
        let way: Vec<_> = std::iter::successors(Some(region.start), |&at| pace.next(at, region)).collect();
        assert_eq!(way, expected);
    }

    #[test]
    fn the_window_goes_as_one_reads_and_ends_at_the_last_pixel() {
        check_way(SlideSpeed::Fast, SMALL, &[[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]]);
        check_way(SlideSpeed::Rows, SMALL, &[[0, 0], [2, 0], [2, 1]]);
        check_way(SlideSpeed::Guided, SMALL, &[[0, 0], [2, 0], [2, 1]]);
    }

    #[test]
    fn a_patch_is_read_pixel_by_pixel_and_lies_inside_the_result() {
        let patch = Region::around([1, 1], [3, 2]);
        assert_eq!((patch.start, patch.size), ([0, 0], [3, 2]));
        check_way(SlideSpeed::Guided, patch, &[[0, 0], [1, 0], [2, 0], [0, 1], [1, 1], [2, 1]]);
        // 12 × 6 around (222, 100): the result ends at column 223.
        let patch = Region::around([222, 100], [224, 224]);
        assert_eq!((patch.start, patch.size), ([212, 97], [12, 6]));
    }

    #[test]
    fn a_step_back_undoes_a_step() {
        for at in [[0, 0], [1, 0], [2, 0], [0, 1], [1, 1]] {
            let next = SlideSpeed::Slow.next(at, SMALL).unwrap();
            assert_eq!(SlideSpeed::Slow.previous(next, SMALL), Some(at));
        }
        assert_eq!(SlideSpeed::Slow.previous([0, 0], SMALL), None);
        assert_eq!(SlideSpeed::Rows.previous([2, 1], SMALL), Some([2, 0]));
    }

    #[test]
    fn at_the_default_pace_any_result_is_done_within_twenty_seconds() {
        for size in [[1, 1], [224, 224], [512, 384]] {
            let time = |region: Region| {
                let stops =
                    std::iter::successors(Some(region.start), |&at| SlideSpeed::Guided.next(at, region));
                stops.count() as f64 * SlideSpeed::Guided.rest(region)
            };
            let patch = Region::around([size[0] / 2, size[1] / 2], size);
            let milliseconds = time(patch) + time(Region::whole(size));
            assert!(milliseconds <= 20_000.0, "{size:?}: {milliseconds}");
        }
    }
}
