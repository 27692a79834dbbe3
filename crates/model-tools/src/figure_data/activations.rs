//! What the layers of an exported model say to one drawn lesion, as the file that figures are drawn from.

use anyhow::{Context, bail, ensure};
use architecture::Network;
use catalog::model::ModelCard;
use catalog::widget::{SAMPLES, Sample};
use figures::activations::{Activations, FeatureMap, LayerMaps, Operations, Pixel};
use imaging::Rgb8;
use inference::native::Options;
use inference::{Classifier, LayerOutput};
use numerics::statistics::standard_deviation;

use runtimes::onnxruntime;

use crate::classify;

/// Width and height that the lesion is drawn at, as in the widgets.
const DRAWN: u32 = 224;
/// Maps of a layer in the file.
const MAPS: usize = 5;
/// The first four operations.
const OPERATIONS: [&str; 4] = ["conv1", "bn1", "relu", "maxpool"];
/// One number per map.
const AVERAGES: &str = "flatten";

const CHOSEN: &str = "of each layer the maps whose numbers differ most (largest standard deviation), in the order of \
    their numbers; for the four operations the map that differs most after batch normalisation";

/// Whether the figures can show a network's layers: they begin with the four operations of a `ResNet`.
pub(super) fn suits(network: &Network) -> bool {
    OPERATIONS.iter().all(|name| network.layer(name).is_some())
}

/// Writes `activations.json` to the model's folder.
///
/// # Errors
/// A model that cannot be used, or one that is no residual network of `architecture`.
pub fn write(model: &str) -> anyhow::Result<()> {
    let folder = classify::folder(model)?;
    let card_path = folder.join("model.toml");
    let card: ModelCard = toml::from_str(&files::read_text(&card_path)?)
        .with_context(|| format!("not a model card: {}", card_path.display()))?;
    let network = architecture::by_name(&card.architecture, card.labels.len(), card.input.size as usize)?;
    ensure!(
        suits(&network),
        "the figures show the layers {}, and {} does not have them all",
        OPERATIONS.join(", "),
        card.architecture
    );
    let stages: Vec<&str> = network.stage_ends().iter().map(|layer| layer.name.as_str()).collect();
    ensure!(!stages.is_empty(), "{} has no stages, so its layers cannot be shown", card.architecture);

    onnxruntime::ready()?;
    let shown: Vec<&str> =
        OPERATIONS.iter().copied().chain(stages.iter().copied()).chain([AVERAGES]).collect();
    let options = Options { layers: &shown, ..Options::default() };
    let mut classifier = Classifier::load_with(&files::read(&folder.join("model.onnx"))?, &card, &options)?;
    let Sample { diagnosis, seed } = SAMPLES[0];
    let lesion = Rgb8::new(DRAWN, DRAWN, lesions::draw_sample(diagnosis, seed, DRAWN, DRAWN))?;
    let (answer, outputs) = classifier.look(&lesion)?;

    let of = |name: &str| {
        let output = outputs.iter().find(|output| output.layer == name);
        output.with_context(|| format!("ONNX Runtime returned nothing for layer {name}"))
    };
    let [convolution, normalised, rectified, pooled] = OPERATIONS.map(of);
    let four = [convolution?, normalised?, rectified?, pooled?];
    let layers = std::iter::once("relu").chain(stages.iter().copied()).map(|name| layer(of(name)?));
    let averages = of(AVERAGES)?;
    let activations = Activations {
        command: format!("cargo xtask figures --activations {}", card.name),
        chosen: CHOSEN.to_owned(),
        model: card.name.clone(),
        model_sha256: card.provenance.onnx_sha256.clone(),
        architecture: card.architecture.clone(),
        input_size: card.input.size,
        diagnosis,
        seed,
        drawn_size: DRAWN,
        labels: card.labels.clone(),
        logits: answer.logits,
        probabilities: answer.probabilities,
        layers: layers.collect::<anyhow::Result<_>>()?,
        averages: FeatureMap::new(0, [1, averages.values.len()], &averages.values)
            .with_context(|| format!("layer {AVERAGES} gives values that are not finite"))?,
        operations: operations(four)?,
    };
    let path = folder.join("activations.json");
    let json = serde_json::to_string_pretty(&activations).context("activations.json")? + "\n";
    files::write(&path, json.as_bytes())?;
    println!("{}", path.display());
    Ok(())
}

/// Rows and columns of a map, and the maps.
fn maps(output: &LayerOutput) -> anyhow::Result<([usize; 2], Vec<&[f32]>)> {
    let [channels, height, width] = output.shape[..] else {
        bail!("layer {} must give maps [C, H, W], but gives {:?}", output.layer, output.shape);
    };
    ensure!(channels * height * width > 0, "layer {} gives no maps", output.layer);
    Ok(([height, width], output.values.chunks_exact(height * width).collect()))
}

