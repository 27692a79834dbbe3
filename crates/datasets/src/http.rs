//! Bytes from a server: tried again where that helps, resumed where they were cut off.
//!
//! An incomplete file is called `NAME.part`; it gets its name when its size and end are right.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use ureq::http::{Response, StatusCode};
use ureq::{Agent, Body};

use crate::Error;

/// How long to bear with a server.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often one thing is tried, when not a byte comes.
    pub tries: u32,
    /// The pause after the first failure; each further one is twice as long.
    pub pause: Duration,
    /// No pause is longer, not even one that the server asks for.
    pub longest: Duration,
    /// How long a connection may stay silent.
    pub silence: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { tries: 8, pause: seconds(1), longest: seconds(120), silence: seconds(60) }
    }
}

/// A client with patience, whose work can be stopped.
pub struct Client<'a> {
    agent: Agent,
    patience: Patience,
    stop: &'a AtomicBool,
}

/// One attempt that failed.
enum DownloadFailure {
    /// Another attempt may succeed, after this pause where the server asks for one.
    Again(String, Option<Duration>),
    /// No other will.
    Final(Error),
}

impl<'a> Client<'a> {
    /// `stop` set to true ends every request with [`Error::Stopped`] soon.
    pub fn new(patience: Patience, stop: &'a AtomicBool) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(patience.silence))
            .timeout_recv_response(Some(patience.silence))
            .timeout_per_read(Some(patience.silence))
            .user_agent("skin-deep (a textbook's data tool)");
        Self { agent: config.build().new_agent(), patience, stop }
    }

    /// The text at `url`.
    ///
    /// # Errors
    /// [`Error::Web`] with the server's own words where it refuses; [`Error::Stopped`].
    pub fn text(&self, url: &str) -> Result<String, Error> {
        self.patiently(url, || false, || self.text_once(url))
    }

    fn text_once(&self, url: &str) -> Result<String, DownloadFailure> {
        let mut response = self.answer(url, 0)?;
        let text = response.body_mut().with_config().limit(64_000_000).read_to_string();
        text.map_err(|error| DownloadFailure::Again(error.to_string(), None))
    }

    /// How long the file at `url` is, where the server says so.
    ///
    /// # Errors
    /// As [`Client::text`].
    pub fn size(&self, url: &str) -> Result<Option<u64>, Error> {
        self.patiently(
            url,
            || false,
            || {
                let response = self.agent.head(url).call();
                let response = response.map_err(|error| failed(url, &error))?;
                if response.status() == StatusCode::OK {
                    return Ok(response.body().content_length());
                }
                Err(refused(url, response))
            },
        )
    }

    /// Downloads `url` to `path`, going on with `path.part` if there is one; `size` is what it must have in bytes, and
    /// `check` says what is wrong with the whole file. `progress` receives the number of new bytes, negative if some were lost.
    ///
    /// # Errors
    /// [`Error::Web`] for a server that refuses or never sends the whole file; [`Error::File`] for a disk that is full;
    /// [`Error::Stopped`]. A part of more than 16 MB is kept for the next time, unless it is wrong.
    pub fn download(
        &self,
        url: &str,
        path: &Path,
        size: Option<u64>,
        check: &dyn Fn(&Path) -> Result<(), String>,
        progress: &(dyn Fn(i64) + Sync),
    ) -> Result<(), Error> {
        let part = part_of(path);
        let mut longest = length(&part);
        let grew = || {
            let before = longest;
            longest = longest.max(length(&part));
            longest > before
        };
        self.patiently(url, grew, || {
            self.download_once(url, &part, size, progress)?;
            check(&part).map_err(|problem| {
                progress(-(length(&part) as i64));
                let _ = std::fs::remove_file(&part);
                DownloadFailure::Again(problem, None)
            })
        })?;
        std::fs::rename(&part, path).map_err(Error::file("rename to", path))
    }

    fn download_once(
        &self,
        url: &str,
        part: &Path,
        size: Option<u64>,
        progress: &(dyn Fn(i64) + Sync),
    ) -> Result<(), DownloadFailure> {
        let have = length(part);
        if size.is_some_and(|size| size == have && have > 0) {
            return Ok(());
        }
        let mut response = self.answer(url, have)?;
        let resumed = response.status() == StatusCode::PARTIAL_CONTENT;
        let total = if resumed { range_total(&response, have)? } else { response.body().content_length() };
        if let (Some(size), Some(total)) = (size, total)
            && size != total
        {
            let problem = format!(
                "the file must have {size} bytes, but the server has one of {total}; try again later"
            );
            return Err(DownloadFailure::Final(web(url, problem, None)));
        }
        let open = |error| DownloadFailure::Final(Error::file("write", part)(error));
        if let Some(folder) = part.parent() {
            std::fs::create_dir_all(folder).map_err(open)?;
        }
        let mut file = if resumed {
            File::options().append(true).open(part).map_err(open)?
        } else {
            // The server sends everything from the start.
            progress(-(have as i64));
            File::create(part).map_err(open)?
        };
        let reader = response.body_mut().with_config().limit(u64::MAX).reader();
        self.copy(reader, &mut file, part, progress)?;
        let found = length(part);
        match size.or(total) {
            Some(expected) if found < expected => Err(DownloadFailure::Again(
                format!("the download ended after {found} of {expected} bytes"),
                None,
            )),
            Some(expected) if found > expected => {
                progress(-(found as i64));
                let _ = std::fs::remove_file(part);
                Err(DownloadFailure::Again(
                    format!("the download has {found} bytes instead of {expected}"),
                    None,
                ))
            }
            _ => Ok(()),
        }
    }

