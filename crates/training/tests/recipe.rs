//! The recipe on a network of some hundred numbers: stages, frozen layers, kept features, averages, early stopping, and
//! checkpoints between any two steps.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use imaging::Rgb8;
use tch::Device;
use training::class_report::ClassRow;
use training::history::EpochRow;
use training::observer::{NoObserver, Observer, TrainingStep};
use training::samples::{Samples, TrainingData};
use training::trainer::EpochOutcome;
use training::{Recipe, Trainer, Weights};

/// A configuration of the tiny network with these lines behind what every configuration has.
fn recipe(lines: &str) -> Recipe {
    let head = "name = \"tiny\"\narchitecture = \"tiny\"\nseed = 7\nbatch_size = 4\n";
    let tables = "[card]\ntitle = \"\"\ntrained_on = \"\"\nlicence = \"\"\n\
                  [data]\nfolder = \"\"\nsplit = \"\"\nmemory_size = 16\n";
    // Lines before the first table belong to none.
    let (own, rest) = lines.split_at(lines.find('[').unwrap_or(lines.len()));
    Recipe::parse(&[head, own, tables, rest].concat()).unwrap()
}

/// So many images of four classes, by their colours, each with a spot of its own.
fn samples(count: usize) -> Samples {
    let colours = [[180, 60, 60], [60, 60, 180], [60, 180, 60], [160, 160, 30]];
    let image = |index: usize| {
        let mut data: Vec<u8> = colours[index % 4].repeat(16 * 16);
        let spot = (index * 61 % 250) * 3;
        data[spot..spot + 15].fill(250);
        Rgb8::new(16, 16, data).unwrap()
    };
    Samples::in_memory((0..count).map(image).collect(), (0..count).map(|i| (i % 4) as i64).collect())
}

/// 18 images, of which an epoch shows 16 in 4 batches, and 8 to validate on.
fn data() -> TrainingData {
    TrainingData { training: samples(18), validation: samples(8), split_sha256: "abc".to_owned() }
}

/// All epochs that are left.
fn finish(trainer: &mut Trainer, recipe: &Recipe) -> Vec<EpochRow> {
    let mut rows = Vec::new();
    while trainer.epochs_done() < recipe.epochs() {
        match trainer.epoch(&mut NoObserver).unwrap() {
            EpochOutcome::Done { row, .. } => rows.push(row),
            EpochOutcome::Stopped => panic!("nobody asked to pause"),
        }
    }
    rows
}

fn trained(lines: &str) -> (Vec<EpochRow>, Weights) {
    let (recipe, data) = (recipe(lines), data());
    let mut trainer = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    (finish(&mut trainer, &recipe), trainer.weights())
}

/// Pauses after so many steps.
struct PauseAfter(usize);

impl Observer for PauseAfter {
    fn step(&mut self, _: &TrainingStep) {
        self.0 -= 1;
    }
    fn epoch(&mut self, _: &EpochRow, _: &[ClassRow]) {}
    fn pause(&mut self) -> bool {
        self.0 == 0
    }
}

/// A checkpoint, through a file, after so many steps of a run, and the run that continues from it.
fn check_interrupted(lines: &str, steps: impl IntoIterator<Item = usize>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let (recipe, data) = (recipe(lines), data());
    let mut whole = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    let rows = finish(&mut whole, &recipe);
    let expected = whole.checkpoint().unwrap();
    for steps in steps {
        let mut first = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
        let mut pause = PauseAfter(steps);
        while first.epoch(&mut pause).unwrap() != EpochOutcome::Stopped {}
        let (weights, about) = first.checkpoint().unwrap();
        weights.write(&path, &about).unwrap();
        let (weights, about) = Weights::read(&path).unwrap();
        let mut second = Trainer::resume(&recipe, &data, Device::Cpu, &weights, about.as_deref()).unwrap();
        let again = finish(&mut second, &recipe);
        assert_eq!(second.checkpoint().unwrap(), expected, "after {steps} steps");
        assert_eq!((second.best(), second.weights()), (whole.best(), whole.weights()));
        // The epoch that was interrupted is told as if it had not been.
        let (last, of) = (again.last().unwrap(), rows.last().unwrap());
        assert_eq!((last.epoch, last.loss.to_bits()), (of.epoch, of.loss.to_bits()));
        // The trainer that paused goes on as well.
        finish(&mut first, &recipe);
        assert_eq!(first.checkpoint().unwrap(), expected, "paused after {steps} steps");
    }
}

