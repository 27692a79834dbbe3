//! The start button says what will really be downloaded.

use super::*;

const ENGINE: &str = "ort/ort.wasm";

#[test]
fn no_size_is_given_before_the_store_was_read() {
    let mut page = Page::opened();
    let effects = page.on(Event::StoreChanged);
    let urls = ["https://book.example/ort/ort.wasm", "https://book.example/small.onnx"].map(str::to_owned);
    assert_eq!(effects, [Effect::ReadStore { urls: urls.into() }]);
    assert_eq!(page.view().panel, Panel::Start { words: None });
}

#[test]
fn on_a_first_visit_engine_and_network_are_downloaded() {
    let mut page = Page::opened();
    page.on(stored(&[(ENGINE, 0), ("small.onnx", 0)]));
    // 26.5 MB of the runtime, 0.5 MB of the Worker, 20 MB of the network.
    check_start_words(&page, "downloads 47 MB once (20 MB for the network");
}

#[test]
fn what_the_browser_has_is_not_downloaded_again() {
    let mut page = Page::opened();
    page.on(stored(&[(ENGINE, 26_000_000), ("small.onnx", 0)]));
    check_start_words(&page, "downloads 20 MB once; its engine is already in this browser");
    page.on(stored(&[(ENGINE, 0), ("small.onnx", 20_000_000)]));
    check_start_words(&page, "downloads its engine, 27 MB, once; the network is already in this browser");
    page.on(stored(&[(ENGINE, 26_000_000), ("small.onnx", 20_000_000)]));
    check_start_words(&page, "nothing is downloaded");
}

#[test]
fn a_download_that_was_cut_off_counts_as_far_as_it_came() {
    let mut page = Page::opened();
    page.on(stored(&[(ENGINE, 26_000_000), ("small.onnx", 12_000_000)]));
    check_start_words(&page, "downloads 8.0 MB once");
}

#[test]
fn another_model_has_another_size_once_the_store_was_read_for_it() {
    let mut page = Page::opened();
    page.on(stored(&[(ENGINE, 26_000_000), ("small.onnx", 20_000_000)]));
    page.on(Event::SettingsChanged(settings(OTHER)));
    assert_eq!(page.view().panel, Panel::Start { words: None });
    page.on(stored(&[("large.onnx", 0)]));
    check_start_words(&page, "downloads 50 MB once");
}

#[test]
fn full_precision_names_the_larger_download() {
    let mut page = Page::opened();
    let effects = page.on(Event::SettingsChanged(Settings { full_precision: true, ..settings(MODEL) }));
    check_kinds(&effects, &["tell model changed", "read store"]);
    page.on(stored(&[(ENGINE, 0), ("small-fp32.onnx", 0)]));
    check_start_words(&page, "40 MB for the network");
}

#[test]
fn an_engine_that_runs_in_this_page_is_not_downloaded_again_even_without_a_store() {
    let mut page = Page::answered();
    page.on(Event::FileGiven { file: 0, name: "page.onnx".to_owned() });
    page.fail(NetworkError::ReaderFile { detail: "found a web page".to_owned() });
    page.on(stored(&[(ENGINE, 0), ("small.onnx", 0)]));
    check_start_words(&page, "downloads 20 MB once; its engine is already in this browser");
}

#[test]
fn the_store_is_read_again_when_another_network_of_the_page_was_stored() {
    let mut page = Page::opened();
    check_kinds(&page.on(Event::StoreChanged), &["read store"]);
    page.on(Event::StartPressed);
    check_kinds(&page.on(Event::StoreChanged), &[]);
    page.report(Report::Loaded(Box::default()));
    check_kinds(&page.on(Event::StoreChanged), &[]);
}
