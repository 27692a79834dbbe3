//! Drawn lesions compared with measured ones, quantity by quantity.

use core::fmt::{self, Write};

use catalog::Diagnosis;
use numerics::statistics::{mean, percentile};

use crate::measures::Measures;
use crate::reference::{Quantiles, Reference};

/// What is compared, by group: medians and percentiles.
pub const GROUPS: [(&str, &[&str]); 13] = [
    ("skin", &["skin_L", "skin_a", "skin_b", "skin_sd_L", "skin_sd_a", "skin_sd_b"]),
    ("size and place", &["area_frac", "diam_frac_w", "offset"]),
    (
        "shape",
        &[
            "aspect",
            "solidity",
            "compactness",
            "asym_major",
            "asym_minor",
            "irr_3_16",
            "irr_8_16",
            "harm_slope",
        ],
    ),
    (
        "border harmonics",
        &[
            "harmonic_2",
            "harmonic_3",
            "harmonic_4",
            "harmonic_6",
            "harmonic_8",
            "harmonic_12",
            "harmonic_16",
            "harmonic_20",
        ],
    ),
    (
        "edge",
        &[
            "edge_w",
            "edge_center",
            "edge_contrast",
            "edge_contrast_min",
            "edge_contrast_sd",
            "edge_sharp_share",
            "edge_weak_share",
        ],
    ),
    ("lesion colour", &["nles_L", "nles_a", "nles_b", "les_L", "les_a", "les_b", "dL", "da", "db", "dE"]),
    (
        "colour variation",
        &[
            "les_sd_L",
            "les_sd_a",
            "les_sd_b",
            "nC_sd",
            "corr_La",
            "corr_Lb",
            "corr_ab",
            "dark10_L",
            "bright90_L",
            "ctr_rim_L",
            "ctr_rim_a",
            "ctr_rim_b",
            "colasym_major",
            "colasym_minor",
        ],
    ),
    (
        "lesion texture",
        &[
            "band0_L_les",
            "band1_L_les",
            "band2_L_les",
            "band3_L_les",
            "band4_L_les",
            "band5_L_les",
            "band1_a_les",
            "band2_a_les",
            "band3_a_les",
            "band4_a_les",
            "band5_a_les",
            "band1_b_les",
            "band2_b_les",
            "band3_b_les",
            "band4_b_les",
            "band5_b_les",
        ],
    ),
    (
        "lines and dots",
        &[
            "slope_les",
            "coh_les",
            "rim_tang_ratio",
            "darkline_share_s2.0",
            "darkline_share_s3.2",
            "brightline_share_s3.2",
            "redline_share_s3.2",
            "darkdot_dens_s2.0",
            "darkdot_dens_s3.2",
            "brightdot_dens_s2.0",
            "reddot_dens_s3.2",
        ],
    ),
    (
        "skin texture",
        &[
            "band0_L_skin",
            "band1_L_skin",
            "band2_L_skin",
            "band3_L_skin",
            "band4_L_skin",
            "band5_L_skin",
            "band1_a_skin",
            "band3_a_skin",
            "band1_b_skin",
            "band3_b_skin",
            "coh_skin",
            "slope_skin",
        ],
    ),
    (
        "power spectrum",
        &[
            "spectrum_les_24.0",
            "spectrum_les_12.0",
            "spectrum_les_7.7",
            "spectrum_les_4.8",
            "spectrum_les_3.2",
            "spectrum_les_2.2",
            "spectrum_skin_24.0",
            "spectrum_skin_12.0",
            "spectrum_skin_7.7",
            "spectrum_skin_4.8",
            "spectrum_skin_3.2",
            "spectrum_skin_2.2",
        ],
    ),
    (
        "radial profile",
        &[
            "dL_0", "dL_1", "dL_2", "dL_3", "dL_4", "dL_5", "dL_6", "dL_7", "dL_8", "dL_9", "dL_out1",
            "dL_out2", "dL_out3", "da_0", "da_3", "da_6", "da_8", "da_9", "da_out1", "db_0", "db_3", "db_6",
            "db_8", "db_9", "db_out1",
        ],
    ),
    (
        "light",
        &[
            "light_0.25",
            "light_0.45",
            "light_0.65",
            "light_0.75",
            "light_0.85",
            "light_0.95",
            "corner_ratio_Y",
            "corner_min_ratio_Y",
        ],
    ),
];

/// What is compared by its mean: shares, counts, and how often something occurs.
pub const MEANS: [&str; 20] = [
    "share_white",
    "share_red",
    "share_light_brown",
    "share_dark_brown",
    "share_blue_grey",
    "share_black",
    "present_white",
    "present_red",
    "present_light_brown",
    "present_dark_brown",
    "present_blue_grey",
    "present_black",
    "n_colours",
    "touches_frame",
    "corner_below_half",
    "dark_corners",
    "hair",
    "ruler",
    "ink",
    "bubbles",
];

/// No quantity counts for more than this many interquartile ranges.
const MOST: f64 = 4.0;

/// One quantity of one diagnosis.
#[derive(Clone, Debug)]
struct ReportLine {
    text: String,
    /// Distance of the medians in interquartile ranges; `None` where the measured range is a point.
    off: Option<f64>,
}

/// One diagnosis, compared.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// Which.
    pub diagnosis: Diagnosis,
    /// Pictures measured.
    pub pictures: usize,
    groups: Vec<(&'static str, Vec<ReportLine>)>,
}

