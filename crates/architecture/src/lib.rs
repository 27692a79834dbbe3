//! Networks as data: layers, shapes, parameter names and counts.
//!
//! The libtorch model, the ONNX file and the pages about the network are all read from the same [`Network`], which a file
//! of the folder `families` builds: layers, and the sections and blocks they belong to. Nothing is read off a name.
//! Layers and parameters have the names that the published weights have, so weights go both ways. Shapes leave out the
//! batch.

mod error;
mod families;
mod initialisation;
pub mod keras;
mod menu;
mod network;
mod normalisation;
mod op;
mod padding;
mod parameter;
mod receptive_field;
mod section;
mod shape;
mod stops;

pub use error::ArchitectureError;
pub use families::efficientnet_lite::efficientnet_lite0;
pub use families::resnet::{Depth, resnet};
pub use families::{PUBLISHED, Published};
pub use initialisation::{FirstValues, Initialisation};
pub use menu::LayerGroup;
pub use network::{INPUT, Layer, Network};
pub use normalisation::Normalisation;
pub use op::Op;
pub use padding::Padding;
pub use parameter::{Parameter, ParameterKind};
pub use receptive_field::ReceptiveField;
pub use section::{Block, BlockPart, Section};
pub use shape::Shape;

use families::tiny;

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
    let build = match Published::named(name) {
        Some(published) => published.build,
        None if name == tiny::NAME => tiny::tiny,
        None => return Err(ArchitectureError::UnknownName { found: name.to_owned() }),
    };
    if classes == 0 || image_size == 0 {
        return Err(ArchitectureError::Empty { network: name.to_owned(), classes, image_size });
    }
    Ok(build(classes, image_size))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_the_known_ones() {
        let error = by_name("resnet19", 8, 128).unwrap_err().to_string();
        assert_eq!(
            error,
            "unknown network \"resnet19\"; use one of resnet18, resnet34, resnet50, resnet101, resnet152, \
             efficientnet_lite0"
        );
    }

    #[test]
    fn a_network_without_classes_is_refused() {
        let error = by_name("resnet18", 0, 128).unwrap_err().to_string();
        assert_eq!(error, "resnet18 needs at least 1 class and images of at least 1 pixel, not 0 and 128");
    }
}
