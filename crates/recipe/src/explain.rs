//! A recipe in plain English, for whoever is about to start a training.

use architecture::Network;
use catalog::number::count;
use imaging::{Augmentation, Fill, Views};

use crate::{
    BatchNorm, ClassWeights, FirstWeights, LayerChoice, LossKind, Metric, MixingKind, OptimiserRule, Recipe,
    Schedule, Task, Train, TrainingStage, WeightMean, frozen,
};

/// Width of the column with the topics.
const TOPIC: usize = 14;

impl Recipe {
    /// What a training by this recipe does: a few lines for each topic. With the number of training images it also says
    /// how many steps the training takes.
    pub fn explain(&self, training_images: Option<usize>) -> String {
        let mut topics = vec![
            ("network".to_owned(), self.network_words()),
            ("first weights".to_owned(), self.start_words()),
            ("images".to_owned(), self.data_words()),
            ("augmentation".to_owned(), augmentation(&self.augmentation)),
            ("loss".to_owned(), [self.mixing_words(), self.loss_words(), self.distil_words()].concat()),
            ("optimiser".to_owned(), self.optimiser_words()),
        ];
        let mut first = 1;
        for (index, stage) in self.stages.iter().enumerate() {
            topics.push((format!("stage {}", index + 1), self.stage_words(stage, first)));
            first += stage.epochs;
        }
        topics.push(("length".to_owned(), self.length_words(training_images)));
        topics.push(("validation".to_owned(), self.validation_words()));
        topics.push(("computing".to_owned(), self.computing_words()));
        let lines = topics.iter().flat_map(|(topic, lines)| {
            let topics = std::iter::once(topic.as_str()).chain(std::iter::repeat(""));
            topics.zip(lines).map(|(topic, line)| format!("{topic:<TOPIC$}  {line}\n"))
        });
        format!("{}: {}\n", self.name, self.card.title) + &lines.collect::<String>()
    }

    fn network_words(&self) -> Vec<String> {
        let size = self.image_size();
        let outputs = match self.task {
            Task::Diagnosis => "8 outputs, one for each diagnosis",
            Task::Malignancy => "2 outputs, benign and malignant",
        };
        let parameters = self.network().map_or(0, |network| network.parameter_count());
        vec![
            format!("{} with {outputs}", self.architecture),
            format!("{} parameters; its input is {size} × {size} pixels", count(parameters)),
        ]
    }

    fn start_words(&self) -> Vec<String> {
        let mut lines = match &self.start.from {
            FirstWeights::Random => vec![format!("random, drawn from seed {}", self.seed)],
            FirstWeights::Path(path) => vec![
                format!("from {}", path.display()),
                format!("a last layer that does not fit is drawn from seed {}", self.seed),
            ],
        };
        if self.start.zero_init_residual {
            lines.push("every residual block starts by passing its input on unchanged".to_owned());
        }
        lines
    }

    fn data_words(&self) -> Vec<String> {
        let size = self.data.memory_size;
        let mut lines = vec![
            format!("{}, divided by {}", self.data.folder.display(), self.data.split.display()),
            format!("training images larger than {size} × {size} pixels are kept in memory at that size"),
        ];
        let balance = self.sampling.balance;
        if balance >= 1.0 {
            lines.push("every class is used equally often in an epoch".to_owned());
        } else if balance > 0.0 {
            lines.push(format!(
                "an image of a class that is n times rarer than the commonest is used n^{balance} times as often"
            ));
        }
        lines
    }

    fn mixing_words(&self) -> Vec<String> {
        let how = match self.mixing.kind {
            MixingKind::None => return Vec::new(),
            MixingKind::Mixup => "is averaged with another one of its batch (mixup",
            MixingKind::Cutmix => "gets a rectangle of another one of its batch (cutmix",
        };
        vec![format!("each image {how}, alpha {})", self.mixing.alpha)]
    }

    fn distil_words(&self) -> Vec<String> {
        let Some(teacher) = &self.distil.teacher else { return Vec::new() };
        let (share, temperature) = (percent(self.distil.share), self.distil.temperature);
        let mut lines = vec![format!(
            "{share} of the loss compares the probabilities with those of the network in {}, at temperature {temperature}",
            teacher.display()
        )];
        if self.distil.features > 0.0 {
            lines.push(format!(
                "the similarities within the last feature maps are compared too, with weight {}",
                self.distil.features
            ));
        }
        lines
    }

