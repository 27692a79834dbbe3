//! The tool: serves, builds, tests and trains.

fn main() {}
