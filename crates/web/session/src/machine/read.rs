//! What can be read off a session: its model, and what the reader sees.

use std::rc::Rc;

use catalog::manifest::{ModelFile, start_words};
use catalog::model::FULL;
use inference_messages::{Classification, NetworkError, Progress};

use super::{EngineState, EngineUsed, ModelContents, Phase, Session};
use crate::{Marks, Messages, Panel, View, book, words};

impl Session {
    /// The model in use, being loaded, or offered.
    pub fn model(&self) -> &Rc<ModelFile> {
        &self.model
    }

    /// Its title; once its weights as trained are there, with that.
    pub fn title(&self) -> String {
        let full = self.is_ready() && self.uses_full_precision();
        let precision = if full { ", full precision" } else { "" };
        self.model.card.title.clone() + precision
    }

    /// What the model has, once it is loaded.
    pub fn contents(&self) -> Option<&Rc<ModelContents>> {
        match &self.phase {
            Phase::Ready(ready) => Some(&ready.contents),
            _ => None,
        }
    }

    /// The same of the reader's own model; `None` while the book's is in use.
    pub fn reader_contents(&self) -> Option<&Rc<ModelContents>> {
        self.contents().filter(|_| self.reader_file.is_some())
    }

    /// Whether the model is loaded.
    pub fn is_ready(&self) -> bool {
        matches!(self.phase, Phase::Ready(_))
    }

    /// The answer to the image on the page.
    pub fn answer(&self) -> Option<&Rc<Classification>> {
        self.answers.last.as_ref().map(|last| &last.answer)
    }

    /// What the reader sees.
    pub fn view(&self) -> View {
        View {
            caution: words::caution(&self.model.card),
            panel: self.panel(),
            messages: self.messages(),
            busy: matches!(self.phase, Phase::Loading { .. }) || self.questions.reader_waits(),
            cost: self.cost(),
            marks: self.marks(),
        }
    }

    fn panel(&self) -> Panel {
        match &self.phase {
            Phase::Absent | Phase::Failed { error: NetworkError::ReaderFile { .. }, .. } => {
                Panel::Start { words: self.start_words() }
            }
            Phase::Loading { progress, .. } => Panel::Loading {
                words: progress.as_ref().map_or_else(|| words::PREPARING.to_owned(), words::progress),
                share: share(progress.as_ref()),
            },
            Phase::Failed { progress, .. } => {
                Panel::Failed { words: words::NOT_RUNNING.to_owned(), share: share(progress.as_ref()) }
            }
            Phase::Ready(ready) => {
                let source = ready.source.clone();
                match &self.answers.engine {
                    Some(engine) => Panel::Running { words: engine_words(engine), source },
                    None if self.questions.something_is_under_way() => {
                        Panel::Starting { words: words::STARTING.to_owned(), source }
                    }
                    None => Panel::Running { words: words::READY.to_owned(), source },
                }
            }
        }
    }

    /// What the start button says: what will really be downloaded. `None` until the browser's store was read.
    fn start_words(&self) -> Option<String> {
        let stored = self.stored.as_ref()?;
        let of = |url: &str| stored.get(url).copied();
        let (network_url, network_bytes) = self.network_file();
        let network = network_bytes.saturating_sub(of(network_url)?);
        let engine_stored = of(&self.book.engine_url())?;
        let engine_is_there =
            self.worker == Some(EngineState::Running) || engine_stored >= self.book.runtime.wasm_bytes;
        let engine = if engine_is_there { 0 } else { self.book.engine_bytes().saturating_sub(engine_stored) };
        Some(start_words(network, engine))
    }

    fn messages(&self) -> Messages {
        let failed = match &self.phase {
            Phase::Failed { error, .. } => Some(error),
            _ => None,
        };
        let unmet = self.answers.engine.as_ref().and_then(|engine| engine.fallback.as_ref());
        let unmet = unmet.filter(|(_, is_unmet)| *is_unmet);
        Messages {
            network: self.refused_file.as_ref().or(failed).map(words::error),
            backend: unmet.map(|(why, _)| words::fallback(why)),
            model: self.model_message(),
            layers: self.answers.layer_error.as_ref().map(words::error),
        }
    }

    fn model_message(&self) -> Option<String> {
        if let Some(unknown) = &self.unknown_model {
            return Some(unknown.to_string());
        }
        let model = &self.model;
        let lacks_it = self.settings.full_precision
            && self.reader_file.is_none()
            && model.full_precision.is_none()
            && model.card.precision != FULL;
        lacks_it.then(|| words::no_full_precision(&model.card.precision))
    }

    fn cost(&self) -> Option<String> {
        let last = self.answers.last.as_ref()?;
        let (backend, adapter) = (last.answer.backend, &last.answer.adapter);
        let first =
            self.answers.first_run.filter(|(by, _)| *by == backend).map(|(_, milliseconds)| milliseconds);
        Some(words::cost(backend, adapter, last.milliseconds, first))
    }

    fn marks(&self) -> Marks {
        let ready = match &self.phase {
            Phase::Ready(ready) => Some(ready),
            _ => None,
        };
        let engine = self.answers.engine.as_ref();
        let own = self.reader_file.is_some();
        Marks {
            network: match self.phase {
                Phase::Absent => "absent",
                Phase::Loading { .. } => "loading",
                Phase::Ready(_) => "ready",
                Phase::Failed { .. } => "failed",
            },
            own_model: own && ready.is_some(),
            source: ready.map(|ready| ready.source_mark),
            precision: ready.filter(|_| !own).map(|_| self.precision()),
            backend: engine.map(|engine| words::backend(engine.backend)),
            gpu_submissions: engine.map(|engine| engine.gpu_submissions),
            look: self.answers.layers.map(|(ran, _)| if ran { "run" } else { "kept" }),
            kept_bytes: self.answers.layers.map(|(_, bytes)| bytes),
        }
    }

    /// Address and bytes of the network's file that is in use, being loaded, or offered.
    pub(super) fn network_file(&self) -> (&str, u64) {
        let full = book::full_precision_file(&self.model, self.settings.full_precision);
        full.map_or((&self.model.onnx, self.model.bytes), |full| (&full.onnx, full.bytes))
    }

    /// How the weights are stored in that file.
    pub(super) fn precision(&self) -> String {
        if self.uses_full_precision() { FULL.to_owned() } else { self.model.card.precision.clone() }
    }

    fn uses_full_precision(&self) -> bool {
        book::full_precision_file(&self.model, self.settings.full_precision).is_some()
    }
}

fn share(progress: Option<&Progress>) -> f64 {
    progress.map_or(0.0, |progress| progress.received as f64 / progress.total.max(1) as f64)
}

fn engine_words(engine: &EngineUsed) -> String {
    match &engine.fallback {
        Some((why, false)) => words::fallback(why),
        // Where a wish was not met, a message says why.
        Some((_, true)) | None => words::computed(engine.backend, &engine.adapter, engine.gpu_submissions),
    }
}
