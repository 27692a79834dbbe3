//! The maps that pages show before the network is loaded are those that the network gives, to half a level.

use std::path::Path;

use catalog::model::ModelCard;
use catalog::precomputed::{FOLDER, MAPS, PrecomputedMaps, PrecomputedSample, PrecomputedStop, mosaic_file};
use imaging::{Limits, Rgb8, levels};
use inference::{Classifier, LayerOutput, Options};
use nn::strength::{self, Strength};

/// Between two runs of the same network: sums of thousands of numbers in another order, relative to the layer's range.
const ROUNDING: f32 = 1e-5;

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[track_caller]
fn check_close(what: &str, kept: f32, fresh: f32, tolerance: f32) {
    assert!((kept - fresh).abs() <= tolerance, "{what}: kept {kept}, the network gives {fresh}");
}

/// Holds one map of a mosaic, or the row of a vector, against fresh values.
fn check_levels(place: &str, [low, high]: [f32; 2], bytes: &[u8], fresh: &[f32], range: f32) {
    assert_eq!(bytes.len(), fresh.len(), "{place}");
    let half_a_level = (high - low) / 255.0 / 2.0 + range * ROUNDING;
    for (at, (byte, value)) in bytes.iter().zip(fresh).enumerate() {
        check_close(&format!("{place}, number {at}"), levels::value(low, high, *byte), *value, half_a_level);
    }
}

fn check_stop(folder: &Path, sample: &PrecomputedSample, stop: &PrecomputedStop, fresh: &LayerOutput) {
    let place = format!("{} {} {}", folder.display(), sample.diagnosis.abbreviation(), stop.layer);
    assert_eq!((&stop.layer, &stop.shape), (&fresh.layer, &fresh.shape), "{place}");
    let range = (stop.high - stop.low).max(f32::MIN_POSITIVE);
    let end = |pick: fn(f32, f32) -> f32| fresh.values.iter().copied().reduce(pick).expect("values");
    check_close(&format!("{place}, smallest"), stop.low, end(f32::min), range * ROUNDING);
    check_close(&format!("{place}, largest"), stop.high, end(f32::max), range * ROUNDING);
    let Some([width, height]) = stop.mosaic() else {
        assert_eq!(stop.values.len(), fresh.values.len(), "{place}");
        for (kept, fresh) in stop.values.iter().zip(&fresh.values) {
            check_close(&place, *kept, *fresh, range * ROUNDING);
        }
        return;
    };
    let png = read(&folder.join(mosaic_file(sample.diagnosis, sample.seed, &stop.layer)));
    let mosaic = imaging::decode(&png, &Limits::default()).expect("a PNG");
    assert_eq!([mosaic.width() as usize, mosaic.height() as usize], [width, height], "{place}");
    let bytes: Vec<u8> = mosaic.data().chunks_exact(3).map(|pixel| pixel[0]).collect();
    if stop.channels.is_empty() {
        return check_levels(&place, [stop.lows[0], stop.highs[0]], &bytes, &fresh.values, range);
    }
    let size = bytes.len() / stop.channels.len();
    let maps: Vec<&[f32]> = fresh.values.chunks_exact(size).collect();
    let strongest = strength::order(maps.iter().copied(), Strength::Mean);
    for (at, (channel, bytes)) in stop.channels.iter().zip(bytes.chunks_exact(size)).enumerate() {
        let place = format!("{place}, map {channel}");
        let mean = strength::of(maps[*channel], Strength::Mean) as f32;
        let rank = strength::of(maps[strongest[at]], Strength::Mean) as f32;
        check_close(&format!("{place}, strength of place {at}"), mean, rank, range * ROUNDING);
        let sum: f64 = maps[*channel].iter().copied().map(f64::from).sum();
        check_close(&format!("{place}, mean"), stop.means[at], (sum / size as f64) as f32, range * ROUNDING);
        check_levels(&place, [stop.lows[at], stop.highs[at]], bytes, maps[*channel], range);
    }
}

#[test]
fn every_map_kept_is_what_the_network_gives_to_half_a_level() {
    let mut seen = 0;
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../exported-models");
    let mut folders: Vec<_> =
        all.read_dir().expect("exported models").map(|entry| entry.expect("a folder").path()).collect();
    folders.sort();
    for model in folders.iter().filter(|folder| folder.join(FOLDER).join(MAPS).is_file()) {
        let folder = model.join(FOLDER);
        let maps: PrecomputedMaps =
            serde_json::from_slice(&read(&folder.join(MAPS))).expect("a list of maps");
        let text = String::from_utf8(read(&model.join("model.toml"))).expect("a card is text");
        let card: ModelCard = toml::from_str(&text).expect("a card");
        assert_eq!(
            maps.stale(&card.provenance.onnx_sha256),
            None,
            "run: cargo xtask precompute {}",
            card.name
        );
        let layers: Vec<&str> = maps.samples[0].stops.iter().map(|stop| stop.layer.as_str()).collect();
        let options = Options { layers: &layers, ..Options::default() };
        let mut network =
            Classifier::load_with(&read(&model.join("model.onnx")), &card, &options).expect("a model");
        for sample in &maps.samples {
            let side = maps.drawn_size;
            let drawn = lesions::draw_sample(sample.diagnosis, sample.seed, side, side);
            let image = Rgb8::new(side, side, drawn).expect("three bytes a pixel");
            let (_, outputs) = network.look(&image).expect("an answer");
            assert_eq!(sample.stops.len(), outputs.len());
            for (stop, fresh) in sample.stops.iter().zip(&outputs) {
                check_stop(&folder, sample, stop, fresh);
                seen += 1;
            }
        }
    }
    assert!(seen > 0, "expected a model with {FOLDER}/{MAPS}; run: cargo xtask precompute NAME");
}
