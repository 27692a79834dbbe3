//! The lesion's ground: its browns, reds, whites and blues, their order, and how it fades into the skin.

use crate::canvas::Canvas;
use crate::coarse::CoarseField;
use crate::colour::{Lab, Melanin, REFERENCE_SKIN, greater, lesser, smooth};
use crate::field::{Field, floor, nearest};
use crate::lanes::LANES;
use crate::outline::Outline;
use numerics::{Random, math};

/// The lesion without its structures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// Shares of the area that are black, dark brown and light brown; the rest stays skin-like.
    pub browns: [f32; 3],
    /// How much higher a\* is.
    pub red: f32,
    /// How much higher b\* is.
    pub warm: f32,
    /// Share of the area that is white.
    pub white: f32,
    /// Share of the area that is blue-grey.
    pub blue_grey: f32,
    /// How strictly dark is in the centre: 0 anywhere, 1 in rings.
    pub concentric: f32,
    /// Position of the darkest part, in radii from the centre.
    pub off_centre: (f32, f32),
    /// How uneven the colours are from place to place, 0 to 1.
    pub patchy: f32,
    /// Width of the edge, 10 to 90 %, in diameters: 0.05 is sharp, 0.23 a nevus.
    pub edge: f32,
    /// How ragged the edge is, 0 to 1.
    pub ragged: f32,
    /// Depth of scalloped bites out of the rim, share of the radius.
    pub bites: f32,
    /// Fine grain, L\*.
    pub grain: f32,
}

const SCAR_WHITE: Lab = [80.0, 10.0, 9.0];
const SLATE: Lab = [44.0, 9.0, -3.0];

/// How far beyond the outline half of the pigment reaches, in radii, so that the edge is 0.08 diameters inside the
/// mask, as measured.
const REACH: f32 = 0.08;

/// Steps of the table from rank to lightness.
const RANKS: usize = 64;

/// How much darker than skin the lesion is at each rank, from the darkest to the lightest part, L\*.
/// Black is below 25, dark brown 25 to 45, light brown 45 to 65 on skin of 72: thresholds of the colour table measured
/// on HAM10000.
fn darkness(browns: [f32; 3]) -> [f32; RANKS + 1] {
    let total = browns.iter().sum::<f32>().max(1.0);
    let [black, dark, light] = browns.map(|share| share / total);
    let rest = 1.0 - black - dark - light;
    // The darkest level there is, by how much there is of it.
    let deepest = if black > 0.01 {
        25.0 - 14.0 * (4.0 * black).min(1.0)
    } else if dark > 0.01 {
        45.0 - 19.0 * (3.0 * dark).min(1.0)
    } else {
        65.0 - 19.0 * (1.5 * light).min(1.0)
    };
    let lightest = if rest > 0.01 { 65.0 + 9.0 * (4.0 * rest).min(1.0) } else { 63.0 };
    let knots = [
        (0.0, deepest),
        (black, 25.0_f32.max(deepest)),
        (black + dark, 45.0_f32.max(deepest)),
        (1.0 - rest, 65.0_f32.min(lightest)),
        (1.0, lightest),
    ];
    let steps: [f32; RANKS + 1] = core::array::from_fn(|i| {
        let rank = i as f32 / RANKS as f32;
        let mut level = lightest;
        for pair in knots.windows(2) {
            if rank <= pair[1].0 {
                let share = (rank - pair[0].0) / (pair[1].0 - pair[0].0).max(1e-4);
                level = pair[0].1 + (pair[1].1 - pair[0].1) * share;
                break;
            }
        }
        REFERENCE_SKIN[0] - level
    });
    // Neighbouring colours run into one another.
    core::array::from_fn(|i| {
        let reach = SPREAD.min(i).min(RANKS - i);
        steps[i - reach..=i + reach].iter().sum::<f32>() / (2 * reach + 1) as f32
    })
}

/// Over how many ranks to either side a brown runs into the next.
const SPREAD: usize = 7;

/// Values at even ranks of `values`, from the least to the greatest.
fn quantiles(mut values: Vec<f32>) -> [f32; RANKS + 1] {
    values.sort_unstable_by(f32::total_cmp);
    let last = values.len().saturating_sub(1) as f32;
    core::array::from_fn(|i| values.get((last * i as f32 / RANKS as f32) as usize).copied().unwrap_or(0.0))
}

/// The rank of `value`, 0 to 1, in even steps found by halving.
fn rank(quantiles: &[f32; RANKS + 1], value: f32) -> f32 {
    let mut low = 0;
    let mut step = RANKS / 2;
    while step > 0 {
        if quantiles[low + step] <= value {
            low += step;
        }
        step /= 2;
    }
    let (from, to) = (quantiles[low], quantiles[low + 1]);
    let share = ((value - from) / (to - from).max(1e-6)).clamp(0.0, 1.0);
    (low as f32 + share) / RANKS as f32
}

