//! Messages about a network: short, what happened, what still works, what to do.

use catalog::model::{FULL, ModelCard};
use catalog::number::grouped;
use inference_messages::{Backend, Fallback, FileKind, FileSource, NetworkError, Progress, ReaderModel};

/// The network was requested, and nothing has arrived yet.
pub const PREPARING: &str = "Preparing…";
/// Everything is loaded, and the first image is being computed.
pub const STARTING: &str = "Starting the network…";
/// Everything is loaded, and there is no image yet.
pub const READY: &str = "The network is ready.";
/// Something failed; the message says what.
pub const NOT_RUNNING: &str = "The network is not running.";

/// Bytes for a reader: `850 KB`, `44.7 MB`; decimal units, as networks count.
///
/// ```
/// assert_eq!(session::words::size(44_709_901), "44.7 MB");
/// assert_eq!(session::words::size(512), "512 bytes");
/// ```
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", bytes / 1_000),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

/// Milliseconds for a reader: `0.84 ms`, `12.5 ms`, `840 ms`, `3.2 s`.
pub fn duration(milliseconds: f64) -> String {
    match milliseconds {
        t if t < 1.0 => format!("{t:.2} ms"),
        t if t < 100.0 => format!("{t:.1} ms"),
        t if t < 1_000.0 => format!("{t:.0} ms"),
        t => format!("{:.1} s", t / 1_000.0),
    }
}

/// Name of the backend that computed.
pub const fn backend(backend: Backend) -> &'static str {
    match backend {
        Backend::Webgpu => "WebGPU",
        Backend::Wasm => "WASM",
    }
}

/// What is being loaded, and from where.
pub fn progress(progress: &Progress) -> String {
    let what = match progress.file {
        FileKind::Engine => "the engine",
        FileKind::Network => "the network",
    };
    let (received, total) = (size(progress.received), size(progress.total));
    match progress.source {
        FileSource::Server => format!("Downloading {what}: {received} of {total}"),
        FileSource::Store => format!("Reading {what} from this browser: {received} of {total}"),
    }
}

/// How long the last answer took, and which backend computed it.
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

/// Description of the reader's own network, once it is loaded.
pub fn reader_model(model: &ReaderModel) -> String {
    let usual = if model.says_preparation {
        ""
    } else {
        " The file does not say how to prepare images, so they are prepared as for ImageNet networks."
    };
    format!(
        "Your own network, {}: {} outputs, images of {} × {} pixels.{usual} It stays in this page. Reset brings back the \
         book's network.",
        size(model.bytes),
        grouped(model.labels.len() as u64),
        grouped(model.size),
        grouped(model.size)
    )
}

/// Where the network came from, once it is loaded; `stored` says whether the next visit finds it in the browser.
pub fn source(downloaded: u64, stored: bool) -> String {
    match (downloaded, stored) {
        (0, _) => "Nothing was downloaded: everything was already in this browser.".to_owned(),
        (bytes, true) => format!("Downloaded {}; the next visit needs no download.", size(bytes)),
        (bytes, false) => {
            format!(
                "Downloaded {}; this browser does not store it, so the next visit downloads it again.",
                size(bytes)
            )
        }
    }
}

/// What to bear in mind about a network that has seen patients: it may look like a clinical tool, but is not one.
pub fn caution(card: &ModelCard) -> Option<String> {
    let not_sold = if card.licence.contains("-NC-") {
        format!(" Its weights may not be used commercially ({}).", card.licence)
    } else {
        String::new()
    };
    let evened = if card.evened {
        " Its probabilities assume that all diagnoses are equally common, which they are not among patients."
    } else {
        ""
    };
    card.has_seen_patients().then(|| {
        format!(
            "This network learned from photographs of patients. It is for teaching and research, not for diagnosis.{evened}{not_sold}"
        )
    })
}

/// How the weights of the book's network are stored in the file in use; follows [`source`].
pub fn stored(precision: &str, bytes: u64) -> String {
    let bits = bits(precision);
    let trained = if precision == FULL { ", as trained" } else { "" };
    format!(" The network's weights have {bits} bits{trained}: {}.", size(bytes))
}

/// The reader wants the weights as trained, but the book has them only in `precision`.
pub fn no_full_precision(precision: &str) -> String {
    let bits = bits(precision);
    format!("The book does not have this network in full precision, so the file with {bits} bits is used.")
}

fn bits(precision: &str) -> &str {
    match precision {
        "int8" => "8",
        "fp16" => "16",
        _ => "32",
    }
}

