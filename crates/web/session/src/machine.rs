//! The state machine.

mod read;

use std::collections::BTreeMap;
use std::rc::Rc;

use catalog::manifest::ModelFile;
use catalog::model::is_model_file;
use inference_messages::{
    Backend, Classification, ComputedLayers, Fallback, Head, Layer, LoadFile, LoadModel, LoadedModel,
    NetworkError, PreferredBackend, Progress, Report,
};

use crate::book::{self, Book, UnknownModel};
use crate::questions::{NextQuestion, Question, Questions};
use crate::{Effect, Event, ImageToSend, Notice, Settings, words};

/// A page's dealings with one network.
#[derive(Clone, Debug)]
pub struct Session {
    book: Book,
    settings: Settings,
    /// The model in use, being loaded, or offered.
    model: Rc<ModelFile>,
    /// The reader's file that is in use or being loaded as the model: the page's number for it, and its name.
    reader_file: Option<(usize, String)>,
    phase: Phase,
    /// Whether there is a Worker, and whether its engine runs.
    worker: Option<EngineState>,
    /// Number of the last task.
    last_task: u32,
    questions: Questions,
    /// Whether there is an image on the page.
    image_is_shown: bool,
    answers: ModelAnswers,
    /// What the browser's store holds, by address; `None` until it was read.
    stored: Option<BTreeMap<String, u64>>,
    /// A model that was chosen and does not exist.
    unknown_model: Option<UnknownModel>,
    /// Why the file that the reader gave last was not even tried.
    refused_file: Option<NetworkError>,
    effects: Vec<Effect>,
}

/// How far the network is.
#[derive(Clone, Debug)]
enum Phase {
    Absent,
    Loading { task: u32, progress: Option<Progress> },
    Ready(ReadyModel),
    Failed { error: NetworkError, progress: Option<Progress> },
}

#[derive(Clone, Debug)]
struct ReadyModel {
    contents: Rc<ModelContents>,
    /// The text about where it came from.
    source: String,
    /// The same for tests.
    source_mark: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EngineState {
    NotStarted,
    Running,
}

/// What the network answered so far; all of it is forgotten with the model.
#[derive(Clone, Debug, Default)]
struct ModelAnswers {
    /// The answer to the image on the page.
    last: Option<LastAnswer>,
    /// What computed last.
    engine: Option<EngineUsed>,
    /// Milliseconds of the first run by a backend.
    first_run: Option<(Backend, f64)>,
    /// Of the last layers: whether the network ran, and bytes kept.
    layers: Option<(bool, u64)>,
    /// Why the last layers could not be computed.
    layer_error: Option<NetworkError>,
}

#[derive(Clone, Debug)]
struct LastAnswer {
    task: u32,
    answer: Rc<Classification>,
    /// Milliseconds of a run without preparations, once known.
    milliseconds: Option<f64>,
}

#[derive(Clone, Debug)]
struct EngineUsed {
    backend: Backend,
    adapter: String,
    gpu_submissions: u32,
    /// Why it was not another one, and whether the reader has to hear of it: a wish that was not met is a message, what is
    /// only good to know is on the panel.
    fallback: Option<(Fallback, bool)>,
}

/// What a loaded model has.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelContents {
    /// Every layer whose values can be computed, in the order of computation.
    pub layers: Vec<Layer>,
    /// The last linear layer.
    pub head: Option<LinearLayer>,
}

/// The last linear layer with its weights.
#[derive(Clone, Debug, PartialEq)]
pub struct LinearLayer {
    /// Names and sizes.
    pub head: Head,
    /// `[labels, channels]`, row-major.
    pub weight: Vec<f32>,
    /// `[labels]`.
    pub bias: Vec<f32>,
}

/// Values of layers, and what they cost.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerValues {
    /// In the order of the question.
    pub layers: Vec<LayerResult>,
    /// Whether the network had to run.
    pub ran: bool,
    /// Milliseconds of that run, 0 without one.
    pub milliseconds: f64,
    /// What computed.
    pub backend: Backend,
}

