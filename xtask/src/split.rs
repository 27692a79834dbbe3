//! `cargo xtask split`: a split file with its hash.

use std::path::PathBuf;

use catalog::Diagnosis;
use datasets::{By, Dataset, Part, Shares, Split};

/// Shares a data set out to training, validation and test.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Folder of the data set, in ISIC 2019's layout.
    #[arg(long)]
    data: PathBuf,
    /// Percent of the lesions (or images) to train on.
    #[arg(long, default_value_t = 65)]
    train: u32,
    /// Percent to choose the best epoch by.
    #[arg(long, default_value_t = 20)]
    validation: u32,
    /// Percent for the final metrics.
    #[arg(long, default_value_t = 15)]
    test: u32,
    /// What stays together. `image` lets one lesion's images train and test: it flatters the network.
    #[arg(long, value_enum, default_value = "lesion")]
    by: Together,
    /// Another seed, another split.
    #[arg(long)]
    seed: u64,
    /// The split file; its SHA-256 goes beside it, in FILE.sha256.
    #[arg(long)]
    out: PathBuf,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Together {
    Lesion,
    Image,
}

/// Writes the split and prints how many images of each diagnosis went where.
///
/// # Errors
/// A data set that cannot be read; shares that do not sum to 100.
pub(crate) fn run(args: &Args) -> anyhow::Result<()> {
    let shares = Shares::new(args.train, args.validation, args.test)?;
    let dataset = Dataset::read(&args.data)?;
    let by = match args.by {
        Together::Lesion => By::Lesion,
        Together::Image => By::Image,
    };
    let split = Split::random(&dataset, shares, by, args.seed);
    split.write(&args.out)?;
    println!("{:<12}{}", "", Diagnosis::ALL.map(|d| format!("{:>6}", d.abbreviation())).concat());
    for part in Part::ALL {
        let images = split.images(&dataset, part)?;
        let counts =
            Diagnosis::ALL.map(|d| format!("{:>6}", images.iter().filter(|i| i.diagnosis == d).count()));
        println!("{:<12}{}  {:>6} images", part.name(), counts.concat(), images.len());
    }
    println!("{}  {}", split.sha256(), args.out.display());
    Ok(())
}
