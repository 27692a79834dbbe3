//! What every figure shares: the canvas, its font, its colours, and what makes an SVG accessible.

use std::fmt::Write;
use std::sync::Once;

use catalog::Diagnosis;
use imaging::palette;
use plotters::chart::MeshStyle;
use plotters::coord::Shift;
use plotters::coord::ranged1d::Ranged;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::{FigureError, base64};

/// The page's own colour. Plotters knows no `currentColor`; this stands in for it while it draws.
pub(crate) const INK: RGBColor = RGBColor(1, 2, 3);
const INK_IN_SVG: &str = "#010203";
/// Blue and vermillion of Okabe and Ito, distinguishable for everyone, on white and on black.
/// Source: <https://jfly.uni-koeln.de/color/>.
pub(crate) const BLUE: RGBColor = RGBColor(0, 114, 178);
pub(crate) const VERMILLION: RGBColor = RGBColor(213, 94, 0);
/// Lines that keep pale shapes apart from a page of any colour.
pub(crate) const GREY: RGBColor = RGBColor(128, 128, 128);

/// `DejaVu` Sans, cut down to the letters that figures use; its licence is next to it.
const FONT: &[u8] = include_bytes!("../font/DejaVuSans-subset.ttf");
const FAMILY: &str = "sans-serif";

pub(crate) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// A picture inside a figure: a file in the page itself, at a place in pixels.
pub(crate) struct Picture {
    media_type: &'static str,
    bytes: Vec<u8>,
    at: (i32, i32),
    size: [i32; 2],
    /// Whether every pixel shows as a square where the picture is shown larger than it is.
    squares: bool,
}

impl Picture {
    /// A photograph, a JPEG, shown as wide and high as `size` says.
    pub(crate) fn photograph(jpeg: Vec<u8>, at: (i32, i32), size: [i32; 2]) -> Self {
        Self { media_type: "image/jpeg", bytes: jpeg, at, size, squares: false }
    }

    /// A table of values as colours, a PNG, with a square for every pixel.
    pub(crate) fn squares(png: Vec<u8>, at: (i32, i32), size: [i32; 2]) -> Self {
        Self { media_type: "image/png", bytes: png, at, size, squares: true }
    }
}

/// What a screen reader says, and how large the figure is.
pub(crate) struct Frame<'a> {
    pub(crate) title: &'a str,
    pub(crate) description: &'a str,
    pub(crate) size: (u32, u32),
}

/// Draws on top of `pictures`, and makes the result accessible.
pub(crate) fn render(
    frame: &Frame<'_>,
    pictures: &[Picture],
    draw: impl FnOnce(&Area<'_>) -> Result<(), FigureError>,
) -> Result<String, FigureError> {
    static FONT_READY: Once = Once::new();
    FONT_READY.call_once(|| {
        let registered = plotters::style::register_font(FAMILY, FontStyle::Normal, FONT);
        assert!(registered.is_ok(), "the bundled font is a font");
    });
    let mut svg = String::new();
    {
        let area = SVGBackend::with_string(&mut svg, frame.size).into_drawing_area();
        draw(&area)?;
        area.present().map_err(drawing)?;
    }
    let svg = svg.replace(INK_IN_SVG, "currentColor");
    let (Some(start), Some(end)) = (svg.find('>'), svg.rfind("</svg>")) else {
        return Err(FigureError::Drawing("the drawing library wrote no SVG".into()));
    };
    let mut whole = format!(
        "{} role=\"img\">\n<title>{}</title>\n<desc>{}</desc>",
        &svg[..start],
        escape(frame.title),
        escape(frame.description)
    );
    for Picture { media_type, bytes, at: (x, y), size: [width, height], squares } in pictures {
        let scaling = if *squares { " image-rendering=\"pixelated\"" } else { "" };
        let _infallible = write!(
            whole,
            "\n<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"{scaling} \
             preserveAspectRatio=\"none\" href=\"data:{media_type};base64,{}\"/>",
            base64::encode(bytes)
        );
    }
    whole.push_str(svg[start + 1..end].trim_end());
    whole.push_str("\n</svg>\n");
    Ok(whole)
}

/// The drawing library's error as ours.
pub(crate) fn drawing(error: impl std::fmt::Display) -> FigureError {
    FigureError::Drawing(error.to_string())
}

/// Where a text is relative to its point.
#[derive(Clone, Copy)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// The look of every chart: thin horizontal lines only; axes, their numbers and titles in ink; `words` is the size of the
/// numbers.
pub(crate) fn ruled<'m, 'a, 'b, X: Ranged, Y: Ranged, DB: DrawingBackend>(
    mesh: &'m mut MeshStyle<'a, 'b, X, Y, DB>,
    words: u32,
) -> &'m mut MeshStyle<'a, 'b, X, Y, DB> {
    mesh.disable_x_mesh()
        .bold_line_style(INK.mix(0.2))
        .light_line_style(TRANSPARENT)
        .axis_style(INK)
        .label_style(font(words, INK))
        .axis_desc_style(font(words + 1, INK))
}

