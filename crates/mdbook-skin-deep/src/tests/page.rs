//! What the preprocessor makes of a chapter, all the way through mdBook.

use super::TinyBook;

pub(super) const MANIFEST: &str = r#"{
    "modules": {
        "widgets": {"script": "generated/p-1.js", "wasm": "generated/p-2.wasm", "worker": null, "bytes": 600000},
        "inference-worker": {
            "script": "generated/r-1.js", "wasm": "generated/r-2.wasm", "worker": "generated/r-3.js", "bytes": 400000
        }
    },
    "styles": {
        "augmentation-lab": "generated/augmentation-lab-1.css", "classifier": "generated/classifier-1.css",
        "feature-maps": "generated/feature-maps-1.css", "kernel-lab": "generated/kernel-lab-1.css",
        "layer-chain": "generated/layer-chain-1.css"
    },
    "runtime": {
        "base": "generated/ort-1/", "script": "ort.mjs", "wasm": "ort.wasm", "wasm_bytes": 26000000,
        "wasm_sha256": "aa", "bytes": 26600000
    },
    "models": {
        "synthetic-resnet18-eight": {
            "onnx": "generated/models/m-1.onnx", "bytes": 44700000, "sha256": "bb", "classes": 1,
            "card": {
                "name": "synthetic-resnet18-eight", "title": "ResNet-18", "architecture": "resnet18",
                "task": "eight-class", "labels": ["MEL"], "precision": "fp32", "trained_on": "drawings",
                "licence": "MIT", "input": {"size": 128, "mean": [0.5, 0.5, 0.5], "std": [0.2, 0.2, 0.2]},
                "provenance": {"config": "c.toml", "config_sha256": "cc", "onnx_sha256": "bb"},
                "parity": {"tolerance": 0.0001, "inputs": 16, "native": 1e-7, "wasm": null, "webgpu": null}
            },
            "first_layers": "generated/models/m-first-layers-2.bin"
        }
    }
}"#;

pub(super) const CARD: &str = r#"
name = "net"
title = "ResNet-18 *for* eight diagnoses"
architecture = "resnet18"
task = "eight-class"
labels = ["MEL", "NV"]
precision = "fp32"
trained_on = "drawings"
licence = "MIT"
[input]
size = 128
mean = [0.485, 0.456, 0.406]
std = [0.229, 0.224, 0.225]
[provenance]
config = "c.toml"
config_sha256 = "cc"
onnx_sha256 = "bb"
[parity]
tolerance = 1e-4
inputs = 16
native = 1.2e-7
"#;

const METRICS: &str = r#"{
    "images": 1200, "labels": ["MEL", "NV"], "confusion_matrix": [[9, 1], [2, 8]],
    "balanced_accuracy": {"value": 0.874, "low": 0.851, "high": 0.893},
    "per_class": {"MEL": {"sensitivity": null, "auc": {"value": 0.9991, "low": 0.998, "high": 1.0}}}
}"#;

fn book_with_model(chapter: &str) -> TinyBook {
    let book = TinyBook::new(chapter);
    book.write("exported-models/net/model.toml", CARD);
    book.write("exported-models/net/metrics.json", METRICS);
    book.write("exported-models/net/model.onnx", "ten  bytes");
    book
}

fn check_main(chapter: &str, expected: &str) {
    assert_eq!(book_with_model(chapter).main(), expected);
}

fn check_error(chapter: &str, expected: &str) {
    assert_eq!(book_with_model(chapter).error(), expected);
}

/// One part of a page, from `start` to `end`, both included.
fn part<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    let from = page.find(start).unwrap_or_else(|| panic!("no {start} in {page}"));
    let to = from + page[from..].find(end).unwrap_or_else(|| panic!("no {end} after {start}")) + end.len();
    &page[from..to]
}