impl Body {
    /// What changes slowly: depth, rank of the brown, unevenness of the middle scale and of sectors, ranks of white and
    /// of blue.
    fn maps(&self, canvas: &Canvas, outline: &Outline, field: &Field, outside: f32) -> [CoarseField; 6] {
        let radius = outline.radius();
        let coarse = 2.3 / radius;
        let noisy = 0.24 + 0.6 * self.patchy;
        let mut maps = CoarseField::many(canvas, |x, y| {
            let depth = outline.depth(x, y);
            // Interpolation reaches one node further out.
            if depth < outside - 8.0 / radius {
                return [depth, 0.0, 0.0, 0.0, 0.0, 0.0];
            }
            let (u, v) = (x * coarse, y * coarse);
            // What decides which brown lies where: distance from the dark centre, and warped clouds.
            let warp = (field.at(u * 0.8 + 3.0, v * 0.8), field.at(u * 0.8, v * 0.8 + 7.0));
            let cloud = field.cloud(u + 0.6 * warp.0 + 20.0, v + 0.6 * warp.1)
                + 0.5 * field.cloud(x * 0.055 + 33.0, y * 0.055 + 3.0);
            let (cx, cy) = (x / radius - self.off_centre.0, y / radius - self.off_centre.1);
            let centre = math::sqrt(cx * cx + cy * cy);
            let order =
                (0.4 + 1.4 * self.concentric) * centre + noisy * (1.05 - 0.85 * self.concentric) * cloud;
            let middle = field.at(x * 0.085 + 5.0, y * 0.085 + 51.0);
            let sector = field.at(u * 0.9 + 13.0, v * 0.9 + 29.0);
            let white = if self.white > 0.0 { field.cloud(u * 1.3 + 9.0, v * 1.3 + 37.0) } else { 0.0 };
            let blue = if self.blue_grey > 0.0 { field.cloud(u + 41.0, v + 11.0) } else { 0.0 };
            [depth, order, middle, sector, white, blue]
        });
        let (depth, others) = maps.split_at_mut(1);
        let used = [true, false, false, self.white > 0.0, self.blue_grey > 0.0];
        for map in others.iter_mut().zip(used).filter(|(_, used)| *used).map(|(map, _)| map) {
            let pairs = map.values().iter().zip(depth[0].values());
            let levels =
                quantiles(pairs.filter(|&(_, &depth)| depth > 0.04).map(|(&value, _)| value).collect());
            map.change(|value| rank(&levels, value));
        }
        maps
    }

    pub(crate) fn draw(&self, canvas: &mut Canvas, outline: &Outline, mut random: Random) {
        let field = Field::new(&mut random);
        // 10 to 90 % of a smooth step is 0.608 of it; an edge in diameters is twice that in radii.
        let wide = 2.0 * self.edge / 0.608;
        let rag = 0.05 + 0.16 * self.ragged;
        let outside = -REACH - 1.5 * rag - 1.1 * wide;
        let maps = self.maps(canvas, outline, &field, outside);
        let (levels, melanin) = (darkness(self.browns), Melanin::new());
        let brush = Brush { body: self, levels, melanin, wide, rag, outside };
        let width = canvas.width;
        let padded = width.next_multiple_of(LANES);
        let mut rows = vec![0.0; 8 * padded];
        for y in maps[0].rows_above(outside, canvas.height) {
            for (i, line) in rows.chunks_mut(padded.max(1)).enumerate() {
                match i {
                    0 | 1 => line[..width].copy_from_slice(canvas.grain(y)[i]),
                    6 if self.white <= 0.0 => {}
                    7 if self.blue_grey <= 0.0 => {}
                    _ => maps[i - 2].row(y, &mut line[..width]),
                }
            }
            let mut lines = rows.chunks(padded.max(1)).map(|line| line.as_chunks::<LANES>().0);
            let lines: [&[Lanes]; 8] = core::array::from_fn(|_| lines.next().unwrap_or_default());
            let (covers, colours) = canvas.row(y);
            let blocks = covers.chunks_mut(LANES).zip(colours.chunks_mut(LANES));
            for (block, (covers, colours)) in blocks.enumerate() {
                if lines[2][block].iter().all(|&depth| depth < outside) {
                    continue;
                }
                let Some((found, ground)) = brush.block(lines.map(|line| &line[block])) else { continue };
                for (x, (cover, colour)) in covers.iter_mut().zip(colours).enumerate() {
                    if found[x] > 0.0 {
                        *cover = found[x];
                        for part in 0..3 {
                            // The skin's own texture shows through where the lesion is thin.
                            let own = (colour[part] - REFERENCE_SKIN[part]) * (1.0 - 0.45 * found[x]);
                            colour[part] = own + ground[part][x];
                        }
                    }
                }
            }
        }
    }
}

/// Numbers of neighbouring pixels.
type Lanes = [f32; LANES];

/// What the lesion's pixels have in common.
struct Brush<'a> {
    body: &'a Body,
    levels: [f32; RANKS + 1],
    melanin: Melanin,
    /// The edge's width in radii, how far it is torn, and the depth below which nothing is.
    wide: f32,
    rag: f32,
    outside: f32,
}

