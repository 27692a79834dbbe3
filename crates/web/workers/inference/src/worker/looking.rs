//! Any layer's values for the image last classified.
//!
//! A second session has every layer as an output; the first one, without, stays for the answers, since what a runtime must
//! hand over it cannot merge with the next operation. A run computes more layers than were asked for, as many as may be
//! kept, so that most questions need none.

use imaging::Rgb8;
use inference::web::{Backend, Classifier, Runtime};
use inference::{InferenceError, LayerOutput, Model, layers};
use inference_messages::{ComputedLayer, ComputedLayers, Fallback, Report};
use worker_kit::{Attachment, Task};

use crate::keep::{KEEP, plan};

/// The session with every layer as an output, and what is kept of its last run.
#[derive(Default)]
pub(super) struct LayerSession {
    session: Option<Classifier>,
    /// Every layer, in the order of computation, and the bytes of its values where the file states them.
    layers: Vec<(String, Option<u64>)>,
    kept: Vec<LayerOutput>,
}

/// What a look took.
pub(super) struct LookCost {
    /// Whether the network had to run.
    pub(super) ran: bool,
    /// Of that run.
    pub(super) milliseconds: f64,
    pub(super) backend: inference_messages::Backend,
    /// Why WebGPU was given up for it.
    pub(super) fallback: Option<Fallback>,
}

impl LayerSession {
    /// The image is another one.
    pub(super) fn forget_values(&mut self) {
        self.kept.clear();
    }

    /// Makes sure that the values of `asked` are kept; whether the network had to run for it.
    ///
    /// # Errors
    /// [`InferenceError`], such as [`InferenceError::NoLayer`].
    pub(super) async fn look(
        &mut self,
        runtime: &Runtime,
        model: &mut Model,
        backend: Backend,
        image: &Rgb8,
        asked: &[String],
    ) -> Result<bool, InferenceError> {
        if asked.iter().all(|name| self.kept(name).is_some()) {
            return Ok(false);
        }
        if self.layers.is_empty() {
            let listed = layers::layers(model.onnx())?;
            let bytes = |shape: Vec<usize>| shape.iter().product::<usize>() as u64 * 4;
            self.layers = listed.into_iter().map(|layer| (layer.name, layer.shape.map(bytes))).collect();
        }
        let place = |name: &String| {
            let found = self.layers.iter().position(|(other, _)| other == name);
            found.ok_or_else(|| no_layer(name, &self.layers))
        };
        let asked = asked.iter().map(place).collect::<Result<Vec<_>, _>>()?;
        let bytes: Vec<_> = self.layers.iter().map(|(_, bytes)| *bytes).collect();
        let computed: Vec<String> =
            plan(&bytes, &asked, KEEP).into_iter().map(|layer| self.layers[layer].0.clone()).collect();

        // Before the run: what is kept and what comes need not fit into memory together.
        self.kept.clear();
        let mut session = match self.session.take() {
            Some(session) if session.backend() == backend => session,
            _ => self.start(runtime, model, backend).await?,
        };
        self.kept = session.look(image, &computed).await?;
        self.session = Some(session);
        Ok(true)
    }

    async fn start(
        &self,
        runtime: &Runtime,
        model: &mut Model,
        backend: Backend,
    ) -> Result<Classifier, InferenceError> {
        for (layer, _) in &self.layers {
            model.ask_for(layer)?;
        }
        let session = Classifier::load(runtime, model, backend).await;
        model.ask_for_none();
        session
    }

    /// Sends what is kept of `asked`.
    ///
    /// # Errors
    /// If one of them is not.
    pub(super) fn report(&self, asked: &[String], cost: LookCost, task: &Task<Report>) -> Result<(), String> {
        let found: Option<Vec<_>> = asked.iter().map(|name| self.kept(name)).collect();
        let found = found.ok_or_else(|| "the runtime gave no values for a layer".to_owned())?;
        let layer =
            |output: &&LayerOutput| ComputedLayer { name: output.layer.clone(), shape: output.shape.clone() };
        let computed = ComputedLayers {
            layers: found.iter().map(layer).collect(),
            ran: cost.ran,
            milliseconds: cost.milliseconds,
            kept_bytes: self.kept.iter().map(|output| output.values.len() as u64 * 4).sum(),
            backend: cost.backend,
            fallback: cost.fallback,
        };
        let values: Vec<_> = found.iter().map(|output| Attachment::numbers(&output.values)).collect();
        task.report_with(&Report::Layers(Box::new(computed)), &values);
        Ok(())
    }

    fn kept(&self, name: &str) -> Option<&LayerOutput> {
        self.kept.iter().find(|output| output.layer == name)
    }
}

fn no_layer(name: &str, layers: &[(String, Option<u64>)]) -> InferenceError {
    let name_of = |layer: Option<&(String, _)>| layer.map_or("none", |(name, _)| name).to_owned();
    InferenceError::NoLayer {
        name: name.to_owned(),
        count: layers.len(),
        first: name_of(layers.first()),
        last: name_of(layers.last()),
    }
}
