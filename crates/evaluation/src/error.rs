//! What can be wrong with predictions.

/// Predictions that cannot be held against the truth.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvaluationError {
    /// Fewer than two classes.
    #[error("predictions expect at least 2 classes, found {found}")]
    Classes {
        /// Number of classes.
        found: usize,
    },
    /// Not one probability for each image and class.
    #[error("predictions for {images} images expect {} probabilities ({classes} each), found {found}", images * classes)]
    Count {
        /// Number of true classes.
        images: usize,
        /// Number of classes.
        classes: usize,
        /// Number of probabilities.
        found: usize,
    },
    /// A true class that is none.
    #[error("image {image} expects a true class below {classes}, found {found}")]
    Truth {
        /// Index of the image.
        image: usize,
        /// Number of classes.
        classes: usize,
        /// The class given.
        found: usize,
    },
    /// A probability that is none.
    #[error("image {image} expects probabilities between 0 and 1, found {found} for class {class}")]
    Probability {
        /// Index of the image.
        image: usize,
        /// Index of the class.
        class: usize,
        /// The number given.
        found: f32,
    },
    /// Not one group for each image.
    #[error("a bootstrap of {images} images expects as many groups, found {found}")]
    Groups {
        /// Number of images.
        images: usize,
        /// Number of groups given.
        found: usize,
    },
    /// Predictions of two networks for different images.
    #[error(
        "a comparison expects two networks' predictions for the same images and classes, found others at {place}"
    )]
    Pairs {
        /// Where they differ: the number of images or classes, or an image's true class.
        place: String,
    },
}
