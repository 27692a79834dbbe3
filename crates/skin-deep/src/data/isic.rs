//! `data isic`: images from the ISIC Archive, by diagnosis, collection and licence.

use std::path::{Path, PathBuf};

use anyhow::ensure;
use catalog::Diagnosis;
use catalog::number::{count, grouped};
use datasets::archive::{self, ArchiveRequest, Catalogue, Licence};
use datasets::http::{Client, Patience};
use indicatif::ProgressBar;
use model_tools::{interrupt, progress};

use super::check;

/// Images from the ISIC Archive, searched by diagnosis, collection and licence, in ISIC 2019's layout.
///
/// The folder also gets attribution.csv (licence and authors of every image), attribution.txt and licenses/. After an
/// interruption, also by Ctrl-C, the same command continues. With `--licence cc-0,cc-by` the images may be published
/// with their attribution.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask data isic --diagnosis mel,nv --licence cc-0,cc-by --per-class 100 --out data/free
  cargo xtask data isic --collection 65 --query 'age_approx:[20 TO 40]' --out data/young")]
pub(super) struct Args {
    /// A query in the archive's own language, such as `sex:female AND age_approx:[20 TO 40]`.
    #[arg(long)]
    query: Option<String>,
    /// Numbers of collections, such as 212 for HAM10000 or 65 for ISIC 2019's training set.
    #[arg(long, value_delimiter = ',')]
    collection: Vec<u32>,
    /// Only these of MEL, NV, BCC, AK, BKL, DF, VASC, SCC.
    #[arg(long, value_delimiter = ',', value_parser = diagnosis)]
    diagnosis: Vec<Diagnosis>,
    /// Only these of cc-0, cc-by, cc-by-nc.
    #[arg(long, value_delimiter = ',')]
    licence: Vec<Licence>,
    /// The largest number of images of each diagnosis.
    #[arg(long, value_parser = clap::builder::RangedU64ValueParser::<usize>::new().range(1..))]
    per_class: Option<usize>,
    /// Folder for the data set.
    #[arg(long)]
    out: PathBuf,
    #[command(flatten)]
    service: Service,
}

/// How to reach the archive.
#[derive(clap::Args)]
pub(super) struct Service {
    /// Simultaneous connections.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u16).range(1..=64))]
    connections: u16,
    /// The service's address.
    #[arg(long, default_value = archive::BASE)]
    base_url: String,
}

fn diagnosis(text: &str) -> Result<Diagnosis, String> {
    Diagnosis::from_abbreviation(text)
        .ok_or_else(|| format!("`{text}` is not one of MEL, NV, BCC, AK, BKL, DF, VASC, SCC"))
}

/// Searches and downloads.
///
/// # Errors
/// A query that the service refuses; nothing found; a download that fails.
pub(super) fn run(args: &Args) -> anyhow::Result<()> {
    let mut licences = args.licence.clone();
    licences.sort_unstable();
    licences.dedup();
    let request = ArchiveRequest {
        query: args.query.clone(),
        collections: args.collection.clone(),
        diagnoses: args.diagnosis.clone(),
        licences,
        per_class: args.per_class,
    };
    get(&request, &args.out, &args.service)
}

/// Searches for `request` and downloads what is found into `out`.
pub(super) fn get(request: &ArchiveRequest, out: &Path, service: &Service) -> anyhow::Result<()> {
    let client = Client::new(Patience::default(), interrupt::stop());
    let base = service.base_url.trim_end_matches('/');
    let search = ProgressBar::new_spinner().with_prefix("searching");
    let looked = |count: u64, of: Option<u64>| {
        search.set_message(of.map_or_else(
            || format!("{} images", grouped(count)),
            |of| format!("{} of {} images", grouped(count), grouped(of)),
        ));
        search.tick();
    };
    let catalogue = Catalogue::get(&client, base, request, out, &looked);
    search.finish_and_clear();
    let catalogue = catalogue?;
    for (reason, images) in &catalogue.left_out {
        println!("left out: {} images: {reason}", count(*images));
    }
    ensure!(
        !catalogue.images.is_empty(),
        "no image matches this request; remove {} before you try another one",
        out.display()
    );
    let [there, all] = archive::bytes(&catalogue, out);
    println!(
        "{} images, {}; {} of it is already here",
        count(catalogue.images.len()),
        files::size(all),
        files::size(there)
    );
    let bar = progress::bytes("downloading", there, all);
    let report = |bytes| progress::advance(&bar, bytes);
    let fetched = archive::fetch(&client, base, &catalogue, out, service.connections.into(), &report);
    bar.finish_and_clear();
    let fetched = fetched?;
    check::verdict(&fetched.dataset.check()?, 50)?;
    println!("{}", check::summary(&fetched.dataset).join("\n"));
    println!("{}; authors of each image: {}", licences(&catalogue), out.join("attribution.csv").display());
    Ok(())
}

/// How many images of which licence.
fn licences(catalogue: &Catalogue) -> String {
    let images = |licence| catalogue.images.iter().filter(|image| image.licence == licence).count();
    let counts = Licence::ALL.map(|licence| (licence, images(licence)));
    let words = counts
        .iter()
        .filter(|(_, images)| *images > 0)
        .map(|(licence, images)| format!("{} {licence}", count(*images)));
    words.collect::<Vec<_>>().join(", ")
}
