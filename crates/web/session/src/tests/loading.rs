//! From the start button to the first answer.

use inference_messages::{FileKind, FileSource, Progress};

use super::*;

fn progress(received: u64) -> Report {
    let (file, source) = (FileKind::Engine, FileSource::Server);
    Report::Progress(Progress { file, source, received, total: 46_000_000 })
}

#[test]
fn names_of_a_thousand_outputs_come_with_the_file_before_the_widget_hears_that_it_is_there() {
    let mut page = Page::opened();
    page.on(Event::StartPressed);
    let labels = vec!["tabby".to_owned(), "tiger cat".to_owned()];
    let loaded = LoadedModel { labels: labels.clone(), ..LoadedModel::default() };
    check_kinds(&page.report(Report::Loaded(Box::new(loaded))), &["tell model changed", "tell loaded"]);
    assert_eq!(page.session.model().card.labels, labels);
    assert_eq!(page.session.model().card.name, MODEL);
}

#[test]
fn nothing_is_asked_before_the_reader_starts_the_network() {
    let mut page = Page::opened();
    check_kinds(&page.on(Event::ImageShown), &[]);
    check_kinds(&page.on(Event::ImageAside { image: 1 }), &[]);
    check_kinds(&page.on(Event::SettingsChanged(preferring(PreferredBackend::Wasm))), &[]);
    assert_eq!((page.network(), page.view().busy), ("absent", false));
    assert_eq!(page.view().panel, Panel::Start { words: None });
}

#[test]
fn start_begins_a_worker_and_loads_the_model_chosen() {
    let mut page = Page::with(settings(OTHER));
    let effects = page.on(Event::StartPressed);
    check_kinds(&effects, &["start worker", "load model"]);
    let Effect::LoadModel { load, .. } = &effects[1] else { panic!("{effects:?}") };
    assert_eq!((load.model.card.name.as_str(), load.full_precision), (OTHER, false));
    assert_eq!((page.network(), page.view().busy), ("loading", true));
    assert_eq!(page.view().panel, Panel::Loading { words: "Preparing…".to_owned(), share: 0.0 });
}

#[test]
fn a_second_press_of_start_does_nothing() {
    let mut page = Page::opened();
    page.on(Event::StartPressed);
    check_kinds(&page.on(Event::StartPressed), &[]);
    page.report(Report::Loaded(Box::default()));
    check_kinds(&page.on(Event::StartPressed), &[]);
}

#[test]
fn progress_is_shown_in_words_and_as_a_share() {
    let mut page = Page::opened();
    page.on(Event::StartPressed);
    page.report(progress(23_000_000));
    let Panel::Loading { words, share } = page.view().panel else { panic!("{:?}", page.view().panel) };
    assert_eq!((words.as_str(), share), ("Downloading the engine: 23.0 MB of 46.0 MB", 0.5));
}

#[test]
fn progress_of_another_task_is_not_shown() {
    let mut page = Page::opened();
    page.on(Event::StartPressed);
    page.report_on(page.task + 1, progress(23_000_000));
    assert_eq!(page.view().panel, Panel::Loading { words: "Preparing…".to_owned(), share: 0.0 });
}

#[test]
fn without_an_image_a_loaded_network_is_ready_and_nobody_waits() {
    let mut page = Page::opened();
    page.on(Event::StartPressed);
    check_kinds(&page.report(Report::Loaded(Box::default())), &["tell loaded"]);
    assert_eq!((page.network(), page.view().busy), ("ready", false));
    let Panel::Running { words, .. } = page.view().panel else { panic!("{:?}", page.view().panel) };
    assert_eq!(words, "The network is ready.");
}

