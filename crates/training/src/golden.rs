//! libtorch's answers that every other runtime is held against.
