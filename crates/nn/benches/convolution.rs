//! One kernel over the three channels of an image, the edge repeated, as in the kernel lab.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use nn::Tensor;
use nn::conv::{Padding, Step, depthwise};

/// Numbers of no pattern between 0 and 100.
fn numbers<const N: usize>(shape: [usize; N]) -> Tensor<N> {
    let data = (0..shape.iter().product()).map(|i: usize| ((i * 37 + 11) % 101) as f32).collect();
    Tensor::new(shape, data).expect("as many numbers as the shape says")
}

fn convolution(criterion: &mut Criterion) {
    for side in [224, 1024] {
        let image = numbers([3, side, side]);
        for size in [3, 7, 15] {
            let kernel = numbers([size, size]);
            let step = Step::new(1, Padding::Replicate);
            criterion.bench_function(&format!("{size} × {size}, {side} px"), |bencher| {
                bencher.iter(|| depthwise(black_box(&image), &kernel, step));
            });
        }
    }
}

criterion_group!(benches, convolution);
criterion_main!(benches);
