//! Every rule of a session, one test a rule.

mod failures;
mod loading;
mod questions;
mod reader_file;
mod settings;
mod sizes;

use std::collections::BTreeMap;
use std::rc::Rc;

use catalog::manifest::{ModelFile, OnnxFile, Runtime};
use catalog::model::{ModelCard, ModelInput, Parity, Provenance};
use inference_messages::{
    Backend, Classification, ComputedLayer, ComputedLayers, Head, Layer, LoadedModel, NetworkError,
    PreferredBackend, ReaderModel, Report,
};

use crate::{Book, Effect, Event, ImageToSend, Notice, Panel, Session, Settings, View};

/// Stored in 16 bits, and also as trained.
const MODEL: &str = "small";
/// Kept in 16 bits alone.
const OTHER: &str = "large";

fn model(name: &str, bytes: u64, full_precision: Option<OnnxFile>) -> ModelFile {
    ModelFile {
        onnx: format!("https://book.example/{name}.onnx"),
        bytes,
        sha256: format!("hash of {name}"),
        card: ModelCard {
            name: name.to_owned(),
            title: format!("The {name} network"),
            architecture: "resnet18".to_owned(),
            task: "diagnosis".to_owned(),
            labels: vec!["MEL".to_owned(), "NV".to_owned()],
            input: ModelInput { size: 128, mean: [0.5; 3], std: [0.25; 3] },
            precision: "fp16".to_owned(),
            trained_on: "drawings".to_owned(),
            drawn: true,
            evened: false,
            licence: "MIT".to_owned(),
            provenance: Provenance {
                config: String::new(),
                config_sha256: String::new(),
                source: String::new(),
                onnx_sha256: String::new(),
            },
            parity: Parity { tolerance: 0.0, inputs: 0, native: 0.0, wasm: None, webgpu: None },
            stored: Vec::new(),
        },
        classes: 2,
        full_precision,
        precomputed: None,
        precomputed_maps: false,
        first_layers: None,
        typical: None,
    }
}

fn book() -> Book {
    let full = OnnxFile {
        onnx: "https://book.example/small-fp32.onnx".to_owned(),
        bytes: 40_000_000,
        sha256: "hash".to_owned(),
    };
    let models = [model(MODEL, 20_000_000, Some(full)), model(OTHER, 50_000_000, None)];
    Book {
        runtime: Runtime {
            base: "https://book.example/ort/".to_owned(),
            script: "ort.mjs".to_owned(),
            wasm: "ort.wasm".to_owned(),
            wasm_bytes: 26_000_000,
            wasm_sha256: String::new(),
            bytes: 26_500_000,
        },
        worker_bytes: 500_000,
        models: models.into_iter().map(|model| (model.card.name.clone(), model)).collect(),
    }
}

fn settings(model: &str) -> Settings {
    Settings { model: model.to_owned(), ..Settings::default() }
}

fn preferring(backend: PreferredBackend) -> Settings {
    Settings { backend, ..settings(MODEL) }
}

/// A session and the number of the task that it sent last.
struct Page {
    session: Session,
    task: u32,
}

impl Page {
    /// Nothing was asked for yet.
    fn opened() -> Self {
        Self::with(settings(MODEL))
    }

    fn with(settings: Settings) -> Self {
        Self { session: Session::new(book(), settings).unwrap(), task: 0 }
    }

    /// The network is loaded; there is no image.
    fn loaded() -> Self {
        let mut page = Self::opened();
        page.on(Event::StartPressed);
        page.report(Report::Loaded(Box::default()));
        page
    }

    /// The network has answered to the image on the page.
    fn answered() -> Self {
        let mut page = Self::loaded();
        page.on(Event::ImageShown);
        page.report(classified(0.9));
        page
    }

    fn on(&mut self, event: Event) -> Vec<Effect> {
        let effects = self.session.on(event);
        for effect in &effects {
            if let Effect::LoadModel { task, .. }
            | Effect::LoadFile { task, .. }
            | Effect::Classify { task, .. }
            | Effect::ComputeLayers { task, .. } = effect
            {
                assert!(*task > self.task, "the number {task} was used before");
                self.task = *task;
            }
        }
        effects
    }

    /// The Worker reports on the last task.
    fn report(&mut self, report: Report) -> Vec<Effect> {
        self.report_on(self.task, report)
    }

    fn report_on(&mut self, task: u32, report: Report) -> Vec<Effect> {
        let attached = match &report {
            Report::Layers(computed) => vec![vec![1.0]; computed.layers.len()],
            Report::Loaded(loaded) if loaded.head.is_some() => vec![vec![1.0, 2.0], vec![3.0]],
            _ => Vec::new(),
        };
        self.on(Event::Reported { task, report, attached })
    }

