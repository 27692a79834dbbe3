//! The texts of the four layers: values, formulas, what is under the cursor.

use nn::first_layers::PixelSteps;
use nn::{Activation, Pooling, Tensor};

use super::chain::summary;
use crate::stage::number;

/// Names of the four layers in the file, which are torchvision's.
pub(crate) const LAYERS: [&str; 4] = ["conv1", "bn1", "relu", "maxpool"];

/// The activation from the control's value.
pub(crate) fn parse_activation(value: &str) -> Option<Activation> {
    Some(match value {
        "identity" => Activation::Identity,
        "relu" => Activation::Relu,
        "relu6" => Activation::Relu6,
        "leaky-relu" => Activation::LeakyRelu,
        "sigmoid" => Activation::Sigmoid,
        "tanh" => Activation::Tanh,
        "gelu" => Activation::Gelu,
        "silu" => Activation::Silu,
        _ => return None,
    })
}

/// The pooling from the control's value.
pub(crate) fn parse_pooling(value: &str) -> Option<Pooling> {
    Some(match value {
        "max" => Pooling::Max,
        "average" => Pooling::Average,
        _ => return None,
    })
}

/// The name of an activation.
pub(crate) fn activation(activation: Activation) -> &'static str {
    match activation {
        Activation::Identity => "none",
        Activation::Relu => "ReLU",
        Activation::Relu6 => "ReLU6",
        Activation::LeakyRelu => "leaky ReLU",
        Activation::Sigmoid => "sigmoid",
        Activation::Tanh => "tanh",
        Activation::Gelu => "GELU",
        Activation::Silu => "SiLU",
    }
}

/// The names of the four steps.
pub(crate) fn steps(activation: Activation, pooling: Pooling) -> [String; 4] {
    let third = match activation {
        Activation::Identity => "no activation",
        other => self::activation(other),
    };
    let fourth = match pooling {
        Pooling::Max => "max pooling",
        Pooling::Average => "average pooling",
    };
    ["1. convolution", "2. batch normalisation", &format!("3. {third}"), &format!("4. {fourth}")]
        .map(str::to_owned)
}

/// A number with about four significant digits, at most five of them after the point.
pub(crate) fn short(value: f32) -> String {
    number(value, digits(value))
}

fn digits(value: f32) -> usize {
    match value.abs() {
        x if x >= 1000.0 => 0,
        x if x >= 100.0 => 1,
        x if x >= 10.0 => 2,
        x if x >= 1.0 => 3,
        x if x >= 0.1 => 4,
        _ => 5,
    }
}

/// The same in the middle of a sum or product: a negative number in brackets.
pub(crate) fn term(value: f32) -> String {
    let short = short(value);
    if short.starts_with('−') { format!("({short})") } else { short }
}

/// How an activation changes `x`, and the result.
pub(crate) fn formula(activation: Activation, x: f32, result: f32) -> String {
    let (x, plain, result) = (term(x), short(x), short(result));
    match activation {
        Activation::Identity => format!("{plain} stays {result}"),
        Activation::Relu => format!("max(0, {plain}) = {result}"),
        Activation::Relu6 => format!("min(6, max(0, {plain})) = {result}"),
        Activation::LeakyRelu => format!("max(0, {plain}) + 0.01 · min(0, {plain}) = {result}"),
        Activation::Sigmoid => format!("1 / (1 + exp(−{x})) = {result}"),
        Activation::Tanh => format!("tanh({plain}) = {result}"),
        Activation::Gelu => {
            let share = "the share of the standard normal distribution below ";
            format!("{x} times {share}{plain} = {result}")
        }
        Activation::Silu => format!("{x} / (1 + exp(−{x})) = {result}"),
    }
}

/// How pooling combines the values of its window.
pub(crate) fn pooled(pooling: Pooling, window: &[Option<f32>], result: f32) -> String {
    let result = short(result);
    let places = window.len();
    let outside = window.iter().filter(|number| number.is_none()).count();
    let beyond = |counts: &str| match outside {
        0 => String::new(),
        count => format!(" Positions beyond the edge: {count}, {counts}."),
    };
    match pooling {
        Pooling::Max => {
            format!("The largest of {places} values: {result}.{}", beyond("which are ignored"))
        }
        Pooling::Average => {
            let sum = window.iter().flatten().fold(0.0, |sum, number| sum + number);
            let sum = short(sum);
            format!(
                "{places} values add up to {sum}; {sum} / {places} = {result}.{}",
                beyond("which count as 0")
            )
        }
    }
}

