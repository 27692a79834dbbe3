//! A server of our own on loopback, that can also be slow, cut transfers off and refuse.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What a client asks.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    /// Path and query.
    pub(crate) path: String,
    /// First byte wanted.
    pub(crate) from: Option<usize>,
    /// How often this path was asked for before.
    pub(crate) before: usize,
}

/// What it gets.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// Bytes of the body after which the connection is cut.
    pub(crate) cut: Option<usize>,
    /// How long to wait before answering.
    pub(crate) delay: Duration,
}

impl Answer {
    pub(crate) fn ok(body: impl Into<Vec<u8>>) -> Self {
        Self::status(200, body)
    }

    pub(crate) fn status(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into(), cut: None, delay: Duration::ZERO }
    }

    /// A file, from the byte that was asked for.
    pub(crate) fn file(ask: &Ask, bytes: &[u8]) -> Self {
        let Some(from) = ask.from else { return Self::ok(bytes) };
        let range = format!("bytes {from}-{}/{}", bytes.len() - 1, bytes.len());
        Self { headers: vec![("Content-Range", range)], ..Self::status(206, &bytes[from..]) }
    }

    pub(crate) fn cut_after(self, bytes: usize) -> Self {
        Self { cut: Some(bytes), ..self }
    }
}

/// A running server; it runs until the tests end.
pub(crate) struct Server {
    pub(crate) address: String,
    asked: Arc<Mutex<Vec<Ask>>>,
}

impl Server {
    /// Starts one; the handler is told its address.
    pub(crate) fn start(handler: impl Fn(&Ask, &str) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (log, own, handler) = (Arc::clone(&asked), address.clone(), Arc::new(handler));
        std::thread::spawn(move || {
            let counts = Arc::new(Mutex::new(BTreeMap::new()));
            for stream in listener.incoming() {
                let (log, own, handler, counts) =
                    (Arc::clone(&log), own.clone(), Arc::clone(&handler), Arc::clone(&counts));
                std::thread::spawn(move || answer(&stream.unwrap(), &own, &log, &counts, &*handler));
            }
        });
        Self { address, asked }
    }

    /// Everything that was asked so far.
    pub(crate) fn asked(&self) -> Vec<Ask> {
        self.asked.lock().unwrap().clone()
    }

    /// Forgets what was asked.
    pub(crate) fn forget(&self) {
        self.asked.lock().unwrap().clear();
    }
}

fn answer(
    mut stream: &TcpStream,
    own: &str,
    log: &Mutex<Vec<Ask>>,
    counts: &Mutex<BTreeMap<String, usize>>,
    handler: &(dyn Fn(&Ask, &str) -> Answer + Send + Sync),
) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default().to_owned());
    let mut from = None;
    for line in lines.by_ref().take_while(|line| !line.is_empty()) {
        if let Some(range) = line.to_lowercase().strip_prefix("range: bytes=") {
            from = range.trim_end_matches('-').parse().ok();
        }
    }
    let before = {
        let mut counts = counts.lock().unwrap();
        let count: &mut usize = counts.entry(path.clone()).or_default();
        *count += 1;
        *count - 1
    };
    let ask = Ask { path, from, before };
    log.lock().unwrap().push(ask.clone());
    let answer = handler(&ask, own);
    std::thread::sleep(answer.delay);
    let mut head = format!("HTTP/1.1 {} Words\r\nContent-Length: {}\r\n", answer.status, answer.body.len());
    for (name, value) in &answer.headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("Connection: close\r\n\r\n");
    let body = if method == "HEAD" { &[] } else { &answer.body[..answer.cut.unwrap_or(answer.body.len())] };
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body));
}
