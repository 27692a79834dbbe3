//! The augmentation lab: its pictures against those that the training of the book's network makes, and driven by
//! presets, by keyboard alone, by links and with the reader's own image.

use std::time::Duration;

use anyhow::{Context, anyhow, ensure};
use catalog::widget::SAMPLES;
use e2e::{Browser, Site, Widget};
use fantoccini::key::Key;
use imaging::{Augmentation, Fill, Rgb8, feed};
use recipe::{Feed, ModelTraining, Recipe};
use serde_json::{Value, json};

const PAGE: &str = "images/augmentation.html";
const LAB: &str = "augmentation-lab";
const MODEL: &str = "synthetic-resnet18-eight";
/// For what takes a moment.
const PATIENCE: Duration = Duration::from_secs(20);

/// The recipe that the book's network was trained with.
struct Training {
    feed: Feed,
}

impl Training {
    fn read() -> anyhow::Result<Self> {
        let path = e2e::root().join("configs").join(MODEL).with_extension("toml");
        Ok(Self { feed: Recipe::read(&path)?.feed() })
    }

    /// Side of what each epoch feeds.
    fn sizes(&self) -> Vec<u32> {
        (0..self.feed.epochs()).map(|epoch| self.feed.image_size_in(epoch)).collect()
    }

    /// Checksums of the original and of the first epochs, in these sizes.
    fn pictures(&self, augmentation: &Augmentation, seed: u64, sizes: &[u32]) -> anyhow::Result<Vec<u32>> {
        let pixels = lesions::draw_sample(SAMPLES[0].diagnosis, SAMPLES[0].seed, 224, 224);
        let original = Rgb8::new(224, 224, pixels)?;
        let kept = feed::kept(original.clone(), self.feed.memory_size);
        let epochs = (0..).zip(sizes).map(|(epoch, &size)| {
            checksum(&feed::fed(&kept, Some(&augmentation.in_training(seed, epoch, 0)), size))
        });
        Ok(std::iter::once(checksum(&original)).chain(epochs).collect())
    }
}

/// FNV-1a, 32 bits.
fn checksum(image: &Rgb8) -> u32 {
    let step = |sum: u32, &byte: &u8| (sum ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    image.data().iter().fold(0x811c_9dc5, step)
}

/// The same of every picture on the stage.
async fn shown(lab: &Widget<'_>) -> anyhow::Result<Vec<u32>> {
    lab.read(
        "[...widget.querySelectorAll('.augmentation-tile:not([hidden]) canvas')].map((c) =>
            c.getContext('2d').getImageData(0, 0, c.width, c.height).data.reduce(
                (sum, byte, index) => index % 4 === 3 ? sum : Math.imul(sum ^ byte, 0x01000193), 0x811c9dc5) >>> 0)",
    )
    .await
}

async fn open(browser: &Browser, site: &Site) -> anyhow::Result<()> {
    browser.open(&site.url(PAGE)).await?;
    browser.widget(LAB).ready().await
}

#[tokio::test]
async fn the_pictures_are_those_that_the_training_feeds() -> anyhow::Result<()> {
    let training = Training::read()?;
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    open(&browser, &site).await?;
    let lab = browser.widget(LAB);
    lab.set("count", "24").await?;
    let sizes = training.sizes();
    let input = *sizes.last().context("an epoch")?;
    let expected = training.pictures(&training.feed.augmentation, training.feed.seed, &[input; 24])?;
    ensure!(shown(&lab).await? == expected, "the pictures differ from the training's");
    // After the last epoch the size stays.
    let own_sizes: Vec<u32> = sizes.iter().copied().chain(std::iter::repeat(input)).take(24).collect();
    lab.set("epoch-size", "true").await?;
    let expected = training.pictures(&training.feed.augmentation, training.feed.seed, &own_sizes)?;
    ensure!(shown(&lab).await? == expected, "the pictures differ in the epochs' own sizes");
    ensure!(lab.value("rotation").await? == training.feed.augmentation.rotation.to_string());
    ensure!(lab.value("variation-seed").await? == training.feed.seed.to_string());
    Ok(())
}

