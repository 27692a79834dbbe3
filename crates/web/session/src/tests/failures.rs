//! What fails is said, and the reader can go on.

use inference_messages::{Fallback, FileKind};

use super::*;

#[test]
fn a_failure_is_said_and_nobody_waits() {
    let mut page = Page::answered();
    page.on(Event::ImageShown);
    check_kinds(&page.fail(network_failed()), &["end worker", "tell failed", "read store"]);
    assert!(page.network_message().contains("no room for this node"));
    assert_eq!((page.network(), page.view().busy), ("failed", false));
    assert_eq!((page.session.answer(), page.view().cost), (None, None));
}

#[test]
fn try_again_starts_a_new_worker_exactly_where_the_old_one_is_of_no_use() {
    let file = FileKind::Network;
    let detail = || "words".to_owned();
    for (error, new_worker) in [
        (NetworkError::Unreachable { file }, false),
        (NetworkError::Http { file, status: 404 }, false),
        (NetworkError::CutOff { file, received: 1, expected: 2 }, false),
        (NetworkError::Checksum { file }, false),
        (NetworkError::Memory { total: 1 }, true),
        (NetworkError::Engine { detail: detail() }, true),
        (NetworkError::OtherModel { detail: detail() }, true),
        (NetworkError::Run { detail: detail() }, true),
    ] {
        let mut page = Page::opened();
        page.on(Event::StartPressed);
        let ended = page.fail(error.clone()).contains(&Effect::EndWorker);
        assert_eq!(ended, new_worker, "{error:?}");
        assert!(matches!(page.view().panel, Panel::Failed { .. }), "{error:?}");
        let expected: &[&str] = if new_worker { &["start worker", "load model"] } else { &["load model"] };
        check_kinds(&page.on(Event::ButtonPressed), expected);
    }
}

#[test]
fn a_worker_that_crashes_is_replaced_by_try_again() {
    let mut page = Page::opened();
    page.on(Event::StartPressed);
    let crash = Event::WorkerCrashed { detail: "its script could not be loaded".to_owned() };
    check_kinds(&page.on(crash), &["end worker", "tell failed", "read store"]);
    assert!(page.network_message().contains("its script could not be loaded"));
    check_kinds(&page.on(Event::ButtonPressed), &["start worker", "load model"]);
}

#[test]
fn an_image_aside_hears_that_the_network_failed_and_the_others_wait_for_it() {
    let mut page = Page::loaded();
    page.on(Event::ImageAside { image: 1 });
    page.on(Event::ImageAside { image: 2 });
    let effects = page.fail(network_failed());
    check_kinds(&effects, &["end worker", "tell aside failed", "tell failed", "read store"]);
    page.on(Event::ButtonPressed);
    let effects = page.report(Report::Loaded(Box::default()));
    let last = effects.last().unwrap();
    assert!(matches!(last, Effect::Classify { image: ImageToSend::Aside(2), .. }), "{effects:?}");
}

#[test]
fn layers_that_were_asked_for_are_dropped_when_the_network_fails() {
    let mut page = Page::answered();
    page.on(layers_wanted(1, "conv1"));
    page.on(layers_wanted(2, "relu"));
    let effects = page.fail(network_failed());
    let dropped = |question| Effect::Tell(Notice::LayersDropped { question });
    assert!(effects.contains(&dropped(1)) && effects.contains(&dropped(2)), "{effects:?}");
    assert!(!page.view().busy);
}

#[test]
fn the_second_run_of_an_image_may_fail_as_well() {
    let mut page = Page::answered();
    check_kinds(&page.fail(network_failed()), &["end worker", "tell failed", "read store"]);
    assert_eq!(page.network(), "failed");
}

#[test]
fn a_question_about_the_model_before_that_breaks_the_worker_is_not_the_new_model_s_failure() {
    let mut page = Page::answered();
    page.on(Event::ImageShown);
    let asked = page.task;
    page.on(Event::SettingsChanged(settings(OTHER)));
    let effects = page.report_on(asked, Report::Failed(network_failed()));
    check_kinds(&effects, &["end worker", "start worker", "load model"]);
    assert_eq!((page.network(), page.network_message().as_str()), ("loading", ""));
    page.report(Report::Loaded(Box::default()));
    assert_eq!(page.network(), "ready");
}

#[test]
fn a_wish_for_the_graphics_card_that_is_not_met_is_a_message() {
    let mut page = Page::with(preferring(PreferredBackend::Webgpu));
    page.on(Event::ImageShown);
    page.on(Event::StartPressed);
    page.report(Report::Loaded(Box::default()));
    let by_processor = Classification { fallback: Some(Fallback::NoWebgpu), ..answer(0.9) };
    page.report(Report::Classified(Box::new(by_processor)));
    assert!(page.view().messages.backend.unwrap().contains("does not offer WebGPU"));
    // Said once is enough.
    let Panel::Running { words, .. } = page.view().panel else { panic!("{:?}", page.view().panel) };
    assert_eq!(words, "Computed by the processor (WASM).");

    // The wish is taken back.
    page.on(Event::SettingsChanged(preferring(PreferredBackend::Wasm)));
    page.report(classified(0.9));
    assert_eq!(page.view().messages.backend, None);
}

#[test]
fn why_the_processor_computes_is_on_the_panel_where_nothing_was_wished() {
    let mut page = Page::loaded();
    page.on(Event::ImageShown);
    let by_processor = Classification { fallback: Some(Fallback::SoftwareAdapter), ..answer(0.9) };
    page.report(Report::Classified(Box::new(by_processor)));
    assert_eq!(page.view().messages.backend, None);
    let Panel::Running { words, .. } = page.view().panel else { panic!("{:?}", page.view().panel) };
    assert!(words.contains("would run on the processor"), "{words}");
}

#[test]
fn a_graphics_card_lost_while_layers_are_computed_is_a_message_and_the_processor_s_work_is_shown() {
    let mut page = Page::loaded();
    page.on(Event::ImageShown);
    let by_gpu = Classification { backend: Backend::Webgpu, gpu_submissions: 9, ..answer(0.9) };
    page.report(Report::Classified(Box::new(by_gpu)));
    assert_eq!(page.view().marks.backend, Some("WebGPU"));
    page.on(layers_wanted(1, "conv1"));
    let Report::Layers(mut layers) = computed(&["conv1"]) else { unreachable!() };
    layers.fallback = Some(Fallback::Lost { detail: String::new() });
    page.report(Report::Layers(layers));
    assert!(page.view().messages.backend.unwrap().contains("lost the graphics card"));
    assert_eq!(page.view().marks.backend, Some("WASM"));
}