/// What a layer gave for the image on the page.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerResult {
    /// Its name.
    pub layer: String,
    /// Without the batch: `[C, H, W]` of feature maps, `[C]` behind the pooling.
    pub shape: Vec<usize>,
    /// Row-major.
    pub values: Vec<f32>,
}

impl Session {
    /// A session whose network was not asked for.
    ///
    /// # Errors
    /// If the book was built without the model of the settings.
    pub fn new(book: Book, settings: Settings) -> Result<Self, UnknownModel> {
        let model = Rc::new(book.model(&settings.model)?.clone());
        Ok(Self {
            book,
            settings,
            model,
            reader_file: None,
            phase: Phase::Absent,
            worker: None,
            last_task: 0,
            questions: Questions::default(),
            image_is_shown: false,
            answers: ModelAnswers::default(),
            stored: None,
            unknown_model: None,
            refused_file: None,
            effects: Vec::new(),
        })
    }

    /// Takes an event; returns what there is to do, in this order.
    pub fn on(&mut self, event: Event) -> Vec<Effect> {
        match event {
            Event::StartPressed => self.load(),
            Event::ButtonPressed => self.button_pressed(),
            Event::SettingsChanged(settings) => self.settings_changed(settings),
            Event::Reset(settings) => self.reset(settings),
            Event::FileGiven { file, name } => self.file_given(file, name),
            Event::ImageShown => self.image_shown(),
            Event::ImageAside { image } => self.questions.add_aside(image),
            Event::AsidesForgotten => self.forget_asides(),
            Event::LayersWanted { question, layers } => self.layers_wanted(question, layers),
            Event::StoreChanged if self.can_be_started() => self.read_store(),
            Event::StoreChanged => {}
            Event::StoreRead(stored) => self.stored.get_or_insert_default().extend(stored),
            Event::Reported { task, report, attached } => self.reported(task, report, attached),
            Event::WorkerCrashed { detail } => self.fail(NetworkError::Crash { detail }),
        }
        self.ask_next();
        std::mem::take(&mut self.effects)
    }

    fn load(&mut self) {
        if matches!(self.phase, Phase::Loading { .. } | Phase::Ready(_)) {
            return;
        }
        self.refused_file = None;
        if self.worker.is_none() {
            self.worker = Some(EngineState::NotStarted);
            self.effects.push(Effect::StartWorker);
        }
        let task = self.next_task();
        let runtime = self.book.runtime.clone();
        self.effects.push(match &self.reader_file {
            None => {
                let (model, full_precision) = (ModelFile::clone(&self.model), self.settings.full_precision);
                Effect::LoadModel { task, load: Box::new(LoadModel { runtime, model, full_precision }) }
            }
            Some((file, name)) => Effect::LoadFile {
                task,
                file: *file,
                load: Box::new(LoadFile { runtime, name: name.clone() }),
            },
        });
        self.phase = Phase::Loading { task, progress: None };
    }

    fn button_pressed(&mut self) {
        match self.phase {
            Phase::Loading { task, .. } => self.effects.push(Effect::Cancel { task }),
            // The first run is under way: too late to stop, nothing to try again.
            Phase::Ready(_) => {}
            Phase::Absent | Phase::Failed { .. } => self.load(),
        }
    }

    fn settings_changed(&mut self, settings: Settings) {
        let before = std::mem::replace(&mut self.settings, settings);
        let model_changed = self.settings.model != before.model;
        if model_changed || self.file_changed(before.full_precision) {
            self.change_model();
        } else if self.settings.backend != before.backend {
            match self.phase {
                // Another backend may work where this one failed.
                Phase::Failed { .. } => self.load(),
                _ => self.ask_about_image(),
            }
        }
    }