#[tokio::test]
async fn the_page_computes_the_numbers_that_the_training_feeds_to_the_last_bit() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    open(&browser, &site).await?;
    let json = browser.widget(LAB).attribute("data-trainings").await?.context("no training in the page")?;
    let trainings: Vec<ModelTraining> = serde_json::from_str(&json)?;
    let training = trainings.into_iter().find(|training| training.model == MODEL);
    let feed = training.context("another model's training")?.feed;
    let augmentation = feed.augmentation;
    let varied = Fill::ALL.map(|fill| Augmentation { shear: 20.0, hue: 15.0, fill, ..augmentation });
    let feeds = [augmentation].into_iter().chain(varied);
    let feeds = feeds.map(|augmentation| serde_json::to_string(&Feed { augmentation, ..feed.clone() }));
    let calls: Vec<Value> = feeds
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .flat_map(|feed| (0..13).map(move |epoch| json!([feed, "VASC", 5, epoch, 3 * epoch])))
        .collect();
    let native = calls.iter().map(|call| {
        let whole = |index: usize| call[index].as_u64().unwrap_or_default() as u32;
        let feed = call[0].as_str().unwrap_or_default();
        page::checksum::fed(feed, "VASC", 5, [whole(3), whole(4)]).map_err(|words| anyhow!("{call}: {words}"))
    });
    let native = native.collect::<anyhow::Result<Vec<_>>>()?;
    let body = "const { script, wasm } = document.querySelector('section.widget').dataset;
        const module = await import(new URL(script, document.baseURI).href);
        await module.default({ module_or_path: new URL(wasm, document.baseURI) });
        return arguments[0].map((call) => module.fed_checksum(...call));";
    let page: Vec<String> = browser.script_async(body, json!([calls])).await?;
    let different: Vec<_> = calls.iter().zip(page.iter().zip(&native)).filter(|(_, (a, b))| a != b).collect();
    ensure!(page.len() == 78 && different.is_empty(), "{different:#?}");
    Ok(())
}

#[tokio::test]
async fn presets_fill_the_form_and_a_change_makes_them_the_reader_s_own() -> anyhow::Result<()> {
    let training = Training::read()?;
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    open(&browser, &site).await?;
    let lab = browser.widget(LAB);
    let size = *training.sizes().last().context("an epoch")?;
    for (preset, rotation) in [("activity-shown", 45.0), ("activity-trained", 90.0)] {
        lab.set("preset", preset).await?;
        let values =
            [lab.value("rotation").await?, lab.value("shift").await?, lab.value("flip-vertical").await?];
        ensure!(
            values == [rotation.to_string(), "13.4".to_owned(), "true".to_owned()],
            "{preset}: {values:?}"
        );
        let augmentation = Augmentation {
            flip_horizontal: true,
            flip_vertical: true,
            rotation,
            shift: 30.0 / 224.0,
            ..Augmentation::NONE
        };
        let expected = training.pictures(&augmentation, training.feed.seed, &[size; 12])?;
        ensure!(shown(&lab).await? == expected, "{preset} shows other pictures");
    }
    let note: String = lab.read("widget.querySelector('.widget-notes').textContent").await?;
    ensure!(note.contains("51 times"), "{note}");
    lab.set("preset", "none").await?;
    let pictures = shown(&lab).await?;
    ensure!(pictures.len() == 13 && pictures[1..].iter().all(|sum| *sum == pictures[1]), "{pictures:?}");
    lab.set("hue", "30").await?;
    ensure!(lab.value("preset").await? == "own" && lab.value("rotation").await? == "0");
    let augmentation = Augmentation { hue: 30.0, ..Augmentation::NONE };
    ensure!(shown(&lab).await? == training.pictures(&augmentation, training.feed.seed, &[size; 12])?);
    lab.set("variation-seed", "7").await?;
    ensure!(shown(&lab).await? == training.pictures(&augmentation, 7, &[size; 12])?);
    Ok(())
}

