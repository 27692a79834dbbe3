//! Widgets as data: their names, the question each one answers, and every control of their forms.
//!
//! The preprocessor renders these as a plain HTML form, the WASM binds to that form, the tests drive it:
//! a control's `name` is the form field's name, the attribute an author writes and the key in the page's URL.

mod architecture_explorer;
mod augmentation_lab;
mod classifier;
mod dataset_explorer;
mod domain_shift;
mod evidence;
mod feature_maps;
mod image_source;
mod kernel_lab;
mod layer_chain;
mod lesion_lab;
mod many_images;
mod network;
mod network_comparison;
mod pixel_inspector;
mod shortcut_lab;

pub use architecture_explorer::ARCHITECTURE_EXPLORER;
pub use augmentation_lab::{AUGMENTATION, AUGMENTATION_LAB, AugmentationSetting};
pub use classifier::CLASSIFIER;
pub use dataset_explorer::DATASET_EXPLORER;
pub use domain_shift::DOMAIN_SHIFT;
pub use evidence::EVIDENCE;
pub use feature_maps::FEATURE_MAPS;
pub use image_source::{IMAGE_CONTROLS, SAMPLES, Sample};
pub use kernel_lab::KERNEL_LAB;
pub use layer_chain::LAYER_CHAIN;
pub use lesion_lab::LESION_LAB;
pub use many_images::MANY_IMAGES;
pub use network_comparison::NETWORK_COMPARISON;
pub use pixel_inspector::PIXEL_INSPECTOR;
pub use shortcut_lab::SHORTCUT_LAB;

/// One widget.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Widget {
    /// The name in every layer: the chapter's `<Widget name="…">`, the mounting function, the tests.
    pub name: &'static str,
    /// The name in words.
    pub title: &'static str,
    /// The one question it answers.
    pub question: &'static str,
    /// What it needs in addition to its code.
    pub needs: &'static [WidgetNeed],
    /// Whether it starts with an image of the reader's choice; if so [`IMAGE_CONTROLS`] come first in its form.
    pub takes_image: bool,
    /// Its own controls, in order.
    pub controls: &'static [Control],
    /// Title of the section that unfolds below the picture, such as the arithmetic in full; empty if there is none.
    pub details: &'static str,
}

/// What a widget needs of the built book in addition to its code; the preprocessor writes it into the widget's section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WidgetNeed {
    /// Its models, the Worker that runs them and its engine, all fetched when the reader asks for them.
    Network,
    /// How the trainings of its models vary images.
    Trainings,
    /// The first layers of its models, a small file each.
    FirstLayers,
    /// What the networks answered in their tests, a file each.
    TestAnswers,
    /// The main numbers of these tests.
    TestScores,
}

/// One field or button of a form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Control {
    /// The form field's name, the author's attribute and the key in the URL: lower case, words joined by `-`.
    pub name: &'static str,
    /// The text beside it.
    pub label: &'static str,
    /// One sentence of help; empty if the label is enough.
    pub help: &'static str,
    /// Its kind of value.
    pub kind: ControlKind,
    /// Where the frame shows it.
    pub place: ControlPlace,
}

/// The eight diagnoses as the options of a form.
const DIAGNOSES: &[(&str, &str)] = &[
    ("mel", "melanoma (MEL)"),
    ("nv", "melanocytic nevus (NV)"),
    ("bcc", "basal cell carcinoma (BCC)"),
    ("ak", "actinic keratosis (AK)"),
    ("bkl", "benign keratosis (BKL)"),
    ("df", "dermatofibroma (DF)"),
    ("vasc", "vascular lesion (VASC)"),
    ("scc", "squamous cell carcinoma (SCC)"),
];

/// A button below the picture, such as *Play*.
const fn player(name: &'static str, label: &'static str) -> Control {
    Control { name, label, help: "", kind: ControlKind::Action, place: ControlPlace::Player }
}

/// Where a widget's frame shows a control, close to the picture that it changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ControlPlace {
    /// In the strip at the top, where the image is chosen.
    Strip,
    /// In the bar beside the picture: the few most important ones.
    Bar,
    /// In the row under the picture: buttons that play, step or draw again.
    Player,
    /// In the panel behind "More", in the group of this title.
    More(&'static str),
}

