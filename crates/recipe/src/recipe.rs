//! The recipe as a whole, and what no single key shows.

use std::path::{Path, PathBuf};

use architecture::{Network, Normalisation};
use catalog::model::ModelInput;
use imaging::Views;
use serde::Deserialize;

use crate::document::{Document, Problem, problem};
use crate::feed::{Feed, FeedStage};
use crate::{
    Distil, Loss, Metric, Mixing, MixingKind, Optimiser, RecipeError, Start, Task, Train, TrainingStage,
    frozen, number, reference,
};

/// Everything that decides what the weights will be.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe {
    /// Name of the run, and of the folder under `runs/`.
    pub name: String,
    /// What the network distinguishes.
    #[serde(default)]
    pub task: Task,
    /// Network of the `architecture` crate, such as `resnet18`.
    pub architecture: String,
    /// Decides the first weights, the order of the images and their augmentation.
    #[serde(default, deserialize_with = "number::seed")]
    pub seed: u64,
    /// Images per step of the optimiser.
    #[serde(default = "thirty_two", deserialize_with = "number::count")]
    pub batch_size: usize,
    /// What decides which epoch is the best, and what early stopping watches.
    #[serde(default)]
    pub metric: Metric,
    /// On CUDA: half precision where it does no harm, with scaled losses.
    #[serde(default)]
    pub mixed_precision: bool,
    /// Stores the channels of a pixel next to each other, which is faster on most devices.
    #[serde(default)]
    pub channels_last: bool,
    /// On CUDA: without it, cuDNN picks the fastest algorithm by trial, which need not be the same one next time.
    #[serde(default = "yes")]
    pub deterministic: bool,
    /// Where the first recipes had it; now in `[loss]`.
    #[serde(default, deserialize_with = "number::some_share")]
    label_smoothing: Option<f64>,
    /// What the model card says about the result.
    pub card: Card,
    /// The images.
    pub data: Data,
    /// The first weights.
    #[serde(default)]
    pub start: Start,
    /// How training images are varied; without it, they are not.
    #[serde(default)]
    pub augmentation: imaging::Augmentation,
    /// How often the images of each class come up.
    #[serde(default)]
    pub sampling: Sampling,
    /// Whether the images of a batch are mixed.
    #[serde(default)]
    pub mixing: Mixing,
    /// Whether the network also learns from one that is trained already.
    #[serde(default)]
    pub distil: Distil,
    /// What the training minimises.
    #[serde(default)]
    pub loss: Loss,
    /// How gradients become steps.
    #[serde(default)]
    pub optimiser: Optimiser,
    /// Whether weights are averaged along the way.
    #[serde(default)]
    pub averaging: Averaging,
    /// When a stage ends before its last epoch.
    #[serde(default)]
    pub early_stopping: EarlyStopping,
    /// How validation images are classified.
    #[serde(default)]
    pub evaluation: Evaluation,
    /// First to last. Small images first are fast; the last stage's size is the network's input.
    pub stages: Vec<TrainingStage>,
}

/// Words for the model card.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Name in words.
    pub title: String,
    /// What it was trained on, in one sentence.
    pub trained_on: String,
    /// SPDX identifier of the weights' licence.
    pub licence: String,
}

/// Where the images are. Relative paths start at the repository's root.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// Folder of a data set, in any layout that the `datasets` crate reads.
    pub folder: PathBuf,
    /// The split, from `cargo xtask split`.
    pub split: PathBuf,
    /// Training images larger than this are kept in memory as squares of this many pixels; a little more than the
    /// network's input leaves room for enlarging.
    #[serde(deserialize_with = "number::count")]
    pub memory_size: u32,
}

/// `[sampling]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Sampling {
    /// From 0 (every image once an epoch) to 1 (every class equally often): an image of a class with `n` training images is used
    /// `(N / n)^balance` times as often as one of the commonest class, which has `N`.
    #[serde(deserialize_with = "number::share_or_all")]
    pub balance: f64,
}