#[test]
fn numbers_come_from_the_model_s_files() {
    check_main(
        "{{#metric net balanced_accuracy}} on {{#metric net images}}: {{#metric net confusion_matrix.0.1}} wrong.\n\
         {{#metric net per_class.MEL.sensitivity}}, {{#metric net per_class.MEL.auc}}.\n",
        "<p>0.87 (0.85 to 0.89) on 1,200: 1 wrong.\n\
         undefined, 0.999 (0.998 to 1.000).</p>",
    );
}

#[test]
fn numbers_on_another_data_set_come_from_the_folder_of_its_name() {
    let chapter = "{{#metric net images}} and {{#metric net images clinic}}\n";
    let book = book_with_model(chapter);
    book.write("exported-models/net/clinic/metrics.json", &METRICS.replace("1200", "345"));
    assert_eq!(book.main(), "<p>1,200 and 345</p>");
    check_error(
        "{{#metric net images elsewhere}}\n",
        "src/part/one.md:1: cannot read exported-models/net/elsewhere/metrics.json: No such file or directory (os error 2); \
         run: cargo xtask evaluate",
    );
}

#[test]
fn values_of_the_card_are_formatted_and_escaped() {
    check_main(
        "{{#model net title}}: {{#model net input.size}}, {{#model net input.mean}}, {{#model net bytes}}, \
         {{#model net parity.native}}, {{#model net parity.wasm}}\n",
        "<p>ResNet-18 *for* eight diagnoses: 128, 0.485, 0.456, 0.406, 0.0 MB, 1.2 × 10⁻⁷, not measured</p>",
    );
}

#[test]
fn a_figure_is_inline_with_a_caption_in_markdown() {
    let book = book_with_model("{{#figure two-dots Two *dots*,\n{{#metric net images}} times.}}\n");
    let svg = "<?xml version=\"1.0\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 2 1\">\n\n\
               <title>Two dots</title><circle id=\"a\"/></svg>\n";
    book.write("src/figures/two-dots.svg", svg);
    assert_eq!(
        book.main(),
        "<figure class=\"figure\" id=\"figure-two-dots\">\n<div class=\"figure-art\">\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" viewbox=\"0 0 2 1\" role=\"img\" \
         aria-labelledby=\"figure-two-dots-title\">\n\
         <title id=\"figure-two-dots-title\">Two dots</title><circle id=\"figure-two-dots-a\" /></svg>\n</div>\n\
         <figcaption>\n<p>Two <em>dots</em>,\n1,200 times.</p>\n</figcaption>\n</figure>"
    );
}

