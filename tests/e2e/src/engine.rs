//! The browsers that the pages are tested in, and how each is started.

use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};
use serde_json::{Value, json};

use crate::chromium;
use crate::options::Options;

/// The variable that names the browser; Chromium without it.
const VARIABLE: &str = "SKIN_DEEP_BROWSER";

/// A browser that the pages are tested in. Options, devtools and logs are Chromium's alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// Chromium with `chromedriver`.
    Chromium,
    /// Firefox with `geckodriver`.
    Firefox,
    /// `MiniBrowser` with `WebKitWebDriver`; needs a screen.
    Webkit,
}

impl Engine {
    /// The one that the environment names.
    ///
    /// # Errors
    /// When it names another.
    pub fn chosen() -> anyhow::Result<Self> {
        Ok(match std::env::var(VARIABLE).as_deref() {
            Err(_) | Ok("" | "chromium") => Self::Chromium,
            Ok("firefox") => Self::Firefox,
            Ok("webkit") => Self::Webkit,
            Ok(other) => bail!("{VARIABLE} is {other}; it may be chromium, firefox or webkit"),
        })
    }

    /// The driver's program.
    pub(crate) const fn driver(self) -> &'static str {
        match self {
            Self::Chromium => "chromedriver",
            Self::Firefox => "geckodriver",
            Self::Webkit => "WebKitWebDriver",
        }
    }

    /// What installs both.
    pub(crate) const fn install(self) -> &'static str {
        match self {
            Self::Chromium => "apt-get install -y chromium chromium-driver",
            Self::Firefox => "apt-get install -y firefox-esr; cargo install --locked geckodriver",
            Self::Webkit => "apt-get install -y webkit2gtk-driver xvfb",
        }
    }

    /// Options for the driver to start the browser with.
    pub(crate) fn capabilities(self, options: Options, profile: &Path, proxy: &str) -> anyhow::Result<Value> {
        ensure!(
            self == Self::Chromium || options == Options { fresh: options.fresh, ..Options::default() },
            "only Chromium can be started with a graphics card or a camera of its own"
        );
        Ok(match self {
            Self::Chromium => chromium::capabilities(options, profile, proxy),
            Self::Firefox => json!({
                "moz:firefoxOptions": {
                    "args": ["-headless", "-profile", profile],
                    "binary": installed(&["firefox-esr", "firefox"]),
                    "prefs": firefox_preferences(),
                },
                // Loopback addresses never go through it.
                "proxy": { "proxyType": "manual", "httpProxy": proxy, "sslProxy": proxy },
            }),
            // Always starts without a profile.
            Self::Webkit => json!({}),
        })
    }
}

/// Firefox must not use the network itself, since the tests watch for that, and must not add noise to the pixels that a test reads
/// from a canvas, as it does by default.
fn firefox_preferences() -> Value {
    json!({
        "services.settings.server": "data:,#remote-settings-dummy/v1",
        "network.captive-portal-service.enabled": false,
        "network.connectivity-service.enabled": false,
        "browser.safebrowsing.update.enabled": false,
        "privacy.baselineFingerprintingProtection": false,
        "privacy.fingerprintingProtection": false,
    })
}

/// The first program on the path with one of these names.
pub(crate) fn installed(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<_> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    names.iter().flat_map(|name| folders.iter().map(move |f| f.join(name))).find(|path| path.exists())
}
