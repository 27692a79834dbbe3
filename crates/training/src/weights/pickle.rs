//! Python's pickle, read as data: nothing in it is ever run.
//!
//! A pickle is a program for a small stack machine, which in Python may call any function. Here the functions that
//! `torch.save` uses for tensors are known by name and only recorded; any other is refused. libtorch's own reader, which
//! `tch` offers, would suffice for new files, but it cannot read files from before PyTorch 1.6 and reports a wrong file with
//! a page of C++.
//!
//! Values are kept in one list and refer to one another by index, so that deep nesting and cycles do no harm.
//!
//! Source: Python, `Lib/pickletools.py`, protocols 2 to 4.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};

/// Index of a value.
pub(crate) type Id = usize;

/// The functions and classes that may appear: those for tensors.
const KNOWN: [&str; 11] = [
    "collections.OrderedDict",
    "torch._utils._rebuild_tensor_v2",
    "torch._utils._rebuild_parameter",
    "torch.FloatStorage",
    "torch.DoubleStorage",
    "torch.HalfStorage",
    "torch.BFloat16Storage",
    "torch.LongStorage",
    "torch.IntStorage",
    "torch.BoolStorage",
    "torch.ByteStorage",
];

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum PickleValue {
    /// `None`, and everything that tensors do not need.
    Nothing,
    /// A whole number of at most 64 bits, or a boolean.
    Integer(i64),
    /// Text.
    Text(String),
    /// Bytes, or a whole number of more than 64 bits.
    Bytes(Vec<u8>),
    /// A list or tuple.
    Sequence(Vec<Id>),
    /// Keys with their values, in the file's order.
    Dictionary(Vec<(Id, Id)>),
    /// One of [`KNOWN`].
    Name(&'static str),
    /// A reference to data outside the pickle: a storage.
    Outside(Id),
    /// A known function and its arguments, recorded and not called.
    Call(&'static str, Vec<Id>),
}

/// The contents of a pickle.
#[derive(Debug)]
pub(crate) struct Pickle {
    values: Vec<PickleValue>,
    root: Id,
    /// Bytes up to its end.
    pub(crate) length: usize,
}

impl Pickle {
    /// Reads the pickle that `bytes` begin with.
    ///
    /// # Errors
    /// Bytes that are not a pickle or are incomplete; a function that has nothing to do with tensors.
    pub(crate) fn read(bytes: &[u8]) -> anyhow::Result<Self> {
        let mut machine = PickleMachine {
            bytes,
            at: 0,
            values: Vec::new(),
            stack: Vec::new(),
            marks: Vec::new(),
            memo: BTreeMap::new(),
        };
        while !machine.step()? {}
        let root = machine.pop()?;
        Ok(Self { values: machine.values, root, length: machine.at })
    }

    /// The value that the whole pickle represents.
    pub(crate) fn root(&self) -> &PickleValue {
        &self.values[self.root]
    }

    /// All values, including those that nothing refers to any more.
    pub(crate) fn values(&self) -> impl Iterator<Item = &PickleValue> {
        self.values.iter()
    }

    /// The value at an index.
    pub(crate) fn value(&self, id: Id) -> &PickleValue {
        &self.values[id]
    }

    /// The whole number at an index, if it is one and not negative.
    pub(crate) fn size(&self, id: Id) -> Option<usize> {
        match *self.value(id) {
            PickleValue::Integer(number) => usize::try_from(number).ok(),
            _ => None,
        }
    }

    /// The list of sizes at an index, if it is one.
    pub(crate) fn sizes(&self, id: Id) -> Option<Vec<usize>> {
        match self.value(id) {
            PickleValue::Sequence(ids) => ids.iter().map(|&id| self.size(id)).collect(),
            _ => None,
        }
    }

    /// The text at an index, if it is one.
    pub(crate) fn text(&self, id: Id) -> Option<&str> {
        match self.value(id) {
            PickleValue::Text(text) => Some(text),
            _ => None,
        }
    }
}

struct PickleMachine<'a> {
    bytes: &'a [u8],
    at: usize,
    values: Vec<PickleValue>,
    stack: Vec<Id>,
    /// Heights of the stack at which a group began.
    marks: Vec<usize>,
    memo: BTreeMap<u64, Id>,
}

impl PickleMachine<'_> {
    /// One operation; true after the last.
    fn step(&mut self) -> anyhow::Result<bool> {
        let start = self.at;
        let operation = self.take(1)?[0];
        match operation {
            b'.' => return Ok(true),
            0x80 => {
                let version = self.take(1)?[0];
                ensure!(
                    (2..=5).contains(&version),
                    "the pickle has protocol {version}; protocols 2 to 5 are supported"
                );
            }
            0x95 => drop(self.take(8)?),
            b'(' => self.marks.push(self.stack.len()),
            b'N' => self.push(PickleValue::Nothing),
            0x88 | 0x89 => self.push(PickleValue::Integer(i64::from(operation == 0x88))),
            b'K' => self.integer(1)?,
            b'M' => self.integer(2)?,
            b'J' => {
                let bytes = self.array::<4>()?;
                self.push(PickleValue::Integer(i64::from(i32::from_le_bytes(bytes))));
            }
            0x8a => self.long()?,
            b'G' => {
                self.take(8)?;
                self.push(PickleValue::Nothing);
            }
            b'X' | b'U' | b'T' | 0x8c | 0x8d => {
                let count = self.count(match operation {
                    b'X' | b'T' => 4,
                    0x8d => 8,
                    _ => 1,
                })?;
                let text = String::from_utf8(self.take(count)?.to_vec())
                    .context("a text in the pickle is not UTF-8")?;
                self.push(PickleValue::Text(text));
            }
            b'B' | b'C' => {
                let count = self.count(if operation == b'B' { 4 } else { 1 })?;
                let bytes = self.take(count)?.to_vec();
                self.push(PickleValue::Bytes(bytes));
            }
            b']' | b')' => self.push(PickleValue::Sequence(Vec::new())),
            b'}' => self.push(PickleValue::Dictionary(Vec::new())),
            b't' | b'l' => {
                let items = self.group()?;
                self.push(PickleValue::Sequence(items));
            }
            0x85..=0x87 => {
                let items = self.last(usize::from(operation - 0x84))?;
                self.push(PickleValue::Sequence(items));
            }
            b'a' => {
                let items = self.last(1)?;
                self.extend(items)?;
            }
            b'e' => {
                let items = self.group()?;
                self.extend(items)?;
            }
            b's' => {
                let items = self.last(2)?;
                self.set(&items)?;
            }
            b'u' => {
                let items = self.group()?;
                self.set(&items)?;
            }
            b'c' => {
                let (module, name) = (self.line()?, self.line()?);
                self.name(&format!("{module}.{name}"))?;
            }
            0x93 => self.qualified_name()?,
            b'R' => self.call()?,
            // `b` sets further attributes of an object; tensors have none that we need.
            b'0' | b'b' => drop(self.pop()?),
            b'Q' => {
                let id = self.pop()?;
                self.push(PickleValue::Outside(id));
            }
            b'q' | b'r' => {
                let key = self.count(if operation == b'q' { 1 } else { 4 })? as u64;
                self.remember(key)?;
            }
            0x94 => self.remember(self.memo.len() as u64)?,
            b'h' | b'j' => {
                let key = self.count(if operation == b'h' { 1 } else { 4 })? as u64;
                self.recall(key)?;
            }
            other => bail!("byte {start} of the pickle, 0x{other:02x}, is not an operation"),
        }
        Ok(false)
    }

    /// A function named by the two texts on the stack.
    fn qualified_name(&mut self) -> anyhow::Result<()> {
        let parts = self.last(2)?;
        let name = parts.iter().map(|&id| match &self.values[id] {
            PickleValue::Text(text) => Ok(text.as_str()),
            other => bail!("the pickle has {other:?} where the name of a function belongs"),
        });
        let name = name.collect::<anyhow::Result<Vec<_>>>()?.join(".");
        self.name(&name)
    }

    /// Pushes what the pickle stored under this number.
    fn recall(&mut self, key: u64) -> anyhow::Result<()> {
        let id = self.memo.get(&key);
        let id = id.with_context(|| format!("the pickle refers to memo {key}, which it never stored"))?;
        self.stack.push(*id);
        Ok(())
    }

    fn take(&mut self, count: usize) -> anyhow::Result<&[u8]> {
        let end = self.at.checked_add(count).filter(|&end| end <= self.bytes.len());
        let end = end
            .with_context(|| format!("the pickle is incomplete: it ends after {} bytes", self.bytes.len()))?;
        let bytes = &self.bytes[self.at..end];
        self.at = end;
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> anyhow::Result<[u8; N]> {
        Ok(self.take(N)?.try_into()?)
    }

    /// An unsigned number of `width` bytes.
    fn count(&mut self, width: usize) -> anyhow::Result<usize> {
        let bytes = self.take(width)?;
        let number = bytes.iter().rev().fold(0_u64, |number, &byte| (number << 8) | u64::from(byte));
        Ok(usize::try_from(number)?)
    }

    fn integer(&mut self, width: usize) -> anyhow::Result<()> {
        let number = self.count(width)? as i64;
        self.push(PickleValue::Integer(number));
        Ok(())
    }

    /// A whole number in two's complement; the first byte is its length.
    fn long(&mut self) -> anyhow::Result<()> {
        let count = self.count(1)?;
        let bytes = self.take(count)?;
        let value = if count <= 8 {
            let fill = if bytes.last().is_some_and(|&byte| byte >= 0x80) { 0xff } else { 0 };
            let mut whole = [fill; 8];
            whole[..count].copy_from_slice(bytes);
            PickleValue::Integer(i64::from_le_bytes(whole))
        } else {
            PickleValue::Bytes(bytes.to_vec())
        };
        self.push(value);
        Ok(())
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let rest = &self.bytes[self.at..];
        let length = rest
            .iter()
            .position(|&byte| byte == b'\n')
            .context("the pickle is incomplete: it ends within a name")?;
        let line = String::from_utf8_lossy(&rest[..length]).into_owned();
        self.at += length + 1;
        Ok(line)
    }

    fn push(&mut self, value: PickleValue) {
        self.stack.push(self.values.len());
        self.values.push(value);
    }

    fn pop(&mut self) -> anyhow::Result<Id> {
        ensure!(
            self.stack.len() > self.floor(),
            "the pickle is damaged: it takes more values than it has put on its stack"
        );
        self.stack.pop().context("the pickle is damaged: it takes more values than it has put on its stack")
    }

    /// How far the stack may be taken from.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or_default()
    }

    fn last(&mut self, count: usize) -> anyhow::Result<Vec<Id>> {
        let start = self.stack.len().checked_sub(count).filter(|&start| start >= self.floor());
        Ok(self.stack.split_off(
            start.context("the pickle is damaged: it takes more values than it has put on its stack")?,
        ))
    }

    /// Everything since the last mark.
    fn group(&mut self) -> anyhow::Result<Vec<Id>> {
        let start = self.marks.pop().context("the pickle is damaged: it ends a group that it never began")?;
        Ok(self.stack.split_off(start))
    }

    fn top(&mut self) -> anyhow::Result<&mut PickleValue> {
        let id = *self
            .stack
            .last()
            .context("the pickle is damaged: it changes a value that it never put on its stack")?;
        Ok(&mut self.values[id])
    }

    fn extend(&mut self, items: Vec<Id>) -> anyhow::Result<()> {
        match self.top()? {
            PickleValue::Sequence(list) => list.extend(items),
            other => bail!("the pickle is damaged: it appends to {other:?} instead of a list"),
        }
        Ok(())
    }

    fn set(&mut self, items: &[Id]) -> anyhow::Result<()> {
        let (pairs, []) = items.as_chunks::<2>() else { bail!("the pickle is damaged: a key has no value") };
        match self.top()? {
            PickleValue::Dictionary(entries) => {
                entries.extend(pairs.iter().map(|&[key, value]| (key, value)));
            }
            other => bail!("the pickle is damaged: it adds a key to {other:?} instead of a dictionary"),
        }
        Ok(())
    }

    fn name(&mut self, name: &str) -> anyhow::Result<()> {
        let Some(known) = KNOWN.into_iter().find(|known| *known == name) else {
            bail!(
                "the file asks to run {name}, but files are only read and never run: in PyTorch, save model.state_dict() \
                 instead of the whole model"
            );
        };
        self.push(PickleValue::Name(known));
        Ok(())
    }

    fn remember(&mut self, key: u64) -> anyhow::Result<()> {
        let id = *self
            .stack
            .last()
            .context("the pickle is damaged: it stores a value that it never put on its stack")?;
        self.memo.insert(key, id);
        Ok(())
    }

    fn call(&mut self) -> anyhow::Result<()> {
        let pair = self.last(2)?;
        let (PickleValue::Name(function), PickleValue::Sequence(arguments)) =
            (&self.values[pair[0]], &self.values[pair[1]])
        else {
            bail!("the pickle is damaged: it calls {:?} instead of a function", self.values[pair[0]]);
        };
        let value = if *function == "collections.OrderedDict" {
            PickleValue::Dictionary(self.pairs(arguments)?)
        } else {
            PickleValue::Call(function, arguments.clone())
        };
        self.push(value);
        Ok(())
    }

    /// The entries of `OrderedDict()` or, as Python 2 wrote it, `OrderedDict([[key, value], …])`.
    fn pairs(&self, arguments: &[Id]) -> anyhow::Result<Vec<(Id, Id)>> {
        let Some(&list) = arguments.first() else { return Ok(Vec::new()) };
        let PickleValue::Sequence(items) = &self.values[list] else {
            bail!("the pickle is damaged: a dictionary is not made of pairs")
        };
        let pair = |&item: &Id| match &self.values[item] {
            PickleValue::Sequence(pair) if pair.len() == 2 => Ok((pair[0], pair[1])),
            other => bail!("the pickle is damaged: {other:?} is not a key with its value"),
        };
        items.iter().map(pair).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(bytes: &[u8]) -> String {
        Pickle::read(bytes).unwrap_err().to_string()
    }

    #[test]
    fn a_dictionary_keeps_its_order_and_shares_what_is_remembered() {
        // {"b": (1, -2), "a": the same tuple}
        let pickle = Pickle::read(
            b"\x80\x02}q\x00(X\x01\x00\x00\x00bK\x01J\xfe\xff\xff\xff\x86q\x01X\x01\x00\x00\x00ah\x01u.rest",
        )
        .unwrap();
        let PickleValue::Dictionary(entries) = pickle.root() else { panic!("{:?}", pickle.root()) };
        assert_eq!(entries.iter().map(|&(key, _)| pickle.text(key).unwrap()).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(entries[0].1, entries[1].1);
        let PickleValue::Sequence(pair) = pickle.value(entries[0].1) else { panic!() };
        assert_eq!(
            pair.iter().map(|&id| pickle.value(id)).collect::<Vec<_>>(),
            [&PickleValue::Integer(1), &PickleValue::Integer(-2)]
        );
        assert_eq!(pickle.size(pair[1]), None);
        assert_eq!(pickle.length, 32);
    }

    #[test]
    fn a_long_number_is_read_in_twos_complement() {
        assert_eq!(Pickle::read(b"\x8a\x02\xff\x00.").unwrap().root(), &PickleValue::Integer(255));
        assert_eq!(Pickle::read(b"\x8a\x01\xff.").unwrap().root(), &PickleValue::Integer(-1));
        assert_eq!(Pickle::read(b"\x8a\x00.").unwrap().root(), &PickleValue::Integer(0));
    }

    #[test]
    fn a_function_that_is_none_of_tensors_is_refused_by_name_and_never_called() {
        let words = message(b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.");
        assert!(words.contains("asks to run posix.system") && words.contains("never run"), "{words}");
        let words = message(b"\x80\x04\x8c\x05posix\x8c\x06system\x93.");
        assert!(words.contains("asks to run posix.system"), "{words}");
    }

    #[test]
    fn a_broken_pickle_is_an_error_and_no_crash() {
        assert!(message(b"\x80\x02}q\x00(X\xff\x00\x00\x00b").contains("incomplete"));
        assert!(message(b"\x80\x02u.").contains("never began"));
        assert!(message(b"\x86.").contains("takes more values than it has"));
        assert!(message(b"K\x01(0.").contains("takes more values than it has"));
        assert!(message(b"h\x07.").contains("refers to memo 7"));
        assert!(message(b"\xf0.").contains("byte 0 of the pickle, 0xf0"));
        assert!(message(b"K\x01K\x02a.").contains("instead of a list"));
        assert!(message(b"}(K\x01u.").contains("has no value"));
    }

    #[test]
    fn a_million_nested_tuples_are_read_and_dropped() {
        let mut bytes = vec![b')'];
        bytes.extend(std::iter::repeat_n(0x85, 1_000_000));
        bytes.push(b'.');
        assert_eq!(Pickle::read(&bytes).unwrap().root(), &PickleValue::Sequence(vec![999_999]));
    }
}
