//! The reader's camera: a live picture under the strip, from which a square is taken; the camera is let go at once after.
//!
//! Nothing of it leaves the page: the stream ends in a `<video>`, the picture in this module's memory.

use imaging::resize;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Event, HtmlCanvasElement, HtmlElement, HtmlSelectElement, HtmlVideoElement, MediaDeviceInfo,
    MediaDevices, MediaStream, MediaStreamTrack,
};

use crate::canvas;
use crate::dom;
use crate::failure::Failure;
use crate::picture::{LONGEST_SIDE, Picture, PictureOrigin, ReaderImage};

/// A camera that runs, and its panel in the page. Dropped, it is switched off and the panel is gone.
pub(crate) struct Camera {
    panel: HtmlElement,
    video: HtmlVideoElement,
    stream: MediaStream,
}

/// What the reader asks of a running camera.
#[derive(Clone)]
pub(crate) enum CameraAction {
    /// A picture.
    Take,
    /// No more.
    Stop,
    /// The camera with this identifier instead.
    Other(String),
    /// Nothing: the camera ended by itself, as when it is pulled out.
    Ended,
}

impl Camera {
    /// Asks the browser for a camera, the back one or the one with this identifier, which asks the reader.
    ///
    /// # Errors
    /// [`Failure`] with the reason: insecure page, none connected, blocked, in use.
    pub(crate) async fn open(device: Option<String>) -> Result<Self, Failure> {
        let devices = dom::window().navigator().media_devices();
        let devices = devices.ok().filter(|devices| !devices.is_undefined()).ok_or_else(|| {
            Failure::new(
                "The browser does not let this page use a camera, because its address does not begin with https. Choose a file instead.",
            )
        })?;
        let which = device.as_ref().map_or("\"facingMode\":\"environment\"".to_owned(), |id| {
            format!("\"deviceId\":{{\"exact\":\"{id}\"}}")
        });
        let wanted =
            format!("{{\"video\":{{{which},\"width\":{{\"ideal\":1280}},\"height\":{{\"ideal\":1280}}}}}}");
        let stream = async {
            let wanted = js_sys::JSON::parse(&wanted)?.unchecked_into();
            JsFuture::from(devices.get_user_media_with_constraints(&wanted)?).await
        };
        let stream: MediaStream = stream.await.map_err(|e| refusal(&e))?.unchecked_into();
        let video: HtmlVideoElement = dom::create("video", "");
        for (name, value) in
            [("autoplay", ""), ("playsinline", ""), ("muted", ""), ("aria-label", "Camera picture")]
        {
            dom::set(&video, name, value);
        }
        video.set_src_object(Some(&stream));
        let camera = Self { panel: dom::create("div", "camera"), video, stream };
        dom::set(&camera.panel, "role", "group");
        dom::set(&camera.panel, "aria-label", "Camera");
        camera.add(&camera.video);
        camera.offer_others(&devices, device.as_deref()).await;
        Ok(camera)
    }

    fn add(&self, child: &HtmlElement) {
        let _never_refused = self.panel.append_child(child);
    }

    /// A choice of cameras if there are several; their names are known once the reader has allowed one.
    async fn offer_others(&self, devices: &MediaDevices, chosen: Option<&str>) {
        let Ok(promise) = devices.enumerate_devices() else { return };
        let Ok(all) = JsFuture::from(promise).await else { return };
        let all = all.unchecked_into::<js_sys::Array>();
        let cameras = all.iter().map(JsCast::unchecked_into::<MediaDeviceInfo>);
        let cameras: Vec<_> =
            cameras.filter(|device| device.kind() == web_sys::MediaDeviceKind::Videoinput).collect();
        if cameras.len() < 2 {
            return;
        }
        let select: HtmlSelectElement = dom::create("select", "");
        dom::set(&select, "aria-label", "Choose a camera");
        for camera in cameras {
            let option: HtmlElement = dom::create("option", "");
            dom::set(&option, "value", &camera.device_id());
            option.set_text_content(Some(&camera.label()));
            let _never_refused = select.append_child(&option);
        }
        let running = || self.track()?.get_settings().get_device_id();
        if let Some(id) = chosen.map(str::to_owned).or_else(running) {
            select.set_value(&id);
        }
        self.add(&select);
    }

