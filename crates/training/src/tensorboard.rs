//! Event files as `tensorboard` reads them: records one after another, each a protocol buffer with its length and two
//! checksums.
//!
//! Sources: the format, <https://www.tensorflow.org/tutorials/load_data/tfrecord#tfrecords_format_details>; the
//! messages, `tensorboard/compat/proto/{event,summary}.proto` in `tensorboard`.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use prost::Message;

/// One event of a file.
#[derive(Clone, PartialEq, Message)]
struct Event {
    /// Seconds since 1970.
    #[prost(double, tag = "1")]
    wall_time: f64,
    #[prost(int64, tag = "2")]
    step: i64,
    /// In the first event only.
    #[prost(string, optional, tag = "3")]
    file_version: Option<String>,
    #[prost(message, optional, tag = "5")]
    summary: Option<Summary>,
}

#[derive(Clone, PartialEq, Message)]
struct Summary {
    #[prost(message, repeated, tag = "1")]
    value: Vec<ScalarValue>,
}

#[derive(Clone, PartialEq, Message)]
struct ScalarValue {
    #[prost(string, tag = "1")]
    tag: String,
    #[prost(float, optional, tag = "2")]
    simple_value: Option<f32>,
}

/// An event file that grows.
#[derive(Debug)]
pub struct Events {
    path: PathBuf,
    file: BufWriter<File>,
}

impl Events {
    /// Opens the file of a run, with a first event that declares its format. Events of an existing file are kept up to step
    /// `last`; later ones will be written again.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn open(path: &Path, last: u64) -> anyhow::Result<Self> {
        let old = std::fs::read(path).unwrap_or_default();
        let mut bytes = Vec::new();
        for data in records(&old) {
            if Event::decode(data).is_ok_and(|event| event.step <= last as i64) {
                append(&mut bytes, data);
            }
        }
        if bytes.is_empty() {
            let first = Event {
                wall_time: now(),
                step: 0,
                file_version: Some("brain.Event:2".to_owned()),
                summary: None,
            };
            append(&mut bytes, &first.encode_to_vec());
        }
        files::write(path, &bytes)?;
        let file = File::options().append(true).open(path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        Ok(Self { path: path.to_path_buf(), file: BufWriter::new(file) })
    }

    /// Adds named values at a step.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn add(&mut self, step: u64, scalars: &[(&str, f64)]) -> anyhow::Result<()> {
        let value = |&(tag, value): &(&str, f64)| ScalarValue {
            tag: tag.to_owned(),
            simple_value: Some(value as f32),
        };
        let summary = Summary { value: scalars.iter().map(value).collect() };
        let event = Event { wall_time: now(), step: step as i64, file_version: None, summary: Some(summary) };
        let mut bytes = Vec::new();
        append(&mut bytes, &event.encode_to_vec());
        let written = self.file.write_all(&bytes);
        written.with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Writes buffered events to the file, where a running `tensorboard` sees them.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn flush(&mut self) -> anyhow::Result<()> {
        self.file.flush().with_context(|| format!("cannot write {}", self.path.display()))
    }
}

/// Adds a record: length, its checksum, data, their checksum.
fn append(bytes: &mut Vec<u8>, data: &[u8]) {
    let length = (data.len() as u64).to_le_bytes();
    bytes.extend(length);
    bytes.extend(masked(&length).to_le_bytes());
    bytes.extend(data);
    bytes.extend(masked(data).to_le_bytes());
}

/// The data of the complete records at the start of `bytes`, without a record that a killed program left unfinished.
fn records(mut bytes: &[u8]) -> Vec<&[u8]> {
    let mut found = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<8>() {
        let Some((checksum, rest)) = rest.split_first_chunk::<4>() else { break };
        let size = u64::from_le_bytes(*length) as usize;
        if masked(length) != u32::from_le_bytes(*checksum) || rest.len() < size.saturating_add(4) {
            break;
        }
        let (data, rest) = rest.split_at(size);
        let Some((checksum, rest)) = rest.split_first_chunk::<4>() else { break };
        if masked(data) != u32::from_le_bytes(*checksum) {
            break;
        }
        found.push(data);
        bytes = rest;
    }
    found
}

/// The checksum as the format stores it, rotated and shifted so that checksums of data that contain checksums are as
/// strong.
fn masked(data: &[u8]) -> u32 {
    crc32c(data).rotate_right(15).wrapping_add(0xa282_ead8)
}

/// CRC-32C with Castagnoli's polynomial, lowest bit first.
///
/// Source: RFC 3720, appendix B.4.
fn crc32c(data: &[u8]) -> u32 {
    const POLYNOMIAL: u32 = 0x82f6_3b78;
    let mut rest = u32::MAX;
    for &byte in data {
        rest ^= u32::from(byte);
        for _ in 0..8 {
            rest = (rest >> 1) ^ (if rest & 1 == 1 { POLYNOMIAL } else { 0 });
        }
    }
    !rest
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn losses(path: &Path) -> Vec<(i64, f32)> {
        let bytes = std::fs::read(path).unwrap();
        let events = records(&bytes).into_iter().map(|data| Event::decode(data).unwrap());
        events.filter_map(|e| Some((e.step, e.summary?.value[0].simple_value?))).collect()
    }

    #[test]
    fn the_checksum_is_castagnolis() {
        // RFC 3720, appendix B.4, and the check value of the CRC catalogue.
        assert_eq!(crc32c(&[0; 32]), 0x8a91_36aa);
        assert_eq!(crc32c(b"123456789"), 0xe306_9283);
    }

    #[test]
    fn a_file_starts_with_its_version_and_holds_what_was_added() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events");
        let mut events = Events::open(&path, 0).unwrap();
        events.add(1, &[("loss", 0.5), ("accuracy", 0.25)]).unwrap();
        events.flush().unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let first = Event::decode(records(&bytes)[0]).unwrap();
        assert_eq!(first.file_version.as_deref(), Some("brain.Event:2"));
        let summary = Event::decode(records(&bytes)[1]).unwrap().summary.unwrap();
        assert_eq!((summary.value[1].tag.as_str(), summary.value[1].simple_value), ("accuracy", Some(0.25)));
    }

    #[test]
    fn a_file_that_goes_on_forgets_what_will_be_written_again_and_half_a_record() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("events");
        let mut events = Events::open(&path, 0).unwrap();
        for step in 1..=3_u8 {
            events.add(step.into(), &[("loss", step.into())]).unwrap();
        }
        events.flush().unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        bytes.extend([1, 2, 3]);
        std::fs::write(&path, bytes).unwrap();
        let mut events = Events::open(&path, 2).unwrap();
        events.add(3, &[("loss", 7.0)]).unwrap();
        events.flush().unwrap();
        assert_eq!(losses(&path), [(1, 1.0), (2, 2.0), (3, 7.0)]);
    }
}
