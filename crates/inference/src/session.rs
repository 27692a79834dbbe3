//! What both runtimes share: a session that has the inputs and outputs the card speaks of, and its values.

use catalog::model::ModelCard;
use ort::session::{Session, SessionOutputs};
use ort::value::{Outlet, Tensor, ValueType};

use crate::interface::{ChannelOrder, Interface, ModelOutputs};
use crate::{InferenceError, LayerOutput, NetworkAnswer, input};

/// Checks inputs and outputs; a length that the model leaves open fits any.
///
/// # Errors
/// [`InferenceError::Shape`] naming the one that differs.
pub(crate) fn check(
    session: &Session,
    card: &ModelCard,
    interface: &Interface,
) -> Result<(), InferenceError> {
    let side = i64::from(card.input.size);
    let image = match interface.layout {
        ChannelOrder::ChannelsFirst => [-1, 3, side, side],
        ChannelOrder::ChannelsLast => [-1, side, side, 3],
    };
    check_outlet(session.inputs(), &interface.input, &image, card)?;
    let labels = card.labels.len() as i64;
    interface.outputs.names().try_for_each(|name| check_outlet(session.outputs(), name, &[-1, labels], card))
}

fn check_outlet(
    outlets: &[Outlet],
    name: &str,
    expected: &[i64],
    card: &ModelCard,
) -> Result<(), InferenceError> {
    let found = outlets.iter().find(|outlet| outlet.name() == name);
    if found.is_some_and(|outlet| fits(outlet.dtype(), expected)) {
        return Ok(());
    }
    let all: Vec<_> = outlets.iter().map(|o| format!("{} {}", o.name(), shape_words(o.dtype()))).collect();
    Err(InferenceError::Shape {
        model: card.name.clone(),
        what: format!("{name} {}", list(expected)),
        found: if all.is_empty() { "none".to_owned() } else { all.join(", ") },
    })
}

fn fits(found: &ValueType, expected: &[i64]) -> bool {
    found.tensor_shape().is_some_and(|shape| {
        shape.len() == expected.len() && shape.iter().zip(expected).all(|(f, e)| *f < 0 || *e < 0 || f == e)
    })
}

fn shape_words(dtype: &ValueType) -> String {
    dtype.tensor_shape().map_or_else(|| "without a shape".to_owned(), |shape| list(shape))
}

fn list(shape: &[i64]) -> String {
    let sides = shape.iter().map(|n| if *n < 0 { "N".to_owned() } else { n.to_string() });
    format!("[{}]", sides.collect::<Vec<_>>().join(", "))
}

/// `count` images, one after the other, as the session's input.
pub(crate) fn tensor(
    planes: Vec<f32>,
    count: usize,
    side: u32,
    layout: ChannelOrder,
) -> Result<Tensor<f32>, InferenceError> {
    let side = side as usize;
    let shape = match layout {
        ChannelOrder::ChannelsFirst => [count, 3, side, side],
        ChannelOrder::ChannelsLast => [count, side, side, 3],
    };
    let numbers = input::ordered(planes, layout);
    Tensor::from_array((shape, numbers)).map_err(|e| InferenceError::Run(e.to_string()))
}

/// The outputs taken apart, one answer an image.
pub(crate) fn answers(
    outputs: &SessionOutputs<'_>,
    count: usize,
    card: &ModelCard,
    interface: &Interface,
) -> Result<Vec<NetworkAnswer>, InferenceError> {
    let classes = card.labels.len();
    let numbers = |name: &str| output(outputs, name, count, card);
    match &interface.outputs {
        ModelOutputs::Both { logits, probabilities } => {
            Ok(NetworkAnswer::split(numbers(logits)?, numbers(probabilities)?, classes))
        }
        ModelOutputs::Logits(name) => {
            Ok(numbers(name)?.chunks_exact(classes).map(NetworkAnswer::of_logits).collect())
        }
        ModelOutputs::Probabilities(name) => {
            Ok(numbers(name)?.chunks_exact(classes).map(NetworkAnswer::of_probabilities).collect())
        }
    }
}

/// The values of `layers` for one image, in their order; each was asked for when the session was made.
pub(crate) fn layers(
    outputs: &SessionOutputs<'_>,
    layers: &[String],
) -> Result<Vec<LayerOutput>, InferenceError> {
    let failed = |message: String| InferenceError::Run(message);
    let layer = |name: &String| {
        let value =
            outputs.get(name.as_str()).ok_or_else(|| failed(format!("the output {name} is missing")))?;
        let (shape, numbers) = value.try_extract_tensor::<f32>().map_err(|e| failed(e.to_string()))?;
        let shape = shape.iter().skip(1).map(|&size| size as usize).collect();
        Ok(LayerOutput { layer: name.clone(), shape, values: numbers.to_vec() })
    };
    layers.iter().map(layer).collect()
}

fn output<'o>(
    outputs: &'o SessionOutputs<'_>,
    name: &str,
    count: usize,
    card: &ModelCard,
) -> Result<&'o [f32], InferenceError> {
    let value =
        outputs.get(name).ok_or_else(|| InferenceError::Run(format!("the output {name} is missing")))?;
    let (shape, numbers) =
        value.try_extract_tensor::<f32>().map_err(|e| InferenceError::Run(e.to_string()))?;
    let expected = [count as i64, card.labels.len() as i64];
    if **shape != expected {
        return Err(InferenceError::Shape {
            model: card.name.clone(),
            what: format!("{name} {}", list(&expected)),
            found: list(shape),
        });
    }
    Ok(numbers)
}
