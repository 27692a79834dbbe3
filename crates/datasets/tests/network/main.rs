//! Downloads, against a server of our own that answers as the ISIC archive does, and worse.

#![allow(clippy::unwrap_used, reason = "helpers of tests, which stop the test as an assertion would")]

mod archive;
mod challenge;
mod files;
mod server;

use std::time::Duration;

use datasets::http::Patience;

/// As patient as a test: pauses of milliseconds.
fn quick() -> Patience {
    Patience {
        tries: 3,
        pause: Duration::from_millis(5),
        longest: Duration::from_secs(5),
        silence: Duration::from_millis(500),
    }
}

/// An error with its causes.
fn words(error: &datasets::Error) -> String {
    match std::error::Error::source(error) {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    }
}
