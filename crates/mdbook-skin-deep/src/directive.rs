//! `{{#name arguments}}` in a line of a chapter.

/// One directive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Directive<'a> {
    /// Where it starts in the text searched.
    pub(crate) start: usize,
    /// Where the text after it starts.
    pub(crate) end: usize,
    /// What stands after `#`.
    pub(crate) name: &'a str,
    /// The rest, trimmed.
    pub(crate) arguments: &'a str,
}

/// What a search for the next directive found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NextDirective<'a> {
    /// None.
    Nothing,
    /// One that begins here and never ends.
    Unclosed(usize),
    /// One.
    Directive(Directive<'a>),
}

/// mdBook's own, expanded after ours.
pub(crate) const MDBOOKS: [&str; 4] = ["include", "rustdoc_include", "playground", "title"];
/// Ours.
pub(crate) const OURS: [&str; 8] =
    ["census", "figure", "metric", "model", "runs", "training", "trials", "typical"];

/// The first directive of `text` from `from` on; one behind a backslash is none. Directives may be in the arguments
/// of another.
pub(crate) fn find(text: &str, from: usize) -> NextDirective<'_> {
    let mut from = from;
    while let Some(offset) = text[from..].find("{{#") {
        let start = from + offset;
        if text[..start].ends_with('\\') {
            from = start + 3;
            continue;
        }
        let Some(end) = close(text, start) else { return NextDirective::Unclosed(start) };
        let inside = text[start + 3..end - 2].trim();
        let (name, arguments) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
        return NextDirective::Directive(Directive { start, end, name, arguments: arguments.trim() });
    }
    NextDirective::Nothing
}

/// Past the `}}` that belongs to the `{{` at `start`.
fn close(text: &str, start: usize) -> Option<usize> {
    let (mut depth, mut i) = (0, start);
    while i + 1 < text.len() {
        match &text.as_bytes()[i..i + 2] {
            b"{{" => depth += 1,
            b"}}" => depth -= 1,
            _ => {
                i += 1;
                continue;
            }
        }
        i += 2;
        if depth == 0 {
            return Some(i);
        }
    }
    None
}

/// Whether a search at the end of `text` would fail only because the directive continues in the next line.
pub(crate) fn is_open(text: &str) -> bool {
    let mut from = 0;
    loop {
        match find(text, from) {
            NextDirective::Nothing => return false,
            NextDirective::Unclosed(_) => return true,
            NextDirective::Directive(directive) => from = directive.end,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_caption_may_hold_a_metric() {
        let text = "see {{#figure roc An AUC of {{#metric m auc}}.}} there";
        let NextDirective::Directive(directive) = find(text, 0) else { panic!("{:?}", find(text, 0)) };
        assert_eq!((directive.name, directive.arguments), ("figure", "roc An AUC of {{#metric m auc}}."));
        assert_eq!(&text[directive.end..], " there");
    }

    #[test]
    fn a_backslash_makes_it_text() {
        assert_eq!(find("\\{{#metric m auc}}", 0), NextDirective::Nothing);
    }

    #[test]
    fn one_that_never_ends_is_found() {
        assert_eq!(find("a {{#metric m", 0), NextDirective::Unclosed(2));
        assert!(is_open("{{#figure a b"));
        assert!(!is_open("{{#figure a b}}"));
    }
}
