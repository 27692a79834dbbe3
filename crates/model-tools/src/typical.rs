//! How far from the training an image may lie before the page says so.

mod made_up;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use catalog::model::ModelCard;
use catalog::number::count;
use catalog::typical::{OtherKind, TYPICAL, Typical};
use datasets::{Dataset, Image, Split, SplitPart};
use imaging::Rgb8;
use inference::native::Options;
use inference::{Classifier, weights};
use nn::typical::{AverageSpread, distance, distance_to_nearest};
use numerics::statistics::percentile;

use runtimes::onnxruntime;

use crate::classify;

/// Images of a part that are looked at, at most; a thousand fix a percentile of 99 well enough.
const MOST: usize = 1000;
/// One typical image in a hundred gets a note.
const PERCENTILE: f64 = 99.0;

/// What is measured.
#[derive(Clone, Debug)]
pub struct Measurement {
    /// A name below `exported-models/`, or a model's folder.
    pub model: String,
    /// Folder of the data set.
    pub data: PathBuf,
    /// The split file that the model was trained with.
    pub split: PathBuf,
    /// Other images, which are measured but never kept. Those that an earlier file of the same model and split holds stay,
    /// unless they are named again.
    pub others: Vec<OtherImages>,
    /// The same for images that have no part in the choice of a measure.
    pub unseen: Vec<OtherImages>,
}

/// A folder of images of some other kind.
#[derive(Clone, Debug)]
pub struct OtherImages {
    /// A short name.
    pub name: String,
    /// What they are, in words.
    pub words: String,
    /// Where they are.
    pub folder: PathBuf,
}

/// Writes `typical.json` to the model's folder.
///
/// # Errors
/// A model, data set, split or image that cannot be read.
pub fn run(task: &Measurement) -> anyhow::Result<()> {
    let folder = classify::folder(&task.model)?;
    let path = folder.join("model.toml");
    let card: ModelCard = toml::from_str(&files::read_text(&path)?)
        .with_context(|| format!("not a model card: {}", path.display()))?;
    let mut network = PooledNetwork::load(&folder, &card)?;
    let dataset = Dataset::read(&task.data)?;
    let split = Split::read(&task.split)?;
    let part = |part| anyhow::Ok(evenly(&split.images(&dataset, part)?));
    let training = network.images(&dataset, &part(SplitPart::Training)?.0)?;
    let validation = network.images(&dataset, &part(SplitPart::Validation)?.0)?;
    let (test, between) = part(SplitPart::Test)?;
    let (test, unseen_test) = (network.images(&dataset, &test)?, network.images(&dataset, &between)?);

    let measures = DistanceMeasures::of(&training);
    let distances: Vec<f64> = validation.iter().map(|one| f64::from(measures.nearest(one))).collect();
    let threshold =
        percentile(&distances, PERCENTILE).context("the validation part of the split is empty")? as f32;

    let mut compare = |kinds: &[made_up::PictureKind],
                       given: &[OtherImages],
                       test: &[PooledImage],
                       before: Vec<OtherKind>| {
        let mut others = Vec::new();
        for kind in kinds {
            let images = kind.images();
            let images =
                images.iter().map(|image| network.look(image, None)).collect::<Result<Vec<_>, _>>()?;
            others.push(measures.compare(kind.name, kind.what, &images, test, threshold)?);
        }
        for OtherImages { name, words, folder } in given {
            let images = network.folder(folder)?;
            others.push(measures.compare(name, words, &images, test, threshold)?);
        }
        let (_again, kept): (Vec<_>, Vec<_>) =
            before.into_iter().partition(|old| others.iter().any(|new| new.name == old.name));
        others.extend(kept);
        anyhow::Ok(others)
    };
    let (others, unseen) = before(&folder, &card, split.sha256())?;
    let others = compare(&made_up::KINDS, &task.others, &test, others)?;
    let unseen = compare(&made_up::UNSEEN, &task.unseen, &unseen_test, unseen)?;
    let rounded = |numbers: &[f32]| numbers.iter().map(|x| (x * 1e4).round() / 1e4).collect();
    let typical = Typical {
        command: command(&card.name, &others, &unseen),
        model: card.name.clone(),
        model_sha256: card.provenance.onnx_sha256.clone(),
        split_sha256: split.sha256().to_owned(),
        images: training.len(),
        classes: measures.classes.iter().map(|mean| rounded(mean)).collect(),
        deviation: rounded(&measures.within),
        percentile: PERCENTILE,
        validation_images: validation.len(),
        threshold,
        test_noted: measures.noted(&test, threshold),
        test_images: test.len(),
        others,
        unseen_test_images: unseen_test.len(),
        unseen,
    };
    for OtherKind { name, images, auc_distance, auc_nearest, auc_unsure, noted, .. } in
        typical.others.iter().chain(&typical.unseen)
    {
        println!(
            "{name}: {} images, AUC {auc_distance:.3} by distance from all, {auc_nearest:.3} from the nearest class, \
             {auc_unsure:.3} by largest probability; {:.1} % noted",
            count(*images),
            noted * 100.0
        );
    }
    println!("threshold {threshold:.3}; of the test images {:.1} % noted", typical.test_noted * 100.0);
    let target = folder.join(TYPICAL);
    files::write(&target, (serde_json::to_string(&typical).context(TYPICAL)? + "\n").as_bytes())?;
    println!("{}", target.display());
    Ok(())
}

