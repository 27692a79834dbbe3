//! Networks as data: layers, shapes, parameter names and counts.
//!
//! The libtorch model, the ONNX file and the pages about the network are all read from the same [`Network`].
//! Layer and parameter names are torchvision's, so weights go both ways. Shapes leave out the batch.

mod error;
pub mod keras;
mod menu;
mod network;
mod op;
mod outline;
mod parameter;
mod receptive_field;
mod resnet;
mod shape;
mod stops;
mod tiny;

pub use error::ArchitectureError;
pub use menu::Group;
pub use network::{INPUT, Layer, Network};
pub use op::Op;
pub use outline::{Block, Part, Place, outline};
pub use parameter::{Kind, Parameter};
pub use receptive_field::ReceptiveField;
pub use resnet::{Depth, resnet};
pub use shape::Shape;

/// The network of this name, such as `resnet18`, with `classes` outputs, for square RGB images of `image_size` pixels.
/// `tiny` is one for tests.
///
/// ```
/// let network = architecture::by_name("resnet18", 1000, 224)?;
/// assert_eq!(network.parameter_count(), 11_689_512);
/// # Ok::<(), architecture::ArchitectureError>(())
/// ```
///
/// # Errors
/// [`ArchitectureError::UnknownName`] if there is no such network, [`ArchitectureError::Empty`] if `classes` or
/// `image_size` is 0.
pub fn by_name(name: &str, classes: usize, image_size: usize) -> Result<Network, ArchitectureError> {
    let depth = Depth::ALL.into_iter().find(|depth| depth.name() == name);
    if depth.is_none() && name != tiny::NAME {
        return Err(ArchitectureError::UnknownName { found: name.to_owned() });
    }
    if classes == 0 || image_size == 0 {
        return Err(ArchitectureError::Empty { network: name.to_owned(), classes, image_size });
    }
    Ok(depth.map_or_else(|| tiny::tiny(classes, image_size), |depth| resnet(depth, classes, image_size)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = by_name("resnet19", 8, 128).unwrap_err().to_string();
        assert_eq!(
            error,
            "a network is one of resnet18, resnet34, resnet50, resnet101, resnet152, found \"resnet19\""
        );
    }

    #[test]
    fn a_network_without_classes_is_refused() {
        let error = by_name("resnet18", 0, 128).unwrap_err().to_string();
        assert_eq!(
            error,
            "resnet18 expects at least 1 class and images of at least 1 pixel, found 0 and 128"
        );
    }
}
