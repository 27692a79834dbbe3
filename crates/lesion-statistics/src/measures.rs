//! The quantities of one picture, by name.

use std::collections::BTreeMap;

/// Numbers by name; what could not be measured is absent.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Measures(BTreeMap<&'static str, f32>);

impl Measures {
    /// Keeps a number; one that is not finite counts as not measured.
    pub fn put(&mut self, key: &'static str, value: f32) {
        if value.is_finite() {
            self.0.insert(key, value);
        }
    }

    pub(crate) fn put_some(&mut self, key: &'static str, value: Option<f32>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    /// The number of this name.
    pub fn get(&self, key: &str) -> Option<f32> {
        self.0.get(key).copied()
    }

    /// All names and values, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, f32)> {
        self.0.iter().map(|(&key, &value)| (key, value))
    }
}
