//! What a page tells of the first layers of the networks that a widget offers.

use super::TinyBook;
use super::page::{CARD, MANIFEST};

const CHAPTER: &str = "<Widget name=\"layer-chain\" channel=\"7\">\n\nFour layers.\n\n</Widget>\n";

fn book(manifest: &str) -> TinyBook {
    let book = TinyBook::new(CHAPTER);
    book.write("src/generated/manifest.json", manifest);
    book.write("exported-models/synthetic-resnet18-eight/model.toml", CARD);
    book
}

#[test]
fn the_page_says_where_each_network_s_first_layers_lie_and_reads_no_training() {
    // No configuration lies where the card says; only the augmentation lab wants it.
    let page = book(MANIFEST).main();
    let expected = "data-first-layers=\"synthetic-resnet18-eight ../generated/models/m-first-layers-2.bin";
    assert!(page.contains(expected), "{page}");
    assert!(page.contains("name=\"channel\" data-default=\"7\""), "{page}");
    assert!(!page.contains("data-trainings") && !page.contains("data-models"), "{page}");
}

#[test]
fn a_network_that_begins_in_another_way_has_no_line() {
    let without =
        MANIFEST.replace(",\n            \"first_layers\": \"generated/models/m-first-layers-2.bin\"", "");
    let page = book(&without).main();
    assert!(!page.contains("data-first-layers"), "{page}");
    assert!(page.contains("data-state=\"waiting\""), "{page}");
}

#[test]
fn a_build_without_the_network_shows_the_fallback_alone() {
    let page = book(&MANIFEST.replace("\"synthetic-resnet18-eight\": {", "\"another\": {")).main();
    assert!(page.contains("data-state=\"unbuilt\"") && page.contains("Four layers."), "{page}");
}