/// Numbers of the maps, the one that differs most first.
fn most_varied(maps: &[&[f32]]) -> Vec<usize> {
    let spread = |map: &[f32]| {
        let values: Vec<f64> = map.iter().copied().map(f64::from).collect();
        standard_deviation(&values).unwrap_or_default()
    };
    let spreads: Vec<f64> = maps.iter().map(|map| spread(map)).collect();
    let mut order: Vec<usize> = (0..maps.len()).collect();
    order.sort_by(|&a, &b| spreads[b].total_cmp(&spreads[a]));
    order
}

fn map(output: &LayerOutput, channel: usize) -> anyhow::Result<FeatureMap> {
    let (size, maps) = maps(output)?;
    let values = maps.get(channel).copied().unwrap_or_default();
    FeatureMap::new(channel, size, values)
        .with_context(|| format!("map {channel} of {} has values that are not finite", output.layer))
}

fn layer(output: &LayerOutput) -> anyhow::Result<LayerMaps> {
    let (_, all) = maps(output)?;
    let mut chosen = most_varied(&all);
    chosen.truncate(MAPS);
    chosen.sort_unstable();
    let maps = chosen.into_iter().map(|channel| map(output, channel)).collect::<anyhow::Result<_>>()?;
    Ok(LayerMaps { name: output.layer.clone(), channels: all.len(), maps })
}

fn operations(four: [&LayerOutput; 4]) -> anyhow::Result<Operations> {
    let [_, normalised, _, _] = four;
    let (_, all) = maps(normalised)?;
    let channel = most_varied(&all).first().copied().unwrap_or_default();
    let places = 0..all[channel].len();
    let by_value = |a: &usize, b: &usize| all[channel][*a].total_cmp(&all[channel][*b]);
    let ends = [places.clone().max_by(by_value), places.min_by(by_value)].map(Option::unwrap_or_default);
    let [first, second] = ends.map(|place| pixel(four, channel, place));
    let [convolution, normalised, rectified, pooled] = four.map(|output| map(output, channel));
    Ok(Operations {
        layers: OPERATIONS.map(str::to_owned),
        maps: [convolution?, normalised?, rectified?, pooled?],
        pixels: [first?, second?],
    })
}

/// The number at a place of the convolution's map, and what the later operations make of it.
fn pixel(four: [&LayerOutput; 4], channel: usize, place: usize) -> anyhow::Result<Pixel> {
    let ([_, columns], _) = maps(four[0])?;
    let (row, column) = (place / columns, place % columns);
    let mut values = [0.0; 4];
    for (value, output) in values.iter_mut().zip(four) {
        let ([_, width], maps) = maps(output)?;
        // Pooling with stride 2: the pixel at half the row and column has this one in its window.
        let halved = if width == columns { 1 } else { 2 };
        let at = row / halved * width + column / halved;
        *value = maps
            .get(channel)
            .and_then(|map| map.get(at))
            .copied()
            .with_context(|| format!("map {channel} of {} has no pixel {row}, {column}", output.layer))?;
    }
    Ok(Pixel { row, column, values })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn output(layer: &str, shape: [usize; 3], values: &[f32]) -> LayerOutput {
        LayerOutput { layer: layer.to_owned(), shape: shape.to_vec(), values: values.to_vec() }
    }

    #[test]
    fn the_figures_show_residual_networks_alone() {
        let suits_figures = |name| suits(&architecture::by_name(name, 8, 64).unwrap());
        assert!(
            suits_figures("resnet18") && suits_figures("resnet50") && !suits_figures("efficientnet_lite0")
        );
    }

    #[test]
    fn the_maps_that_differ_most_are_kept_in_their_order() {
        // Deviations 0, 2, 1, 4, 3, 6, 5: without the first, of 0, and the third, of 1.
        let values = [0.0, 0.0, -2.0, 2.0, -1.0, 1.0, -4.0, 4.0, -3.0, 3.0, -6.0, 6.0, -5.0, 5.0];
        let layer = layer(&output("relu", [7, 1, 2], &values)).unwrap();
        assert_eq!(layer.channels, 7);
        assert_eq!(layer.maps.iter().map(|map| map.channel).collect::<Vec<_>>(), [1, 3, 4, 5, 6]);
    }

    #[test]
    fn the_largest_and_the_smallest_pixel_are_followed() {
        // One map of 2 × 4; the second of two channels differs more.
        let convolution =
            output("conv1", [2, 2, 4], &[[0.0; 8], [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, -8.0]].concat());
        let normalised =
            output("bn1", [2, 2, 4], &[[0.0; 8], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, -0.8]].concat());
        let rectified =
            output("relu", [2, 2, 4], &[[0.0; 8], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.0]].concat());
        let pooled = output("maxpool", [2, 1, 2], &[0.0, 0.0, 0.6, 0.7]);
        let operations = operations([&convolution, &normalised, &rectified, &pooled]).unwrap();
        assert_eq!(operations.maps.map(|map| (map.channel, map.width)), [(1, 4), (1, 4), (1, 4), (1, 2)]);
        let [light, dark] = operations.pixels;
        assert_eq!((light.row, light.column, light.values), (1, 2, [7.0, 0.7, 0.7, 0.7]));
        assert_eq!((dark.row, dark.column, dark.values), (1, 3, [-8.0, -0.8, 0.0, 0.7]));
    }
}
