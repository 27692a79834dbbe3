//! `data census`: how many lesions of each diagnosis have one image, two, three …, for the book's figures.
//!
//! No name of an image or a lesion is in it, so it may be published where the tables may not.

use std::fmt::Write as _;
use std::path::PathBuf;

use catalog::Diagnosis;
use datasets::{Census, Dataset};

/// Counts lesions by diagnosis and number of images, into a small file for the book.
#[derive(clap::Args)]
pub(super) struct Args {
    /// Folder of the data set.
    #[arg(long)]
    data: PathBuf,
    /// Its name on the page.
    #[arg(long)]
    title: String,
    /// Where it comes from: an address, or the command that made it.
    #[arg(long)]
    source: String,
    /// Its licence, such as `CC BY-NC 4.0`.
    #[arg(long)]
    licence: String,
    /// The file, TOML.
    #[arg(long)]
    out: PathBuf,
}

/// Writes the file and prints the counts.
///
/// # Errors
/// A data set that cannot be read; a file that cannot be written.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let dataset = Dataset::read(&args.data)?;
    let census = Census::count(&dataset.items());
    for diagnosis in Diagnosis::ALL {
        println!(
            "{:<5}{:>7} images of {:>6} lesions",
            diagnosis.abbreviation(),
            census.images(diagnosis),
            census.lesions(diagnosis)
        );
    }
    files::write(&args.out, page(args, &census).as_bytes())?;
    println!("{}", args.out.display());
    Ok(())
}

/// The file: one line per diagnosis, in the order of the eight.
fn page(args: &Args, census: &Census) -> String {
    let total =
        |of: fn(&Census, Diagnosis) -> usize| Diagnosis::ALL.map(|d| of(census, d)).iter().sum::<usize>();
    let text = |text: &str| toml::Value::from(text).to_string();
    let mut page = format!(
        "# Written by cargo xtask data census. Lesions with one image, two, three …; an image without a lesion's name \
         counts as a lesion.\n\
         title = {}\nsource = {}\nlicence = {}\nimages = {}\nlesions = {}\n\n[lesions_by_images]\n",
        text(&args.title),
        text(&args.source),
        text(&args.licence),
        total(Census::images),
        total(Census::lesions),
    );
    for (diagnosis, counts) in Diagnosis::ALL.into_iter().zip(&census.lesions_by_images) {
        // Writing to memory cannot fail.
        let _ = writeln!(page, "{} = {counts:?}", diagnosis.abbreviation());
    }
    page
}

#[cfg(test)]
mod tests {
    use datasets::SplitItem;

    use super::*;

    #[test]
    fn the_file_is_toml_with_a_row_for_each_diagnosis() {
        let args = Args {
            data: PathBuf::new(),
            title: "A \"small\" set".to_owned(),
            source: "drawn".to_owned(),
            licence: "CC0".to_owned(),
            out: PathBuf::new(),
        };
        let items = [1, 2, 2, 2].map(|lesion| SplitItem { lesion, diagnosis: Diagnosis::Bcc });
        let table: toml::Table = page(&args, &Census::count(&items)).parse().unwrap();
        assert_eq!(table["title"].as_str(), Some("A \"small\" set"));
        assert_eq!((table["images"].as_integer(), table["lesions"].as_integer()), (Some(4), Some(2)));
        let rows = table["lesions_by_images"].as_table().unwrap();
        assert_eq!(rows["BCC"].to_string(), "[1, 0, 1]");
        assert_eq!(rows["MEL"].to_string(), "[]");
        assert_eq!(rows.len(), 8);
    }
}
