//! The ranges that a recipe's [`Augmentation`](super::Augmentation) must stay in.

use serde::de::{Error as _, Unexpected};
use serde::{Deserialize, Deserializer};

fn checked<'de, D: Deserializer<'de>>(
    deserializer: D,
    expected: &str,
    contains: impl Fn(f64) -> bool,
) -> Result<f32, D::Error> {
    let value = f64::deserialize(deserializer)?;
    if contains(value) {
        Ok(value as f32)
    } else {
        Err(D::Error::invalid_value(Unexpected::Float(value), &expected))
    }
}

pub(super) fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    checked(deserializer, "a number from 0 to below 1", |value| (0.0..1.0).contains(&value))
}

pub(super) fn not_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    checked(deserializer, "a number of at least 0", |value| value >= 0.0 && value.is_finite())
}

pub(super) fn half_turn<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    checked(deserializer, "degrees from 0 to 180", |value| (0.0..=180.0).contains(&value))
}

pub(super) fn lean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f32, D::Error> {
    checked(deserializer, "degrees from 0 to 45", |value| (0.0..=45.0).contains(&value))
}
