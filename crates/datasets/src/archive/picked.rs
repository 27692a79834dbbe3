//! Which images of the archive a folder is to hold: searched once, then kept, so that a second run wants the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use catalog::Diagnosis;
use serde::{Deserialize, Serialize};

use super::mapping;
use super::record::{Page, Record};
use super::request::{ArchiveRequest, Licence};
use crate::http::Client;
use crate::{Error, Image};

const FILE: &str = "isic-archive.json";

/// One image that was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PickedImage {
    /// `ISIC_0024306`.
    pub id: String,
    /// One of the eight.
    pub diagnosis: Diagnosis,
    /// What may be done with it.
    pub licence: Licence,
    /// Whom to name.
    pub attribution: String,
    /// Where the file is.
    pub url: String,
    /// Its bytes.
    pub size: Option<u64>,
    age: Option<u32>,
    site: Option<String>,
    lesion: Option<String>,
    sex: Option<String>,
}

impl PickedImage {
    /// The image as a data set knows it.
    pub fn image(&self) -> Image {
        Image {
            name: self.id.clone(),
            diagnosis: self.diagnosis,
            age: self.age,
            site: self.site.clone(),
            lesion: self.lesion.clone(),
            sex: self.sex.clone(),
        }
    }
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalogue {
    /// What was searched for.
    pub request: ArchiveRequest,
    /// The images, in the order of their ids.
    pub images: Vec<PickedImage>,
    /// How many images were left out, by reason.
    pub left_out: BTreeMap<String, usize>,
}

impl Catalogue {
    /// The one that `folder` was begun with, or else a new search, whose result is kept there. `progress` is told how
    /// many images were looked at, and of how many.
    ///
    /// # Errors
    /// [`Error::Request`] if the folder holds another request's images; [`Error::Web`] if the service refuses.
    pub fn get(
        client: &Client,
        base: &str,
        request: &ArchiveRequest,
        folder: &Path,
        progress: &dyn Fn(u64, Option<u64>),
    ) -> Result<Self, Error> {
        let path = folder.join(FILE);
        if path.exists() {
            let text = std::fs::read_to_string(&path).map_err(Error::file("read", &path))?;
            let found: Self = serde_json::from_str(&text).map_err(|error| {
                Error::row(&path, error.line() as u64, format!("{error}; remove the folder to begin again"))
            })?;
            if found.request != *request {
                let problem = "this folder belongs to another request (query, collections, diagnoses, licences, number); \
                               choose another --out, or remove the folder";
                return Err(Error::place(&path, problem));
            }
            return Ok(found);
        }
        let found = Self::search(client, base, request, progress)?;
        let text = serde_json::to_string_pretty(&found).map_err(|error| Error::Request(error.to_string()))?;
        files::write(&path, text.as_bytes())?;
        Ok(found)
    }

    fn search(
        client: &Client,
        base: &str,
        request: &ArchiveRequest,
        progress: &dyn Fn(u64, Option<u64>),
    ) -> Result<Self, Error> {
        let mut found = Self { request: request.clone(), ..Self::default() };
        let mut seen = SeenIds::default();
        let (mut looked_at, mut of) = (0, None);
        for search in request.searches() {
            let mut picked_here = 0;
            let mut next = Some(request.address(base, &search.query));
            while let Some(address) = next.take() {
                let page = page(client, &address)?;
                of = page.count.or(of);
                for record in page.results {
                    looked_at += 1;
                    check_id(&address, &record)?;
                    if found.consider(&record, &search.wanted, &mut seen) {
                        picked_here += 1;
                        if Some(picked_here) == request.per_class {
                            break;
                        }
                    }
                }
                progress(looked_at, of);
                if Some(picked_here) != request.per_class {
                    next = page.next.filter(|next| !next.is_empty());
                }
                if next.as_ref() == Some(&address) {
                    let problem =
                        "the server sent the same page of results twice; try again later".to_owned();
                    return Err(Error::Web { url: address, problem, status: None });
                }
            }
        }
        found.images.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(found)
    }

    /// Takes an image, or counts why not, each once; returns whether it was taken.
    fn consider(&mut self, record: &Record, wanted: &[Diagnosis], seen: &mut SeenIds) -> bool {
        match self.pick(record) {
            // Another search may want it.
            Ok(picked) if !wanted.contains(&picked.diagnosis) => false,
            Ok(picked) => {
                let new = seen.taken.insert(picked.id.clone());
                self.images.extend(new.then_some(picked));
                new
            }
            Err(reason) => {
                if seen.left_out.insert(record.isic_id.clone()) {
                    *self.left_out.entry(reason).or_default() += 1;
                }
                false
            }
        }
    }

    /// The image, or why it is left out. The service was asked for the same; this makes sure.
    fn pick(&self, record: &Record) -> Result<PickedImage, String> {
        if let Some(reason) = crate::listing::reason_to_leave_out(&record.isic_id) {
            return Err(reason.to_owned());
        }
        if record.text("image_manipulation").is_some_and(|how| how == "synthetic") {
            return Err("a synthetic picture, not a lesion".to_owned());
        }
        if let Some(kind) = record.text("image_type").filter(|kind| !kind.starts_with("dermoscopic")) {
            return Err(format!("not dermoscopic: {kind}"));
        }
        let licence: Licence =
            record.copyright_license.parse().map_err(|problem| format!("licence: {problem}"))?;
        if !self.request.licences.is_empty() && !self.request.licences.contains(&licence) {
            return Err(format!("licence {licence} was not asked for"));
        }
        let levels = record.levels();
        let diagnosis = mapping::diagnosis(&levels)
            .ok_or_else(|| format!("none of the eight diagnoses: {}", mapping::name(&levels)))?;
        if !self.request.wanted().contains(&diagnosis) {
            return Err(format!("{} was not asked for", diagnosis.abbreviation()));
        }
        Ok(PickedImage {
            id: record.isic_id.clone(),
            diagnosis,
            licence,
            attribution: record.attribution.clone(),
            url: record.files.full.url.clone(),
            size: record.files.full.size.filter(|&size| size > 0),
            age: record.age(),
            site: record.text("anatom_site_general"),
            lesion: record.text("lesion_id"),
            sex: record.text("sex"),
        })
    }
}

/// Ids of images that came up in a search.
#[derive(Default)]
struct SeenIds {
    taken: BTreeSet<String>,
    left_out: BTreeSet<String>,
}

/// An id becomes a file's name.
fn check_id(address: &str, record: &Record) -> Result<(), Error> {
    if record.has_id() {
        return Ok(());
    }
    let problem = format!("an image's id must be like ISIC_0024306, but is `{}`", record.isic_id);
    Err(Error::Web { url: address.to_owned(), problem, status: None })
}

fn page(client: &Client, address: &str) -> Result<Page, Error> {
    let text = client.text(address)?;
    serde_json::from_str(&text).map_err(|error| {
        let problem = format!("the answer is not a page of images: {error}");
        Error::Web { url: address.to_owned(), problem, status: None }
    })
}

/// Where the file of one image is now.
pub(super) fn address_now(client: &Client, base: &str, id: &str) -> Result<String, Error> {
    let address = format!("{base}/images/{id}/");
    let text = client.text(&address)?;
    let record: Record = serde_json::from_str(&text).map_err(|error| {
        let problem = format!("the answer is not about an image: {error}");
        Error::Web { url: address, problem, status: None }
    })?;
    Ok(record.files.full.url)
}
