//! Feature maps of the stops of a network for the book's samples: `maps.json` and a grey mosaic each.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, ensure};
use catalog::model::ModelCard;
use catalog::precomputed::{
    FOLDER, MAPS, PrecomputedMaps, PrecomputedSample, PrecomputedStop, checksum, mosaic_file,
};
use catalog::widget::{self, SAMPLES};
use imaging::levels::Levels;
use imaging::{Limits, Rgb8, decode, encode_grey_png};
use inference::native::Options;
use inference::{Classifier, LayerOutput};
use nn::strength::{self, Strength};

use runtimes::onnxruntime;

/// Width and height that the samples are drawn at, as in the widgets.
const DRAWN: u32 = 224;
/// Maps of a stop at most: a page of six rows of six.
const MOST: usize = 36;
/// Pixels of a mosaic at most, the first of these with which the whole set stays below [`SET`]. The first are 16 maps of
/// 64 × 64: a reader on a slow line waits for one mosaic.
const PIXELS: [usize; 4] = [65_536, 49_152, 32_768, 16_384];
/// Mosaics of a model together, bytes: every change of a model adds as much to the repository.
const SET: usize = 950_000;
/// A vector of at most as many numbers is kept as it is; a longer one becomes a mosaic of one row.
const SHORT: usize = 64;

/// Writes `maps.json` and the mosaics to the model's folder, and removes mosaics that are not of it.
pub(super) fn write(folder: &Path) -> anyhow::Result<()> {
    let path = folder.join("model.toml");
    let card: ModelCard = toml::from_str(&files::read_text(&path)?)
        .with_context(|| format!("not a model card: {}", path.display()))?;
    let mut network = StopNetwork::load(folder, &card)?;
    let outputs: Vec<(widget::Sample, Vec<LayerOutput>)> = SAMPLES
        .into_iter()
        .map(|sample| Ok((sample, network.look(sample)?)))
        .collect::<anyhow::Result<_>>()?;
    let mut set = MapSet::of(&outputs, PIXELS[0])?;
    for pixels in &PIXELS[1..] {
        if set.bytes() > SET {
            set = MapSet::of(&outputs, *pixels)?;
        }
    }
    ensure!(
        set.bytes() <= SET,
        "the mosaics have {} bytes, more than the {SET} that a model may add to the repository",
        set.bytes()
    );

    let bytes = files::size(set.bytes() as u64);
    let MapSet { samples, mosaics, pixels } = set;
    let maps = PrecomputedMaps {
        command: format!("cargo xtask precompute {} maps", card.name),
        chosen: format!(
            "of each layer the maps with the largest mean of absolute values, the strongest first: {MOST} of them, or as \
             many as have {pixels} pixels together"
        ),
        model: card.name.clone(),
        model_sha256: card.provenance.onnx_sha256.clone(),
        drawn_size: DRAWN,
        samples,
    };
    let target = folder.join(FOLDER);
    for (name, png) in &mosaics {
        files::write(&target.join(name), png)?;
    }
    let json = one_stop_a_line(&maps)?;
    files::write(&target.join(MAPS), json.as_bytes())?;
    for path in files::entries(&target)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.ends_with(".png") && !mosaics.iter().any(|(kept, _)| *kept == name) {
            std::fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))?;
        }
    }
    let json = files::size(json.len() as u64);
    println!("{}: {} mosaics of {bytes} and {MAPS} of {json}", target.display(), mosaics.len());
    Ok(())
}

/// Maps and mosaics of all samples.
struct MapSet {
    samples: Vec<PrecomputedSample>,
    /// Names and contents of PNG files.
    mosaics: Vec<(String, Vec<u8>)>,
    /// Pixels of a mosaic at most.
    pixels: usize,
}

impl MapSet {
    fn of(outputs: &[(widget::Sample, Vec<LayerOutput>)], pixels: usize) -> anyhow::Result<Self> {
        let mut set = Self { samples: Vec::new(), mosaics: Vec::new(), pixels };
        for (widget::Sample { diagnosis, seed }, layers) in outputs {
            let mut stops = Vec::new();
            for output in layers {
                let (stop, levels) = stop(output, pixels)?;
                if let (Some([width, height]), Some(levels)) = (stop.mosaic(), levels) {
                    let png = encode_grey_png(width as u32, height as u32, &levels)?;
                    set.mosaics.push((mosaic_file(*diagnosis, *seed, &stop.layer), png));
                }
                stops.push(stop);
            }
            set.samples.push(PrecomputedSample { diagnosis: *diagnosis, seed: *seed, stops });
        }
        Ok(set)
    }

    fn bytes(&self) -> usize {
        self.mosaics.iter().map(|(_, png)| png.len()).sum()
    }
}

