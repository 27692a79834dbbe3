//! Numbers of a recipe, each with the range that its message states.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error, Unexpected, Visitor};

/// A number, the range it must be in, and that range in words.
struct Range {
    words: &'static str,
    contains: fn(f64) -> bool,
}

impl Visitor<'_> for Range {
    type Value = f64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        if (self.contains)(value) {
            Ok(value)
        } else {
            Err(E::invalid_value(Unexpected::Float(value), &self))
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
        self.visit_f64(value as f64)
    }
}

/// A whole number from `least` to `most`.
struct IntegerRange {
    words: &'static str,
    least: i64,
    most: i64,
}

impl Visitor<'_> for IntegerRange {
    type Value = i64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.words)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        if (self.least..=self.most).contains(&value) {
            Ok(value)
        } else {
            Err(E::invalid_value(Unexpected::Signed(value), &self))
        }
    }
}

pub(crate) fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let contains = |value| (0.0..1.0).contains(&value);
    deserializer.deserialize_any(Range { words: "a number from 0 to below 1", contains })
}

pub(crate) fn share_or_all<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let contains = |value| (0.0..=1.0).contains(&value);
    deserializer.deserialize_any(Range { words: "a number from 0 to 1", contains })
}

/// For a key that may be left out.
pub(crate) fn some_share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    share(deserializer).map(Some)
}

pub(crate) fn factor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let contains = |value| value > 0.0 && value < 1.0;
    deserializer.deserialize_any(Range { words: "a number above 0 and below 1", contains })
}

pub(crate) fn above_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let contains = |value: f64| value > 0.0 && value.is_finite();
    deserializer.deserialize_any(Range { words: "a number above 0", contains })
}

pub(crate) fn at_most_two<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let contains = |value| value > 0.0 && value <= 2.0;
    deserializer.deserialize_any(Range { words: "a number above 0 and at most 2", contains })
}

pub(crate) fn at_least_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let contains = |value: f64| value >= 1.0 && value.is_finite();
    deserializer.deserialize_any(Range { words: "a number of at least 1", contains })
}

pub(crate) fn not_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let contains = |value: f64| value >= 0.0 && value.is_finite();
    deserializer.deserialize_any(Range { words: "a number of at least 0", contains })
}

/// A whole number of at least 1.
pub(crate) fn count<'de, D: Deserializer<'de>, T: TryFrom<i64>>(deserializer: D) -> Result<T, D::Error> {
    whole(deserializer, "a whole number of at least 1", 1, i64::from(u32::MAX))
}

/// A whole number of at least 0.
pub(crate) fn count_or_none<'de, D: Deserializer<'de>, T: TryFrom<i64>>(
    deserializer: D,
) -> Result<T, D::Error> {
    whole(deserializer, "a whole number of at least 0", 0, i64::from(u32::MAX))
}

/// A whole number of at least 0, as large as TOML has them.
pub(crate) fn seed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    whole(deserializer, "a whole number of at least 0", 0, i64::MAX)
}

fn whole<'de, D: Deserializer<'de>, T: TryFrom<i64>>(
    deserializer: D,
    words: &'static str,
    least: i64,
    most: i64,
) -> Result<T, D::Error> {
    let value = deserializer.deserialize_any(IntegerRange { words, least, most })?;
    T::try_from(value)
        .map_err(|_| D::Error::invalid_value(Unexpected::Signed(value), &IntegerRange { words, least, most }))
}