    /// Whether the reader wants the book's network from another file than before. The reader's own network is not affected.
    fn file_changed(&self, full_precision_before: bool) -> bool {
        let file = |wanted| book::full_precision_file(&self.model, wanted);
        self.reader_file.is_none() && file(full_precision_before) != file(self.settings.full_precision)
    }

    fn reset(&mut self, settings: Settings) {
        self.refused_file = None;
        if self.reader_file.is_some() {
            self.settings = settings;
            self.change_model();
        } else {
            self.settings_changed(settings);
        }
    }

    /// Takes the book's model of the settings in the place of the one that was there.
    fn change_model(&mut self) {
        let model = match self.book.model(&self.settings.model) {
            Ok(model) => Rc::new(model.clone()),
            Err(unknown) => {
                self.unknown_model = Some(unknown);
                return;
            }
        };
        self.unknown_model = None;
        let was_asked_for = !matches!(self.phase, Phase::Absent);
        self.leave_model();
        self.refused_file = None;
        self.reader_file = None;
        self.model = model;
        self.tell(Notice::ModelChanged);
        if was_asked_for {
            self.load();
        } else {
            self.read_store();
        }
    }

    /// Takes a file of the reader's in the place of the model that was there.
    fn file_given(&mut self, file: usize, name: String) {
        if !is_model_file(&name) {
            let detail = format!("its name must end in .onnx, but it is {name}");
            self.refused_file = Some(NetworkError::ReaderFile { detail });
            return;
        }
        self.leave_model();
        self.reader_file = Some((file, name));
        self.load();
    }

    /// Forgets what is known about the model.
    fn leave_model(&mut self) {
        for question in self.questions.leave_model() {
            match question {
                Question::Image(_) => {}
                Question::Aside(image) => self.tell(Notice::AsideDropped { image }),
                Question::Layers(question) => self.tell(Notice::LayersDropped { question }),
            }
        }
        if matches!(self.phase, Phase::Loading { .. }) {
            // With the Worker goes what it is downloading.
            self.end_worker();
        }
        self.answers = ModelAnswers::default();
        self.phase = Phase::Absent;
    }

    fn end_worker(&mut self) {
        if self.worker.take().is_some() {
            self.effects.push(Effect::EndWorker);
        }
        let (_nobody_waits, dropped) = self.questions.fail();
        self.tell_layers_dropped(dropped);
    }

    fn image_shown(&mut self) {
        self.image_is_shown = true;
        self.ask_about_image();
    }

    fn ask_about_image(&mut self) {
        if self.image_is_shown && self.is_ready() {
            // An error in a layer of the image before is not about this one.
            self.answers.layer_error = None;
            let dropped = self.questions.want_image();
            self.tell_layers_dropped(dropped);
        }
    }

    fn forget_asides(&mut self) {
        for image in self.questions.forget_asides() {
            self.tell(Notice::AsideDropped { image });
        }
    }

    fn layers_wanted(&mut self, question: u32, layers: Vec<String>) {
        if !self.is_ready() {
            // Without a network nobody waits: the reader has not asked for it.
            return self.tell(Notice::LayersDropped { question });
        }
        let replaced = self.questions.want_layers(question, layers);
        self.tell_layers_dropped(replaced);
    }

    /// Asks how much of the start button's files the browser has already stored.
    fn read_store(&mut self) {
        let (network, _) = self.network_file();
        self.effects.push(Effect::ReadStore { urls: vec![self.book.engine_url(), network.to_owned()] });
    }

    /// Sends the next question, unless one is under way.
    fn ask_next(&mut self) {
        if !self.is_ready() {
            return;
        }
        let Some(next) = self.questions.next(self.answers.last.is_some()) else { return };
        let task = self.next_task();
        let preferred = self.settings.backend;
        let (question, effect) = match next {
            NextQuestion::Image => {
                (Question::Image(preferred), Effect::Classify { task, image: ImageToSend::Shown, preferred })
            }
            NextQuestion::Aside(image) => (
                Question::Aside(image),
                Effect::Classify { task, image: ImageToSend::Aside(image), preferred },
            ),
            NextQuestion::Layers(question, layers) => {
                (Question::Layers(question), Effect::ComputeLayers { task, layers })
            }
        };
        self.questions.sent(task, question);
        self.effects.push(effect);
    }

