//! Which layers a run computes in addition to the requested ones, so that the next question needs no run.

/// Bytes of layers' values that the Worker keeps of the last image: all of a ResNet-18 at 128 × 128 pixels are 11 MB, all
/// of a ResNet-50 at 224 × 224 are 145 MB, of which a phone would have to hold two copies while they come.
pub const KEEP: u64 = 64_000_000;

/// Indices of the layers that one run gives: those `asked` for, and of the others as many as fit into `limit` bytes
/// together with them, first those behind the last one asked for, then those before the first, each in order.
///
/// `bytes` has a size for each layer, in the order of computation; `None` if it is not known, and such a layer is
/// computed only when it is asked for. What is asked for is always computed.
///
/// ```
/// use inference_worker::keep::plan;
/// // Everything fits.
/// assert_eq!(plan(&[Some(4), Some(4), Some(4)], &[1], 12), [1, 2, 0]);
/// // Behind the second layer the third fits, and the first no more.
/// assert_eq!(plan(&[Some(4), Some(4), Some(4)], &[1], 8), [1, 2]);
/// ```
pub fn plan(bytes: &[Option<u64>], asked: &[usize], limit: u64) -> Vec<usize> {
    let size = |&layer: &usize| bytes.get(layer).copied().flatten();
    let mut computed = asked.to_vec();
    let mut total: u64 = asked.iter().filter_map(size).sum();
    let behind = asked.iter().max().map_or(0, |last| last + 1);
    for layer in (behind..bytes.len()).chain(0..behind) {
        if computed.contains(&layer) {
            continue;
        }
        // The first that is too large ends it: a gap would be a surprise to who steps from layer to layer.
        match size(&layer) {
            None => {}
            Some(more) if total + more > limit => break,
            Some(more) => {
                total += more;
                computed.push(layer);
            }
        }
    }
    computed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_computed_even_where_it_is_too_large() {
        assert_eq!(plan(&[Some(100), Some(1)], &[0], 10), [0]);
    }

    #[test]
    fn two_layers_beside_one_another_come_first_and_only_once() {
        // 1 + 1 of those asked for, 1 behind them, then 1 before: 4 of 4.
        assert_eq!(plan(&[Some(1); 5], &[3, 1], 4), [3, 1, 4, 0]);
    }

    #[test]
    fn a_layer_of_unknown_size_comes_only_when_asked_for() {
        assert_eq!(plan(&[None, Some(1), None], &[1], 10), [1]);
        assert_eq!(plan(&[None, Some(1), None], &[2], 10), [2, 1]);
    }
}
