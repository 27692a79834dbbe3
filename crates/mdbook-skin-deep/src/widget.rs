//! `<Widget>` as the page holds it: a frame, a form from `catalog`, a stage with the author's fallback.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use catalog::manifest::{
    self, Manifest, ModelFile, Module, OnnxFile, Runtime, TestFile, WORKER, start_words,
};
use catalog::widget::{Control, ControlKind, ControlPlace, WIDGETS, Widget, WidgetNeed, widget};

use crate::form::WidgetForm;
use crate::html::escape;
use crate::model::read_card;
use crate::site::{Site, way_up};
use crate::tag::Tag;
use crate::training::Training;

/// A widget ready for the page, around its fallback, which is Markdown of the chapter.
pub(crate) struct Rendered {
    /// Before the fallback.
    pub(crate) before: String,
    /// After it.
    pub(crate) after: String,
    /// Whether files of the build are missing, so that only the fallback is shown.
    pub(crate) unbuilt: bool,
}

/// The widget that a tag names.
///
/// # Errors
/// A tag without a name or with an unknown one; the message lists the known.
pub(crate) fn named(tag: &Tag) -> Result<&'static Widget, String> {
    let known = || WIDGETS.iter().map(|w| w.name).collect::<Vec<_>>().join(", ");
    let name = tag.get("name").ok_or_else(|| format!("<Widget> has no name; use one of: {}", known()))?;
    widget(name).ok_or_else(|| format!("unknown widget {name}; use one of: {}", known()))
}

/// Everything wrong with a tag's parameters, compared with the catalog.
pub(crate) fn check(widget: &Widget, tag: &Tag) -> Vec<String> {
    let settable = || {
        let names = widget.all_controls().filter(|c| c.kind.default_text().is_some()).map(|c| c.name);
        names.collect::<Vec<_>>().join(", ")
    };
    let parameters = tag.attributes.iter().filter(|(key, _)| key != "name");
    let wrong = parameters.filter_map(|(key, value)| match widget.control(key) {
        None => Some(format!("{} has no parameter {key}; use one of: {}", widget.name, settable())),
        Some(control) => {
            control.kind.check(value).err().map(|error| format!("{} {key}: {}", widget.name, error.0))
        }
    });
    wrong.collect()
}

/// Where the widgets' module lies, so that the loader fetches it while the reader reads, also a page without
/// a widget; empty before the first build.
pub(crate) fn ahead(site: &Site, chapter: &Path) -> String {
    let module = site.manifest.as_ref().and_then(|manifest| manifest.modules.get(manifest::WIDGETS));
    module.map_or_else(String::new, |module| {
        format!("\n<div hidden id=\"ahead\"{}></div>\n", module_attributes(module, &way_up(chapter)))
    })
}

/// `data-script` and `data-wasm`.
fn module_attributes(module: &Module, up: &str) -> String {
    let (script, wasm) = (escape(&module.script), escape(&module.wasm));
    format!(" data-script=\"{up}{script}\" data-wasm=\"{up}{wasm}\"")
}

/// Renders a checked widget for a chapter.
///
/// # Errors
/// A training that the widget shows and whose configuration cannot be read.
pub(crate) fn render(
    site: &Site,
    chapter: &Path,
    widget: &Widget,
    tag: &Tag,
    id: &str,
) -> Result<Rendered, String> {
    let trainings = trainings(site, widget)?;
    let network = network(site, widget, tag)?;
    Ok(match files(site.manifest.as_ref(), widget) {
        Some(files) => whole(chapter, widget, tag, id, &files, &trainings, network.as_ref()),
        None => fallback_only(widget, id),
    })
}

/// The trainings of the models that a widget offers, where it shows them.
fn trainings(site: &Site, widget: &Widget) -> Result<Vec<(&'static str, Training)>, String> {
    if !widget.needs(WidgetNeed::Trainings) {
        return Ok(Vec::new());
    }
    offered(widget).map(|model| Ok((model, Training::read(site, model)?))).collect()
}

