//! What a run shows while it trains, and writes down step by step.

use std::io::IsTerminal as _;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use recipe::Recipe;
use tch::Device;

use super::Options;
use super::curve::{self, Curve, Look};
use super::folder::Folder;
use crate::gpu;
use crate::history::{Place, Row, StepLog};
use crate::observer::{Observer, Step};
use crate::tensorboard::Events;

/// Where there is no terminal, a line is written so often.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// What was written down is handed to the files so often, for whoever looks at them.
const FLUSH_EVERY: Duration = Duration::from_secs(5);

/// In a terminal, the curve is drawn again so often.
const CURVE_EVERY: Duration = Duration::from_secs(1);

/// Watches a run: bar, curve, `steps.csv`, events; and says when to pause for a checkpoint.
pub(super) struct Watch<'a> {
    recipe: &'a Recipe,
    options: &'a Options<'a>,
    last_checkpoint: Instant,
    steps_since: usize,
    last_flush: Instant,
    validating: bool,
    log: StepLog,
    events: Events,
    curves: Curves,
    screen: Screen,
    gpu: Option<gpu::Watch>,
    /// Of the epoch, in this process.
    seen: Seen,
    /// What went wrong while writing; the run stops with it.
    failed: Option<anyhow::Error>,
}

/// The points of all curves; places are epochs.
#[derive(Default)]
struct Curves {
    loss: Vec<(f64, f64)>,
    accuracy: Vec<(f64, f64)>,
    validation_loss: Vec<(f64, f64)>,
    validation_accuracy: Vec<(f64, f64)>,
}

/// The steps of an epoch that this process saw.
#[derive(Clone, Copy, Default)]
struct Seen {
    images: usize,
    losses: f64,
    steps: usize,
    computing: f64,
    waiting: f64,
}

impl Seen {
    fn seconds(self) -> f64 {
        self.computing + self.waiting
    }

    fn images_per_second(self) -> f64 {
        self.images as f64 / self.seconds()
    }

    fn waiting_share(self) -> f64 {
        self.waiting / self.seconds()
    }
}

impl<'a> Watch<'a> {
    /// Opens the files of the folder at `place`, where the run goes on; `rows` are those of the epochs before it.
    pub(super) fn open(
        recipe: &'a Recipe,
        options: &'a Options<'a>,
        folder: &Folder,
        (place, steps_per_epoch): (Place, usize),
        rows: &[Row],
        device: Device,
    ) -> anyhow::Result<Self> {
        let (log, steps) = StepLog::open(&folder.join("steps.csv"), place)?;
        let events = Events::open(&folder.join("tensorboard/events.out.tfevents.run"), log.steps())?;
        let mut curves = Curves::default();
        for row in &steps {
            curves.add(row.epoch, row.step_in_epoch, steps_per_epoch, row.loss, row.accuracy);
        }
        for row in rows {
            curves.end(row);
        }
        Ok(Self {
            recipe,
            options,
            last_checkpoint: Instant::now(),
            steps_since: 0,
            last_flush: Instant::now(),
            validating: false,
            log,
            events,
            curves,
            screen: Screen::open(),
            gpu: if let Device::Cuda(number) = device { Some(gpu::Watch::start(number)) } else { None },
            seen: Seen::default(),
            failed: None,
        })
    }

    /// Before an epoch, or the rest of one: `done` of its `images` images.
    pub(super) fn begin(&mut self, epoch: usize, images: usize, done: usize) {
        self.seen = Seen::default();
        self.validating = false;
        self.screen.begin(&format!("epoch {epoch:>2}/{}", self.recipe.epochs()), images, done);
    }