    fn track(&self) -> Option<MediaStreamTrack> {
        self.stream.get_video_tracks().get(0).dyn_into().ok()
    }

    /// Puts the panel at the end of the row that holds `button` and tells `answer` what the reader asks for.
    pub(crate) fn show(&self, button: &HtmlElement, answer: impl Fn(CameraAction) + Clone + 'static) {
        for (words, wish) in [("Take picture", CameraAction::Take), ("Stop", CameraAction::Stop)] {
            let element: HtmlElement = dom::create("button", "");
            dom::set(&element, "type", "button");
            element.set_text_content(Some(words));
            self.add(&element);
            let (answer, wish) = (answer.clone(), wish.clone());
            dom::listen(&element, "click", move |_: Event| answer(wish.clone()));
        }
        if let Some(select) = dom::find::<HtmlSelectElement>(&self.panel, "select") {
            let (answer, chosen) = (answer.clone(), select.clone());
            dom::listen(&select, "change", move |_: Event| answer(CameraAction::Other(chosen.value())));
        }
        if let Some(track) = self.track() {
            dom::listen(&track, "ended", move |_: Event| answer(CameraAction::Ended));
        }
        if let Some(row) = button.closest(".widget-strip").ok().flatten() {
            let _never_refused = row.append_child(&self.panel);
        }
        if let Some(first) = dom::find::<HtmlElement>(&self.panel, "button") {
            let _visible = first.focus();
        }
    }

    /// The middle square of what the camera sees now, at most 512 pixels wide.
    ///
    /// # Errors
    /// [`Failure`] if nothing has come yet, or the browser does not let the page read it.
    pub(crate) fn take(&self) -> Result<Picture, Failure> {
        let (width, height) = (self.video.video_width(), self.video.video_height());
        let side = width.min(height);
        if side == 0 {
            return Err(Failure::new("The camera has not sent a picture yet; try again in a moment."));
        }
        let canvas: HtmlCanvasElement = dom::create("canvas", "");
        canvas.set_width(side);
        canvas.set_height(side);
        let middle = |length: u32| -f64::from((length - side) / 2);
        canvas::context(&canvas)?
            .draw_image_with_html_video_element(&self.video, middle(width), middle(height))
            .map_err(|e| Failure::thrown("The browser could not draw the camera's picture", &e))?;
        let mut pixels = canvas::read(&canvas)?;
        if side > LONGEST_SIDE {
            pixels = resize(&pixels, LONGEST_SIDE, LONGEST_SIDE);
        }
        let own =
            ReaderImage { name: "from the camera".to_owned(), width: side, height: side, animated: false };
        Ok(Picture { pixels, origin: PictureOrigin::Own(own) })
    }
}

impl Drop for Camera {
    fn drop(&mut self) {
        for track in self.stream.get_tracks().iter() {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
        self.video.set_src_object(None);
        self.panel.remove();
    }
}

/// Why there is no camera, from the name of the browser's exception.
fn refusal(error: &JsValue) -> Failure {
    let name = js_sys::Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string());
    Failure::new(match name.as_deref().unwrap_or_default() {
        "NotAllowedError" | "SecurityError" => {
            "The camera is blocked. To allow it, use the camera symbol beside the page's address, then try again; or \
             choose a file."
        }
        "NotFoundError" | "OverconstrainedError" => "No camera was found. Connect one, or choose a file.",
        "NotReadableError" | "AbortError" => {
            "The camera does not respond; another program may be using it. Close that program and try again."
        }
        _ => return Failure::thrown("The camera did not start", error),
    })
}
