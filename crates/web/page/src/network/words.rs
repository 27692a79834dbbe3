//! What is said to the reader about the network: short, what happened, what still works, what to do.

use catalog::Diagnosis;
use catalog::model::FULL;
use inference_messages::{Backend, Fallback, Own, Part, Trouble};
use numerics::decimal;

/// Bytes for a reader: `850 KB`, `44.7 MB`; decimal units, as networks count.
///
/// ```
/// assert_eq!(widgets_inference::words::size(44_709_901), "44.7 MB");
/// assert_eq!(widgets_inference::words::size(512), "512 bytes");
/// ```
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        _ => format!("{} MB", decimal::fixed(bytes as f64 / 1e6, 1)),
    }
}

/// Milliseconds for a reader: `0.84 ms`, `12.5 ms`, `840 ms`, `3.2 s`.
pub fn duration(milliseconds: f64) -> String {
    match milliseconds {
        t if t < 1.0 => format!("{} ms", decimal::fixed(t, 2)),
        t if t < 100.0 => format!("{} ms", decimal::fixed(t, 1)),
        t if t < 1_000.0 => format!("{} ms", decimal::fixed(t, 0)),
        t => format!("{} s", decimal::fixed(t / 1_000.0, 1)),
    }
}

/// A probability for a reader, without pretending to more than a tenth of a percent: `12.3 %`.
pub fn percent(probability: f32) -> String {
    match probability * 100.0 {
        p if p > 0.0 && p < 0.1 => "< 0.1 %".to_owned(),
        p if p < 100.0 && p > 99.9 => "> 99.9 %".to_owned(),
        p => format!("{} %", decimal::fixed(f64::from(p), 1)),
    }
}

/// A label in words: the diagnosis whose abbreviation it is, else itself.
///
/// ```
/// use widgets_inference::words::diagnosis;
/// assert_eq!((diagnosis("NV").as_str(), diagnosis("benign").as_str()), ("melanocytic nevus", "benign"));
/// ```
pub fn diagnosis(label: &str) -> String {
    Diagnosis::from_abbreviation(label)
        .map_or_else(|| label.to_owned(), |diagnosis| diagnosis.name().to_owned())
}

/// Name of what computed.
pub const fn backend(backend: Backend) -> &'static str {
    match backend {
        Backend::Webgpu => "WebGPU",
        Backend::Wasm => "WASM",
    }
}

/// What is being fetched.
pub fn progress(part: Part, received: u64, total: u64) -> String {
    let what = match part {
        Part::Runtime => "the engine",
        Part::Model => "the network",
    };
    format!("Downloading {what}: {} of {}", size(received), size(total))
}

/// What the last result cost, and who computed it.
pub fn cost(by: Backend, adapter: &str, milliseconds: Option<f64>, first: Option<f64>) -> String {
    let by = match (by, adapter) {
        (Backend::Webgpu, adapter) if !adapter.is_empty() => format!("WebGPU ({adapter})"),
        (by, _) => backend(by).to_owned(),
    };
    match (milliseconds, first) {
        (Some(time), Some(first)) => format!("{}, {by}; first run {}", duration(time), duration(first)),
        (Some(time), None) => format!("{}, {by}", duration(time)),
        (None, Some(first)) => format!("first run {}, {by}", duration(first)),
        (None, None) => by,
    }
}

/// What a reader's own network is, said once it is there.
pub fn own(own: &Own) -> String {
    let usual = if own.says_preparation {
        ""
    } else {
        " The file does not say how images are prepared: it is done as for ImageNet."
    };
    format!(
        "Your own network, {}: {} outputs for images of {} × {} pixels.{usual} It stayed in this page; Reset brings the book's \
         back.",
        size(own.bytes),
        own.labels.len(),
        own.size,
        own.size
    )
}

/// Where the network came from, said once it is there.
pub fn source(from_store: bool, kept: bool, total: u64) -> String {
    match (from_store, kept) {
        (true, _) => {
            format!("Loaded from this browser's store ({}): nothing was downloaded.", size(total))
        }
        (false, true) => format!("Downloaded {}; the next visit needs no download.", size(total)),
        (false, false) => {
            format!(
                "Downloaded {}; this browser keeps no copy, so the next visit downloads again.",
                size(total)
            )
        }
    }
}

