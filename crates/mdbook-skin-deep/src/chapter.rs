//! One chapter, line by line: directives become HTML, everything else stays Markdown for mdBook.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::directive::{self, Directive, MDBOOKS, NextDirective, OURS};
use crate::html::escape_markdown;
use crate::problem::Problem;
use crate::site::Site;
use crate::{census, figure, model, runs, tag, training, trials, widget};

/// A chapter after our directives.
pub(crate) struct Page {
    /// Markdown and HTML, for mdBook.
    pub(crate) text: String,
    /// Whether a widget shows only its fallback.
    pub(crate) unbuilt: bool,
    /// What could not be rendered.
    pub(crate) problems: Vec<Problem>,
    /// Ids of widgets and figures, in order.
    pub(crate) ids: Vec<String>,
}

/// Renders every directive of a chapter; `path` is relative to the chapters' folder.
pub(crate) fn render(site: &Site, path: &Path, text: &str) -> Page {
    let mut writer = Writer {
        site,
        path,
        file: site.src.join(path),
        used: BTreeMap::new(),
        page: Page { text: String::with_capacity(text.len()), unbuilt: false, problems: vec![], ids: vec![] },
    };
    writer.run(&text.lines().collect::<Vec<_>>());
    writer.page.text.push_str(&widget::ahead(site, path));
    writer.page
}

struct Writer<'a> {
    site: &'a Site,
    path: &'a Path,
    file: PathBuf,
    /// How often each id was asked for.
    used: BTreeMap<String, usize>,
    page: Page,
}

/// A `<Widget>` whose end has not come.
struct OpenWidget {
    line: usize,
    after: String,
    empty: bool,
}