/// Which backend computed, if that needs no reason.
pub fn computed(by: Backend, adapter: &str, gpu_submissions: u32) -> String {
    match by {
        Backend::Webgpu => {
            let on = if adapter.is_empty() { "the graphics card" } else { adapter };
            format!("Computed by WebGPU on {on}, in {} batches of work.", grouped(gpu_submissions))
        }
        Backend::Wasm => "Computed by the processor (WASM).".to_owned(),
    }
}

/// Why the processor computes although the graphics card was preferred.
pub fn fallback(why: &Fallback) -> String {
    match why {
        Fallback::NoWebgpu => {
            "This browser does not offer WebGPU, so the processor is used (WASM).".to_owned()
        }
        Fallback::NoAdapter => {
            "This browser offers WebGPU but found no graphics card for it, so the processor is used (WASM)."
                .to_owned()
        }
        Fallback::SoftwareAdapter => {
            "This browser's WebGPU would run on the processor, which is slower than WASM, so WASM is used."
                .to_owned()
        }
        Fallback::Lost { detail } => format!(
            "The browser lost the graphics card{}, so the processor is used from now on (WASM). Reload the page to try \
             the graphics card again.",
            if detail.is_empty() { String::new() } else { format!(" ({})", short(detail)) }
        ),
        Fallback::Failed { detail } => {
            format!(
                "The graphics card failed with this network ({}), so the processor is used (WASM).",
                short(detail)
            )
        }
    }
}

/// What happened and what to do.
pub fn error(error: &NetworkError) -> String {
    match error {
        NetworkError::Unreachable { file } => format!(
            "{} could not be downloaded: the server does not answer. Check the connection, then try again.",
            subject(*file)
        ),
        NetworkError::Http { file, status } => format!(
            "{} could not be downloaded: the server answered {status}{}. Try again later; the rest of the page still works.",
            subject(*file),
            if *status == 404 { ", which means that the file is not there" } else { "" }
        ),
        NetworkError::CutOff { file, received, expected } => format!(
            "The download of {} was interrupted after {}. Try again, now or at a later visit: it continues from there if \
             the server allows it.",
            object(*file),
            so_far(*received, *expected)
        ),
        NetworkError::Stopped { received, total } => {
            format!("Stopped after {}. Try again to continue from there.", so_far(*received, *total))
        }
        NetworkError::Checksum { file } => format!(
            "{} arrived damaged (wrong checksum) and was discarded. Try again; if it happens again, the file on the server \
             is damaged.",
            subject(*file)
        ),
        NetworkError::ReaderFile { detail } => format!(
            "This file cannot be used as the network ({}). Try again with an ONNX file that classifies square colour images, \
             or start the book's network.",
            short(detail)
        ),
        NetworkError::Memory { total } => format!(
            "There is not enough memory for the network: it needs about {}. Close other tabs or programs, then try again.",
            size(total * 3)
        ),
        NetworkError::Engine { detail } => format!(
            "The engine that runs the network does not start in this browser ({}). Try again, or use a current Chrome, Edge, \
             Firefox or Safari.",
            short(detail)
        ),
        NetworkError::Layer { detail } => {
            format!(
                "This layer could not be computed ({}). Try again, or choose another layer.",
                short(detail)
            )
        }
        NetworkError::OtherModel { detail } => format!(
            "The network's file is not the one that this page was made for ({}). Try again; if it happens again, this site \
             has to be rebuilt. The rest of the page still works.",
            short(detail)
        ),
        NetworkError::Run { detail } => {
            format!(
                "The network could not be run ({}). Try again, or choose another device under \"Run on\".",
                short(detail)
            )
        }
        NetworkError::Crash { detail } => format!(
            "The network's background worker stopped ({}). Try again to restart it; what was already downloaded is still there.",
            short(detail)
        ),
    }
}

/// `12.0 MB of 44.7 MB`, to the byte if rounding would hide the difference.
fn so_far(received: u64, expected: u64) -> String {
    let (came, all) = (size(received), size(expected));
    if came == all {
        format!("{} of {} bytes", grouped(received), grouped(expected))
    } else {
        format!("{came} of {all}")
    }
}

fn subject(file: FileKind) -> &'static str {
    match file {
        FileKind::Engine => "The engine (ONNX Runtime)",
        FileKind::Network => "The network",
    }
}

fn object(file: FileKind) -> &'static str {
    match file {
        FileKind::Engine => "the engine (ONNX Runtime)",
        FileKind::Network => "the network",
    }
}