/// The kind of value a control has. The URL and the author's attribute use the value's text form.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ControlKind {
    /// One of several; the default is the first option's value unless stated.
    Choice {
        /// Value and label of each.
        options: &'static [(&'static str, &'static str)],
        /// Value of the initial choice.
        default: &'static str,
    },
    /// One of several, each with a small picture.
    Pictures {
        /// Value and label of each.
        options: &'static [(&'static str, &'static str)],
        /// Value of the initial choice.
        default: &'static str,
    },
    /// A layer of the network that the control `model` names, by torchvision's name; the options come from `architecture`.
    Layer {
        /// Name of the initial choice, a layer of the initial model.
        default: &'static str,
    },
    /// A number with a slider beside it.
    Number {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
        /// Distance between values.
        step: f64,
        /// Initial value.
        default: f64,
        /// Unit, empty for a bare number.
        unit: &'static str,
    },
    /// On or off: `true` or `false`.
    Toggle {
        /// Initial state.
        default: bool,
    },
    /// Several lines of text, such as the coefficients of a kernel.
    Text {
        /// Initial text.
        default: &'static str,
        /// Lines shown.
        rows: u32,
    },
    /// The reader's own file; never part of the URL.
    File {
        /// The `accept` attribute.
        accept: &'static str,
        /// Whether it takes several at once.
        multiple: bool,
    },
    /// A button; never part of the URL.
    Action,
}

/// A value that a control does not accept; the message says which it does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueError(pub String);

impl ControlKind {
    /// The default as text, `None` for files and buttons.
    pub fn default_text(&self) -> Option<String> {
        match self {
            Self::Choice { default, .. }
            | Self::Pictures { default, .. }
            | Self::Text { default, .. }
            | Self::Layer { default } => Some((*default).to_owned()),
            Self::Number { default, .. } => Some(default.to_string()),
            Self::Toggle { default } => Some(default.to_string()),
            Self::File { .. } | Self::Action => None,
        }
    }

    /// Whether `text` is a value of this control.
    ///
    /// # Errors
    /// [`ValueError`] with what is allowed and what was given.
    pub fn check(&self, text: &str) -> Result<(), ValueError> {
        let allowed = match self {
            Self::Choice { options, .. } | Self::Pictures { options, .. } => {
                if options.iter().any(|(value, _)| *value == text) {
                    return Ok(());
                }
                format!("one of {}", options.iter().map(|(value, _)| *value).collect::<Vec<_>>().join(", "))
            }
            // Whether the network has this layer is for the caller to check.
            Self::Layer { .. } => {
                let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_';
                if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
                    return Ok(());
                }
                "the name of a layer, such as layer1.0.conv1".to_owned()
            }
            Self::Number { min, max, step, .. } => {
                if text.trim().parse().is_ok_and(|x| fits(x, *min, *max, *step)) {
                    return Ok(());
                }
                format!("a number from {min} to {max} in steps of {step}")
            }
            Self::Toggle { .. } => {
                if matches!(text, "true" | "false") {
                    return Ok(());
                }
                "true or false".to_owned()
            }
            Self::Text { .. } => return Ok(()),
            Self::File { .. } | Self::Action => {
                return Err(ValueError(
                    "only a reader can use this control; remove it from the chapter".to_owned(),
                ));
            }
        };
        Err(ValueError(format!("\"{text}\" is not allowed; use {allowed}")))
    }
}

/// Whether `x` is in the range and on a step, up to a millionth of a step.
fn fits(x: f64, min: f64, max: f64, step: f64) -> bool {
    let steps = (x - min) / step;
    (min..=max).contains(&x) && (steps - steps.round()).abs() < 1e-6
}

/// Every widget of the book.
pub const WIDGETS: &[Widget] = &[
    DATASET_EXPLORER,
    LESION_LAB,
    PIXEL_INSPECTOR,
    KERNEL_LAB,
    AUGMENTATION_LAB,
    LAYER_CHAIN,
    FEATURE_MAPS,
    CLASSIFIER,
    MANY_IMAGES,
    EVIDENCE,
    ARCHITECTURE_EXPLORER,
    SHORTCUT_LAB,
    DOMAIN_SHIFT,
    NETWORK_COMPARISON,
];