#[test]
fn a_widget_is_a_frame_a_form_and_a_fallback() {
    let chapter = "<Widget name=\"kernel-lab\" kernel=\"own\" stride=\"2\"\n  coefficients=\"1 &lt; 2\">\n\
                   Nine *products*.\n</Widget>\n";
    let book = book_with_model(chapter);
    book.write("src/generated/manifest.json", MANIFEST);
    let main = book.main();
    assert_eq!(
        part(&main, "<section", "</header>"),
        "<section class=\"widget\" id=\"kernel-lab\" data-widget=\"kernel-lab\" data-state=\"waiting\" \
         data-script=\"../generated/p-1.js\" data-wasm=\"../generated/p-2.wasm\" \
         aria-labelledby=\"kernel-lab-title\">\n<header>\n\
         <h3 id=\"kernel-lab-title\" class=\"widget-title\">Kernel lab</h3>\n\
         <p class=\"widget-question\">How does one kernel change an image?</p>\n</header>"
    );
    assert_eq!(
        part(&main, "<div class=\"control control-number\" data-control=\"stride\">", "</p>"),
        "<div class=\"control control-number\" data-control=\"stride\">\n\
         <div class=\"control-label\">\n<label for=\"kernel-lab-stride\">Stride</label>\n\
         <button type=\"button\" class=\"help-button\" popovertarget=\"kernel-lab-stride-help\" \
         aria-label=\"Help: Stride\"></button>\n</div>\n<div class=\"control-pair\">\n\
         <input type=\"range\" id=\"kernel-lab-stride\" name=\"stride\" data-default=\"2\" \
         aria-describedby=\"kernel-lab-stride-help\" min=\"1\" max=\"8\" step=\"1\" value=\"2\">\n\
         <input type=\"number\" data-twin=\"stride\" aria-label=\"Stride, pixels\" min=\"1\" max=\"8\" step=\"1\" \
         value=\"2\">\n<span class=\"unit\">pixels</span>\n</div>\n\
         <p class=\"control-help\" id=\"kernel-lab-stride-help\" popover=\"\">How far the kernel moves from one result to the next.</p>"
    );
    assert!(main.contains("<option value=\"own\" selected=\"\">your own kernel</option>"), "{main}");
    assert!(part(&main, "<textarea", "</textarea>").ends_with(">1 &lt; 2</textarea>"));
    assert_eq!(
        part(&main, "<div class=\"widget-stage\">", "<div class=\"widget-player\">"),
        "<div class=\"widget-stage\">\n<div class=\"widget-fallback\">\n<p>Nine <em>products</em>.</p>\n</div>\n</div>\n\
         <div class=\"widget-player\">"
    );
    assert_eq!(
        part(&main, "<div class=\"widget-notes\">", "</section>"),
        "<div class=\"widget-notes\"></div>\n<details class=\"widget-details\">\n\
         <summary>How large the result is, and why</summary>\n</details>\n\
         </form>\n<p class=\"widget-message\" role=\"alert\" hidden=\"\"></p>\n<footer class=\"widget-foot\">\n\
         <button type=\"button\" data-action=\"reset\">Reset</button>\n\
         <button type=\"button\" data-action=\"copy-link\">Copy link</button>\n\
         <button type=\"button\" data-action=\"download\">Download picture</button>\n\
         <p class=\"widget-readout\" role=\"status\" aria-live=\"polite\"></p>\n\
         <span class=\"widget-cost\"></span>\n</footer>\n</section>"
    );
}

#[test]
fn a_widget_brings_its_style_sheet_once() {
    let widget = "<Widget name=\"kernel-lab\">\n\nNine products.\n\n</Widget>\n\n";
    let book = book_with_model(&widget.repeat(2));
    book.write("src/generated/manifest.json", MANIFEST);
    let main = book.main();
    let sheet = "<link rel=\"stylesheet\" href=\"../generated/kernel-lab-1.css\">";
    assert_eq!(main.matches("<link").count(), 1, "{main}");
    assert!(main.contains(&format!("{sheet}\n<section class=\"widget\" id=\"kernel-lab\"")), "{main}");
    assert!(main.contains("id=\"kernel-lab-2\""), "{main}");
}

#[test]
fn a_form_shows_the_image_first_then_the_bar_and_the_rest_in_groups_behind_more() {
    let book = book_with_model("<Widget name=\"kernel-lab\" image=\"nv\">\nNumbers.\n</Widget>\n");
    book.write("src/generated/manifest.json", MANIFEST);
    let main = book.main();
    let order = [
        "widget-strip",
        "name=\"image\"",
        "widget-bar",
        "name=\"kernel\"",
        "widget-stage",
        "widget-more\"",
        "name=\"seed\"",
    ];
    let places: Vec<_> =
        order.map(|mark| main.find(mark).unwrap_or_else(|| panic!("no {mark} in {main}"))).into();
    assert!(places.is_sorted(), "{order:?} at {places:?}");
    assert_eq!(
        part(&main, "<label class=\"thumbnail\" title=\"melanocytic", "</label>"),
        "<label class=\"thumbnail\" title=\"melanocytic nevus (NV), synthetic\" data-value=\"nv\">\
         <input type=\"radio\" name=\"image\" value=\"nv\" aria-label=\"melanocytic nevus (NV), synthetic\" checked=\"\">\
         <canvas width=\"1\" height=\"1\" aria-hidden=\"true\"></canvas><span aria-hidden=\"true\">NV</span></label>"
    );
    assert_eq!(main.matches(" checked").count(), 1, "one image");
    assert!(
        main.contains(
            "<summary>Image</summary>\n<div class=\"control control-number\" data-control=\"seed\">"
        )
    );
}

