//! How much a page jumps while a reader scrolls through it: cumulative layout shift, as browsers measure it.

use std::fmt;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::Browser;

/// The layout shifts of one page.
#[derive(Clone, Debug, Deserialize)]
pub struct LayoutShift {
    /// The largest session of shifts: at most a second between two of them, five seconds in all.
    /// Source: <https://web.dev/articles/cls>.
    pub score: f64,
    /// The largest single shifts, largest first: how large, and what moved from where to where.
    pub largest: Vec<(f64, String)>,
}

impl fmt::Display for LayoutShift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.3}", self.score)?;
        self.largest.iter().try_for_each(|(value, what)| write!(f, "\n  {value:.3}: {what}"))
    }
}

/// Scrolls from the top to the end by half a screen at a time. At each stop every widget that the loader has begun with, a
/// screen above and below included, gets the time that it takes.
const SCROLL: &str = "
    const name = (node) => {
      const e = node instanceof Element ? node : node?.parentElement;
      if (!e) return 'something gone';
      const widget = e.closest('section.widget');
      const own = e.tagName.toLowerCase() + (e.id ? '#' + e.id : '.' + [...e.classList].join('.'));
      return widget && widget !== e ? own + ' in ' + widget.id : own;
    };
    const shifts = [];
    const watch = (entries) => {
      for (const { value, startTime, hadRecentInput, sources } of entries) {
        if (hadRecentInput) continue;
        const moved = sources.map((s) => `${name(s.node)} from ${s.previousRect.y} (${s.previousRect.height} high) ` +
          `to ${s.currentRect.y} (${s.currentRect.height} high)`);
        shifts.push({ value, startTime, what: moved.join('; ') });
      }
    };
    const observer = new PerformanceObserver((list) => watch(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    const frame = () => new Promise((next) => requestAnimationFrame(() => requestAnimationFrame(next)));
    const unsettled = (widget) => {
      const { top, bottom } = widget.getBoundingClientRect();
      const near = top < 2 * innerHeight && bottom > -innerHeight;
      return near && (['waiting', 'loading'].includes(widget.dataset.state) || widget.dataset.busy === 'true');
    };
    const end = performance.now() + arguments[0];
    for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight / 2) {
      scrollTo({ top: y, behavior: 'instant' });
      do await frame();
      while ([...document.querySelectorAll('section.widget')].some(unsettled) && performance.now() < end);
    }
    await frame();
    watch(observer.takeRecords());
    let score = 0, session = 0, first = -Infinity, last = -Infinity;
    for (const { value, startTime } of shifts) {
      if (startTime - last > 1000 || startTime - first > 5000) { session = 0; first = startTime; }
      session += value;
      last = startTime;
      score = Math.max(score, session);
    }
    shifts.sort((a, b) => b.value - a.value);
    return { score, largest: shifts.slice(0, 4).map(({ value, what }) => [value, what]) };";

/// Milliseconds for all widgets of a page.
const PATIENCE: u32 = 120_000;

impl Browser {
    /// Scrolls through the open page and returns how much of it jumped since it was opened.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn layout_shift(&self) -> anyhow::Result<LayoutShift> {
        self.script_async(SCROLL, json!([PATIENCE])).await
    }

    /// Every page from now on comes as slowly as over a weak mobile connection: 1.6 megabits a second, answers after 150 ms.
    ///
    /// # Errors
    /// When the browser is gone.
    pub async fn slow_network(&self) -> anyhow::Result<()> {
        self.devtools("Network.enable", Value::Object(serde_json::Map::new())).await?;
        let bytes_a_second = 1_600_000 / 8;
        let conditions = json!({ "offline": false, "latency": 150, "downloadThroughput": bytes_a_second,
                                 "uploadThroughput": bytes_a_second / 2 });
        self.devtools("Network.emulateNetworkConditions", conditions).await?;
        Ok(())
    }
}
