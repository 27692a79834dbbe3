//! What a test may ask of its browser.

/// What a test may ask of its browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// A WebGPU adapter in software; without it the browser has none.
    pub webgpu: bool,
    /// Which cameras it has, and what its reader answers when a page asks for one.
    pub camera: Camera,
    /// Started for this test and ended with it: for tests that harm their browser or measure how it starts. Other tests get
    /// one that an earlier test has used and that has forgotten it.
    pub fresh: bool,
}

/// The cameras of a browser.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Camera {
    /// None.
    #[default]
    None,
    /// This many, which send the browser's own test picture; the reader allows them.
    Allowed(u8),
    /// One, which the reader refuses.
    Refused,
}