/// `[averaging]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Averaging {
    /// Share of the average that every step keeps, 0 to below 1; 0 averages nothing.
    #[serde(deserialize_with = "number::share")]
    pub decay: f64,
}

/// `[early_stopping]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EarlyStopping {
    /// Epochs without a better metric after which a stage ends; 0 never ends one early.
    #[serde(deserialize_with = "number::count_or_none")]
    pub patience: usize,
    /// By how much the metric must improve to count as better.
    #[serde(deserialize_with = "number::not_negative")]
    pub min_change: f64,
}

/// `[evaluation]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Evaluation {
    /// Views of a validation image whose probabilities are averaged.
    pub test_time_augmentation: Views,
}

impl Recipe {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// A file that cannot be read; a key or value that is wrong, with file and line.
    pub fn read(path: &Path) -> Result<Self, RecipeError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| RecipeError::Unreadable { path: path.to_owned(), source })?;
        Self::parse(&text).map_err(|error| error.in_file(path))
    }

    /// Checks the text of a recipe.
    ///
    /// # Errors
    /// A key or value that is wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, RecipeError> {
        let document = Document::parse(text)?;
        let of_problem = |problem| RecipeError::of_problem(&document, problem);
        reference::check(&document).map_err(of_problem)?;
        let mut recipe: Self =
            toml::from_str(text).map_err(|error| RecipeError::of_value(&document, &error))?;
        recipe.check(&document).map_err(of_problem)?;
        if let Some(smoothing) = recipe.label_smoothing.take() {
            recipe.loss.label_smoothing = smoothing;
        }
        Ok(recipe)
    }

    /// What no single key shows.
    fn check(&self, document: &Document<'_>) -> Result<(), Problem> {
        let name = &self.name;
        let letters = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'));
        if name.is_empty() || !letters {
            return Err(problem!(
                ["name"],
                "`name` must be a plain folder name of letters, digits, - and _; it is {name:?}"
            ));
        }
        let has = |table: &'static str| move |key: &str| document.has([table.into(), key.into()]);
        if self.label_smoothing.is_some() && has("loss")("label_smoothing") {
            return Err(problem!(
                ["label_smoothing"],
                "`label_smoothing` appears twice, here and in [loss]; keep the one in [loss]"
            ));
        }
        self.loss.check(has("loss"))?;
        self.mixing.check(has("mixing"))?;
        self.distil.check(has("distil"))?;
        self.optimiser.check(has("optimiser"))?;
        if has("early_stopping")("min_change") && self.early_stopping.patience == 0 {
            return Err(problem!(
                ["early_stopping", "min_change"],
                "`min_change` in [early_stopping] has no effect with patience = 0; remove it, or set patience to at \
                 least 1"
            ));
        }
        let only_head = self.stages.iter().all(|stage| stage.train == Train::Head);
        let idle = [
            (self.mixing.kind != MixingKind::None, "mixing", "kind"),
            (self.distil.teacher.is_some(), "distil", "teacher"),
        ];
        for (used, table, key) in idle {
            if used && only_head && !self.stages.is_empty() {
                return Err(problem!(
                    [table, key],
                    "`{key}` in [{table}] has no effect where every stage has train = \"head\", which computes the features \
                     of each image once; remove it, or set train = [\"fc\"]"
                ));
            }
        }
        if self.stages.is_empty() {
            return Err(problem!(["stages"], "a recipe needs at least one [[stages]]"));
        }
        let network =
            self.network().map_err(|error| problem!(["architecture"], "`architecture`: {error}"))?;
        for (index, stage) in self.stages.iter().enumerate() {
            stage.check(index, |key| document.has(["stages".into(), index.into(), key.into()]))?;
            frozen::layers(&network, stage).map_err(|error| {
                let key = if stage.frozen.is_empty() { "train" } else { "frozen" };
                problem!(["stages", index, key], "`{key}` of stage {}: {error}", index + 1)
            })?;
        }
        Ok(())
    }

    /// The network, for the task and the last stage's image size.
    ///
    /// # Errors
    /// An unknown name.
    pub fn network(&self) -> Result<Network, architecture::ArchitectureError> {
        architecture::by_name(&self.architecture, self.task.classes(), self.image_size() as usize)
    }

    /// How the network wants its images; as `ImageNet`'s where the architecture is unknown, which no recipe is that was read.
    pub fn normalisation(&self) -> Normalisation {
        self.network().map_or(Normalisation::IMAGENET, |network| network.normalisation)
    }

    /// What the trained network is given: images of the last stage's size, normalised as the network wants them.
    pub fn input(&self) -> ModelInput {
        let Normalisation { mean, std } = self.normalisation();
        ModelInput { size: self.image_size(), mean, std }
    }

    /// Epochs of all stages.
    pub fn epochs(&self) -> usize {
        self.stages.iter().map(|stage| stage.epochs).sum()
    }

    /// Steps of the optimiser in an epoch over this many training images. Images that do not fill a batch wait for
    /// another epoch, unless there are too few for even one.
    pub fn steps_per_epoch(&self, training_images: usize) -> usize {
        (training_images / self.batch_size).max(1)
    }

    /// The stage that an epoch, from 0, belongs to, as its index from 0, itself, and how many of its epochs come
    /// before.
    pub fn stage(&self, epoch: usize) -> Option<(usize, TrainingStage, usize)> {
        let mut start = 0;
        for (index, stage) in self.stages.iter().enumerate() {
            if epoch < start + stage.epochs {
                return Some((index, stage.clone(), epoch - start));
            }
            start += stage.epochs;
        }
        None
    }

    /// Width and height of the network's input: the last stage's.
    pub fn image_size(&self) -> u32 {
        self.stages.last().map_or(0, |stage| stage.image_size)
    }

    /// What decides the pictures that the network is fed.
    pub fn feed(&self) -> Feed {
        Feed {
            seed: self.seed,
            memory_size: self.data.memory_size,
            stages: self
                .stages
                .iter()
                .map(|stage| FeedStage { epochs: stage.epochs, image_size: stage.image_size })
                .collect(),
            augmentation: self.augmentation,
        }
    }
}