#[test]
fn a_widget_with_a_network_says_what_it_downloads_and_from_where() {
    let book = book_with_model("<Widget name=\"classifier\">\nEight bars.\n</Widget>\n");
    book.write("src/generated/manifest.json", MANIFEST);
    let main = book.main();
    // 400,000 + 26,600,000 + 44,700,000 bytes
    assert!(main.contains(
        "<button type=\"button\" class=\"widget-start\" data-action=\"start\" data-engine=\"27000000\">Start the network: downloads 72 MB \
         once (45 MB for the network, the rest for the engine that runs it)</button>"
    ));
    let section = part(&main, "<section", ">").replace("&quot;", "\"");
    for expected in [
        "data-script=\"../generated/p-1.js\" data-wasm=\"../generated/p-2.wasm\"",
        "data-worker=\"{\"script\":\"../generated/r-1.js\",\"wasm\":\"../generated/r-2.wasm\",\
         \"worker\":\"../generated/r-3.js\",\"bytes\":400000}\"",
        "data-runtime=\"{\"base\":\"../generated/ort-1/\"",
        "data-models=\"{\"",
        "\"synthetic-resnet18-eight\":{\"onnx\":\"../generated/models/m-1.onnx\"",
    ] {
        assert!(section.contains(expected), "{expected} in {section}");
    }
}

#[test]
fn every_page_says_what_its_reader_will_need_next() {
    let lab = "<Widget name=\"kernel-lab\">\nA sum.\n</Widget>\n";
    let expected = "<div hidden=\"\" id=\"ahead\" data-script=\"../generated/p-1.js\" data-wasm=\"../generated/p-2.wasm\"></div>";
    for chapter in ["Only words.\n".to_owned(), format!("{lab}\n{lab}")] {
        let book = book_with_model(&chapter);
        book.write("src/generated/manifest.json", MANIFEST);
        let main = book.main();
        assert_eq!(main.matches(expected).count(), 1, "{main}");
    }
}

#[test]
fn the_second_widget_of_a_name_has_an_id_of_its_own() {
    let one = "<Widget name=\"kernel-lab\">\nA sum.\n</Widget>\n";
    let main = book_with_model(&format!("{one}\n{one}")).main();
    assert!(main.contains("id=\"kernel-lab\"") && main.contains("id=\"kernel-lab-2\""));
}

#[test]
fn before_the_first_build_a_widget_is_its_fallback_and_a_note() {
    check_main(
        "<Widget name=\"kernel-lab\">\nNine products.\n</Widget>\n",
        "<section class=\"widget\" id=\"kernel-lab\" data-widget=\"kernel-lab\" data-state=\"unbuilt\" \
         aria-labelledby=\"kernel-lab-title\">\n<header>\n\
         <h3 id=\"kernel-lab-title\" class=\"widget-title\">Kernel lab</h3>\n\
         <p class=\"widget-question\">How does one kernel change an image?</p>\n</header>\n\
         <div class=\"widget-body\">\n<div class=\"widget-stage\">\n<div class=\"widget-fallback\">\n\
         <p>Nine products.</p>\n</div>\n</div>\n</div>\n\
         <p class=\"widget-message\">This page was built without its interactive part; run: \
         <code>cargo xtask build</code></p>\n</section>",
    );
}

#[test]
fn listings_and_escaped_directives_are_left_alone() {
    check_main(
        "```text\n<Widget name=\"none\">\n```\n\n`\\{{#metric a b}}` and `<Widget>`\n",
        "<pre><code class=\"language-text\">&lt;Widget name=\"none\"&gt;\n</code></pre>\n\
         <p><code>{{#metric a b}}</code> and <code>&lt;Widget&gt;</code></p>",
    );
}

#[test]
fn an_unknown_directive_names_file_line_and_the_known() {
    check_error(
        "# One\n\n{{#metrik net images}}\n",
        "src/part/one.md:3: unknown directive {{#metrik …}}; use one of: census, figure, metric, model, runs, training, trials, typical, include, rustdoc_include, \
         playground, title",
    );
}

