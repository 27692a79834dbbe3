//! PyTorch's own files: what `torch.save(model.state_dict(), "NAME.pth")` writes.
//!
//! Since PyTorch 1.6 they are zip archives: `NAME/data.pkl` describes the tensors, `NAME/data/0`, `NAME/data/1`, … contain
//! their numbers. Before that, they were pickles one after another: a magic number, a version, information about the system,
//! the tensors, the list of storages; then the size and numbers of each storage.
//!
//! Source: PyTorch, `torch/serialization.py`.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use anyhow::{Context as _, bail, ensure};
use zip::ZipArchive;

use super::element::Element;
use super::loaded::entries;
use super::pickle::{Id, Pickle, PickleValue};
use super::{Array, Weights};

/// The first bytes of files from before PyTorch 1.6: a pickle of protocol 2 with the number 0x1950a86a20f9469cfc6c.
pub(super) const OLD_MAGIC: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";

/// Keys of a checkpoint under which the network's dictionary is looked for, in this order.
const INSIDE: [&str; 2] = ["state_dict", "model"];

/// The tensors of an archive, as 32-bit floats.
///
/// # Errors
/// An archive that contains anything but tensors of floats, or lacks a part.
pub(super) fn read_zip(archive: &mut ZipArchive<Cursor<&[u8]>>) -> anyhow::Result<Weights> {
    let names = entries(archive)?;
    let index = names.iter().find_map(|name| name.strip_suffix("data.pkl")).context("it has no data.pkl")?;
    let prefix = index.to_owned();
    ensure!(
        !names.contains(&format!("{prefix}constants.pkl")),
        "this is a TorchScript program instead of weights; in PyTorch, save model.state_dict() with torch.save"
    );
    if names.contains(&format!("{prefix}byteorder")) {
        let order = entry(archive, &format!("{prefix}byteorder"))?;
        ensure!(
            order == b"little",
            "its numbers must be little-endian, but they are {}-endian",
            String::from_utf8_lossy(&order)
        );
    }
    let pickle = Pickle::read(&entry(archive, &format!("{prefix}data.pkl"))?)?;
    tensors(&pickle, |storage| entry(archive, &format!("{prefix}data/{}", storage.key)))
}

fn entry(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> anyhow::Result<Vec<u8>> {
    let mut file = archive.by_name(name).with_context(|| format!("{name} is missing or incomplete"))?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).with_context(|| format!("{name} is damaged"))?;
    Ok(bytes)
}

/// The tensors of a file from before PyTorch 1.6.
///
/// # Errors
/// As [`read_zip`].
pub(super) fn read_old(bytes: &[u8]) -> anyhow::Result<Weights> {
    let mut rest = bytes;
    let mut next = || {
        let pickle = Pickle::read(rest)?;
        rest = &rest[pickle.length..];
        anyhow::Ok(pickle)
    };
    let (_magic, _version, _system) = (next()?, next()?, next()?);
    let (pickle, keys) = (next()?, next()?);
    let PickleValue::Sequence(keys_in_order) = keys.root() else {
        bail!("the file is damaged: it has no list of storages")
    };
    let elements = storages(&pickle);
    let mut data = BTreeMap::new();
    for &key in keys_in_order {
        let key = keys.text(key).context("the file is damaged: a storage has no key")?;
        let element = elements
            .get(key)
            .with_context(|| format!("the file is damaged: no tensor uses storage {key}"))?;
        let cut = || format!("the file is incomplete: it ends within storage {key}");
        let (count, after) = rest.split_first_chunk::<8>().with_context(cut)?;
        let count =
            usize::try_from(u64::from_le_bytes(*count)).ok().and_then(|n| n.checked_mul(element.size()));
        let (numbers, after) = count.and_then(|count| after.split_at_checked(count)).with_context(cut)?;
        data.insert(key.to_owned(), numbers);
        rest = after;
    }
    tensors(&pickle, |storage| {
        data.get(&storage.key)
            .map(|bytes| bytes.to_vec())
            .with_context(|| format!("the file lacks storage {}", storage.key))
    })
}

/// Numbers that tensors share.
struct Storage {
    key: String,
    element: Element,
    count: usize,
}

/// The types of all storages of a pickle.
fn storages(pickle: &Pickle) -> BTreeMap<String, Element> {
    let all = pickle.values().filter_map(|value| match value {
        PickleValue::Outside(id) => storage(pickle, *id).ok(),
        _ => None,
    });
    all.map(|storage| (storage.key, storage.element)).collect()
}

/// A storage as `("storage", torch.FloatStorage, key, place, count)`.
fn storage(pickle: &Pickle, id: Id) -> anyhow::Result<Storage> {
    let PickleValue::Sequence(parts) = pickle.value(id) else {
        bail!("the file is damaged: a tensor has no storage")
    };
    let &[word, kind, key, _place, count, ..] = parts.as_slice() else {
        bail!("the file is damaged: a storage is not described by five values")
    };
    ensure!(
        pickle.text(word) == Some("storage"),
        "the file refers to {:?} instead of a storage",
        pickle.value(word)
    );
    ensure!(
        parts.get(5).is_none_or(|&view| *pickle.value(view) == PickleValue::Nothing),
        "a storage is a view of another one, which is not supported; save copies of the tensors"
    );
    let element = match *pickle.value(kind) {
        PickleValue::Name("torch.FloatStorage") => Element::F32,
        PickleValue::Name("torch.DoubleStorage") => Element::F64,
        PickleValue::Name("torch.HalfStorage") => Element::F16,
        PickleValue::Name("torch.BFloat16Storage") => Element::Bf16,
        PickleValue::Name("torch.LongStorage") => Element::I64,
        ref other => bail!("weights must be floats, but a tensor has {other:?}"),
    };
    let key = pickle.text(key).context("the file is damaged: a storage has no key")?.to_owned();
    let count = pickle.size(count).context("the file is damaged: a storage has no size")?;
    Ok(Storage { key, element, count })
}

