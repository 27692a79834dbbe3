//! Neighbouring pixels worked out side by side: loops over this many compile to instructions for several at once.

/// Pixels in a block. The page's module is compiled for size, without such instructions: there, blocks of one pixel are
/// the least code, and as fast as any. The numbers are the same.
pub(crate) const LANES: usize = if cfg!(target_arch = "wasm32") { 1 } else { 16 };
