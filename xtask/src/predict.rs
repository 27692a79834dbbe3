//! `cargo xtask predict`: any folder of images through an exported model.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::ensure;

use crate::predictions::{self, Row};
use crate::{classify, files};

/// Classifies a folder of images with ONNX Runtime.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Name of an exported model, or a folder with its `model.onnx` and `model.toml`.
    #[arg(long)]
    model: String,
    /// Folder with JPEG, PNG, GIF, WebP or BMP images, also in folders below it.
    #[arg(long)]
    images: PathBuf,
    /// The file to write: a row an image, a column a class.
    #[arg(long)]
    out: PathBuf,
}

/// Endings of files that are taken for images.
const ENDINGS: [&str; 7] = ["jpg", "jpeg", "jfif", "png", "gif", "webp", "bmp"];

/// Writes a row for every image that can be read.
///
/// # Errors
/// Names how many images could not be read, after the others are written; a model that cannot be used; a folder
/// without images.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let mut classifier = classify::load(&classify::folder(&args.model)?)?;
    let images = images(&args.images)?;
    let paths: Vec<PathBuf> = images.iter().map(|(_, path)| path.clone()).collect();
    let outcomes = classify::all(&mut classifier, &paths)?;
    let (mut rows, mut failed) = (Vec::new(), 0);
    for ((image, path), outcome) in images.into_iter().zip(outcomes) {
        match outcome {
            Ok(probabilities) => rows.push(Row { image, probabilities }),
            Err(reason) => {
                eprintln!("{}: {reason}", path.display());
                failed += 1;
            }
        }
    }
    files::write(&args.out, predictions::to_csv(&classifier.card().labels, &rows).as_bytes())?;
    println!("{} images classified, {}", rows.len(), args.out.display());
    ensure!(failed == 0, "{failed} of {} images could not be read; the others are written", paths.len());
    Ok(())
}

/// Names and paths of the images below `folder`, in the order of their paths; says which files it leaves out.
///
/// A name is the path without its ending, or with it where two images would share one.
fn images(folder: &Path) -> anyhow::Result<Vec<(String, PathBuf)>> {
    ensure!(folder.is_dir(), "expected a folder of images, found none at {}", folder.display());
    let (images, others): (Vec<_>, Vec<_>) =
        files::below(folder)?.into_iter().partition(|path| is_image(path));
    for path in others {
        eprintln!("{}: left out, its name is not an image's", path.display());
    }
    let endings = ENDINGS.join(", ");
    ensure!(!images.is_empty(), "expected images ({endings}) in {}, found none", folder.display());
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

    #[test]
    fn a_folder_without_images_is_refused() {
        let message = check_images(&["readme.md"]).unwrap_err();
        assert!(message.starts_with("expected images (jpg, jpeg, "), "{message}");
    }
}
