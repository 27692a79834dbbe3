//! A file that is being fetched: the part received so far, so that an interrupted download continues.

use std::ops::Range;

use js_sys::Uint8Array;
use sha2::{Digest, Sha256};

/// Where the bytes go.
pub(super) enum Sink {
    /// Nothing yet.
    Nowhere,
    /// The Worker's own memory, for what Rust reads.
    Vector(Vec<u8>),
    /// JavaScript's memory, for what only the runtime reads.
    Array(Uint8Array),
}

/// A file, whole or in part.
pub(super) struct FetchedFile {
    pub(super) url: String,
    pub(super) received: u64,
    /// What the server called this version of the file, so that two versions are never joined.
    pub(super) etag: Option<String>,
    /// Bytes that the server sent.
    pub(super) downloaded: u64,
    /// Bytes from the first on that the browser's store has.
    stored: u64,
    /// Whether the store still has room for more.
    storing: bool,
    sink: Sink,
    hash: Sha256,
}

impl Default for FetchedFile {
    fn default() -> Self {
        Self {
            url: String::new(),
            received: 0,
            etag: None,
            downloaded: 0,
            stored: 0,
            storing: true,
            sink: Sink::Nowhere,
            hash: Sha256::new(),
        }
    }
}

impl FetchedFile {
    /// Drops the part received and makes room for `bytes` bytes in `empty`'s kind of memory; false if there is no room.
    pub(super) fn begin(&mut self, url: &str, bytes: u64, in_rust: bool) -> bool {
        *self = Self { url: url.to_owned(), ..Self::default() };
        if in_rust {
            let mut room = Vec::new();
            let fits = usize::try_from(bytes).is_ok_and(|bytes| room.try_reserve_exact(bytes).is_ok());
            if !fits {
                return false;
            }
            self.sink = Sink::Vector(room);
        } else {
            let Some(room) = new_array(bytes) else { return false };
            self.sink = Sink::Array(room);
        }
        true
    }

    /// Adds a piece; false if there is no room for it.
    pub(super) fn push(&mut self, piece: &Uint8Array, bytes: u64) -> bool {
        let length = u64::from(piece.length());
        if self.received + length > bytes {
            return false;
        }
        match &mut self.sink {
            Sink::Nowhere => return false,
            Sink::Vector(vector) => {
                let start = vector.len();
                vector.resize(start + length as usize, 0);
                piece.copy_to(&mut vector[start..]);
                self.hash.update(&vector[start..]);
            }
            Sink::Array(array) => {
                array.set(piece, self.received as u32);
                self.hash.update(piece.to_vec());
            }
        }
        self.received += length;
        true
    }

    /// SHA-256 of what came.
    pub(super) fn sha256(&self) -> String {
        inference::file::hexadecimal(&self.hash.clone().finalize())
    }

    /// What came is in the store.
    pub(super) fn all_stored(&mut self) {
        self.stored = self.received;
    }

    /// The store has no room.
    pub(super) fn stop_storing(&mut self) {
        self.stored = 0;
        self.storing = false;
    }

    /// Bytes that came and are to be stored.
    pub(super) fn unstored(&self) -> Range<u64> {
        if self.storing { self.stored..self.received } else { self.received..self.received }
    }

    /// Some of the bytes that came, as JavaScript sees them; `None` where memory does not suffice.
    pub(super) fn part(&self, range: &Range<u64>) -> Option<Uint8Array> {
        match &self.sink {
            Sink::Nowhere => None,
            Sink::Vector(vector) => {
                let part = vector.get(range.start as usize..range.end as usize)?;
                let copy = new_array(part.len() as u64)?;
                copy.copy_from(part);
                Some(copy)
            }
            Sink::Array(array) => Some(array.subarray(range.start as u32, range.end as u32)),
        }
    }

    /// The bytes; this is then empty.
    pub(super) fn take(&mut self) -> Sink {
        std::mem::take(self).sink
    }
}

/// A new array, `None` where memory does not suffice.
fn new_array(bytes: u64) -> Option<Uint8Array> {
    let constructor: js_sys::Function =
        js_sys::Reflect::get(&js_sys::global(), &"Uint8Array".into()).ok()?.into();
    let arguments = js_sys::Array::of1(&(bytes as f64).into());
    js_sys::Reflect::construct(&constructor, &arguments).ok().map(Into::into)
}