    fn loss_words(&self) -> Vec<String> {
        let mut lines = vec![match self.loss.kind {
            LossKind::CrossEntropy => "cross-entropy".to_owned(),
            LossKind::Focal => {
                format!(
                    "focal, gamma {}: images that are already classified well count less",
                    self.loss.gamma
                )
            }
        }];
        if self.loss.label_smoothing > 0.0 {
            lines.push(format!(
                "{} of every target is spread over all classes",
                percent(self.loss.label_smoothing)
            ));
        }
        if self.loss.logit_adjustment > 0.0 {
            lines.push(format!(
                "during training, {} times the logarithm of its class's share of the images is added to each logit",
                self.loss.logit_adjustment
            ));
        }
        let weights = match self.loss.class_weights {
            ClassWeights::None => return lines,
            ClassWeights::Inverse => {
                "a class that is n times rarer than the commonest weighs n times as much".to_owned()
            }
            ClassWeights::SquareRoot => {
                "a class that is n times rarer than the commonest weighs √n times as much".to_owned()
            }
            ClassWeights::Capped => format!(
                "a class that is n times rarer than the commonest weighs n times as much, at most {} times",
                self.loss.cap
            ),
        };
        lines.push(weights);
        lines.push(match self.loss.weight_mean {
            WeightMean::Weights => {
                "a batch's loss is divided by the sum of its weights, as in PyTorch".to_owned()
            }
            WeightMean::Images => "a batch's loss is divided by its number of images, as in Keras".to_owned(),
        });
        lines
    }

    fn optimiser_words(&self) -> Vec<String> {
        let optimiser = &self.optimiser;
        let rule = match optimiser.rule {
            OptimiserRule::Adamw => format!(
                "AdamW with beta1 {}, beta2 {} and epsilon {:e}",
                optimiser.beta1, optimiser.beta2, optimiser.epsilon
            ),
            OptimiserRule::Sgd => {
                let nesterov = if optimiser.nesterov { "Nesterov " } else { "" };
                format!("stochastic gradient descent with {nesterov}momentum {}", optimiser.momentum)
            }
        };
        let mut lines = vec![format!("{rule}; weight decay {}", optimiser.weight_decay)];
        if (optimiser.head_factor - 1.0).abs() > f64::EPSILON {
            lines.push(format!(
                "the last layer's learning rate is {} times the others'",
                optimiser.head_factor
            ));
        }
        if optimiser.clip_gradient_norm > 0.0 {
            lines.push(format!("gradients longer than {} are shortened to it", optimiser.clip_gradient_norm));
        }
        if self.averaging.decay > 0.0 {
            lines.push(format!(
                "the weights are averaged with decay {}; the average is what is validated and saved",
                self.averaging.decay
            ));
        }
        lines
    }

    /// `first` is the number, from 1, of the stage's first epoch.
    fn stage_words(&self, stage: &TrainingStage, first: usize) -> Vec<String> {
        let (size, last) = (stage.image_size, first + stage.epochs - 1);
        let epochs =
            if first == last { format!("epoch {first}") } else { format!("epochs {first} to {last}") };
        let mut lines = vec![
            format!("{epochs} on images of {size} × {size} pixels"),
            format!("learning rate: {}", learning_rate(stage)),
        ];
        if let Ok(network) = self.network() {
            lines.push(trained(&network, stage));
        }
        if stage.train == Train::Head {
            lines.push(match stage.copies {
                0 => "each image's features are computed once, without augmentation, and reused".to_owned(),
                1 => "the features of one varied copy of each image are computed once and reused".to_owned(),
                copies => format!(
                    "the features of {copies} varied copies of each image are computed once and reused"
                ),
            });
        }
        if stage.batch_norm == BatchNorm::Running {
            lines.push("batch normalisation uses its running statistics, which stay unchanged".to_owned());
        }
        lines
    }

    fn length_words(&self, training_images: Option<usize>) -> Vec<String> {
        let (epochs, batch) = (self.epochs(), self.batch_size);
        let most = if self.early_stopping.patience > 0 { "at most " } else { "" };
        let mut lines = vec![match training_images {
            Some(images) => {
                let steps = self.steps_per_epoch(images);
                format!(
                    "{most}{}, each of {} over {} training images in batches of {batch}: {most}{}",
                    plural(epochs, "epoch"),
                    plural(steps, "step"),
                    count(images),
                    plural(steps * epochs, "step"),
                )
            }
            None => format!(
                "{most}{} in batches of {batch}; the number of steps depends on the data set, which is not here yet",
                plural(epochs, "epoch")
            ),
        }];
        if self.early_stopping.patience > 0 {
            let change = match self.early_stopping.min_change {
                change if change > 0.0 => format!(" by at least {change}"),
                _ => String::new(),
            };
            lines.push(format!(
                "a stage ends early when {} has not improved{change} for {}",
                metric(self.metric),
                plural(self.early_stopping.patience, "epoch")
            ));
        }
        lines
    }

