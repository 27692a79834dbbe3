//! The values of a layer for an image, as far as the page has them, and its maps in the reader's order.

use catalog::precomputed::{PrecomputedStop, checksum};
use imaging::levels;
use nn::strength::{self, Strength};

/// Where the values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ValueSource {
    /// From the book: 8 bits a number.
    Beforehand,
    /// From a run of the network by this backend.
    Computed(&'static str),
}

/// How a layer is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LayerDrawing {
    /// Feature maps.
    Maps,
    /// A long vector: a cell a number, in rows of [`ROW`].
    Strip,
    /// A short vector: a bar a number.
    Bars,
}

/// Cells in a row of a strip.
pub(crate) const ROW: usize = 32;

/// Numbers in a vector that is drawn as bars, at most.
const BARS: usize = 32;

/// The values of one layer for one image.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LayerContent {
    /// Name of the layer.
    pub(crate) layer: String,
    /// How many maps, or how long a vector.
    pub(crate) channels: usize,
    /// Rows and columns of a map; of a vector those of its picture.
    pub(crate) size: [usize; 2],
    /// How it is drawn.
    pub(crate) look: LayerDrawing,
    /// Smallest and largest number of the whole layer.
    pub(crate) range: [f32; 2],
    /// Where the values come from.
    pub(crate) source: ValueSource,
    /// Channels of the maps at hand; for a vector the one 0.
    at_hand: Vec<usize>,
    /// The maps at hand one after another, row-major.
    values: Vec<f32>,
}

impl LayerContent {
    /// All values of a layer of this shape, `[C, H, W]` or `[C]`; `None` if their number does not fit, or there are none.
    pub(crate) fn computed(layer: &str, shape: &[usize], values: Vec<f32>, by: &'static str) -> Option<Self> {
        if values.is_empty() || shape.iter().product::<usize>() != values.len() {
            return None;
        }
        let low = values.iter().copied().reduce(f32::min)?;
        let high = values.iter().copied().reduce(f32::max)?;
        let at_hand = if vector(shape).is_some() { vec![0] } else { (0..*shape.first()?).collect() };
        Self::new(layer, shape, [low, high], ValueSource::Computed(by), at_hand, values)
    }

    /// What is kept of a stop; `bytes` are the levels of its mosaic. `None` if they do not fit one another.
    pub(crate) fn precomputed(stop: &PrecomputedStop, bytes: &[u8]) -> Option<Self> {
        let values = match stop.mosaic() {
            None => stop.values.clone(),
            Some([width, height]) => {
                let maps = stop.channels.len().max(1);
                if bytes.len() != width * height
                    || stop.checksum != Some(checksum(bytes))
                    || [stop.lows.len(), stop.highs.len()] != [maps; 2]
                {
                    return None;
                }
                let ends = stop.lows.iter().zip(&stop.highs);
                let maps = bytes.chunks_exact(bytes.len() / maps).zip(ends);
                maps.flat_map(|(map, (low, high))| map.iter().map(|level| levels::value(*low, *high, *level)))
                    .collect()
            }
        };
        let at_hand = if stop.channels.is_empty() { vec![0] } else { stop.channels.clone() };
        Self::new(&stop.layer, &stop.shape, [stop.low, stop.high], ValueSource::Beforehand, at_hand, values)
    }

    fn new(
        layer: &str,
        shape: &[usize],
        range: [f32; 2],
        source: ValueSource,
        at_hand: Vec<usize>,
        values: Vec<f32>,
    ) -> Option<Self> {
        let (channels, size, look) = match (vector(shape), shape) {
            (Some(length), _) if length <= BARS => (length, [1, length], LayerDrawing::Bars),
            (Some(length), _) => (length, [length.div_ceil(ROW), ROW], LayerDrawing::Strip),
            (None, &[channels, height, width]) => (channels, [height, width], LayerDrawing::Maps),
            (None, _) => return None,
        };
        (!values.is_empty()).then(|| Self {
            layer: layer.to_owned(),
            channels,
            size,
            look,
            range,
            source,
            at_hand,
            values,
        })
    }

    /// How many maps are at hand.
    pub(crate) fn count(&self) -> usize {
        self.at_hand.len()
    }

    /// The channel of the map at this place.
    pub(crate) fn channel(&self, place: usize) -> Option<usize> {
        self.at_hand.get(place).copied()
    }

    /// The place of a channel's map.
    pub(crate) fn place(&self, channel: usize) -> Option<usize> {
        self.at_hand.iter().position(|at| *at == channel)
    }

    /// The values of the map at this place, row-major; all of a vector.
    pub(crate) fn map(&self, place: usize) -> &[f32] {
        let length = self.values.len() / self.at_hand.len().max(1);
        self.values.get(place * length..(place + 1) * length).unwrap_or_default()
    }

    /// Places of the maps at hand, the strongest first.
    pub(crate) fn order(&self, measure: Strength) -> Vec<usize> {
        if measure == Strength::Channel {
            let mut places: Vec<usize> = (0..self.count()).collect();
            places.sort_by_key(|&place| self.at_hand[place]);
            return places;
        }
        strength::order((0..self.count()).map(|place| self.map(place)), measure)
    }

    /// How many of the maps at hand are the same number everywhere: dead, for this image.
    pub(crate) fn dead(&self) -> usize {
        let flat = |place: &usize| {
            let map = self.map(*place);
            map.iter().all(|value| value.total_cmp(&map[0]).is_eq())
        };
        (0..self.count()).filter(flat).count()
    }
}