const EVERYTHING: &str = r#"
metric = "auc"
[augmentation]
flip_horizontal = true
rotation = 20
[loss]
kind = "focal"
label_smoothing = 0.1
class_weights = "square-root"
[optimiser]
rule = "adamw"
weight_decay = 0.01
head_factor = 3
clip_gradient_norm = 1
[averaging]
decay = 0.9
[early_stopping]
patience = 2
[evaluation]
test_time_augmentation = "flips"
[[stages]]
epochs = 3
image_size = 8
learning_rate = 1e-2
schedule = "step"
every = 1
train = "head"
copies = 2
[[stages]]
epochs = 2
image_size = 16
learning_rate = 1e-2
schedule = "plateau"
patience = 0
frozen = ["conv1"]
[[stages]]
epochs = 2
image_size = 16
learning_rate = 1e-2
warm_up_epochs = 0.5
"#;

#[test]
fn a_checkpoint_between_any_two_steps_leads_to_the_same_weights_to_the_last_bit() {
    // Seven epochs of four steps: threes fall on each of the four, in every stage.
    check_interrupted(EVERYTHING, (0..28).step_by(3));
}

#[test]
fn momentum_goes_on_as_well() {
    let lines = EVERYTHING.replace("rule = \"adamw\"", "rule = \"sgd\"\nnesterov = true");
    check_interrupted(&lines, [10, 17, 25]);
}

#[test]
fn a_head_alone_learns_from_features_as_it_does_from_images() {
    let lines = |train: &str| {
        format!("[[stages]]\nepochs = 3\nimage_size = 16\nlearning_rate = 0.1\ntrain = {train}\n")
    };
    let (kept, kept_weights) = trained(&lines("\"head\""));
    let (anew, anew_weights) = trained(&lines("[\"fc\"]"));
    for (kept, anew) in kept.iter().zip(&anew) {
        // The same sums in batches of another size, in single precision.
        assert!(
            (kept.loss - anew.loss).abs() < 1e-5
                && (kept.validation_loss - anew.validation_loss).abs() < 1e-5
        );
    }
    assert!(kept[2].loss < kept[0].loss, "{} {}", kept[2].loss, kept[0].loss);
    assert_eq!(kept_weights.get("conv1.weight"), anew_weights.get("conv1.weight"));
    assert_eq!(kept_weights.get("bn1.running_mean"), anew_weights.get("bn1.running_mean"));
}

/// Counts the images whose features were computed.
#[derive(Default)]
struct Counter(usize);

impl Observer for Counter {
    fn step(&mut self, _: &TrainingStep) {}
    fn features(&mut self, images: usize, of: usize) {
        if images == of {
            self.0 += of;
        }
    }
    fn epoch(&mut self, _: &EpochRow, _: &[ClassRow]) {}
}

fn features(copies: &str) -> usize {
    let lines = format!(
        "[augmentation]\nrotation = 90\n[[stages]]\nepochs = 4\nimage_size = 16\nlearning_rate = 0.1\ntrain = \"head\"\n{copies}"
    );
    let (recipe, data, mut counter) = (recipe(&lines), data(), Counter::default());
    let mut trainer = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    while trainer.epochs_done() < 4 {
        trainer.epoch(&mut counter).unwrap();
    }
    counter.0
}

#[test]
fn the_features_of_a_frozen_trunk_are_computed_once() {
    // 18 images to train on and 8 to validate on, in four epochs.
    assert_eq!(features(""), 18 + 8);
    assert_eq!(features("copies = 3"), 3 * 18 + 8);
}

#[test]
fn as_many_copies_as_epochs_are_the_variation_of_every_epoch() {
    let lines = |train: &str| {
        format!(
            "[augmentation]\nrotation = 90\n[[stages]]\nepochs = 2\nimage_size = 16\nlearning_rate = 0.1\ntrain = {train}\n"
        )
    };
    let (kept, _) = trained(&lines("\"head\"\ncopies = 2"));
    let (anew, _) = trained(&lines("[\"fc\"]"));
    let (plain, _) = trained(&lines("\"head\""));
    assert!((kept[1].loss - anew[1].loss).abs() < 1e-5, "{} {}", kept[1].loss, anew[1].loss);
    assert!((kept[1].loss - plain[1].loss).abs() > 1e-4);
}

#[test]
fn frozen_layers_keep_their_numbers_and_their_statistics() {
    let stage = "[[stages]]\nepochs = 1\nimage_size = 16\nlearning_rate = 0.1\n";
    let (recipe, data) = (recipe(&format!("{stage}frozen = [\"0-2\"]")), data());
    let mut trainer = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    let before = trainer.weights();
    finish(&mut trainer, &recipe);
    let after = trainer.weights();
    let same = |name: &str| before.get(name).unwrap() == after.get(name).unwrap();
    assert!(["conv1.weight", "bn1.weight", "bn1.running_mean", "bn1.running_var"].into_iter().all(same));
    assert!(!["layer1.0.conv1.weight", "layer1.0.bn1.running_mean", "fc.weight"].into_iter().any(same));
}

