//! The lesion's ground: its browns, reds, whites and blues, their order, and how it fades into the skin.

use crate::canvas::Canvas;
use crate::coarse::Coarse;
use crate::colour::{Lab, Melanin, REFERENCE_SKIN, mix, smooth};
use crate::field::Field;
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
    /// How strictly dark lies in the centre: 0 anywhere, 1 in rings.
    pub concentric: f32,
    /// Where the darkest part lies, in radii from the centre.
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

/// How far beyond the outline half of the pigment reaches, in radii, so that the edge lies 0.08 diameters inside the
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
    fn maps(&self, canvas: &Canvas, outline: &Outline, field: &Field, outside: f32) -> [Coarse; 6] {
        let radius = outline.radius();
        let coarse = 2.3 / radius;
        let noisy = 0.24 + 0.6 * self.patchy;
        let mut maps = Coarse::many(canvas, |x, y| {
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
        let levels = darkness(self.browns);
        let melanin = Melanin::new();
        let width = canvas.width;
        let mut rows = vec![0.0; 6 * width];
        for y in maps[0].rows_above(outside, canvas.height) {
            let mut lines = rows.chunks_mut(width.max(1));
            let [depths, orders, middles, sectors, whites, blues] = core::array::from_fn(|i| {
                let line = lines.next().unwrap_or_default();
                if i < 4 || (i == 4 && self.white > 0.0) || (i == 5 && self.blue_grey > 0.0) {
                    maps[i].row(y, line);
                }
                &*line
            });
            let [threes, sixes] = canvas.grain(y).map(<[f32]>::to_vec);
            for x in 0..width {
                let depth = depths[x];
                if depth < outside {
                    continue;
                }
                let i = y * width + x;
                let (three, six) = (threes[x], sixes[x]);
                let (middle, sector) = (middles[x], sectors[x]);
                let torn = rag * (0.9 * middle + 0.6 * six + 0.3 * three + 0.5 * sector);
                let bite = self.bites * smooth(0.05, 0.55, middle + 0.3 * six);
                let soft = (wide * (1.0 + 0.9 * self.patchy * sector)).max(0.05);
                let cover = smooth(-0.55 * soft, 0.45 * soft, depth + REACH + torn - bite);
                if cover <= 0.0 {
                    continue;
                }
                canvas.cover[i] = cover;
                let uneven = 0.13 * middle + 0.12 * six + 0.09 * three;
                let place = (orders[x] + (0.3 + 0.7 * self.patchy) * uneven).clamp(0.0, 1.0) * RANKS as f32;
                let low = (place as usize).min(RANKS - 1);
                let level = levels[low] + (levels[low + 1] - levels[low]) * (place - low as f32);
                let grain = self.grain * (0.5 * six + 0.75 * three + 0.35 * middle);
                let amount = level + grain;
                let brown = melanin.colour(cover * amount.max(0.0));
                // What is too light for melanin to explain stays as texture.
                let light = cover * (-amount).max(0.0);
                let uneven_red = (0.3 + 0.5 * self.patchy) * (sector + 0.5 * middle);
                let red = self.red + (2.5 + self.red) * uneven_red;
                // Pigment hides the blood below it.
                let open = (0.6 + 0.4 * smooth(0.0, 14.0, amount)) * (1.0 - 0.6 * smooth(28.0, 62.0, amount));
                let mut ground: Lab = [
                    brown[0] + light - 0.12 * cover * red,
                    brown[1] + cover * open * red,
                    brown[2] + cover * open * self.warm,
                ];
                // Black does not glow: the darkest clusters measured are (28, 29, 18) and (18, 15, 5).
                ground[1] = ground[1].min(1.1 * ground[0]);
                ground[2] = ground[2].min((0.9 * ground[0] - 5.0).max(0.0));
                let shows = smooth(0.2, 0.9, cover);
                let blend = |share: f32, rank: f32| {
                    smooth(0.22, -0.22, rank - share + 0.1 * six + 0.08 * middle + 0.05 * three) * shows
                };
                if self.blue_grey > 0.0 {
                    let slate = [SLATE[0] + 3.0 * middle + 2.0 * three, SLATE[1], SLATE[2]];
                    ground = mix(ground, slate, 0.75 * blend(self.blue_grey, blues[x]));
                }
                if self.white > 0.0 {
                    ground = mix(ground, SCAR_WHITE, 0.55 * blend(self.white, whites[x]));
                }
                for (old, (new, skin)) in canvas.lab[i].iter_mut().zip(ground.into_iter().zip(REFERENCE_SKIN))
                {
                    // The skin's own texture shows through where the lesion is thin.
                    *old = (*old - skin) * (1.0 - 0.45 * cover) + new;
                }
            }
        }
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
