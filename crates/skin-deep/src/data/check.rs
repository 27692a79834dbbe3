//! `data check`: everything that is wrong with a data set, by file and line.

use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::bail;
use catalog::Diagnosis;
use catalog::number::count;
use datasets::{Dataset, Error};
use imaging::Limits;
use model_tools::{parallel, progress};

/// Lists everything that is wrong with a data set: rows, images that are missing, empty or unreadable, files that no
/// row lists.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Folder of the data set: ISIC 2019's layout, HAM10000's own, or a folder per class.
    #[arg(long)]
    data: PathBuf,
    /// Only check that the images exist, without opening them.
    #[arg(long)]
    quick: bool,
    /// How many problems to print at most.
    #[arg(long, default_value_t = 50)]
    most: usize,
}

/// Checks it and prints what is in it.
///
/// # Errors
/// Every problem, one per line.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let (dataset, mut problems) = Dataset::inspect(&args.data)?;
    problems.extend(file_problems(&dataset, args.quick)?);
    problems.extend(dataset.torn_lesions());
    verdict(&problems, args.most)?;
    println!("{}", summary(&dataset).join("\n"));
    Ok(())
}

/// What is in a data set.
pub(super) fn summary(dataset: &Dataset) -> Vec<String> {
    let counts = Diagnosis::ALL.map(|diagnosis| {
        let images = dataset.images().iter().filter(|image| image.diagnosis == diagnosis).count();
        format!("{} {}", diagnosis.abbreviation(), count(images))
    });
    let mut lesions: Vec<&str> = dataset.images().iter().map(datasets::Image::lesion).collect();
    lesions.sort_unstable();
    lesions.dedup();
    let mut lines = vec![format!(
        "{}: {}, {} images of {} lesions: {}",
        dataset.folder().display(),
        dataset.layout().name(),
        count(dataset.images().len()),
        count(lesions.len()),
        counts.join(", ")
    )];
    let mut reasons: Vec<&str> = dataset.left_out().iter().map(|left_out| left_out.reason).collect();
    reasons.sort_unstable();
    for group in reasons.chunk_by(|a, b| a == b) {
        lines.push(format!("left out: {} images: {}", count(group.len()), group[0]));
    }
    let torn = dataset.torn_lesions();
    if let Some(first) = torn.first() {
        lines.push(format!(
            "{} images have another diagnosis than the first image of their lesion, which decides in a split, such as {first}",
            count(torn.len())
        ));
    }
    if dataset.layout() == datasets::Layout::Ham10000 {
        lines.push(
            "AK here is HAM10000's akiec, which includes Bowen's disease; ISIC 2019's tables separate the two"
                .to_owned(),
        );
    }
    lines
}

/// What is wrong with the images; unless `quick`, each is decoded.
pub(super) fn file_problems(dataset: &Dataset, quick: bool) -> anyhow::Result<Vec<Error>> {
    let mut problems = dataset.check()?;
    if !quick {
        problems.extend(unreadable(dataset)?);
    }
    Ok(problems)
}

/// Images that are there and cannot be decoded, on all cores.
fn unreadable(dataset: &Dataset) -> anyhow::Result<Vec<Error>> {
    let bar = progress::bar("reading images", dataset.images().len() as u64);
    let found = Mutex::new(Vec::new());
    parallel::each(dataset.images(), &bar, |image| {
        // A missing or empty one is named already.
        let bytes = std::fs::read(dataset.path(&image.name)).unwrap_or_default();
        if !bytes.is_empty()
            && let Err(error) = imaging::decode(&bytes, &Limits::default())
        {
            let size = files::size(bytes.len() as u64);
            let problem = dataset.problem(&image.name, &format!("is not a usable image ({size}): {error}"));
            found.lock().unwrap_or_else(PoisonError::into_inner).push((image.name.clone(), problem));
        }
        Ok(())
    })?;
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found.into_iter().map(|(_, problem)| problem).collect())
}

/// All problems as one error.
pub(super) fn verdict(problems: &[Error], most: usize) -> anyhow::Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    // A cause, such as what the operating system said, is behind its problem.
    let line = |problem: &Error| match std::error::Error::source(problem) {
        Some(cause) => format!("\n{problem}: {cause}"),
        None => format!("\n{problem}"),
    };
    let lines: String = problems.iter().take(most).map(line).collect();
    let more = problems.len().saturating_sub(most);
    let more = if more == 0 { String::new() } else { format!("\nand {more} more; --most lists them") };
    bail!("the data set has {} problems:{lines}{more}", problems.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_listed_up_to_a_number_and_the_rest_counted() {
        let problems: Vec<Error> = ["one", "two", "three"].map(|text| Error::Request(text.to_owned())).into();
        let message = verdict(&problems, 2).unwrap_err().to_string();
        assert!(message.contains("has 3 problems:\none\ntwo\nand 1 more"), "{message}");
        assert!(verdict(&[], 2).is_ok());
    }

    #[test]
    fn a_lesion_with_two_diagnoses_is_mentioned() {
        let image = |name: &str, diagnosis| datasets::Image {
            name: name.to_owned(),
            diagnosis,
            age: None,
            site: None,
            lesion: Some("L".to_owned()),
            sex: None,
        };
        let images = vec![image("a", Diagnosis::Nv), image("b", Diagnosis::Mel)];
        let lines = summary(&Dataset::new(std::path::Path::new("d"), images).unwrap()).join("\n");
        assert!(lines.contains("1 images have another diagnosis") && lines.contains("b.jpg"), "{lines}");
    }

    #[test]
    fn an_unreadable_image_is_named_by_the_row_that_lists_it() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("HAM10000_metadata.csv", "lesion_id,image_id,dx,age,sex,localization\nL,a,nv,,,\n");
        std::fs::create_dir(folder.path().join("HAM10000_images_part_1")).unwrap();
        write("HAM10000_images_part_1/a.jpg", "not a picture");
        let dataset = Dataset::read(folder.path()).unwrap();
        let problems = file_problems(&dataset, false).unwrap();
        let text = problems[0].to_string();
        assert!(problems.len() == 1 && text.contains("HAM10000_metadata.csv:2"), "{text}");
        assert!(text.contains("a.jpg") && text.contains("not a usable image (13 B)"), "{text}");
        assert!(file_problems(&dataset, true).unwrap().is_empty());
    }
}