/// How the weights of the book's network are stored in the file in use, said behind where it came from.
pub fn stored(precision: &str, bytes: u64) -> String {
    let bits = bits(precision);
    let trained = if precision == FULL { ", as trained" } else { "" };
    format!(" The network's weights are stored in {bits} bits{trained}: {}.", size(bytes))
}

/// The reader wants the weights as trained, and the book has them only in `precision`.
pub fn no_full_precision(precision: &str) -> String {
    let bits = bits(precision);
    format!("This book keeps no file of this network in full precision; the one in {bits} bits is used.")
}

fn bits(precision: &str) -> &str {
    match precision {
        "int8" => "8",
        "fp16" => "16",
        _ => "32",
    }
}

/// Who computed, where it went as wished.
pub fn computed(by: Backend, adapter: &str, gpu_submissions: u32) -> String {
    match by {
        Backend::Webgpu => {
            let on = if adapter.is_empty() { "the graphics card" } else { adapter };
            format!("WebGPU computed this on {on}, in {gpu_submissions} batches of work.")
        }
        Backend::Wasm => "The processor computed this (WASM).".to_owned(),
    }
}

/// Why the processor computes although the graphics card was wished.
pub fn fallback(why: &Fallback) -> String {
    match why {
        Fallback::NoWebgpu => "This browser offers no WebGPU, so the processor computes (WASM).".to_owned(),
        Fallback::NoAdapter => {
            "This browser offers WebGPU but found no graphics card for it, so the processor computes (WASM)."
                .to_owned()
        }
        Fallback::SoftwareAdapter => {
            "This browser's WebGPU runs on the processor here, which is slower, so WASM computes.".to_owned()
        }
        Fallback::Lost { detail } => format!(
            "The browser lost the graphics card{}, so the processor computes from now on (WASM). Reload the page to try \
             the graphics card again.",
            if detail.is_empty() { String::new() } else { format!(" ({})", short(detail)) }
        ),
        Fallback::Failed { detail } => {
            format!(
                "The graphics card failed at this network ({}), so the processor computes (WASM).",
                short(detail)
            )
        }
    }
}

/// What happened and what to do.
pub fn trouble(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Unreachable { part } => {
            format!(
                "{} could not be fetched: the server does not answer. Check the connection, then try again.",
                subject(*part)
            )
        }
        Trouble::Http { part, status } => format!(
            "{} could not be fetched: the server answered {status}{}. Try again later; the rest of the page works.",
            subject(*part),
            if *status == 404 { ", which means the file is not there" } else { "" }
        ),
        Trouble::CutOff { part, received, expected } => format!(
            "The download of {} broke off after {}. Try again, now or at a later visit: it goes on from there where the \
             server allows it.",
            object(*part),
            so_far(*received, *expected)
        ),
        Trouble::Stopped { received, total } => {
            format!("Stopped after {}. Try again goes on from there.", so_far(*received, *total))
        }
        Trouble::Checksum { part } => format!(
            "{} arrived with other contents than it should have (wrong checksum) and was thrown away. Try again; \
             if it happens twice, the file on the server is damaged.",
            subject(*part)
        ),
        Trouble::OwnModel { detail } => format!(
            "This file cannot be used as the network ({}). Try again with an ONNX file that classifies square colour images, or \
             start the book's network.",
            short(detail)
        ),
        Trouble::Memory { total } => format!(
            "There is not enough memory for the network: it needs about {}. Close other tabs or programs, then try again.",
            size(total * 3)
        ),
        Trouble::Runtime { detail } => format!(
            "The engine that runs the network does not start in this browser ({}). Try again; a current Chrome, Edge, \
             Firefox or Safari should work.",
            short(detail)
        ),
        Trouble::Look { detail, .. } => {
            format!("This layer could not be computed ({}). Try again, or choose another one.", short(detail))
        }
        Trouble::Unfit { detail } => format!(
            "The network's file is not the one that this page was made for ({}). Try again; if it happens twice, this site \
             has to be built anew. The rest of the page works.",
            short(detail)
        ),
        Trouble::Model { detail } => {
            format!(
                "The network could not be run ({}). Try again, or choose the other way to compute.",
                short(detail)
            )
        }
        Trouble::Crash { detail } => format!(
            "The network's helper stopped ({}). Try again: it starts anew, and what was downloaded is kept.",
            short(detail)
        ),
    }
}

