//! The image a widget works on: its pixels, where they come from, and the words under it.

use catalog::Diagnosis;
use catalog::number::grouped;
use imaging::Rgb8;

/// Side of the drawn lesions, pixels.
pub const SIDE: u32 = 224;
/// Longer side of the reader's own image in the page, pixels; larger ones are made smaller.
pub const LONGEST_SIDE: u32 = 512;

/// An image and its origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The pixels.
    pub pixels: Rgb8,
    /// Where they come from.
    pub origin: PictureOrigin,
}

/// Where an image comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PictureOrigin {
    /// Drawn by the book.
    Drawn(DrawnLesion),
    /// Brought by the reader.
    Own(ReaderImage),
}

/// What the generator was asked for; the text form is `mel-17`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DrawnLesion {
    /// The diagnosis.
    pub diagnosis: Diagnosis,
    /// The seed.
    pub seed: u64,
}

/// The reader's own file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderImage {
    /// The file's name; empty if it had none.
    pub name: String,
    /// Its width in pixels, when upright.
    pub width: u32,
    /// Its height in pixels.
    pub height: u32,
    /// Whether it is an animation; the page shows its first frame.
    pub animated: bool,
}

impl DrawnLesion {
    /// From its text form.
    ///
    /// ```
    /// # use kit::picture::DrawnLesion;
    /// assert_eq!(DrawnLesion::parse("mel-17").map(|d| d.seed), Some(17));
    /// assert_eq!(DrawnLesion::parse("mel"), None);
    /// ```
    pub fn parse(text: &str) -> Option<Self> {
        let (diagnosis, seed) = text.split_once('-')?;
        Some(Self { diagnosis: Diagnosis::from_abbreviation(diagnosis)?, seed: seed.parse().ok()? })
    }

    /// The text form.
    pub fn text(self) -> String {
        format!("{}-{}", self.value(), self.seed)
    }

    /// The value of the `image` control for this diagnosis.
    pub fn value(self) -> String {
        self.diagnosis.abbreviation().to_ascii_lowercase()
    }
}

impl Picture {
    /// The lesion itself from its bytes, 224 × 224 pixels.
    pub(crate) fn drawn(drawn: DrawnLesion, bytes: Vec<u8>) -> Self {
        let pixels =
            Rgb8::new(SIDE, SIDE, bytes).expect("the generator gives three bytes for each pixel asked for");
        Self { pixels, origin: PictureOrigin::Drawn(drawn) }
    }

    /// The caption under the image: what it is, and its size in pixels.
    pub fn caption(&self) -> String {
        let (width, height) = (self.pixels.width(), self.pixels.height());
        match &self.origin {
            PictureOrigin::Drawn(DrawnLesion { diagnosis, seed }) => {
                let (name, abbreviation) = (diagnosis.name(), diagnosis.abbreviation());
                format!("Synthetic {name} ({abbreviation}), seed {seed}, {width} × {height} pixels")
            }
            PictureOrigin::Own(own) => {
                let named = if own.name.is_empty() { String::new() } else { format!(" ({})", own.name) };
                let smaller = if (own.width, own.height) == (width, height) {
                    String::new()
                } else {
                    format!(", reduced from {} × {}", grouped(own.width), grouped(own.height))
                };
                let first = if own.animated { ", first frame of an animation" } else { "" };
                format!("Your own image{named}, {width} × {height} pixels{smaller}{first}")
            }
        }
    }

    /// A network's input in words: a square of this side, into which other pictures are squeezed.
    pub fn as_square(&self, side: u32) -> String {
        format!("{side} × {side} pixels{}", self.squeezed())
    }

    /// How a network changes the picture's proportions, starting with a comma; empty if it does not.
    pub fn squeezed(&self) -> &'static str {
        if self.pixels.width() == self.pixels.height() { "" } else { ", squeezed into a square" }
    }

    /// A name for files made from it, without an ending.
    pub fn file_stem(&self) -> String {
        match &self.origin {
            PictureOrigin::Drawn(drawn) => drawn.text(),
            PictureOrigin::Own(_) => "own-image".to_owned(),
        }
    }
}

/// Width and height scaled down, if need be, so that the longer side is at most `longest`; never 0.
///
/// ```
/// assert_eq!(kit::picture::fit(4000, 3000, 512), (512, 384));
/// assert_eq!(kit::picture::fit(100, 50, 512), (100, 50));
/// ```
pub fn fit(width: u32, height: u32, longest: u32) -> (u32, u32) {
    let side = width.max(height).max(1);
    if side <= longest {
        return (width, height);
    }
    let scaled =
        |x: u32| ((u64::from(x) * u64::from(longest) + u64::from(side) / 2) / u64::from(side)) as u32;
    (scaled(width).max(1), scaled(height).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_caption(origin: PictureOrigin, expected: &str) {
        let pixels = Rgb8::new(2, 1, vec![0; 6]).expect("2 × 1 × 3 bytes");
        assert_eq!(Picture { pixels, origin }.caption(), expected);
    }

    #[test]
    fn a_drawn_lesion_says_that_it_is_synthetic() {
        let drawn = DrawnLesion { diagnosis: Diagnosis::Bcc, seed: 4 };
        check_caption(
            PictureOrigin::Drawn(drawn),
            "Synthetic basal cell carcinoma (BCC), seed 4, 2 × 1 pixels",
        );
    }

    #[test]
    fn an_image_made_smaller_says_its_size_before() {
        let own = ReaderImage { name: "mole.jpg".to_owned(), width: 4000, height: 2000, animated: false };
        let words = "Your own image (mole.jpg), 2 × 1 pixels, reduced from 4,000 × 2,000";
        check_caption(PictureOrigin::Own(own), words);
    }

    #[test]
    fn a_picture_that_the_network_squeezes_says_so() {
        let of = |width: u32| {
            let pixels = Rgb8::new(width, 1, vec![0; width as usize * 3]).expect("width × 1 × 3 bytes");
            let origin = PictureOrigin::Drawn(DrawnLesion { diagnosis: Diagnosis::Bcc, seed: 4 });
            Picture { pixels, origin }.as_square(128)
        };
        assert_eq!(of(1), "128 × 128 pixels");
        assert_eq!(of(2), "128 × 128 pixels, squeezed into a square");
    }

    #[test]
    fn the_text_form_of_every_diagnosis_comes_back() {
        for diagnosis in Diagnosis::ALL {
            let drawn = DrawnLesion { diagnosis, seed: 123_456 };
            assert_eq!(DrawnLesion::parse(&drawn.text()), Some(drawn));
        }
        assert_eq!(DrawnLesion::parse("mel--1"), None);
        assert_eq!(DrawnLesion::parse("data:image/png;base64,AAAA"), None);
    }

    #[test]
    fn a_very_long_image_keeps_a_row() {
        assert_eq!(fit(20_000, 3, 512), (512, 1));
    }
}
