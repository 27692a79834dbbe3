//! The recipes that come with the book are valid, and `all-keys.toml` is right about every key.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::fmt::Debug;
use std::path::{Path, PathBuf};

use recipe::{
    Averaging, Card, ClassWeights, Data, EarlyStopping, Evaluation, FirstWeights, KeyReference, Loss, Metric,
    Optimiser, OptimiserRule, Recipe, Schedule, Start, Task, Train, TrainingStage, WeightMean, keys,
};
use serde::Deserialize;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs")
}

fn read(name: &str) -> Recipe {
    Recipe::read(&folder().join(name)).unwrap()
}

fn all_keys() -> String {
    std::fs::read_to_string(folder().join("all-keys.toml")).unwrap()
}

/// What the file documents of one table, the top of the file having no name.
fn documented(table: &str) -> Vec<&'static KeyReference> {
    keys().iter().filter(|key| key.table == table).collect()
}

fn names(keys: &[&KeyReference]) -> Vec<String> {
    let mut names: Vec<String> = keys.iter().map(|key| key.name.to_owned()).collect();
    names.sort();
    names
}

/// What a type says that it knows when it is given something else.
fn known<T: for<'de> Deserialize<'de> + Debug>(required: &str) -> Vec<String> {
    let error = toml::from_str::<T>(&format!("nonsense = 1\n{required}")).unwrap_err().to_string();
    let list = error.split("expected").nth(1).unwrap();
    let mut keys: Vec<String> = list.split('`').skip(1).step_by(2).map(str::to_owned).collect();
    keys.sort();
    keys
}

