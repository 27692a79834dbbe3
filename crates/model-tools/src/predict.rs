//! Any folder of images through an exported model.

mod journal;
mod model;
mod pipeline;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{bail, ensure};
use catalog::model::ModelInput;
use catalog::number::count;
use evaluation::submission::{PredictionRow, to_csv};

use crate::{classify, interrupt};
use journal::{Journal, JournalAnswers};
use pipeline::{FileOutcome, PipelineEnd, PipelinePace, Prepared};

/// What is classified, and how.
#[derive(Clone, Debug)]
pub struct Prediction {
    /// Name of an exported model, a folder with its `model.onnx` and `model.toml`, or an ONNX file of ours alone.
    pub model: String,
    /// Folder with images, also in folders below it.
    pub images: PathBuf,
    /// The file to write: a row per image, a column per class. Until it is whole, answers are in `FILE.csv.partial`.
    pub out: PathBuf,
    /// Whether to continue with a run that was stopped or killed.
    pub resume: bool,
    /// Threads that decode and threads that compute; as many as there are cores if `None`.
    pub threads: Option<usize>,
    /// Images in one run of the network.
    pub batch: usize,
}

/// Endings of files that are taken for images.
const ENDINGS: [&str; 7] = ["jpg", "jpeg", "jfif", "png", "gif", "webp", "bmp"];

/// Writes a row for every image that can be read.
///
/// # Errors
/// Names how many images could not be read, after the others are written; a model that cannot be used; a folder
/// without images; Ctrl-C, after which it can be resumed.
pub fn run(task: &Prediction) -> anyhow::Result<()> {
    let stop = interrupt::stop();
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = task.threads.unwrap_or(cores);
    let mut classifier = model::load(&task.model, threads)?;
    let images = images(&task.images)?;
    let card = classifier.card().clone();
    let (mut journal, mut answers) =
        Journal::open(&task.out, &card.provenance.onnx_sha256, &task.images, task.resume)?;
    let (names, paths): (Vec<_>, Vec<_>) =
        images.iter().filter(|(name, _)| !answers.contains_key(name)).cloned().unzip();
    if !answers.is_empty() {
        println!("{} images were already classified", count(answers.len()));
    }

    let bar = classify::progress_bar(paths.len() as u64);
    let (mut unreadable, begun) = (Vec::new(), Instant::now());
    let pace = PipelinePace { threads, batch: task.batch };
    let answer = |planes: Vec<f32>, count: usize| {
        let answers = classifier.answer(planes, count)?;
        Ok(answers.into_iter().map(|answer| answer.probabilities).collect())
    };
    let each = |outcomes: &[(usize, FileOutcome)]| {
        for (place, outcome) in outcomes {
            let path = paths[*place].display();
            match outcome {
                Ok(answered) if answered.animated => {
                    bar.suspend(|| eprintln!("{path}: is an animation; its first frame is classified"));
                }
                Ok(_) => {}
                Err(reason) => {
                    bar.suspend(|| eprintln!("{path}: {reason}"));
                    unreadable.push(paths[*place].clone());
                }
            }
        }
        let readable = outcomes.iter().filter_map(|(place, outcome)| {
            Some((names[*place].as_str(), outcome.as_ref().ok()?.probabilities.as_slice()))
        });
        journal.add(readable.clone())?;
        answers.extend(readable.map(|(name, probabilities)| (name.to_owned(), probabilities.to_vec())));
        bar.inc(outcomes.len() as u64);
        Ok(())
    };
    let end = pipeline::run(&paths, pace, stop, |path| prepare(path, &card.input), answer, each)?;
    bar.finish_and_clear();
    if end == PipelineEnd::Stopped {
        bail!(
            "stopped after {} of {} images; to continue, run the same command with --resume",
            count(answers.len() + unreadable.len()),
            count(images.len())
        );
    }
    let seconds = begun.elapsed().as_secs_f64();
    let classified = count(answers.len());
    let rows = rows(&images, answers);
    files::write(&task.out, to_csv(&card.labels, &rows).as_bytes())?;
    journal.remove()?;
    println!(
        "{classified} images classified, {:.1} images/s: {}",
        paths.len() as f64 / seconds.max(1e-9),
        task.out.display()
    );
    report(&unreadable, images.len())
}

/// In the order of the images; those without an answer are left out.
fn rows(images: &[(String, PathBuf)], mut answers: JournalAnswers) -> Vec<PredictionRow> {
    let row = |(name, _): &(String, PathBuf)| {
        let probabilities = answers.remove(name)?;
        Some(PredictionRow { image: name.clone(), probabilities })
    };
    images.iter().filter_map(row).collect()
}

/// Says once more, at the end, what could not be read.
fn report(unreadable: &[PathBuf], all: usize) -> anyhow::Result<()> {
    let named: Vec<String> = unreadable.iter().take(10).map(|path| path.display().to_string()).collect();
    let more = if unreadable.len() > named.len() { ", …" } else { "" };
    ensure!(
        unreadable.is_empty(),
        "{} of {} images could not be read; the others are classified and written. Unreadable: {}{more}",
        count(unreadable.len()),
        count(all),
        named.join(", ")
    );
    Ok(())
}

/// From a file to the network's input.
fn prepare(path: &Path, input: &ModelInput) -> Result<Prepared, String> {
    let file = classify::read(path)?;
    Ok(Prepared { planes: inference::planes(&file.image, input), animated: file.animated })
}

