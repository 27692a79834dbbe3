//! Whole epochs on a handful of images: it learns, it stops, and it goes on as if it had never stopped.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::sync::atomic::{AtomicBool, Ordering};

use imaging::Rgb8;
use recipe::rates::{RateRange, suggested};
use tch::Device;
use training::observer::NoObserver;
use training::samples::{Samples, TrainingData};
use training::trainer::EpochOutcome;
use training::{Recipe, Trainer, Weights};

const CONFIG: &str = r#"
name = "tiny"
architecture = "resnet18"
seed = 7
batch_size = 8
label_smoothing = 0.0

[card]
title = "Tiny"
trained_on = "two colours"
licence = "MIT"

[data]
folder = "nowhere"
split = "nowhere.csv"
memory_size = 32

[augmentation]
flip_horizontal = true
flip_vertical = true
quarter_turns = true
rotation = 10.0
shift = 0.05
scale = 0.05
brightness = 0.05
contrast = 0.05
saturation = 0.05

[optimiser]
rule = "adamw"
beta1 = 0.9
beta2 = 0.999
weight_decay = 0.01

[[stages]]
epochs = 2
image_size = 24
learning_rate = 1e-3
final_learning_rate = 1e-3

[[stages]]
epochs = 4
image_size = 32
learning_rate = 1e-3
final_learning_rate = 0
"#;

fn recipe() -> Recipe {
    Recipe::parse(CONFIG).unwrap()
}

/// Eight red images of class 0 and eight blue ones of class 5, each with a spot of its own.
fn samples() -> Samples {
    let image = |index: usize| {
        let mut data: Vec<u8> =
            if index.is_multiple_of(2) { [180, 60, 60] } else { [60, 60, 180] }.repeat(32 * 32);
        let spot = (index * 61 % 1000) * 3;
        data[spot..spot + 30].fill(250);
        Rgb8::new(32, 32, data).unwrap()
    };
    let classes = (0..16).map(|i| if i % 2 == 0 { 0 } else { 5 }).collect();
    Samples::in_memory((0..16).map(image).collect(), classes)
}

fn data() -> TrainingData {
    TrainingData { training: samples(), validation: samples(), split_sha256: "abc".to_owned() }
}

fn epoch(trainer: &mut Trainer) -> EpochOutcome {
    trainer.epoch(&mut NoObserver).unwrap()
}

#[test]
fn two_colours_are_learned_in_six_epochs() {
    let (recipe, data) = (recipe(), data());
    let mut trainer = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    let rows: Vec<_> = (0..6)
        .map(|_| match epoch(&mut trainer) {
            EpochOutcome::Done { row, .. } => row,
            EpochOutcome::Stopped => panic!("nobody asked to stop"),
        })
        .collect();
    assert!(rows[5].loss < 0.5 * rows[0].loss, "{rows:?}");
    assert!((rows[5].balanced_accuracy - 1.0).abs() < 1e-12, "{rows:?}");
    assert_eq!(rows.iter().map(|row| row.stage).collect::<Vec<_>>(), [1, 1, 2, 2, 2, 2]);
    // Only epochs at the final size can be the best.
    assert!(trainer.best().unwrap().epoch > 2);
    assert!(trainer.epoch(&mut NoObserver).is_err());
}

#[test]
fn a_run_that_goes_on_ends_with_the_same_weights_to_the_last_bit() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("checkpoint.safetensors");
    let (recipe, data) = (recipe(), data());
    let mut whole = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    for _ in 0..3 {
        epoch(&mut whole);
    }

    let mut first = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    epoch(&mut first);
    let (weights, about) = first.checkpoint().unwrap();
    weights.write(&path, &about).unwrap();
    drop(first);
    let (weights, about) = Weights::read(&path).unwrap();
    let mut second = Trainer::resume(&recipe, &data, Device::Cpu, &weights, about.as_deref()).unwrap();
    assert_eq!(second.epochs_done(), 1);
    for _ in 0..2 {
        epoch(&mut second);
    }
    assert_eq!(second.checkpoint().unwrap(), whole.checkpoint().unwrap());
}