#[test]
fn running_statistics_can_rest_while_all_weights_learn() {
    let stage = "[[stages]]\nepochs = 1\nimage_size = 16\nlearning_rate = 0.1\nbatch_norm = \"running\"\n";
    let (recipe, data) = (recipe(stage), data());
    let mut trainer = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    let before = trainer.weights();
    finish(&mut trainer, &recipe);
    let after = trainer.weights();
    let same = |name: &str| before.get(name).unwrap() == after.get(name).unwrap();
    assert!(same("bn1.running_mean") && !same("bn1.weight") && !same("conv1.weight"));
}

#[test]
fn a_stage_ends_early_and_the_next_epochs_keep_their_numbers() {
    // So low a learning rate changes nothing: the first epoch stays the best, and two more are let pass.
    let stages = "[[stages]]\nepochs = 10\nimage_size = 16\nlearning_rate = 1e-30\n\
                  [[stages]]\nepochs = 2\nimage_size = 16\nlearning_rate = 1e-30\n";
    let lines = format!("metric = \"accuracy\"\n[early_stopping]\npatience = 2\n{stages}");
    let (rows, _) = trained(&lines.replace("learning_rate", "batch_norm = \"running\"\nlearning_rate"));
    let epochs: Vec<_> = rows.iter().map(|row| (row.epoch, row.stage)).collect();
    assert_eq!(epochs, [(1, 1), (2, 1), (3, 1), (11, 2), (12, 2)]);
}

#[test]
fn an_average_is_validated_and_kept_instead_of_the_last_weights() {
    let lines = "[averaging]\ndecay = 0.9\n[[stages]]\nepochs = 2\nimage_size = 16\nlearning_rate = 0.1\n";
    let (recipe, data) = (recipe(lines), data());
    let mut trainer = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    finish(&mut trainer, &recipe);
    assert_ne!(trainer.weights(), trainer.model().weights());
    let averaged = |name: &str| trainer.weights().get(name).unwrap().clone();
    let last = |name: &str| trainer.model().weights().get(name).unwrap().clone();
    assert!(
        ["conv1.weight", "bn1.running_mean", "fc.bias"].into_iter().all(|name| averaged(name) != last(name))
    );
}

#[test]
fn two_outputs_tell_benign_from_malignant() {
    let lines = "task = \"malignancy\"\n[[stages]]\nepochs = 1\nimage_size = 16\nlearning_rate = 0.1\n";
    let recipe = recipe(lines);
    let data = data_of_two();
    let mut trainer = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    finish(&mut trainer, &recipe);
    assert_eq!(trainer.weights().get("fc.bias").unwrap().shape, [2]);
}

#[test]
fn a_run_begins_with_the_weights_of_another_and_a_head_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let stage = "[[stages]]\nepochs = 1\nimage_size = 16\nlearning_rate = 0.1\n";
    let (_, weights) = trained(stage);
    let path = folder.path().join("best.safetensors");
    weights.write(&path, "").unwrap();
    let lines = format!("task = \"malignancy\"\n[start]\nfrom = \"{}\"\n{stage}", path.display());
    let recipe = recipe(&lines);
    let (trainer, report) =
        Trainer::begin(&recipe, &data_of_two(), Device::Cpu).map(|(t, r)| (t.weights(), r)).unwrap();
    assert_eq!(trainer.get("conv1.weight"), weights.get("conv1.weight"));
    assert_eq!(trainer.get("fc.weight").unwrap().shape, [2, 4]);
    assert!(report.to_string().contains("last layer with 8 outputs was replaced"), "{report}");
}

/// The same images in two classes.
fn data_of_two() -> TrainingData {
    let mut data = data();
    for class in data.training.classes.iter_mut().chain(&mut data.validation.classes) {
        *class %= 2;
    }
    data
}

#[test]
fn a_loss_that_is_no_number_names_epoch_step_and_learning_rate() {
    let lines = "[optimiser]\nrule = \"sgd\"\n[[stages]]\nepochs = 3\nimage_size = 16\nlearning_rate = 1e30\nschedule = \"constant\"\n";
    let (recipe, data) = (recipe(lines), data());
    let mut trainer = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    let error = (0..3).find_map(|_| trainer.epoch(&mut NoObserver).err()).unwrap().to_string();
    let words =
        ["the loss became", "in epoch 1, step 2 of 4", "learning rate of 1.00e30", "clip_gradient_norm = 1"];
    assert!(words.iter().all(|word| error.contains(word)), "{error}");
}