/// What is wrong with the maps in a model's folder; `None` if nothing is, or there are none.
pub(super) fn problem(folder: &Path, card: &ModelCard) -> anyhow::Result<Option<String>> {
    let target = folder.join(FOLDER);
    if !target.join(MAPS).exists() {
        return Ok(None);
    }
    let maps = read(&target)?;
    if let Some(words) = maps.stale(&card.provenance.onnx_sha256) {
        return Ok(Some(words));
    }
    for sample in &maps.samples {
        for stop in &sample.stops {
            if stop.mosaic().is_some() {
                levels(&target, sample, stop)?;
            }
        }
    }
    Ok(None)
}

fn read(target: &Path) -> anyhow::Result<PrecomputedMaps> {
    let path = target.join(MAPS);
    serde_json::from_str(&files::read_text(&path)?)
        .with_context(|| format!("not a list of maps: {}", path.display()))
}

/// The levels of a stop's mosaic.
fn levels(target: &Path, sample: &PrecomputedSample, stop: &PrecomputedStop) -> anyhow::Result<Vec<u8>> {
    let path = target.join(mosaic_file(sample.diagnosis, sample.seed, &stop.layer));
    let image = decode(&files::read(&path)?, &Limits::default())
        .with_context(|| format!("cannot use {}", path.display()))?;
    let (found, expected) = ([image.width() as usize, image.height() as usize], stop.mosaic());
    ensure!(
        expected == Some(found),
        "{}: is {found:?} pixels across and down, not {expected:?}",
        path.display()
    );
    let levels: Vec<u8> = image.data().chunks_exact(3).map(|pixel| pixel[0]).collect();
    let (found, expected) = (checksum(&levels), stop.checksum);
    ensure!(
        expected == Some(found),
        "{}: has the checksum {found}, not {expected:?}: the file is damaged",
        path.display()
    );
    Ok(levels)
}

/// A network that says what it holds at every stop.
struct StopNetwork {
    classifier: Classifier,
}

impl StopNetwork {
    fn load(folder: &Path, card: &ModelCard) -> anyhow::Result<Self> {
        let network = architecture::by_name(&card.architecture, card.labels.len(), card.input.size as usize)?;
        let stops = network.stops();
        ensure!(!stops.is_empty(), "{} has no stages, so it has no maps to show", card.architecture);
        let layers: Vec<&str> = stops.iter().map(|layer| layer.name.as_str()).collect();
        onnxruntime::ready()?;
        let options = Options { layers: &layers, ..Options::default() };
        let classifier = Classifier::load_with(&files::read(&folder.join("model.onnx"))?, card, &options)?;
        Ok(Self { classifier })
    }

    fn look(&mut self, sample: widget::Sample) -> anyhow::Result<Vec<LayerOutput>> {
        let pixels = lesions::draw_sample(sample.diagnosis, sample.seed, DRAWN, DRAWN);
        Ok(self.classifier.look(&Rgb8::new(DRAWN, DRAWN, pixels)?)?.1)
    }
}

/// What is kept of a layer, and the levels of its mosaic, which has at most so many pixels.
fn stop(output: &LayerOutput, pixels: usize) -> anyhow::Result<(PrecomputedStop, Option<Vec<u8>>)> {
    let whole = of(&output.values, &output.layer)?;
    let mut stop = PrecomputedStop {
        layer: output.layer.clone(),
        shape: output.shape.clone(),
        low: whole.low,
        high: whole.high,
        channels: Vec::new(),
        lows: Vec::new(),
        highs: Vec::new(),
        means: Vec::new(),
        checksum: None,
        values: Vec::new(),
    };
    let &[channels, height, width] = output.shape.as_slice() else {
        if output.values.len() <= SHORT {
            stop.values.clone_from(&output.values);
            return Ok((stop, None));
        }
        stop.push(&whole, &output.values);
        stop.checksum = Some(checksum(&whole.bytes));
        return Ok((stop, Some(whole.bytes)));
    };
    let size = height * width;
    ensure!(channels * size > 0, "layer {} gives no maps", output.layer);
    let maps: Vec<&[f32]> = output.values.chunks_exact(size).collect();
    let mut mosaic = Vec::new();
    let count = MOST.min((pixels / size).max(1));
    for channel in strength::order(maps.iter().copied(), Strength::Mean).into_iter().take(count) {
        let map = of(maps[channel], &output.layer)?;
        stop.channels.push(channel);
        stop.push(&map, maps[channel]);
        mosaic.extend(map.bytes);
    }
    stop.checksum = Some(checksum(&mosaic));
    Ok((stop, Some(mosaic)))
}

/// Adds a map to those of a stop.
trait Push {
    fn push(&mut self, levels: &Levels, values: &[f32]);
}

