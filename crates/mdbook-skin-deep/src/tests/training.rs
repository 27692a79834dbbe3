//! What a page says about a training: the recipe's own settings.

use recipe::{ModelTraining, Recipe};

use super::TinyBook;
use super::page::MANIFEST;

const CHAPTER: &str = "<Widget name=\"augmentation-lab\">\n\nOne lesion, turned.\n\n</Widget>\n";
const CARD: &str = "exported-models/synthetic-resnet18-eight/model.toml";
const RECIPE: &str = r#"name = "a"
architecture = "resnet18"
seed = 2019
[card]
title = ""
trained_on = ""
licence = ""
[data]
folder = "d"
split = "s.csv"
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
learning_rate = 1
[[stages]]
epochs = 3
image_size = 128
learning_rate = 1
"#;
/// Of [`RECIPE`].
const SHA256: &str = "064cc9315b29a9acf1186594adbcc9f04ca233f62cbec588dd3df573f215dbdf";

fn book(recipe: &str) -> TinyBook {
    let book = TinyBook::new(CHAPTER);
    book.write("src/generated/manifest.json", MANIFEST);
    let card = super::page::CARD
        .replace("\"c.toml\"", "\"configs/c.toml\"")
        .replace("\"cc\"", &format!("\"{SHA256}\""));
    book.write(CARD, &card);
    book.write("configs/c.toml", recipe);
    book
}

/// What the page is told about the trainings.
fn trainings(page: &str) -> Vec<ModelTraining> {
    let start = page.find("data-trainings=\"").unwrap() + "data-trainings=\"".len();
    let json = page[start..].split('"').next().unwrap().replace("&quot;", "\"");
    serde_json::from_str(&json).unwrap()
}

/// What a control of the form begins with.
fn default<'a>(page: &'a str, control: &str) -> &'a str {
    let field = page.split(&format!("name=\"{control}\" data-default=\"")).nth(1).unwrap();
    field.split('"').next().unwrap()
}

#[test]
fn the_page_carries_what_the_recipe_feeds() {
    // One training for each network that the lab offers; the others are described alike here.
    let trainings = trainings(&book(RECIPE).main());
    assert_eq!((trainings[0].model.as_str(), trainings[0].changed), ("synthetic-resnet18-eight", false));
    assert_eq!(trainings[0].feed, Recipe::parse(RECIPE).unwrap().feed());
}

#[test]
fn the_form_begins_with_what_the_training_does() {
    let page = book(RECIPE).main();
    let controls =
        ["rotation", "shift", "scale", "flip-horizontal", "flip-vertical", "fill", "variation-seed", "hue"];
    let defaults = controls.map(|control| default(&page, control));
    assert_eq!(defaults, ["20", "5.7", "10", "true", "false", "reflect", "2019", "0"]);
}

#[test]
fn a_recipe_that_was_changed_changes_the_page_which_says_so() {
    let page = book(&RECIPE.replace("rotation = 20.0", "rotation = 35.0")).main();
    let training = trainings(&page).remove(0);
    assert_eq!((training.changed, training.feed.augmentation.rotation), (true, 35.0));
    assert_eq!(default(&page, "rotation"), "35");
}

#[test]
fn a_wrong_recipe_is_refused_with_file_and_line() {
    let error = book(&RECIPE.replace("rotation = 20.0", "rotation = 200")).error();
    assert!(
        error.contains("src/part/one.md:1: configs/c.toml:16: `rotation` in [augmentation] must be degrees from 0 to 180; it is 200"),
        "{error}"
    );
    let error = book(&RECIPE.replace("scale = 0.1", "zoom = 0.1")).error();
    assert!(
        error
            .contains("configs/c.toml:18: [augmentation] has no key `zoom`. Allowed here: `flip_horizontal`"),
        "{error}"
    );
}

#[test]
fn seed_and_augmentation_may_be_left_out_as_in_a_training() {
    let (before, rest) = RECIPE.split_once("[augmentation]").unwrap();
    let stages = &rest[rest.find("[[stages]]").unwrap()..];
    let page = book(&[&before.replace("seed = 2019\n", ""), stages].concat()).main();
    let feed = trainings(&page).remove(0).feed;
    assert_eq!((feed.seed, feed.augmentation.rotation), (0, 0.0));
    assert_eq!(
        ["rotation", "fill", "variation-seed"].map(|name| default(&page, name)),
        ["0", "nearest", "0"]
    );
}

#[test]
fn a_missing_recipe_is_reported_with_its_path() {
    let book = book(RECIPE);
    std::fs::remove_file(book.root().join("configs/c.toml")).unwrap();
    assert!(book.error().contains("cannot read configs/c.toml"), "{}", book.error());
}

#[test]
fn a_chapter_quotes_the_recipe() {
    let book = book(RECIPE);
    let quote = |key: &str| format!("{{{{#training synthetic-resnet18-eight {key}}}}}");
    let keys = ["rotation", "shift", "flip_vertical", "fill", "hue"].map(quote).join("; ");
    book.write("src/part/one.md", &keys);
    assert_eq!(book.main().lines().next(), Some("<p>20; 5.7 %; no; reflect; 0</p>"));
    book.write("src/part/one.md", &quote("zoom"));
    assert!(
        book.error().contains("[augmentation] has no key zoom; it has flip_horizontal,"),
        "{}",
        book.error()
    );
}
