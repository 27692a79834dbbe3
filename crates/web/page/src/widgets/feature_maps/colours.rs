//! Numbers as colours, and maps as one picture of tiles.

use imaging::palette;

/// The control `colours`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Palette {
    /// Black to white.
    Grey,
    /// Violet to yellow.
    Viridis,
    /// Blue below zero, white, red above.
    Signed,
}

impl Palette {
    /// From the control's value; `auto` depends on whether the layer has negative values.
    pub(crate) fn from_value(value: &str, range: [f32; 2]) -> Self {
        match value {
            "grey" => Self::Grey,
            "viridis" => Self::Viridis,
            "signed" => Self::Signed,
            _ if range[0] < 0.0 => Self::Signed,
            _ => Self::Grey,
        }
    }
}

/// A palette between two values.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ColourScale {
    palette: Palette,
    low: f32,
    high: f32,
}

impl ColourScale {
    /// From the smallest to the largest number; around zero where the palette has signs.
    pub(crate) fn new(palette: Palette, [low, high]: [f32; 2]) -> Self {
        match palette {
            Palette::Signed => {
                let end = low.abs().max(high.abs());
                Self { palette, low: -end, high: end }
            }
            _ => Self { palette, low, high },
        }
    }

    /// The values at its ends.
    pub(crate) const fn ends(&self) -> [f32; 2] {
        [self.low, self.high]
    }

    /// Whether zero has a colour of its own.
    pub(crate) const fn is_signed(&self) -> bool {
        matches!(self.palette, Palette::Signed)
    }

    /// The colour of a number.
    pub(crate) fn colour(&self, value: f32) -> [u8; 3] {
        let span = (self.high - self.low).max(f32::MIN_POSITIVE);
        let share = (value - self.low) / span;
        match self.palette {
            Palette::Grey => palette::grey(share),
            Palette::Viridis => palette::viridis(share),
            Palette::Signed => palette::signed(value / self.high.max(f32::MIN_POSITIVE)),
        }
    }

    /// The colours from end to end, `steps` of them, RGBA.
    pub(crate) fn bar(&self, steps: usize) -> Vec<u8> {
        let last = steps.saturating_sub(1).max(1) as f32;
        let value = |step: usize| {
            // A scale without a span still shows its colours.
            let scale = if self.low < self.high { *self } else { Self { low: -1.0, high: 1.0, ..*self } };
            scale.colour(scale.low + step as f32 / last * (scale.high - scale.low))
        };
        (0..steps).flat_map(|step| opaque(value(step))).collect()
    }

    /// A map, RGBA, row by row of `width` pixels; what is missing of the last row is transparent.
    pub(crate) fn picture(&self, values: &[f32], width: usize) -> Vec<u8> {
        let mut rgba: Vec<u8> = values.iter().flat_map(|value| opaque(self.colour(*value))).collect();
        rgba.resize(values.len().div_ceil(width.max(1)) * width * 4, 0);
        rgba
    }
}

fn opaque([r, g, b]: [u8; 3]) -> [u8; 4] {
    [r, g, b, 255]
}

/// The layout of a mosaic's tiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tiles {
    /// Tiles in a row.
    pub(crate) columns: usize,
    /// Rows of tiles.
    pub(crate) rows: usize,
    /// Height and width of a map.
    map: [usize; 2],
    /// Pixels of the picture a pixel of the map, each way.
    times: usize,
}

/// Pixels between two tiles.
const GAP: usize = 2;
/// A mosaic of small maps is drawn about this wide, so that its gaps stay thin.
const WIDTH: usize = 384;

impl Tiles {
    /// Room for `count` maps of which a full page has `full`, 36 or 64.
    pub(crate) fn new(count: usize, full: usize, map: [usize; 2]) -> Self {
        let mut columns = 1;
        while columns * columns < full.min(count) {
            columns += 1;
        }
        let times = (WIDTH / (columns * map[1].max(1))).max(1);
        Self { columns, rows: count.div_ceil(columns), map, times }
    }

    /// Width and height in pixels.
    pub(crate) fn size(&self) -> [usize; 2] {
        let along = |tiles: usize, side: usize| tiles * (side * self.times + GAP) + GAP;
        [along(self.columns, self.map[1]), along(self.rows, self.map[0])]
    }

    /// Left, top, width and height of a tile.
    pub(crate) fn tile(&self, index: usize) -> [usize; 4] {
        let [height, width] = self.map.map(|side| side * self.times);
        let (column, row) = (index % self.columns, index / self.columns);
        [GAP + column * (width + GAP), GAP + row * (height + GAP), width, height]
    }

