//! A file of the reader's as the network.

use super::*;

fn given(name: &str) -> Event {
    Event::FileGiven { file: 3, name: name.to_owned() }
}

fn theirs() -> Report {
    loaded_with(LoadedModel { reader_model: Some(reader_model()), ..LoadedModel::default() })
}

fn refused() -> NetworkError {
    NetworkError::ReaderFile { detail: "it is a web page, not an ONNX file".to_owned() }
}

#[test]
fn a_file_with_another_ending_is_refused_and_the_network_goes_on() {
    for name in ["photo.png", "model.onnx.txt", "onnx", ".onnx"] {
        let mut page = Page::answered();
        check_kinds(&page.on(given(name)), &[]);
        assert!(page.network_message().contains(name), "{}", page.network_message());
        assert_eq!(page.network(), "ready");
        // It is an old story once the network answers again.
        page.on(Event::ImageShown);
        page.report(classified(0.5));
        assert_eq!(page.network_message(), "");
    }
}

#[test]
fn a_file_is_loaded_in_the_place_of_the_book_s_network() {
    let mut page = Page::opened();
    page.on(Event::ImageShown);
    let effects = page.on(given("Mine.ONNX"));
    check_kinds(&effects, &["start worker", "load file"]);
    let Effect::LoadFile { file: 3, load, .. } = &effects[1] else { panic!("{effects:?}") };
    assert_eq!(load.name, "Mine.ONNX");

    // The widget must know labels and size before it hears that the network is there.
    check_kinds(&page.report(theirs()), &["tell model changed", "tell loaded", "classify"]);
    let model = page.session.model();
    assert_eq!(
        (model.card.title.as_str(), model.card.labels.len(), model.card.input.size),
        ("Your own network", 3, 32)
    );
    assert_eq!((model.card.licence.as_str(), &model.precomputed), ("", &None));
    let marks = page.view().marks;
    assert_eq!((marks.source, marks.own_model, marks.precision), (Some("own"), true, None));
    assert!(page.session.reader_contents().is_some());
    page.report(classified(0.5));
    let Panel::Running { source, .. } = page.view().panel else { panic!("{:?}", page.view().panel) };
    assert!(
        source.contains("3 outputs, images of 32 × 32 pixels") && source.contains("ImageNet"),
        "{source}"
    );
}

#[test]
fn a_file_given_during_a_download_ends_the_download() {
    let mut page = Page::opened();
    page.on(Event::StartPressed);
    check_kinds(&page.on(given("mine.onnx")), &["end worker", "start worker", "load file"]);
}

#[test]
fn a_file_given_to_a_running_network_is_loaded_by_the_same_worker() {
    let mut page = Page::answered();
    check_kinds(&page.on(given("mine.onnx")), &["load file"]);
    assert_eq!(page.session.contents(), None);
}

#[test]
fn a_file_that_is_no_network_is_refused_and_the_book_s_can_be_started() {
    let mut page = Page::opened();
    page.on(given("page.onnx"));
    check_kinds(&page.fail(refused()), &["tell failed", "read store"]);
    assert!(page.network_message().contains("it is a web page"));
    assert!(matches!(page.view().panel, Panel::Start { .. }), "{:?}", page.view().panel);
    let effects = page.on(Event::StartPressed);
    check_kinds(&effects, &["load model"]);
    assert_eq!(page.network_message(), "");
}

#[test]
fn a_second_file_that_is_refused_brings_the_book_s_network_back() {
    let mut page = Page::opened();
    page.on(given("mine.onnx"));
    page.report(theirs());
    page.on(given("page.onnx"));
    check_kinds(&page.fail(refused()), &["tell model changed", "tell failed", "read store"]);
    assert_eq!(page.session.model().card.name, MODEL);
    assert!(page.session.reader_contents().is_none());
}

#[test]
fn a_file_whose_network_fails_is_tried_again_though_another_was_refused_meanwhile() {
    let mut page = Page::opened();
    page.on(given("mine.onnx"));
    page.report(theirs());
    page.on(Event::ImageShown);
    page.fail(network_failed());
    page.on(Event::FileGiven { file: 4, name: "photo.png".to_owned() });
    let effects = page.on(Event::ButtonPressed);
    check_kinds(&effects, &["start worker", "load file"]);
    let Effect::LoadFile { file, load, .. } = &effects[1] else { panic!("{effects:?}") };
    assert_eq!((*file, load.name.as_str()), (3, "mine.onnx"));
}

#[test]
fn reset_brings_the_book_s_network_back_though_no_setting_changed() {
    let mut page = Page::answered();
    page.on(given("mine.onnx"));
    page.report(theirs());
    check_kinds(&page.on(Event::Reset(settings(MODEL))), &["tell model changed", "load model"]);
    assert_eq!(page.session.model().card.name, MODEL);
    assert!(!page.view().marks.own_model);
}

#[test]
fn choosing_a_model_takes_the_place_of_the_file() {
    let mut page = Page::opened();
    page.on(given("mine.onnx"));
    page.report(theirs());
    check_kinds(&page.on(Event::SettingsChanged(settings(OTHER))), &["tell model changed", "load model"]);
    assert_eq!(page.session.model().card.name, OTHER);
}

#[test]
fn full_precision_and_backend_leave_the_file_where_it_is() {
    let mut page = Page::opened();
    page.on(given("mine.onnx"));
    page.report(theirs());
    let wishes = Settings { full_precision: true, ..settings(MODEL) };
    check_kinds(&page.on(Event::SettingsChanged(wishes.clone())), &[]);
    assert_eq!((page.view().messages.model, page.session.title().as_str()), (None, "Your own network"));
    page.on(Event::ImageShown);
    page.report(classified(0.5));
    let effects = page.on(Event::SettingsChanged(Settings { backend: PreferredBackend::Wasm, ..wishes }));
    check_kinds(&effects, &["classify"]);
}
