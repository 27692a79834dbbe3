//! What a run shows and records while it trains.

use std::io::IsTerminal as _;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use catalog::number::count;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use recipe::Recipe;
use tch::Device;

use super::RunOptions;
use super::curve::{self, Curve, TextStyle};
use super::folder::Folder;
use crate::class_report::ClassRow;
use crate::gpu;
use crate::history::{EpochRow, RunPosition, StepLog};
use crate::observer::{Observer, TrainingStep};
use crate::tensorboard::Events;

/// Without a terminal: time between two lines of output.
const LINE_EVERY: Duration = Duration::from_secs(30);

/// Time between two writes of buffered rows and events to their files.
const FLUSH_EVERY: Duration = Duration::from_secs(5);

/// In a terminal: time between two drawings of the curve.
const CURVE_EVERY: Duration = Duration::from_secs(1);

/// Watches a run: progress bar, curve, `steps.csv`, events. It also decides when to pause for a checkpoint.
pub(super) struct RunMonitor<'a> {
    recipe: &'a Recipe,
    options: &'a RunOptions<'a>,
    last_checkpoint: Instant,
    steps_since: usize,
    last_flush: Instant,
    validating: bool,
    log: StepLog,
    events: Events,
    curves: Curves,
    screen: Screen,
    gpu: Option<gpu::GpuMonitor>,
    /// Totals of this process's part of the epoch.
    seen: EpochTotals,
    /// The first error while writing; it ends the run.
    failed: Option<anyhow::Error>,
}

/// The points of all curves, by epoch.
#[derive(Default)]
struct Curves {
    loss: Vec<(f64, f64)>,
    accuracy: Vec<(f64, f64)>,
    validation_loss: Vec<(f64, f64)>,
    validation_accuracy: Vec<(f64, f64)>,
}

/// Totals over the steps of an epoch that this process trained.
#[derive(Clone, Copy, Default)]
struct EpochTotals {
    images: usize,
    losses: f64,
    steps: usize,
    computing: f64,
    waiting: f64,
}

