//! `data adopt`: a copy of a data set that is on this machine already, in ISIC 2019's layout.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use datasets::{Dataset, isic};
use model_tools::{parallel, progress};

use super::check;

/// Takes over a data set that is on this machine: checks every row and image, then links or copies, whole or not at
/// all.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Folder of the copy: ISIC 2019's layout, HAM10000's own, or a folder per class.
    #[arg(long)]
    from: PathBuf,
    /// New folder for the data set, in ISIC 2019's layout.
    #[arg(long)]
    out: PathBuf,
    /// Copy the images. Otherwise they are linked where the file system can, and take no further space.
    #[arg(long)]
    copy: bool,
}

/// Adopts it.
///
/// # Errors
/// Every problem of the copy; a folder that holds something else already, or cannot be written.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    adopt(&args.from, &args.out, args.copy)?;
    Ok(())
}

/// Checks the data set in `from` and puts it into `out`, which appears when it is whole.
pub(super) fn adopt(from: &Path, out: &Path, copy: bool) -> anyhow::Result<Dataset> {
    let (source, mut problems) = Dataset::inspect(from)?;
    problems.extend(check::file_problems(&source, false)?);
    check::verdict(&problems, 50)?;
    ensure!(!source.images().is_empty(), "there are no images in {}", from.display());
    if out.join("ISIC_2019_Training_GroundTruth.csv").exists() {
        let there = Dataset::read(out)?;
        ensure!(
            there.images() == source.images() && there.check()?.is_empty(),
            "{} already holds another data set; choose a new folder for --out",
            out.display()
        );
        println!("{} is already there", out.display());
        return Ok(there);
    }
    ensure!(
        files::entries(out)?.is_empty(),
        "{} already holds other files; choose a new folder for --out",
        out.display()
    );
    let beside = out.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = || format!("cannot write {}", out.display());
    std::fs::create_dir_all(beside).with_context(failed)?;
    // On the same file system as its place, so that the last step is one rename; gone again if anything fails.
    let staging = tempfile::Builder::new().prefix(".adopting-").tempdir_in(beside).with_context(failed)?;
    let folder = staging.path().join("whole");
    place_images(&source, &folder, copy)?;
    Dataset::new(&folder, source.images().to_vec())?.write()?;
    if out.exists() {
        std::fs::remove_dir(out).with_context(failed)?;
    }
    std::fs::rename(&folder, out).with_context(failed)?;
    let dataset = Dataset::read(out)?;
    // What AK means depends on where it came from.
    println!("{}", check::summary(&source).join("\n"));
    println!("adopted as {}", out.display());
    Ok(dataset)
}

fn place_images(source: &Dataset, folder: &Path, copy: bool) -> anyhow::Result<()> {
    let input = isic::image_path(folder, "any");
    let input = input.parent().context("an image lies in a folder")?;
    std::fs::create_dir_all(input).with_context(|| format!("cannot make {}", input.display()))?;
    let bar = progress::bar("placing images", source.images().len() as u64);
    parallel::each(source.images(), &bar, |image| {
        let (from, to) = (source.path(&image.name), isic::image_path(folder, &image.name));
        let ending = from.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        if ending != "jpg" && ending != "jpeg" {
            bail!(
                "{} is not a JPEG, as ISIC 2019's layout needs; split and train can read a folder per class without this \
                 step",
                from.display()
            );
        }
        if !copy && std::fs::hard_link(&from, &to).is_ok() {
            return Ok(());
        }
        std::fs::copy(&from, &to).map(drop).with_context(|| format!("cannot copy {} here", from.display()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two small JPEGs in HAM10000's own layout.
    fn example() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let picture = imaging::Rgb8::new(2, 2, vec![120; 12]).unwrap();
        let table =
            "lesion_id,image_id,dx,age,sex,localization\nL1,a,nv,30,male,back\nL1,b,nv,30,male,back\n";
        files::write(&folder.path().join("HAM10000_metadata.csv"), table.as_bytes()).unwrap();
        for name in ["HAM10000_images_part_1/a.jpg", "HAM10000_images_part_2/b.jpg"] {
            let jpeg = imaging::encode_jpeg(&picture, 90).unwrap();
            files::write(&folder.path().join(name), &jpeg).unwrap();
        }
        folder
    }

    #[test]
    fn a_copy_in_another_layout_is_adopted_and_a_second_time_is_there_already() {
        let (from, to) = (example(), tempfile::tempdir().unwrap());
        for copy in [false, true] {
            let out = to.path().join(format!("new/{copy}"));
            let dataset = adopt(from.path(), &out, copy).unwrap();
            assert_eq!(dataset.images(), Dataset::read(from.path()).unwrap().images());
            assert!(dataset.check().unwrap().is_empty());
            assert_eq!(adopt(from.path(), &out, copy).unwrap(), dataset);
        }
        // Nothing else is left beside it.
        assert_eq!(files::entries(&to.path().join("new")).unwrap().len(), 2);
    }

    #[test]
    fn a_copy_with_problems_leaves_nothing_behind() {
        let (from, to) = (example(), tempfile::tempdir().unwrap());
        std::fs::write(from.path().join("HAM10000_images_part_2/b.jpg"), b"").unwrap();
        let message = adopt(from.path(), &to.path().join("new"), false).unwrap_err().to_string();
        assert!(message.contains("HAM10000_metadata.csv:3") && message.contains("empty"), "{message}");
        assert!(files::entries(to.path()).unwrap().is_empty());
    }

    #[test]
    fn a_folder_with_something_else_in_it_is_left_alone() {
        let (from, to) = (example(), tempfile::tempdir().unwrap());
        std::fs::write(to.path().join("letter.txt"), b"dear").unwrap();
        let message = adopt(from.path(), to.path(), false).unwrap_err().to_string();
        assert!(message.contains("holds other files"), "{message}");
    }
}