    fn validation_words(&self) -> Vec<String> {
        let size = self.image_size();
        let best = if self.metric == Metric::Loss { "lowest" } else { "highest" };
        let mut lines = vec![format!(
            "the epoch with the {best} {} is kept as the best; it must have trained at {size} × {size} pixels",
            metric(self.metric)
        )];
        let views = match self.evaluation.test_time_augmentation {
            Views::None => return lines,
            Views::Flips => "4 views of each image (mirrored left-right, top-bottom, both and neither)",
            Views::Dihedral => "8 views of each image (all mirrors and quarter turns)",
        };
        lines.push(format!("the probabilities of {views} are averaged"));
        lines
    }

    fn computing_words(&self) -> Vec<String> {
        let precision =
            if self.mixed_precision { "on a GPU in half precision where it is safe" } else { "in 32 bits" };
        let order = if self.channels_last { ", channels last in memory" } else { "" };
        let repeat = if self.deterministic {
            "the same seed gives the same weights on a CPU; on a GPU only deterministic algorithms are used"
        } else {
            "a GPU uses its fastest algorithms, so two runs may differ in the last digits"
        };
        vec![format!("{precision}{order}"), repeat.to_owned()]
    }
}

/// What is varied, one kind of change after another.
fn augmentation(augmentation: &Augmentation) -> Vec<String> {
    let Augmentation {
        flip_horizontal,
        flip_vertical,
        quarter_turns,
        rotation,
        shift,
        scale,
        shear,
        brightness,
        contrast,
        saturation,
        hue,
        fill,
    } = *augmentation;
    let mut kinds = Vec::new();
    match (flip_horizontal, flip_vertical) {
        (true, true) => kinds.push("mirrored left-right and top-bottom".to_owned()),
        (true, false) => kinds.push("mirrored left-right".to_owned()),
        (false, true) => kinds.push("mirrored top-bottom".to_owned()),
        (false, false) => {}
    }
    if quarter_turns {
        kinds.push("turned by quarter turns".to_owned());
    }
    let degrees = |reach: f32| format!("{reach}°");
    let share = |reach: f32| percent(f64::from(reach));
    let reaches = [
        ("rotated by up to", rotation, &degrees as &dyn Fn(f32) -> String),
        ("shifted by up to", shift, &share),
        ("scaled by up to", scale, &share),
        ("sheared by up to", shear, &degrees),
        ("brightness changed by up to", brightness, &share),
        ("contrast changed by up to", contrast, &share),
        ("saturation changed by up to", saturation, &share),
        ("hue changed by up to", hue, &degrees),
    ];
    kinds.extend(
        reaches
            .iter()
            .filter(|(_, reach, _)| *reach > 0.0)
            .map(|(words, reach, unit)| format!("{words} {}", unit(*reach))),
    );
    if kinds.is_empty() {
        return vec!["none: every epoch sees the images as they are".to_owned()];
    }
    let mut lines = vec!["at random, anew in every epoch:".to_owned()];
    lines.extend(kinds.into_iter().map(|kind| format!("- {kind}")));
    if rotation > 0.0 || shift > 0.0 || scale > 0.0 || shear > 0.0 {
        lines.push(format!("what moves in from outside the image is {}", filled(fill)));
    }
    lines
}

fn filled(fill: Fill) -> &'static str {
    match fill {
        Fill::Nearest => "the nearest pixel of the edge",
        Fill::Reflect => "the image mirrored at its edge",
        Fill::Wrap => "the image's opposite side",
        Fill::Black => "black",
        Fill::Mean => "ImageNet's mean colour",
    }
}