#[test]
fn a_checkpoint_of_another_split_is_refused() {
    let (recipe, data) = (recipe(), data());
    let (weights, about) = Trainer::start(&recipe, &data, Device::Cpu).unwrap().checkpoint().unwrap();
    let other = TrainingData { split_sha256: "def".to_owned(), ..data.clone() };
    let error =
        Trainer::resume(&recipe, &other, Device::Cpu, &weights, Some(&about)).unwrap_err().to_string();
    assert!(error.contains("abc") && error.contains("(def)"), "{error}");
}

#[test]
fn a_checkpoint_of_another_rule_is_refused() {
    let (recipe, data) = (recipe(), data());
    let (weights, about) = Trainer::start(&recipe, &data, Device::Cpu).unwrap().checkpoint().unwrap();
    let sgd = "rule = \"sgd\"\nmomentum = 0.9\nweight_decay = 0.01";
    let adamw = "rule = \"adamw\"\nbeta1 = 0.9\nbeta2 = 0.999\nweight_decay = 0.01";
    let back = Recipe::parse(&CONFIG.replace(adamw, sgd)).unwrap();
    let (sgd_weights, sgd_about) = Trainer::start(&back, &data, Device::Cpu).unwrap().checkpoint().unwrap();
    assert!(Trainer::resume(&recipe, &data, Device::Cpu, &sgd_weights, Some(&sgd_about)).is_err());
    assert!(Trainer::resume(&recipe, &data, Device::Cpu, &weights, Some(&about)).is_ok());
}

#[test]
fn an_epoch_that_is_stopped_counts_for_nothing() {
    let (recipe, data) = (recipe(), data());
    let mut trainer = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    let stop = AtomicBool::new(false);
    stop.store(true, Ordering::Relaxed);
    assert_eq!(trainer.epoch(&mut &stop).unwrap(), EpochOutcome::Stopped);
    assert_eq!(trainer.epochs_done(), 0);
}

#[test]
fn a_loss_that_is_no_number_stops_the_run_with_the_reason() {
    let wild = CONFIG.replace(
        "learning_rate = 1e-3\nfinal_learning_rate = 1e-3",
        "learning_rate = 1e30\nfinal_learning_rate = 0",
    );
    let (recipe, data) = (Recipe::parse(&wild).unwrap(), data());
    let mut trainer = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
    let mut epochs = (0..2).map(|_| trainer.epoch(&mut NoObserver));
    let error = epochs.find_map(Result::err).unwrap().to_string();
    assert!(error.contains("the loss became") && error.contains("lower learning_rate"), "{error}");
}

#[test]
fn a_rising_rate_first_lowers_the_loss_and_then_ruins_it() {
    // Without averages of gradients, whose size AdamW removes, too long a step is seen at once.
    let sgd =
        CONFIG.replace("rule = \"adamw\"\nbeta1 = 0.9\nbeta2 = 0.999", "rule = \"sgd\"\nmomentum = 0.9");
    let (recipe, data) = (Recipe::parse(&sgd).unwrap(), data());
    let range = RateRange { lowest: 1e-6, highest: 100.0, steps: 40 };
    let search = |end: usize| {
        let trainer = Trainer::start(&recipe, &data, Device::Cpu).unwrap();
        trainer.search_rates(range, |row| row.step < end).unwrap()
    };
    let rows = search(usize::MAX);
    // Two steps make an epoch, and the search continues beyond it until the loss has diverged.
    assert!((20..40).contains(&rows.len()), "{}", rows.len());
    let found = suggested(&rows).unwrap();
    assert!(found.steepest <= found.lowest && found.lowest < rows.last().unwrap().learning_rate, "{found:?}");
    assert_eq!(search(3), rows[..3]);
}
