//! Any control in use, its picture in sight, and a whole widget on one screen.

use std::collections::BTreeSet;
use std::fmt::Write;

use anyhow::{Context, ensure};
use catalog::widget::{WIDGETS, Widget};
use e2e::{Browser, Site};
use serde_json::{Value, json};

/// Windows that readers have: a laptop, a tablet, a phone.
const WINDOWS: [[u32; 2]; 3] = [[1280, 800], [1024, 768], [390, 844]];
/// Share of a picture that is on screen while a control that changes it has the focus.
const LEAST: f64 = 0.6;
/// Height of a laptop's window, whose menu bar goes away while a reader scrolls down.
const SCREEN: f64 = 800.0;

/// Settings, one after the other, that bring up every control of a widget.
fn settings(widget: &Widget) -> &'static [&'static str] {
    match widget.name {
        "dataset-explorer" => &["", "?dataset-explorer.show=gallery", "?dataset-explorer.show=folders"],
        _ => &[""],
    }
}

/// Focuses every control of a widget, once coming from above and once from below, and returns for each its name and the
/// smaller share of its picture that was on screen. A control's picture has its name in `data-picture`; an empty one is that
/// of all others.
const SHARES: &str = "
  const section = document.getElementById(arguments[0]);
  document.documentElement.style.scrollBehavior = 'auto';
  const share = (picture) => {
    const box = picture.getBoundingClientRect();
    let [seen, all] = [0, 0];
    for (let y = 0.5; y < 10; y++) for (let x = 0.5; x < 10; x++) {
      const there = document.elementFromPoint(box.left + box.width * x / 10, box.top + box.height * y / 10);
      all++;
      if (there && picture.contains(there)) seen++;
    }
    return box.width * box.height ? seen / all : 0;
  };
  const picture = (name) => section.querySelector(`[data-picture~='${name}']`) ?? section.querySelector(\"[data-picture='']\");
  const visible = (element) => element.getClientRects().length > 0;
  const more = section.querySelector('.widget-more-button');
  if (more) more.click();
  for (const group of section.querySelectorAll('.more-group')) group.open = true;
  const found = {};
  for (const control of section.querySelectorAll('.widget-body [data-control]')) {
    const name = control.dataset.control;
    if (!visible(control)) continue;
    const fields = control.matches('.control-pictures') ? ['input:checked'] : ['[name]', '[data-twin]', '.help-button'];
    for (const field of fields.flatMap((css) => [...control.querySelectorAll(css)])) {
      for (const from of [0, document.documentElement.scrollHeight]) {
        document.activeElement.blur();
        scrollTo(0, from);
        field.focus();
        if (document.activeElement !== field) return { error: `${name} does not take the focus` };
        const shown = picture(name);
        if (!shown) return { error: 'no element with data-picture' };
        found[name] = Math.min(found[name] ?? 1, share(shown));
      }
    }
  }
  if (more) more.click();
  return { found };";

#[tokio::test]
async fn a_control_in_use_has_its_picture_in_sight() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    let mut table = "widget,control,window,share\n".to_owned();
    let mut hidden = Vec::new();
    for widget in WIDGETS {
        let page = page_of(widget)?;
        for [width, height] in WINDOWS {
            browser.resize(width, height).await?;
            let mut names = BTreeSet::new();
            for query in settings(widget) {
                browser.open(&site.url(&format!("{page}{query}"))).await?;
                browser.widget(widget.name).ready().await?;
                let shares: Value = browser.script(SHARES, json!([widget.name])).await?;
                let found = shares["found"].as_object();
                let found = found.with_context(|| format!("{}: {}", widget.name, shares["error"]))?;
                for (name, share) in found {
                    let share = share.as_f64().unwrap_or_default();
                    writeln!(table, "{},{name},{width} × {height},{share:.2}", widget.name)?;
                    if share < LEAST {
                        hidden.push(format!("{} {name} at {width} × {height}: {share:.2}", widget.name));
                    }
                    names.insert(name.clone());
                }
            }
            for control in widget.all_controls() {
                ensure!(names.contains(control.name), "{} {} was not in the page", widget.name, control.name);
            }
        }
    }
    std::fs::write(e2e::target().join("in-sight.csv"), table)?;
    ensure!(hidden.is_empty(), "less than {LEAST} of the picture is on screen: {hidden:#?}");
    Ok(())
}

#[tokio::test]
async fn a_widget_fits_a_laptop_s_screen_with_few_controls_in_sight() -> anyhow::Result<()> {
    let site = Site::serve().await?;
    let browser = Browser::start().await?;
    browser.resize(1280, 800).await?;
    let mut wrong = Vec::new();
    for widget in WIDGETS {
        browser.open(&site.url(&page_of(widget)?)).await?;
        let section = browser.widget(widget.name);
        section.ready().await?;
        let height: f64 = section.read("widget.getBoundingClientRect().height").await?;
        let bar = "[...widget.querySelectorAll('.widget-bar [data-control]')].filter((c) => c.getClientRects().length).length";
        let controls: usize = section.read(bar).await?;
        if height > SCREEN || !(1..=5).contains(&controls) {
            wrong.push(format!("{}: {height} pixels high, {controls} controls in the bar", widget.name));
        }
    }
    ensure!(wrong.is_empty(), "{wrong:#?}");
    Ok(())
}

/// The page that a widget is on.
fn page_of(widget: &Widget) -> anyhow::Result<String> {
    let mark = format!("data-widget=\"{}\"", widget.name);
    for page in Site::pages()? {
        // The chapter, not the page that is a copy of the first one.
        if page != "index.html" && std::fs::read_to_string(Site::folder().join(&page))?.contains(&mark) {
            return Ok(page);
        }
    }
    anyhow::bail!("no page has the widget {}; run: cargo xtask build", widget.name)
}