    /// Hands everything to the files: what comes before a checkpoint must be there when the checkpoint is.
    ///
    /// # Errors
    /// Files that cannot be written, now or before.
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.log.flush()?;
        self.events.flush()
    }

    /// A checkpoint is written.
    pub(super) fn saved(&mut self) {
        self.last_checkpoint = Instant::now();
        self.steps_since = 0;
    }

    /// A line that stays.
    pub(super) fn say(&self, line: &str) {
        self.screen.say(line);
    }

    /// Ends the bar; where there is no terminal, the curves are drawn now.
    pub(super) fn end(&mut self) {
        let curves = self.pictures();
        self.screen.end(&curves);
    }

    fn keep<T>(&mut self, result: anyhow::Result<T>) -> Option<T> {
        result.map_err(|error| self.failed.get_or_insert(error)).ok()
    }

    fn pictures(&self) -> String {
        let (epochs, look, curves) = (self.recipe.epochs(), self.screen.look, &self.curves);
        let pair = |training, validation| {
            [Curve { name: "training", points: training }, Curve { name: "validation", points: validation }]
        };
        let (loss, accuracy) = self.screen.rows;
        let mut text =
            curve::draw("loss", pair(&curves.loss, &curves.validation_loss), epochs, None, loss, look);
        if accuracy > 0 {
            let pair = pair(&curves.accuracy, &curves.validation_accuracy);
            text.push_str(&curve::draw("accuracy", pair, epochs, Some([0.0, 1.0]), accuracy, look));
        }
        text
    }

    /// Seconds to the end of the run, if every step takes as long as those seen, for each pixel.
    fn left(&self, step: &Step) -> f64 {
        let size = |epoch: usize| {
            self.recipe.stage(epoch).map_or(0.0, |(_, stage, _)| f64::from(stage.image_size).powi(2))
        };
        let now = size(step.epoch - 1);
        let here = (step.steps_in_epoch - step.step) as f64;
        let later: f64 =
            (step.epoch..self.recipe.epochs()).map(size).sum::<f64>() / now * step.steps_in_epoch as f64;
        (here + later) * self.seen.seconds() / self.seen.steps as f64
    }

    /// How far, how fast, how well.
    fn words(&self, step: &Step) -> String {
        let seen = self.seen;
        let gpu = self.gpu.as_ref().and_then(gpu::Watch::latest);
        let gpu = gpu.map_or_else(String::new, |gpu| format!(", {}", gpu.words()));
        format!(
            "{:.1} images/s, {} left, loss {:.3}, {:.0} % waiting for images{gpu}",
            seen.images_per_second(),
            duration(self.left(step)),
            seen.losses / seen.steps as f64,
            100.0 * seen.waiting_share(),
        )
    }
}

impl Observer for Watch<'_> {
    fn step(&mut self, step: &Step) {
        self.steps_since += 1;
        self.validating = step.step == step.steps_in_epoch;
        self.seen.images += step.images;
        self.seen.losses += step.loss;
        self.seen.steps += 1;
        self.seen.computing += step.seconds_computing;
        self.seen.waiting += step.seconds_waiting;
        let row = self.log.add(step);
        if let Some(row) = self.keep(row) {
            let mut scalars = vec![
                ("loss/training", row.loss),
                ("accuracy/training", row.accuracy),
                ("learning_rate", row.learning_rate),
                (
                    "speed/images_per_second",
                    step.images as f64 / (step.seconds_computing + step.seconds_waiting),
                ),
                (
                    "speed/waiting_share",
                    step.seconds_waiting / (step.seconds_computing + step.seconds_waiting),
                ),
            ];
            if let Some(gpu) = self.gpu.as_ref().and_then(gpu::Watch::latest) {
                scalars.push(("gpu/memory_gib", gpu.used / 1024.0));
                scalars.extend(gpu.busy.map(|busy| ("gpu/busy_percent", busy)));
            }
            let added = self.events.add(row.step, &scalars);
            self.keep(added);
            self.curves.add(row.epoch, row.step_in_epoch, step.steps_in_epoch, row.loss, row.accuracy);
        }
        if self.last_flush.elapsed() >= FLUSH_EVERY {
            self.last_flush = Instant::now();
            let flushed = self.flush();
            self.keep(flushed);
        }
        if self.screen.wants_picture() {
            let pictures = self.pictures();
            self.screen.picture(&pictures);
        }
        let words = self.words(step);
        self.screen.step(step, &words);
    }

    fn features(&mut self, images: usize, of: usize) {
        self.screen.say_in_bar(&format!("features of the trunk: {images} of {of}"));
    }

    fn validated(&mut self, images: usize, of: usize) {
        self.validating = true;
        self.screen.say_in_bar(&format!("validation: {images} of {of}"));
    }

    fn epoch(&mut self, row: &Row) {
        self.curves.end(row);
        let added = self.events.add(
            self.log.steps(),
            &[
                ("loss/validation", row.validation_loss),
                ("accuracy/validation", row.accuracy),
                ("accuracy/balanced", row.balanced_accuracy),
                ("epoch", row.epoch as f64),
            ],
        );
        self.keep(added);
    }

    /// To stop; to write a checkpoint after so many minutes, which waits for the end of the epoch once its steps are
    /// done; and when a file could not be written.
    fn pause(&mut self) -> bool {
        let due = self.steps_since > 0 && self.last_checkpoint.elapsed() >= self.options.checkpoint_every;
        self.options.stop.load(Ordering::Relaxed) || self.failed.is_some() || (due && !self.validating)
    }
}