    fn fail(&mut self, error: NetworkError) -> Vec<Effect> {
        self.report(Report::Failed(error))
    }

    fn view(&self) -> View {
        self.session.view()
    }

    fn network(&self) -> &'static str {
        self.view().marks.network
    }

    fn network_message(&self) -> String {
        self.view().messages.network.unwrap_or_default()
    }
}

fn answer(probability: f32) -> Classification {
    Classification {
        probabilities: vec![probability, 1.0 - probability],
        logits: vec![1.0, 0.0],
        backend: Backend::Wasm,
        fallback: None,
        milliseconds: 200.0,
        first: false,
        gpu_submissions: 0,
        adapter: String::new(),
    }
}

fn classified(probability: f32) -> Report {
    Report::Classified(Box::new(answer(probability)))
}

fn computed(layers: &[&str]) -> Report {
    let layer = |name: &&str| ComputedLayer { name: (*name).to_owned(), shape: vec![1] };
    Report::Layers(Box::new(ComputedLayers {
        layers: layers.iter().map(layer).collect(),
        ran: true,
        milliseconds: 30.0,
        kept_bytes: 64,
        backend: Backend::Wasm,
        fallback: None,
    }))
}

fn layers_wanted(question: u32, layer: &str) -> Event {
    Event::LayersWanted { question, layers: vec![layer.to_owned()] }
}

fn network_failed() -> NetworkError {
    NetworkError::Run { detail: "no room for this node".to_owned() }
}

/// What an effect is, for lists that are compared.
fn kind(effect: &Effect) -> &'static str {
    match effect {
        Effect::StartWorker => "start worker",
        Effect::EndWorker => "end worker",
        Effect::LoadModel { .. } => "load model",
        Effect::LoadFile { .. } => "load file",
        Effect::Classify { image: ImageToSend::Shown, .. } => "classify",
        Effect::Classify { image: ImageToSend::Aside(_), .. } => "classify aside",
        Effect::ComputeLayers { .. } => "compute layers",
        Effect::Cancel { .. } => "cancel",
        Effect::ReadStore { .. } => "read store",
        Effect::Tell(notice) => match notice {
            Notice::ModelChanged => "tell model changed",
            Notice::Loaded => "tell loaded",
            Notice::Classified(_) => "tell classified",
            Notice::Failed => "tell failed",
            Notice::AsideClassified { result: Ok(_), .. } => "tell aside classified",
            Notice::AsideClassified { result: Err(_), .. } => "tell aside failed",
            Notice::AsideDropped { .. } => "tell aside dropped",
            Notice::LayersComputed { result: Ok(_), .. } => "tell layers computed",
            Notice::LayersComputed { result: Err(_), .. } => "tell layers failed",
            Notice::LayersDropped { .. } => "tell layers dropped",
        },
    }
}

#[track_caller]
fn check_kinds(effects: &[Effect], expected: &[&str]) {
    let found: Vec<_> = effects.iter().map(kind).collect();
    assert_eq!(found, expected, "{effects:?}");
}

#[track_caller]
fn check_start_words(page: &Page, part: &str) {
    let Panel::Start { words: Some(words) } = page.view().panel else {
        panic!("the panel shows {:?}", page.view().panel);
    };
    assert!(words.contains(part), "{words}");
}

fn stored(files: &[(&str, u64)]) -> Event {
    let files = files.iter().map(|(url, bytes)| (format!("https://book.example/{url}"), *bytes));
    Event::StoreRead(files.collect::<BTreeMap<_, _>>())
}

fn reader_model() -> ReaderModel {
    ReaderModel {
        size: 32,
        labels: vec!["cat".to_owned(), "dog".to_owned(), "horse".to_owned()],
        architecture: String::new(),
        bytes: 1_500_000,
        sha256: "hash of theirs".to_owned(),
        says_preparation: false,
    }
}

fn loaded_with(loaded: LoadedModel) -> Report {
    Report::Loaded(Box::new(loaded))
}

#[test]
fn a_loaded_model_comes_with_its_layers_and_the_weights_of_the_last_one() {
    let mut page = Page::opened();
    page.on(Event::StartPressed);
    let layers = vec![Layer { name: "conv1".to_owned(), shape: Some(vec![8, 4, 4]) }];
    let head = Head { layer: "fc".to_owned(), labels: 1, channels: 2, maps: None };
    page.report(loaded_with(LoadedModel {
        layers: layers.clone(),
        head: Some(head.clone()),
        ..LoadedModel::default()
    }));
    let contents = Rc::clone(page.session.contents().unwrap());
    assert_eq!(contents.layers, layers);
    let found = contents.head.as_ref().unwrap();
    assert_eq!((&found.head, &found.weight, &found.bias), (&head, &vec![1.0, 2.0], &vec![3.0]));
}
