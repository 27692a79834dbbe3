//! The lesion lab, driven by slider, button, keyboard and link; its pixels against native code.

use std::time::Duration;

use anyhow::ensure;
use catalog::Diagnosis;
use e2e::{Browser, Site, Widget};
use fantoccini::key::Key;
use lesions::{Clinical, Difficulty, Lesion, View};

const PAGE: &str = "images/what-a-lesion-shows.html";
const LAB: &str = "lesion-lab";
/// For what takes a moment.
const PATIENCE: Duration = Duration::from_secs(20);
/// Side of the picture at rest, pixels.
const FINE: u32 = 448;

/// FNV-1a of the large picture's red, green and blue, as `lesions::checksum` has it.
async fn checksum(widget: &Widget<'_>) -> anyhow::Result<u64> {
    widget.idle().await?;
    let hash: String = widget
        .read(
            "(() => {
                const canvas = widget.querySelector('.lesion-picture canvas');
                const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
                let hash = 0xcbf29ce484222325n;
                for (let i = 0; i < data.length; i++) {
                    if (i % 4 < 3) hash = BigInt.asUintN(64, (hash ^ BigInt(data[i])) * 0x100000001b3n);
                }
                return hash.toString();
            })()",
        )
        .await?;
    Ok(hash.parse()?)
}

/// The signs by name.
async fn signs(widget: &Widget<'_>) -> anyhow::Result<Vec<String>> {
    widget.idle().await?;
    widget.read("[...widget.querySelectorAll('.lesion-signs b')].map((e) => e.textContent)").await
}

fn drawn(lesion: &Lesion, view: &View) -> u64 {
    lesions::checksum(&lesions::draw(lesion, view, FINE, FINE))
}

#[tokio::test]
async fn the_lab_draws_what_native_code_draws() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(&format!("{PAGE}?lesion-lab.diagnosis=bcc&lesion-lab.seed=3"))).await?;
    let widget = browser.widget(LAB);
    widget.ready().await?;
    let expected = drawn(&Lesion::sample(Diagnosis::Bcc, 3), &View::sample(3, 0));
    ensure!(checksum(&widget).await? == expected, "the lesion differs");
    browser.click(&widget.css("[name='another-picture']")).await?;
    let expected = drawn(&Lesion::sample(Diagnosis::Bcc, 3), &View::sample(3, 1));
    ensure!(checksum(&widget).await? == expected, "its second picture differs");
    widget.set("arborising-vessels", "1").await?;
    let mut clinical = Clinical::of(Diagnosis::Bcc, Difficulty::USUAL, 3);
    clinical.arborising_vessels = 1.0;
    let expected = drawn(&Lesion::from_clinical(Some(Diagnosis::Bcc), &clinical, 3), &View::sample(3, 1));
    ensure!(checksum(&widget).await? == expected, "the vessels differ");
    ensure!(signs(&widget).await?.contains(&"Arborising vessels".to_owned()), "{:?}", signs(&widget).await?);
    Ok(())
}

#[tokio::test]
async fn a_choice_sets_the_sliders_and_only_what_a_reader_moved_is_in_the_address() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(LAB);
    widget.ready().await?;
    widget.idle().await?;
    let first = checksum(&widget).await?;
    widget.set("diagnosis", "vasc").await?;
    widget.idle().await?;
    let settled = |address: &'static str| format!("location.search === '{address}'");
    widget.wait::<bool>("the address", PATIENCE, &settled("?lesion-lab.diagnosis=vasc")).await?;
    let usual = widget.value("border-irregularity").await?;
    // A sign that is moved to 0 is a setting, although a form starts there.
    widget.set("lacunae-red", "0").await?;
    widget.set("lacunae-purple", "1").await?;
    widget.idle().await?;
    let moved = checksum(&widget).await?;
    let address: String = widget
        .wait("the address", PATIENCE, "location.search.includes('lacunae-purple=1') && location.href")
        .await?;
    ensure!(!address.contains("border-irregularity"), "{address}");
    browser.open(&address).await?;
    widget.ready().await?;
    ensure!(checksum(&widget).await? == moved, "the link shows another lesion");
    ensure!(widget.value("border-irregularity").await? == usual);
    ensure!(signs(&widget).await?.iter().any(|sign| sign == "Purple lacunae"), "{:?}", signs(&widget).await?);
    browser.click(&widget.css("[data-action='reset']")).await?;
    ensure!(checksum(&widget).await? == first, "reset does not lead back");
    widget.wait::<bool>("an empty address", PATIENCE, &settled("")).await?;
    Ok(())
}

#[tokio::test]
async fn another_lesion_and_another_picture_come_by_keyboard_alone() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(LAB);
    widget.ready().await?;
    let first = checksum(&widget).await?;
    browser.tab_to(&widget.css("[name='draw-another']")).await?;
    browser.keys(&[char::from(Key::Enter)]).await?;
    let second = checksum(&widget).await?;
    ensure!(first != second, "the lesion stays");
    let network = widget.value("network").await?;
    browser.tab_to(&widget.css("[name='asymmetry']")).await?;
    let before = widget.value("asymmetry").await?;
    browser.keys(&[char::from(Key::Right); 3]).await?;
    ensure!(widget.value("asymmetry").await? != before, "the slider stays");
    ensure!(checksum(&widget).await? != second, "the picture stays");
    // The picture's own settings change with the picture, the lesion's do not.
    let asymmetry = widget.value("asymmetry").await?;
    browser.tab_to(&widget.css(".lesion-others button:nth-of-type(3)")).await?;
    browser.keys(&[' ']).await?;
    let third = "widget.querySelector('[name=picture]').value === '3'";
    widget.wait::<bool>("the third picture", PATIENCE, third).await?;
    widget.idle().await?;
    ensure!(widget.value("asymmetry").await? == asymmetry && widget.value("network").await? == network);
    let pressed: Vec<String> = widget
        .read("[...widget.querySelectorAll('.lesion-others button')].map((b) => b.getAttribute('aria-pressed'))")
        .await?;
    ensure!(pressed == ["false", "false", "true", "false"], "{pressed:?}");
    Ok(())
}

#[tokio::test]
async fn every_sign_has_its_slider_in_a_group() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url(PAGE)).await?;
    let widget = browser.widget(LAB);
    widget.ready().await?;
    let mut in_the_bar = 0;
    for parameter in Clinical::PARAMETERS {
        let name = parameter.name;
        ensure!(!widget.value(name).await?.is_empty(), "{name}");
        let group = format!(
            "((control) => control.closest('.widget-bar') ? '' : control.closest('details').querySelector('summary').textContent)
             (widget.querySelector('[data-control={name}]'))"
        );
        let group: String = widget.read(&group).await?;
        // The parameters call "keratosis" what readers are told is horn.
        let expected = if parameter.group == "keratosis" { "horn" } else { parameter.group };
        ensure!(group.is_empty() || group.to_lowercase() == expected, "{name} is in {group}");
        in_the_bar += u32::from(group.is_empty());
    }
    ensure!(in_the_bar == 2, "{in_the_bar} signs in the bar");
    Ok(())
}
