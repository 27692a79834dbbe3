//! As much of protobuf's wire format as finding things in an ONNX file takes.
//!
//! Source: <https://protobuf.dev/programming-guides/encoding/>.

/// A protobuf number, and the position of the next byte.
pub(crate) fn varint(bytes: &[u8], at: usize) -> Option<(u64, usize)> {
    let mut value = 0;
    for (i, byte) in bytes.get(at..)?.iter().take(10).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return Some((value, at + i + 1));
        }
    }
    None
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProtobufValue<'a> {
    /// An integer; floats, which nothing here reads, are 0.
    Number(u64),
    /// Text, a message, or several numbers.
    Bytes(&'a [u8]),
}

/// The fields of a message in their order, up to its end or to the first byte that is no field.
pub(crate) fn fields(message: &[u8]) -> impl Iterator<Item = (u64, ProtobufValue<'_>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (tag, after) = varint(message, at)?;
        let skip = |length| Some((ProtobufValue::Number(0), after + length));
        let (value, end) = match tag & 7 {
            0 => varint(message, after).map(|(number, end)| (ProtobufValue::Number(number), end)),
            1 => skip(8),
            2 => varint(message, after).and_then(|(length, start)| {
                let end = start.checked_add(usize::try_from(length).ok()?)?;
                Some((ProtobufValue::Bytes(message.get(start..end)?), end))
            }),
            5 => skip(4),
            _ => None,
        }?;
        at = end;
        Some((tag >> 3, value))
    })
}

/// The messages or texts in the fields of this number.
pub(crate) fn all(message: &[u8], field: u64) -> impl Iterator<Item = &[u8]> {
    fields(message).filter_map(move |(number, value)| match value {
        ProtobufValue::Bytes(bytes) if number == field => Some(bytes),
        _ => None,
    })
}

/// The text in the last field of this number, as protobuf merges; empty if there is none or it is not text.
pub(crate) fn text(message: &[u8], field: u64) -> &str {
    all(message, field).last().and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A field that holds bytes.
pub(crate) fn field(number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut message = vec![number << 3 | 2];
    let mut length = bytes.len();
    while length > 0x7f {
        message.push(length as u8 | 0x80);
        length >>= 7;
    }
    message.push(length as u8);
    message.extend(bytes);
    message
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_seven_bits_a_byte_lowest_first() {
        // 300 = 2 * 128 + 44: the documentation's example, 0xac 0x02.
        assert_eq!(varint(&[0xac, 0x02], 0), Some((300, 2)));
        assert_eq!(varint(&[0xac], 0), None);
    }

    #[test]
    fn what_is_written_is_read() {
        let long = vec![7; 300];
        let message = [field(1, b"testing"), field(2, &long), vec![0x18, 0x96, 0x01]].concat();
        // The documentation's example: field 2 with "testing" is 12 07 and the letters.
        assert_eq!(field(2, b"testing")[..2], [0x12, 0x07]);
        let found: Vec<_> = fields(&message).collect();
        assert_eq!(
            found,
            [
                (1, ProtobufValue::Bytes(b"testing")),
                (2, ProtobufValue::Bytes(&long)),
                (3, ProtobufValue::Number(150))
            ]
        );
        assert_eq!(text(&message, 1), "testing");
    }

    #[test]
    fn a_message_cut_short_ends_before_the_broken_field() {
        let message = [field(1, b"a"), field(2, b"bcd")].concat();
        assert_eq!(fields(&message[..message.len() - 1]).count(), 1);
        // A length beyond all memory is no field either.
        assert_eq!(fields(&[0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]).count(), 0);
    }
}