/// The tensors that the pickle describes, with the numbers that `bytes` returns for a storage.
fn tensors(
    pickle: &Pickle,
    mut bytes: impl FnMut(&Storage) -> anyhow::Result<Vec<u8>>,
) -> anyhow::Result<Weights> {
    let mut weights = Weights::default();
    for &(key, value) in network(pickle)? {
        let Some(name) = pickle.text(key) else { continue };
        let Some(view) = StridedView::of(pickle, value).with_context(|| name.to_owned())? else { continue };
        let data = bytes(&view.storage).with_context(|| name.to_owned())?;
        let array = view.array(&data).with_context(|| name.to_owned())?;
        // PyTorch puts `module.` before every name when several GPUs train one network.
        weights.insert(name.strip_prefix("module.").unwrap_or(name).to_owned(), array);
    }
    Ok(weights)
}

/// The dictionary of tensors: the whole file, or one of its entries.
fn network(pickle: &Pickle) -> anyhow::Result<&[(Id, Id)]> {
    let PickleValue::Dictionary(entries) = pickle.root() else {
        bail!(
            "the file contains {} instead of a dictionary of tensors; in PyTorch, save model.state_dict()",
            match pickle.root() {
                PickleValue::Call(..) => "a single tensor",
                PickleValue::Sequence(_) => "a list",
                _ => "something else",
            }
        );
    };
    for inside in INSIDE {
        let found = entries.iter().find(|&&(key, _)| pickle.text(key) == Some(inside));
        if let Some(&(_, id)) = found
            && let PickleValue::Dictionary(entries) = pickle.value(id)
        {
            return Ok(entries);
        }
    }
    Ok(entries)
}

/// The numbers of a storage that make up a tensor.
struct StridedView {
    storage: Storage,
    offset: usize,
    shape: Vec<usize>,
    strides: Vec<usize>,
}

impl StridedView {
    /// From `_rebuild_tensor_v2(storage, offset, shape, strides, …)`, which `_rebuild_parameter` may wrap; `None` for
    /// anything else.
    fn of(pickle: &Pickle, id: Id) -> anyhow::Result<Option<Self>> {
        let arguments = match pickle.value(id) {
            PickleValue::Call("torch._utils._rebuild_parameter", arguments) => {
                let inner = arguments.first().context("the file is damaged: a parameter has no tensor")?;
                let PickleValue::Call(_, arguments) = pickle.value(*inner) else {
                    bail!("the file is damaged: a parameter has no tensor")
                };
                arguments
            }
            PickleValue::Call(_, arguments) => arguments,
            _ => return Ok(None),
        };
        let &[from, offset, shape, strides, ..] = arguments.as_slice() else {
            bail!("the file is damaged: a tensor lacks storage, offset, shape or strides");
        };
        let PickleValue::Outside(outside) = *pickle.value(from) else {
            bail!("the file is damaged: a tensor has no storage")
        };
        let (offset, shape, strides) = (pickle.size(offset), pickle.sizes(shape), pickle.sizes(strides));
        let (Some(offset), Some(shape), Some(strides)) = (offset, shape, strides) else {
            bail!("the file is damaged: offset, shape and strides of a tensor must be whole numbers");
        };
        ensure!(
            shape.len() == strides.len(),
            "the file is damaged: a tensor has {} sizes, but {} strides",
            shape.len(),
            strides.len()
        );
        Ok(Some(Self { storage: storage(pickle, outside)?, offset, shape, strides }))
    }

    /// Copies the numbers out of the storage's bytes.
    fn array(&self, bytes: &[u8]) -> anyhow::Result<Array> {
        let Storage { element, count, .. } = self.storage;
        ensure!(
            count.checked_mul(element.size()) == Some(bytes.len()),
            "the file is damaged: a storage of {count} numbers of {} bytes each has {} bytes",
            element.size(),
            bytes.len()
        );
        let numbers = self.shape.iter().try_fold(1_usize, |n, &size| n.checked_mul(size));
        let last = self.shape.iter().zip(&self.strides).try_fold(self.offset, |last, (&size, &stride)| {
            last.checked_add(size.saturating_sub(1).checked_mul(stride)?)
        });
        // A tensor with more numbers than its storage repeats some, which no network's weights do.
        let (Some(numbers), Some(last)) = (numbers.filter(|&n| n <= count), last) else {
            bail!("a tensor's storage has {count} numbers, too few for its shape {:?}", self.shape);
        };
        if numbers == 0 {
            return Ok(Array { shape: self.shape.clone(), numbers: Vec::new() });
        }
        ensure!(last < count, "a tensor uses number {last} of a storage that has {count}");
        let all = element.numbers(bytes);
        let numbers = if self.strides == row_major(&self.shape) {
            all[self.offset..self.offset + numbers].to_vec()
        } else {
            (0..numbers).map(|index| all[self.offset + self.place(index)]).collect()
        };
        Ok(Array { shape: self.shape.clone(), numbers })
    }

    /// The position in the storage, after the offset, of the row-major number `index`.
    fn place(&self, mut index: usize) -> usize {
        let mut place = 0;
        for (&size, &stride) in self.shape.iter().zip(&self.strides).rev() {
            place += index % size * stride;
            index /= size;
        }
        place
    }
}

fn row_major(shape: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; shape.len()];
    for axis in (1..shape.len()).rev() {
        strides[axis - 1] = strides[axis] * shape[axis];
    }
    strides
}
