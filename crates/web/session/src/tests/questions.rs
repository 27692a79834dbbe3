//! Which question goes next, and which answers are of no use any more.

use super::*;

#[test]
fn a_new_image_goes_first_then_layers_then_images_aside() {
    let mut page = Page::answered();
    // Keeps the Worker at work while the others come.
    page.on(Event::ImageAside { image: 1 });
    page.on(Event::ImageAside { image: 2 });
    page.on(Event::ImageShown);
    page.on(layers_wanted(7, "conv1"));
    check_kinds(&page.report(classified(0.1)), &["tell aside classified", "classify"]);
    check_kinds(&page.report(classified(0.2)), &["tell classified", "compute layers"]);
    check_kinds(&page.report(computed(&["conv1"])), &["tell layers computed", "classify aside"]);
    check_kinds(&page.report(classified(0.3)), &["tell aside classified"]);
}

#[test]
fn one_question_is_under_way_at_a_time() {
    let mut page = Page::loaded();
    check_kinds(&page.on(Event::ImageAside { image: 1 }), &["classify aside"]);
    check_kinds(&page.on(Event::ImageAside { image: 2 }), &[]);
    check_kinds(&page.on(Event::ImageShown), &[]);
    check_kinds(&page.on(layers_wanted(1, "conv1")), &[]);
}

#[test]
fn an_answer_to_an_earlier_image_is_not_told() {
    let mut page = Page::loaded();
    page.on(Event::ImageShown);
    check_kinds(&page.on(Event::ImageShown), &[]);
    check_kinds(&page.report(classified(0.9)), &["classify"]);
    assert_eq!(page.session.answer(), None);
    check_kinds(&page.report(classified(0.2)), &["tell classified"]);
    assert_eq!(page.session.answer().map(|answer| answer.probabilities[0]), Some(0.2));
}

#[test]
fn images_that_follow_one_another_fast_are_asked_about_once() {
    let mut page = Page::loaded();
    page.on(Event::ImageShown);
    for _ in 0..10 {
        check_kinds(&page.on(Event::ImageShown), &[]);
    }
    check_kinds(&page.report(classified(0.9)), &["classify"]);
    check_kinds(&page.report(classified(0.2)), &["tell classified"]);
}

#[test]
fn a_new_image_drops_layers_that_are_being_computed() {
    let mut page = Page::answered();
    page.on(layers_wanted(5, "conv1"));
    let asked = page.task;
    assert_eq!(page.on(Event::ImageShown), [Effect::Tell(Notice::LayersDropped { question: 5 })]);
    // The Worker still answers; nobody hears it, and the image goes next.
    check_kinds(&page.report_on(asked, computed(&["conv1"])), &["classify"]);
    assert_eq!(page.view().marks.look, None);
}

#[test]
fn a_new_image_drops_layers_that_wait() {
    let mut page = Page::loaded();
    page.on(Event::ImageShown);
    page.on(layers_wanted(5, "conv1"));
    assert_eq!(page.on(Event::ImageShown), [Effect::Tell(Notice::LayersDropped { question: 5 })]);
    check_kinds(&page.report(classified(0.9)), &["classify"]);
    check_kinds(&page.report(classified(0.9)), &["tell classified"]);
}

#[test]
fn layers_wait_for_the_answer_to_their_image() {
    let mut page = Page::loaded();
    page.on(Event::ImageShown);
    check_kinds(&page.on(layers_wanted(5, "conv1")), &[]);
    check_kinds(&page.report(classified(0.9)), &["tell classified", "compute layers"]);
    assert!(page.view().busy);
}

#[test]
fn without_an_image_on_the_page_layers_wait_for_one() {
    let mut page = Page::loaded();
    check_kinds(&page.on(layers_wanted(5, "conv1")), &[]);
    check_kinds(&page.on(Event::ImageShown), &["tell layers dropped", "classify"]);
}