/// The network of the model that a widget shows first, where its form offers layers.
///
/// # Errors
/// A card that cannot be read, or a layer that the network does not have; the message lists a few that it has.
fn network(site: &Site, widget: &Widget, tag: &Tag) -> Result<Option<architecture::Network>, String> {
    let controls =
        || widget.all_controls().filter(|control| matches!(control.kind, ControlKind::Layer { .. }));
    if controls().next().is_none() {
        return Ok(None);
    }
    let value = |control: &Control| {
        tag.get(control.name).map(str::to_owned).or_else(|| control.kind.default_text()).unwrap_or_default()
    };
    let model = widget.control("model").map(value).unwrap_or_default();
    let card = read_card(site, &model)?;
    let network = architecture::by_name(&card.architecture, card.labels.len(), card.input.size as usize)
        .map_err(|error| format!("{}: {error}", card.name))?;
    for control in controls() {
        let layer = value(control);
        if network.layer(&layer).is_none() {
            let stops: Vec<_> = network.stops().iter().map(|layer| layer.name.as_str()).collect();
            let (name, stops) = (control.name, stops.join(", "));
            return Err(format!("{} {name}: {model} has no layer {layer}; its stops: {stops}", widget.name));
        }
    }
    Ok(Some(network))
}

/// The files of the last build that a widget needs.
struct BuiltFiles<'a> {
    /// Its style sheet.
    style: &'a str,
    module: &'a Module,
    network: Option<NetworkFiles<'a>>,
    /// Models and the files with their first layers.
    first_layers: Vec<(&'a str, &'a str)>,
    /// Tests and the files with their answers.
    tests: &'a [TestFile],
}

/// What runs a network, and the networks.
struct NetworkFiles<'a> {
    worker: &'a Module,
    runtime: &'a Runtime,
    models: BTreeMap<&'a str, &'a ModelFile>,
}

/// `None` if one is missing.
fn files<'a>(manifest: Option<&'a Manifest>, widget: &Widget) -> Option<BuiltFiles<'a>> {
    let manifest = manifest?;
    let module = manifest.modules.get(manifest::WIDGETS)?;
    let style = manifest.styles.get(widget.name)?;
    let network = if widget.needs(WidgetNeed::Network) {
        let worker = manifest.modules.get(WORKER)?;
        worker.worker.as_ref()?;
        let models: Option<_> = offered(widget)
            .map(|name| manifest.models.get_key_value(name).map(|(name, file)| (name.as_str(), file)))
            .collect();
        Some(NetworkFiles { worker, runtime: manifest.runtime.as_ref()?, models: models? })
    } else {
        None
    };
    let first_layers = if widget.needs(WidgetNeed::FirstLayers) {
        let models = offered(widget).map(|name| manifest.models.get_key_value(name));
        let models = models.collect::<Option<Vec<_>>>()?.into_iter();
        // A network may begin in another way, and then has no such file.
        models.filter_map(|(name, file)| Some((name.as_str(), file.first_layers.as_deref()?))).collect()
    } else {
        Vec::new()
    };
    let needs_tests = widget.needs(WidgetNeed::TestAnswers) || widget.needs(WidgetNeed::TestScores);
    let tests = if needs_tests { &manifest.tests[..] } else { &[] };
    Some(BuiltFiles { style, module, network, first_layers, tests })
}

/// The models a widget offers: the options of its control `model`.
fn offered(widget: &Widget) -> impl Iterator<Item = &'static str> {
    let options: &'static [_] = match widget.control("model").map(|control| control.kind) {
        Some(ControlKind::Choice { options, .. }) => options,
        _ => &[],
    };
    options.iter().map(|(value, _)| *value)
}

/// The frame's first lines: title and question.
fn header(widget: &Widget, id: &str) -> String {
    format!(
        "<header>\n<h3 id=\"{id}-title\" class=\"widget-title\">{}</h3>\n<p class=\"widget-question\">{}</p>\n</header>\n",
        escape(widget.title),
        escape(widget.question)
    )
}

const STAGE: &str = "<div class=\"widget-stage\">\n<div class=\"widget-fallback\">\n\n";