impl EpochTotals {
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

impl<'a> RunMonitor<'a> {
    /// Opens the folder's files at `position`, from which the run continues; `rows` are those of the epochs before it.
    pub(super) fn open(
        recipe: &'a Recipe,
        options: &'a RunOptions<'a>,
        folder: &Folder,
        (position, steps_per_epoch): (RunPosition, usize),
        rows: &[EpochRow],
        device: Device,
    ) -> anyhow::Result<Self> {
        let (log, steps) = StepLog::open(&folder.join("steps.csv"), position)?;
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
            gpu: if let Device::Cuda(number) = device { Some(gpu::GpuMonitor::start(number)) } else { None },
            seen: EpochTotals::default(),
            failed: None,
        })
    }

    /// Called before an epoch or the rest of one: `done` of its `images` images are done.
    pub(super) fn begin(&mut self, epoch: usize, images: usize, done: usize) {
        self.seen = EpochTotals::default();
        self.validating = false;
        self.screen.begin(&format!("epoch {epoch:>2}/{}", self.recipe.epochs()), images, done);
    }

    /// Writes everything to the files: rows before a checkpoint must be on disk when the checkpoint is.
    ///
    /// # Errors
    /// Files that cannot be written, now or earlier.
    pub(super) fn flush(&mut self) -> anyhow::Result<()> {
        if let Some(error) = self.failed.take() {
            return Err(error);
        }
        self.log.flush()?;
        self.events.flush()
    }

    /// Called after a checkpoint was written.
    pub(super) fn saved(&mut self) {
        self.last_checkpoint = Instant::now();
        self.steps_since = 0;
    }

    /// Prints a line above the bar.
    pub(super) fn say(&self, line: &str) {
        self.screen.say(line);
    }

    /// Ends the bar; without a terminal, the curves are printed now.
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

    /// Estimated seconds to the end of the run, if every step takes as long per pixel as those so far.
    fn left(&self, step: &TrainingStep) -> f64 {
        let size = |epoch: usize| {
            self.recipe.stage(epoch).map_or(0.0, |(_, stage, _)| f64::from(stage.image_size).powi(2))
        };
        let now = size(step.epoch - 1);
        let here = (step.steps_in_epoch - step.step) as f64;
        let later: f64 =
            (step.epoch..self.recipe.epochs()).map(size).sum::<f64>() / now * step.steps_in_epoch as f64;
        (here + later) * self.seen.seconds() / self.seen.steps as f64
    }

    /// Speed, time left, loss.
    fn words(&self, step: &TrainingStep) -> String {
        let seen = self.seen;
        let gpu = self.gpu.as_ref().and_then(gpu::GpuMonitor::latest);
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

impl Observer for RunMonitor<'_> {
    fn step(&mut self, step: &TrainingStep) {
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
            if let Some(gpu) = self.gpu.as_ref().and_then(gpu::GpuMonitor::latest) {
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
        self.screen.say_in_bar(&format!("features of the trunk: {} of {} images", count(images), count(of)));
    }

    fn validated(&mut self, images: usize, of: usize) {
        self.validating = true;
        self.screen.say_in_bar(&format!("validation: {} of {} images", count(images), count(of)));
    }

    fn epoch(&mut self, row: &EpochRow, classes: &[ClassRow]) {
        self.curves.end(row);
        let names: Vec<String> = classes.iter().map(|row| format!("sensitivity/{}", row.class)).collect();
        let mut scalars = vec![
            ("loss/validation", row.validation_loss),
            ("accuracy/validation", row.accuracy),
            ("accuracy/balanced", row.balanced_accuracy),
            ("epoch", row.epoch as f64),
        ];
        let sensitivities = names.iter().zip(classes);
        scalars.extend(sensitivities.filter_map(|(name, row)| Some((name.as_str(), row.sensitivity?))));
        let added = self.events.add(self.log.steps(), &scalars);
        self.keep(added);
    }

    /// Pauses to stop, to write a checkpoint when one is due (once an epoch's steps are done, its end writes one), and when
    /// a file could not be written.
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

    fn end(&mut self, row: &EpochRow) {
        self.validation_loss.push((row.epoch as f64, row.validation_loss));
        self.validation_accuracy.push((row.epoch as f64, row.accuracy));
    }
}

/// A terminal with a progress bar and a picture above it, or plain lines without a terminal.
struct Screen {
    terminal: bool,
    look: TextStyle,
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
        // Leaves room for titles, axes, the bar and some lines of text.
        let rows = if terminal && height < 30 { (8, 0) } else { (8, 6) };
        let look = TextStyle {
            rich: terminal && console::colors_enabled_stderr(),
            width: if terminal { usize::from(width) - 1 } else { 80 },
        };
        let (bars, now) = (MultiProgress::new(), Instant::now());
        let (picture, bar) = (bars.add(ProgressBar::new(0)), bars.add(ProgressBar::new(0)));
        picture.set_style(style("{msg}"));
        bar.set_style(style("{prefix}  {wide_bar}  {human_pos}/{human_len} images  {msg}"));
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

    fn step(&mut self, step: &TrainingStep, words: &str) {
        self.bar.inc(step.images as u64);
        self.bar.set_message(words.to_owned());
        if !self.terminal && self.last_line.elapsed() >= LINE_EVERY {
            self.last_line = Instant::now();
            let [at, of] = [step.step, step.steps_in_epoch].map(count);
            println!("epoch {:>2}, step {at} of {of}: {words}", step.epoch);
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
    fn a_duration_reads_as_a_person_would_say_it() {
        assert_eq!(duration(39.6), "40 s");
        assert_eq!(duration(89.0), "89 s");
        assert_eq!(duration(12.0 * 60.0), "12 min");
        assert_eq!(duration(3.0 * 3600.0 + 5.0 * 60.0), "3 h 05 min");
    }
}