#[test]
fn a_newer_question_about_layers_replaces_one_that_waits() {
    let mut page = Page::answered();
    page.on(layers_wanted(1, "conv1"));
    check_kinds(&page.on(layers_wanted(2, "relu")), &[]);
    assert_eq!(page.on(layers_wanted(3, "fc")), [Effect::Tell(Notice::LayersDropped { question: 2 })]);
    let effects = page.report(computed(&["conv1"]));
    check_kinds(&effects, &["tell layers computed", "compute layers"]);
    let Effect::ComputeLayers { layers, .. } = &effects[1] else { panic!("{effects:?}") };
    assert_eq!(layers, &["fc"]);
}

#[test]
fn without_a_network_layers_are_dropped_at_once_and_nobody_waits() {
    let mut page = Page::opened();
    assert_eq!(page.on(layers_wanted(1, "conv1")), [Effect::Tell(Notice::LayersDropped { question: 1 })]);
    assert!(!page.view().busy);
}

#[test]
fn values_of_layers_come_with_their_names_and_shapes_and_what_they_cost() {
    let mut page = Page::answered();
    page.on(layers_wanted(4, "conv1"));
    let effects = page.report(computed(&["conv1"]));
    let [Effect::Tell(Notice::LayersComputed { question: 4, result: Ok(found) })] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!((found.layers[0].layer.as_str(), found.layers[0].values.as_slice()), ("conv1", &[1.0][..]));
    assert!(found.ran);
    let marks = page.view().marks;
    assert_eq!((marks.look, marks.kept_bytes), (Some("run"), Some(64)));
}

#[test]
fn images_aside_do_not_make_the_reader_wait_and_do_not_touch_the_answer() {
    let mut page = Page::answered();
    page.on(Event::ImageAside { image: 1 });
    assert!(!page.view().busy);
    let effects = page.report(classified(0.1));
    check_kinds(&effects, &["tell aside classified"]);
    assert_eq!(page.session.answer().map(|answer| answer.probabilities[0]), Some(0.9));
}

#[test]
fn images_aside_wait_for_the_network() {
    let mut page = Page::opened();
    page.on(Event::ImageAside { image: 1 });
    page.on(Event::StartPressed);
    check_kinds(&page.report(Report::Loaded(Box::default())), &["tell loaded", "classify aside"]);
}

#[test]
fn without_an_image_on_the_page_one_aside_says_what_computes() {
    let mut page = Page::loaded();
    page.on(Event::ImageAside { image: 1 });
    assert_eq!(page.view().marks.backend, None);
    assert!(matches!(page.view().panel, Panel::Starting { .. }));
    page.report(classified(0.1));
    assert_eq!(page.view().marks.backend, Some("WASM"));
}

#[test]
fn images_aside_that_were_not_begun_can_be_forgotten() {
    let mut page = Page::loaded();
    page.on(Event::ImageAside { image: 1 });
    page.on(Event::ImageAside { image: 2 });
    assert_eq!(page.on(Event::AsidesForgotten), [Effect::Tell(Notice::AsideDropped { image: 2 })]);
    let effects = page.report(classified(0.1));
    assert!(matches!(&effects[..], [Effect::Tell(Notice::AsideClassified { image: 1, result: Ok(_) })]));
}

#[test]
fn a_layer_that_cannot_be_computed_is_named_until_another_one_or_another_image_comes() {
    let failed = || Report::Failed(NetworkError::Layer { detail: "no layer is called layer9".to_owned() });
    let mut page = Page::answered();
    page.on(layers_wanted(1, "layer9"));
    check_kinds(&page.report(failed()), &["tell layers failed"]);
    assert!(page.view().messages.layers.unwrap().contains("no layer is called layer9"));
    assert_eq!((page.network(), page.view().busy), ("ready", false));

    page.on(layers_wanted(2, "conv1"));
    page.report(computed(&["conv1"]));
    assert_eq!(page.view().messages.layers, None);

    page.on(layers_wanted(3, "layer9"));
    page.report(failed());
    page.on(Event::ImageShown);
    assert_eq!(page.view().messages.layers, None);
}