fn whole(
    chapter: &Path,
    widget: &Widget,
    tag: &Tag,
    id: &str,
    needs: &BuiltFiles,
    trainings: &[(&str, Training)],
    layers: Option<&architecture::Network>,
) -> Rendered {
    let up = way_up(chapter);
    // Where it stands it holds back only what comes after it; a second widget of the same name finds it there.
    let mut before = if id == widget.name {
        format!("<link rel=\"stylesheet\" href=\"{up}{}\">\n", escape(needs.style))
    } else {
        String::new()
    };
    let _infallible = write!(
        before,
        "<section class=\"widget\" id=\"{id}\" data-widget=\"{}\" data-state=\"waiting\"{}{}{}{}{} \
         aria-labelledby=\"{id}-title\">\n{}",
        widget.name,
        module_attributes(needs.module, &up),
        network_attributes(needs, &up),
        training_attribute(trainings),
        first_layers_attribute(needs, &up),
        tests_attribute(widget, needs, &up),
        header(widget, id),
    );
    // The author's value, else that of the training shown first, else the catalog's.
    let first = tag.get("model").and_then(|model| trainings.iter().find(|(name, _)| *name == model));
    let first = first.or(trainings.first()).map(|(_, training)| training);
    let value = |control: &Control| {
        let given = tag.get(control.name).map(str::to_owned);
        let trained = || first.and_then(|training| training.control(control.name));
        given.or_else(trained).or_else(|| control.kind.default_text())
    };
    let form = WidgetForm { id, widget, layers, value: &value };
    before.push_str("<form class=\"widget-body\" autocomplete=\"off\">\n");
    before.push_str(&form.row("widget-strip", ControlPlace::Strip));
    before.push_str(&form.bar());
    if let Some(network) = &needs.network {
        before.push_str(&network_row(widget, network, value));
    }
    before.push_str(STAGE);
    let mut after = "\n\n</div>\n</div>\n".to_owned();
    after.push_str(&form.row("widget-player", ControlPlace::Player));
    after.push_str(&form.more());
    after.push_str("<div class=\"widget-notes\"></div>\n");
    if !widget.details.is_empty() {
        let _infallible = writeln!(
            after,
            "<details class=\"widget-details\">\n<summary>{}</summary>\n</details>",
            escape(widget.details)
        );
    }
    after.push_str(FOOT);
    Rendered { before, after, unbuilt: false }
}

/// Ends the form; what is wrong, what there is to do with the result, and what was said of it.
const FOOT: &str = "</form>\n\
    <p class=\"widget-message\" role=\"alert\" hidden></p>\n\
    <footer class=\"widget-foot\">\n\
    <button type=\"button\" data-action=\"reset\">Reset</button>\n\
    <button type=\"button\" data-action=\"copy-link\">Copy link</button>\n\
    <button type=\"button\" data-action=\"download\">Download picture</button>\n\
    <p class=\"widget-readout\" role=\"status\" aria-live=\"polite\"></p>\n\
    <span class=\"widget-cost\"></span>\n\
    </footer>\n</section>\n";

/// The row of the network: at first the button that loads it, with the size of the download.
fn network_row(
    widget: &Widget,
    network: &NetworkFiles,
    value: impl Fn(&Control) -> Option<String>,
) -> String {
    let chosen = |name: &str| widget.control(name).and_then(&value).unwrap_or_default();
    let model = network.models.get(chosen("model").as_str());
    let full = model.and_then(|model| model.full_precision.as_ref());
    let full = full.filter(|_| chosen("full-precision") == "true").map(|full| full.bytes);
    let bytes = full.or(model.map(|model| model.bytes)).unwrap_or_default();
    let engine = network.worker.bytes + network.runtime.bytes;
    let words = start_words(bytes, engine);
    format!(
        "<div class=\"widget-network\">\n<button type=\"button\" class=\"widget-start\" data-action=\"start\" \
         data-engine=\"{engine}\">{words}</button>\n</div>\n"
    )
}

