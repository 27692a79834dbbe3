//! The opening tag `<Widget name="…" key="…">`.

use crate::html;

/// Attributes in the order written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tag {
    pub(crate) attributes: Vec<(String, String)>,
}

/// Where an opening tag ends: past its `>`, or not in this text.
///
/// A `>` inside quotes belongs to the value.
pub(crate) fn end(text: &str) -> Option<usize> {
    let mut quote = None;
    for (i, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return Some(i + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(q), c) if q == c => quote = None,
            _ => {}
        }
    }
    None
}

/// Parses `<Widget …>`; `text` starts with `<Widget` and ends with its `>`.
///
/// # Errors
/// What is not `key="value"`.
pub(crate) fn parse(text: &str) -> Result<Tag, String> {
    let inside = text.trim_start_matches("<Widget").trim_end_matches('>').trim();
    if inside.ends_with('/') {
        return Err(
            "<Widget … /> has no body; write <Widget …>, a fallback that teaches without JavaScript, \
                    </Widget>"
                .to_owned(),
        );
    }
    let mut attributes: Vec<(String, String)> = Vec::new();
    let mut rest = inside;
    while !rest.is_empty() {
        let malformed = || format!("write key=\"value\" in <Widget>, not: {rest}");
        let (key, after) = rest.split_once('=').ok_or_else(malformed)?;
        let key = key.trim_end();
        if key.is_empty() || !key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(malformed());
        }
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\'')).ok_or_else(malformed)?;
        let (value, after) = after[1..].split_once(quote).ok_or_else(malformed)?;
        if attributes.iter().any(|(known, _)| known == key) {
            return Err(format!("<Widget> sets {key} twice; keep one"));
        }
        attributes.push((key.to_owned(), html::unescape(value)));
        rest = after.trim_start();
    }
    Ok(Tag { attributes })
}

impl Tag {
    /// The value of an attribute.
    pub(crate) fn get(&self, key: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_greater_sign_inside_quotes_does_not_end_the_tag() {
        assert_eq!(end("<Widget a=\"1 > 0\"> x"), Some(18));
        assert_eq!(end("<Widget a=\"1 > 0"), None);
    }

    #[test]
    fn attributes_keep_their_order_and_lose_their_references() {
        let tag = parse("<Widget name=\"kernel-lab\"\n  coefficients='1 &lt; 2'>").unwrap();
        assert_eq!(tag.get("coefficients"), Some("1 < 2"));
        assert_eq!(tag.attributes[0].0, "name");
    }

    #[test]
    fn what_is_no_attribute_is_named() {
        let message = |text| parse(text).unwrap_err();
        assert_eq!(message("<Widget name>"), "write key=\"value\" in <Widget>, not: name");
        assert_eq!(message("<Widget a=1>"), "write key=\"value\" in <Widget>, not: a=1");
        assert_eq!(message("<Widget a=\"1\" a=\"2\">"), "<Widget> sets a twice; keep one");
    }
}
