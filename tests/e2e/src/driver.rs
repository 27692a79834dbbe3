//! The WebDriver of a browser, and what is special about Chromium's.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::Value;

use crate::engine::Engine;

/// The longest that a driver may take to listen, or to end its browser.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running driver; ends, with the browser it started, when dropped.
pub(crate) struct Driver {
    child: Child,
    port: u16,
    engine: Engine,
    /// The browser's session, once there is one.
    session: Option<String>,
}

impl Driver {
    /// Starts one on a free port.
    pub(crate) fn start(engine: Engine) -> anyhow::Result<Self> {
        let program = engine.driver();
        let free = match engine {
            Engine::Chromium | Engine::Firefox => 0,
            // It takes no "any port", and does not say when it listens.
            Engine::Webkit => TcpListener::bind("127.0.0.1:0")?.local_addr()?.port(),
        };
        let mut command = Command::new(program);
        command.arg(format!("--port={free}"));
        match engine {
            Engine::Chromium => {
                command.arg("--log-level=SEVERE");
            }
            // Firefox only accepts another server for its settings with the first, and only without the second does it report
            // crashes to its makers.
            Engine::Firefox => {
                command.env("MOZ_REMOTE_SETTINGS_DEVTOOLS", "1").env("MOZ_CRASHREPORTER_DISABLE", "1");
            }
            Engine::Webkit => {}
        }
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .with_context(|| format!("{program} is not on the path; install it: {}", engine.install()))?;
        let output = child.stdout.take().context("the driver has no output")?;
        let port = if free == 0 { announced(output) } else { listening(free) };
        let Some(port) = port else {
            let _ = child.kill();
            bail!("{program} does not listen; try: {program} --version");
        };
        Ok(Self { child, port, engine, session: None })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Remembers what it has to end.
    pub(crate) fn remember(&mut self, session: Option<String>) {
        self.session = session;
    }

    /// Asks it to end its browser, and waits until it has.
    fn shut_down(&self) -> anyhow::Result<()> {
        let request = match (self.engine, &self.session) {
            (Engine::Chromium, _) => "GET /shutdown".to_owned(),
            (_, Some(session)) => format!("DELETE /session/{session}"),
            (_, None) => return Ok(()),
        };
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        // geckodriver refuses any other host, and would leave its browser behind.
        write!(stream, "{request} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: close\r\n\r\n", self.port)?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        ensure!(answer.starts_with("HTTP/1.1 200"), "{} answered {answer}", self.engine.driver());
        Ok(())
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        if self.shut_down().is_err() || self.engine != Engine::Chromium {
            let _ = self.child.kill();
        }
        let _ = self.child.wait();
    }
}

/// The port that a driver says it listens on.
fn announced(output: ChildStdout) -> Option<u16> {
    let mut lines = BufReader::new(output).lines();
    let port = lines.by_ref().map_while(Result::ok).find_map(|line| announced_port(&line));
    // A full pipe would stop it.
    std::thread::spawn(move || lines.for_each(drop));
    port
}

/// The port in a line such as `ChromeDriver was started successfully on port 40123.` or `… Listening on 127.0.0.1:40123`.
fn announced_port(line: &str) -> Option<u16> {
    let (_, rest) =
        line.split_once("successfully on port ").or_else(|| line.split_once("Listening on 127.0.0.1:"))?;
    rest.trim().trim_end_matches('.').parse().ok()
}

/// The port, once somebody listens on it.
fn listening(port: u16) -> Option<u16> {
    let end = Instant::now() + PATIENCE;
    while Instant::now() < end {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(port);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    None
}

/// A command of Chromium's driver that WebDriver does not know, such as those for logs and devtools, or one whose body is
/// more easily written as JSON.
#[derive(Debug)]
pub(crate) struct Extra {
    /// Below the session, such as `se/log`.
    pub(crate) path: &'static str,
    pub(crate) body: Value,
}

impl WebDriverCompatibleCommand for Extra {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_is_read_from_the_announcement() {
        assert_eq!(announced_port("ChromeDriver was started successfully on port 40123."), Some(40123));
        let firefox = "1796029431034\tgeckodriver\tINFO\tListening on 127.0.0.1:40123";
        assert_eq!(announced_port(firefox), Some(40123));
        assert_eq!(announced_port("Only local connections are allowed."), None);
    }
}
