//! Pages and widgets, in the words of `ARCHITECTURE.md`.

use std::time::Duration;

use anyhow::{Context, bail};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Browser;

/// Long enough for a busy machine, short enough to notice that something will never come.
const PATIENCE: Duration = Duration::from_mins(1);

/// How a page is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A wide window, light theme.
    Light,
    /// A wide window, dark theme.
    Dark,
    /// A phone, 360 CSS pixels wide, light theme.
    Phone,
}

impl Look {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Light, Self::Dark, Self::Phone];

    /// A word for file names.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Dark => "dark",
            Self::Phone => "phone",
        }
    }
}

/// The part of a device that shows pages, CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Its width.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// Whether it is a phone's.
    pub phone: bool,
}

impl Screen {
    /// A phone of today.
    pub const PHONE: Self = Self { width: 390, height: 844, phone: true };
}

impl Browser {
    /// Looks at pages in this way from the next one on.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn look(&self, look: Look) -> anyhow::Result<()> {
        let theme = if look == Look::Dark { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": theme }]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": features })).await?;
        self.window(look, if look == Look::Phone { 740 } else { 900 }).await
    }

    /// The whole page as PNG, from its top to its end.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn whole_page(&self) -> anyhow::Result<Vec<u8>> {
        let [width, height]: [f64; 2] = self
            .script("const { scrollWidth, scrollHeight } = document.documentElement; return [scrollWidth, scrollHeight]", Value::Null)
            .await?;
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        // Not the driver's own command, which gives up after ten seconds on a busy machine.
        let picture = json!({ "clip": clip, "captureBeyondViewport": true, "optimizeForSpeed": true });
        let answer = self.devtools("Page.captureScreenshot", picture).await?;
        let data = answer["data"].as_str().context("the browser sent no picture")?;
        BASE64_STANDARD.decode(data).context("the picture is not Base64")
    }

    async fn window(&self, look: Look, height: u32) -> anyhow::Result<()> {
        let phone = look == Look::Phone;
        self.screen(Screen { width: if phone { 360 } else { 1280 }, height, phone }).await
    }

    /// Looks at pages on this screen from the next one on.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn screen(&self, Screen { width, height, phone }: Screen) -> anyhow::Result<()> {
        let scale = if phone { 2 } else { 1 };
        let metrics =
            json!({ "width": width, "height": height, "deviceScaleFactor": scale, "mobile": phone });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Gives the window this size, CSS pixels; below 720 it is a phone's.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn resize(&self, width: u32, height: u32) -> anyhow::Result<()> {
        let mobile = width < 720;
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": mobile });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await?;
        Ok(())
    }

    /// Scrolls to every widget of the page and waits until each is ready.
    ///
    /// # Errors
    /// When one fails or does not come; says which and with what words.
    pub async fn all_widgets_ready(&self) -> anyhow::Result<()> {
        let ids: Vec<String> = self
            .script("return [...document.querySelectorAll('section.widget')].map((s) => s.id)", Value::Null)
            .await?;
        for id in ids {
            self.widget(&id).ready().await?;
        }
        Ok(())
    }

    /// The widget with this id.
    pub fn widget(&self, id: &str) -> Widget<'_> {
        Widget { browser: self, id: id.to_owned() }
    }
}

/// A widget of the open page.
pub struct Widget<'a> {
    browser: &'a Browser,
    id: String,
}

