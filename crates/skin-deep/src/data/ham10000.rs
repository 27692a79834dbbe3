//! `data ham10000`: HAM10000, from a copy or from the ISIC Archive.

use std::path::PathBuf;

use datasets::archive::ArchiveRequest;

use super::{adopt, isic};

/// HAM10000: from a copy on this machine, in its own layout or ISIC 2019's, or from the ISIC Archive.
///
/// What the archive lists under HAM10000 may be another number than the 10,015 of the publication; its labels tell
/// actinic keratosis from Bowen's disease, which HAM10000's own table does not. Licence CC BY-NC; name Tschandl,
/// Rosendahl, Kittler 2018 (doi 10.1038/sdata.2018.161).
#[derive(clap::Args)]
pub(super) struct Args {
    /// Folder of a copy to check and take over: `HAM10000_metadata.csv` and the two folders of images.
    #[arg(long)]
    from: Option<PathBuf>,
    /// Folder for the data set.
    #[arg(long)]
    out: PathBuf,
    /// Copy the images of `--from` instead of linking them.
    #[arg(long, requires = "from")]
    copy: bool,
    #[command(flatten)]
    service: isic::Service,
}

/// The archive's number for HAM10000.
const COLLECTION: u32 = 212;

/// Adopts or downloads it.
///
/// # Errors
/// A copy with problems; a download that fails.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    if let Some(from) = &args.from {
        adopt::adopt(from, &args.out, args.copy)?;
        return Ok(());
    }
    let request = ArchiveRequest { collections: vec![COLLECTION], ..ArchiveRequest::default() };
    isic::get(&request, &args.out, &args.service)
}
