//! What happens to a session.

use std::collections::BTreeMap;

use inference_messages::{PreferredBackend, Report};

/// Something the reader did, the widget asked for, the browser knows or the Worker reported.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The start button was pressed.
    StartPressed,
    /// The button beside the bar was pressed: it stops a download, or tries again.
    ButtonPressed,
    /// The reader changed one of the settings.
    SettingsChanged(Settings),
    /// The reader pressed "Reset"; the settings are those of the text again.
    Reset(Settings),
    /// The reader gave a file to be used as the network.
    FileGiven {
        /// The page's number for it.
        file: usize,
        /// Its name.
        name: String,
    },
    /// There is a new image on the page.
    ImageShown,
    /// Another image is to be classified when nothing else is to be done.
    ImageAside {
        /// The page's number for it.
        image: u32,
    },
    /// Images aside that were not begun need no answer any more.
    AsidesForgotten,
    /// The widget wants the values of layers for the image on the page.
    LayersWanted {
        /// The page's number for the question.
        question: u32,
        /// Names of the layers.
        layers: Vec<String>,
    },
    /// The browser's store may hold something else than before.
    StoreChanged,
    /// What the browser's store holds: address of a file, and how many of its first bytes.
    StoreRead(BTreeMap<String, u64>),
    /// The Worker reported.
    Reported {
        /// The task that the report belongs to.
        task: u32,
        /// What it says.
        report: Report,
        /// The values attached to it.
        attached: Vec<Vec<f32>>,
    },
    /// The Worker did not start, or is gone.
    WorkerCrashed {
        /// Its last words.
        detail: String,
    },
}

/// The controls that a network depends on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// Name of the model.
    pub model: String,
    /// Whether to use the weights as trained, where the book has that file.
    pub full_precision: bool,
    /// What shall compute.
    pub backend: PreferredBackend,
}
