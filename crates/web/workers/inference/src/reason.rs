//! What happened, out of the words of a runtime that wraps its errors in one another.

/// The last and plainest of the reasons: `Error: … ERR: [webgpu] Error: …` ends with it, and ONNX Runtime puts function,
/// file and broken condition of its own source before it.
///
/// ```
/// use inference_worker::reason::innermost;
/// assert_eq!(innermost("Error: no backend. ERR: [webgpu] Error: no device"), "no device");
/// let ort = "failed to call OrtRun(). ERROR_CODE: 1, ERROR_MESSAGE: /s/webgpu/buffer.cc:643 void Download(int) \
///            status == Success was false. Failed to download data from buffer";
/// assert_eq!(innermost(ort), "Failed to download data from buffer");
/// ```
pub fn innermost(message: &str) -> &str {
    let after =
        |text, mark| str::rsplit(text, mark).next().filter(|rest| !rest.trim().is_empty()).unwrap_or(text);
    ["Error: ", "ERROR_MESSAGE: ", " was false. "].into_iter().fold(message, after).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_without_wrapping_stays_as_it_is() {
        assert_eq!(innermost("std::bad_alloc"), "std::bad_alloc");
        assert_eq!(innermost(""), "");
    }

    #[test]
    fn a_wrapping_with_nothing_in_it_is_better_than_nothing() {
        assert_eq!(innermost("the run failed. Error: "), "the run failed. Error:");
    }
}