    /// The tile at a place of the picture; `None` between tiles.
    pub(crate) fn at(&self, [x, y]: [f32; 2]) -> Option<usize> {
        let along = |at: f32, side: usize, tiles: usize| {
            let at = (at as usize).checked_sub(GAP)?;
            let step = side * self.times + GAP;
            (at / step < tiles && at % step < side * self.times).then_some(at / step)
        };
        let column = along(x, self.map[1], self.columns)?;
        Some(along(y, self.map[0], self.rows)? * self.columns + column)
    }

    /// The picture, RGBA, transparent between the tiles; each map with its scale.
    pub(crate) fn draw<'m>(&self, maps: impl Iterator<Item = (&'m [f32], ColourScale)>) -> Vec<u8> {
        let [width, height] = self.size();
        let mut rgba = vec![0; width * height * 4];
        for (index, (values, scale)) in maps.enumerate() {
            let [left, top, _, _] = self.tile(index);
            for (row, line) in values.chunks_exact(self.map[1].max(1)).enumerate() {
                let pixels: Vec<u8> =
                    line.iter().flat_map(|value| opaque(scale.colour(*value)).repeat(self.times)).collect();
                for copy in 0..self.times {
                    let begin = ((top + row * self.times + copy) * width + left) * 4;
                    if let Some(target) = rgba.get_mut(begin..begin + pixels.len()) {
                        target.copy_from_slice(&pixels);
                    }
                }
            }
        }
        rgba
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_choose_the_palette_and_zero_stays_white() {
        assert_eq!(Palette::from_value("auto", [0.0, 8.0]), Palette::Grey);
        let palette = Palette::from_value("auto", [-0.5, 8.0]);
        assert_eq!(palette, Palette::Signed);
        let scale = ColourScale::new(palette, [-0.5, 8.0]);
        assert_eq!((scale.ends(), scale.colour(0.0)), ([-8.0, 8.0], [255; 3]));
    }

    #[test]
    fn the_same_number_has_another_grey_on_another_scale() {
        let grey = |ends| ColourScale::new(Palette::Grey, ends).colour(2.0);
        assert_eq!((grey([0.0, 2.0]), grey([0.0, 8.0])), ([255; 3], [64; 3]));
    }

    #[test]
    fn a_dead_map_is_black_and_its_bar_still_has_colours() {
        let scale = ColourScale::new(Palette::Grey, [0.0, 0.0]);
        assert_eq!((scale.colour(0.0), &scale.bar(2)[..]), ([0; 3], &[0, 0, 0, 255, 255, 255, 255, 255][..]));
    }

    #[test]
    fn a_row_that_is_not_full_ends_transparent() {
        let picture = ColourScale::new(Palette::Grey, [0.0, 1.0]).picture(&[0.0, 1.0, 0.0], 2);
        assert_eq!(picture[8..], [0, 0, 0, 255, 0, 0, 0, 0]);
    }

    #[test]
    fn tiles_lie_in_rows_with_gaps_between_them() {
        // 36 maps of 64 × 64 in 6 columns: 384 / (6 * 64) = 1.
        let tiles = Tiles::new(36, 36, [64, 64]);
        assert_eq!((tiles.columns, tiles.rows, tiles.size()), (6, 6, [398, 398]));
        assert_eq!(tiles.tile(7), [68, 68, 64, 64]);
        assert_eq!(
            (tiles.at([68.0, 68.0]), tiles.at([67.0, 68.0]), tiles.at([0.0, 0.0])),
            (Some(7), None, None)
        );
        // Two maps of 1 × 2: 384 / (2 * 2) = 96 pixels per pixel.
        let tiles = Tiles::new(2, 36, [1, 2]);
        assert_eq!((tiles.columns, tiles.rows, tiles.size()), (2, 1, [390, 100]));
    }

    #[test]
    fn every_pixel_of_a_map_is_drawn_as_often_as_it_is_large() {
        let tiles = Tiles::new(2, 36, [1, 2]);
        let scale = ColourScale::new(Palette::Grey, [0.0, 1.0]);
        let rgba = tiles.draw([(&[0.0, 1.0][..], scale), (&[1.0, 1.0], scale)].into_iter());
        let white = rgba.chunks_exact(4).filter(|pixel| *pixel == [255; 4]).count();
        assert_eq!(white, 3 * 96 * 96);
    }
}