impl Push for PrecomputedStop {
    fn push(&mut self, levels: &Levels, values: &[f32]) {
        self.lows.push(levels.low);
        self.highs.push(levels.high);
        let sum: f64 = values.iter().copied().map(f64::from).sum();
        self.means.push((sum / values.len() as f64) as f32);
    }
}

fn of(values: &[f32], layer: &str) -> anyhow::Result<Levels> {
    Levels::of(values).with_context(|| format!("layer {layer} gives values that are not finite"))
}

/// JSON in which a change of one stop changes one line.
fn one_stop_a_line(maps: &PrecomputedMaps) -> anyhow::Result<String> {
    let head = PrecomputedMaps { samples: Vec::new(), ..maps.clone() };
    let mut text = serde_json::to_string_pretty(&head).context(MAPS)?;
    let empty = "\"samples\": []\n}";
    ensure!(text.ends_with(empty), "expected {MAPS} to end in {empty}, found {text}");
    text.truncate(text.len() - empty.len());
    text.push_str("\"samples\": [");
    for (at, sample) in maps.samples.iter().enumerate() {
        let bare = PrecomputedSample { stops: Vec::new(), ..sample.clone() };
        let bare = serde_json::to_string(&bare).context(MAPS)?;
        let open = bare.strip_suffix("]}").context(MAPS)?;
        let _infallible = write!(text, "{}\n    {open}", if at > 0 { "," } else { "" });
        for (at, stop) in sample.stops.iter().enumerate() {
            let stop = serde_json::to_string(stop).context(MAPS)?;
            let _infallible = write!(text, "{}\n      {stop}", if at > 0 { "," } else { "" });
        }
        text.push_str("\n    ]}");
    }
    text.push_str("\n  ]\n}\n");
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(layer: &str, shape: &[usize], values: &[f32]) -> LayerOutput {
        LayerOutput { layer: layer.to_owned(), shape: shape.to_vec(), values: values.to_vec() }
    }

    /// Three maps of 1 × 2 with means of absolute values 0, 3 and 1; a vector.
    fn example() -> PrecomputedMaps {
        let maps = output("relu", &[3, 1, 2], &[0.0, 0.0, -2.0, 4.0, 0.0, 2.0]);
        let outputs = SAMPLES.map(|sample| (sample, vec![maps.clone(), output("fc", &[2], &[0.5, -1.0])]));
        let set = MapSet::of(&outputs, 4).unwrap();
        PrecomputedMaps {
            command: String::new(),
            chosen: String::new(),
            model: "net".to_owned(),
            model_sha256: "aa".to_owned(),
            drawn_size: DRAWN,
            samples: set.samples,
        }
    }

    #[test]
    fn the_strongest_maps_are_kept_as_far_as_the_mosaic_has_room() {
        let (stop, levels) = stop(&output("relu", &[3, 1, 2], &[0.0, 0.0, -2.0, 4.0, 0.0, 2.0]), 4).unwrap();
        assert_eq!((stop.low, stop.high), (-2.0, 4.0));
        assert_eq!((stop.channels, stop.lows, stop.highs), (vec![1, 2], vec![-2.0, 0.0], vec![4.0, 2.0]));
        assert_eq!((stop.means, levels), (vec![1.0, 1.0], Some(vec![0, 255, 0, 255])));
    }

    #[test]
    fn a_short_vector_is_kept_as_it_is_and_a_long_one_as_a_row() {
        let (short, none) = stop(&output("fc", &[2], &[0.5, -1.0]), 4).unwrap();
        assert_eq!((short.values.as_slice(), short.mosaic(), none), (&[0.5, -1.0][..], None, None));
        let (long, levels) = stop(&output("flatten", &[65], &[2.0; 65]), 4).unwrap();
        assert_eq!((long.mosaic(), levels.unwrap().len()), (Some([65, 1]), 65));
    }

    #[test]
    fn the_list_comes_back_as_it_was_written_with_a_line_a_stop() {
        let text = one_stop_a_line(&example()).unwrap();
        assert_eq!(serde_json::from_str::<PrecomputedMaps>(&text).unwrap(), example());
        assert_eq!(text.lines().filter(|line| line.contains("\"layer\"")).count(), 16);
        assert!(
            text.contains(r#"{"layer":"fc","shape":[2],"low":-1.0,"high":0.5,"values":[0.5,-1.0]}"#),
            "{text}"
        );
    }

    #[test]
    fn a_mosaic_of_another_size_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let sample = &example().samples[0];
        let name = mosaic_file(sample.diagnosis, sample.seed, "relu");
        files::write(&folder.path().join(&name), &encode_grey_png(2, 1, &[0, 255]).unwrap()).unwrap();
        let error = format!("{:#}", levels(folder.path(), sample, &sample.stops[0]).unwrap_err());
        assert!(error.contains(&name) && error.contains("[2, 2]") && error.contains("[2, 1]"), "{error}");
    }
}
