//! The model card that people read, for weights that others published.

use std::fmt::Write as _;

use architecture::Published;
use catalog::model::{ModelCard, ModelInput};

use super::super::readme::{bits, runtimes};

/// The text of `README.md`; `command` is what wrote it.
pub(super) fn text(card: &ModelCard, published: &Published, command: &str) -> String {
    let mut stored = String::new();
    for row in &card.stored {
        let _infallible = writeln!(
            stored,
            "| {} | {:.1} MB | {} of {} | {:.1e} |",
            bits(&row.precision),
            row.bytes as f64 / 1e6,
            row.same_top,
            row.images,
            row.difference
        );
    }
    let ModelInput { size, mean, std } = card.input;
    format!(
        "# {title}\n\n\
         Written by `{command}`.\n\
         The values are those of `model.toml` and `golden.json` beside it.\n\n\
         ## What it is\n\n\
         {network} with its 1,000 everyday classes, as it was published: {source}.\n\
         Trained on {trained_on}.\n\
         Input: RGB, stretched to {size} × {size} pixels; from values of 0 to 255, subtract {mean}, then divide by {std}.\n\
         `model.onnx` stores the weights in {bits} and computes in 32 bits. The 32-bit weights are not included; \
         `cargo xtask weights {architecture}` downloads them.\n\n\
         ## What it is for\n\n\
         To look into a network that recognises cats, cups and cars, and to start your own training from it.\n\n\
         ## What it is not for\n\n\
         It is not a medical device. None of its classes is a diagnosis: for a lesion it names the everyday thing that looks \
         most similar.\n\n\
         ## How well it does\n\n\
         Its accuracy was not measured here. Its authors report that the most probable class is correct for {accuracy:.1} % of ImageNet's 50,000 \
         validation photographs, with their own preprocessing, which crops the image instead of stretching it.\n\n\
         ## What storing the weights in fewer bits costs\n\n\
         ONNX Runtime on {images} drawn lesions, beside libtorch with the weights as published. The network was not trained on \
         lesions, so its answers lie close together, and the most probable one changes easily.\n\n\
         | stored in | file | the same class is the most probable | largest difference of a probability |\n\
         |---|---:|---:|---:|\n\
         {stored}\n\
         {runtimes}\n\
         ## Where it comes from\n\n\
         {origin}\n\n\
         Names of the classes: torchvision 0.26.0, `torchvision/models/_meta.py`, copyright Soumith Chintala 2016, BSD 3-Clause; \
         that licence is in `crates/model-tools/src/export/published/imagenet_labels.txt`.\n\n\
         ## Licence\n\n\
         SPDX identifier: {licence}.\n",
        title = card.title,
        network = published.title,
        source = card.provenance.source,
        trained_on = card.trained_on,
        mean = per_channel(mean),
        std = per_channel(std),
        origin = origin(&card.architecture),
        bits = bits(&card.precision),
        architecture = card.architecture,
        accuracy = 100.0 * published.imagenet_accuracy,
        images = card.stored.first().map_or(0, |row| row.images),
        runtimes = runtimes(card),
        licence = card.licence,
    )
}

/// Three numbers for pixels of 0 to 255, or one where they are equal.
fn per_channel(scaled: [f32; 3]) -> String {
    let [red, green, blue] = scaled.map(|value| format!("{}", (2550.0 * value).round() / 10.0));
    if red == green && green == blue {
        red
    } else {
        format!("{red}, {green} and {blue} of red, green and blue")
    }
}

/// Who described the network and trained it.
fn origin(network: &str) -> &'static str {
    if network.starts_with("efficientnet_lite") {
        "EfficientNet: Tan and Le 2019, <https://arxiv.org/abs/1905.11946>. The Lite variant and its training: Google, \
         `tensorflow/tpu`, `models/official/efficientnet/lite`, Apache 2.0. Converted to PyTorch by ML Illustrated."
    } else {
        "Residual networks: He et al. 2016, <https://arxiv.org/abs/1512.03385>. Trained by torchvision's authors, BSD 3-Clause."
    }
}

#[cfg(test)]
mod tests {
    use architecture::Normalisation;

    use super::*;

    #[test]
    fn equal_channels_are_named_once() {
        assert_eq!(per_channel(Normalisation::EFFICIENTNET_LITE.mean), "127");
        assert_eq!(per_channel(Normalisation::EFFICIENTNET_LITE.std), "128");
        let red = per_channel(Normalisation::IMAGENET.mean);
        assert!(red.starts_with("123.7, 116.3 and 103.5"), "{red}");
    }
}