impl Widget<'_> {
    /// A selector of something inside the widget.
    pub fn css(&self, inside: &str) -> String {
        format!("#{} {inside}", self.id)
    }

    /// A selector of one of its controls.
    pub fn control(&self, name: &str) -> String {
        self.css(&format!("[name='{name}']"))
    }

    /// Scrolls to it and waits until it is mounted and no result is outstanding.
    ///
    /// # Errors
    /// When it fails, with its own words, or does not come.
    pub async fn ready(&self) -> anyhow::Result<()> {
        self.browser
            .script::<()>(
                "document.getElementById(arguments[0]).scrollIntoView({ block: 'start', behavior: 'instant' })",
                json!([self.id]),
            )
            .await?;
        let state: String = self
            .wait(
                "mounted",
                PATIENCE,
                "['ready', 'failed'].includes(widget.dataset.state) && widget.dataset.state",
            )
            .await?;
        if state == "failed" {
            bail!(
                "{} failed: {}; console: {:?}",
                self.id,
                self.message().await?,
                self.browser.console().await.unwrap_or_default()
            );
        }
        self.idle().await
    }

    /// Waits until no result is outstanding.
    ///
    /// # Errors
    /// When it stays busy.
    pub async fn idle(&self) -> anyhow::Result<()> {
        self.idle_within(PATIENCE).await
    }

    /// Waits that long at most until no result is outstanding.
    ///
    /// # Errors
    /// When it stays busy.
    pub async fn idle_within(&self, limit: Duration) -> anyhow::Result<()> {
        self.wait::<bool>("no result outstanding", limit, "widget.dataset.busy !== 'true'").await?;
        Ok(())
    }

    /// Waits for an expression in which `widget` is the section.
    ///
    /// # Errors
    /// When it stays falsy.
    pub async fn wait<T: DeserializeOwned>(
        &self,
        what: &str,
        limit: Duration,
        expression: &str,
    ) -> anyhow::Result<T> {
        let expression = format!("((widget) => {expression})(document.getElementById(args[0]))");
        self.browser.wait(&format!("{}: {what}", self.id), limit, &expression, json!([self.id])).await
    }

    /// Waits until the reader's own image is the chosen one.
    ///
    /// # Errors
    /// When it does not come.
    pub async fn own_image_chosen(&self) -> anyhow::Result<()> {
        let chosen = "widget.querySelector('[name=image]:checked').value === 'own'";
        self.wait::<bool>("the reader's own image", PATIENCE, chosen).await?;
        Ok(())
    }

    /// Evaluates an expression in which `widget` is the section.
    ///
    /// # Errors
    /// When it throws.
    pub async fn read<T: DeserializeOwned>(&self, expression: &str) -> anyhow::Result<T> {
        let body = format!("const widget = document.getElementById(arguments[0]); return ({expression});");
        self.browser.script(&body, json!([self.id])).await
    }

    /// An attribute of the section.
    ///
    /// # Errors
    /// When there is no such widget.
    pub async fn attribute(&self, name: &str) -> anyhow::Result<Option<String>> {
        self.read(&format!("widget.getAttribute('{name}')"))
            .await
            .with_context(|| format!("widget {}", self.id))
    }

    /// The words of its alert, empty if there is none.
    ///
    /// # Errors
    /// When there is no such widget.
    pub async fn message(&self) -> anyhow::Result<String> {
        self.read("((m) => m.hidden ? '' : m.textContent.trim())(widget.querySelector('.widget-message'))")
            .await
    }

    /// Waits for an alert and returns its words.
    ///
    /// # Errors
    /// When none comes.
    pub async fn alert(&self) -> anyhow::Result<String> {
        let words = "((m) => !m.hidden && m.textContent.trim())(widget.querySelector('.widget-message'))";
        self.wait("an alert", PATIENCE, words).await
    }

    /// What it says of its result.
    ///
    /// # Errors
    /// When there is no such widget.
    pub async fn readout(&self) -> anyhow::Result<String> {
        self.read("widget.querySelector('.widget-readout').textContent.trim()").await
    }

    /// Value of a control.
    ///
    /// # Errors
    /// When there is no such control.
    pub async fn value(&self, control: &str) -> anyhow::Result<String> {
        let field = format!("widget.querySelector(\"[name='{control}']\")");
        self.read(&format!(
            "{field}.type === 'checkbox' ? String({field}.checked)
             : {field}.type === 'radio' ? widget.querySelector(\"[name='{control}']:checked\").value
             : {field}.value"
        ))
        .await
    }

    /// Sets a control as a reader's hand would, opening "More" where it is hidden there, and waits for the result.
    ///
    /// # Errors
    /// When there is no such control.
    pub async fn set(&self, control: &str, value: &str) -> anyhow::Result<()> {
        self.put(control, value).await?;
        self.idle().await
    }

    /// Sets a control and waits for nothing.
    ///
    /// # Errors
    /// When there is no such control.
    pub async fn put(&self, control: &str, value: &str) -> anyhow::Result<()> {
        self.reveal(control).await?;
        let body = "const [name, value] = arguments;
            let field = document.querySelector(name);
            if (field.type === 'radio') {
              field = document.querySelector(`${name}[value='${value}']`);
              field.checked = true;
            } else if (field.type === 'checkbox') field.checked = value === 'true'; else field.value = value;
            for (const kind of ['input', 'change']) field.dispatchEvent(new Event(kind, { bubbles: true }));";
        self.browser
            .script(body, json!([self.control(control), value]))
            .await
            .with_context(|| format!("cannot set {control} of {}", self.id))
    }

    /// Opens whatever hides a control: "More", and the group it is in.
    ///
    /// # Errors
    /// When there is no such control.
    pub async fn reveal(&self, control: &str) -> anyhow::Result<()> {
        let body = "const field = document.querySelector(arguments[0]);
            if (field.closest('.widget-more[hidden]')) field.closest('.widget').querySelector('.widget-more-button').click();
            const group = field.closest('details'); if (group) group.open = true;";
        self.browser
            .script(body, json!([self.control(control)]))
            .await
            .with_context(|| format!("no control {control} in {}", self.id))
    }

    /// Clicks something inside it.
    ///
    /// # Errors
    /// When it is not there or covered.
    pub async fn click(&self, inside: &str) -> anyhow::Result<()> {
        self.browser.click(&self.css(inside)).await
    }

    /// A checksum of the canvas with this number, so that pictures can be compared.
    ///
    /// # Errors
    /// When there is no such canvas.
    pub async fn picture(&self, index: usize) -> anyhow::Result<String> {
        self.read(&format!("widget.querySelectorAll('.widget-stage canvas')[{index}].toDataURL()")).await
    }
}
