//! A model whose bytes were checked, and the outputs that are asked of it.

use catalog::model::ModelCard;

use crate::{InferenceError, Interface, file, interface, layers};

/// The bytes of `model.onnx`, checked to be complete and those that the card describes.
#[derive(Clone, Debug)]
pub struct Model {
    onnx: Vec<u8>,
    card: ModelCard,
    interface: Interface,
    /// Bytes of the file itself, before the outputs that were asked for.
    length: usize,
    layers: Vec<String>,
}

impl Model {
    /// Checks the bytes against the card.
    ///
    /// # Errors
    /// [`InferenceError::NotOnnx`], [`InferenceError::CutShort`] or [`InferenceError::Checksum`].
    pub fn new(onnx: Vec<u8>, card: ModelCard) -> Result<Self, InferenceError> {
        file::check(&onnx, &card)?;
        Ok(Self::checked(onnx, card))
    }

    /// The same where the hash was taken while the bytes came: `sha256` is that of `onnx`, hexadecimal.
    ///
    /// # Errors
    /// As [`Model::new`].
    pub fn hashed(onnx: Vec<u8>, sha256: String, card: ModelCard) -> Result<Self, InferenceError> {
        file::check_whole(&onnx, &card.name)?;
        file::check_hash(sha256, &card)?;
        Ok(Self::checked(onnx, card))
    }

    fn checked(onnx: Vec<u8>, card: ModelCard) -> Self {
        Self { length: onnx.len(), onnx, card, interface: Interface::ours(), layers: Vec::new() }
    }

    /// The reader's own file, without a card.
    ///
    /// # Errors
    /// As [`interface::read`].
    pub fn own(onnx: Vec<u8>, name: &str) -> Result<Self, InferenceError> {
        let (interface, card) = interface::read(&onnx, name)?;
        Ok(Self { interface, ..Self::checked(onnx, card) })
    }

    /// Names and kinds of input and output.
    pub fn interface(&self) -> &Interface {
        &self.interface
    }

    /// Adds the value of `layer` to the model's outputs, unless it is one already; this makes the model's file longer
    /// than the one that was checked.
    ///
    /// # Errors
    /// [`InferenceError::NoLayer`].
    pub fn ask_for(&mut self, layer: &str) -> Result<(), InferenceError> {
        let tail = layers::tail(&self.onnx, layer)?;
        self.onnx.extend(tail);
        self.layers.push(layer.to_owned());
        Ok(())
    }

    /// Takes back every output that was asked for: the file is the one that was checked again.
    pub fn ask_for_none(&mut self) {
        self.onnx.truncate(self.length);
        self.layers.clear();
    }

    /// The layers that were asked for, in that order.
    pub fn layers(&self) -> &[String] {
        &self.layers
    }

    /// The ONNX file, with the outputs that were asked for.
    pub fn onnx(&self) -> &[u8] {
        &self.onnx
    }

    /// What `model.toml` says.
    pub fn card(&self) -> &ModelCard {
        &self.card
    }
}
