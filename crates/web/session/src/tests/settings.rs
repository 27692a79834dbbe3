//! Another model, another file of it, another backend.

use super::*;

fn full_precision(model: &str) -> Settings {
    Settings { full_precision: true, ..settings(model) }
}

#[test]
fn a_model_that_the_book_lacks_is_named_and_the_old_one_stays() {
    assert!(Session::new(book(), settings("huge")).is_err());
    let mut page = Page::answered();
    check_kinds(&page.on(Event::SettingsChanged(settings("huge"))), &[]);
    assert!(page.view().messages.model.unwrap().contains("without the network \"huge\""));
    assert_eq!((page.session.model().card.name.as_str(), page.network()), (MODEL, "ready"));
    page.on(Event::SettingsChanged(settings(OTHER)));
    assert_eq!(page.view().messages.model, None);
}

#[test]
fn another_model_is_only_offered_where_no_network_was_asked_for() {
    let mut page = Page::opened();
    check_kinds(&page.on(Event::SettingsChanged(settings(OTHER))), &["tell model changed", "read store"]);
    assert_eq!((page.session.model().card.name.as_str(), page.network()), (OTHER, "absent"));
}

#[test]
fn another_model_is_loaded_by_the_same_worker_where_one_was_there() {
    let mut page = Page::answered();
    check_kinds(&page.on(Event::SettingsChanged(settings(OTHER))), &["tell model changed", "load model"]);
    assert_eq!((page.network(), page.session.contents(), page.session.answer()), ("loading", None, None));
    check_kinds(&page.report(Report::Loaded(Box::default())), &["tell loaded", "classify"]);
}

#[test]
fn another_model_ends_the_download_of_the_first() {
    let mut page = Page::opened();
    page.on(Event::StartPressed);
    let effects = page.on(Event::SettingsChanged(settings(OTHER)));
    check_kinds(&effects, &["end worker", "tell model changed", "start worker", "load model"]);
}

#[test]
fn another_model_is_loaded_where_the_first_failed() {
    let mut page = Page::opened();
    page.on(Event::StartPressed);
    page.fail(network_failed());
    let effects = page.on(Event::SettingsChanged(settings(OTHER)));
    check_kinds(&effects, &["tell model changed", "start worker", "load model"]);
    assert_eq!(page.network_message(), "");
}

#[test]
fn the_answer_of_the_model_before_is_not_told() {
    let mut page = Page::answered();
    page.on(Event::ImageShown);
    let asked = page.task;
    page.on(Event::SettingsChanged(settings(OTHER)));
    check_kinds(&page.report_on(asked, classified(0.9)), &[]);
    check_kinds(&page.report(Report::Loaded(Box::default())), &["tell loaded", "classify"]);
}

#[test]
fn a_question_to_the_model_before_keeps_the_next_one_waiting_until_the_worker_is_free() {
    let mut page = Page::answered();
    page.on(Event::ImageAside { image: 1 });
    let asked = page.task;
    let effects = page.on(Event::SettingsChanged(settings(OTHER)));
    check_kinds(&effects, &["tell aside dropped", "tell model changed", "load model"]);
    check_kinds(&page.report(Report::Loaded(Box::default())), &["tell loaded"]);
    check_kinds(&page.report_on(asked, classified(0.9)), &["classify"]);
}

#[test]
fn what_the_model_before_cost_and_kept_is_not_the_new_one_s() {
    let mut page = Page::answered();
    page.on(layers_wanted(1, "conv1"));
    page.report(computed(&["conv1"]));
    page.on(Event::SettingsChanged(settings(OTHER)));
    let view = page.view();
    assert_eq!((view.cost, view.marks.look, view.marks.backend, view.marks.source), (None, None, None, None));
}

#[test]
fn full_precision_loads_the_file_with_the_weights_as_trained_and_back() {
    let mut page = Page::answered();
    let effects = page.on(Event::SettingsChanged(full_precision(MODEL)));
    check_kinds(&effects, &["tell model changed", "load model"]);
    let Effect::LoadModel { load, .. } = &effects[1] else { panic!("{effects:?}") };
    assert!(load.full_precision);
    assert_eq!(page.session.title(), "The small network", "it is not there yet");
    page.report(Report::Loaded(Box::default()));
    assert_eq!(page.session.title(), "The small network, full precision");
    assert_eq!(page.view().marks.precision.as_deref(), Some("fp32"));
    page.report(classified(0.9));
    let Panel::Running { source, .. } = page.view().panel else { panic!("{:?}", page.view().panel) };
    assert!(source.contains("32 bits, as trained: 40.0 MB"), "{source}");

    page.on(Event::SettingsChanged(settings(MODEL)));
    page.report(Report::Loaded(Box::default()));
    assert_eq!(page.view().marks.precision.as_deref(), Some("fp16"));
}

#[test]
fn a_wish_for_full_precision_that_the_book_cannot_meet_is_a_message_and_loads_nothing() {
    let mut page = Page::with(settings(OTHER));
    page.on(Event::StartPressed);
    page.report(Report::Loaded(Box::default()));
    check_kinds(&page.on(Event::SettingsChanged(full_precision(OTHER))), &[]);
    assert!(page.view().messages.model.unwrap().contains("the file with 16 bits is used"));
    page.on(Event::SettingsChanged(settings(OTHER)));
    assert_eq!(page.view().messages.model, None);
}

#[test]
fn another_backend_computes_the_image_again() {
    let mut page = Page::answered();
    let effects = page.on(Event::SettingsChanged(preferring(PreferredBackend::Wasm)));
    check_kinds(&effects, &["classify"]);
    assert!(matches!(effects[0], Effect::Classify { preferred: PreferredBackend::Wasm, .. }));
}

#[test]
fn another_backend_is_another_try_where_the_first_failed() {
    let mut page = Page::answered();
    page.fail(network_failed());
    let effects = page.on(Event::SettingsChanged(preferring(PreferredBackend::Wasm)));
    check_kinds(&effects, &["start worker", "load model"]);
}

#[test]
fn settings_that_stay_as_they_were_change_nothing() {
    let mut page = Page::answered();
    check_kinds(&page.on(Event::SettingsChanged(settings(MODEL))), &[]);
    check_kinds(&page.on(Event::Reset(settings(MODEL))), &[]);
}

#[test]
fn reset_brings_the_model_of_the_text_back() {
    let mut page = Page::answered();
    page.on(Event::SettingsChanged(settings(OTHER)));
    page.report(Report::Loaded(Box::default()));
    check_kinds(&page.on(Event::Reset(settings(MODEL))), &["tell model changed", "load model"]);
}

#[test]
fn a_network_that_has_seen_patients_says_what_it_is_not_for() {
    let mut page = Page::opened();
    assert_eq!(page.view().caution, None, "it has seen drawings only");

    let mut book = book();
    let card = &mut book.models.get_mut(OTHER).unwrap().card;
    card.drawn = false;
    "CC-BY-NC-4.0".clone_into(&mut card.licence);
    page.session = Session::new(book, settings(MODEL)).unwrap();
    page.on(Event::SettingsChanged(settings(OTHER)));
    let caution = page.view().caution.unwrap();
    assert!(
        caution.contains("not for diagnosis") && caution.contains("commercially (CC-BY-NC-4.0)"),
        "{caution}"
    );

    // What a reader's own network has seen is not known.
    page.on(Event::StartPressed);
    let own = LoadedModel { reader_model: Some(reader_model()), ..LoadedModel::default() };
    page.report(Report::Loaded(Box::new(own)));
    assert_eq!(page.view().caution, None);
}
