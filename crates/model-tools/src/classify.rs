//! An exported model, natively, on many image files: read ahead on a second thread, answered in their order.

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, bail};
use catalog::model::ModelCard;
use imaging::{Limits, Rgb8, Views};
use indicatif::{ProgressBar, ProgressStyle};
use inference::Classifier;

use runtimes::onnxruntime;

use crate::workspace;

/// Images in one run of the network, and how many such batches are read ahead.
const BATCH: usize = 16;
const AHEAD: usize = 4;

/// What came of one file, in words if nothing: its probabilities or the reason.
pub(crate) type ClassifyOutcome = Result<Vec<f32>, String>;

/// The folder of a model: a path, or a name below `exported-models/`.
///
/// # Errors
/// Lists the models there are.
pub(crate) fn folder(model: &str) -> anyhow::Result<PathBuf> {
    let exported = workspace::root().join("exported-models");
    let candidates = [exported.join(model), PathBuf::from(model)];
    if let Some(folder) = candidates.into_iter().find(|folder| folder.join("model.toml").is_file()) {
        return Ok(folder);
    }
    let known = files::entries(&exported)?.into_iter().filter(|folder| folder.join("model.toml").is_file());
    let names: Vec<_> =
        known.filter_map(|path| Some(path.file_name()?.to_string_lossy().into_owned())).collect();
    let known = if names.is_empty() {
        "none yet, see: cargo xtask export --help".to_owned()
    } else {
        names.join(", ")
    };
    bail!("`{model}` is neither an exported model nor a folder with a model.toml; exported models: {known}")
}

/// The model of a folder, ready to answer; fetches ONNX Runtime where it is missing.
///
/// # Errors
/// A card or file that is missing or does not belong to the other.
pub(crate) fn load(folder: &Path) -> anyhow::Result<Classifier> {
    let path = folder.join("model.toml");
    let card: ModelCard = toml::from_str(&files::read_text(&path)?)
        .with_context(|| format!("not a model card: {}", path.display()))?;
    let onnx = files::read(&folder.join("model.onnx"))?;
    onnxruntime::ready()?;
    Classifier::load(&onnx, &card).with_context(|| format!("cannot use {}", folder.display()))
}

/// The outcome of every file, in their order, with a progress bar; of an animation the first frame is taken, and its
/// path is told.
///
/// # Errors
/// The network itself fails; a file that cannot be read is an outcome.
pub(crate) fn all(classifier: &mut Classifier, paths: &[PathBuf]) -> anyhow::Result<Vec<ClassifyOutcome>> {
    all_seen(classifier, Views::None, paths)
}

/// The same with the probabilities averaged over views of every image.
///
/// # Errors
/// As [`all`].
pub(crate) fn all_seen(
    classifier: &mut Classifier,
    views: Views,
    paths: &[PathBuf],
) -> anyhow::Result<Vec<ClassifyOutcome>> {
    let answer = |images: &[Rgb8]| -> anyhow::Result<Vec<Vec<f32>>> {
        let answers = classifier.classify_batch(images)?;
        Ok(answers.into_iter().map(|answer| answer.probabilities).collect())
    };
    all_by(averaged(answer, views), paths)
}

/// Answers with the mean of the answers to every view of an image.
fn averaged(
    mut answer: impl FnMut(&[Rgb8]) -> anyhow::Result<Vec<Vec<f32>>>,
    views: Views,
) -> impl FnMut(&[Rgb8]) -> anyhow::Result<Vec<Vec<f32>>> {
    move |images| {
        let views = views.views();
        if views.len() == 1 {
            return answer(images);
        }
        let mut sums: Vec<Vec<f64>> = vec![Vec::new(); images.len()];
        for view in views {
            let seen: Vec<Rgb8> = images.iter().map(|image| view.of(image)).collect();
            for (sum, answer) in sums.iter_mut().zip(answer(&seen)?) {
                sum.resize(answer.len(), 0.0);
                sum.iter_mut().zip(answer).for_each(|(sum, p)| *sum += f64::from(p));
            }
        }
        let mean = |sum: f64| (sum / views.len() as f64) as f32;
        Ok(sums.into_iter().map(|sums| sums.into_iter().map(mean).collect()).collect())
    }
}

fn all_by(
    mut answer: impl FnMut(&[Rgb8]) -> anyhow::Result<Vec<Vec<f32>>>,
    paths: &[PathBuf],
) -> anyhow::Result<Vec<ClassifyOutcome>> {
    let bar = progress_bar(paths.len() as u64);
    let mut outcomes = Vec::with_capacity(paths.len());
    std::thread::scope(|scope| {
        let (sender, receiver) = mpsc::sync_channel(AHEAD);
        scope.spawn(move || {
            for batch in paths.chunks(BATCH) {
                let files: Vec<_> = batch.iter().map(|path| read(path)).collect();
                // The receiver is gone when the network has failed; its error is the one to report.
                if sender.send(files).is_err() {
                    return;
                }
            }
        });
        for batch in receiver {
            let count = batch.len() as u64;
            for (path, file) in paths[outcomes.len()..].iter().zip(&batch) {
                if file.as_ref().is_ok_and(|file| file.animated) {
                    bar.suspend(|| {
                        eprintln!("{}: is an animation; its first frame is classified", path.display());
                    });
                }
            }
            let (images, reasons): (Vec<_>, Vec<_>) = batch
                .into_iter()
                .map(|file| match file {
                    Ok(file) => (Some(file.image), None),
                    Err(reason) => (None, Some(reason)),
                })
                .unzip();
            let images: Vec<Rgb8> = images.into_iter().flatten().collect();
            let mut answers = if images.is_empty() { Vec::new() } else { answer(&images)? }.into_iter();
            for reason in reasons {
                outcomes.push(match reason {
                    Some(reason) => Err(reason),
                    None => {
                        Ok(answers.next().context("the network gave fewer answers than it had images")?)
                    }
                });
            }
            bar.inc(count);
        }
        bar.finish_and_clear();
        Ok(outcomes)
    })
}

