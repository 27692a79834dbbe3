//! `domain-shift`: one test of a network beside another.

use super::{Control, ControlKind, ControlPlace, DIAGNOSES, Widget, WidgetNeed};
use crate::model::TESTED;

/// Every diagnosis in two tests, and what the images of one diagnosis were taken for.
pub const DOMAIN_SHIFT: Widget = Widget {
    name: "domain-shift",
    title: "Two tests side by side",
    question: "What remains of a network's scores on other images?",
    needs: &[WidgetNeed::TestAnswers],
    takes_image: false,
    controls: &[
        Control {
            name: "first",
            label: "First test",
            help: "The network, the images that it was trained on and, behind the arrow, the images of this test.",
            kind: ControlKind::Choice { options: TESTED, default: test(0) },
            place: ControlPlace::Bar,
        },
        Control {
            name: "second",
            label: "Second test",
            help: "What the first test is compared with: other images, or another network.",
            kind: ControlKind::Choice { options: TESTED, default: test(1) },
            place: ControlPlace::Bar,
        },
        Control {
            name: "measure",
            label: "Measure",
            help: "Sensitivity: the share of a diagnosis' images that were recognised. Precision: of the images that were taken for a \
                   diagnosis, the share that really show it; it depends on how common the diagnosis is among the test images.",
            kind: ControlKind::Choice {
                options: &[("sensitivity", "sensitivity"), ("precision", "precision")],
                default: "sensitivity",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "diagnosis",
            label: "Diagnosis",
            help: "Shows below what the images of this diagnosis were taken for. You can also click a row.",
            kind: ControlKind::Choice { options: DIAGNOSES, default: "mel" },
            place: ControlPlace::Bar,
        },
    ],
    details: "",
};

/// The test at this place of the list, or none.
const fn test(place: usize) -> &'static str {
    if place < TESTED.len() { TESTED[place].0 } else { "" }
}
