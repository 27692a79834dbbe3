//! An 8-bit RGB image in memory.

/// An image whose sides and number of bytes do not go together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "an image of {width} × {height} pixels expects {expected} bytes and no side of 0, found {found} bytes"
)]
pub struct SizeError {
    width: u32,
    height: u32,
    expected: usize,
    found: usize,
}

/// An image of `width` × `height` pixels, three bytes per pixel: red, green, blue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rgb8 {
    width: u32,
    height: u32,
    data: Vec<u8>,
}

impl Rgb8 {
    /// From interleaved bytes.
    ///
    /// # Errors
    /// [`SizeError`] if a side is 0 or `data` is not `width * height * 3` bytes.
    pub fn new(width: u32, height: u32, data: Vec<u8>) -> Result<Self, SizeError> {
        let expected = width as usize * height as usize * 3;
        if expected == 0 || data.len() != expected {
            return Err(SizeError { width, height, expected, found: data.len() });
        }
        Ok(Self { width, height, data })
    }

    /// Width in pixels, at least 1.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Bytes, interleaved: `data()[(y * width + x) * 3 + channel]`.
    pub fn data(&self) -> &[u8] {
        &self.data
    }

    /// Red, green and blue of one pixel.
    ///
    /// # Panics
    /// Outside the image.
    pub fn pixel(&self, x: u32, y: u32) -> [u8; 3] {
        assert!(
            x < self.width && y < self.height,
            "pixel ({x}, {y}) lies outside {} × {}",
            self.width,
            self.height
        );
        let at = (y as usize * self.width as usize + x as usize) * 3;
        [self.data[at], self.data[at + 1], self.data[at + 2]]
    }
}
