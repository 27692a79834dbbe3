//! What a session has the page do.

use std::rc::Rc;

use inference_messages::{Classification, LoadFile, LoadModel, PreferredBackend};

use crate::machine::LayerValues;

/// Something for the page to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Start a Worker. If that fails, [`crate::Event::WorkerCrashed`] says so.
    StartWorker,
    /// End the Worker at once, even in the middle of its work.
    EndWorker,
    /// Have the Worker load a network of the book.
    LoadModel {
        /// Number of the task.
        task: u32,
        /// What to load.
        load: Box<LoadModel>,
    },
    /// Have the Worker load a file of the reader's.
    LoadFile {
        /// Number of the task.
        task: u32,
        /// The page's number for the file.
        file: usize,
        /// What goes with the file.
        load: Box<LoadFile>,
    },
    /// Have the Worker classify an image.
    Classify {
        /// Number of the task.
        task: u32,
        /// The image.
        image: ImageToSend,
        /// What shall compute.
        preferred: PreferredBackend,
    },
    /// Have the Worker compute layers of the image classified last, but not aside.
    ComputeLayers {
        /// Number of the task.
        task: u32,
        /// Their names.
        layers: Vec<String>,
    },
    /// Cancel a task of the Worker's.
    Cancel {
        /// Its number.
        task: u32,
    },
    /// Find out how much of these files the browser's store holds, for [`crate::Event::StoreRead`].
    ReadStore {
        /// Their addresses.
        urls: Vec<String>,
    },
    /// Tell the widget.
    Tell(Notice),
}

/// Which image the Worker gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageToSend {
    /// The one on the page.
    Shown,
    /// One aside, by the page's number for it.
    Aside(u32),
}

/// A message to the widget.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    /// There is another model, which may not be loaded yet; [`crate::Session::model`] is the new one.
    ModelChanged,
    /// The network is loaded: [`crate::Session::contents`].
    Loaded,
    /// The answer to the image on the page.
    Classified(Rc<Classification>),
    /// Something failed; the view says what.
    Failed,
    /// An image aside has its answer, or words for the reader.
    AsideClassified {
        /// The page's number for it.
        image: u32,
        /// The answer.
        result: Result<Rc<Classification>, String>,
    },
    /// An image aside gets no answer any more.
    AsideDropped {
        /// The page's number for it.
        image: u32,
    },
    /// The values of layers, or words for the reader.
    LayersComputed {
        /// The page's number for the question.
        question: u32,
        /// The values.
        result: Result<LayerValues, String>,
    },
    /// A question about layers gets no answer any more: there is a newer question, image or model.
    LayersDropped {
        /// The page's number for the question.
        question: u32,
    },
}
