//! Two histograms over one axis, one upwards and one downwards.

/// Rows above the axis, and below it.
pub(crate) const HALF: usize = 32;
/// Grey above, blue below: both stand out from light and dark pages.
pub(crate) const COLOURS: [[u8; 4]; 2] = [[128, 128, 128, 255], [34, 136, 204, 255]];

/// RGBA: a column per part, each half as high as its largest count; that of `cut` is cut off if it would be more than twice
/// as high as any other.
pub(crate) fn mirrored(halves: [&[u32]; 2], cut: Option<usize>) -> Vec<u8> {
    let columns = halves[0].len();
    let mut rgba = vec![0; columns * 2 * HALF * 4];
    for (half, (counts, colour)) in halves.into_iter().zip(COLOURS).enumerate() {
        let others = counts.iter().enumerate().filter(|(column, _)| Some(*column) != cut);
        let others = others.map(|(_, &count)| count as usize).max().unwrap_or_default();
        let largest = counts.iter().copied().max().unwrap_or_default() as usize;
        let full = if others > 0 { largest.min(2 * others) } else { largest }.max(1);
        for (column, &count) in counts.iter().enumerate() {
            // What occurs at all shows.
            let height = (count as usize * HALF).div_ceil(full).min(HALF);
            for step in 0..height {
                let row = if half == 0 { HALF - 1 - step } else { HALF + step };
                let at = (row * columns + column) * 4;
                rgba[at..at + 4].copy_from_slice(&colour);
            }
        }
    }
    rgba
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heights(rgba: &[u8], columns: usize, colour: [u8; 4]) -> Vec<usize> {
        let height = |column: usize| {
            (0..2 * HALF).filter(|row| rgba[(row * columns + column) * 4..][..4] == colour).count()
        };
        (0..columns).map(height).collect()
    }

    #[test]
    fn the_largest_count_fills_its_half_and_a_single_one_shows() {
        let rgba = mirrored([&[1000, 1, 0], &[0, 0, 3]], None);
        assert_eq!(heights(&rgba, 3, COLOURS[0]), [HALF, 1, 0]);
        assert_eq!(heights(&rgba, 3, COLOURS[1]), [0, 0, HALF]);
    }

    #[test]
    fn a_column_that_dwarfs_all_others_is_cut_off_where_that_is_asked_for() {
        let halves: [&[u32]; 2] = [&[10, 1000, 5], &[10, 15, 5]];
        let rgba = mirrored(halves, Some(1));
        // 10 of 20 and 5 of 20, then of 15.
        assert_eq!(heights(&rgba, 3, COLOURS[0]), [HALF / 2, HALF, HALF / 4]);
        assert_eq!(heights(&rgba, 3, COLOURS[1]), [22, HALF, 11]);
        assert_eq!(heights(&mirrored(halves, None), 3, COLOURS[0]), [1, HALF, 1]);
    }
}
