//! From a file to the network's input, step by step.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use imaging::geometry::{Affine, Fill, warp};
use imaging::normalise::{IMAGENET_MEAN, IMAGENET_STD};
use imaging::{Augmentation, Limits, Rgb8, colour, decode, encode_jpeg, normalise, resize};
use numerics::Random;

/// What the trainings of this project vary.
const USUAL: Augmentation = Augmentation {
    flip_horizontal: true,
    flip_vertical: true,
    quarter_turns: true,
    rotation: 20.0,
    shift: 0.05,
    scale: 0.1,
    brightness: 0.1,
    contrast: 0.1,
    saturation: 0.1,
    ..Augmentation::NONE
};

/// Waves of different lengths: smooth enough for a JPEG, nowhere flat.
fn image(width: u32, height: u32) -> Rgb8 {
    let wave = |x: u32, period: u32| (x % period).abs_diff(period / 2) * 255 / period;
    let pixel = |x: u32, y: u32| [wave(x + y, 97) + wave(y, 31), wave(x, 61) + 60, wave(x * y / 64, 211)];
    let data = (0..height).flat_map(|y| (0..width).flat_map(move |x| pixel(x, y).map(|value| value as u8)));
    Rgb8::new(width, height, data.collect()).expect("three bytes a pixel")
}

fn steps(criterion: &mut Criterion) {
    let (small, photo, large) = (image(224, 224), image(600, 450), image(1024, 1024));
    let file = encode_jpeg(&photo, 90).expect("a small picture");
    let turn = Affine { degrees: 30.0, scale: 1.1, ..Affine::IDENTITY };
    let light = colour::Light { brightness: 1.1, contrast: 0.9, saturation: 1.05, ..colour::Light::SAME };
    let mut bench = |name: &str, work: &dyn Fn()| {
        criterion.bench_function(name, |bencher| bencher.iter(work));
    };
    bench("decode 600 × 450", &|| drop(black_box(decode(&file, &Limits::default()))));
    bench("resize 600 × 450 to 224", &|| drop(black_box(resize(&photo, 224, 224))));
    bench("resize 1024 to 224", &|| drop(black_box(resize(&large, 224, 224))));
    bench("resize 224 to 1024", &|| drop(black_box(resize(&small, 1024, 1024))));
    bench("warp 224", &|| drop(black_box(warp(&small, turn, Fill::Nearest))));
    bench("warp 1024", &|| drop(black_box(warp(&large, turn, Fill::Nearest))));
    bench("relight 224", &|| drop(black_box(colour::relight(&small, light))));
    bench("augment 224", &|| drop(black_box(USUAL.apply(&small, &mut Random::new(3)))));
    bench("normalise 224", &|| drop(black_box(normalise(&small, IMAGENET_MEAN, IMAGENET_STD))));
}

criterion_group!(benches, steps);
criterion_main!(benches);
