//! Whether somebody else's words mean that memory ran out.

/// `RangeError`s of the three engines, `Aborted(OOM)` of Emscripten, `std::bad_alloc` of ONNX Runtime.
///
/// ```
/// assert!(inference_worker::memory::is_meant("RangeError: Array buffer allocation failed"));
/// assert!(!inference_worker::memory::is_meant("no room for this node"));
/// ```
pub fn is_meant(detail: &str) -> bool {
    const SIGNS: [&str; 9] = [
        "out of memory",
        "bad_alloc",
        "allocation failed",
        "failed to allocate",
        "cannot enlarge memory",
        "could not allocate memory",
        "invalid array length",
        "invalid array buffer length",
        "oom",
    ];
    let detail = detail.to_ascii_lowercase();
    SIGNS.iter().any(|sign| match *sign {
        "oom" => detail.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| word == "oom"),
        sign => detail.contains(sign),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_told_from_other_failures() {
        assert!(is_meant("RangeError: Array buffer allocation failed"));
        assert!(is_meant("Aborted(OOM)"));
        assert!(is_meant("std::bad_alloc"));
        assert!(!is_meant("no room for this node"));
        assert!(!is_meant("failed to load external data"));
    }
}
