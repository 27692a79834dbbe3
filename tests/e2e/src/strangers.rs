//! Who is asked beside the host of the test: a proxy that serves nobody and remembers.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context;

/// Domains of the browser's maker, which it asks by itself, whatever its flags: for the time, for updates, for an
/// account, for messages; which hosts and when changes with its version. What a page could ask there (fonts, scripts)
/// is kept off by its Content-Security-Policy, and named by `cargo xtask check site`.
const ITS_OWN: [&str; 4] = ["google.com", "googleapis.com", "gvt1.com", "gstatic.com"];

/// A proxy that serves nobody and remembers who was asked for.
pub(crate) struct Strangers {
    address: String,
    heard: Arc<Mutex<Vec<String>>>,
    task: tokio::task::JoinHandle<()>,
}

impl Strangers {
    pub(crate) async fn listen() -> anyhow::Result<Self> {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.context("no free port")?;
        let address = listener.local_addr()?.to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let record = heard.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let record = record.clone();
                tokio::spawn(async move {
                    let line = first_line(&stream).await;
                    // Connections made ahead of need say nothing.
                    if !line.is_empty() && !is_its_own(&line) {
                        record.lock().unwrap_or_else(PoisonError::into_inner).push(line);
                    }
                });
            }
        });
        Ok(Self { address, heard, task })
    }

    /// Host and port, for the browser's settings.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The first lines of all requests so far.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Forgets them.
    pub(crate) fn forget(&self) {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Whether the browser asks this by itself; `line` is a client's first.
fn is_its_own(line: &str) -> bool {
    let address = line.split(' ').nth(1).unwrap_or_default();
    let host = address.split("://").last().unwrap_or_default().split([':', '/']).next().unwrap_or_default();
    ITS_OWN
        .iter()
        .any(|domain| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')))
}

/// What a client says first, such as `CONNECT example.org:443 HTTP/1.1`.
async fn first_line(stream: &tokio::net::TcpStream) -> String {
    let mut start = [0; 1024];
    loop {
        if stream.readable().await.is_err() {
            return String::new();
        }
        match stream.try_read(&mut start) {
            Ok(count) => {
                let text = String::from_utf8_lossy(&start[..count]);
                return text.lines().next().unwrap_or_default().to_owned();
            }
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => return String::new(),
        }
    }
}

impl Drop for Strangers {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[cfg(test)]
mod tests {
    use super::is_its_own;

    #[test]
    fn only_the_maker_s_own_domains_are_the_browser_s_own() {
        assert!(is_its_own("CONNECT android.clients.google.com:443 HTTP/1.1"));
        assert!(is_its_own("GET http://clients2.google.com/time/1/current HTTP/1.1"));
        assert!(!is_its_own("CONNECT notgoogle.com:443 HTTP/1.1"));
        assert!(!is_its_own("GET http://example.org/google.com HTTP/1.1"));
    }
}