impl Curves {
    fn add(&mut self, epoch: usize, step: usize, of: usize, loss: f64, accuracy: f64) {
        let place = (epoch - 1) as f64 + step as f64 / of as f64;
        self.loss.push((place, loss));
        self.accuracy.push((place, accuracy));
    }

    fn end(&mut self, row: &Row) {
        self.validation_loss.push((row.epoch as f64, row.validation_loss));
        self.validation_accuracy.push((row.epoch as f64, row.accuracy));
    }
}

/// A terminal with a bar and a picture above it; or lines, where there is none.
struct Screen {
    terminal: bool,
    look: Look,
    /// Lines of the two pictures.
    rows: (usize, usize),
    bars: MultiProgress,
    picture: ProgressBar,
    bar: ProgressBar,
    last_picture: Instant,
    last_line: Instant,
}

impl Screen {
    fn open() -> Self {
        let terminal = std::io::stderr().is_terminal() && std::io::stdout().is_terminal();
        let (height, width) = console::Term::stderr().size_checked().unwrap_or((24, 80));
        // Room for the titles, the axes, the bar and some lines of text.
        let rows = if terminal && height < 30 { (8, 0) } else { (8, 6) };
        let look = Look {
            rich: terminal && console::colors_enabled_stderr(),
            width: if terminal { usize::from(width) - 1 } else { 80 },
        };
        let (bars, now) = (MultiProgress::new(), Instant::now());
        let (picture, bar) = (bars.add(ProgressBar::new(0)), bars.add(ProgressBar::new(0)));
        picture.set_style(style("{msg}"));
        bar.set_style(style("{prefix}  {wide_bar}  {pos}/{len} images  {msg}"));
        Self { terminal, look, rows, bars, picture, bar, last_picture: now, last_line: now }
    }

    fn begin(&mut self, prefix: &str, images: usize, done: usize) {
        self.bar.reset();
        self.bar.set_prefix(prefix.to_owned());
        self.bar.set_length(images as u64);
        self.bar.set_position(done as u64);
        self.bar.set_message("");
        if self.terminal {
            self.bar.enable_steady_tick(Duration::from_millis(200));
        }
    }

    fn say(&self, line: &str) {
        self.bars.suspend(|| println!("{line}"));
    }

    fn wants_picture(&mut self) -> bool {
        let wants = self.terminal && self.last_picture.elapsed() >= CURVE_EVERY;
        if wants {
            self.last_picture = Instant::now();
        }
        wants
    }

    fn picture(&self, text: &str) {
        self.picture.set_message(text.trim_end().to_owned());
    }

    fn step(&mut self, step: &Step, words: &str) {
        self.bar.inc(step.images as u64);
        self.bar.set_message(words.to_owned());
        if !self.terminal && self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            println!("epoch {:>2}, step {} of {}: {words}", step.epoch, step.step, step.steps_in_epoch);
        }
    }

    fn say_in_bar(&self, words: &str) {
        self.bar.set_message(words.to_owned());
    }

    fn end(&self, pictures: &str) {
        if self.terminal {
            self.picture(pictures);
            // The picture stays as it is.
            self.picture.abandon();
        } else if !pictures.is_empty() {
            println!("{}", pictures.trim_end());
        }
        self.bar.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

/// Seconds in words: `40 s`, `12 min`, `3 h 05 min`.
pub(super) fn duration(seconds: f64) -> String {
    let minutes = (seconds / 60.0).round() as u64;
    match minutes {
        0..=1 => format!("{seconds:.0} s"),
        2..=119 => format!("{minutes} min"),
        _ => format!("{} h {:02} min", minutes / 60, minutes % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_said_as_one_would() {
        assert_eq!(duration(39.6), "40 s");
        assert_eq!(duration(89.0), "89 s");
        assert_eq!(duration(12.0 * 60.0), "12 min");
        assert_eq!(duration(3.0 * 3600.0 + 5.0 * 60.0), "3 h 05 min");
    }
}
