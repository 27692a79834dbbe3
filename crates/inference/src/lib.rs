//! An exported model to logits and probabilities, native and in the browser.
