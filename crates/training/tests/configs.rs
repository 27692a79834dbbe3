//! The configurations that come with the book: every one is valid, and `all-keys.toml` tells the truth about every key.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use training::Config;
use training::config::{
    Averaging, Card, ClassWeights, Data, EarlyStopping, Evaluation, From, Loss, Metric, Optimiser, Rule,
    Schedule, Stage, Start, Task, Train, WeightMean,
};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs")
}

fn read(name: &str) -> Config {
    Config::read(&folder().join(name)).unwrap()
}

fn all_keys() -> String {
    std::fs::read_to_string(folder().join("all-keys.toml")).unwrap()
}

/// The keys of every table of `all-keys.toml` with their values, those behind a `#` too; the top level's name is empty.
fn documented() -> BTreeMap<String, Vec<(String, String)>> {
    let mut tables = BTreeMap::<String, Vec<_>>::new();
    let mut table = String::new();
    for line in all_keys().lines() {
        if let Some(name) = line.strip_prefix('[') {
            name.trim_matches(['[', ']']).clone_into(&mut table);
        } else if !line.starts_with("# ")
            && let Some((key, value)) = line.split_once(" = ")
        {
            let key = key.trim_start_matches('#').to_owned();
            tables.entry(table.clone()).or_default().push((key, value.to_owned()));
        }
    }
    tables
}

/// What a type says that it knows when it is given something else.
fn known<T: for<'de> Deserialize<'de> + Debug>(required: &str) -> Vec<String> {
    let error = toml::from_str::<T>(&format!("nonsense = 1\n{required}")).unwrap_err().to_string();
    let list = error.split("expected").nth(1).unwrap();
    let mut keys: Vec<String> = list.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    keys.sort();
    keys
}

/// `all-keys.toml` has every key of the table, each with the value that it has when it is left out.
#[track_caller]
fn check_table<T: for<'de> Deserialize<'de> + Debug + PartialEq>(table: &str, required: &str) {
    let documented = &documented()[table];
    let mut keys: Vec<String> = documented.iter().map(|(key, _)| key.clone()).collect();
    keys.sort();
    assert_eq!(keys, known::<T>(required), "[{table}]");
    let left_out: T = toml::from_str(required).unwrap();
    for (key, value) in documented.iter().filter(|(key, _)| !required.contains(&format!("{key} ="))) {
        let given: T = toml::from_str(&format!("{required}\n{key} = {value}")).unwrap();
        assert_eq!(given, left_out, "[{table}] {key} = {value}");
    }
}

#[test]
fn the_file_of_all_keys_has_every_key_with_its_default() {
    check_table::<Card>("card", "title = \"\"\ntrained_on = \"\"\nlicence = \"\"");
    check_table::<Data>("data", "folder = \"\"\nsplit = \"\"\nmemory_size = 1");
    check_table::<Start>("start", "");
    check_table::<imaging::Augmentation>("augmentation", "");
    check_table::<Loss>("loss", "");
    check_table::<Optimiser>("optimiser", "");
    check_table::<Averaging>("averaging", "");
    check_table::<EarlyStopping>("early_stopping", "");
    check_table::<Evaluation>("evaluation", "");
    check_table::<Stage>("stages", "epochs = 1\nimage_size = 1\nlearning_rate = 1");
}

#[test]
fn the_file_of_all_keys_is_a_configuration_of_defaults() {
    let text = all_keys();
    let config = Config::parse(&text).unwrap();
    let required = "name = \"all-keys\"\narchitecture = \"resnet18\"\n[card]\ntitle = \"Every key\"\n\
                    trained_on = \"nothing\"\nlicence = \"MIT\"\n[data]\nfolder = \"data/synthetic\"\n\
                    split = \"data/synthetic/split.csv\"\nmemory_size = 144\n\
                    [[stages]]\nepochs = 1\nimage_size = 128\nlearning_rate = 1e-3\n";
    assert_eq!(config, Config::parse(required).unwrap());
    // The tables, and the keys above them; label_smoothing is where the first configurations had it.
    let mut keys: Vec<String> = documented()[""].iter().map(|(key, _)| key.clone()).collect();
    keys.extend(documented().into_keys().filter(|table| !table.is_empty()));
    keys.push("label_smoothing".to_owned());
    keys.sort();
    assert_eq!(keys, known::<Config>(required));
}

#[test]
fn what_goes_with_another_choice_is_refused_without_it() {
    for line in all_keys().lines().filter(|line| line.starts_with('#') && !line.starts_with("# ")) {
        let key = line.trim_start_matches('#').split(' ').next().unwrap();
        if line.contains(" = ") && key != "frozen" {
            let error = Config::parse(&all_keys().replace(line, &line[1..])).unwrap_err().to_string();
            assert!(error.starts_with("line ") && error.contains(key), "{line}: {error}");
        }
    }
}

#[test]
fn every_configuration_is_valid_and_named_as_its_file() {
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(Some(Config::read(&path).unwrap().name.as_str()), path.file_stem().unwrap().to_str());
        count += 1;
    }
    assert!(count >= 7, "{count}");
}

#[test]
fn the_papers_recipe_is_the_notebooks() {
    let [two, eight] = ["paper-malignancy.toml", "paper-diagnosis.toml"].map(read);
    // The notebooks differ in the classes and in the most epochs.
    assert_eq!((two.task, eight.task), (Task::Malignancy, Task::Diagnosis));
    assert_eq!((two.epochs(), eight.epochs()), (150, 50));
    for config in [&two, &eight] {
        assert_eq!(
            (config.architecture.as_str(), config.image_size(), config.batch_size),
            ("resnet50", 224, 6)
        );
        assert!(matches!(config.start.from, From::Path(_)));
        let augmentation = config.augmentation;
        let shift = 30.0 / 224.0;
        assert!(augmentation.flip_horizontal && augmentation.flip_vertical && !augmentation.quarter_turns);
        assert!((augmentation.shift - shift).abs() < 1e-3 && (augmentation.rotation - 90.0).abs() < 1e-6);
        assert_eq!(augmentation.fill, imaging::Fill::Nearest);
        let expected =
            Optimiser { rule: Rule::Sgd, momentum: 0.9, head_factor: 10.0, ..Optimiser::default() };
        assert_eq!(config.optimiser, expected);
        let expected =
            Loss { class_weights: ClassWeights::Inverse, weight_mean: WeightMean::Images, ..Loss::default() };
        assert_eq!(config.loss, expected);
        assert_eq!((config.metric, config.early_stopping.patience), (Metric::Loss, 10));
        let [stage] = config.stages.as_slice() else { panic!("{:?}", config.stages) };
        assert_eq!((stage.schedule, stage.every, &stage.train), (Schedule::Step, 5, &Train::All));
        assert!((stage.learning_rate - 1e-4).abs() < 1e-12 && (stage.factor - 0.1).abs() < 1e-12);
    }
}

#[test]
fn the_committed_networks_configuration_means_what_it_meant() {
    let config = read("synthetic-resnet18-eight.toml");
    let expected = Loss { label_smoothing: 0.05, ..Loss::default() };
    assert_eq!(config.loss, expected);
    let expected = Optimiser { weight_decay: 0.02, ..Optimiser::default() };
    assert_eq!(config.optimiser, expected);
    assert!(
        config.stages.iter().all(|stage| stage.schedule == Schedule::Cosine && stage.train == Train::All)
    );
    assert_eq!(
        (config.task, config.metric, &config.start),
        (Task::Diagnosis, Metric::BalancedAccuracy, &Start::default())
    );
}
