//! Seeded random numbers, statistics, and float maths with the same bits native and in WASM.

pub mod math;
pub mod random;
pub mod statistics;

pub use random::Random;
