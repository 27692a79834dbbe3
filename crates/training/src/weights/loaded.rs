//! Weights to start from, in the file formats of other programs.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use safetensors::SafeTensors;
use zip::ZipArchive;

use super::element::Element;
use super::{Weights, npz, pytorch};

/// Files that a folder is searched for: an earlier run's best weights or last state, or an exported model.
const IN_A_FOLDER: [&str; 4] =
    ["weights.safetensors", "best.safetensors", "checkpoint.safetensors", "model.onnx"];

/// The arrays of a file. [`crate::Model::start`] finds out which of them a network takes.
#[derive(Clone, Debug)]
pub struct LoadedWeights {
    /// The file.
    pub path: PathBuf,
    /// Its arrays, under its own names.
    pub tensors: Weights,
}

/// Reads weights from a `.safetensors`, `.pth` (or `.pt`), `.npz` or exported `.onnx` file, or from the folder of an
/// earlier run or exported model. The file's first bytes decide what it is, not its name.
///
/// # Errors
/// A file that is missing, incomplete or of another kind, or whose values are not floats or not finite.
pub fn load(path: &Path) -> anyhow::Result<LoadedWeights> {
    let path = if path.is_dir() { in_folder(path)? } else { path.to_path_buf() };
    ensure!(
        path.exists(),
        "there are no weights at {}; to download published ones, run: cargo xtask weights {}",
        path.display(),
        network_of(&path).unwrap_or("--list")
    );
    let bytes = std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let tensors =
        read(&path, &bytes).with_context(|| format!("cannot read weights from {}", path.display()))?;
    ensure!(tensors.iter().next().is_some(), "{} contains no weights", path.display());
    for (name, array) in tensors.iter() {
        let wild = array.numbers.iter().find(|number| !number.is_finite());
        ensure!(
            wild.is_none(),
            "{}: {name} contains {}, so the training that wrote it diverged; choose other weights",
            path.display(),
            wild.copied().unwrap_or_default()
        );
    }
    Ok(LoadedWeights { path, tensors })
}

/// The network whose name a published file's name begins with, before the digits of its hash.
fn network_of(path: &Path) -> Option<&'static str> {
    let file = path.file_name()?.to_str()?.replace('-', "_");
    let is_of = |name: &str| file.strip_prefix(name).is_some_and(|rest| rest.starts_with('_'));
    architecture::PUBLISHED.iter().map(|published| published.name).find(|name| is_of(name))
}

fn in_folder(folder: &Path) -> anyhow::Result<PathBuf> {
    let found = IN_A_FOLDER.into_iter().map(|name| folder.join(name)).find(|path| path.exists());
    found.with_context(|| format!("{1} contains none of {0}", IN_A_FOLDER.join(", "), folder.display()))
}

fn read(path: &Path, bytes: &[u8]) -> anyhow::Result<Weights> {
    if bytes.starts_with(b"PK") {
        return read_zip(bytes);
    }
    if bytes.starts_with(pytorch::OLD_MAGIC) {
        return pytorch::read_old(bytes);
    }
    if is_safetensors(bytes) {
        return read_safetensors(bytes);
    }
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("onnx")) {
        return Ok(Weights::from(&onnx_export::Weights::from_onnx(bytes)?));
    }
    bail!("weights are read from .safetensors, .pth, .npz and .onnx files; this is {}", kind(bytes))
}

fn read_zip(bytes: &[u8]) -> anyhow::Result<Weights> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).with_context(|| {
        format!(
            "the zip archive is incomplete: its end is missing after {} bytes; download it again",
            bytes.len()
        )
    })?;
    let names = entries(&archive)?;
    if names.iter().any(|name| name.ends_with("data.pkl")) {
        return pytorch::read_zip(&mut archive);
    }
    if names.iter().any(|name| npz::is_array(name)) {
        return npz::read(&mut archive);
    }
    let first = names.first().map_or("nothing", String::as_str);
    bail!("this zip archive is neither PyTorch's nor NumPy's; it contains {first}")
}

/// Names of the files in an archive.
pub(super) fn entries(archive: &ZipArchive<Cursor<&[u8]>>) -> anyhow::Result<Vec<String>> {
    archive.file_names().map(|name| Ok(name?.into_owned())).collect()
}

/// The header's length in 8 bytes, then the header, which is JSON.
fn is_safetensors(bytes: &[u8]) -> bool {
    bytes.len() > 8 && bytes[8] == b'{' && bytes[5..8] == [0; 3]
}

/// Every array.
fn read_safetensors(bytes: &[u8]) -> anyhow::Result<Weights> {
    let file = SafeTensors::deserialize(bytes).with_context(|| {
        format!(
            "the safetensors file is incomplete: its {} bytes do not match its header; download it again",
            bytes.len()
        )
    })?;
    let mut weights = Weights::default();
    for (name, view) in file.iter() {
        let element = Element::of_safetensors(view.dtype())
            .with_context(|| format!("{name} must contain floats, but has the type {:?}", view.dtype()))?;
        let array = element.array(view.shape().to_vec(), view.data());
        weights.insert(
            name.to_owned(),
            array.with_context(|| format!("{name} has more or fewer numbers than its shape needs"))?,
        );
    }
    Ok(weights)
}

/// The kind of a file without weights, in words.
fn kind(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]).trim_start().to_lowercase();
    let plain = bytes.iter().take(200).all(|&byte| byte.is_ascii_graphic() || byte.is_ascii_whitespace());
    let known = [
        (bytes.is_empty(), "an empty file"),
        (text.starts_with("<!doctype") || text.starts_with("<html"), "a web page; the download failed"),
        (text.starts_with("version https://git-lfs"), "a pointer of Git LFS; run: git lfs pull"),
        (bytes.starts_with(b"\x89HDF"), "an HDF5 file, as written by Keras"),
        (bytes.starts_with(b"\x1f\x8b"), "a gzip archive; unpack it first"),
        (bytes.starts_with(b"\x80"), "a pickle that was not written by torch.save"),
        (bytes.starts_with(b"\xff\xd8\xff") || bytes.starts_with(b"\x89PNG"), "an image"),
        (plain, "a text file"),
    ];
    known.into_iter().find(|(is, _)| *is).map_or_else(
        || format!("{} bytes that begin with {:02x?}", bytes.len(), &bytes[..bytes.len().min(8)]),
        |(_, words)| words.to_owned(),
    )
}
