//! What the training of an exported model did to its images, read from the configuration that its card names.

use std::fmt::Write;
use std::path::Path;

use catalog::widget::{AUGMENTATION, AugmentationSetting};
use imaging::Augmentation;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use toml::{Table, Value};

use crate::model;
use crate::site::Site;

/// What the page needs of a training's configuration.
pub(crate) struct Training {
    config: Config,
    /// `[augmentation]` as it stands in the file.
    augmentation: Table,
    /// Whether the file is no longer the one that the model was trained with.
    changed: bool,
}

/// The part of a configuration that says what is fed; `training::Config` checks the rest.
#[derive(Deserialize)]
struct Config {
    seed: u64,
    data: Data,
    stages: Vec<Stage>,
    /// Only read, so that what it refuses is refused here as well.
    #[serde(rename = "augmentation")]
    _augmentation: Augmentation,
}

#[derive(Deserialize)]
struct Data {
    memory_size: u32,
}

#[derive(Deserialize)]
struct Stage {
    epochs: u32,
    image_size: u32,
}

impl Training {
    /// Reads the configuration that `exported-models/MODEL/model.toml` names.
    ///
    /// # Errors
    /// A card or configuration that cannot be read, by file and line.
    pub(crate) fn read(site: &Site, model: &str) -> Result<Self, String> {
        let provenance = model::read_card(site, model)?.provenance;
        let path = Path::new(&provenance.config);
        let text =
            site.read(path, &format!("the card of {model} names it as its training's configuration"))?;
        let wrong = |error: &toml::de::Error| {
            let before = error.span().map_or(0, |span| span.start).min(text.len());
            let line = text[..before].matches('\n').count() + 1;
            format!("{}:{line}: {}", path.display(), error.message().replace('\n', ", "))
        };
        let config: Config = toml::from_str(&text).map_err(|error| wrong(&error))?;
        let mut table: Table = toml::from_str(&text).map_err(|error| wrong(&error))?;
        let Some(Value::Table(augmentation)) = table.remove("augmentation") else {
            return Err(format!("{} has no [augmentation]", path.display()));
        };
        let digest = Sha256::digest(text.as_bytes());
        let sha256 = digest.iter().fold(String::new(), |mut hex, byte| {
            let _infallible = write!(hex, "{byte:02x}");
            hex
        });
        Ok(Self { config, augmentation, changed: sha256 != provenance.config_sha256 })
    }

    /// The words that the page's module reads: `seed=2019 stages=10x64,3x128 rotation=20 …`.
    pub(crate) fn words(&self) -> String {
        let Config { seed, data, stages, .. } = &self.config;
        let stages: Vec<_> = stages.iter().map(|s| format!("{}x{}", s.epochs, s.image_size)).collect();
        let mut words = format!(
            "seed={seed} memory_size={} stages={} changed={}",
            data.memory_size,
            stages.join(","),
            self.changed
        );
        for AugmentationSetting { key, .. } in AUGMENTATION {
            // What the file leaves out is not done; the page's module begins with that.
            if let Some(value) = self.augmentation.get(key) {
                let _infallible = write!(words, " {key}={}", plain(value, 1.0));
            }
        }
        words
    }

    /// What a control of the form begins with, in its units; `None` for one that a training does not set.
    pub(crate) fn control(&self, name: &str) -> Option<String> {
        if name == "variation-seed" {
            return Some(self.config.seed.to_string());
        }
        let setting = AUGMENTATION.iter().find(|setting| setting.control == name)?;
        self.augmentation.get(setting.key).map(|value| plain(value, setting.units))
    }
}

/// `{{#training MODEL KEY}}`: a value of `[augmentation]`, such as `20`, `5 %`, `yes` or `reflect`.
///
/// # Errors
/// A missing model, configuration or key; the message lists the keys there are.
pub(crate) fn value(site: &Site, arguments: &str) -> Result<String, String> {
    let (model, key) = model::split("training", arguments)?;
    let keys = || AUGMENTATION.iter().map(|setting| setting.key).collect::<Vec<_>>().join(", ");
    let setting = AUGMENTATION
        .iter()
        .find(|setting| setting.key == key)
        .ok_or_else(|| format!("a training has no {key}; known: {}", keys()))?;
    let training = Training::read(site, model)?;
    Ok(match (training.augmentation.get(key), key) {
        (Some(Value::Boolean(on)), _) => if *on { "yes" } else { "no" }.to_owned(),
        (Some(value), _) => plain(value, setting.units) + if setting.units > 1.0 { " %" } else { "" },
        (None, "fill") => imaging::Fill::default().name().to_owned(),
        (None, _) => "0".to_owned(),
    })
}

/// A value in writing; numbers times `units`, and then with one decimal at most.
fn plain(value: &Value, units: f64) -> String {
    let scaled =
        |x: f64| if (units - 1.0).abs() < f64::EPSILON { x } else { (x * units * 10.0).round() / 10.0 };
    match value {
        Value::Float(x) => scaled(*x).to_string(),
        Value::Integer(x) => scaled(*x as f64).to_string(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// What a page says about the training of a model: `seed=2019 stages=10x64,3x128 …`.
///
/// # Errors
/// A card or configuration below `root` that cannot be read, by file and line.
pub fn training(root: &Path, model: &str) -> Result<String, String> {
    let site = Site { root: root.to_owned(), src: std::path::PathBuf::new(), manifest: None };
    Ok(Training::read(&site, model)?.words())
}
