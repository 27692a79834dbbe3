//! The parts of a residual network in words, the same in every figure.

/// A layer in words, by torchvision's name; an unknown name is returned unchanged.
pub(crate) fn title(layer: &str) -> String {
    match layer {
        "conv1" | "bn1" | "relu" => "first convolution".to_owned(),
        "maxpool" => "max pooling".to_owned(),
        _ => match layer.strip_prefix("layer").and_then(|rest| rest.split('.').next()) {
            Some(stage) => format!("stage {stage}"),
            None => layer.to_owned(),
        },
    }
}