/// The widget of this name.
pub fn widget(name: &str) -> Option<&'static Widget> {
    WIDGETS.iter().find(|w| w.name == name)
}

/// A part of the widgets' WASM module, fetched by itself when a page first needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// What every page starts with: what all widgets share, and the widgets about images.
    Images,
    /// The architecture explorer.
    Architecture,
    /// The layer chain.
    Layer,
    /// The lab on shortcuts.
    Shortcuts,
    /// The widgets about answers that were given in a test.
    Judging,
    /// The widgets that run an exported network.
    Network,
}

impl Widget {
    /// All controls of its form in order, those of the image first if it takes one.
    pub fn all_controls(&self) -> impl Iterator<Item = &'static Control> {
        let image: &'static [Control] = if self.takes_image { IMAGE_CONTROLS } else { &[] };
        image.iter().chain(self.controls)
    }

    /// Whether it needs this.
    pub fn needs(&self, need: WidgetNeed) -> bool {
        self.needs.contains(&need)
    }

    /// The part of the WASM module that mounts it.
    pub fn part(&self) -> Part {
        match self {
            _ if self.needs(WidgetNeed::Network) => Part::Network,
            _ if *self == ARCHITECTURE_EXPLORER => Part::Architecture,
            _ if *self == LAYER_CHAIN => Part::Layer,
            _ if *self == SHORTCUT_LAB => Part::Shortcuts,
            _ if self.needs(WidgetNeed::TestAnswers) => Part::Judging,
            _ => Part::Images,
        }
    }

    /// The groups of the panel behind "More", each a title and its controls, in the order of first mention.
    pub fn groups(&self) -> Vec<(&'static str, Vec<&'static Control>)> {
        let mut groups: Vec<(&str, Vec<&Control>)> = Vec::new();
        for control in self.all_controls() {
            let ControlPlace::More(title) = control.place else { continue };
            match groups.iter_mut().find(|(known, _)| *known == title) {
                Some((_, controls)) => controls.push(control),
                None => groups.push((title, vec![control])),
            }
        }
        groups
    }

    /// The control of this name.
    pub fn control(&self, name: &str) -> Option<&'static Control> {
        self.all_controls().find(|c| c.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_is_a_value_its_control_accepts() {
        for widget in WIDGETS {
            for control in widget.all_controls() {
                let default = control.kind.default_text();
                let verdict = default.map_or(Ok(()), |text| control.kind.check(&text));
                assert_eq!(verdict, Ok(()), "{} {}", widget.name, control.name);
            }
        }
    }

    #[test]
    fn names_are_used_once_in_a_form() {
        for widget in WIDGETS {
            let mut names: Vec<_> = widget.all_controls().map(|c| c.name).collect();
            names.sort_unstable();
            let count = names.len();
            names.dedup();
            assert_eq!(names.len(), count, "{}", widget.name);
        }
    }

    #[test]
    fn every_group_behind_more_has_a_title_and_the_bar_is_never_empty() {
        for widget in WIDGETS {
            assert!(widget.groups().iter().all(|(title, _)| !title.is_empty()), "{}", widget.name);
            assert!(
                widget.all_controls().any(|control| control.place == ControlPlace::Bar),
                "{}",
                widget.name
            );
        }
    }

    #[test]
    fn what_cannot_name_a_layer_is_refused() {
        let kind = ControlKind::Layer { default: "relu" };
        assert_eq!(kind.check("layer4.2.downsample.0"), Ok(()));
        for wrong in ["", "<b>", "relu 1"] {
            assert!(
                kind.check(wrong).is_err_and(|error| error.0.starts_with(&format!("\"{wrong}\" "))),
                "{wrong}"
            );
        }
    }

    #[test]
    fn a_number_off_the_steps_is_refused_with_the_range() {
        let kind = ControlKind::Number { min: 1.0, max: 15.0, step: 2.0, default: 3.0, unit: "pixels" };
        assert_eq!(kind.check("5"), Ok(()));
        let message = "\"4\" is not allowed; use a number from 1 to 15 in steps of 2";
        assert_eq!(kind.check("4"), Err(ValueError(message.to_owned())));
    }
}