fn learning_rate(stage: &TrainingStage) -> String {
    let top = stage.learning_rate;
    let start = match stage.warm_up_epochs {
        epochs if epochs <= 0.0 => format!("{top}"),
        epochs if (epochs - 1.0).abs() < f64::EPSILON => format!("rises to {top} over the first epoch"),
        epochs => format!("rises to {top} over the first {epochs} epochs"),
    };
    let end = stage.final_learning_rate;
    match stage.schedule {
        Schedule::Constant => format!("{start}, then constant"),
        Schedule::Cosine => format!("{start}, then falls to {end} along half a cosine"),
        Schedule::Step => {
            format!("{start}, multiplied by {} after every {}", stage.factor, plural(stage.every, "epoch"))
        }
        Schedule::Plateau => format!(
            "{start}, multiplied by {}, down to {end}, when the validation loss has not fallen by {} for more than {}",
            stage.factor,
            percent(stage.min_change),
            plural(stage.patience, "epoch")
        ),
    }
}

/// Which layers learn, and how many of the network's parameters that is.
fn trained(network: &Network, stage: &TrainingStage) -> String {
    let Ok(frozen) = frozen::layers(network, stage) else { return String::new() };
    if frozen.is_empty() {
        return "trains all layers".to_owned();
    }
    let learning: usize = network
        .layers
        .iter()
        .filter(|layer| !frozen.contains(&layer.name))
        .map(architecture::Layer::parameter_count)
        .sum();
    let what = match &stage.train {
        Train::Head => "trains the last layer only".to_owned(),
        Train::Layers(names) => format!("trains {} only", names.join(", ")),
        Train::All => {
            let choices: Vec<String> = stage.frozen.iter().map(chosen).collect();
            format!("freezes {}", choices.join(", "))
        }
    };
    format!("{what}: {} of {} parameters learn", count(learning), count(network.parameter_count()))
}

fn chosen(choice: &LayerChoice) -> String {
    match choice {
        LayerChoice::Name(name) => name.clone(),
        LayerChoice::Range(first, last) if first == last => format!("layer {first}"),
        LayerChoice::Range(first, last) => format!("layers {first} to {last}"),
    }
}

fn metric(metric: Metric) -> &'static str {
    match metric {
        Metric::BalancedAccuracy => "balanced accuracy",
        Metric::Accuracy => "accuracy",
        Metric::Auc => "mean AUC",
        Metric::Loss => "validation loss",
    }
}

fn plural(number: usize, unit: &str) -> String {
    let ending = if number == 1 { "" } else { "s" };
    format!("{} {unit}{ending}", count(number))
}