#[tokio::test]
async fn the_keyboard_alone_walks_from_picture_to_picture() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    open(&browser, &site).await?;
    let lab = browser.widget(LAB);
    let path = browser.script::<String>("return location.pathname", Value::Null).await?;
    browser.tab_to(&lab.css(".augmentation-list")).await?;
    let chosen =
        "[...widget.querySelectorAll('.augmentation-tile')].findIndex((t) => t.ariaSelected === 'true')";
    let says =
        |words: &str| format!("widget.querySelector('.widget-readout').textContent.includes('{words}')");
    ensure!(lab.read::<usize>(chosen).await? == 0);
    browser.keys(&[char::from(Key::Right), char::from(Key::Right)]).await?;
    ensure!(lab.read::<usize>(chosen).await? == 2);
    lab.wait::<bool>("what was done in epoch 2", PATIENCE, &says("Epoch 2: ")).await?;
    let spoken = "document.getElementById(widget.querySelector('.augmentation-list')
        .getAttribute('aria-activedescendant')).getAttribute('aria-label')";
    ensure!(lab.read::<String>(spoken).await? == lab.readout().await?);
    browser.keys(&[char::from(Key::Down)]).await?;
    let below: usize = lab.read(chosen).await?;
    ensure!(below > 3, "the row below is where it was: {below}");
    browser.keys(&[char::from(Key::Up), char::from(Key::Left), char::from(Key::End)]).await?;
    ensure!(lab.read::<usize>(chosen).await? == 12);
    browser.keys(&[char::from(Key::Right), char::from(Key::Home)]).await?;
    lab.wait::<bool>("the original", PATIENCE, &says("The original")).await?;
    ensure!(
        browser.script::<String>("return location.pathname", Value::Null).await? == path,
        "the page was turned"
    );
    Ok(())
}

#[tokio::test]
async fn a_link_brings_back_the_pictures_and_reset_the_text_s_example() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    open(&browser, &site).await?;
    let lab = browser.widget(LAB);
    let first = shown(&lab).await?;
    ensure!(!browser.address().await?.contains('?'), "the text's example stands in the address");
    let settings = [
        ("image", "nv"),
        ("count", "24"),
        ("rotation", "170"),
        ("shear", "40"),
        ("flip-vertical", "false"),
        ("fill", "wrap"),
        ("variation-seed", "11"),
    ];
    for (control, value) in settings {
        lab.set(control, value).await?;
    }
    for (control, value) in settings.into_iter().chain([("preset", "own")]) {
        let setting = json!([format!("{LAB}.{control}={value}")]);
        browser
            .wait::<bool>("a setting in the address", PATIENCE, "location.search.includes(args[0])", setting)
            .await?;
    }
    let (link, pictures) = (browser.address().await?, shown(&lab).await?);
    ensure!(pictures.len() == 25, "{} pictures", pictures.len());

    let visitor = Browser::start().await?;
    visitor.open(&link).await?;
    let copy = visitor.widget(LAB);
    copy.ready().await?;
    for (control, value) in settings {
        ensure!(copy.value(control).await? == value, "{control} is {}", copy.value(control).await?);
    }
    ensure!(shown(&copy).await? == pictures, "the same link shows other pictures");
    copy.click("[data-action=reset]").await?;
    copy.idle().await?;
    ensure!(shown(&copy).await? == first, "reset shows other pictures than the text's example");
    ensure!(copy.value("preset").await? == "training");
    Ok(())
}

#[tokio::test]
async fn an_own_image_is_varied_and_stays_out_of_the_address() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    open(&browser, &site).await?;
    let lab = browser.widget(LAB);
    let before = shown(&lab).await?;
    let file = e2e::root().join("tests/golden/images/rgb.png");
    browser.type_into(&lab.control("own-image"), &file.to_string_lossy()).await?;
    let own = "widget.querySelector('[name=image]:checked').value === 'own'";
    lab.wait::<bool>("the own image", PATIENCE, own).await?;
    lab.idle().await?;
    let after = shown(&lab).await?;
    ensure!(after.len() == 13 && before.iter().zip(&after).all(|(a, b)| a != b), "a picture stayed");
    let title: String = lab.read("widget.querySelector('.widget-notes').textContent").await?;
    ensure!(title.contains("Your own image (rgb.png), 24 × 16 pixels"), "{title}");
    ensure!(!browser.address().await?.contains("own"), "the address speaks of the own image");
    Ok(())
}
