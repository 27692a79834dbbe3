//! `training`: trains and runs networks with libtorch. `cargo xtask train` builds and starts it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use recipe::rates::RateRange;
use training::device::DeviceChoice;
use training::golden::{WeightsFile, golden, probabilities};
use training::pace;
use training::published::{Convert, convert};
use training::run::{RunEnd, RunOptions, RunStart, run, search};

/// Trains networks with libtorch.
#[derive(Parser)]
#[command(name = "training", disable_help_subcommand = true)]
enum Command {
    /// Trains a network by a recipe.
    Train {
        /// The recipe, a TOML file.
        recipe: PathBuf,
        /// The run folder.
        #[arg(long)]
        run: PathBuf,
        /// Where to compute: auto, cpu, cuda, or cuda:N.
        #[arg(long, default_value = "auto")]
        device: DeviceChoice,
        /// Continues from the folder's last checkpoint.
        #[arg(long)]
        resume: bool,
        /// Minutes between two checkpoints within an epoch; 0 writes one after every step.
        #[arg(long, default_value_t = 10.0, value_parser = minutes)]
        checkpoint_minutes: f64,
    },
    /// Trains with a learning rate that rises from step to step.
    LearningRates {
        /// The recipe, a TOML file.
        recipe: PathBuf,
        /// The table to write, a CSV file.
        #[arg(long)]
        out: PathBuf,
        /// Of the first step.
        #[arg(long)]
        lowest: f64,
        /// Of the last step.
        #[arg(long)]
        highest: f64,
        /// Steps from the lowest to the highest.
        #[arg(long)]
        steps: usize,
        /// Where to compute: auto, cpu, cuda, or cuda:N.
        #[arg(long, default_value = "auto")]
        device: DeviceChoice,
    },
    /// Prints libtorch's results for drawn lesions, as JSON.
    Golden(WeightsFile),
    /// Prints libtorch's probabilities for image files, as JSON.
    Answers {
        #[command(flatten)]
        asked: WeightsFile,
        /// A text file with one path per line.
        #[arg(long)]
        images: PathBuf,
    },
    /// Writes published weights as safetensors.
    Convert(Convert),
    /// Reads numbers of steps, one per line, and prints the seconds that each took.
    Pace {
        #[command(flatten)]
        asked: pace::PaceTask,
        /// Where to compute: auto, cpu, cuda, or cuda:N.
        #[arg(long, default_value = "auto")]
        device: DeviceChoice,
    },
}

fn minutes(text: &str) -> Result<f64, String> {
    let minutes = text.parse().ok().filter(|minutes| (0.0..1e6).contains(minutes));
    minutes.ok_or_else(|| "minutes are a number of at least 0".to_owned())
}

/// Errors are for the person at the terminal: their causes in one line, no backtrace.
fn main() -> ExitCode {
    answer(Command::parse()).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn answer(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Train { recipe, run: folder, device, resume, checkpoint_minutes } => {
            let stop = stop_on_ctrl_c()?;
            keep_quiet_about_memory();
            let start = if resume { RunStart::Resume } else { RunStart::Afresh };
            let checkpoint_every = Duration::from_secs_f64(60.0 * checkpoint_minutes);
            Ok(match run(&recipe, &folder, &RunOptions { device, start, checkpoint_every, stop: &stop })? {
                RunEnd::Done => ExitCode::SUCCESS,
                RunEnd::Stopped => ExitCode::from(INTERRUPTED),
            })
        }
        Command::LearningRates { recipe, out, lowest, highest, steps, device } => {
            let stop = stop_on_ctrl_c()?;
            keep_quiet_about_memory();
            let range = RateRange { lowest, highest, steps };
            search(&recipe, &out, range, device, &stop)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Golden(asked) => {
            println!("{}", serde_json::to_string(&golden(&asked)?)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Answers { asked, images } => {
            let list = std::fs::read_to_string(&images)
                .with_context(|| format!("cannot read {}", images.display()))?;
            let images: Vec<PathBuf> = list.lines().map(PathBuf::from).collect();
            println!("{}", serde_json::to_string(&probabilities(&asked, &images)?)?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Convert(asked) => {
            convert(&asked)?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Pace { asked, device } => {
            let device = device.device()?.device;
            pace::pace(&asked, device, std::io::stdin().lock(), std::io::stdout().lock())?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// The exit code of a command that Ctrl-C ended, as shells report it.
const INTERRUPTED: u8 = 130;

/// A flag that the first Ctrl-C sets; the second ends the program at once.
fn stop_on_ctrl_c() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            end_at_once();
        }
        eprintln!("stopping after this batch, with a checkpoint; press Ctrl-C again to stop at once");
    })
    .context("cannot listen for Ctrl-C")?;
    Ok(stop)
}

/// Ends without destructors: libtorch's threads would still be using what they destroy.
#[cfg(unix)]
#[allow(unsafe_code, reason = "the standard library can only end a program with destructors or with a crash")]
fn end_at_once() -> ! {
    // SAFETY: it ends the process and accesses none of its memory.
    unsafe { libc::_exit(i32::from(INTERRUPTED)) }
}

#[cfg(not(unix))]
fn end_at_once() -> ! {
    std::process::exit(i32::from(INTERRUPTED))
}

/// When memory runs out, libtorch's binding panics with pages of text; the run catches that and reports it in one line.
fn keep_quiet_about_memory() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.payload_as_str().is_some_and(training::memory::is_exhausted) {
            usual(panic);
        }
    }));
}
