//! PyTorch's own files: what `torch.save(model.state_dict(), "NAME.pth")` writes.
//!
//! Since PyTorch 1.6 a zip archive: `NAME/data.pkl` names the tensors, `NAME/data/0`, `NAME/data/1`, … hold their
//! numbers. Before that, pickles in a row: a magic number, a version, words about the system, the tensors, the list of
//! storages; then each storage's count and numbers.
//!
//! Source: PyTorch, `torch/serialization.py`.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use anyhow::{Context as _, bail, ensure};
use zip::ZipArchive;

use super::element::Element;
use super::loaded::entries;
use super::pickle::{Id, Pickle, Value};
use super::{Array, Weights};

/// How files from before PyTorch 1.6 begin: a pickle of protocol 2 with the number 0x1950a86a20f9469cfc6c.
pub(super) const OLD_MAGIC: &[u8] = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";

/// Dictionaries inside a checkpoint that hold the network, in the order of preference.
const INSIDE: [&str; 2] = ["state_dict", "model"];

/// The tensors of an archive, as 32-bit floats.
///
/// # Errors
/// An archive with anything but tensors, numbers of types that no weight has, or a part missing.
pub(super) fn read_zip(archive: &mut ZipArchive<Cursor<&[u8]>>) -> anyhow::Result<Weights> {
    let names = entries(archive)?;
    let index = names.iter().find_map(|name| name.strip_suffix("data.pkl")).context("it has no data.pkl")?;
    let prefix = index.to_owned();
    ensure!(
        !names.contains(&format!("{prefix}constants.pkl")),
        "expected weights, found a TorchScript program; in PyTorch, save model.state_dict() with torch.save"
    );
    if names.contains(&format!("{prefix}byteorder")) {
        let order = entry(archive, &format!("{prefix}byteorder"))?;
        ensure!(
            order == b"little",
            "expected the lowest byte first, found {}",
            String::from_utf8_lossy(&order)
        );
    }
    let pickle = Pickle::read(&entry(archive, &format!("{prefix}data.pkl"))?)?;
    tensors(&pickle, |storage| entry(archive, &format!("{prefix}data/{}", storage.key)))
}

fn entry(archive: &mut ZipArchive<Cursor<&[u8]>>, name: &str) -> anyhow::Result<Vec<u8>> {
    let mut file = archive.by_name(name).with_context(|| format!("it has no whole {name}"))?;
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
    let Value::Sequence(keys_in_order) = keys.root() else { bail!("expected the list of storages") };
    let elements = storages(&pickle);
    let mut data = BTreeMap::new();
    for &key in keys_in_order {
        let key = keys.text(key).context("expected the key of a storage")?;
        let element = elements.get(key).with_context(|| format!("no tensor is in storage {key}"))?;
        let cut = || format!("it is cut off in storage {key}");
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
            .with_context(|| format!("it has no storage {}", storage.key))
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
        Value::Outside(id) => storage(pickle, *id).ok(),
        _ => None,
    });
    all.map(|storage| (storage.key, storage.element)).collect()
}

/// A storage as `("storage", torch.FloatStorage, key, place, count)`.
fn storage(pickle: &Pickle, id: Id) -> anyhow::Result<Storage> {
    let Value::Sequence(parts) = pickle.value(id) else { bail!("expected a storage") };
    let &[word, kind, key, _place, count, ..] = parts.as_slice() else {
        bail!("expected five words about a storage")
    };
    ensure!(pickle.text(word) == Some("storage"), "expected a storage, found {:?}", pickle.value(word));
    ensure!(
        parts.get(5).is_none_or(|&view| *pickle.value(view) == Value::Nothing),
        "expected a whole storage, found a view of another"
    );
    let element = match *pickle.value(kind) {
        Value::Name("torch.FloatStorage") => Element::F32,
        Value::Name("torch.DoubleStorage") => Element::F64,
        Value::Name("torch.HalfStorage") => Element::F16,
        Value::Name("torch.BFloat16Storage") => Element::Bf16,
        Value::Name("torch.LongStorage") => Element::I64,
        ref other => bail!("expected numbers with a point, found {other:?}"),
    };
    let key = pickle.text(key).context("expected the key of a storage")?.to_owned();
    let count = pickle.size(count).context("expected how many numbers a storage has")?;
    Ok(Storage { key, element, count })
}

