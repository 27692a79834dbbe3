//! The widget's pictures: picture, kernel, result, and the arithmetic under the cursor.

use kit::canvas;
use kit::{Failure, Section, colour, dom};
use web_sys::HtmlElement;

use super::arithmetic::Arithmetic;
use super::gallery::Gallery;
use super::outcome::KernelResult;
use super::slide::Region;
use super::tone::Tone;
use super::words;
use crate::stage::{Grid, PictureView, append, coefficient};

/// Colours on the scale beside the result.
const SCALE_STEPS: u32 = 255;

/// The elements of the stage.
pub(crate) struct KernelView {
    root: HtmlElement,
    pub(crate) input: PictureView,
    kernel_figure: HtmlElement,
    kernel: Grid,
    kernel_caption: HtmlElement,
    /// One map, or three where every channel has its own.
    pub(crate) results: [PictureView; 3],
    scale: HtmlElement,
    scale_bar: web_sys::HtmlCanvasElement,
    scale_labels: [HtmlElement; 3],
    pub(crate) gallery: Gallery,
    size: HtmlElement,
    arithmetic: Arithmetic,
}

impl KernelView {
    /// Puts the empty elements on the view, in the place of the fallback.
    pub(crate) fn new(section: &Section) -> Result<Self, Failure> {
        let view = Self {
            root: dom::create("div", "kernel-lab"),
            input: PictureView::new("lab-input"),
            kernel_figure: dom::create("figure", "stage-figure lab-kernel"),
            kernel: Grid::new("weights"),
            kernel_caption: dom::create("figcaption", "stage-caption"),
            results: [(); 3].map(|()| PictureView::new("lab-result")),
            scale: dom::create("div", "stage-scale"),
            scale_bar: dom::create("canvas", ""),
            scale_labels: [(); 3].map(|()| dom::create("span", "")),
            gallery: Gallery::new(),
            size: dom::create("p", "lab-size"),
            arithmetic: Arithmetic::new(),
        };
        let root = &view.root;
        dom::set(root, "data-picture", "");
        append(root, view.input.figure());
        for result in &view.results {
            dom::set(&result.canvas, "tabindex", "0");
            dom::set(&result.canvas, "role", "application");
            append(root, result.figure());
        }
        dom::set(&view.input.canvas, "role", "img");
        dom::set(&view.scale_bar, "aria-hidden", "true");
        append(&view.scale, &view.scale_bar);
        for label in &view.scale_labels {
            append(&view.scale, label);
        }
        append(view.results[0].figure(), &view.scale);
        append(root, view.gallery.element());
        section.show(root);
        section.note(view.arithmetic.element());
        section.note(&view.kernel_notes());
        section.detail(&view.size)?;
        view.hold(false);
        Ok(view)
    }

    /// The kernel on its own: as a square if the arithmetic has no room for it, and in words.
    fn kernel_notes(&self) -> HtmlElement {
        let scroll: HtmlElement = dom::create("div", "kernel-scroll");
        dom::set(self.kernel.element(), "role", "img");
        append(&scroll, self.kernel.element());
        // What scrolls must be reached by keyboard.
        dom::set(&scroll, "tabindex", "0");
        dom::set(&scroll, "role", "group");
        dom::set(&scroll, "aria-label", "The kernel's coefficients");
        append(&self.kernel_figure, &scroll);
        append(&self.kernel_figure, &self.kernel_caption);
        self.kernel_figure.clone()
    }

    /// Fits every picture to its space.
    pub(crate) fn fit(&self) {
        self.input.fit();
        self.results.iter().for_each(PictureView::fit);
    }

    /// Shows an outcome; `caption` describes the picture, `kernel` is the kernel's name.
    pub(crate) fn show(&self, outcome: &KernelResult, caption: &str, kernel: &str) -> Result<(), Failure> {
        let [channels, height, width] = outcome.input.shape();
        self.input.draw(width, &as_picture(outcome.input.data(), channels))?;
        let seen = if channels == 1 { ", in grey" } else { "" };
        self.input.caption(&format!("{caption}{seen}"));
        dom::set(&self.input.canvas, "aria-label", caption);

        self.show_kernel(outcome, kernel);
        self.show_result(outcome)?;
        self.size.set_text_content(Some(&words::size_words(
            [height, width],
            outcome.settings.kernel.size(),
            outcome.settings.step,
        )));
        Ok(())
    }

