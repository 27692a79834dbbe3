//! Fine-tuning with libtorch: library and binary.