#[test]
fn every_problem_of_a_chapter_is_listed() {
    let widgets = catalog::widget::WIDGETS.iter().map(|widget| widget.name).collect::<Vec<_>>().join(", ");
    let settable = |control: &&catalog::widget::Control| control.kind.default_text().is_some();
    let controls = catalog::widget::KERNEL_LAB.all_controls().filter(settable);
    let controls = controls.map(|control| control.name).collect::<Vec<_>>().join(", ");
    check_error(
        "<Widget name=\"kernel-lap\">\nx\n</Widget>\n\n<Widget name=\"kernel-lab\" strid=\"2\" stride=\"2.5\" \
         padding=\"mirror\">\nx\n</Widget>\n",
        &format!(
            "src/part/one.md:1: unknown widget kernel-lap; use one of: {widgets}\n\
             src/part/one.md:5: kernel-lab has no parameter strid; use one of: {controls}\n\
             src/part/one.md:5: kernel-lab stride: \"2.5\" is not allowed; use a number from 1 to 8 in steps of 1\n\
             src/part/one.md:5: kernel-lab padding: \"mirror\" is not allowed; use one of none, zero, replicate, reflect"
        ),
    );
}

#[test]
fn a_widget_must_be_closed_have_a_body_and_stand_alone() {
    check_error(
        "\n<Widget name=\"kernel-lab\">\nx\n",
        "src/part/one.md:2: this <Widget> is never closed; add </Widget> on a line of its own",
    );
    check_error(
        "<Widget name=\"kernel-lab\">\n\n</Widget>\n",
        "src/part/one.md:1: this <Widget> has no body; write a fallback that teaches without JavaScript",
    );
    check_error(
        "x <Widget name=\"kernel-lab\">\n",
        "src/part/one.md:1: put <Widget …> and </Widget> on lines of their own",
    );
    check_error(
        "</Widget>\n",
        "src/part/one.md:1: </Widget> without a <Widget …> before it; add one or remove this line",
    );
}

#[test]
fn a_missing_number_lists_those_there_are() {
    check_error(
        "one\ntwo {{#metric net per_class.NV.auc}}\n",
        "src/part/one.md:2: exported-models/net/metrics.json has no per_class.NV.auc; instead of NV use one of: MEL",
    );
    check_error(
        "{{#metric net per_class}}\n",
        "src/part/one.md:1: per_class of exported-models/net/metrics.json is not a single number; add one of its keys: MEL",
    );
    check_error(
        "{{#metric other images}}\n",
        "src/part/one.md:1: cannot read exported-models/other/metrics.json: No such file or directory (os error 2); \
         run: cargo xtask export",
    );
}

#[test]
fn a_missing_figure_says_what_to_run() {
    check_error(
        "{{#figure none A caption.}}\n",
        "src/part/one.md:1: cannot read src/figures/none.svg: No such file or directory (os error 2); \
         run: cargo xtask figures",
    );
    check_error(
        "a {{#figure none A caption.}}\n",
        "src/part/one.md:1: put {{#figure …}} in a paragraph of its own",
    );
    check_error(
        "{{#figure none}}\n",
        "src/part/one.md:1: figure none has no caption; write {{#figure none what to see, how it was made}}",
    );
}

#[test]
fn an_unfinished_directive_and_one_in_a_listing_are_found() {
    check_error(
        "a\n{{#metric net\n\nimages}}\n",
        "src/part/one.md:2: this {{#… is not closed before the paragraph ends; add }}",
    );
    check_error(
        "```text\n{{#metric net images}}\n```\n",
        "src/part/one.md:2: {{#metric …}} in a listing; only these work there: include, rustdoc_include, playground, title",
    );
}

#[test]
fn an_unreadable_manifest_says_what_to_run() {
    let book = book_with_model("x\n");
    book.write("src/generated/manifest.json", "{");
    let error = book.error();
    assert!(
        error.contains("cannot read the manifest ") && error.contains("run: cargo xtask build"),
        "{error}"
    );
}