/// Names and paths of the images below `folder`, in the order of their paths; says which files it leaves out.
///
/// A name is the path without its ending, or with it where two images would share one.
fn images(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    ensure!(folder.is_dir(), "{} is not a folder", folder.display());
    let (images, others): (Vec<_>, Vec<_>) =
        files::below(folder)?.into_iter().partition(|path| is_image(path));
    for path in others {
        eprintln!("{}: left out, because its name does not end like an image's", path.display());
    }
    let endings = ENDINGS.join(", ");
    ensure!(!images.is_empty(), "there are no images ({endings}) in {}", folder.display());
    let mut sharing: BTreeMap<String, usize> = BTreeMap::new();
    for path in &images {
        *sharing.entry(name(folder, &path.with_extension(""))).or_default() += 1;
    }
    let named = |path: PathBuf| {
        let short = name(folder, &path.with_extension(""));
        let is_shared = sharing.get(&short).is_some_and(|&count| count > 1);
        (if is_shared { name(folder, &path) } else { short }, path)
    };
    Ok(images.into_iter().map(named).collect())
}

fn is_image(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

/// The path below `folder`, with `/` on every system.
fn name(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    below.iter().map(|part| part.to_string_lossy()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_images(names: &[&str]) -> Result<Vec<String>, String> {
        let folder = tempfile::tempdir().unwrap();
        for name in names {
            files::write(&folder.path().join(name), b"x").unwrap();
        }
        let found = images(folder.path()).map_err(|error| error.to_string())?;
        Ok(found.into_iter().map(|(name, _)| name).collect())
    }

    #[test]
    fn images_are_found_in_folders_below_and_ordered_by_path() {
        let found = check_images(&["b.PNG", "a/2.jpg", "a/1.x.jpeg", "LICENSE.txt", "notes"]);
        assert_eq!(found.unwrap(), ["a/1.x", "a/2", "b"]);
    }

    #[test]
    fn two_images_of_one_name_keep_their_endings() {
        assert_eq!(check_images(&["a.jpg", "a.png", "b.png"]).unwrap(), ["a.jpg", "a.png", "b"]);
    }

    /// `count` small pictures in `folder`, with a broken one at each place of `broken`.
    fn draw(folder: &Path, count: usize, broken: &[usize]) {
        for i in 0..count {
            let image = imaging::Rgb8::new(8, 8, vec![i as u8 * 5; 192]).unwrap();
            let png = imaging::encode_png(&image).unwrap();
            let bytes = if broken.contains(&i) { &png[..30] } else { &png[..] };
            files::write(&folder.join(format!("{i:02}.png")), bytes).unwrap();
        }
    }

    fn check_run(folder: &Path, resume: bool) -> (Option<String>, Vec<String>) {
        let model = folder.join("small.onnx");
        files::write(&model, include_bytes!("../../../tests/golden/onnx_small_fp32.onnx")).unwrap();
        let out = folder.join("out.csv");
        let task = Prediction {
            model: model.to_string_lossy().into_owned(),
            images: folder.join("images"),
            out: out.clone(),
            resume,
            threads: Some(2),
            batch: 4,
        };
        let error = run(&task).err().map(|error| format!("{error:#}"));
        let rows = files::read_text(&out).unwrap_or_default();
        (error, rows.lines().map(str::to_owned).collect())
    }

    #[test]
    fn broken_images_are_named_and_the_others_written_whole() {
        let folder = tempfile::tempdir().unwrap();
        draw(&folder.path().join("images"), 11, &[3, 8]);
        let (error, rows) = check_run(folder.path(), false);
        let error = error.unwrap();
        assert!(error.starts_with("2 of 11 images could not be read; the others are classified"), "{error}");
        assert!(error.contains("03.png") && error.contains("08.png"), "{error}");
        let names: Vec<_> = rows.iter().map(|row| row.split(',').next().unwrap()).collect();
        assert_eq!(names, ["image", "00", "01", "02", "04", "05", "06", "07", "09", "10"]);
        assert_eq!(rows[0], "image,MEL,NV,BCC");
        let sum: f32 = rows[1].split(',').skip(1).map(|p| p.parse::<f32>().unwrap()).sum();
        assert!((sum - 1.0).abs() < 1e-6);
        assert!(!folder.path().join("out.csv.partial").exists());
    }

    #[test]
    fn a_killed_run_goes_on_to_the_same_file() {
        let folder = tempfile::tempdir().unwrap();
        draw(&folder.path().join("images"), 8, &[]);
        let (error, whole) = check_run(folder.path(), false);
        assert_eq!((error, whole.len()), (None, 9));
        // As a run leaves it that was killed after its first batch: answers, and no file.
        let (out, images) = (folder.path().join("out.csv"), folder.path().join("images"));
        std::fs::remove_file(&out).unwrap();
        let sha256 = files::sha256(include_bytes!("../../../tests/golden/onnx_small_fp32.onnx"));
        let (mut journal, _) = Journal::open(&out, &sha256, &images, false).unwrap();
        let first: Vec<(String, Vec<f32>)> = whole[1..5]
            .iter()
            .map(|row| row.split_once(',').unwrap())
            .map(|(name, p)| (name.to_owned(), p.split(',').map(|p| p.parse().unwrap()).collect()))
            .collect();
        journal.add(first.iter().map(|(name, p)| (name.as_str(), p.as_slice()))).unwrap();
        drop(journal);
        let (error, rows) = check_run(folder.path(), false);
        assert!(error.unwrap().contains("holds 4 answers") && rows.is_empty());
        assert_eq!(check_run(folder.path(), true), (None, whole));
    }

    #[test]
    fn a_folder_without_images_is_refused() {
        let message = check_images(&["readme.md"]).unwrap_err();
        assert!(message.starts_with("there are no images (jpg, jpeg, "), "{message}");
    }
}