impl Writer<'_> {
    fn run(&mut self, lines: &[&str]) {
        let mut fence: Option<Fence> = None;
        let mut open: Option<OpenWidget> = None;
        let mut next = 0;
        while let Some(line) = lines.get(next) {
            let number = next + 1;
            next += 1;
            if let Some(open) = &mut open {
                open.empty &= line.trim().is_empty() || line.trim() == "</Widget>";
            }
            if let Some(inside) = &fence {
                let ends = inside.is_ended_by(line);
                self.only_mdbooks(line, number);
                self.push(line);
                if ends {
                    fence = None;
                }
            } else if let Some(begun) = Fence::begun_by(line) {
                fence = Some(begun);
                self.push(line);
            } else if line.trim_start().starts_with("<Widget") {
                let taken = self.open_widget(&lines[number - 1..], number, &mut open);
                next = number - 1 + taken;
            } else if line.trim() == "</Widget>" {
                self.close_widget(number, open.take());
            } else if has_widget_tag(line) {
                self.report(number, "put <Widget …> and </Widget> on lines of their own");
                self.push(line);
            } else {
                let taken = whole_directives(&lines[number - 1..]);
                next = number - 1 + taken;
                let text = lines[number - 1..next].join("\n");
                let expanded = self.expand(&text, number);
                self.push(&expanded);
            }
        }
        if let Some(open) = open {
            self.report(open.line, "this <Widget> is never closed; add </Widget> on a line of its own");
        }
    }

    fn push(&mut self, line: &str) {
        self.page.text.push_str(line);
        self.page.text.push('\n');
    }

    fn report(&mut self, line: usize, message: impl Into<String>) {
        self.page.problems.push(Problem {
            file: self.file.clone(),
            line: Some(line),
            message: message.into(),
        });
    }

    /// `name`, then `name-2`, `name-3`.
    fn unique_id(&mut self, name: &str) -> String {
        let count = self.used.entry(name.to_owned()).or_default();
        *count += 1;
        let id = if *count == 1 { name.to_owned() } else { format!("{name}-{count}") };
        self.page.ids.push(id.clone());
        id
    }

    /// Opens the widget whose tag starts the first of `lines`; returns how many lines the tag takes.
    fn open_widget(&mut self, lines: &[&str], number: usize, open: &mut Option<OpenWidget>) -> usize {
        let taken = (1..=lines.len()).find(|n| tag::end(&lines[..*n].join("\n")).is_some());
        let Some(taken) = taken else {
            self.report(number, "this <Widget tag has no closing >; add it");
            return lines.len();
        };
        let text = lines[..taken].join("\n");
        let end = tag::end(&text).unwrap_or(text.len());
        if let Some(outer) = open {
            let message =
                format!("a <Widget> inside the one that starts in line {}; close that one first", outer.line);
            self.report(number, message);
            return taken;
        }
        if !text[end..].trim().is_empty() {
            self.report(number, "put <Widget …> and </Widget> on lines of their own");
        }
        let mut after = String::new();
        match tag::parse(text[..end].trim()).and_then(|tag| Ok((widget::named(&tag)?, tag))) {
            Err(message) => self.report(number, message),
            Ok((widget, tag)) => {
                for message in widget::check(widget, &tag) {
                    self.report(number, message);
                }
                let id = self.unique_id(widget.name);
                match widget::render(self.site, self.path, widget, &tag, &id) {
                    Err(message) => self.report(number, message),
                    Ok(rendered) => {
                        self.page.text.push_str(&rendered.before);
                        self.page.unbuilt |= rendered.unbuilt;
                        after = rendered.after;
                    }
                }
            }
        }
        *open = Some(OpenWidget { line: number, after, empty: true });
        taken
    }

    fn close_widget(&mut self, number: usize, open: Option<OpenWidget>) {
        let Some(open) = open else {
            self.report(number, "</Widget> without a <Widget …> before it; add one or remove this line");
            return;
        };
        if open.empty {
            self.report(
                open.line,
                "this <Widget> has no body; write a fallback that teaches without JavaScript",
            );
        }
        self.page.text.push_str(&open.after);
    }

    /// Inside a listing only mdBook's own directives work.
    fn only_mdbooks(&mut self, line: &str, number: usize) {
        let mut from = 0;
        while let NextDirective::Directive(directive) = directive::find(line, from) {
            from = directive.end;
            if !MDBOOKS.contains(&directive.name) {
                let name = directive.name;
                self.report(
                    number,
                    format!("{{{{#{name} …}}}} in a listing; only these work there: {}", MDBOOKS.join(", ")),
                );
            }
        }
    }

    /// Replaces our directives in a stretch of text that starts at line `number`.
    fn expand(&mut self, text: &str, number: usize) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        loop {
            match directive::find(text, from) {
                NextDirective::Nothing => break,
                NextDirective::Unclosed(start) => {
                    let line = number + text[..start].matches('\n').count();
                    self.report(line, "this {{#… is not closed before the paragraph ends; add }}");
                    break;
                }
                NextDirective::Directive(directive) => {
                    out.push_str(&text[from..directive.start]);
                    let line = number + text[..directive.start].matches('\n').count();
                    let alone =
                        text[..directive.start].trim().is_empty() && text[directive.end..].trim().is_empty();
                    match self.one(&directive, &text[directive.start..directive.end], line, alone) {
                        Ok(html) => out.push_str(&html),
                        Err(message) => self.report(line, message),
                    }
                    from = directive.end;
                }
            }
        }
        out.push_str(&text[from..]);
        out
    }

    /// One directive's replacement.
    fn one(
        &mut self,
        directive: &Directive,
        whole: &str,
        line: usize,
        alone: bool,
    ) -> Result<String, String> {
        match directive.name {
            "census" => census::number(directive.arguments).map(|text| escape_markdown(&text)),
            "metric" => model::metric(self.site, directive.arguments).map(|text| escape_markdown(&text)),
            "model" => model::card(self.site, directive.arguments).map(|text| escape_markdown(&text)),
            "runs" => runs::number(self.site, directive.arguments).map(|text| escape_markdown(&text)),
            "trials" => trials::number(self.site, directive.arguments).map(|text| escape_markdown(&text)),
            "typical" => model::typical(self.site, directive.arguments).map(|text| escape_markdown(&text)),
            "training" => training::value(self.site, directive.arguments).map(|text| escape_markdown(&text)),
            "figure" if !alone => Err("put {{#figure …}} in a paragraph of its own".to_owned()),
            "figure" => self.figure(directive.arguments, line),
            name if MDBOOKS.contains(&name) => Ok(whole.to_owned()),
            name => {
                let known = [&OURS[..], &MDBOOKS[..]].concat().join(", ");
                Err(format!("unknown directive {{{{#{name} …}}}}; use one of: {known}"))
            }
        }
    }

    fn figure(&mut self, arguments: &str, line: usize) -> Result<String, String> {
        let (name, caption) = arguments.split_once(char::is_whitespace).unwrap_or((arguments, ""));
        if caption.trim().is_empty() {
            return Err(format!(
                "figure {name} has no caption; write {{{{#figure {name} what to see, how it was made}}}}"
            ));
        }
        let id = self.unique_id(&format!("figure-{name}"));
        let (before, after) = figure::render(self.site, name, &id)?;
        Ok(before + self.expand(caption.trim(), line).as_str() + after)
    }
}

/// How many of `lines` it takes until every directive begun in the first is closed; an empty line ends the search.
fn whole_directives(lines: &[&str]) -> usize {
    let mut taken = 1;
    while directive::is_open(&lines[..taken].join("\n")) {
        match lines.get(taken) {
            Some(line) if !line.trim().is_empty() => taken += 1,
            _ => break,
        }
    }
    taken
}

/// Whether a tag is in the middle of a line, outside inline code.
fn has_widget_tag(line: &str) -> bool {
    line.split('`').step_by(2).any(|prose| prose.contains("<Widget") || prose.contains("</Widget"))
}

/// A listing's first line: three or more backticks or tildes.
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    fn begun_by(line: &str) -> Option<Self> {
        let line = line.trim_start();
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let length = line.chars().take_while(|c| *c == mark).count();
        let info = &line[length..];
        (length >= 3 && !(mark == '`' && info.contains('`'))).then_some(Self { mark, length })
    }

    fn is_ended_by(&self, line: &str) -> bool {
        let line = line.trim();
        line.chars().all(|c| c == self.mark) && line.chars().count() >= self.length
    }
}