/// At most [`MOST`] images, evenly over the list, and those between them.
fn evenly<'a>(images: &[&'a Image]) -> (Vec<&'a Image>, Vec<&'a Image>) {
    let count = images.len().min(MOST);
    let chosen: Vec<usize> = (0..count).map(|i| i * images.len() / count).collect();
    let (chosen, between): (Vec<_>, Vec<_>) =
        images.iter().copied().enumerate().partition(|(index, _)| chosen.binary_search(index).is_ok());
    let images = |list: Vec<(usize, &'a Image)>| list.into_iter().map(|(_, image)| image).collect();
    (images(chosen), images(between))
}

/// What an earlier file of the same model and split holds of images in folders that need not be here now.
fn before(
    folder: &Path,
    card: &ModelCard,
    split_sha256: &str,
) -> anyhow::Result<(Vec<OtherKind>, Vec<OtherKind>)> {
    let path = folder.join(TYPICAL);
    if !path.exists() || problem(folder, card)?.is_some() {
        return Ok(Default::default());
    }
    let typical: Typical = serde_json::from_str(&files::read_text(&path)?)?;
    let same = typical.split_sha256 == split_sha256;
    Ok(if same { (typical.others, typical.unseen) } else { Default::default() })
}

/// The command that measures all of it again.
fn command(model: &str, others: &[OtherKind], unseen: &[OtherKind]) -> String {
    let mut command = format!("cargo xtask typical {model} --data D --split FILE");
    for (option, kinds) in [("others", others), ("unseen", unseen)] {
        let made_up = |other: &OtherKind| {
            made_up::KINDS.iter().chain(&made_up::UNSEEN).any(|kind| kind.name == other.name)
        };
        for OtherKind { name, what, .. } in kinds.iter().filter(|other| !made_up(other)) {
            let _infallible = write!(command, " --{option} {name} \"{what}\" FOLDER");
        }
    }
    command
}

/// Why the file in a model's folder is not the model's; `None` if it is, or there is none.
///
/// # Errors
/// A file that is no such thing.
pub(crate) fn problem(folder: &Path, card: &ModelCard) -> anyhow::Result<Option<String>> {
    let path = folder.join(TYPICAL);
    if !path.exists() {
        return Ok(None);
    }
    let typical: Typical = serde_json::from_str(&files::read_text(&path)?)
        .with_context(|| format!("cannot read {}", path.display()))?;
    Ok(typical.stale(&card.provenance.onnx_sha256).map(|words| {
        format!("{}: {words}; run: cargo xtask typical {} --data D --split FILE", path.display(), card.name)
    }))
}

/// What the network holds of an image.
struct PooledImage {
    pooled: Vec<f32>,
    largest: f32,
    /// The class it is of, where that is known.
    class: Option<usize>,
}

struct PooledNetwork {
    classifier: Classifier,
}

impl PooledNetwork {
    fn load(folder: &Path, card: &ModelCard) -> anyhow::Result<Self> {
        let onnx = files::read(&folder.join("model.onnx"))?;
        let head = weights::head(&onnx).context("the network does not end in a linear layer")?;
        let layer = head.maps.context("the linear layer does not follow averages of feature maps")?;
        onnxruntime::ready()?;
        let options = Options { layers: &[&layer], ..Options::default() };
        Ok(Self { classifier: Classifier::load_with(&onnx, card, &options)? })
    }

    fn look(&mut self, image: &Rgb8, class: Option<usize>) -> anyhow::Result<PooledImage> {
        let (answer, outputs) = self.classifier.look(image)?;
        let output = outputs.first().context("ONNX Runtime returned no feature maps")?;
        let &[channels, height, width] = output.shape.as_slice() else {
            anyhow::bail!("layer {} must give maps [C, H, W], but gives {:?}", output.layer, output.shape);
        };
        let maps = nn::Tensor::new([channels, height, width], output.values.clone())?;
        let largest = answer.probabilities.iter().copied().fold(0.0, f32::max);
        Ok(PooledImage { pooled: nn::head::global_average(&maps), largest, class })
    }

    /// All of these.
    fn images(&mut self, dataset: &Dataset, images: &[&Image]) -> anyhow::Result<Vec<PooledImage>> {
        let bar = classify::progress_bar(images.len() as u64);
        let mut seen = Vec::with_capacity(images.len());
        for image in images {
            let path = dataset.path(&image.name);
            let file =
                classify::read(&path).map_err(|reason| anyhow::anyhow!("{}: {reason}", path.display()))?;
            seen.push(self.look(&file.image, Some(image.diagnosis as usize))?);
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(seen)
    }

    /// The pictures of a folder, in the order of their names, at most [`MOST`].
    fn folder(&mut self, folder: &Path) -> anyhow::Result<Vec<PooledImage>> {
        let mut seen = Vec::new();
        for path in files::entries(folder)?.into_iter().filter(|path| path.is_file()).take(MOST) {
            let file =
                classify::read(&path).map_err(|reason| anyhow::anyhow!("{}: {reason}", path.display()))?;
            seen.push(self.look(&file.image, None)?);
        }
        ensure!(!seen.is_empty(), "there are no images in {}", folder.display());
        Ok(seen)
    }
}

/// The measures that are compared, as the training images fix them.
struct DistanceMeasures {
    spread: AverageSpread,
    /// Means of the classes.
    classes: Vec<Vec<f32>>,
    /// Deviations within the classes.
    within: Vec<f32>,
}

impl DistanceMeasures {
    fn of(training: &[PooledImage]) -> Self {
        let pooled: Vec<Vec<f32>> = training.iter().map(|one| one.pooled.clone()).collect();
        let spread = AverageSpread::of(&pooled);
        let count = training.iter().filter_map(|one| one.class).max().map_or(0, |class| class + 1);
        let mut classes = Vec::new();
        let mut centred = Vec::new();
        for class in 0..count {
            let own: Vec<Vec<f32>> = training
                .iter()
                .filter(|one| one.class == Some(class))
                .map(|one| one.pooled.clone())
                .collect();
            if own.is_empty() {
                continue;
            }
            let mean = AverageSpread::of(&own).mean;
            centred.extend(
                own.iter().map(|one| one.iter().zip(&mean).map(|(x, mean)| x - mean).collect::<Vec<f32>>()),
            );
            classes.push(mean);
        }
        Self { spread, classes, within: AverageSpread::of(&centred).deviation }
    }

    fn distance(&self, seen: &PooledImage) -> f32 {
        distance(&seen.pooled, &self.spread).unwrap_or(0.0)
    }

    fn nearest(&self, seen: &PooledImage) -> f32 {
        distance_to_nearest(&seen.pooled, &self.classes, &self.within).unwrap_or(0.0)
    }

    /// The share whose distance to the nearest class is above the threshold.
    fn noted(&self, images: &[PooledImage], threshold: f32) -> f64 {
        images.iter().filter(|one| self.nearest(one) > threshold).count() as f64 / images.len().max(1) as f64
    }

    /// How well each measure tells `images` from the test images.
    fn compare(
        &self,
        name: &str,
        what: &str,
        images: &[PooledImage],
        test: &[PooledImage],
        threshold: f32,
    ) -> anyhow::Result<OtherKind> {
        let is_other: Vec<bool> = test.iter().map(|_| false).chain(images.iter().map(|_| true)).collect();
        let auc = |measure: &dyn Fn(&PooledImage) -> f32| {
            let scores: Vec<f32> = test.iter().chain(images).map(measure).collect();
            evaluation::auc(&scores, &is_other)
                .with_context(|| format!("{name}: there are no images to compare"))
        };
        Ok(OtherKind {
            name: name.to_owned(),
            what: what.to_owned(),
            images: images.len(),
            auc_distance: auc(&|one| self.distance(one))?,
            auc_nearest: auc(&|one| self.nearest(one))?,
            auc_unsure: auc(&|one| 1.0 - one.largest)?,
            noted: self.noted(images, threshold),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(pooled: [f32; 2], largest: f32, class: usize) -> PooledImage {
        PooledImage { pooled: pooled.into(), largest, class: Some(class) }
    }

    #[test]
    fn a_file_of_another_model_is_named() {
        let exported = crate::workspace::root().join("exported-models/synthetic-resnet18-eight");
        let mut card: ModelCard =
            toml::from_str(&files::read_text(&exported.join("model.toml")).unwrap()).unwrap();
        assert_eq!(problem(&exported, &card).unwrap(), None);
        card.provenance.onnx_sha256 = "ab".to_owned();
        let words = problem(&exported, &card).unwrap().unwrap();
        assert!(words.contains("the present one (ab)") && words.contains("cargo xtask typical"), "{words}");
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(problem(folder.path(), &card).unwrap(), None);
    }

    #[test]
    fn what_was_measured_before_stays_for_the_same_split_and_stands_in_the_command() {
        let exported = crate::workspace::root().join("exported-models/synthetic-resnet18-eight");
        let card: ModelCard =
            toml::from_str(&files::read_text(&exported.join("model.toml")).unwrap()).unwrap();
        let typical: Typical =
            serde_json::from_str(&files::read_text(&exported.join(TYPICAL)).unwrap()).unwrap();
        let (others, unseen) = before(&exported, &card, &typical.split_sha256).unwrap();
        assert_eq!((&others, &unseen), (&typical.others, &typical.unseen));
        let words = command(&card.name, &others, &unseen);
        assert!(
            words.contains(" --others photographs \"") && words.contains(" --unseen real-lesions \""),
            "{words}"
        );
        assert!(!words.contains("stripes") && !words.contains("rings"), "{words}");
        assert_eq!(before(&exported, &card, "ab").unwrap(), Default::default());
    }

    #[test]
    fn each_measure_is_compared_by_its_own_order() {
        let training = [[0.0, 0.0], [2.0, 2.0], [10.0, 0.0], [12.0, 2.0]]
            .map(|at| seen(at, 0.9, usize::from(at[0] > 5.0)));
        let measures = DistanceMeasures::of(&training);
        assert_eq!((measures.classes.len(), &measures.within), (2, &vec![1.0, 1.0]));
        // Between the classes: near the mean of all, far from either class, and the network is unsure.
        let other = [seen([6.0, 1.0], 0.5, 0)];
        let test = [seen([0.0, 1.0], 0.8, 0), seen([12.0, 1.0], 0.7, 1)];
        let found = measures.compare("a", "b", &other, &test, 0.8).unwrap();
        assert_eq!((found.auc_distance, found.auc_nearest, found.auc_unsure), (0.0, 1.0, 1.0));
        // To the nearest class: z of 5 and 0, so the root of 12.5; the test images lie 1 / √2 away.
        assert_eq!((found.noted, measures.noted(&test, 0.8)), (1.0, 0.0));
        assert!(measures.compare("a", "b", &[], &test, 0.5).is_err());
    }
}