    fn reported(&mut self, task: u32, report: Report, attached: Vec<Vec<f32>>) {
        match report {
            Report::Progress(now) => {
                if let Phase::Loading { task: loading, progress } = &mut self.phase
                    && *loading == task
                {
                    *progress = Some(now);
                }
            }
            Report::Loaded(loaded) if self.is_loading(task) => self.loaded(*loaded, attached),
            Report::Loaded(_) => {}
            Report::Classified(answer) => self.classified(task, Rc::new(*answer)),
            Report::Repeated { milliseconds } => {
                if let Some(last) = self.answers.last.as_mut().filter(|last| last.task == task) {
                    last.milliseconds = Some(milliseconds);
                }
            }
            Report::Layers(computed) => self.layers_computed(task, *computed, attached),
            Report::Failed(NetworkError::Layer { detail }) => {
                self.layer_failed(task, NetworkError::Layer { detail });
            }
            Report::Failed(error) => self.task_failed(task, error),
        }
    }

    fn loaded(&mut self, loaded: LoadedModel, attached: Vec<Vec<f32>>) {
        self.worker = Some(EngineState::Running);
        if let Some(file) = &loaded.reader_model {
            self.model = Rc::new(book::reader_model(&self.model, file));
            self.tell(Notice::ModelChanged);
        }
        if !loaded.labels.is_empty() {
            self.model = Rc::new(book::with_labels(&self.model, loaded.labels));
            self.tell(Notice::ModelChanged);
        }
        let source = if let Some(file) = &loaded.reader_model {
            words::reader_model(file)
        } else {
            let (_, bytes) = self.network_file();
            words::source(loaded.downloaded, loaded.stored) + &words::stored(&self.precision(), bytes)
        };
        let source_mark = match (&loaded.reader_model, loaded.downloaded) {
            (Some(_), _) => "own",
            (None, 0) => "store",
            (None, _) => "network",
        };
        let mut attached = attached.into_iter();
        let head = loaded.head.zip(attached.next()).zip(attached.next());
        let head = head.map(|((head, weight), bias)| LinearLayer { head, weight, bias });
        let contents = Rc::new(ModelContents { layers: loaded.layers, head });
        self.phase = Phase::Ready(ReadyModel { contents, source, source_mark });
        self.ask_about_image();
        self.tell(Notice::Loaded);
    }

    fn classified(&mut self, task: u32, answer: Rc<Classification>) {
        match self.questions.answered(task) {
            Some(Question::Aside(image)) => {
                // Without an image on the page nothing else says what computes.
                if !self.image_is_shown {
                    self.note_engine(&answer, self.settings.backend);
                }
                self.tell(Notice::AsideClassified { image, result: Ok(answer) });
            }
            // An answer to an earlier image than the one that waits is of no use.
            Some(Question::Image(preferred)) if !self.questions.image_waits() => {
                self.note_engine(&answer, preferred);
                if answer.first {
                    self.answers.first_run = Some((answer.backend, answer.milliseconds));
                }
                let milliseconds = (!answer.first).then_some(answer.milliseconds);
                self.answers.last = Some(LastAnswer { task, answer: Rc::clone(&answer), milliseconds });
                self.tell(Notice::Classified(answer));
            }
            _ => {}
        }
    }

    fn note_engine(&mut self, answer: &Classification, preferred: PreferredBackend) {
        // A file that was refused before the network answered is an old story.
        self.refused_file = None;
        let unmet = preferred == PreferredBackend::Webgpu;
        self.answers.engine = Some(EngineUsed {
            backend: answer.backend,
            adapter: answer.adapter.clone(),
            gpu_submissions: answer.gpu_submissions,
            fallback: answer.fallback.clone().map(|why| (why, unmet)),
        });
    }