/// `all-keys.toml` has every key of the table, each with the value that it has when it is left out, or marked as required.
#[track_caller]
fn check_table<T: for<'de> Deserialize<'de> + Debug + PartialEq>(table: &str, required: &str) {
    let documented = documented(table);
    assert_eq!(names(&documented), known::<T>(required), "[{table}]");
    let left_out: T = toml::from_str(required).unwrap();
    for KeyReference { name, value, required: marked, .. } in documented {
        let lines = || required.lines().filter(|line| !line.starts_with(&format!("{name} =")));
        let without = lines().collect::<Vec<_>>().join("\n");
        assert_eq!(*marked, lines().count() < required.lines().count(), "[{table}] {name}");
        if *marked {
            assert!(toml::from_str::<T>(&without).is_err(), "[{table}] {name} is not required");
        } else {
            let given: T = toml::from_str(&format!("{required}\n{name} = {value}")).unwrap();
            assert_eq!(given, left_out, "[{table}] {name} = {value}");
        }
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
    check_table::<TrainingStage>("stages", "epochs = 1\nimage_size = 1\nlearning_rate = 1");
}

#[test]
fn the_file_of_all_keys_is_a_recipe_of_defaults() {
    let text = all_keys();
    let recipe = Recipe::parse(&text).unwrap();
    let required = "name = \"all-keys\"\narchitecture = \"resnet18\"\n[card]\ntitle = \"Every key\"\n\
                    trained_on = \"nothing\"\nlicence = \"MIT\"\n[data]\nfolder = \"data/synthetic\"\n\
                    split = \"data/synthetic/split.csv\"\nmemory_size = 144\n\
                    [[stages]]\nepochs = 1\nimage_size = 128\nlearning_rate = 1e-3\n";
    assert_eq!(recipe, Recipe::parse(required).unwrap());
    // The tables, and the keys above them; the first recipes had label_smoothing there, too.
    let mut expected = names(&documented(""));
    let mut tables: Vec<_> =
        keys().iter().map(|key| key.table.to_owned()).filter(|table| !table.is_empty()).collect();
    tables.dedup();
    expected.extend(tables);
    expected.push("label_smoothing".to_owned());
    expected.sort();
    assert_eq!(expected, known::<Recipe>(required));
}

#[test]
fn a_key_of_another_choice_is_refused_without_that_choice() {
    for line in all_keys().lines().filter(|line| line.starts_with('#') && !line.starts_with("# ")) {
        let key = line.trim_start_matches('#').split(' ').next().unwrap();
        if line.contains(" = ") && key != "frozen" {
            let error = Recipe::parse(&all_keys().replace(line, &line[1..])).unwrap_err().to_string();
            assert!(error.starts_with("line ") && error.contains(key), "{line}: {error}");
        }
    }
}

#[test]
fn mixing_is_refused_where_only_the_head_learns() {
    let mixing = all_keys().replace("kind = \"none\"", "kind = \"mixup\"");
    assert!(Recipe::parse(&mixing).is_ok());
    let error =
        Recipe::parse(&mixing.replace("train = \"all\"", "train = \"head\"")).unwrap_err().to_string();
    assert!(
        error.contains("`kind` in [mixing] has no effect") && error.contains("train = [\"fc\"]"),
        "{error}"
    );
}

#[test]
fn every_recipe_is_valid_and_named_like_its_file() {
    let mut count = 0;
    for entry in std::fs::read_dir(folder()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(Some(Recipe::read(&path).unwrap().name.as_str()), path.file_stem().unwrap().to_str());
        count += 1;
    }
    assert!(count >= 7, "{count}");
}

#[test]
fn every_recipe_explains_itself() {
    for entry in std::fs::read_dir(folder()).unwrap() {
        let recipe = Recipe::read(&entry.unwrap().path()).unwrap();
        let text = recipe.explain(Some(5000));
        let topics = [
            "network",
            "first weights",
            "images",
            "augmentation",
            "loss",
            "optimiser",
            "length",
            "validation",
        ];
        assert!(topics.iter().all(|topic| text.contains(&format!("\n{topic} "))), "{text}");
        assert_eq!(text.matches("\nstage ").count(), recipe.stages.len(), "{text}");
        assert!(text.contains(&recipe.name) && text.ends_with('\n'), "{text}");
    }
}

#[test]
fn the_papers_recipe_is_the_notebooks() {
    let [two, eight] = ["paper-malignancy.toml", "paper-diagnosis.toml"].map(read);
    // The notebooks differ in the classes and in the most epochs.
    assert_eq!((two.task, eight.task), (Task::Malignancy, Task::Diagnosis));
    assert_eq!((two.epochs(), eight.epochs()), (150, 50));
    for recipe in [&two, &eight] {
        assert_eq!(
            (recipe.architecture.as_str(), recipe.image_size(), recipe.batch_size),
            ("resnet50", 224, 6)
        );
        assert!(matches!(recipe.start.from, FirstWeights::Path(_)));
        let augmentation = recipe.augmentation;
        let shift = 30.0 / 224.0;
        assert!(augmentation.flip_horizontal && augmentation.flip_vertical && !augmentation.quarter_turns);
        assert!((augmentation.shift - shift).abs() < 1e-3 && (augmentation.rotation - 90.0).abs() < 1e-6);
        assert_eq!(augmentation.fill, imaging::Fill::Nearest);
        let expected =
            Optimiser { rule: OptimiserRule::Sgd, momentum: 0.9, head_factor: 10.0, ..Optimiser::default() };
        assert_eq!(recipe.optimiser, expected);
        let expected =
            Loss { class_weights: ClassWeights::Inverse, weight_mean: WeightMean::Images, ..Loss::default() };
        assert_eq!(recipe.loss, expected);
        assert_eq!((recipe.metric, recipe.early_stopping.patience), (Metric::Loss, 10));
        let [stage] = recipe.stages.as_slice() else { panic!("{:?}", recipe.stages) };
        assert_eq!((stage.schedule, stage.every, &stage.train), (Schedule::Step, 5, &Train::All));
        assert!((stage.learning_rate - 1e-4).abs() < 1e-12 && (stage.factor - 0.1).abs() < 1e-12);
    }
}

#[test]
fn the_recipe_of_a_committed_network_means_what_it_meant() {
    let recipe = read("synthetic-resnet18-eight.toml");
    let expected = Loss { label_smoothing: 0.05, ..Loss::default() };
    assert_eq!(recipe.loss, expected);
    let expected = Optimiser { weight_decay: 0.02, ..Optimiser::default() };
    assert_eq!(recipe.optimiser, expected);
    assert!(
        recipe.stages.iter().all(|stage| stage.schedule == Schedule::Cosine && stage.train == Train::All)
    );
    assert_eq!(
        (recipe.task, recipe.metric, &recipe.start),
        (Task::Diagnosis, Metric::BalancedAccuracy, &Start::default())
    );
}
