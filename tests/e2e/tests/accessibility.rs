//! axe-core finds nothing to complain about, on any page, in light and dark and on a phone, whatever a widget shows.

use std::time::Duration;

use anyhow::{Context, ensure};
use e2e::{Browser, Look, Site};
use serde_json::{Value, json};

use crate::visits::{complaints, every_page};

/// Which rules axe-core holds a page to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rules {
    /// Every rule.
    All,
    /// Those on colours, the only ones that depend on the theme.
    Colours,
}

impl Rules {
    /// The rules to check in this look, where every rule was checked in light.
    pub(crate) const fn of(look: Look) -> Self {
        match look {
            Look::Light | Look::Phone => Self::All,
            Look::Dark => Self::Colours,
        }
    }

    /// What axe-core is asked to run. Source: its `rule-descriptions.md`, category `cat.color` below WCAG's level AAA.
    fn options(self) -> Value {
        match self {
            Self::All => json!({ "resultTypes": ["violations"] }),
            Self::Colours => {
                let rules = json!({ "type": "rule", "values": ["color-contrast", "link-in-text-block"] });
                json!({ "resultTypes": ["violations"], "runOnly": rules })
            }
        }
    }
}

/// Violations on the open page, one per line: rule, why, where.
pub(crate) async fn violations(browser: &Browser, rules: Rules) -> anyhow::Result<Vec<String>> {
    let path = e2e::root().join("node_modules/axe-core/axe.min.js");
    let axe = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}; run: cargo xtask build", path.display()))?;
    browser.script::<()>(&axe, Value::Null).await?;
    browser
        .script_async(
            "const { violations } = await axe.run(document, arguments[0]);
             return violations.flatMap((v) => v.nodes.map((n) => `${v.id}: ${v.help}: ${n.html} ${n.failureSummary}`));",
            json!([rules.options()]),
        )
        .await
}

async fn check_look(look: Look) -> anyhow::Result<()> {
    for visit in every_page(look).await? {
        ensure!(visit.violations.is_empty(), "{}, {}: {:#?}", visit.page, look.name(), visit.violations);
    }
    Ok(())
}

#[tokio::test]
async fn every_page_is_accessible_in_light() -> anyhow::Result<()> {
    check_look(Look::Light).await
}

#[tokio::test]
async fn every_page_is_accessible_in_dark() -> anyhow::Result<()> {
    check_look(Look::Dark).await
}

#[tokio::test]
async fn every_page_is_accessible_on_a_phone() -> anyhow::Result<()> {
    check_look(Look::Phone).await
}

#[tokio::test]
async fn the_networks_answer_is_accessible_and_leaves_the_console_silent() -> anyhow::Result<()> {
    const PATIENCE: Duration = Duration::from_mins(4);
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    for look in [Look::Light, Look::Dark] {
        browser.look(look).await?;
        browser.open(&site.url("network/the-network-answers.html?classifier.backend=wasm")).await?;
        let widget = browser.widget("classifier");
        widget.ready().await?;
        widget.click("[data-action=start]").await?;
        widget.wait::<bool>("a network", PATIENCE, "widget.dataset.network === 'ready'").await?;
        widget.idle_within(PATIENCE).await?;
        let found = violations(&browser, Rules::of(look)).await?;
        ensure!(found.is_empty(), "{}: {found:#?}", look.name());
        let complaints = complaints(&browser).await?;
        ensure!(complaints.is_empty(), "{}: {complaints:#?}", look.name());
    }
    Ok(())
}

#[tokio::test]
async fn a_widget_that_names_a_mistake_is_accessible() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    for look in [Look::Light, Look::Dark] {
        browser.look(look).await?;
        browser.open(&site.url("images/convolution.html?kernel-lab.kernel=own")).await?;
        let lab = browser.widget("kernel-lab");
        lab.ready().await?;
        lab.put("coefficients", "1 2 3\n4 x 6\n7 8 9").await?;
        ensure!(lab.alert().await?.contains('x'));
        let found = violations(&browser, Rules::of(look)).await?;
        ensure!(found.is_empty(), "{}: {found:#?}", look.name());
    }
    Ok(())
}

#[tokio::test]
async fn a_table_of_many_answers_is_accessible() -> anyhow::Result<()> {
    const PATIENCE: Duration = Duration::from_mins(4);
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url("network/the-network-answers.html?many-images.backend=wasm")).await?;
    let widget = browser.widget("many-images");
    widget.ready().await?;
    let files = ["rgb.png", "rgb.jpg"].map(|name| e2e::root().join("tests/golden/images").join(name));
    let files = files.map(|path| path.to_string_lossy().into_owned());
    browser.type_into(&widget.control("images"), &files.join("\n")).await?;
    widget.wait::<bool>("the images", PATIENCE, "widget.dataset.images === '2'").await?;
    widget.click("[data-action=start]").await?;
    let answered = "widget.dataset.answered === '2' && widget.dataset.busy !== 'true'";
    widget.wait::<bool>("two answers", PATIENCE, answered).await?;
    for look in Look::ALL {
        browser.look(look).await?;
        let found = violations(&browser, Rules::of(look)).await?;
        ensure!(found.is_empty(), "{}: {found:#?}", look.name());
    }
    Ok(())
}

#[tokio::test]
async fn all_numbers_of_the_four_layers_are_accessible() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    for look in Look::ALL {
        browser.look(look).await?;
        browser.open(&site.url("network/what-a-layer-does.html?layer-chain.pooling=average")).await?;
        let widget = browser.widget("layer-chain");
        widget.ready().await?;
        widget.click(".widget-details > summary").await?;
        widget.click(".chain-numbers summary").await?;
        let there = "widget.querySelector('.chain-line td') !== null";
        widget.wait::<bool>("the numbers", Duration::from_secs(20), there).await?;
        let found = violations(&browser, Rules::of(look)).await?;
        ensure!(found.is_empty(), "{}: {found:#?}", look.name());
    }
    Ok(())
}

#[tokio::test]
async fn a_picture_without_words_would_be_noticed() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.open(&site.url("index.html")).await?;
    let body = "document.querySelector('main').append(Object.assign(new Image(), { src: 'data:,' }))";
    browser.script::<()>(body, Value::Null).await?;
    let found = violations(&browser, Rules::All).await?;
    ensure!(found.iter().any(|violation| violation.starts_with("image-alt")), "found {found:#?}");
    Ok(())
}

#[tokio::test]
async fn a_text_hard_to_see_in_the_dark_would_be_noticed() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.look(Look::Dark).await?;
    browser.open(&site.url("index.html")).await?;
    let body = "document.querySelector('main p').style.color = '#555'";
    browser.script::<()>(body, Value::Null).await?;
    let found = violations(&browser, Rules::of(Look::Dark)).await?;
    ensure!(found.iter().any(|violation| violation.starts_with("color-contrast")), "found {found:#?}");
    Ok(())
}
