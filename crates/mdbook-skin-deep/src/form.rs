//! A widget's controls as a plain HTML form, there before any script runs.

use std::fmt::Write;

use architecture::{Group, Network};
use catalog::widget::{Control, Kind};

use crate::html::escape;

/// One control; `value` is what it starts with, `layers` what a layer control offers.
pub(crate) fn control(id: &str, control: &Control, value: Option<&str>, layers: Option<&Network>) -> String {
    let Control { name, label, .. } = control;
    let field = format!("{id}-{name}");
    let help = if control.help.is_empty() {
        String::new()
    } else {
        format!("<p class=\"control-help\" id=\"{field}-help\">{}</p>\n", escape(control.help))
    };
    let described =
        if help.is_empty() { String::new() } else { format!(" aria-describedby=\"{field}-help\"") };
    let value = value.unwrap_or_default();
    let start = format!("id=\"{field}\" name=\"{name}\" data-default=\"{}\"{described}", escape(value));
    let label_tag = format!("<label for=\"{field}\">{}</label>\n", escape(label));
    let (kind, body) = match control.kind {
        Kind::Choice { options, .. } => ("choice", label_tag + &select(&start, options, value)),
        Kind::Layer { .. } => ("choice", label_tag + &layer_select(&start, layers, value)),
        Kind::Number { min, max, step, unit, .. } => {
            let range = format!("min=\"{min}\" max=\"{max}\" step=\"{step}\" value=\"{}\"", escape(value));
            ("number", label_tag + &number(&start, name, &range, label, unit))
        }
        Kind::Toggle { .. } => {
            let checked = if value == "true" { " checked" } else { "" };
            ("toggle", format!("<input type=\"checkbox\" {start}{checked}>\n{label_tag}"))
        }
        Kind::Text { rows, .. } => {
            let text = escape(value);
            let area = format!("<textarea {start} rows=\"{rows}\" spellcheck=\"false\">{text}</textarea>\n");
            ("text", label_tag + &area)
        }
        Kind::File { accept, multiple } => {
            let several = if multiple { " multiple" } else { "" };
            let file = format!(
                "<input type=\"file\" id=\"{field}\" name=\"{name}\" accept=\"{accept}\"{several}{described}>\n"
            );
            ("file", label_tag + &file)
        }
        Kind::Action => {
            let button = format!("<button type=\"button\" id=\"{field}\" name=\"{name}\"{described}>");
            ("action", format!("{button}{}</button>\n", escape(label)))
        }
    };
    format!("<div class=\"control control-{kind}\" data-control=\"{name}\">\n{body}{help}</div>\n")
}

fn select(start: &str, options: &[(&str, &str)], chosen: &str) -> String {
    let mut out = format!("<select {start}>\n");
    for (value, words) in options {
        let selected = if *value == chosen { " selected" } else { "" };
        let _infallible = writeln!(out, "<option value=\"{value}\"{selected}>{}</option>", escape(words));
    }
    out + "</select>\n"
}

/// The layers of a network, grouped by stage.
fn layer_select(start: &str, network: Option<&Network>, chosen: &str) -> String {
    let mut out = format!("<select {start}>\n");
    for Group { title, layers } in network.map(Network::menu).unwrap_or_default() {
        let _infallible = writeln!(out, "<optgroup label=\"{}\">", escape(&title));
        for layer in layers {
            let selected = if layer.name == chosen { " selected" } else { "" };
            let (name, words) = (&layer.name, escape(&layer.words()));
            let _infallible = writeln!(out, "<option value=\"{name}\"{selected}>{name}: {words}</option>");
        }
        out.push_str("</optgroup>\n");
    }
    out + "</select>\n"
}

/// A slider and, after it, its number to type into.
fn number(start: &str, name: &str, range: &str, label: &str, unit: &str) -> String {
    let spoken = if unit.is_empty() { label.to_owned() } else { format!("{label}, {unit}") };
    let unit = if unit.is_empty() {
        String::new()
    } else {
        format!("<span class=\"unit\">{}</span>\n", escape(unit))
    };
    format!(
        "<div class=\"control-pair\">\n<input type=\"range\" {start} {range}>\n\
         <input type=\"number\" data-twin=\"{name}\" aria-label=\"{}\" {range}>\n{unit}</div>\n",
        escape(&spoken)
    )
}