/// `12.0 MB of 44.7 MB`, to the byte where the rounding would hide the difference.
fn so_far(received: u64, expected: u64) -> String {
    let (came, all) = (size(received), size(expected));
    if came == all { format!("{received} of {expected} bytes") } else { format!("{came} of {all}") }
}

fn subject(part: Part) -> &'static str {
    match part {
        Part::Runtime => "The engine (ONNX Runtime)",
        Part::Model => "The network",
    }
}

fn object(part: Part) -> &'static str {
    match part {
        Part::Runtime => "the engine (ONNX Runtime)",
        Part::Model => "the network",
    }
}

/// The first line of someone else's words, at most 160 characters, without a full stop.
fn short(detail: &str) -> String {
    let line = detail.lines().next().unwrap_or_default().trim().trim_end_matches('.');
    let mut words: String = line.chars().take(160).collect();
    if words.len() < line.len() {
        words.push('…');
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_off_download_says_how_many_bytes_came() {
        let words =
            trouble(&Trouble::CutOff { part: Part::Model, received: 12_000_000, expected: 44_709_901 });
        assert!(words.contains("broke off after 12.0 MB of 44.7 MB"), "{words}");
    }

    #[test]
    fn a_download_without_its_last_bytes_is_told_to_the_byte() {
        let words =
            trouble(&Trouble::CutOff { part: Part::Model, received: 44_709_891, expected: 44_709_901 });
        assert!(words.contains("after 44709891 of 44709901 bytes"), "{words}");
    }

    #[test]
    fn a_lost_graphics_card_is_named_with_the_browser_s_words_where_it_has_any() {
        let words = fallback(&Fallback::Lost { detail: "Device was destroyed.".to_owned() });
        assert!(
            words.starts_with("The browser lost the graphics card (Device was destroyed), so"),
            "{words}"
        );
        let words = fallback(&Fallback::Lost { detail: String::new() });
        assert!(words.starts_with("The browser lost the graphics card, so"), "{words}");
    }

    #[test]
    fn every_trouble_says_what_to_try() {
        let detail = "no available backend found.\nERR: a stack".to_owned();
        let all = [
            Trouble::Unreachable { part: Part::Model },
            Trouble::Http { part: Part::Runtime, status: 404 },
            Trouble::CutOff { part: Part::Model, received: 0, expected: 1 },
            Trouble::Stopped { received: 1, total: 2 },
            Trouble::Checksum { part: Part::Model },
            Trouble::Memory { total: 70_000_000 },
            Trouble::Runtime { detail: detail.clone() },
            Trouble::Unfit { detail: detail.clone() },
            Trouble::Model { detail: detail.clone() },
            Trouble::Look { id: 1, detail: detail.clone() },
            Trouble::OwnModel { detail: detail.clone() },
            Trouble::Crash { detail },
        ];
        for one in all {
            let words = trouble(&one).to_lowercase();
            assert!(words.contains("try again") && words.ends_with('.'), "{words}");
            assert!(!words.contains("stack"), "{words}");
        }
    }

    #[test]
    fn small_and_large_times_keep_three_digits_at_most() {
        assert_eq!([0.84, 12.46, 840.2, 3210.0].map(duration), ["0.84 ms", "12.5 ms", "840 ms", "3.2 s"]);
    }

    #[test]
    fn a_probability_is_never_rounded_to_certainty() {
        let words = [0.0, 0.0004, 0.1234, 0.9995, 1.0].map(percent);
        assert_eq!(words, ["0.0 %", "< 0.1 %", "12.3 %", "> 99.9 %", "100.0 %"]);
    }

    #[test]
    fn the_first_run_is_told_apart() {
        assert_eq!(cost(Backend::Wasm, "", None, Some(812.0)), "first run 812 ms, WASM");
        let both = cost(Backend::Webgpu, "nvidia ampere", Some(12.0), Some(812.0));
        assert_eq!(both, "12.0 ms, WebGPU (nvidia ampere); first run 812 ms");
    }
}
