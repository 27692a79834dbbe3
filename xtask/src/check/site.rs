//! The built site, page by page: every link leads somewhere, and nothing is fetched from another host.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::bail;
use catalog::manifest::Module;

use crate::book;

/// Hosts that may be named inside scripts, styles and modules: each is in a comment, a message or a namespace, or
/// behind a feature that `book.toml` turns off. Anything else may be a download or a beacon.
const NAMED: [(&str, &str); 20] = [
    ("arxiv.org", "a comment of the ONNX runtime"),
    ("atelierbram.github.io", "a comment in a style of mdBook"),
    ("bugs.webkit.org", "a comment in a style of mdBook"),
    ("challenge.isic-archive.com", "where ISIC 2019 is, said by the dataset explorer"),
    ("developer.mozilla.org", "a message of wasm-bindgen"),
    ("distill.pub", "a source that a chapter cites, in the search index"),
    ("docs.nvidia.com", "a message of the ONNX runtime"),
    ("git.io", "a comment of mark.js"),
    ("git-lfs", "how a placeholder for a large file begins"),
    ("doi.org", "where HAM10000 is described, said by the dataset explorer"),
    ("github.com", "comments and messages"),
    ("ieeexplore.ieee.org", "a comment of the ONNX runtime"),
    ("localhost", "this machine"),
    ("markjs.io", "a comment of mark.js"),
    ("play.rust-lang.org", "mdBook's playground, which book.toml turns off"),
    ("tinyurl.com", "a message of the ONNX runtime"),
    ("web.dev", "a message of the ONNX runtime"),
    ("weixsong.github.io", "a comment of elasticlunr"),
    ("www.w3.org", "the namespace of SVG"),
    ("zenorocha.github.io", "a comment of clipboard.js"),
];

/// Checks the site that was built last.
///
/// # Errors
/// Everything found, one per line.
pub(super) fn run() -> anyhow::Result<()> {
    let site = book::site();
    if !site.join("index.html").exists() {
        bail!("there is no built book in {}; run: cargo xtask build", site.display());
    }
    let problems = problems(&site)?;
    if !problems.is_empty() {
        bail!("{}", problems.join("\n"));
    }
    Ok(())
}

fn problems(site: &Path) -> anyhow::Result<Vec<String>> {
    let mut problems = Vec::new();
    let mut pages = BTreeMap::new();
    let mut all = BTreeSet::new();
    for path in files::below(site)? {
        let name = path.strip_prefix(site).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        let extension = path.extension().unwrap_or_default().to_string_lossy().into_owned();
        match &*extension {
            "html" => {
                pages.insert(name.clone(), files::read_text(&path)?);
            }
            "js" | "mjs" | "css" | "wasm" => {
                let hosts = hosts(&String::from_utf8_lossy(&files::read(&path)?));
                let strange =
                    hosts.iter().filter(|host| !NAMED.iter().any(|(known, _)| host.starts_with(known)));
                problems.extend(strange.map(|host| {
                    format!("{name} names {host}; where nothing is fetched from it, add it to NAMED in check/site.rs")
                }));
            }
            _ => {}
        }
        all.insert(name);
    }
    for (name, page) in &pages {
        problems.extend(
            page_problems(name, page, &pages, &all).into_iter().map(|what| format!("{name}: {what}")),
        );
    }
    Ok(problems)
}

/// Hosts of all absolute addresses in a text.
fn hosts(text: &str) -> BTreeSet<String> {
    ["http://", "https://", "ws://", "wss://"]
        .iter()
        .flat_map(|scheme| text.split(scheme).skip(1))
        .map(|rest| {
            rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '.' && c != '-').next().unwrap_or("")
        })
        .filter(|host| host.contains('.') || *host == "localhost")
        .map(|host| host.trim_end_matches('.').to_lowercase())
        .collect()
}

fn page_problems(
    name: &str,
    page: &str,
    pages: &BTreeMap<String, String>,
    all: &BTreeSet<String>,
) -> Vec<String> {
    let mut problems = Vec::new();
    if page.contains("{{#") {
        problems.push("a directive was left as it is".to_owned());
    }
    // The page for missing pages may be shown at any depth and therefore names everything from the root.
    if name == "404.html" {
        return problems;
    }
    for tag in tags(page) {
        for (attribute, value) in attributes(tag) {
            if attribute == "data-worker" {
                problems.extend(dead_worker(name, value, pages, all));
            }
            if !matches!(attribute, "href" | "src" | "data-script" | "data-wasm") {
                continue;
            }
            let value = value.replace("&amp;", "&");
            let link = tag.starts_with("a ") && attribute == "href";
            if value.contains("://") || value.starts_with("//") {
                if !link {
                    problems.push(format!("fetches {value}"));
                }
            } else if !value.starts_with("data:") && !value.starts_with("mailto:") {
                problems.extend(dead(name, &value, pages, all));
            }
        }
    }
    problems
}

