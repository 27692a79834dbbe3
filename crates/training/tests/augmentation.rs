//! The augmentation lab shows what a training feeds: what the page is told and its function are compared with the trainer's
//! batches, for the recipe of the network in the book.

use std::path::Path;

use catalog::Diagnosis;
use imaging::{Rgb8, feed};
use training::Recipe;
use training::batches::{BatchPlan, batches};
use training::samples::Samples;

const MODEL: &str = "synthetic-resnet18-eight";
/// Seed of the lesions; each diagnosis is at the place of its index.
const SEED: u32 = 17;

#[test]
fn the_lab_shows_what_the_trainer_feeds_in_every_epoch_to_the_last_bit() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let recipe = Recipe::read(&root.join("configs").join(MODEL).with_extension("toml")).unwrap();
    let feed = serde_json::to_string(&mdbook_skin_deep::training(&root, MODEL).unwrap().feed).unwrap();
    let lesion = |diagnosis| {
        let pixels = lesions::draw_sample(diagnosis, SEED.into(), 224, 224);
        feed::kept(Rgb8::new(224, 224, pixels).unwrap(), recipe.data.memory_size)
    };
    let samples = Samples::in_memory(Diagnosis::ALL.map(lesion).into(), (0..8).collect());
    // In the order of the batches, which is not that of the list.
    let order = [5, 0, 7, 3, 1, 6, 2, 4];
    assert!(recipe.epochs() > 1);
    for epoch in 0..recipe.epochs() {
        let (_, stage, _) = recipe.stage(epoch).unwrap();
        let plan = BatchPlan::training(&recipe, &stage, epoch);
        let fed: Vec<f32> = std::thread::scope(|scope| {
            batches(scope, &samples, &order, plan).flat_map(|batch| batch.unwrap().numbers()).collect()
        });
        let images = fed.chunks_exact(fed.len() / order.len());
        assert_eq!(images.len(), order.len());
        for (numbers, place) in images.zip(order) {
            let bits: Vec<u8> = numbers.iter().flat_map(|number| number.to_bits().to_le_bytes()).collect();
            let diagnosis = Diagnosis::ALL[place].abbreviation();
            let shown = page::checksum::fed(&feed, diagnosis, SEED, [epoch as u32, place as u32]);
            let Ok(shown) = shown else { panic!("the lab cannot show {diagnosis} with {feed}") };
            assert_eq!(shown, format!("{:016x}", lesions::checksum(&bits)), "{diagnosis} in epoch {epoch}");
        }
    }
}
