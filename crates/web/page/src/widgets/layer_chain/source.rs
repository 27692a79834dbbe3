//! The weights of a network's first layers come from a small file, whose address is in the page.

use kit::{Failure, Section, fetched};
use nn::FirstLayers;

const WHAT: &str = "The file with the network's first layers";

/// A network that begins with the four layers, and the address of their weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FirstLayersFile {
    pub(crate) model: String,
    pub(crate) url: String,
}

/// What the page names, a line each.
pub(crate) fn of_page(section: &Section) -> Vec<FirstLayersFile> {
    let lines = section.element().get_attribute("data-first-layers").unwrap_or_default();
    let source = |(model, url)| FirstLayersFile { model, url };
    fetched::addresses(&lines).into_iter().map(source).collect()
}

/// Fetches and checks the weights. After `failures` under another address, which the browser's cache does not know.
///
/// # Errors
/// [`Failure`] in words for the reader: the file does not come, or is damaged.
pub(crate) async fn fetch(url: &str, failures: u32) -> Result<FirstLayers, Failure> {
    let bytes = fetched::bytes(&fetched::next_try(url, failures), WHAT).await?;
    FirstLayers::from_bytes(&bytes).map_err(|_| fetched::damaged(WHAT))
}
