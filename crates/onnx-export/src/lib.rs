//! Architecture and weights to an ONNX file.
