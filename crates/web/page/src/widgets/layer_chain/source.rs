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
    parse(&lines)
}

fn parse(lines: &str) -> Vec<FirstLayersFile> {
    let source = |line: &str| {
        let (model, url) = line.split_once(' ')?;
        Some(FirstLayersFile { model: model.to_owned(), url: url.to_owned() })
    };
    lines.lines().filter_map(source).collect()
}

/// Fetches and checks the weights. After `failures` under another address, which the browser's cache does not know.
///
/// # Errors
/// [`Failure`] in words for the reader: the file does not come, or is damaged.
pub(crate) async fn fetch(url: &str, failures: u8) -> Result<FirstLayers, Failure> {
    let again = if failures == 0 { String::new() } else { "?again=".to_owned() + &failures.to_string() };
    let bytes = fetched::bytes(&(url.to_owned() + &again), WHAT).await?;
    FirstLayers::from_bytes(&bytes).map_err(|_| fetched::damaged(WHAT))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_names_a_network_and_an_address() {
        let found = parse("net ../generated/a.bin\nother ../generated/b.bin");
        let words: Vec<_> = found.iter().map(|s| (&*s.model, &*s.url)).collect();
        assert_eq!(words, [("net", "../generated/a.bin"), ("other", "../generated/b.bin")]);
        assert!(parse("").is_empty());
    }
}