/// The font at this size in pixels.
pub(crate) fn font(size: u32, colour: RGBColor) -> TextStyle<'static> {
    let mut style = TextStyle::from((FAMILY, size).into_font());
    style.color = colour.to_backend_color();
    style
}

/// A number with its sign as it is printed, −1.25.
pub(crate) fn number(value: f64, digits: usize) -> String {
    let text = format!("{value:.digits$}");
    // Nothing is left of the sign where nothing is left of the number.
    let is_zero = text.bytes().all(|byte| !(b'1'..=b'9').contains(&byte));
    if is_zero { text.replace('-', "") } else { text.replace('-', "−") }
}

/// Writes one line, its middle at the height of `at`.
pub(crate) fn write_text(
    area: &Area<'_>,
    text: &str,
    at: (i32, i32),
    anchor: Anchor,
    style: &TextStyle<'_>,
) -> Result<(), FigureError> {
    let horizontal = match anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    area.draw(&Text::new(text.to_owned(), at, style.pos(Pos::new(horizontal, VPos::Center)))).map_err(drawing)
}

/// Okabe and Ito's colours; melanoma has the page's own, black on white and white on black.
/// Source: <https://jfly.uni-koeln.de/color/>.
pub(crate) fn diagnosis_colour(diagnosis: Diagnosis) -> RGBColor {
    match diagnosis {
        Diagnosis::Mel => INK,
        Diagnosis::Nv => RGBColor(230, 159, 0),
        Diagnosis::Bcc => RGBColor(86, 180, 233),
        Diagnosis::Ak => RGBColor(0, 158, 115),
        Diagnosis::Bkl => RGBColor(240, 228, 66),
        Diagnosis::Df => BLUE,
        Diagnosis::Vasc => VERMILLION,
        Diagnosis::Scc => RGBColor(204, 121, 167),
    }
}

/// A square cell of this colour with a word in it that reads on it.
pub(crate) fn cell(
    area: &Area<'_>,
    at: (i32, i32),
    side: i32,
    colour: [u8; 3],
    word: Option<(&str, u32)>,
) -> Result<(), FigureError> {
    let [r, g, b] = colour;
    let corners = [at, (at.0 + side, at.1 + side)];
    area.draw(&Rectangle::new(corners, RGBColor(r, g, b).filled())).map_err(drawing)?;
    // Grey, so that white cells stay apart on a white page.
    area.draw(&Rectangle::new(corners, RGBColor(150, 150, 150).stroke_width(1))).map_err(drawing)?;
    let Some((word, size)) = word else { return Ok(()) };
    let ink = if palette::wants_white_text(colour) { WHITE } else { BLACK };
    write_text(area, word, (at.0 + side / 2, at.1 + side / 2), Anchor::Middle, &font(size, ink))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_says_what_it_is_and_takes_the_pages_colour() {
        let frame = Frame { title: "A < B", description: "Why & how.", size: (100, 50) };
        let svg =
            render(&frame, &[], |area| write_text(area, "word", (50, 25), Anchor::Middle, &font(12, INK)))
                .unwrap();
        assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
        assert!(
            svg.contains(" role=\"img\">\n<title>A &lt; B</title>\n<desc>Why &amp; how.</desc>"),
            "{svg}"
        );
        assert!(svg.contains("currentColor") && !svg.contains(INK_IN_SVG), "{svg}");
    }
}
