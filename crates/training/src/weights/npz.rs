//! NumPy's archives of arrays: `NAME.npz`, a zip with one `.npy` file per array.
//!
//! Source: NumPy, `numpy/lib/format.py`, versions 1.0 to 3.0.

use std::io::{Cursor, Read as _};

use anyhow::{Context as _, bail, ensure};
use zip::ZipArchive;

use super::element::Element;
use super::loaded::entries;
use super::{Array, Weights};

/// The first bytes of every array.
const MAGIC: &[u8] = b"\x93NUMPY";

/// The ending of its name.
const END: &str = ".npy";

/// Whether a file of an archive has the name of an array.
pub(super) fn is_array(name: &str) -> bool {
    name.strip_suffix(END).is_some()
}

/// All arrays of an archive, as 32-bit floats.
///
/// # Errors
/// An entry that is not an array, is incomplete, or has a type that no weight has.
pub(super) fn read(archive: &mut ZipArchive<Cursor<&[u8]>>) -> anyhow::Result<Weights> {
    let mut weights = Weights::default();
    for name in entries(archive)? {
        let Some(array_name) = name.strip_suffix(END) else {
            bail!("an .npz file contains only .npy files, but this one contains {name}")
        };
        let mut file = archive.by_name(&name).with_context(|| format!("{name} is incomplete"))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).with_context(|| format!("{name} is damaged"))?;
        weights.insert(array_name.to_owned(), array(&bytes).with_context(|| name.clone())?);
    }
    Ok(weights)
}

/// One array, row-major.
fn array(bytes: &[u8]) -> anyhow::Result<Array> {
    let rest = bytes.strip_prefix(MAGIC).context("it is not a NumPy array")?;
    let (version, rest) = rest.split_at_checked(2).context("it is incomplete")?;
    // The header's length has two bytes, from version 2 on four.
    let (length, rest) =
        rest.split_at_checked(if version[0] == 1 { 2 } else { 4 }).context("it is incomplete")?;
    let length = length.iter().rev().fold(0, |length, &byte| (length << 8) | usize::from(byte));
    let (header, data) = rest.split_at_checked(length).context("it is incomplete")?;
    let header = str::from_utf8(header).context("its header is not text")?;
    let element = match quoted(header, "descr")? {
        "<f2" => Element::F16,
        "<f4" => Element::F32,
        "<f8" => Element::F64,
        "<i8" => Element::I64,
        other => bail!("it must contain little-endian floats, but has the type {other}"),
    };
    let shape = shape(header)?;
    ensure!(
        shape.len() < 2 || after(header, "fortran_order")?.starts_with("False"),
        "it is stored column by column; save numpy.ascontiguousarray(array) instead"
    );
    let found = data.len();
    let words = || format!("its shape {shape:?} does not match its {found} bytes");
    element.array(shape.clone(), data).with_context(words)
}

/// The text after a key of the header, which looks like `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
fn after<'a>(header: &'a str, key: &str) -> anyhow::Result<&'a str> {
    let (_, rest) =
        header.split_once(&format!("'{key}':")).with_context(|| format!("its header has no {key}"))?;
    Ok(rest.trim_start())
}

fn quoted<'a>(header: &'a str, key: &str) -> anyhow::Result<&'a str> {
    let value = after(header, key)?.strip_prefix('\'').and_then(|rest| rest.split_once('\''));
    Ok(value.with_context(|| format!("its header has no simple {key}"))?.0)
}

fn shape(header: &str) -> anyhow::Result<Vec<usize>> {
    let inside = after(header, "shape")?.strip_prefix('(').and_then(|rest| rest.split_once(')'));
    let sizes = inside.context("its header has no shape")?.0.split(',').map(str::trim);
    sizes
        .filter(|size| !size.is_empty())
        .map(|size| size.parse().with_context(|| format!("{size} is not a size")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn npy(header: &str, data: &[u8]) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend([1, 0]);
        bytes.extend((header.len() as u16).to_le_bytes());
        bytes.extend(header.as_bytes());
        bytes.extend(data);
        bytes
    }

    #[test]
    fn an_array_has_its_shape_and_numbers() {
        let data: Vec<u8> = [1.0_f32, 2.0, -3.0].iter().flat_map(|n| n.to_le_bytes()).collect();
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 1), }\n";
        let expected = Array { shape: vec![3, 1], numbers: vec![1.0, 2.0, -3.0] };
        assert_eq!(array(&npy(header, &data)).unwrap(), expected);
        // With one axis there is one order only.
        let header = "{'descr': '<f4', 'fortran_order': True, 'shape': (3,), }\n";
        assert_eq!(array(&npy(header, &data)).unwrap().shape, [3]);
    }

    #[test]
    fn an_array_that_is_not_as_it_says_is_refused() {
        let check = |header: &str, words: &str| {
            let message = array(&npy(header, &[0; 8])).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        };
        check("{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }", "does not match its 8 bytes");
        check("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }", "stored column by column");
        check("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", "has the type |O");
        check("{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }", "-2 is not a size");
        check("{}", "no descr");
    }
}
