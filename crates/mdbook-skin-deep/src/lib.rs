//! The book's preprocessor: widgets, figures, metrics.
