//! Time to draw a picture of 224 × 224: the mean over the eight diagnoses, and each alone.

use catalog::Diagnosis;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;

const SIDE: u32 = 224;

fn pictures(criterion: &mut Criterion) {
    criterion.bench_function("draw 224, mean of diagnoses", |bench| {
        let mut seed = 0;
        bench.iter(|| {
            seed += 1;
            let diagnosis = Diagnosis::ALL[seed as usize % Diagnosis::ALL.len()];
            lesions::draw_sample(diagnosis, black_box(seed), SIDE, SIDE)
        });
    });
    for diagnosis in Diagnosis::ALL {
        criterion.bench_function(&format!("draw 224, {}", diagnosis.abbreviation()), |bench| {
            let mut seed = 0;
            bench.iter(|| {
                seed += 1;
                lesions::draw_sample(diagnosis, black_box(seed), SIDE, SIDE)
            });
        });
    }
}

criterion_group!(benches, pictures);
criterion_main!(benches);
