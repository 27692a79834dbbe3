//! How the training of an exported model varied its images, read from the recipe that its card names.

use std::fmt::Write;
use std::path::Path;

use catalog::widget::{AUGMENTATION, AugmentationSetting};
use recipe::{Feed, Recipe};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::model;
use crate::site::Site;

/// What the page needs to know about a training.
pub(crate) struct Training {
    feed: Feed,
    /// Whether the file is no longer the one that the model was trained with.
    changed: bool,
}

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
        Ok(Self { feed: recipe.feed(), changed: sha256 != provenance.config_sha256 })
    }

    /// The words that the page's module reads: `seed=2019 stages=10x64,3x128 rotation=20 …`.
    pub(crate) fn words(&self) -> String {
        let Feed { seed, memory_size, stages, .. } = &self.feed;
        let stages: Vec<_> = stages.iter().map(|s| format!("{}x{}", s.epochs, s.image_size)).collect();
        let mut words = format!(
            "seed={seed} memory_size={memory_size} stages={} changed={}",
            stages.join(","),
            self.changed
        );
        for AugmentationSetting { key, .. } in AUGMENTATION {
            let _infallible = write!(words, " {key}={}", plain(&self.setting(key), 1.0));
        }
        words
    }

    /// The initial value of a control of the form, in the control's unit; `None` if the training has no such setting.
    pub(crate) fn control(&self, name: &str) -> Option<String> {
        if name == "variation-seed" {
            return Some(self.feed.seed.to_string());
        }
        let setting = AUGMENTATION.iter().find(|setting| setting.control == name)?;
        Some(plain(&self.setting(setting.key), setting.units))
    }

    /// A value of `[augmentation]`; null for an unknown key.
    fn setting(&self, key: &str) -> Value {
        // Cannot fail: a plain struct with string keys.
        let augmentation = serde_json::to_value(self.feed.augmentation).unwrap_or_default();
        augmentation.get(key).cloned().unwrap_or_default()
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
    Ok(match Training::read(site, model)?.setting(key) {
        Value::Bool(on) => if on { "yes" } else { "no" }.to_owned(),
        value => plain(&value, setting.units) + if setting.units > 1.0 { " %" } else { "" },
    })
}

/// A value as text; numbers times `units`, and then with one decimal at most.
fn plain(value: &Value, units: f64) -> String {
    match (value, value.as_f64()) {
        // As the 32-bit number it is, whose shortest digits are those of the recipe.
        (_, Some(x)) if (units - 1.0).abs() < f64::EPSILON => (x as f32).to_string(),
        (_, Some(x)) => ((x * units * 10.0).round() / 10.0).to_string(),
        (Value::String(text), None) => text.clone(),
        (other, None) => other.to_string(),
    }
}

/// What a page is told about the training of a model: `seed=2019 stages=10x64,3x128 …`.
///
/// # Errors
/// A card or recipe below `root` that cannot be read, with file and line.
pub fn training(root: &Path, model: &str) -> Result<String, String> {
    let site = Site { root: root.to_owned(), src: std::path::PathBuf::new(), manifest: None };
    Ok(Training::read(&site, model)?.words())
}