impl Comparison {
    /// Compares the drawn pictures of a diagnosis with the measured ones.
    pub fn new(reference: &Reference, diagnosis: Diagnosis, drawn: &[Measures]) -> Self {
        let values =
            |key: &str| -> Vec<f64> { drawn.iter().filter_map(|m| m.get(key)).map(f64::from).collect() };
        let mut groups: Vec<(&'static str, Vec<ReportLine>)> = GROUPS
            .iter()
            .map(|(group, keys)| {
                let lines = keys
                    .iter()
                    .filter_map(|key| quantile_line(key, reference.quantiles(diagnosis, key)?, &values(key)));
                (*group, lines.collect())
            })
            .collect();
        let lines =
            MEANS.iter().filter_map(|key| mean_line(key, reference.mean(diagnosis, key)?, &values(key)));
        groups.push(("six colours, artefacts (means)", lines.collect()));
        Self { diagnosis, pictures: drawn.len(), groups }
    }

    /// Mean distance of our medians from the measured ones in interquartile ranges, group by group; 0 is perfect.
    pub fn scores(&self) -> impl Iterator<Item = (&'static str, f64)> {
        self.groups.iter().filter_map(|(group, lines)| {
            let off: Vec<f64> = lines.iter().filter_map(|line| line.off).collect();
            Some((*group, mean(&off)?))
        })
    }

    /// Mean of [`Self::scores`].
    pub fn score(&self) -> Option<f64> {
        mean(&self.scores().map(|(_, score)| score).collect::<Vec<_>>())
    }
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let head = format!("{}, {} pictures", self.diagnosis.abbreviation(), self.pictures);
        writeln!(
            f,
            "{head:<22} {:>9} {:>19}   {:>9} {:>19} {:>7}",
            "measured", "(5 %, 95 %)", "ours", "(5 %, 95 %)", "off"
        )?;
        for ((group, lines), (_, score)) in self.groups.iter().zip(self.scores()) {
            writeln!(f, "  {group}: {score:.2}")?;
            for line in lines {
                f.write_str(&line.text)?;
            }
        }
        Ok(())
    }
}

/// `!!` where our median is outside the measured 5 to 95 %, `!` where it is off by more than the interquartile range.
fn quantile_line(key: &str, measured: &Quantiles, ours: &[f64]) -> Option<ReportLine> {
    let median = percentile(ours, 50.0)?;
    let (low, high) = (percentile(ours, 5.0)?, percentile(ours, 95.0)?);
    let difference = median - f64::from(measured.median);
    let off = (measured.spread > 0.0).then(|| (difference.abs() / f64::from(measured.spread)).min(MOST));
    let outside = measured.low.is_some_and(|low| median < f64::from(low))
        || measured.high.is_some_and(|high| median > f64::from(high));
    let mark = match off {
        _ if outside => "!!",
        Some(off) if off > 1.0 => "!",
        _ => "",
    };
    let range = |low: Option<f64>, high: Option<f64>| match (low, high) {
        (Some(low), Some(high)) => format!("({}, {})", short(low), short(high)),
        _ => String::new(),
    };
    let mut text = String::new();
    let theirs = range(measured.low.map(f64::from), measured.high.map(f64::from));
    let signed = if measured.spread > 0.0 { difference / f64::from(measured.spread) } else { 0.0 };
    writeln!(
        text,
        "    {key:<22} {:>6} {theirs:>19}   {:>9} {:>19} {signed:>+7.2} {mark}",
        short(f64::from(measured.median)),
        short(median),
        range(Some(low), Some(high)),
    )
    .ok()?;
    Some(ReportLine { text, off })
}

/// A share is off by one where it differs by the deviation of a yes or no with that share, at least a tenth.
fn mean_line(key: &str, measured: f32, ours: &[f64]) -> Option<ReportLine> {
    let ours = mean(ours)?;
    let measured = f64::from(measured);
    let unit = if key == "n_colours" { 1.0 } else { (measured * (1.0 - measured)).max(0.01).sqrt() };
    let off = ((ours - measured) / unit).clamp(-MOST, MOST);
    let mark = if off.abs() > 1.0 { "!" } else { "" };
    let mut text = String::new();
    writeln!(
        text,
        "    {key:<22} {:>6} {:>19}   {:>9} {:>19} {off:>+7.2} {mark}",
        short(measured),
        "",
        short(ours),
        ""
    )
    .ok()?;
    Some(ReportLine { text, off: Some(off.abs()) })
}

/// Three digits or so.
fn short(value: f64) -> String {
    match value.abs() {
        v if v >= 100.0 => format!("{value:.0}"),
        v if v >= 10.0 => format!("{value:.1}"),
        v if v >= 1.0 => format!("{value:.2}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_median_outside_the_measured_range_is_marked_twice() {
        let measured = Quantiles {
            low: Some(1.0),
            first: Some(2.0),
            median: 3.0,
            third: Some(4.0),
            high: Some(8.0),
            spread: 2.0,
        };
        let mark = |ours: f64| quantile_line("x", &measured, &[ours]).unwrap();
        assert!(mark(4.0).text.trim_end().ends_with("+0.50"));
        assert!(mark(6.0).text.trim_end().ends_with("+1.50 !"));
        assert!(mark(0.5).text.trim_end().ends_with("!!"));
        assert_eq!(mark(7.0).off, Some(2.0));
    }

    #[test]
    fn every_compared_quantity_was_measured() {
        let reference = Reference::read().unwrap();
        for diagnosis in Diagnosis::ALL {
            for key in GROUPS.iter().flat_map(|(_, keys)| *keys) {
                assert!(reference.quantiles(diagnosis, key).is_some(), "{key}");
            }
            for key in MEANS {
                assert!(reference.mean(diagnosis, key).is_some(), "{key}");
            }
        }
    }
}
