//! How Chromium is started.

use std::path::Path;

use serde_json::{Value, json};

use crate::engine::installed;
use crate::options::{Camera, Options};

/// Names under which it is installed, in the order tried.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Nothing of the browser's own may use the network, since the tests watch for that.
const FLAGS: [&str; 12] = [
    "--headless=new",
    "--no-sandbox",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-sync",
    "--disable-quic",
    "--disable-features=OptimizationHints,MediaRouter,Translate,AutofillServerCommunication",
    "--window-size=1280,900",
];

/// What the driver is told: the flags, and that it keeps the console and all requests.
pub(crate) fn capabilities(options: Options, profile: &Path, proxy: &str) -> Value {
    // An empty first tab, and no account to sign in to.
    let preferences = json!({
        "session": { "restore_on_startup": 4, "startup_urls": ["about:blank"] },
        "signin": { "allowed": false, "allowed_on_next_startup": false },
    });
    let mut chrome = json!({ "args": flags(options, profile, proxy), "prefs": preferences });
    // Where it has none of the usual names, the driver looks for itself.
    if let Some(path) = installed(&NAMES) {
        chrome["binary"] = json!(path);
    }
    json!({
        "goog:chromeOptions": chrome,
        "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
    })
}

fn flags(options: Options, profile: &Path, proxy: &str) -> Vec<String> {
    let gpu: &[&str] = if options.webgpu {
        &["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader"]
    } else {
        &["--disable-gpu"]
    };
    let mut flags: Vec<String> = FLAGS.iter().chain(gpu).map(|flag| (*flag).to_owned()).collect();
    match options.camera {
        Camera::None => {}
        Camera::Allowed(count) => flags.extend([
            format!("--use-fake-device-for-media-stream=device-count={count}"),
            "--use-fake-ui-for-media-stream".to_owned(),
        ]),
        Camera::Refused => flags.extend([
            "--use-fake-device-for-media-stream".to_owned(),
            "--deny-permission-prompts".to_owned(),
        ]),
    }
    flags.push(format!("--user-data-dir={}", profile.display()));
    // Loopback addresses never go through a proxy, so whatever arrives there was meant for another host.
    flags.push(format!("--proxy-server={proxy}"));
    flags
}