/// The tensors that the pickle names, with the numbers that `bytes` gives for a storage.
fn tensors(
    pickle: &Pickle,
    mut bytes: impl FnMut(&Storage) -> anyhow::Result<Vec<u8>>,
) -> anyhow::Result<Weights> {
    let mut weights = Weights::default();
    for &(key, value) in network(pickle)? {
        let Some(name) = pickle.text(key) else { continue };
        let Some(view) = View::of(pickle, value).with_context(|| name.to_owned())? else { continue };
        let data = bytes(&view.storage).with_context(|| name.to_owned())?;
        let array = view.array(&data).with_context(|| name.to_owned())?;
        // What PyTorch puts before every name when several GPUs train one network.
        weights.insert(name.strip_prefix("module.").unwrap_or(name).to_owned(), array);
    }
    Ok(weights)
}

/// The dictionary of tensors: the whole file, or one of its entries.
fn network(pickle: &Pickle) -> anyhow::Result<&[(Id, Id)]> {
    let Value::Dictionary(entries) = pickle.root() else {
        bail!(
            "expected a dictionary of tensors, found {}",
            match pickle.root() {
                Value::Call(..) => "a single tensor",
                Value::Sequence(_) => "a list",
                _ => "something else",
            }
        );
    };
    for inside in INSIDE {
        let found = entries.iter().find(|&&(key, _)| pickle.text(key) == Some(inside));
        if let Some(&(_, id)) = found
            && let Value::Dictionary(entries) = pickle.value(id)
        {
            return Ok(entries);
        }
    }
    Ok(entries)
}

/// Which numbers of a storage a tensor is.
struct View {
    storage: Storage,
    offset: usize,
    shape: Vec<usize>,
    strides: Vec<usize>,
}

impl View {
    /// From `_rebuild_tensor_v2(storage, offset, shape, strides, …)`, which `_rebuild_parameter` may wrap; `None` for
    /// anything else.
    fn of(pickle: &Pickle, id: Id) -> anyhow::Result<Option<Self>> {
        let arguments = match pickle.value(id) {
            Value::Call("torch._utils._rebuild_parameter", arguments) => {
                let inner = arguments.first().context("expected the tensor of a parameter")?;
                let Value::Call(_, arguments) = pickle.value(*inner) else {
                    bail!("expected the tensor of a parameter")
                };
                arguments
            }
            Value::Call(_, arguments) => arguments,
            _ => return Ok(None),
        };
        let &[from, offset, shape, strides, ..] = arguments.as_slice() else {
            bail!("expected a storage, offset, shape and strides");
        };
        let Value::Outside(outside) = *pickle.value(from) else { bail!("expected a storage") };
        let (offset, shape, strides) = (pickle.size(offset), pickle.sizes(shape), pickle.sizes(strides));
        let (Some(offset), Some(shape), Some(strides)) = (offset, shape, strides) else {
            bail!("expected an offset, shape and strides that are whole numbers");
        };
        ensure!(
            shape.len() == strides.len(),
            "expected a stride for each of {} sizes, found {}",
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
            "expected a storage of {count} numbers of {} bytes, found {} bytes",
            element.size(),
            bytes.len()
        );
        let numbers = self.shape.iter().try_fold(1_usize, |n, &size| n.checked_mul(size));
        let last = self.shape.iter().zip(&self.strides).try_fold(self.offset, |last, (&size, &stride)| {
            last.checked_add(size.saturating_sub(1).checked_mul(stride)?)
        });
        // More numbers than the storage has, from repeating some, no network has.
        let (Some(numbers), Some(last)) = (numbers.filter(|&n| n <= count), last) else {
            bail!("expected at most the {count} numbers of its storage, found the shape {:?}", self.shape);
        };
        if numbers == 0 {
            return Ok(Array { shape: self.shape.clone(), numbers: Vec::new() });
        }
        ensure!(last < count, "expected numbers within the {count} of its storage, found number {last}");
        let all = element.numbers(bytes);
        let numbers = if self.strides == row_major(&self.shape) {
            all[self.offset..self.offset + numbers].to_vec()
        } else {
            (0..numbers).map(|index| all[self.offset + self.place(index)]).collect()
        };
        Ok(Array { shape: self.shape.clone(), numbers })
    }

    /// Where in the storage, after the offset, the row-major number `index` lies.
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
