//! Draws a few pictures, for a profiler.

fn main() {
    for seed in 1..=3 {
        for diagnosis in catalog::Diagnosis::ALL {
            std::hint::black_box(lesions::draw_sample(diagnosis, seed, 224, 224));
        }
    }
}