#[test]
fn the_image_on_the_page_is_asked_about_as_soon_as_the_network_is_loaded() {
    let mut page = Page::opened();
    page.on(Event::ImageShown);
    page.on(Event::StartPressed);
    check_kinds(&page.report(Report::Loaded(Box::default())), &["tell loaded", "classify"]);
    assert!(page.view().busy);
    assert!(matches!(page.view().panel, Panel::Starting { .. }), "{:?}", page.view().panel);

    let effects = page.report(classified(0.75));
    check_kinds(&effects, &["tell classified"]);
    assert_eq!(page.session.answer().map(|answer| answer.probabilities[0]), Some(0.75));
    assert!(!page.view().busy);
    let Panel::Running { words, .. } = page.view().panel else { panic!("{:?}", page.view().panel) };
    assert!(words.contains("WASM"), "{words}");
}

#[test]
fn the_button_during_the_first_run_does_nothing() {
    let mut page = Page::loaded();
    page.on(Event::ImageShown);
    check_kinds(&page.on(Event::ButtonPressed), &[]);
}

#[test]
fn stop_cancels_the_download_and_try_again_goes_on_in_the_same_worker() {
    let mut page = Page::opened();
    page.on(Event::StartPressed);
    page.report(progress(23_000_000));
    assert_eq!(page.on(Event::ButtonPressed), [Effect::Cancel { task: page.task }]);
    assert_eq!(page.network(), "loading");

    let effects = page.fail(NetworkError::Stopped { received: 23_000_000, total: 46_000_000 });
    check_kinds(&effects, &["tell failed", "read store"]);
    assert!(
        page.network_message().contains("Stopped after 23.0 MB of 46.0 MB"),
        "{}",
        page.network_message()
    );
    assert_eq!((page.network(), page.view().busy), ("failed", false));
    let Panel::Failed { share, .. } = page.view().panel else { panic!("{:?}", page.view().panel) };
    assert!((share - 0.5).abs() < f64::EPSILON);

    check_kinds(&page.on(Event::ButtonPressed), &["load model"]);
    assert_eq!(page.network_message(), "", "a download under way does not say that it failed");
}

#[test]
fn the_time_of_a_run_without_preparations_comes_later() {
    let mut page = Page::loaded();
    page.on(Event::ImageShown);
    let first = Classification { first: true, milliseconds: 812.0, ..answer(0.9) };
    page.report(Report::Classified(Box::new(first)));
    assert_eq!(page.view().cost.as_deref(), Some("first run 812 ms, WASM"));
    page.report(Report::Repeated { milliseconds: 63.0 });
    assert_eq!(page.view().cost.as_deref(), Some("63.0 ms, WASM; first run 812 ms"));
    // That of an earlier image is not this one's.
    page.on(Event::ImageShown);
    let earlier = page.task - 1;
    page.report(classified(0.8));
    page.report_on(earlier, Report::Repeated { milliseconds: 1.0 });
    assert_eq!(page.view().cost.as_deref(), Some("200 ms, WASM; first run 812 ms"));
}

#[test]
fn the_first_run_of_another_backend_is_not_this_one_s() {
    let mut page = Page::loaded();
    page.on(Event::ImageShown);
    page.report(Report::Classified(Box::new(Classification { first: true, ..answer(0.9) })));
    page.on(Event::ImageShown);
    let by_gpu = Classification { backend: Backend::Webgpu, milliseconds: 12.0, ..answer(0.9) };
    page.report(Report::Classified(Box::new(by_gpu)));
    assert_eq!(page.view().cost.as_deref(), Some("12.0 ms, WebGPU"));
}

#[test]
fn where_the_network_came_from_is_shown_once_it_answers() {
    for (downloaded, mark, part) in [
        (0, "store", "Nothing was downloaded"),
        (20_000_000, "network", "Downloaded 20.0 MB; the next visit"),
    ] {
        let mut page = Page::opened();
        page.on(Event::StartPressed);
        page.report(loaded_with(LoadedModel { downloaded, stored: true, ..LoadedModel::default() }));
        assert_eq!(page.view().marks.source, Some(mark));
        let Panel::Running { source, .. } = page.view().panel else { panic!("{:?}", page.view().panel) };
        assert!(source.contains(part) && source.contains("16 bits: 20.0 MB"), "{source}");
    }
}