/// An image file.
pub(crate) struct File {
    /// The picture, or the first frame of several.
    pub(crate) image: Rgb8,
    /// Whether more frames follow.
    pub(crate) animated: bool,
}

/// Reads and decodes an image file.
///
/// # Errors
/// Why it cannot be shown, in words.
pub(crate) fn read(path: &Path) -> Result<File, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let limits = Limits::default();
    let animated = imaging::inspect(&bytes, &limits).map_err(|error| error.to_string())?.animated;
    let image = imaging::decode(&bytes, &limits).map_err(|error| error.to_string())?;
    Ok(File { image, animated })
}

/// A bar over so many images.
pub(crate) fn progress_bar(length: u64) -> ProgressBar {
    let template = "{bar:32} {human_pos}/{human_len} images, {per_sec}, {eta} left";
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(length).with_style(style);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One pixel of this grey.
    fn png(grey: u8) -> Vec<u8> {
        imaging::encode_png(&Rgb8::new(1, 1, vec![grey; 3]).unwrap()).unwrap()
    }

    /// Answers with the grey of the first pixel.
    fn grey(images: &[Rgb8]) -> Vec<Vec<f32>> {
        images.iter().map(|image| vec![f32::from(image.data()[0])]).collect()
    }

    #[test]
    fn answers_come_in_the_order_of_the_files_and_reasons_in_their_place() {
        let folder = tempfile::tempdir().unwrap();
        let paths: Vec<PathBuf> = (0..40_u8).map(|i| folder.path().join(format!("{i}.png"))).collect();
        for (i, path) in paths.iter().enumerate() {
            let bytes = png(i as u8);
            std::fs::write(path, if i % 7 == 3 { &bytes[..20] } else { &bytes }).unwrap();
        }
        let outcomes = all_by(|images| Ok(grey(images)), &paths).unwrap();
        assert_eq!(outcomes.len(), 40);
        for (i, outcome) in outcomes.iter().enumerate() {
            if i % 7 == 3 {
                assert!(outcome.is_err(), "{i}: {outcome:?}");
            } else {
                assert_eq!(outcome, &Ok(vec![i as f32]));
            }
        }
    }

    #[test]
    fn views_of_an_image_are_averaged() {
        // The grey of the first pixel: 10, mirrored 20, upside down 40, both 80.
        let image =
            Rgb8::new(2, 2, [10, 20, 40, 80].into_iter().flat_map(|grey| [grey; 3]).collect()).unwrap();
        let mut seen = averaged(|images| Ok(grey(images)), Views::Flips);
        assert_eq!(seen(std::slice::from_ref(&image)).unwrap(), [[150.0 / 4.0]]);
        let mut alone = averaged(|images| Ok(grey(images)), Views::None);
        assert_eq!(alone(&[image]).unwrap(), [[10.0]]);
    }

    #[test]
    fn a_file_knows_whether_more_frames_follow_its_first() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.gif");
        let header = b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff";
        // One pixel of colour 1: LZW codes clear (4), 1, end (5), three bits each.
        let frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x4c\x01\0";
        for frames in [1, 2] {
            std::fs::write(&path, [&header[..], &frame.repeat(frames), b"\x3b"].concat()).unwrap();
            let file = read(&path).unwrap();
            assert_eq!((file.image.data(), file.animated), (&[255; 3][..], frames == 2));
        }
    }

    #[test]
    fn a_missing_file_is_an_outcome_with_the_systems_reason() {
        let outcomes = all_by(|images| Ok(grey(images)), &[PathBuf::from("/nowhere/at/all.jpg")]).unwrap();
        assert!(outcomes[0].as_ref().is_err_and(|reason| reason.contains("No such file")), "{outcomes:?}");
    }

    #[test]
    fn a_failing_network_ends_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.png");
        std::fs::write(&path, png(1)).unwrap();
        let paths = vec![path; 20 * BATCH];
        let error = all_by(|_| bail!("out of memory"), &paths).unwrap_err();
        assert_eq!(error.to_string(), "out of memory");
    }

    #[test]
    fn an_unknown_model_is_answered_with_the_known_ones() {
        let error = folder("resnet-of-nobody").unwrap_err().to_string();
        assert!(
            error.starts_with("`resnet-of-nobody` is neither") && error.contains("exported models: "),
            "{error}"
        );
    }
}
