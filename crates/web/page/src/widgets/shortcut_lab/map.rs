//! What one network answers everywhere in the picture, with the places that it learns from.

use kit::{Failure, canvas, dom};
use nn::ShapeError;
use shortcut_trials::{LESION, LesionTask, Trial};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, HtmlElement};

use super::words;
use crate::stage::{append, text};

/// Answers along a side.
const SIDE: usize = 32;
/// Side of the canvas, canvas pixels.
const PIXELS: f64 = 480.0;
/// Places along the true outline.
const BORDER: usize = 120;
/// Skin and lesion: a pale and a brown colour of the drawn lesions.
const COLOURS: [[f32; 3]; 2] = [[244.0, 222.0, 203.0], [132.0, 82.0, 54.0]];

/// One picture with its caption.
pub(crate) struct AnswerMap {
    pub(crate) figure: HtmlElement,
    pub(crate) canvas: HtmlCanvasElement,
    title: &'static str,
    caption: HtmlElement,
    /// The answers, one canvas pixel each.
    answers: HtmlCanvasElement,
}

impl AnswerMap {
    /// An empty picture.
    pub(crate) fn new(title: &'static str) -> Self {
        let map = Self {
            figure: dom::create("figure", "shortcut-map"),
            canvas: dom::create("canvas", ""),
            title,
            caption: text("figcaption", "stage-caption", ""),
            answers: dom::create("canvas", ""),
        };
        map.canvas.set_width(PIXELS as u32);
        map.canvas.set_height(PIXELS as u32);
        dom::set(&map.canvas, "role", "img");
        append(&map.figure, &text("p", "shortcut-title", title));
        append(&map.figure, &map.canvas);
        append(&map.figure, &map.caption);
        map
    }

    /// Draws what the network answers now.
    pub(crate) fn draw(&self, trial: &Trial, task: &LesionTask) -> Result<Result<(), Failure>, ShapeError> {
        let answers = trial.map(SIDE)?;
        let caption = words::caption(trial)?;
        let spoken = format!("{}: the network's answer at every point. {caption}", self.title);
        dom::set(&self.canvas, "aria-label", &spoken);
        self.caption.set_text_content(Some(&caption));
        Ok(self.paint(&answers, task))
    }

    fn paint(&self, answers: &[f32], task: &LesionTask) -> Result<(), Failure> {
        canvas::draw_rgba(&self.answers, SIDE as u32, &rgba(answers))?;
        let context = canvas::context(&self.canvas)?;
        let drawn = context.draw_image_with_html_canvas_element_and_dw_and_dh(
            &self.answers,
            0.0,
            0.0,
            PIXELS,
            PIXELS,
        );
        drawn.map_err(|e| Failure::thrown("The browser could not draw the picture", &e))?;
        context.set_line_width(3.0);
        context.set_stroke_style_str("#000000");
        context.begin_path();
        for [x, y] in task.border(BORDER) {
            context.line_to(place(x), place(y));
        }
        context.close_path();
        context.stroke();
        for ([x, y], &class) in task.places().iter().zip(task.truth()) {
            point(&context, place(*x), place(*y), class);
        }
        Ok(())
    }
}

/// A black square for lesion, a white one for skin, each with a rim of the other.
fn point(context: &CanvasRenderingContext2d, x: f64, y: f64, class: usize) {
    let colours = if class == LESION { ["#ffffff", "#000000"] } else { ["#000000", "#ffffff"] };
    for (side, colour) in [11.0, 7.0].into_iter().zip(colours) {
        context.set_fill_style_str(colour);
        context.fill_rect(x - side / 2.0, y - side / 2.0, side, side);
    }
}

/// From -1..1 to the canvas.
fn place(at: f32) -> f64 {
    f64::from(at + 1.0) / 2.0 * PIXELS
}

/// Between skin and lesion by probability; grey if there is none.
fn rgba(answers: &[f32]) -> Vec<u8> {
    let colour = |p: f32| {
        let [skin, lesion] = COLOURS;
        let mixed = |channel: usize| (skin[channel] + p * (lesion[channel] - skin[channel])) as u8;
        if p.is_nan() { [128, 128, 128, 255] } else { [mixed(0), mixed(1), mixed(2), 255] }
    };
    answers.iter().flat_map(|&p| colour(p)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_runs_from_skin_to_lesion_and_is_grey_where_there_is_no_answer() {
        let rgba = rgba(&[0.0, 1.0, 0.5, f32::NAN]);
        assert_eq!(rgba[..8], [244, 222, 203, 255, 132, 82, 54, 255]);
        assert_eq!(rgba[8..], [188, 152, 128, 255, 128, 128, 128, 255]);
    }
}