/// What is wrong with the files of a Worker: JSON of [`Module`].
fn dead_worker(
    from: &str,
    value: &str,
    pages: &BTreeMap<String, String>,
    all: &BTreeSet<String>,
) -> Vec<String> {
    let json = value.replace("&quot;", "\"").replace("&amp;", "&");
    match serde_json::from_str::<Module>(&json) {
        Ok(Module { script, wasm, worker, .. }) => [script, wasm]
            .into_iter()
            .chain(worker)
            .filter_map(|file| dead(from, &file, pages, all))
            .collect(),
        Err(error) => vec![format!("data-worker is no module of the manifest: {error}")],
    }
}

/// What is wrong with a link of the page `from` to somewhere in the site.
fn dead(from: &str, link: &str, pages: &BTreeMap<String, String>, all: &BTreeSet<String>) -> Option<String> {
    let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
    let path = path.split('?').next().unwrap_or(path);
    let Some(target) = resolve(from, path) else { return Some(format!("{link} leads out of the site")) };
    if !all.contains(&target) {
        return Some(format!("{link} leads nowhere: no {target}"));
    }
    let page = pages.get(&target).filter(|_| !anchor.is_empty())?;
    let there = [format!("id=\"{anchor}\""), format!("name=\"{anchor}\"")].iter().any(|id| page.contains(id));
    (!there).then(|| format!("{link} leads to no place of {target}"))
}

/// The file that a relative link means; `None` above the site's root.
fn resolve(from: &str, path: &str) -> Option<String> {
    if path.is_empty() {
        return Some(from.to_owned());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    if parts.last() == Some(&"") || parts.is_empty() {
        parts.pop();
        parts.push("index.html");
    }
    Some(parts.join("/"))
}

/// The insides of all tags, scripts and comments left out.
fn tags(page: &str) -> Vec<&str> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let end = end_of_tag(after);
        tags.push(&after[..end]);
        rest = &after[end..];
        if after.starts_with("script") {
            rest = rest.split_once("</script").map_or("", |(_, rest)| rest);
        }
    }
    tags
}

/// Where the tag ends: at the first `>` outside quotes.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (index, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return index,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// Names and quoted values of a tag's attributes.
fn attributes(tag: &str) -> Vec<(&str, &str)> {
    let mut attributes = Vec::new();
    let mut rest = tag;
    while let Some((before, after)) = rest.split_once('=') {
        let name = before.split_whitespace().next_back().unwrap_or_default();
        let Some(quote) = after.chars().next().filter(|c| ['"', '\''].contains(c)) else {
            rest = after;
            continue;
        };
        let Some((value, end)) = after[1..].split_once(quote) else { break };
        attributes.push((name, value));
        rest = end;
    }
    attributes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is found on the page `a/b.html` of a site that also has `index.html` and `a/c.js`.
    fn check(page: &str, expected: &[&str]) {
        let pages: BTreeMap<_, _> = [
            ("a/b.html".to_owned(), page.to_owned()),
            ("index.html".to_owned(), "<h1 id=\"top\">".to_owned()),
        ]
        .into();
        let all: BTreeSet<_> = pages.keys().cloned().chain(["a/c.js".to_owned()]).collect();
        assert_eq!(page_problems("a/b.html", page, &pages, &all), expected, "{page}");
    }

    #[test]
    fn links_that_lead_somewhere_are_fine() {
        check(
            "<a href=\"../index.html#top\">x</a><script src='c.js'></script><a href=\"https://x.org\">y</a>",
            &[],
        );
        check("<a title=\"a > b\" href=\"../\">x</a><h2 id=here><a href=\"../index.html?a.b=c\">", &[]);
    }

    #[test]
    fn dead_links_and_anchors_are_named() {
        check("<a href=\"../none.html\">", &["../none.html leads nowhere: no none.html"]);
        check("<a href=\"../index.html#none\">", &["../index.html#none leads to no place of index.html"]);
        check("<a href=\"#none\">", &["#none leads to no place of a/b.html"]);
        check("<a href=\"../../x.html\">", &["../../x.html leads out of the site"]);
        check("<section data-wasm=\"gone.wasm\">", &["gone.wasm leads nowhere: no a/gone.wasm"]);
        check(
            "<section data-worker=\"{&quot;script&quot;:&quot;gone.js&quot;,&quot;wasm&quot;:&quot;c.js&quot;,\
             &quot;worker&quot;:null,&quot;bytes&quot;:1}\">",
            &["gone.js leads nowhere: no a/gone.js"],
        );
    }

    #[test]
    fn whatever_is_fetched_from_another_host_is_named() {
        check("<img src=\"https://x.org/a.png\">", &["fetches https://x.org/a.png"]);
        check("<link href=\"//x.org/a.css\">", &["fetches //x.org/a.css"]);
    }

    #[test]
    fn a_directive_nobody_understood_is_named() {
        check("<p>{{#include none.rs}}</p>", &["a directive was left as it is"]);
    }

    #[test]
    fn scripts_and_comments_are_not_read_as_tags() {
        check("<script>const a = '<a href=\"x\">'</script><!-- <a href=\"y\"> -->", &[]);
    }

    #[test]
    fn hosts_are_read_from_any_text() {
        let text =
            "fetch('https://signal.example.org/x'); // see http://localhost:1 and wss://live.example.org.";
        let expected = ["live.example.org", "localhost", "signal.example.org"];
        assert_eq!(hosts(text).iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }
}
