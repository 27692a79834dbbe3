//! The operations that `cargo xtask bench` times beside other libraries, as a WASM module of their own: the book's
//! module has no doors that only a benchmark needs.

use imaging::geometry::{Affine, Fill};
use imaging::{Rgb8, channels};
use nn::Tensor;
use nn::conv::{Padding, Step, depthwise};
use wasm_bindgen::prelude::*;

/// A picture, and what may be done to it.
#[wasm_bindgen]
pub struct Picture(Rgb8);

#[wasm_bindgen]
impl Picture {
    /// `side` × `side` pixels of noise: no operation here is faster on one picture than on another.
    ///
    /// # Panics
    /// If `side` is 0.
    #[wasm_bindgen(constructor)]
    pub fn new(side: u32) -> Self {
        let mut random = numerics::Random::new(7);
        let bytes = (0..side as usize * side as usize * 3).map(|_| random.below(256) as u8).collect();
        Self(Rgb8::new(side, side, bytes).expect("three bytes a pixel"))
    }

    /// Red, green and blue of every pixel, row by row.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.data().to_vec()
    }

    /// Every channel under a kernel of `side` × `side` numbers, the edge repeated: `[3, H, W]`, as numbers.
    ///
    /// # Panics
    /// If `kernel` is not a square of `side`.
    pub fn convolve(&self, kernel: &[f32], side: usize) -> Numbers {
        let shape = [3, self.0.height() as usize, self.0.width() as usize];
        let planes = Tensor::new(shape, channels::planes(&self.0)).expect("three planes");
        let kernel = Tensor::new([side, side], kernel.to_vec()).expect("a square");
        let step = Step::new(1, Padding::Replicate);
        Numbers(depthwise(&planes, &kernel, step).expect("the kernel fits").into_data())
    }

    /// Stretched to `side` × `side` pixels.
    #[must_use]
    pub fn resize(&self, side: u32) -> Self {
        Self(imaging::resize(&self.0, side, side))
    }

    /// Turned by 30° and enlarged by a tenth, the edge repeated.
    #[must_use]
    pub fn warp(&self) -> Self {
        let affine = Affine { degrees: 30.0, scale: 1.1, ..Affine::IDENTITY };
        Self(imaging::geometry::warp(&self.0, affine, Fill::Nearest))
    }
}

/// A result that stays in the module until somebody reads it.
#[wasm_bindgen]
pub struct Numbers(Vec<f32>);

#[wasm_bindgen]
impl Numbers {
    /// All of them.
    pub fn values(&self) -> Vec<f32> {
        self.0.clone()
    }
}
