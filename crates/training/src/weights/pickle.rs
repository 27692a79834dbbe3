//! Python's pickle, read as data: nothing in it is ever run.
//!
//! A pickle is a program for a small stack machine, which in Python may call any function. Here the functions that
//! `torch.save` uses for tensors are known by name and only noted down; every other is refused by name. libtorch's own
//! reader, which `tch` offers, would do for new files, but knows nothing of those from before PyTorch 1.6 and answers
//! a wrong file with a page of C++.
//!
//! Values lie in one list and name one another by their place, so that no nesting, however deep, and no circle hurts.
//!
//! Source: Python, `Lib/pickletools.py`, protocols 2 to 4.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail, ensure};

/// Place of a value.
pub(crate) type Id = usize;

/// The functions and classes that may be named: those around tensors.
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
pub(crate) enum Value {
    /// `None`, and whatever no tensor needs.
    Nothing,
    /// A whole number of at most 64 bits, or a truth value.
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
    /// What lies outside of the pickle: a storage.
    Outside(Id),
    /// A known function and its arguments, noted and not called.
    Call(&'static str, Vec<Id>),
}

/// What a pickle leaves.
#[derive(Debug)]
pub(crate) struct Pickle {
    values: Vec<Value>,
    root: Id,
    /// Bytes up to its end.
    pub(crate) length: usize,
}

impl Pickle {
    /// Reads the pickle that `bytes` begin with.
    ///
    /// # Errors
    /// Bytes that are none or are cut off; a function that has nothing to do with tensors.
    pub(crate) fn read(bytes: &[u8]) -> anyhow::Result<Self> {
        let mut machine = Machine {
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

    /// What the whole pickle is.
    pub(crate) fn root(&self) -> &Value {
        &self.values[self.root]
    }

    /// All values, also those that nothing names any more.
    pub(crate) fn values(&self) -> impl Iterator<Item = &Value> {
        self.values.iter()
    }

    /// The value at a place.
    pub(crate) fn value(&self, id: Id) -> &Value {
        &self.values[id]
    }

    /// The whole number at a place, if it is one and not negative.
    pub(crate) fn size(&self, id: Id) -> Option<usize> {
        match *self.value(id) {
            Value::Integer(number) => usize::try_from(number).ok(),
            _ => None,
        }
    }

    /// The sizes at a place, if they are some.
    pub(crate) fn sizes(&self, id: Id) -> Option<Vec<usize>> {
        match self.value(id) {
            Value::Sequence(ids) => ids.iter().map(|&id| self.size(id)).collect(),
            _ => None,
        }
    }

    /// The text at a place, if it is one.
    pub(crate) fn text(&self, id: Id) -> Option<&str> {
        match self.value(id) {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    values: Vec<Value>,
    stack: Vec<Id>,
    /// Heights of the stack at which a group began.
    marks: Vec<usize>,
    memo: BTreeMap<u64, Id>,
}

impl Machine<'_> {
    /// One operation; true after the last.
    fn step(&mut self) -> anyhow::Result<bool> {
        let start = self.at;
        let operation = self.take(1)?[0];
        match operation {
            b'.' => return Ok(true),
            0x80 => {
                let version = self.take(1)?[0];
                ensure!((2..=5).contains(&version), "expected a pickle of protocol 2 to 5, found {version}");
            }
            0x95 => drop(self.take(8)?),
            b'(' => self.marks.push(self.stack.len()),
            b'N' => self.push(Value::Nothing),
            0x88 | 0x89 => self.push(Value::Integer(i64::from(operation == 0x88))),
            b'K' => self.integer(1)?,
            b'M' => self.integer(2)?,
            b'J' => {
                let bytes = self.array::<4>()?;
                self.push(Value::Integer(i64::from(i32::from_le_bytes(bytes))));
            }
            0x8a => self.long()?,
            b'G' => {
                self.take(8)?;
                self.push(Value::Nothing);
            }
            b'X' | b'U' | b'T' | 0x8c | 0x8d => {
                let count = self.count(match operation {
                    b'X' | b'T' => 4,
                    0x8d => 8,
                    _ => 1,
                })?;
                let text = String::from_utf8(self.take(count)?.to_vec()).context("a text is no UTF-8")?;
                self.push(Value::Text(text));
            }
            b'B' | b'C' => {
                let count = self.count(if operation == b'B' { 4 } else { 1 })?;
                let bytes = self.take(count)?.to_vec();
                self.push(Value::Bytes(bytes));
            }
            b']' | b')' => self.push(Value::Sequence(Vec::new())),
            b'}' => self.push(Value::Dictionary(Vec::new())),
            b't' | b'l' => {
                let items = self.group()?;
                self.push(Value::Sequence(items));
            }
            0x85..=0x87 => {
                let items = self.last(usize::from(operation - 0x84))?;
                self.push(Value::Sequence(items));
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
            0x93 => {
                let parts = self.last(2)?;
                let name = parts.iter().map(|&id| match &self.values[id] {
                    Value::Text(text) => Ok(text.as_str()),
                    other => bail!("expected the name of a function, found {other:?}"),
                });
                let name = name.collect::<anyhow::Result<Vec<_>>>()?.join(".");
                self.name(&name)?;
            }
            b'R' => self.call()?,
            // `b` sets further attributes of an object; tensors have none that we need.
            b'0' | b'b' => drop(self.pop()?),
            b'Q' => {
                let id = self.pop()?;
                self.push(Value::Outside(id));
            }
            b'q' | b'r' => {
                let key = self.count(if operation == b'q' { 1 } else { 4 })? as u64;
                self.remember(key)?;
            }
            0x94 => self.remember(self.memo.len() as u64)?,
            b'h' | b'j' => {
                let key = self.count(if operation == b'h' { 1 } else { 4 })? as u64;
                let id = self.memo.get(&key).with_context(|| format!("nothing was remembered as {key}"))?;
                self.stack.push(*id);
            }
            other => bail!("expected an operation of a pickle at byte {start}, found 0x{other:02x}"),
        }
        Ok(false)
    }

    fn take(&mut self, count: usize) -> anyhow::Result<&[u8]> {
        let end = self.at.checked_add(count).filter(|&end| end <= self.bytes.len());
        let end = end.with_context(|| format!("the pickle is cut off after {} bytes", self.bytes.len()))?;
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
        self.push(Value::Integer(number));
        Ok(())
    }

    /// A whole number in two's complement, of as many bytes as the first one says.
    fn long(&mut self) -> anyhow::Result<()> {
        let count = self.count(1)?;
        let bytes = self.take(count)?;
        let value = if count <= 8 {
            let fill = if bytes.last().is_some_and(|&byte| byte >= 0x80) { 0xff } else { 0 };
            let mut whole = [fill; 8];
            whole[..count].copy_from_slice(bytes);
            Value::Integer(i64::from_le_bytes(whole))
        } else {
            Value::Bytes(bytes.to_vec())
        };
        self.push(value);
        Ok(())
    }

    fn line(&mut self) -> anyhow::Result<String> {
        let rest = &self.bytes[self.at..];
        let length =
            rest.iter().position(|&byte| byte == b'\n').context("the pickle is cut off in a name")?;
        let line = String::from_utf8_lossy(&rest[..length]).into_owned();
        self.at += length + 1;
        Ok(line)
    }

    fn push(&mut self, value: Value) {
        self.stack.push(self.values.len());
        self.values.push(value);
    }

    fn pop(&mut self) -> anyhow::Result<Id> {
        ensure!(self.stack.len() > self.floor(), "the pickle takes more than it put");
        self.stack.pop().context("the pickle takes more than it put")
    }

    /// How far the stack may be taken from.
    fn floor(&self) -> usize {
        self.marks.last().copied().unwrap_or_default()
    }

    fn last(&mut self, count: usize) -> anyhow::Result<Vec<Id>> {
        let start = self.stack.len().checked_sub(count).filter(|&start| start >= self.floor());
        Ok(self.stack.split_off(start.context("the pickle takes more than it put")?))
    }

    /// Everything since the last mark.
    fn group(&mut self) -> anyhow::Result<Vec<Id>> {
        let start = self.marks.pop().context("the pickle ends a group that it never began")?;
        Ok(self.stack.split_off(start))
    }

    fn top(&mut self) -> anyhow::Result<&mut Value> {
        let id = *self.stack.last().context("the pickle changes what it never put")?;
        Ok(&mut self.values[id])
    }

    fn extend(&mut self, items: Vec<Id>) -> anyhow::Result<()> {
        match self.top()? {
            Value::Sequence(list) => list.extend(items),
            other => bail!("expected a list to add to, found {other:?}"),
        }
        Ok(())
    }

    fn set(&mut self, items: &[Id]) -> anyhow::Result<()> {
        let (pairs, []) = items.as_chunks::<2>() else { bail!("a key has no value") };
        match self.top()? {
            Value::Dictionary(entries) => entries.extend(pairs.iter().map(|&[key, value]| (key, value))),
            other => bail!("expected a dictionary to add to, found {other:?}"),
        }
        Ok(())
    }

    fn name(&mut self, name: &str) -> anyhow::Result<()> {
        let Some(known) = KNOWN.into_iter().find(|known| *known == name) else {
            bail!(
                "expected tensors and nothing else, found {name}; a file is read and never run: in PyTorch, save \
                 model.state_dict() instead of the whole model"
            );
        };
        self.push(Value::Name(known));
        Ok(())
    }

    fn remember(&mut self, key: u64) -> anyhow::Result<()> {
        let id = *self.stack.last().context("the pickle remembers what it never put")?;
        self.memo.insert(key, id);
        Ok(())
    }

    fn call(&mut self) -> anyhow::Result<()> {
        let pair = self.last(2)?;
        let (Value::Name(function), Value::Sequence(arguments)) =
            (&self.values[pair[0]], &self.values[pair[1]])
        else {
            bail!("expected a function and its arguments, found {:?}", self.values[pair[0]]);
        };
        let value = if *function == "collections.OrderedDict" {
            Value::Dictionary(self.pairs(arguments)?)
        } else {
            Value::Call(function, arguments.clone())
        };
        self.push(value);
        Ok(())
    }

    /// The entries of `OrderedDict()` or, as Python 2 wrote it, `OrderedDict([[key, value], …])`.
    fn pairs(&self, arguments: &[Id]) -> anyhow::Result<Vec<(Id, Id)>> {
        let Some(&list) = arguments.first() else { return Ok(Vec::new()) };
        let Value::Sequence(items) = &self.values[list] else { bail!("expected a list of pairs") };
        let pair = |&item: &Id| match &self.values[item] {
            Value::Sequence(pair) if pair.len() == 2 => Ok((pair[0], pair[1])),
            other => bail!("expected a key with its value, found {other:?}"),
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
        let Value::Dictionary(entries) = pickle.root() else { panic!("{:?}", pickle.root()) };
        assert_eq!(entries.iter().map(|&(key, _)| pickle.text(key).unwrap()).collect::<Vec<_>>(), ["b", "a"]);
        assert_eq!(entries[0].1, entries[1].1);
        let Value::Sequence(pair) = pickle.value(entries[0].1) else { panic!() };
        assert_eq!(
            pair.iter().map(|&id| pickle.value(id)).collect::<Vec<_>>(),
            [&Value::Integer(1), &Value::Integer(-2)]
        );
        assert_eq!(pickle.size(pair[1]), None);
        assert_eq!(pickle.length, 32);
    }

    #[test]
    fn a_long_number_is_read_in_twos_complement() {
        assert_eq!(Pickle::read(b"\x8a\x02\xff\x00.").unwrap().root(), &Value::Integer(255));
        assert_eq!(Pickle::read(b"\x8a\x01\xff.").unwrap().root(), &Value::Integer(-1));
        assert_eq!(Pickle::read(b"\x8a\x00.").unwrap().root(), &Value::Integer(0));
    }

    #[test]
    fn a_function_that_is_none_of_tensors_is_refused_by_name_and_never_called() {
        let words = message(b"\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.");
        assert!(words.contains("found posix.system") && words.contains("never run"), "{words}");
        let words = message(b"\x80\x04\x8c\x05posix\x8c\x06system\x93.");
        assert!(words.contains("found posix.system"), "{words}");
    }

    #[test]
    fn a_broken_pickle_is_an_error_and_no_crash() {
        assert!(message(b"\x80\x02}q\x00(X\xff\x00\x00\x00b").contains("cut off"));
        assert!(message(b"\x80\x02u.").contains("never began"));
        assert!(message(b"\x86.").contains("takes more than it put"));
        assert!(message(b"K\x01(0.").contains("takes more than it put"));
        assert!(message(b"h\x07.").contains("nothing was remembered as 7"));
        assert!(message(b"\xf0.").contains("at byte 0, found 0xf0"));
        assert!(message(b"K\x01K\x02a.").contains("expected a list"));
        assert!(message(b"}(K\x01u.").contains("has no value"));
    }

    #[test]
    fn a_million_nested_tuples_are_read_and_dropped() {
        let mut bytes = vec![b')'];
        bytes.extend(std::iter::repeat_n(0x85, 1_000_000));
        bytes.push(b'.');
        assert_eq!(Pickle::read(&bytes).unwrap().root(), &Value::Sequence(vec![999_999]));
    }
}
