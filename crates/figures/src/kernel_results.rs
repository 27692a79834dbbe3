//! One image and what the six kernels make of it: the kernel lab for a reader without JavaScript.

use imaging::{Kernel, Rgb8, channels, encode_jpeg, palette, resize};
use nn::Tensor;
use nn::conv::{Padding, Step, depthwise};
use numerics::statistics::percentile;
use plotters::prelude::*;

use crate::FigureError;
use crate::kernels::title;
use crate::svg::{Anchor, Area, Frame, INK, Picture, drawing, font, render, write_text};

/// Three, so that the words are large enough on a phone.
const COLUMNS: i32 = 3;
/// Side of a picture, in pixels.
const SIDE: i32 = 140;
const GAP: i32 = 10;
const TITLE: i32 = 28;
const WORDS: u32 = 17;
/// Side of a picture in the file: finer than it is shown, for screens that can show it.
const SHOWN: u32 = 196;
/// Pictures are the largest part of the file, and the file comes with the page; at this quality their structures stay.
const QUALITY: u8 = 68;

/// Draws `image` and its six results, of its grey values, stride 1, replicate padding.
///
/// # Errors
/// [`FigureError`] if the drawing fails.
pub fn draw(image: &Rgb8) -> Result<String, FigureError> {
    let mut pictures = vec![picture(0, image)?];
    for (index, name) in (1..).zip(Kernel::NAMES) {
        if let Some(kernel) = Kernel::named(name) {
            pictures.push(picture(index, &result(image, &kernel)?)?);
        }
    }
    let frame = Frame {
        title: "A synthetic lesion, and the results of six kernels",
        description: "Eight panels: the image; the two means, which blur it, the larger one more; sharpen, which \
            enhances its fine structure; the Laplacian and the two Sobel kernels in signed colours, white where nothing \
            changes, blue and red along the border and the structures of the lesion, Sobel x at vertical edges, \
            Sobel y at horizontal ones; and the scale of these colours, the darkest for the strongest 1 % of each picture.",
        size: ((COLUMNS * SIDE + (COLUMNS - 1) * GAP) as u32, (3 * (TITLE + SIDE) + 2 * GAP) as u32),
    };
    render(&frame, &pictures, |area| {
        let titles = std::iter::once("the image").chain(Kernel::NAMES.into_iter().map(title));
        for (index, title) in (0..).zip(titles) {
            let (left, top) = corner(index);
            write_text(area, title, (left + SIDE / 2, top - TITLE / 2), Anchor::Middle, &font(WORDS, INK))?;
        }
        scale(area, corner(7))
    })
}

/// Top left of the picture of this number, row by row.
fn corner(index: i32) -> (i32, i32) {
    ((index % COLUMNS) * (SIDE + GAP), TITLE + index / COLUMNS * (TITLE + SIDE + GAP))
}

fn picture(index: i32, image: &Rgb8) -> Result<Picture, FigureError> {
    let jpeg = encode_jpeg(&resize(image, SHOWN, SHOWN), QUALITY).map_err(drawing)?;
    Ok(Picture::photograph(jpeg, corner(index), [SIDE; 2]))
}

/// Kernels that keep the brightness give grey, cut to 0 to 255; the others signed colours, full at the 99th
/// percentile of the results.
fn result(image: &Rgb8, kernel: &Kernel) -> Result<Rgb8, FigureError> {
    let (width, height) = (image.width(), image.height());
    let grey = Tensor::new([1, height as usize, width as usize], channels::grey(image)).map_err(drawing)?;
    let size = kernel.size();
    let kernel_numbers = Tensor::new([size, size], kernel.coefficients().to_vec()).map_err(drawing)?;
    let step = Step::new(1, Padding::Replicate);
    let output = depthwise(&grey, &kernel_numbers, step).map_err(drawing)?.into_data();
    // One hair would leave the rest pale: the strongest hundredth shares the darkest colour.
    let strengths: Vec<f64> = output.iter().map(|value| f64::from(value.abs())).collect();
    let largest = percentile(&strengths, 99.0).unwrap_or_default().max(f64::from(f32::MIN_POSITIVE)) as f32;
    let signed = kernel.sum().abs() < 0.5;
    let colour = |value: f32| {
        if signed { palette::signed(value / largest) } else { [palette::to_byte(value.clamp(0.0, 255.0)); 3] }
    };
    Rgb8::new(width, height, output.into_iter().flat_map(colour).collect()).map_err(drawing)
}

/// What the signed colours mean.
fn scale(area: &Area<'_>, (left, top): (i32, i32)) -> Result<(), FigureError> {
    const STEPS: i32 = 28;
    let step = SIDE / STEPS;
    let bar = top + SIDE / 2 - 12;
    write_text(
        area,
        "signed colours",
        (left + SIDE / 2, top - TITLE / 2),
        Anchor::Middle,
        &font(WORDS, INK),
    )?;
    for index in 0..STEPS {
        let value = (index as f32 + 0.5) / STEPS as f32 * 2.0 - 1.0;
        let [r, g, b] = palette::signed(value);
        let x = left + index * step;
        area.draw(&Rectangle::new([(x, bar), (x + step, bar + 24)], RGBColor(r, g, b).filled()))
            .map_err(drawing)?;
    }
    let frame = [(left, bar), (left + SIDE, bar + 24)];
    area.draw(&Rectangle::new(frame, RGBColor(150, 150, 150).stroke_width(1))).map_err(drawing)?;
    let below = bar + 42;
    write_text(area, "−", (left, below), Anchor::Start, &font(WORDS, INK))?;
    write_text(area, "0", (left + SIDE / 2, below), Anchor::Middle, &font(WORDS, INK))?;
    write_text(area, "+", (left + SIDE, below), Anchor::End, &font(WORDS, INK))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step_edge() -> Rgb8 {
        let pixel = |i: usize| if i % 32 < 16 { [40; 3] } else { [200; 3] };
        Rgb8::new(32, 32, (0..1024).flat_map(pixel).collect()).unwrap()
    }

    #[test]
    fn sobel_x_turns_an_edge_from_dark_to_light_red_and_leaves_the_rest_white() {
        let shown = result(&step_edge(), &Kernel::named("sobel-x").unwrap()).unwrap();
        assert_eq!((shown.pixel(3, 5), shown.pixel(16, 5)), ([255; 3], palette::signed(1.0)));
    }

    #[test]
    fn a_mean_stays_grey_and_between_the_two_sides() {
        let shown = result(&step_edge(), &Kernel::named("mean-7").unwrap()).unwrap();
        // Column 15 sees 4 columns of 40 and 3 of 200: (160 + 600) / 7 = 108.6
        assert_eq!(shown.pixel(15, 9), [109; 3]);
    }

    #[test]
    fn seven_pictures_are_inside_the_file() {
        let svg = draw(&step_edge()).unwrap();
        assert_eq!(svg.matches("href=\"data:image/jpeg;base64,").count(), 7);
        assert_eq!(svg, draw(&step_edge()).unwrap());
    }
}
