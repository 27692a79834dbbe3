//! How the training of an exported model varied its images, read from the recipe that its card names.

use std::fmt::Write;
use std::path::Path;

use catalog::widget::AUGMENTATION;
use recipe::{ModelTraining, Recipe, setting};
use sha2::{Digest, Sha256};

use crate::model;
use crate::site::Site;

/// The training of an exported model.
pub(crate) struct Training(ModelTraining);

impl Training {
    /// Reads the recipe that `exported-models/MODEL/model.toml` names.
    ///
    /// # Errors
    /// A card or recipe that cannot be read, with file and line.
    pub(crate) fn read(site: &Site, model: &str) -> Result<Self, String> {
        let provenance = model::read_card(site, model)?.provenance;
        let path = Path::new(&provenance.config);
        let text = site.read(path, &format!("the card of {model} names it as the recipe of its training"))?;
        let recipe = Recipe::parse(&text).map_err(|error| error.in_file(path).to_string())?;
        let digest = Sha256::digest(text.as_bytes());
        let sha256 = digest.iter().fold(String::new(), |mut hex, byte| {
            let _infallible = write!(hex, "{byte:02x}");
            hex
        });
        let changed = sha256 != provenance.config_sha256;
        Ok(Self(ModelTraining { model: model.to_owned(), changed, feed: recipe.feed() }))
    }

    /// What the page is told.
    pub(crate) fn told(&self) -> &ModelTraining {
        &self.0
    }

    /// The initial value of a control of the form, in the control's unit; `None` if the training has no such setting.
    pub(crate) fn control(&self, name: &str) -> Option<String> {
        let feed = &self.0.feed;
        if name == "variation-seed" {
            return Some(feed.seed.to_string());
        }
        let setting = AUGMENTATION.iter().find(|setting| setting.control == name)?;
        Some(setting::shown(&feed.augmentation, setting))
    }
}

/// `{{#training MODEL KEY}}`: a value of `[augmentation]`, such as `20`, `5 %`, `yes` or `reflect`.
///
/// # Errors
/// A missing model, recipe or key; the message lists the keys there are.
pub(crate) fn value(site: &Site, arguments: &str) -> Result<String, String> {
    let (model, key) = model::split("training", arguments)?;
    let keys = || AUGMENTATION.iter().map(|setting| setting.key).collect::<Vec<_>>().join(", ");
    let setting = AUGMENTATION
        .iter()
        .find(|setting| setting.key == key)
        .ok_or_else(|| format!("[augmentation] has no key {key}; it has {}", keys()))?;
    let training = Training::read(site, model)?;
    Ok(match setting::shown(&training.0.feed.augmentation, setting).as_str() {
        "true" => "yes".to_owned(),
        "false" => "no".to_owned(),
        value if setting.units > 1.0 => format!("{value} %"),
        value => value.to_owned(),
    })
}

/// What a page is told about the training of a model.
///
/// # Errors
/// A card or recipe below `root` that cannot be read, with file and line.
pub fn training(root: &Path, model: &str) -> Result<ModelTraining, String> {
    let site = Site { root: root.to_owned(), src: std::path::PathBuf::new(), manifest: None };
    Ok(Training::read(&site, model)?.0)
}
