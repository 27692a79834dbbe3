//! Errors in predictions.

/// Predictions that cannot be compared with the truth.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EvaluationError {
    /// Fewer than two classes.
    #[error("predictions need at least 2 classes; classes here: {found}")]
    Classes {
        /// Number of classes.
        found: usize,
    },
    /// Not one probability for each image and class.
    #[error("{images} images need {} probabilities ({classes} each); there are {found}", images * classes)]
    Count {
        /// Number of true classes.
        images: usize,
        /// Number of classes.
        classes: usize,
        /// Number of probabilities.
        found: usize,
    },
    /// An invalid true class.
    #[error("the true class of image {image} must be below {classes}; it is {found}")]
    Truth {
        /// Index of the image.
        image: usize,
        /// Number of classes.
        classes: usize,
        /// The class given.
        found: usize,
    },
    /// An invalid probability.
    #[error("a probability must be from 0 to 1; image {image} has {found} for class {class}")]
    Probability {
        /// Index of the image.
        image: usize,
        /// Index of the class.
        class: usize,
        /// The number given.
        found: f32,
    },
    /// Not one group for each image.
    #[error("a bootstrap of {images} images needs a group for each; groups here: {found}")]
    Groups {
        /// Number of images.
        images: usize,
        /// Number of groups given.
        found: usize,
    },
    /// Predictions of two networks for different images.
    #[error("two networks can only be compared on the same images and classes; they differ in {place}")]
    Pairs {
        /// Where they differ: the number of images or classes, or an image's true class.
        place: String,
    },
}
