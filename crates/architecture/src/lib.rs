//! Networks as data: layers, shapes, parameter names and counts.
