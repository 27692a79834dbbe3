//! `split`: a split file with its hash, and what it leaks.

use std::path::PathBuf;

use anyhow::ensure;
use catalog::Diagnosis;
use catalog::number::count;
use datasets::{Dataset, Leaks, Shares, Split, SplitPart, SplitUnit};

/// Splits a data set into training, validation and test.
///
/// Prints the images of each part and diagnosis, which part lacks a diagnosis, and how many lesions are in more than
/// one part. The percentages sum to 100; one of them may be 0.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder of the data set: ISIC 2019's layout, HAM10000's own, or a folder per class.
    #[arg(long)]
    data: PathBuf,
    /// Percent of the lesions (or images) to train on.
    #[arg(long, default_value_t = 65)]
    train: u32,
    /// Percent to choose the best epoch with.
    #[arg(long, default_value_t = 20)]
    validation: u32,
    /// Percent for the final metrics.
    #[arg(long, default_value_t = 15)]
    test: u32,
    /// What stays together. With `image`, images of one lesion end up in both training and test, which flatters the network.
    /// `folder` keeps the parts given by the data set's own folders training, validation and test.
    #[arg(long, value_enum, default_value = "lesion")]
    by: SplitBy,
    /// Seed of the random split.
    #[arg(long)]
    seed: u64,
    /// The split file to write; its SHA-256 is written to FILE.sha256.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum SplitBy {
    Lesion,
    Image,
    Folder,
}

/// Writes the split and prints what went where.
///
/// # Errors
/// A data set that cannot be read or is empty; shares that do not sum to 100.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let shares = Shares::new(args.train, args.validation, args.test)?;
    let dataset = Dataset::read(&args.data)?;
    ensure!(!dataset.images().is_empty(), "there are no images in {}", args.data.display());
    let split = match args.by {
        SplitBy::Lesion => Split::random(&dataset, shares, SplitUnit::Lesion, args.seed),
        SplitBy::Image => Split::random(&dataset, shares, SplitUnit::Image, args.seed),
        SplitBy::Folder => Split::given(&dataset)?,
    };
    split.write(&args.out)?;
    println!("{}", report(&dataset, &split)?.join("\n"));
    println!("{}  {}", split.sha256(), args.out.display());
    Ok(())
}

/// The lines that describe a split.
fn report(dataset: &Dataset, split: &Split) -> anyhow::Result<Vec<String>> {
    let mut lines =
        vec![format!("{:<12}{}", "", Diagnosis::ALL.map(|d| format!("{:>6}", d.abbreviation())).concat())];
    let mut lacking = Vec::new();
    for part in SplitPart::ALL {
        let images = split.images(dataset, part)?;
        let counts = Diagnosis::ALL.map(|d| images.iter().filter(|i| i.diagnosis == d).count());
        let cells = counts.map(|count| format!("{count:>6}")).concat();
        lines.push(format!("{:<12}{cells}  {:>6} images", part.name(), images.len()));
        let none = Diagnosis::ALL.into_iter().filter(|d| counts[d.index()] == 0);
        let none = none.map(Diagnosis::abbreviation).collect::<Vec<_>>().join(", ");
        if !none.is_empty() {
            lacking.push(format!("{} has no image of {none}", part.name()));
        }
    }
    lines.append(&mut lacking);
    for left_out in dataset.left_out().iter().take(3) {
        lines.push(format!("left out: {}: {}", left_out.name, left_out.reason));
    }
    if dataset.left_out().len() > 3 {
        lines.push(format!("left out: {} images in all", count(dataset.left_out().len())));
    }
    if dataset.images().iter().all(|image| image.lesion.is_none()) {
        lines.push(
            "the data set does not say which images show the same lesion: each image counts as a lesion, and leaks cannot be detected"
                .to_owned(),
        );
    } else {
        lines.extend(leak_lines(&split.leaks(dataset)?));
    }
    Ok(lines)
}

/// Rows for lesions in more than one part and test images of lesions seen before.
fn leak_lines(leaks: &Leaks) -> Vec<String> {
    let row = |name: &str, counts: &[usize; 8], note: &str| {
        let cells = counts.map(|count| format!("{count:>6}")).concat();
        format!("{name:<12}{cells}  {:>6} {note}", counts.iter().sum::<usize>())
    };
    if leaks.lesions.iter().sum::<usize>() == 0 {
        return vec!["no lesion is in more than one part".to_owned()];
    }
    let test = leaks.test.iter().sum::<usize>().max(1);
    let percent =
        |counts: &[usize; 8]| format!("{:.1} %", counts.iter().sum::<usize>() as f64 * 100.0 / test as f64);
    vec![
        row("leaks", &leaks.lesions, "lesions in more than one part"),
        row(
            "  trained on",
            &leaks.trained_on,
            &format!("test images of a lesion in training, {}", percent(&leaks.trained_on)),
        ),
        row(
            "  seen",
            &leaks.seen,
            &format!("test images of a lesion in training or validation, {}", percent(&leaks.seen)),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use datasets::Image;

    use super::*;

    /// `lesions` nevi of two images each and one melanoma.
    fn example(lesions: usize) -> Dataset {
        let image = |name: String, lesion: &str, diagnosis| Image {
            name,
            diagnosis,
            age: None,
            site: None,
            lesion: Some(lesion.to_owned()),
            sex: None,
        };
        let mut images: Vec<Image> = (0..lesions)
            .flat_map(|l| (0..2).map(move |view| (format!("{l:03}_{view}"), format!("L{l}"))))
            .map(|(name, lesion)| image(name, &lesion, Diagnosis::Nv))
            .collect();
        images.push(image("mel".to_owned(), "M", Diagnosis::Mel));
        Dataset::new(Path::new("nowhere"), images).unwrap()
    }

    fn check_report(by: SplitUnit, words: &[&str]) {
        let dataset = example(20);
        let split = Split::random(&dataset, Shares::new(65, 20, 15).unwrap(), by, 1);
        let lines = report(&dataset, &split).unwrap().join("\n");
        assert!(words.iter().all(|word| lines.contains(word)), "{lines}");
    }

    #[test]
    fn a_class_with_one_lesion_is_missing_from_two_parts_and_named() {
        // Twenty nevi: 13, 4 and 3 lesions of two images.
        check_report(
            SplitUnit::Lesion,
            &[
                "training         1    26",
                "validation has no image of MEL, BCC",
                "test has no image of MEL, BCC",
                "training has no image of BCC, AK, BKL, DF, VASC, SCC",
                "no lesion is in more than one part",
            ],
        );
    }

    #[test]
    fn a_split_by_image_says_what_leaks() {
        check_report(
            SplitUnit::Image,
            &["lesions in more than one part", "test images of a lesion in training or validation, "],
        );
    }
}