/// The first line of another program's message, at most 160 characters, without a full stop.
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
    use catalog::model::IMAGENET;
    use serde_json::json;

    use super::*;

    fn cut_off(received: u64) -> String {
        error(&NetworkError::CutOff { file: FileKind::Network, received, expected: 44_709_901 })
    }

    #[test]
    fn a_cut_off_download_says_how_many_bytes_came() {
        assert!(cut_off(12_000_000).contains("interrupted after 12.0 MB of 44.7 MB"));
    }

    #[test]
    fn a_download_without_its_last_bytes_is_given_to_the_byte() {
        assert!(cut_off(44_709_891).contains("after 44,709,891 of 44,709,901 bytes"));
    }

    #[test]
    fn a_lost_graphics_card_comes_with_the_browser_s_words_where_it_has_any() {
        let words = fallback(&Fallback::Lost { detail: "Device was destroyed.".to_owned() });
        assert!(
            words.starts_with("The browser lost the graphics card (Device was destroyed), so"),
            "{words}"
        );
        let words = fallback(&Fallback::Lost { detail: String::new() });
        assert!(words.starts_with("The browser lost the graphics card, so"), "{words}");
    }

    #[test]
    fn every_error_says_what_to_try_and_none_shows_a_stack() {
        let detail = "no available backend found.\nERR: a stack".to_owned();
        let all = [
            NetworkError::Unreachable { file: FileKind::Network },
            NetworkError::Http { file: FileKind::Engine, status: 404 },
            NetworkError::CutOff { file: FileKind::Network, received: 0, expected: 1 },
            NetworkError::Stopped { received: 1, total: 2 },
            NetworkError::Checksum { file: FileKind::Network },
            NetworkError::Memory { total: 70_000_000 },
            NetworkError::Engine { detail: detail.clone() },
            NetworkError::OtherModel { detail: detail.clone() },
            NetworkError::Run { detail: detail.clone() },
            NetworkError::Layer { detail: detail.clone() },
            NetworkError::ReaderFile { detail: detail.clone() },
            NetworkError::Crash { detail },
        ];
        for one in all {
            let words = error(&one).to_lowercase();
            assert!(words.contains("try again") && words.ends_with('.'), "{words}");
            assert!(!words.contains("stack"), "{words}");
        }
    }

    #[test]
    fn small_and_large_times_keep_three_digits_at_most() {
        assert_eq!([0.84, 12.46, 840.2, 3210.0].map(duration), ["0.84 ms", "12.5 ms", "840 ms", "3.2 s"]);
    }

    #[test]
    fn the_first_run_is_given_apart() {
        assert_eq!(cost(Backend::Wasm, "", None, Some(812.0)), "first run 812 ms, WASM");
        let both = cost(Backend::Webgpu, "nvidia ampere", Some(12.0), Some(812.0));
        assert_eq!(both, "12.0 ms, WebGPU (nvidia ampere); first run 812 ms");
    }

    #[test]
    fn a_network_that_has_seen_patients_comes_with_a_warning() {
        let network = |task: &str, drawn: bool| {
            let provenance = json!({"config": "", "config_sha256": "", "onnx_sha256": ""});
            let card = json!({
                "name": "n", "title": "t", "architecture": "resnet18", "task": task, "labels": ["MEL", "NV"],
                "input": {"size": 1, "mean": [0, 0, 0], "std": [1, 1, 1]}, "precision": "fp16", "trained_on": "o",
                "drawn": drawn, "evened": true, "licence": "CC-BY-NC-4.0", "provenance": provenance,
                "parity": {"tolerance": 0, "inputs": 0, "native": 0},
            });
            serde_json::from_value::<ModelCard>(card).unwrap()
        };
        let words = caution(&network("eight-class", false)).unwrap();
        for part in ["not for diagnosis", "equally common", "not be used commercially"] {
            assert!(words.contains(part), "{words}");
        }
        assert_eq!(caution(&network("eight-class", true)), None);
        assert_eq!(caution(&network(IMAGENET, false)), None);
    }

    #[test]
    fn what_comes_from_the_browser_is_not_called_a_download() {
        let from = |source| {
            progress(&Progress { file: FileKind::Engine, source, received: 1_000_000, total: 50_000_000 })
        };
        assert_eq!(from(FileSource::Server), "Downloading the engine: 1.0 MB of 50.0 MB");
        assert_eq!(from(FileSource::Store), "Reading the engine from this browser: 1.0 MB of 50.0 MB");
        assert!(source(0, true).starts_with("Nothing was downloaded"));
    }
}
