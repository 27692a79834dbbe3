//! What a page tells of a training: the configuration's own words.

use super::TinyBook;
use super::page::MANIFEST;

const CHAPTER: &str = "<Widget name=\"augmentation-lab\">\n\nOne lesion, turned.\n\n</Widget>\n";
const CARD: &str = "exported-models/synthetic-resnet18-eight/model.toml";
/// Keys that only the training itself reads are left out.
const CONFIG: &str = r#"seed = 2019
[data]
memory_size = 144
[augmentation]
flip_horizontal = true
flip_vertical = false
quarter_turns = true
rotation = 20.0
shift = 0.057
scale = 0.1
brightness = 0
contrast = 0.1
saturation = 0.1
fill = "reflect"
[[stages]]
epochs = 10
image_size = 64
[[stages]]
epochs = 3
image_size = 128
"#;
/// Of [`CONFIG`].
const SHA256: &str = "780c685ad1dd66f6b04509d1f9845a33714b77c3c5c698bbe4513de5833af602";

fn book(config: &str) -> TinyBook {
    let book = TinyBook::new(CHAPTER);
    book.write("src/generated/manifest.json", MANIFEST);
    let card = super::page::CARD
        .replace("\"c.toml\"", "\"configs/c.toml\"")
        .replace("\"cc\"", &format!("\"{SHA256}\""));
    book.write(CARD, &card);
    book.write("configs/c.toml", config);
    book
}

fn trainings(page: &str) -> &str {
    let start = page.find("data-trainings=\"").unwrap() + "data-trainings=\"".len();
    page[start..].split('"').next().unwrap()
}

/// What a control of the form begins with.
fn default<'a>(page: &'a str, control: &str) -> &'a str {
    let field = page.split(&format!("name=\"{control}\" data-default=\"")).nth(1).unwrap();
    field.split('"').next().unwrap()
}

#[test]
fn the_page_carries_the_training_s_own_words() {
    // A line for each network that the lab offers; the others are described alike here.
    assert_eq!(
        trainings(&book(CONFIG).main()).lines().next().unwrap_or_default(),
        "synthetic-resnet18-eight seed=2019 memory_size=144 stages=10x64,3x128 changed=false flip_horizontal=true \
         flip_vertical=false quarter_turns=true rotation=20 shift=0.057 scale=0.1 brightness=0 contrast=0.1 \
         saturation=0.1 fill=reflect"
    );
}

#[test]
fn the_form_begins_with_what_the_training_does() {
    let page = book(CONFIG).main();
    let controls =
        ["rotation", "shift", "scale", "flip-horizontal", "flip-vertical", "fill", "variation-seed", "hue"];
    let defaults = controls.map(|control| default(&page, control));
    assert_eq!(defaults, ["20", "5.7", "10", "true", "false", "reflect", "2019", "0"]);
}

#[test]
fn another_configuration_makes_another_page_that_says_so() {
    let page = book(&CONFIG.replace("rotation = 20.0", "rotation = 35.0")).main();
    assert!(trainings(&page).contains("changed=true") && trainings(&page).contains("rotation=35 "));
    assert_eq!(default(&page, "rotation"), "35");
}

#[test]
fn a_wrong_configuration_is_refused_by_file_and_line() {
    let error = book(&CONFIG.replace("rotation = 20.0", "rotation = 200")).error();
    assert!(
        error.contains("src/part/one.md:1: configs/c.toml:8: expected degrees from 0 to 180, found 200"),
        "{error}"
    );
    let error = book(&CONFIG.replace("scale = 0.1", "zoom = 0.1")).error();
    assert!(
        error.contains("configs/c.toml:10: unknown field `zoom`, expected one of `flip_horizontal`"),
        "{error}"
    );
}

#[test]
fn a_missing_configuration_is_named() {
    let book = book(CONFIG);
    std::fs::remove_file(book.root().join("configs/c.toml")).unwrap();
    assert!(book.error().contains("cannot read configs/c.toml"), "{}", book.error());
}

#[test]
fn a_chapter_quotes_the_configuration() {
    let book = book(CONFIG);
    let quote = |key: &str| format!("{{{{#training synthetic-resnet18-eight {key}}}}}");
    let keys = ["rotation", "shift", "flip_vertical", "fill", "hue"].map(quote).join("; ");
    book.write("src/part/one.md", &keys);
    assert_eq!(book.main().lines().next(), Some("<p>20; 5.7 %; no; reflect; 0</p>"));
    book.write("src/part/one.md", &quote("zoom"));
    assert!(book.error().contains("a training has no zoom; known: flip_horizontal,"), "{}", book.error());
}