/// The length of a vector; `None` for maps of more than a pixel.
fn vector(shape: &[usize]) -> Option<usize> {
    match *shape {
        [length] | [length, 1, 1] => Some(length),
        _ => None,
    }
}

/// Smallest and largest of these values; 0 and 0 if there are none.
pub(crate) fn ends(values: &[f32]) -> [f32; 2] {
    let end = |pick: fn(f32, f32) -> f32| values.iter().copied().reduce(pick).unwrap_or_default();
    [end(f32::min), end(f32::max)]
}

/// Index of the largest number, the first of equal ones.
pub(crate) fn largest(values: &[f32]) -> usize {
    let mut best = 0;
    for (at, value) in values.iter().enumerate() {
        if value.total_cmp(&values[best]).is_gt() {
            best = at;
        }
    }
    best
}

/// A page of a list: which of its items are on page `page`, from 1, and how many pages there are.
pub(crate) fn page(items: usize, count: usize, page: usize) -> (std::ops::Range<usize>, usize) {
    let count = count.max(1);
    let pages = items.div_ceil(count).max(1);
    let begin = (page.clamp(1, pages) - 1) * count;
    (begin..(begin + count).min(items), pages)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(shape: &[usize], channels: &[usize], values: &[f32]) -> PrecomputedStop {
        PrecomputedStop {
            layer: "relu".to_owned(),
            shape: shape.to_vec(),
            low: -1.0,
            high: 4.0,
            channels: channels.to_vec(),
            lows: vec![0.0; channels.len()],
            highs: vec![2.0; channels.len()],
            means: vec![1.0; channels.len()],
            checksum: None,
            values: values.to_vec(),
        }
    }

    /// A stop with a mosaic of these levels.
    fn kept(shape: &[usize], channels: &[usize], levels: &[u8]) -> PrecomputedStop {
        PrecomputedStop { checksum: Some(checksum(levels)), ..stop(shape, channels, &[]) }
    }

    #[test]
    fn kept_maps_come_back_by_channel() {
        let levels = [0, 255, 51, 0];
        let content = LayerContent::precomputed(&kept(&[64, 1, 2], &[9, 3], &levels), &levels).unwrap();
        assert_eq!((content.count(), content.channels, content.look), (2, 64, LayerDrawing::Maps));
        assert_eq!(content.place(3).map(|place| content.map(place)), Some(&[0.4, 0.0][..]));
        assert_eq!((content.place(0), content.channel(0)), (None, Some(9)));
        // The strongest stand first in the file; by number, 3 comes before 9.
        assert_eq!(content.order(Strength::Mean), [0, 1]);
        assert_eq!(content.order(Strength::Channel), [1, 0]);
        // Kept as they stood in the file.
        assert_eq!(content.range.map(f32::to_bits), [-1.0_f32, 4.0].map(f32::to_bits));
    }

    #[test]
    fn a_mosaic_that_does_not_fit_its_list_is_no_content() {
        let levels = [0, 255, 51, 0];
        let whole = kept(&[64, 1, 2], &[9, 3], &levels);
        assert!(LayerContent::precomputed(&whole, &levels).is_some());
        assert_eq!(LayerContent::precomputed(&whole, &levels[..3]), None);
        // As where a download broke off and the browser drew what it had.
        assert_eq!(LayerContent::precomputed(&whole, &[0, 255, 0, 0]), None);
        let mut short = whole;
        short.lows.pop();
        assert_eq!(LayerContent::precomputed(&short, &levels), None);
    }

    #[test]
    fn vectors_are_bars_where_short_and_a_strip_where_long() {
        let bars = LayerContent::precomputed(&stop(&[2], &[], &[0.25, 0.75]), &[]).unwrap();
        assert_eq!((bars.look, bars.map(0)), (LayerDrawing::Bars, &[0.25, 0.75][..]));
        let strip = LayerContent::computed("avgpool", &[512, 1, 1], vec![1.0; 512], "WASM").unwrap();
        assert_eq!((strip.look, strip.size, strip.count()), (LayerDrawing::Strip, [16, 32], 1));
    }

    #[test]
    fn values_of_another_shape_are_no_content() {
        assert_eq!(LayerContent::computed("relu", &[2, 2, 2], vec![0.0; 7], "WASM"), None);
        assert_eq!(LayerContent::computed("relu", &[0, 2, 2], Vec::new(), "WASM"), None);
    }

    #[test]
    fn a_map_of_one_number_is_dead() {
        let values = vec![0.0, 0.0, 0.5, 0.5, 0.0, 0.1];
        let content = LayerContent::computed("relu", &[3, 1, 2], values, "WASM").unwrap();
        assert_eq!(content.dead(), 2);
    }

    #[test]
    fn the_last_page_may_be_shorter_and_no_page_lies_beyond() {
        assert_eq!(page(64, 36, 1), (0..36, 2));
        assert_eq!(page(64, 36, 2), (36..64, 2));
        assert_eq!(page(64, 36, 9), (36..64, 2));
        assert_eq!(page(0, 36, 1), (0..0, 1));
    }

    #[test]
    fn the_first_of_equal_numbers_is_the_largest() {
        assert_eq!((largest(&[1.0, 3.0, 3.0]), ends(&[1.0, -3.0, 2.0])), (1, [-3.0, 2.0]));
    }
}
