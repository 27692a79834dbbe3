//! A control whose options are the layers of a network.

use super::TinyBook;
use super::page::{CARD, MANIFEST};

fn book(chapter: &str) -> TinyBook {
    let book = TinyBook::new(chapter);
    book.write("src/generated/manifest.json", MANIFEST);
    book.write("exported-models/synthetic-resnet18-eight/model.toml", CARD);
    book
}

#[test]
fn the_form_lists_every_layer_of_the_network_by_stage() {
    let page = book("<Widget name=\"feature-maps\" layer=\"layer2.0.bn1\">\n\nMaps.\n\n</Widget>\n").main();
    let select = page.split("name=\"layer\"").nth(1).and_then(|rest| rest.split("</select>").next()).unwrap();
    assert!(select.contains("data-default=\"layer2.0.bn1\""), "{select}");
    for group in ["Stem", "Stage 1", "Stage 4", "Answer"] {
        assert!(select.contains(&format!("<optgroup label=\"{group}\">")), "{group}: {select}");
    }
    let network = architecture::by_name("resnet18", 2, 128).unwrap();
    assert_eq!(select.matches("<option ").count(), network.layers.len());
    let chosen = "<option value=\"layer2.0.bn1\" selected=\"\">layer2.0.bn1: batch normalisation, 128 × 16 × 16</option>";
    assert!(select.contains(chosen), "{select}");
    assert_eq!(select.matches(" selected").count(), 1);
}

#[test]
fn a_layer_that_the_network_lacks_stops_the_build() {
    let error =
        book("<Widget name=\"feature-maps\" layer=\"layer1.0.conv3\">\n\nMaps.\n\n</Widget>\n").error();
    assert!(error.contains("synthetic-resnet18-eight has no layer layer1.0.conv3"), "{error}");
    assert!(error.contains("layer1.1.relu2"), "{error}");
}

#[test]
fn what_is_no_name_of_a_layer_is_refused() {
    let error = book("<Widget name=\"feature-maps\" layer=\"the last\">\n\nMaps.\n\n</Widget>\n").error();
    assert!(
        error.contains("\"the last\" is not allowed; use the name of a layer, such as layer1.0.conv1"),
        "{error}"
    );
}