    fn layers_computed(&mut self, task: u32, computed: ComputedLayers, attached: Vec<Vec<f32>>) {
        let Some(Question::Layers(question)) = self.questions.answered(task) else { return };
        let ComputedLayers { layers, ran, milliseconds, kept_bytes, backend, fallback } = computed;
        self.answers.layers = Some((ran, kept_bytes));
        self.answers.layer_error = None;
        if let (Some(why), Some(engine)) = (fallback, &mut self.answers.engine) {
            engine.backend = backend;
            engine.fallback = Some((why, true));
        }
        let values = layers.into_iter().zip(attached);
        let layers = values
            .map(|(layer, values)| LayerResult { layer: layer.name, shape: layer.shape, values })
            .collect();
        let result = Ok(LayerValues { layers, ran, milliseconds, backend });
        self.tell(Notice::LayersComputed { question, result });
    }

    fn layer_failed(&mut self, task: u32, error: NetworkError) {
        let Some(Question::Layers(question)) = self.questions.answered(task) else { return };
        let result = Err(words::error(&error));
        self.answers.layer_error = Some(error);
        self.tell(Notice::LayersComputed { question, result });
    }

    fn task_failed(&mut self, task: u32, error: NetworkError) {
        let is_awaited = self.is_loading(task) || self.questions.waits_for(task);
        if is_awaited || self.is_ready() {
            // What is not awaited is the second run of an image or a question that was dropped; if that broke the Worker,
            // nothing else can be computed either.
            return self.fail(error);
        }
        if matches!(self.phase, Phase::Loading { .. }) && error.needs_new_worker() {
            // A question about the model before broke the Worker that is to load this one.
            self.end_worker();
            self.phase = Phase::Absent;
            self.load();
        }
    }

    fn fail(&mut self, error: NetworkError) {
        let (under_way, dropped) = self.questions.fail();
        self.tell_layers_dropped(dropped);
        let progress = match self.phase {
            Phase::Loading { progress, .. } => progress,
            _ => None,
        };
        self.answers = ModelAnswers::default();
        if error.needs_new_worker() {
            self.end_worker();
        }
        let words = words::error(&error);
        if matches!(error, NetworkError::ReaderFile { .. }) {
            self.return_to_the_book();
        }
        self.phase = Phase::Failed { error, progress };
        match under_way {
            Some(Question::Aside(image)) => self.tell(Notice::AsideClassified { image, result: Err(words) }),
            Some(Question::Layers(question)) => self.tell(Notice::LayersDropped { question }),
            Some(Question::Image(_)) | None => {}
        }
        self.tell(Notice::Failed);
        // What came before it failed may be stored.
        self.read_store();
    }

    /// A file of the reader's that cannot be used is forgotten; the network of the book can be started again.
    fn return_to_the_book(&mut self) {
        self.reader_file = None;
        if self.model.card.name == book::READER_MODEL
            && let Ok(model) = self.book.model(&self.settings.model)
        {
            self.model = Rc::new(model.clone());
            self.tell(Notice::ModelChanged);
        }
    }

    fn tell(&mut self, notice: Notice) {
        self.effects.push(Effect::Tell(notice));
    }

    fn tell_layers_dropped(&mut self, dropped: impl IntoIterator<Item = u32>) {
        for question in dropped {
            self.tell(Notice::LayersDropped { question });
        }
    }

    fn next_task(&mut self) -> u32 {
        self.last_task += 1;
        self.last_task
    }

    /// Whether the start button or "Try again" is there.
    fn can_be_started(&self) -> bool {
        matches!(self.phase, Phase::Absent | Phase::Failed { .. })
    }

    fn is_loading(&self, task: u32) -> bool {
        matches!(self.phase, Phase::Loading { task: loading, .. } if loading == task)
    }
}