/// A share as a percentage with at most two decimals.
fn percent(share: f64) -> String {
    format!("{} %", (share * 10_000.0).round() / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The explanation of a recipe with these lines behind what every recipe has.
    fn explained(lines: &str, images: Option<usize>) -> String {
        let (own, tables) = lines.split_at(lines.find('[').unwrap_or(lines.len()));
        let text = format!(
            "name = \"a\"\narchitecture = \"resnet18\"\n{own}[card]\ntitle = \"A trial\"\ntrained_on = \"o\"\nlicence = \"l\"\n\
             [data]\nfolder = \"data/d\"\nsplit = \"data/d/split.csv\"\nmemory_size = 144\n{tables}"
        );
        Recipe::parse(&text).unwrap().explain(images)
    }

    const STAGE: &str = "[[stages]]\nepochs = 10\nimage_size = 64\nlearning_rate = 1e-3\n";

    #[test]
    fn a_recipe_of_defaults_is_explained_in_full() {
        assert_eq!(
            explained(STAGE, Some(4510)),
            "a: A trial\n\
             network         resnet18 with 8 outputs, one for each diagnosis\n\
             \u{20}               11,180,616 parameters; its input is 64 × 64 pixels\n\
             first weights   random, drawn from seed 0\n\
             images          data/d, divided by data/d/split.csv\n\
             \u{20}               training images larger than 144 × 144 pixels are kept in memory at that size\n\
             augmentation    none: every epoch sees the images as they are\n\
             loss            cross-entropy\n\
             optimiser       AdamW with beta1 0.9, beta2 0.999 and epsilon 1e-8; weight decay 0\n\
             stage 1         epochs 1 to 10 on images of 64 × 64 pixels\n\
             \u{20}               learning rate: 0.001, then falls to 0 along half a cosine\n\
             \u{20}               trains all layers\n\
             length          10 epochs, each of 140 steps over 4,510 training images in batches of 32: 1,400 steps\n\
             validation      the epoch with the highest balanced accuracy is kept as the best; it must have trained at \
             64 × 64 pixels\n\
             computing       in 32 bits\n\
             \u{20}               the same seed gives the same weights on a CPU; on a GPU only deterministic algorithms \
             are used\n"
        );
    }

    #[track_caller]
    fn check(lines: &str, expected: &[&str]) {
        let text = explained(lines, None);
        for words in expected {
            assert!(text.contains(words), "{words}\nis not in\n{text}");
        }
    }

    #[test]
    fn every_schedule_is_told_with_its_numbers() {
        let stage = |lines: &str| format!("{STAGE}{lines}");
        check(
            &stage("schedule = \"constant\"\nwarm_up_epochs = 1"),
            &["rises to 0.001 over the first epoch, then constant"],
        );
        check(&stage("warm_up_epochs = 0.5"), &["rises to 0.001 over the first 0.5 epochs, then falls to 0"]);
        check(&stage("schedule = \"step\"\nevery = 1"), &["0.001, multiplied by 0.1 after every 1 epoch\n"]);
        check(
            &stage("schedule = \"plateau\"\nfinal_learning_rate = 1e-5"),
            &[
                "multiplied by 0.1, down to 0.00001, when the validation loss has not fallen by 0.01 % for more than 5 epochs",
            ],
        );
    }

    #[test]
    fn frozen_layers_are_told_with_the_parameters_that_learn() {
        // The head of a ResNet-18: 512 * 8 weights and 8 biases.
        let head = format!("{STAGE}train = \"head\"\ncopies = 4\n");
        check(
            &head,
            &[
                "trains the last layer only: 4,104 of 11,180,616 parameters learn",
                "4 varied copies of each image",
            ],
        );
        check(&format!("{STAGE}train = [\"layer4\", \"fc\"]\n"), &["trains layer4, fc only: "]);
        check(
            &format!("{STAGE}frozen = [\"conv1\", 2, \"3-5\"]\n"),
            &["freezes conv1, layer 2, layers 3 to 5: "],
        );
    }

    #[test]
    fn augmentation_says_each_change_and_what_fills_the_edge() {
        let lines = format!(
            "[augmentation]\nflip_horizontal = true\nflip_vertical = true\nshift = 0.134\nhue = 5\nfill = \"reflect\"\n{STAGE}"
        );
        let expected = [
            "- mirrored left-right and top-bottom\n",
            "- shifted by up to 13.4 %\n",
            "- hue changed by up to 5°\n",
            "what moves in from outside the image is the image mirrored at its edge",
        ];
        check(&lines, &expected);
    }

    #[test]
    fn what_is_done_for_rare_classes_is_told() {
        let recipe = |balance: f64| {
            format!(
                "[sampling]\nbalance = {balance}\n[mixing]\nkind = \"cutmix\"\nalpha = 1\n[loss]\nlogit_adjustment = 1\n{STAGE}"
            )
        };
        let told = [
            "used n^0.5 times as often",
            "a rectangle of another one of its batch (cutmix, alpha 1)",
            "1 times the logarithm",
        ];
        check(&recipe(0.5), &told);
        check(&recipe(1.0), &["every class is used equally often"]);
    }

    #[test]
    fn a_recipe_explains_its_teacher() {
        let lines = format!(
            "[distil]\nteacher = \"runs/teacher\"\nshare = 0.7\ntemperature = 3\nfeatures = 2\n{STAGE}"
        );
        check(
            &lines,
            &["70 % of the loss compares", "network in runs/teacher, at temperature 3", "with weight 2"],
        );
    }

    #[test]
    fn loss_optimiser_and_early_stopping_are_told() {
        let lines = format!(
            "metric = \"auc\"\n[loss]\nkind = \"focal\"\nclass_weights = \"capped\"\ncap = 5\n[optimiser]\nrule = \"sgd\"\n\
             nesterov = true\nhead_factor = 10\nclip_gradient_norm = 1\n[averaging]\ndecay = 0.999\n[early_stopping]\n\
             patience = 3\n[evaluation]\ntest_time_augmentation = \"flips\"\n{STAGE}"
        );
        let expected = [
            "focal, gamma 2",
            "at most 5 times",
            "Nesterov momentum 0.9",
            "the last layer's learning rate is 10 times",
            "gradients longer than 1",
            "averaged with decay 0.999",
            "at most 10 epochs in batches of 32; the number of steps depends on the data set",
            "a stage ends early when mean AUC has not improved for 3 epochs",
            "4 views of each image",
        ];
        check(&lines, &expected);
    }
}
