//! Seeded random numbers, statistics, numbers as text, and float maths with the same bits native and in WASM.

pub mod decimal;
pub mod math;
pub mod random;
pub mod statistics;

pub use random::Random;
