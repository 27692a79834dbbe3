//! Numbers of a configuration, each with what is allowed in its message.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error, Visitor};

/// A number and the words for what it may be.
struct Range {
    expected: &'static str,
    holds: fn(f64) -> bool,
}

impl Visitor<'_> for Range {
    type Value = f64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        if (self.holds)(value) {
            Ok(value)
        } else {
            Err(E::custom(format_args!("expected {}, found {value}", self.expected)))
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
        self.visit_f64(value as f64)
    }
}

/// A whole number from `least` to `most`.
struct Whole {
    expected: &'static str,
    least: i64,
    most: i64,
}

impl Visitor<'_> for Whole {
    type Value = i64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.expected)
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<i64, E> {
        if (self.least..=self.most).contains(&value) {
            Ok(value)
        } else {
            Err(E::custom(format_args!("expected {}, found {value}", self.expected)))
        }
    }
}

pub(super) fn share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let range = Range { expected: "a number from 0 to below 1", holds: |value| (0.0..1.0).contains(&value) };
    deserializer.deserialize_any(range)
}

/// For a key that may be left out.
pub(super) fn some_share<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    share(deserializer).map(Some)
}

pub(super) fn factor<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let holds = |value| value > 0.0 && value < 1.0;
    deserializer.deserialize_any(Range { expected: "a number above 0 and below 1", holds })
}

pub(super) fn above_zero<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let holds = |value: f64| value > 0.0 && value.is_finite();
    deserializer.deserialize_any(Range { expected: "a number above 0", holds })
}

pub(super) fn at_least_one<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let holds = |value: f64| value >= 1.0 && value.is_finite();
    deserializer.deserialize_any(Range { expected: "a number of at least 1", holds })
}

pub(super) fn not_negative<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    let holds = |value: f64| value >= 0.0 && value.is_finite();
    deserializer.deserialize_any(Range { expected: "a number of at least 0", holds })
}

/// A whole number of at least 1.
pub(super) fn count<'de, D: Deserializer<'de>, T: TryFrom<i64>>(deserializer: D) -> Result<T, D::Error> {
    whole(deserializer, "a whole number of at least 1", 1, i64::from(u32::MAX))
}

/// A whole number of at least 0.
pub(super) fn count_or_none<'de, D: Deserializer<'de>, T: TryFrom<i64>>(
    deserializer: D,
) -> Result<T, D::Error> {
    whole(deserializer, "a whole number of at least 0", 0, i64::from(u32::MAX))
}

/// A whole number of at least 0, however large.
pub(super) fn seed<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    whole(deserializer, "a whole number of at least 0", 0, i64::MAX)
}

fn whole<'de, D: Deserializer<'de>, T: TryFrom<i64>>(
    deserializer: D,
    expected: &'static str,
    least: i64,
    most: i64,
) -> Result<T, D::Error> {
    let value = deserializer.deserialize_any(Whole { expected, least, most })?;
    T::try_from(value).map_err(|_| D::Error::custom(format_args!("expected {expected}, found {value}")))
}
