//! A widget's controls as a plain HTML form, there before any script runs.

use std::fmt::Write;

use architecture::{LayerGroup, Network};
use catalog::widget::{Control, ControlKind, ControlPlace, Widget};

use crate::html::escape;

/// The form of one widget on a page.
pub(crate) struct WidgetForm<'a> {
    /// The section's id, with which every id in it begins.
    pub(crate) id: &'a str,
    pub(crate) widget: &'a Widget,
    /// What a layer control offers.
    pub(crate) layers: Option<&'a Network>,
    /// What a control starts with.
    pub(crate) value: &'a dyn Fn(&Control) -> Option<String>,
}

impl WidgetForm<'_> {
    /// The controls of a place in a row; empty if there are none.
    pub(crate) fn row(&self, class: &str, place: ControlPlace) -> String {
        let controls = self.at(place);
        if controls.is_empty() { controls } else { format!("<div class=\"{class}\">\n{controls}</div>\n") }
    }

    /// The bar: the most important controls, and what opens the panel with the others.
    pub(crate) fn bar(&self) -> String {
        let more = if self.widget.groups().is_empty() {
            String::new()
        } else {
            format!(
                "<button type=\"button\" class=\"widget-more-button\" aria-expanded=\"false\" \
                 aria-controls=\"{}-more\">More</button>\n",
                self.id
            )
        };
        format!("<div class=\"widget-bar\">\n{}{more}</div>\n", self.at(ControlPlace::Bar))
    }

    /// The panel behind "More", a group after the other; several fold by themselves, the first one open.
    pub(crate) fn more(&self) -> String {
        let groups = self.widget.groups();
        if groups.is_empty() {
            return String::new();
        }
        let mut out = format!(
            "<div class=\"widget-more\" id=\"{}-more\" role=\"group\" aria-label=\"More settings\" hidden>\n",
            self.id
        );
        for (index, (title, controls)) in groups.iter().enumerate() {
            let open = if index == 0 { " open" } else { "" };
            let controls: String = controls.iter().map(|control| self.control(control)).collect();
            let _infallible = writeln!(
                out,
                "<details class=\"more-group\"{open}>\n<summary>{}</summary>\n{controls}</details>",
                escape(title)
            );
        }
        out + "</div>\n"
    }

    fn at(&self, place: ControlPlace) -> String {
        self.widget
            .all_controls()
            .filter(|control| control.place == place)
            .map(|control| self.control(control))
            .collect()
    }

    fn control(&self, control: &Control) -> String {
        let Control { name, label, .. } = control;
        let field = format!("{}-{name}", self.id);
        let value = (self.value)(control).unwrap_or_default();
        let value = value.as_str();
        let (described, button, help) = help(&field, control);
        let start = format!("id=\"{field}\" name=\"{name}\" data-default=\"{}\"{described}", escape(value));
        let label_tag = format!(
            "<div class=\"control-label\">\n<label for=\"{field}\">{}</label>\n{button}</div>\n",
            escape(label)
        );
        let (kind, body) = match control.kind {
            ControlKind::Choice { options, .. } => ("choice", label_tag + &select(&start, options, value)),
            ControlKind::Pictures { options, .. } => {
                let default = escape(value);
                let thumbnails = thumbnails(name, options, value);
                return format!(
                    "<fieldset class=\"control control-pictures\" data-control=\"{name}\" id=\"{field}\" \
                     data-default=\"{default}\"{described}>\n<legend>{}</legend>\n{thumbnails}</fieldset>\n{button}{help}",
                    escape(label)
                );
            }
            ControlKind::Layer { .. } => ("choice", label_tag + &layer_select(&start, self.layers, value)),
            ControlKind::Number { min, max, step, unit, .. } => {
                let range =
                    format!("min=\"{min}\" max=\"{max}\" step=\"{step}\" value=\"{}\"", escape(value));
                ("number", label_tag + &number(&start, name, &range, label, unit))
            }
            ControlKind::Toggle { .. } => {
                let checked = if value == "true" { " checked" } else { "" };
                ("toggle", format!("<input type=\"checkbox\" {start}{checked}>\n{label_tag}"))
            }
            ControlKind::Text { rows, .. } => {
                let text = escape(value);
                let area =
                    format!("<textarea {start} rows=\"{rows}\" spellcheck=\"false\">{text}</textarea>\n");
                ("text", label_tag + &area)
            }
            ControlKind::File { accept, multiple } => {
                let several = if multiple { " multiple" } else { "" };
                let file = format!(
                    "<label class=\"file-button\">{}<input type=\"file\" id=\"{field}\" name=\"{name}\" \
                     accept=\"{accept}\"{several}{described}></label>\n{button}",
                    escape(label)
                );
                ("file", file)
            }
            ControlKind::Action => {
                let action = format!("<button type=\"button\" id=\"{field}\" name=\"{name}\"{described}>");
                ("action", format!("{action}{}</button>\n{button}", escape(label)))
            }
        };
        format!("<div class=\"control control-{kind}\" data-control=\"{name}\">\n{body}{help}</div>\n")
    }
}

/// What refers to a control's help, the button that shows it, and the help itself; all empty if there is none.
fn help(field: &str, control: &Control) -> (String, String, String) {
    if control.help.is_empty() {
        return Default::default();
    }
    let described = format!(" aria-describedby=\"{field}-help\"");
    let label = escape(control.label);
    let button = format!(
        "<button type=\"button\" class=\"help-button\" popovertarget=\"{field}-help\" aria-label=\"Help: {label}\"></button>\n"
    );
    let help =
        format!("<p class=\"control-help\" id=\"{field}-help\" popover>{}</p>\n", escape(control.help));
    (described, button, help)
}

fn select(start: &str, options: &[(&str, &str)], chosen: &str) -> String {
    let mut out = format!("<select {start}>\n");
    for (value, words) in options {
        let selected = if *value == chosen { " selected" } else { "" };
        let _infallible = writeln!(out, "<option value=\"{value}\"{selected}>{}</option>", escape(words));
    }
    out + "</select>\n"
}

/// A picture to press for each value; the module draws it.
fn thumbnails(name: &str, options: &[(&str, &str)], chosen: &str) -> String {
    let mut out = String::new();
    for (value, words) in options {
        let checked = if *value == chosen { " checked" } else { "" };
        let (words, short) = (escape(words), value.to_uppercase());
        let _infallible = writeln!(
            out,
            "<label class=\"thumbnail\" title=\"{words}\" data-value=\"{value}\">\
             <input type=\"radio\" name=\"{name}\" value=\"{value}\" aria-label=\"{words}\"{checked}>\
             <canvas width=\"1\" height=\"1\" aria-hidden=\"true\"></canvas><span aria-hidden=\"true\">{short}</span></label>"
        );
    }
    out
}

/// The layers of a network, grouped by stage.
fn layer_select(start: &str, network: Option<&Network>, chosen: &str) -> String {
    let mut out = format!("<select {start}>\n");
    for LayerGroup { title, layers } in network.map(Network::menu).unwrap_or_default() {
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