/// `data-worker`, `data-runtime` and `data-models`, with every path relative to the page.
fn network_attributes(needs: &BuiltFiles, up: &str) -> String {
    let Some(NetworkFiles { worker, runtime, models }) = &needs.network else { return String::new() };
    let below = |url: &str| format!("{up}{url}");
    let worker = Module {
        script: below(&worker.script),
        wasm: below(&worker.wasm),
        worker: worker.worker.as_deref().map(below),
        bytes: worker.bytes,
    };
    let runtime = Runtime { base: below(&runtime.base), ..(*runtime).clone() };
    let models: BTreeMap<&str, ModelFile> = models
        .iter()
        .map(|(name, file)| {
            let precomputed = file.precomputed.as_deref().map(below);
            let first_layers = file.first_layers.as_deref().map(below);
            let typical = file.typical.as_deref().map(below);
            let full_precision = file.full_precision.clone();
            let full_precision = full_precision.map(|full| OnnxFile { onnx: below(&full.onnx), ..full });
            let onnx = below(&file.onnx);
            let file = (*file).clone();
            (*name, ModelFile { onnx, full_precision, precomputed, first_layers, typical, ..file })
        })
        .collect();
    // None can fail: plain structs with string keys.
    let worker = serde_json::to_string(&worker).unwrap_or_default();
    let runtime = serde_json::to_string(&runtime).unwrap_or_default();
    let models = serde_json::to_string(&models).unwrap_or_default();
    format!(
        " data-worker=\"{}\" data-runtime=\"{}\" data-models=\"{}\"",
        escape(&worker),
        escape(&runtime),
        escape(&models)
    )
}

/// `data-trainings`: what the page is told about each training, as JSON.
fn training_attribute(trainings: &[(&str, Training)]) -> String {
    if trainings.is_empty() {
        return String::new();
    }
    let told: Vec<_> = trainings.iter().map(|(_, training)| training.told()).collect();
    // Cannot fail: plain structs with string keys.
    let json = serde_json::to_string(&told).unwrap_or_default();
    format!(" data-trainings=\"{}\"", escape(&json))
}

/// `data-first-layers`: a line for each network, its name and the address of its first layers, relative to the page.
fn first_layers_attribute(needs: &BuiltFiles, up: &str) -> String {
    if needs.first_layers.is_empty() {
        return String::new();
    }
    let lines: Vec<_> = needs.first_layers.iter().map(|(model, url)| format!("{model} {up}{url}")).collect();
    format!(" data-first-layers=\"{}\"", escape(&lines.join("\n")))
}

/// `data-tests`: a line for each test, `MODEL/DATA URL`; `data-scores`: a JSON object, `MODEL/DATA` → [`manifest::TestScores`].
fn tests_attribute(widget: &Widget, needs: &BuiltFiles, up: &str) -> String {
    let mut text = String::new();
    if widget.needs(WidgetNeed::TestAnswers) {
        let line = |TestFile { test, answers, .. }: &TestFile| format!("{test} {up}{answers}");
        let lines: Vec<_> = needs.tests.iter().map(line).collect();
        let _infallible = write!(text, " data-tests=\"{}\"", escape(&lines.join("\n")));
    }
    if widget.needs(WidgetNeed::TestScores) {
        let scores: BTreeMap<_, _> = needs.tests.iter().map(|test| (&test.test, &test.scores)).collect();
        // It cannot fail: plain structs with string keys.
        let scores = serde_json::to_string(&scores).unwrap_or_default();
        let _infallible = write!(text, " data-scores=\"{}\"", escape(&scores));
    }
    text
}

fn fallback_only(widget: &Widget, id: &str) -> Rendered {
    let before = format!(
        "<section class=\"widget\" id=\"{id}\" data-widget=\"{}\" data-state=\"unbuilt\" \
         aria-labelledby=\"{id}-title\">\n{}<div class=\"widget-body\">\n{STAGE}",
        widget.name,
        header(widget, id)
    );
    let after = "\n\n</div>\n</div>\n</div>\n<p class=\"widget-message\">This page was built without its interactive part; \
                 run: <code>cargo xtask build</code></p>\n</section>\n";
    Rendered { before, after: after.to_owned(), unbuilt: true }
}
