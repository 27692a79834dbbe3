//! A widget's settings in the page's address: `?kernel-lab.kernel=sobel-x&kernel-lab.stride=2`.
//!
//! The key is the section's id, a dot and the control's name; settings of other widgets stay as they are.

/// The settings of widget `id` in `query` (with or without its `?`), decoded, in their order.
///
/// ```
/// let found = kit::address::read("?lab.kernel=sobel-x&lab-2.stride=2&lab.stride=3", "lab");
/// assert_eq!(found, [("kernel".into(), "sobel-x".into()), ("stride".into(), "3".into())]);
/// ```
pub fn read(query: &str, id: &str) -> Vec<(String, String)> {
    pairs(query)
        .filter_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            let key = decode(key);
            let control = key.strip_prefix(id)?.strip_prefix('.')?;
            Some((control.to_owned(), decode(value)))
        })
        .collect()
}

/// `query` with the settings of widget `id` replaced by `settings`; empty, or beginning with `?`.
///
/// ```
/// let query = kit::address::write("?lab.stride=2&other.x=1", "lab", &[("kernel", "own")]);
/// assert_eq!(query, "?other.x=1&lab.kernel=own");
/// ```
pub fn write(query: &str, id: &str, settings: &[(&str, &str)]) -> String {
    let mut written = String::new();
    let mut push = |pair: &str| {
        written.push(if written.is_empty() { '?' } else { '&' });
        written.push_str(pair);
    };
    for pair in pairs(query) {
        let key = decode(pair.split('=').next().unwrap_or_default());
        if key.strip_prefix(id).is_none_or(|rest| !rest.starts_with('.')) {
            push(pair);
        }
    }
    for (control, value) in settings {
        push(&format!("{}.{}={}", encode(id), encode(control), encode(value)));
    }
    written
}

fn pairs(query: &str) -> impl Iterator<Item = &str> {
    query.strip_prefix('?').unwrap_or(query).split('&').filter(|pair| !pair.is_empty())
}

/// Percent-encodes everything but what reads well in an address; a space becomes `+`.
pub(crate) fn encode(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' | b',' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                out.push('%');
                out.push(char::from(HEX[usize::from(byte >> 4)]));
                out.push(char::from(HEX[usize::from(byte & 15)]));
            }
        }
    }
    out
}

/// The inverse of `encode`; a `%` without two hexadecimal digits is left unchanged.
pub(crate) fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = text.get(at + 1..at + 3).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        match (bytes[at], digits) {
            (b'%', Some(digits)) => {
                out.extend(u8::from_str_radix(digits, 16));
                at += 2;
            }
            (b'+', _) => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_round_trip(value: &str) {
        let query = write("", "kernel-lab", &[("coefficients", value)]);
        assert!(query.is_ascii() && !query[1..].contains(['?', '&', '#', ' ', '\n']), "{query}");
        assert_eq!(read(&query, "kernel-lab"), [("coefficients".to_owned(), value.to_owned())]);
    }

    #[test]
    fn any_text_survives_the_address() {
        check_round_trip("0 -1 0\n-1 5 -1\n0 -1 0");
        check_round_trip("1/9, +2 & 50 % = ? # ä → 皮");
        check_round_trip("");
    }

    #[test]
    fn widgets_whose_ids_begin_alike_do_not_mix() {
        let query = "?lab.a=1&lab-2.a=2";
        assert_eq!(read(query, "lab"), [("a".to_owned(), "1".to_owned())]);
        assert_eq!(write(query, "lab", &[]), "?lab-2.a=2");
    }

    #[test]
    fn broken_escapes_stand_for_themselves() {
        assert_eq!(
            read("lab.a=100%&lab.b=%zz&lab.c=%e4", "lab")[..2],
            [("a".to_owned(), "100%".to_owned()), ("b".to_owned(), "%zz".to_owned())]
        );
    }

    #[test]
    fn defaults_leave_no_trace() {
        assert_eq!(write("?lab.a=1", "lab", &[]), "");
    }
}