fn thirty_two() -> usize {
    32
}

fn yes() -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"name = "tiny"
architecture = "resnet18"
seed = 1
batch_size = 8
label_smoothing = 0.1

[card]
title = "Tiny"
trained_on = "nothing"
licence = "MIT"

[data]
folder = "data"
split = "data/split.csv"
memory_size = 64

[augmentation]
flip_horizontal = true
flip_vertical = true
quarter_turns = true
rotation = 20.0
shift = 0.05
scale = 0.1
brightness = 0.1
contrast = 0.1
saturation = 0.1

[optimiser]
rule = "sgd"
momentum = 0.9
weight_decay = 0.0005

[[stages]]
epochs = 2
image_size = 32
learning_rate = 0.1
final_learning_rate = 0.01

[[stages]]
epochs = 1
image_size = 64
learning_rate = 0.01
final_learning_rate = 0
warm_up_epochs = 0.5
"#;

    fn refusal(from: &str, to: &str) -> String {
        assert!(GOOD.contains(from));
        Recipe::parse(&GOOD.replacen(from, to, 1)).unwrap_err().to_string()
    }

    #[track_caller]
    fn check_refused(from: &str, to: &str, words: &[&str]) {
        let message = refusal(from, to);
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    }

    #[test]
    fn every_epoch_belongs_to_a_stage() {
        let recipe = Recipe::parse(GOOD).unwrap();
        assert_eq!((recipe.epochs(), recipe.image_size()), (3, 64));
        let stages = [0, 1, 2].map(|epoch| recipe.stage(epoch).map(|(index, _, before)| (index, before)));
        assert_eq!(stages, [Some((0, 0)), Some((0, 1)), Some((1, 0))]);
        assert_eq!(recipe.stage(3), None);
    }

    #[test]
    fn an_unknown_key_is_reported_with_its_line_and_the_nearest_known_one() {
        assert_eq!(
            refusal("batch_size = 8", "batchsize = 8"),
            "line 4: unknown key `batchsize`; did you mean `batch_size`? Allowed here: `name`, `task`, `architecture`, \
             `seed`, `batch_size`, `metric`, `mixed_precision`, `channels_last`, `deterministic`, `card`, `data`, `start`, \
             `augmentation`, `sampling`, `mixing`, `distil`, `loss`, `optimiser`, `averaging`, `early_stopping`, `evaluation`, \
             `stages`; configs/all-keys.toml explains each"
        );
        check_refused(
            "momentum = 0.9",
            "nestorov = true",
            &["line 30: [optimiser] has no key `nestorov`; did you mean `nesterov`?", "`beta1`, `beta2`"],
        );
        check_refused(
            "warm_up_epochs = 0.5",
            "warmup_epochs = 0.5",
            &["line 44: stage 2 has no key", "`warm_up_epochs`?"],
        );
    }

    #[test]
    fn a_teacher_is_the_folder_of_a_run() {
        let refused =
            |lines: &str, words| check_refused("[optimiser]", &format!("{lines}\n[optimiser]"), words);
        refused("[distil]\nteacher = \"resnet18\"", &["line 29", "a run's folder such as"]);
        refused(
            "[distil]\nfeatures = 0.5",
            &["line 29", "`features` in [distil] has no effect without a teacher"],
        );
    }

    #[test]
    fn a_key_in_the_wrong_table_is_sent_to_the_right_one() {
        check_refused(
            "momentum = 0.9",
            "metric = \"auc\"",
            &["line 30", "it belongs at the top of the file"],
        );
        check_refused("batch_size = 8", "momentum = 0.9", &["line 4", "it belongs in [optimiser]"]);
        check_refused("momentum = 0.9", "learning_rate = 0.1", &["line 30", "it belongs in a [[stages]]"]);
    }

    #[test]
    fn a_missing_key_is_reported_with_its_table_and_what_it_is_for() {
        assert_eq!(
            refusal("licence = \"MIT\"\n", ""),
            "line 7: [card] needs the key `licence`: SPDX identifier of the weights' licence. A network trained on ISIC \
             2019 or HAM10000 is CC-BY-NC-4.0"
        );
        check_refused(
            "architecture = \"resnet18\"\n",
            "",
            &["line 1: the recipe needs the key `architecture`"],
        );
        check_refused("image_size = 64\n", "", &["line 39: stage 2 needs the key `image_size`"]);
        let without_card = GOOD.split("[card]").next().unwrap();
        let message = Recipe::parse(without_card).unwrap_err().to_string();
        assert_eq!(message, "line 1: the table [card] is missing; it needs `title`, `trained_on`, `licence`");
        let without_stages = GOOD.split("[[stages]]").next().unwrap();
        let message = Recipe::parse(without_stages).unwrap_err().to_string();
        assert!(
            message.contains("the table [[stages]] is missing; it needs `epochs`, `image_size`"),
            "{message}"
        );
    }

    #[test]
    fn a_value_out_of_range_is_reported_with_its_line_and_the_range() {
        assert_eq!(
            refusal("batch_size = 8", "batch_size = 0"),
            "line 4: `batch_size` must be a whole number of at least 1; it is 0"
        );
        check_refused("label_smoothing = 0.1", "label_smoothing = 1.5", &["line 5", "it is 1.5"]);
        check_refused(
            "learning_rate = 0.1",
            "learning_rate = -0.1",
            &["line 36: `learning_rate` of stage 1 must be a number above 0; it is -0.1"],
        );
    }

    #[test]
    fn a_text_that_is_not_toml_is_refused_with_its_line() {
        check_refused("seed = 1", "seed = = 1", &["line 3: this line is not valid TOML"]);
    }

    #[test]
    fn a_file_is_part_of_the_message() {
        let error = Recipe::parse("nme = \"a\"").unwrap_err().in_file(Path::new("configs/a.toml"));
        assert!(
            error.to_string().starts_with("configs/a.toml:1: unknown key `nme`; did you mean `name`?"),
            "{error}"
        );
        let error = Recipe::read(Path::new("no/such.toml")).unwrap_err();
        assert_eq!(error.to_string(), "cannot read the recipe no/such.toml");
    }

    #[test]
    fn seed_and_augmentation_may_be_left_out() {
        let start = GOOD.find("[augmentation]").unwrap();
        let end = GOOD.find("[optimiser]").unwrap();
        let text = [&GOOD[..start], &GOOD[end..]].concat().replace("seed = 1\n", "");
        let recipe = Recipe::parse(&text).unwrap();
        assert_eq!((recipe.seed, recipe.augmentation), (0, imaging::Augmentation::NONE));
        assert_eq!((recipe.feed().seed, recipe.feed().augmentation), (0, imaging::Augmentation::NONE));
    }

    #[test]
    fn images_that_fill_no_batch_make_no_step_unless_there_are_no_others() {
        let recipe = Recipe::parse(GOOD).unwrap();
        // Batches of 8: 17 images fill two.
        assert_eq!([17, 8, 3].map(|images| recipe.steps_per_epoch(images)), [2, 1, 1]);
    }

    #[test]
    fn shear_hue_and_fill_may_be_left_out() {
        let plain = Recipe::parse(GOOD).unwrap().augmentation;
        assert_eq!((plain.shear.to_bits(), plain.hue.to_bits(), plain.fill), (0, 0, imaging::Fill::Nearest));
        let more = "saturation = 0.1\nshear = 10\nhue = 3.5\nfill = \"reflect\"";
        let varied = Recipe::parse(&GOOD.replacen("saturation = 0.1", more, 1)).unwrap().augmentation;
        let expected = imaging::Augmentation {
            flip_horizontal: true,
            flip_vertical: true,
            quarter_turns: true,
            rotation: 20.0,
            shift: 0.05,
            scale: 0.1,
            shear: 10.0,
            brightness: 0.1,
            contrast: 0.1,
            saturation: 0.1,
            hue: 3.5,
            fill: imaging::Fill::Reflect,
        };
        assert_eq!(varied, expected);
    }

    #[test]
    fn a_wrong_augmentation_is_refused_with_its_line_and_what_is_allowed() {
        let last = "saturation = 0.1";
        let with = |line: &str| format!("{last}\n{line}");
        check_refused(last, &with("shear = 46"), &["line 27", "degrees from 0 to 45", "it is 46"]);
        check_refused(last, &with("hue = -1"), &["line 27", "degrees from 0 to 180", "it is -1"]);
        check_refused(
            last,
            &with("hue = \"red\""),
            &["line 27: `hue` in [augmentation] must be a number", "it is \"red\""],
        );
        let fills = [
            "line 27: `fill` in [augmentation] must be \"nearest\", \"reflect\", \"wrap\", \"black\" or \"mean\"; it is \"edge\"",
        ];
        check_refused(last, &with("fill = \"edge\""), &fills);
        check_refused(
            last,
            &with("shere = 1"),
            &["line 27", "`shere`; did you mean `shear`?", "`hue`, `fill`"],
        );
        check_refused(
            "rotation = 20.0",
            "rotation = 181",
            &["line 21", "degrees from 0 to 180", "it is 181"],
        );
        check_refused("shift = 0.05", "shift = 1", &["line 22", "from 0 to below 1", "it is 1"]);
        check_refused("quarter_turns = true", "quarter_turns = 1", &["line 20", "true or false"]);
        check_refused("rotation = 20.0", "rotation = \"far\"", &["line 21", "\"far\""]);
    }

    #[test]
    fn an_unknown_network_is_reported_with_the_known_ones() {
        check_refused("resnet18", "resnet19", &["line 2", "resnet18", "resnet152"]);
    }

    #[test]
    fn a_warm_up_longer_than_its_stage_is_refused() {
        check_refused(
            "warm_up_epochs = 0.5",
            "warm_up_epochs = 1.5",
            &["line 44", "stage 2", "at most its number of epochs, 1; it is 1.5"],
        );
    }
}