    fn show_kernel(&self, outcome: &KernelResult, name: &str) {
        let kernel = &outcome.settings.kernel;
        let size = kernel.size();
        let text = coefficient::kernel_text(size, kernel.coefficients()).replace('\n', "; ");
        dom::set(
            self.kernel.element(),
            "aria-label",
            &format!("Kernel of {size} × {size} coefficients: {text}"),
        );
        self.kernel_caption.set_text_content(Some(&words::kernel_caption(name, &outcome.settings)));
    }

    fn show_result(&self, outcome: &KernelResult) -> Result<(), Failure> {
        let [channels, _, _] = outcome.result.shape();
        let [height, width] = outcome.size();
        let tone = Tone::fit(outcome.settings.rule, outcome.result.data());
        // Signed colours show the sign of one value; three values need three maps.
        let maps = if tone.is_signed() { channels } else { 1 };
        let stride = outcome.settings.step.stride;
        for (index, view) in self.results.iter().enumerate() {
            view.figure().set_hidden(index >= maps);
            if index >= maps {
                continue;
            }
            view.draw(width, &pixels(outcome, tone, Some(index)))?;
            let of = if maps == 3 { [" of red", " of green", " of blue"][index] } else { "" };
            let every = if stride == 1 { String::new() } else { format!(", one for every {stride} pixels") };
            view.caption(&format!("Result{of}, {width} × {height} pixels{every}."));
            let keys = "Arrow keys move to another pixel, with Shift by 10; Enter fixes it.";
            dom::set(&view.canvas, "aria-label", &format!("Result{of}, {width} × {height} pixels. {keys}"));
        }
        canvas::draw_rgba(&self.scale_bar, SCALE_STEPS, &tone.scale(SCALE_STEPS))?;
        for (element, label) in self.scale_labels.iter().zip(tone.labels()) {
            element.set_text_content(Some(&label));
        }
        Ok(())
    }

    /// Draws the kernel's coefficients; on its own, because they change less often than the picture.
    pub(crate) fn write_kernel(&mut self, outcome: &KernelResult) {
        let kernel = &outcome.settings.kernel;
        dom::set(&self.kernel_figure, "data-size", &kernel.size().to_string());
        self.kernel.show_weights(kernel);
    }

    /// Shows the arithmetic at a pixel of the result, and marks it and its patch.
    pub(crate) fn look(&mut self, outcome: &KernelResult, [column, row]: [usize; 2]) {
        self.input.mark(outcome.corner(column, row), outcome.extent(), outcome.settings.step.dilation);
        for view in &self.results {
            view.mark([column as isize, row as isize], 1, 1);
        }
        self.arithmetic.show(outcome, [column, row]);
    }

    /// Shows only the results that the window has reached so far; `None` shows all.
    pub(crate) fn reveal(&self, reached: Option<(Region, [usize; 2])>) {
        let reached = reached.map(|(way, pixel)| (way.start, way.size, pixel));
        self.results.iter().for_each(|view| view.veil_after(reached));
    }

    /// Sets whether the pixel is fixed or follows the pointer.
    pub(crate) fn hold(&self, held: bool) {
        dom::set(&self.root, "data-held", if held { "true" } else { "false" });
        self.arithmetic.hint(held);
    }
}

/// A result as RGBA. Signed colours show one channel: the given one, or the strongest of each pixel.
pub(crate) fn pixels(outcome: &KernelResult, tone: Tone, channel: Option<usize>) -> Vec<u8> {
    let [channels, height, width] = outcome.result.shape();
    let planes: [&[f32]; 3] = [0, 1, 2].map(|c| outcome.plane(c.min(channels - 1)));
    let strongest = |i: usize| {
        let values = planes.map(|plane| plane[i]);
        values.into_iter().fold(0.0, |most: f32, value| if value.abs() > most.abs() { value } else { most })
    };
    let pixel = |i: usize| {
        opaque(match channel {
            _ if !tone.is_signed() => planes.map(|plane| tone.grey(plane[i])),
            Some(channel) => tone.colour(planes[channel][i]),
            None => tone.colour(strongest(i)),
        })
    };
    (0..width * height).flat_map(pixel).collect()
}

/// Planes of 0 to 255 as RGBA.
fn as_picture(planes: &[f32], channels: usize) -> Vec<u8> {
    let pixels = planes.len() / channels;
    (0..pixels)
        .flat_map(|i| {
            let channel = |c: usize| colour::to_byte(planes[(c.min(channels - 1)) * pixels + i]);
            opaque([channel(0), channel(1), channel(2)])
        })
        .collect()
}

fn opaque([r, g, b]: [u8; 3]) -> [u8; 4] {
    [r, g, b, 255]
}
