//! `data isic2019`: the training set of the ISIC 2019 challenge.

use std::path::PathBuf;

use anyhow::ensure;
use catalog::number::count;
use datasets::challenge::{self, Progress};
use datasets::http::{Client, Patience};
use indicatif::ProgressBar;
use model_tools::{interrupt, progress};

use super::{adopt, check};

/// The training set of the ISIC 2019 challenge: 25,331 images, from a copy on this machine or downloaded.
///
/// The download needs 9.8 GB of disk space, and as much again while it is unpacked. After an interruption, also by Ctrl-C,
/// the same command continues. Licence CC BY-NC 4.0; name HAM10000 (doi 10.1038/sdata.2018.161), arXiv 1710.05006 and BCN20000
/// (arXiv 1908.02288).
#[derive(clap::Args)]
pub(super) struct Args {
    /// Folder of a copy to check and take over: the challenge's two tables and `ISIC_2019_Training_Input`.
    #[arg(long)]
    from: Option<PathBuf>,
    /// Folder for the data set.
    #[arg(long)]
    out: PathBuf,
    /// Copy the images of `--from` instead of linking them.
    #[arg(long, requires = "from")]
    copy: bool,
    /// Address of the challenge's files, if it is no longer the one of 2026.
    #[arg(long, conflicts_with = "from")]
    base_url: Option<String>,
    /// Keep the archive (9.8 GB) after unpacking.
    #[arg(long, conflicts_with = "from")]
    keep_archive: bool,
}

/// Adopts or downloads it.
///
/// # Errors
/// A copy with problems or with another number of images; a download that fails.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    if let Some(from) = &args.from {
        let images = adopt::adopt(from, &args.out, args.copy)?.images().len();
        if images != challenge::IMAGES {
            println!(
                "note: the whole training set has {} images, this copy {}",
                count(challenge::IMAGES),
                count(images)
            );
        }
        return Ok(());
    }
    let downloads = args.out.join("download");
    if args.out.join("ISIC_2019_Training_GroundTruth.csv").exists() && !downloads.exists() {
        let dataset = datasets::Dataset::read(&args.out)?;
        check::verdict(&dataset.check()?, 50)?;
        println!("{}\nalready complete", check::summary(&dataset).join("\n"));
        return Ok(());
    }
    let bases =
        args.base_url.as_ref().map_or(challenge::BASES.to_vec(), |base| vec![base.trim_end_matches('/')]);
    let client = Client::new(Patience::default(), interrupt::stop());
    let bars = Bars { download: progress::bytes("downloading", 0, 0), unpack: progress::bar("unpacking", 0) };
    let fetched = challenge::fetch(&client, &bases, challenge::IMAGES, &args.out, &|step| bars.show(step));
    bars.download.finish_and_clear();
    bars.unpack.finish_and_clear();
    let dataset = fetched?;
    if !args.keep_archive {
        std::fs::remove_dir_all(&downloads)?;
    }
    ensure!(!dataset.images().is_empty(), "the download contains no images");
    println!("{}", check::summary(&dataset).join("\n"));
    Ok(())
}

struct Bars {
    download: ProgressBar,
    unpack: ProgressBar,
}

impl Bars {
    fn show(&self, step: Progress) {
        match step {
            Progress::Archive { bytes, there } => {
                self.download.set_length(bytes.unwrap_or_default());
                self.download.set_position(there);
                // Only what comes now counts for the rate.
                self.download.reset_eta();
            }
            Progress::Bytes(bytes) => progress::advance(&self.download, bytes),
            Progress::Unpacked { done, of } => {
                self.unpack.set_length(of as u64);
                self.unpack.set_position(done as u64);
            }
        }
    }
}
