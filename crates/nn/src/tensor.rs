//! An array of values with a shape.

/// A shape that an operation cannot work with; the message names operation, expected and found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{operation} expects {expected}, found {found}")]
pub struct ShapeError {
    /// The operation that was asked for.
    pub operation: &'static str,
    /// What it expects.
    pub expected: String,
    /// What it was given.
    pub found: String,
}

/// `N` axes of `f32`, row-major: the last axis varies fastest.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor<const N: usize> {
    shape: [usize; N],
    data: Vec<f32>,
}

impl<const N: usize> Tensor<N> {
    /// All zero.
    pub fn zeros(shape: [usize; N]) -> Self {
        Self { shape, data: vec![0.0; shape.iter().product()] }
    }

    /// From values in row-major order.
    ///
    /// # Errors
    /// [`ShapeError`] if their count is not the product of `shape`.
    pub fn new(shape: [usize; N], data: Vec<f32>) -> Result<Self, ShapeError> {
        let count: usize = shape.iter().product();
        if data.len() == count {
            return Ok(Self { shape, data });
        }
        Err(ShapeError {
            operation: "Tensor::new",
            expected: format!("{count} numbers for shape {shape:?}"),
            found: data.len().to_string(),
        })
    }

    /// The same shape with `change` done to every number.
    #[must_use]
    pub fn map(&self, change: impl Fn(f32) -> f32) -> Self {
        Self { shape: self.shape, data: self.data.iter().map(|&x| change(x)).collect() }
    }

    /// Length of every axis.
    pub fn shape(&self) -> [usize; N] {
        self.shape
    }

    /// The values, row-major.
    pub fn data(&self) -> &[f32] {
        &self.data
    }

    /// The values, row-major, to write to.
    pub fn data_mut(&mut self) -> &mut [f32] {
        &mut self.data
    }

    /// The values, row-major, by value.
    pub fn into_data(self) -> Vec<f32> {
        self.data
    }
}
