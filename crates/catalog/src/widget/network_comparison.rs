//! `network-comparison`: every exported network, what it costs and what it is worth.

use super::{Control, ControlKind, ControlPlace, Widget, WidgetNeed, network, player};
use crate::model::TEST_SETS;

/// All exported networks in one plot and one table, with the time for an image measured on the reader's device.
pub const NETWORK_COMPARISON: Widget = Widget {
    name: "network-comparison",
    title: "Network comparison",
    question: "What does a better network cost?",
    needs: &[WidgetNeed::Network, WidgetNeed::TestScores],
    takes_image: false,
    controls: &[
        Control {
            name: "cost",
            label: "Cost",
            help: "What the horizontal axis shows. A multiply-add is one multiplication and one addition; an image needs this many.",
            kind: ControlKind::Choice {
                options: &[
                    ("download", "download, MB"),
                    ("operations", "multiply-adds for an image"),
                    ("parameters", "parameters"),
                    ("time", "time for an image on this device"),
                ],
                default: "download",
            },
            place: ControlPlace::Bar,
        },
        Control {
            name: "test",
            label: "Tested on",
            help: "The test images that the balanced accuracy and the calibration errors were measured on.",
            kind: ControlKind::Choice { options: TEST_SETS, default: TEST_SETS[TEST_SETS.len() - 1].0 },
            place: ControlPlace::Bar,
        },
        Control { place: ControlPlace::Bar, ..network::MODEL },
        player("measure", "Measure this network"),
        player("measure-all", "Measure all networks"),
        network::BACKEND,
        network::FULL_PRECISION,
    ],
    details: "All numbers in a table",
};
