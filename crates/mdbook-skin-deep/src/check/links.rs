//! Links between chapters, their fragments, images and footnotes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{BrokenLink, CowStr, Event, LinkType, Options, Parser, Tag, TagEnd};

use super::Chapter;

/// Everything on a page that a `#fragment` can name.
pub(super) struct Anchors {
    ids: BTreeSet<String>,
    /// Headings that ask for an id which a widget or figure has, with their line.
    clashes: Vec<(usize, String)>,
}

impl Anchors {
    /// `ids` are those of widgets and figures.
    pub(super) fn new(text: &str, ids: &[String]) -> Self {
        let mut anchors = Self { ids: BTreeSet::new(), clashes: Vec::new() };
        let mut heading: Option<(usize, Option<String>, String)> = None;
        for (line, event) in events(text) {
            match event {
                Event::Start(Tag::Heading { id, .. }) => {
                    heading = Some((line, id.map(|id| id.to_string()), String::new()));
                }
                Event::Text(words) | Event::Code(words) => {
                    if let Some((_, _, title)) = &mut heading {
                        title.push_str(&words);
                    }
                }
                Event::End(TagEnd::Heading(_)) => {
                    if let Some((line, id, title)) = heading.take() {
                        let id = id.unwrap_or_else(|| id_from_title(&title));
                        if ids.contains(&id) {
                            anchors.clashes.push((line, id.clone()));
                        }
                        anchors.add_heading(&id);
                    }
                }
                Event::Html(html) | Event::InlineHtml(html) => anchors.ids.extend(values(&html, "id")),
                _ => {}
            }
        }
        anchors.ids.extend(ids.iter().cloned());
        anchors
    }

    /// As mdBook does: `title`, `title-1`, `title-2`.
    fn add_heading(&mut self, id: &str) {
        let mut candidate = id.to_owned();
        let mut count = 0;
        while !self.ids.insert(candidate.clone()) {
            count += 1;
            candidate = format!("{id}-{count}");
        }
    }
}

/// Line and message of everything in a chapter that leads nowhere.
pub(super) fn check(top: &Path, path: &Path, chapters: &BTreeMap<&Path, Chapter>) -> Vec<(usize, String)> {
    let Some(chapter) = chapters.get(path) else { return Vec::new() };
    let mut problems: Vec<(usize, String)> = chapter
        .anchors
        .clashes
        .iter()
        .map(|(line, id)| {
            (*line, format!("this heading gets the id {id}, which a widget or figure of this page already has; rename the heading"))
        })
        .collect();
    for (line, event) in events(chapter.text) {
        match event {
            Event::Start(
                Tag::Link { link_type: LinkType::ReferenceUnknown, dest_url, .. }
                | Tag::Image { link_type: LinkType::ReferenceUnknown, dest_url, .. },
            ) => {
                problems.push((
                    line,
                    format!("the link [{dest_url}] has no definition; add a line [{dest_url}]: ADDRESS"),
                ));
            }
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                problems.extend(dead(top, path, &dest_url, chapters).map(|message| (line, message)));
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let links = ["href", "src"].into_iter().flat_map(|name| values(&html, name));
                let dead = links.filter_map(|link| dead(top, path, &link, chapters));
                problems.extend(dead.map(|message| (line, message)));
            }
            // pulldown-cmark splits what it could not resolve at its brackets.
            Event::Text(words) if words.starts_with("[^") || words.starts_with('^') => {
                problems
                    .push((line, format!("the footnote {words} has no definition; add one below the text")));
            }
            _ => {}
        }
    }
    problems
}

/// The targets of all links of a text.
pub(super) fn targets(text: &str) -> Vec<String> {
    let links = events(text).filter_map(|(_, event)| match event {
        Event::Start(Tag::Link { dest_url, .. }) => Some(dest_url.to_string()),
        _ => None,
    });
    links.collect()
}

/// What is wrong with a link of the chapter `from`.
fn dead(top: &Path, from: &Path, link: &str, chapters: &BTreeMap<&Path, Chapter>) -> Option<String> {
    let scheme =
        link.split_once(':').is_some_and(|(scheme, _)| scheme.chars().all(|c| c.is_ascii_alphanumeric()));
    if scheme || link.starts_with("//") {
        return None;
    }
    let (file, fragment) = link.split_once('#').unwrap_or((link, ""));
    let target = if file.is_empty() {
        from.to_owned()
    } else {
        match resolve(from.parent().unwrap_or(Path::new("")), file) {
            Some(target) => target,
            None => return Some(format!("the link {link} leads out of the book")),
        }
    };
    let Some(chapter) = chapters.get(target.as_path()) else {
        let missing = !top.join(&target).is_file();
        return missing.then(|| format!("the link {link} is dead: there is no {}", target.display()));
    };
    if fragment.is_empty() || chapter.anchors.ids.contains(fragment) {
        return None;
    }
    let known: Vec<&str> = chapter.anchors.ids.iter().map(String::as_str).collect();
    Some(format!(
        "the link {link} is dead: {} has no such anchor; its anchors: {}",
        target.display(),
        known.join(", ")
    ))
}

/// The file that a relative link means; `None` above the chapters' folder.
fn resolve(folder: &Path, link: &str) -> Option<PathBuf> {
    let mut target = folder.to_owned();
    for part in Path::new(link).components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                if !target.pop() {
                    return None;
                }
            }
            part => target.push(part),
        }
    }
    Some(target)
}

/// The Markdown of a chapter with the line of each event. Widgets' own lines are left out, since Markdown would take
/// what follows them for HTML.
fn events(text: &str) -> impl Iterator<Item = (usize, Event<'static>)> {
    let mut prose = String::with_capacity(text.len());
    let mut in_tag = false;
    for line in text.lines() {
        let trimmed = line.trim();
        in_tag |= trimmed.starts_with("<Widget");
        let hidden = in_tag || trimmed == "</Widget>";
        in_tag &= !trimmed.ends_with('>');
        prose.push_str(if hidden { "" } else { line });
        prose.push('\n');
    }
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_SMART_PUNCTUATION
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_GFM;
    let starts: Vec<usize> =
        std::iter::once(0).chain(prose.match_indices('\n').map(|(index, _)| index + 1)).collect();
    let events: Vec<_> = Parser::new_with_broken_link_callback(&prose, options, Some(undefined))
        .into_offset_iter()
        .map(|(event, range)| (starts.partition_point(|start| *start <= range.start), event.into_static()))
        .collect();
    events.into_iter()
}

/// Keeps `[text][name]` without a definition of `name` as a link of the kind `ReferenceUnknown`, its target the name.
/// `[name]` alone and `[name][]` may just as well be words in brackets.
fn undefined(link: BrokenLink<'_>) -> Option<(CowStr<'_>, CowStr<'_>)> {
    (link.link_type == LinkType::Reference).then_some((link.reference, CowStr::Borrowed("")))
}

/// mdBook's id of a heading.
fn id_from_title(title: &str) -> String {
    let kept = title.trim().to_lowercase();
    kept.chars()
        .filter_map(|c| match c {
            c if c.is_alphanumeric() || matches!(c, '_' | '-') => Some(c),
            c if c.is_whitespace() => Some('-'),
            _ => None,
        })
        .collect()
}

/// The values of an attribute in a piece of HTML.
fn values(html: &str, name: &str) -> Vec<String> {
    let start = format!(" {name}=\"");
    html.split(&start).skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())).collect()
}