/// Under a map: its size and statistics.
pub(crate) fn caption(map: &Tensor<2>) -> String {
    let [height, width] = map.shape();
    let (summary, zeros) = summary(map);
    let value = |value: Option<f32>| value.map_or("undefined".to_owned(), |value| number(value, 3));
    let [low, high, mean] = [summary.smallest, summary.largest, summary.mean].map(value);
    let zeros = number(zeros * 100.0, 0);
    format!("{height} × {width}, from {low} to {high}, mean {mean}; {zeros} % are 0.")
}

/// The values at a pixel, for screen readers; columns and rows are counted from 0, as in the code.
pub(crate) fn readout(worked: &PixelSteps, names: &[String; 4]) -> String {
    let [row, column] = worked.place;
    let mut words = format!("Column {column}, row {row}: ");
    for (index, (name, value)) in names.iter().zip(values(worked)).enumerate() {
        words += if index == 0 { "" } else { ", " };
        // Without its number.
        words += name.split_once(' ').map_or(&**name, |(_, name)| name);
        words += " ";
        words += &short(value);
    }
    words + "."
}

/// The value after each of the four steps.
pub(crate) fn values(worked: &PixelSteps) -> [f32; 4] {
    [worked.convolved, worked.normalised.shifted, worked.activated, worked.pooled]
}

#[cfg(test)]
mod tests {
    use catalog::widget::{ControlKind, LAYER_CHAIN};

    use super::*;
    use crate::widgets::layer_chain::chain::tests::chain;

    fn options(name: &str) -> Vec<&'static str> {
        match LAYER_CHAIN.control(name).map(|control| control.kind) {
            Some(ControlKind::Choice { options, .. }) => options.iter().map(|(value, _)| *value).collect(),
            _ => panic!("{name} is not a choice"),
        }
    }

    #[test]
    fn every_activation_and_pooling_of_the_form_is_known() {
        let known: Vec<_> = options("activation").into_iter().filter_map(parse_activation).collect();
        assert_eq!(known, Activation::ALL);
        let known: Vec<_> = options("pooling").into_iter().filter_map(parse_pooling).collect();
        assert_eq!(known, [Pooling::Max, Pooling::Average]);
    }

    #[test]
    fn numbers_keep_four_digits_and_negative_ones_are_in_brackets() {
        assert_eq!([1234.5, 12.3456, -0.12346, 0.00001].map(short), ["1234", "12.35", "−0.1235", "0.00001"]);
        assert_eq!([-2.0, 2.0].map(term), ["(−2)", "2"]);
    }

    #[test]
    fn a_formula_shows_what_it_does() {
        let words = |activation: Activation, x: f32| formula(activation, x, activation.at(x));
        assert_eq!(words(Activation::Relu, -2.0), "max(0, −2) = 0");
        assert_eq!(words(Activation::Relu6, 8.0), "min(6, max(0, 8)) = 6");
        assert_eq!(words(Activation::LeakyRelu, -2.0), "max(0, −2) + 0.01 · min(0, −2) = −0.02");
        assert_eq!(words(Activation::Sigmoid, -1.5), "1 / (1 + exp(−(−1.5))) = 0.1824");
        assert_eq!(words(Activation::Identity, 3.0), "3 stays 3");
    }

    #[test]
    fn positions_beyond_the_edge_are_mentioned() {
        let window = [None, Some(1.0), None, Some(2.0)];
        let words = "The largest of 4 values: 2. Positions beyond the edge: 2, which are ignored.";
        assert_eq!(pooled(Pooling::Max, &window, 2.0), words);
        let words = "4 values add up to 3; 3 / 4 = 0.75. Positions beyond the edge: 2, which count as 0.";
        assert_eq!(pooled(Pooling::Average, &window, 0.75), words);
    }

    #[test]
    fn the_readout_gives_all_four_values() {
        let worked = chain(Activation::Relu).work([1, 0]).unwrap();
        // Red 102 of 255: 0.4; 4 * 0.4 - 1 = 0.6; the largest of the window is 3.
        assert_eq!(
            readout(&worked, &steps(Activation::Relu, Pooling::Max)),
            "Column 0, row 1: convolution 0.4, batch normalisation 0.6, ReLU 0.6, max pooling 3."
        );
    }

    #[test]
    fn a_caption_says_size_ends_mean_and_zeros() {
        // 0, 0, 0.6, 3.
        assert_eq!(
            caption(&chain(Activation::Relu).maps.activated),
            "2 × 2, from 0 to 3, mean 0.9; 50 % are 0."
        );
    }
}
