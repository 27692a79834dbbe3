//! `{{#include FILE:ANCHOR}}` and its like: mdBook prints an empty listing for a missing anchor and goes on.

use std::path::Path;

use crate::directive::{self, NextDirective};

/// Line and message of every include of the chapter at `path` that would come out empty.
pub(super) fn check(path: &Path, text: &str) -> Vec<(usize, String)> {
    let folder = path.parent().unwrap_or(path);
    let mut problems = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let mut from = 0;
        while let NextDirective::Directive(directive) = directive::find(line, from) {
            from = directive.end;
            if matches!(directive.name, "include" | "rustdoc_include" | "playground") {
                let target = directive.arguments.split_whitespace().next().unwrap_or_default();
                problems.extend(problem(folder, target).map(|message| (index + 1, message)));
            }
        }
    }
    problems
}

fn problem(folder: &Path, target: &str) -> Option<String> {
    let (file, part) = target.split_once(':').unwrap_or((target, ""));
    let text = match std::fs::read_to_string(folder.join(file)) {
        Ok(text) => text,
        Err(error) => return Some(format!("cannot include {file}: {error}")),
    };
    let first = part.split(':').next().unwrap_or_default();
    match first.parse::<usize>() {
        Ok(line) if line > text.lines().count() => {
            Some(format!("{file} has {} lines, so there is no line {line} to include", text.lines().count()))
        }
        Err(_) if !first.is_empty() => anchor_problem(file, &text, first),
        _ => text.trim().is_empty().then(|| format!("{file} is empty")),
    }
}

fn anchor_problem(file: &str, text: &str, anchor: &str) -> Option<String> {
    let position = |mark: &str, from: usize| {
        text.lines().skip(from).position(|line| named(line, mark) == Some(anchor)).map(|index| from + index)
    };
    let Some(start) = position("ANCHOR:", 0) else {
        let known: Vec<&str> = text.lines().filter_map(|line| named(line, "ANCHOR:")).collect();
        return Some(format!("{file} has no line with ANCHOR: {anchor}; its anchors: {}", or_none(&known)));
    };
    let Some(end) = position("ANCHOR_END:", start) else {
        return Some(format!(
            "{file} has ANCHOR: {anchor} in line {}, but no ANCHOR_END: {anchor} after it",
            start + 1
        ));
    };
    let inside: Vec<&str> = text.lines().skip(start + 1).take(end - start - 1).collect();
    let empty = inside.iter().all(|line| line.trim().is_empty() || line.contains("ANCHOR"));
    empty.then(|| format!("{file} has nothing between ANCHOR: {anchor} and ANCHOR_END: {anchor}"))
}

/// The name after `mark`, as mdBook reads it.
fn named<'a>(line: &'a str, mark: &str) -> Option<&'a str> {
    let rest = line.split_once(mark)?.1.trim_start();
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-'))).unwrap_or(rest.len());
    Some(&rest[..end])
}

fn or_none(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}
