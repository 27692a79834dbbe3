//! The kernel over a row of pixels that are neighbours, with the sums of 32 of them in the processor's registers.
//!
//! Every sum takes its products in the order of the definition, so it is the same to the last bit; only which sum has
//! its turn when differs.

/// Sums at a time: eight of the sixteen SIMD registers, four values each.
const BLOCK: usize = 32;

/// Adds to `sums[x]` the products of the `side` × `side` coefficients of `kernel` with the pixels under it: row `ky` of
/// them begins at `rows(ky)[x]`, and they are `dilation` pixels apart.
pub(super) fn add_products<'a>(
    sums: &mut [f32],
    kernel: &[f32],
    side: usize,
    dilation: usize,
    rows: impl Fn(usize) -> &'a [f32],
) {
    let (blocks, rest) = sums.as_chunks_mut::<BLOCK>();
    let begun = blocks.len() * BLOCK;
    for (index, block) in blocks.iter_mut().enumerate() {
        let mut held = *block;
        for (ky, weights) in kernel.chunks_exact(side).enumerate() {
            let places = rows(ky)[index * BLOCK..].windows(BLOCK).step_by(dilation);
            for (weight, pixels) in weights.iter().zip(places) {
                for (sum, pixel) in held.iter_mut().zip(pixels) {
                    *sum += weight * pixel;
                }
            }
        }
        *block = held;
    }
    for (ky, weights) in kernel.chunks_exact(side).enumerate() {
        for (kx, weight) in weights.iter().enumerate() {
            for (sum, pixel) in rest.iter_mut().zip(&rows(ky)[begun + kx * dilation..]) {
                *sum += weight * pixel;
            }
        }
    }
}