    /// Copies the body to the file as it arrives.
    fn copy(
        &self,
        mut body: ureq::BodyReader<'_>,
        file: &mut File,
        part: &Path,
        progress: &(dyn Fn(i64) + Sync),
    ) -> Result<(), DownloadFailure> {
        let mut buffer = vec![0; 1 << 16];
        loop {
            self.go_on().map_err(DownloadFailure::Final)?;
            let count = match body.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => count,
                Err(error) => {
                    return Err(DownloadFailure::Again(format!("the connection was lost: {error}"), None));
                }
            };
            if let Err(error) = file.write_all(&buffer[..count]) {
                // A full disk. A small partial file is not worth its space.
                if length(part) < 16_000_000 {
                    let _ = std::fs::remove_file(part);
                }
                return Err(DownloadFailure::Final(Error::file("write", part)(error)));
            }
            progress(count as i64);
        }
    }

    /// A successful response, from byte `from`.
    fn answer(&self, url: &str, from: u64) -> Result<Response<Body>, DownloadFailure> {
        let mut request = self.agent.get(url);
        if from > 0 {
            request = request.header("Range", format!("bytes={from}-"));
        }
        let response = request.call().map_err(|error| failed(url, &error))?;
        let status = response.status();
        if status == StatusCode::OK || (status == StatusCode::PARTIAL_CONTENT && from > 0) {
            return Ok(response);
        }
        Err(refused(url, response))
    }

    /// Tries until it succeeds, fails permanently, or fails too often without any progress (`grew`).
    fn patiently<T>(
        &self,
        url: &str,
        mut grew: impl FnMut() -> bool,
        attempt: impl Fn() -> Result<T, DownloadFailure>,
    ) -> Result<T, Error> {
        let mut failures = 0;
        loop {
            self.go_on()?;
            let (problem, wait) = match attempt() {
                Ok(done) => return Ok(done),
                Err(DownloadFailure::Final(error)) => return Err(error),
                Err(DownloadFailure::Again(problem, wait)) => (problem, wait),
            };
            failures = if grew() { 1 } else { failures + 1 };
            if failures >= self.patience.tries {
                let problem =
                    format!("{problem}; tried {failures} times; run the same command again to continue");
                return Err(web(url, problem, None));
            }
            let pause = self.patience.pause.saturating_mul(1 << (failures - 1).min(16));
            self.sleep(wait.unwrap_or(pause).min(self.patience.longest))?;
        }
    }

    fn sleep(&self, pause: Duration) -> Result<(), Error> {
        let end = Instant::now() + pause;
        while let Some(left) = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.go_on()?;
            std::thread::sleep(left.min(Duration::from_millis(50)));
        }
        Ok(())
    }

    /// Fails once the work was stopped.
    ///
    /// # Errors
    /// [`Error::Stopped`].
    pub fn go_on(&self) -> Result<(), Error> {
        if self.stop.load(Ordering::Relaxed) { Err(Error::Stopped) } else { Ok(()) }
    }
}

/// The name of a file that is still incomplete.
pub fn part_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".part");
    PathBuf::from(name)
}

/// Bytes of a file, 0 if there is none.
pub(crate) fn length(path: &Path) -> u64 {
    std::fs::metadata(path).map_or(0, |about| about.len())
}

/// No answer at all.
fn failed(url: &str, error: &ureq::Error) -> DownloadFailure {
    match error {
        ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
            DownloadFailure::Final(web(url, error.to_string(), None))
        }
        _ => DownloadFailure::Again(error.to_string(), None),
    }
}

/// An answer without the file that was asked for, with the server's message.
fn refused(url: &str, mut response: Response<Body>) -> DownloadFailure {
    let status = response.status();
    let wait = response.headers().get("retry-after").and_then(|value| retry_after(value.to_str().ok()?));
    let words = response.body_mut().with_config().limit(10_000).read_to_string().unwrap_or_default();
    let words: String = words.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect();
    // A page for people says no more than the status.
    let words = if words.starts_with('<') { String::new() } else { words };
    let colon = if words.is_empty() { "" } else { ": " };
    let problem = format!("the server answered {status}{colon}{words}");
    let busy = [StatusCode::TOO_MANY_REQUESTS, StatusCode::REQUEST_TIMEOUT];
    if busy.contains(&status) || status.is_server_error() {
        DownloadFailure::Again(problem, wait)
    } else {
        DownloadFailure::Final(web(url, problem, Some(status.as_u16())))
    }
}

fn web(url: &str, problem: String, status: Option<u16>) -> Error {
    Error::Web { url: url.to_owned(), problem, status }
}

/// The whole file's size from `Content-Range: bytes FROM-TO/TOTAL`, which must begin where we asked.
fn range_total(response: &Response<Body>, from: u64) -> Result<Option<u64>, DownloadFailure> {
    let range =
        response.headers().get("content-range").and_then(|value| value.to_str().ok()).unwrap_or_default();
    let parts = range.strip_prefix("bytes ").and_then(|range| {
        let (span, total) = range.split_once('/')?;
        Some((span.split_once('-')?.0.parse::<u64>().ok()?, total))
    });
    match parts {
        Some((start, total)) if start == from => Ok(total.parse().ok()),
        _ => {
            let problem = format!("the server must send the bytes from {from}, but sent `{range}`");
            Err(DownloadFailure::Again(problem, None))
        }
    }
}

/// Seconds or a date, as HTTP allows.
fn retry_after(value: &str) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(value.trim()).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_may_ask_for_a_pause_in_seconds_or_until_a_date() {
        assert_eq!(retry_after("7"), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        assert_eq!(retry_after("soon"), None);
    }
}