impl Brush<'_> {
    /// How far the lesion covers neighbouring pixels, and its colours there; nothing if it covers none. Of their two
    /// grains, depth, order, middle scale, sector, and ranks of white and blue.
    fn block(&self, numbers: [&Lanes; 8]) -> Option<(Lanes, [Lanes; 3])> {
        let [three, six, depth, order, middle, sector, whites, blues] = numbers;
        let body = self.body;
        let [mut cover, mut share, mut amount, mut darker, mut shows] = [[0.0; LANES]; 5];
        let mut places = [0; LANES];
        for x in 0..LANES {
            let (three, six, middle, sector) = (three[x], six[x], middle[x], sector[x]);
            let torn = self.rag * (0.9 * middle + 0.6 * six + 0.3 * three + 0.5 * sector);
            let bite = body.bites * smooth(0.05, 0.55, middle + 0.3 * six);
            let soft = greater(self.wide * (1.0 + 0.9 * body.patchy * sector), 0.05);
            let within = smooth(-0.55 * soft, 0.45 * soft, depth[x] + REACH + torn - bite);
            cover[x] = if depth[x] < self.outside { 0.0 } else { within };
            let uneven = 0.13 * middle + 0.12 * six + 0.09 * three;
            let place = (order[x] + (0.3 + 0.7 * body.patchy) * uneven).clamp(0.0, 1.0) * RANKS as f32;
            let low = lesser(floor(place), (RANKS - 1) as f32);
            (share[x], places[x]) = (place - low, nearest(low));
        }
        if cover.iter().all(|&cover| cover <= 0.0) {
            return None;
        }
        let [mut from, mut to] = [[0.0; LANES]; 2];
        for x in 0..LANES {
            let low = (places[x] as usize).min(RANKS - 1);
            (from[x], to[x]) = (self.levels[low], self.levels[low + 1]);
        }
        for x in 0..LANES {
            let level = from[x] + (to[x] - from[x]) * share[x];
            let grain = body.grain * (0.5 * six[x] + 0.75 * three[x] + 0.35 * middle[x]);
            amount[x] = level + grain;
            darker[x] = cover[x] * greater(amount[x], 0.0);
            shows[x] = smooth(0.2, 0.9, cover[x]);
        }
        let mut ground = self.melanin.colours(darker);
        for x in 0..LANES {
            let (cover, amount) = (cover[x], amount[x]);
            // What is too light for melanin to explain stays as texture.
            let light = cover * greater(-amount, 0.0);
            let uneven_red = (0.3 + 0.5 * body.patchy) * (sector[x] + 0.5 * middle[x]);
            let red = body.red + (2.5 + body.red) * uneven_red;
            // Pigment hides the blood below it.
            let open = (0.6 + 0.4 * smooth(0.0, 14.0, amount)) * (1.0 - 0.6 * smooth(28.0, 62.0, amount));
            let lightness = ground[0][x] + light - 0.12 * cover * red;
            ground[0][x] = lightness;
            // Black does not glow: the darkest clusters measured are (28, 29, 18) and (18, 15, 5).
            ground[1][x] = lesser(ground[1][x] + cover * open * red, 1.1 * lightness);
            let yellow = ground[2][x] + cover * open * body.warm;
            ground[2][x] = lesser(yellow, greater(0.9 * lightness - 5.0, 0.0));
        }
        let mut tint = |x: usize, area: f32, rank: f32, colour: Lab, strength: f32| {
            let rank = rank - area + 0.1 * six[x] + 0.08 * middle[x] + 0.05 * three[x];
            let share = strength * (smooth(0.22, -0.22, rank) * shows[x]);
            for (part, to) in ground.iter_mut().zip(colour) {
                part[x] += (to - part[x]) * share;
            }
        };
        if body.blue_grey > 0.0 {
            for x in 0..LANES {
                let slate = [SLATE[0] + 3.0 * middle[x] + 2.0 * three[x], SLATE[1], SLATE[2]];
                tint(x, body.blue_grey, blues[x], slate, 0.75);
            }
        }
        if body.white > 0.0 {
            (0..LANES).for_each(|x| tint(x, body.white, whites[x], SCAR_WHITE, 0.55));
        }
        Some((cover, ground))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browns_take_their_shares_of_the_ranks() {
        let levels = darkness([0.25, 0.25, 0.25]);
        let share = |limit: f32| {
            levels.iter().filter(|&&d| REFERENCE_SKIN[0] - d < limit).count() as f32 / levels.len() as f32
        };
        for (limit, expected) in [(25.0, 0.25), (45.0, 0.5), (65.0, 0.75)] {
            assert!((share(limit) - expected).abs() < 0.03, "{limit}: {}", share(limit));
        }
    }

    #[test]
    fn half_of_the_values_rank_below_one_half() {
        let levels = quantiles((0..1000).map(|i| (i * i) as f32).collect());
        for (value, expected) in [(0.0, 0.0), (250_000.0, 0.5), (998_001.0, 1.0)] {
            assert!((rank(&levels, value) - expected).abs() < 0.01, "{value}: {}", rank(&levels, value));
        }
    }
}
