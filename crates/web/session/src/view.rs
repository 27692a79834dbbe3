//! What the reader sees of a session.

/// Everything a page shows of a session.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct View {
    /// The panel on the widget's stage.
    pub panel: Panel,
    /// What is wrong, by topic.
    pub messages: Messages,
    /// Whether the reader waits for something.
    pub busy: bool,
    /// What to bear in mind about the chosen network; `None` if there is nothing.
    pub caution: Option<String>,
    /// What the last answer cost; `None` before the first.
    pub cost: Option<String>,
    /// Attributes for tests.
    pub marks: Marks,
}

/// The panel shows one thing at a time, in the same place, so that nothing jumps.
#[derive(Clone, Debug, PartialEq)]
pub enum Panel {
    /// The start button.
    Start {
        /// Its words; `None` until it is known what has to be downloaded.
        words: Option<String>,
    },
    /// A bar with the button "Stop".
    Loading {
        /// What is loading.
        words: String,
        /// 0 to 1.
        share: f64,
    },
    /// A full bar: everything is there and the first run prepares, which cannot be stopped.
    Starting {
        /// What the page waits for.
        words: String,
        /// Where the network came from.
        source: String,
    },
    /// A bar with the button "Try again".
    Failed {
        /// What state the network is in; the message says why.
        words: String,
        /// 0 to 1: how much is already there.
        share: f64,
    },
    /// The network answers.
    Running {
        /// What computes.
        words: String,
        /// Where the network came from.
        source: String,
    },
}

impl Default for Panel {
    fn default() -> Self {
        Self::Start { words: None }
    }
}

/// What is wrong at present; each topic has at most one message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// Of loading and running the network.
    pub network: Option<String>,
    /// Of what computes.
    pub backend: Option<String>,
    /// Of the choice of the model.
    pub model: Option<String>,
    /// Of computing layers.
    pub layers: Option<String>,
}

/// Attributes for the tests; `None` where one does not apply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// `absent`, `loading`, `ready` or `failed`.
    pub network: &'static str,
    /// Whether the reader's own model is in use.
    pub own_model: bool,
    /// Where the network came from: `network`, `store` or `own`.
    pub source: Option<&'static str>,
    /// How the weights of the book's network are stored in the file in use.
    pub precision: Option<String>,
    /// What really computed: `WebGPU` or `WASM`.
    pub backend: Option<&'static str>,
    /// Batches that the graphics card was given in the last run.
    pub gpu_submissions: Option<u32>,
    /// Whether the network had to run for the last layers: `run` or `kept`.
    pub look: Option<&'static str>,
    /// Bytes of layers' values that the Worker keeps.
    pub kept_bytes: Option<u64>,
}

impl Marks {
    /// Names and values of the attributes.
    pub fn attributes(&self) -> [(&'static str, Option<String>); 8] {
        let word = |word: Option<&str>| word.map(str::to_owned);
        [
            ("data-network", Some(self.network.to_owned())),
            ("data-own-model", self.own_model.then(|| "true".to_owned())),
            ("data-source", word(self.source)),
            ("data-precision", self.precision.clone()),
            ("data-backend", word(self.backend)),
            ("data-gpu-submissions", self.gpu_submissions.map(|count| count.to_string())),
            ("data-look", word(self.look)),
            ("data-kept-bytes", self.kept_bytes.map(|bytes| bytes.to_string())),
        ]
    }
}
