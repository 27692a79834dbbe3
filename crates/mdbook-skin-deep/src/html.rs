//! Text that is safe inside HTML and inside Markdown.

use std::fmt::Write;

/// Escapes what has a meaning in HTML text and in a double-quoted attribute. A line break becomes a reference, since an
/// empty line would end a block of HTML in Markdown.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            _ => out.push(c),
        }
    }
    out
}

/// Escapes what has a meaning in HTML or in a line of Markdown, as references that mean nothing to either.
pub(crate) fn escape_markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if "&<>\"'*_`[]|\\~{}#!$^\n".contains(c) {
            let _infallible = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// Undoes the references an author may write in an attribute.
pub(crate) fn unescape(text: &str) -> String {
    text.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&amp;", "&")
}
