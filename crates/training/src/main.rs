//! `training`: trains networks and answers for them, with libtorch. `cargo xtask train` builds and starts it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use training::device::Choice;
use training::golden::{Asked, golden, probabilities};
use training::pace;
use training::published::{Convert, convert};
use training::run::{End, Options, Start, run};

/// Trains networks with libtorch.
#[derive(Parser)]
#[command(name = "training", disable_help_subcommand = true)]
enum Command {
    /// Trains as a configuration says.
    Train {
        /// The configuration, a TOML file.
        recipe: PathBuf,
        /// The run folder.
        #[arg(long)]
        run: PathBuf,
        /// Where to compute: auto, cpu, cuda, or cuda:N.
        #[arg(long, default_value = "auto")]
        device: Choice,
        /// Goes on after the last checkpoint of the folder.
        #[arg(long)]
        resume: bool,
        /// Minutes between two checkpoints inside an epoch; 0 writes one after every step.
        #[arg(long, default_value_t = 10.0, value_parser = minutes)]
        checkpoint_minutes: f64,
    },
    /// Prints libtorch's answers to drawn lesions, as JSON.
    Golden(Asked),
    /// Prints libtorch's probabilities for image files, as JSON.
    Answers {
        #[command(flatten)]
        asked: Asked,
        /// A text file with a path a line.
        #[arg(long)]
        images: PathBuf,
    },
    /// Writes published weights as safetensors.
    Convert(Convert),
    /// Answers every number of steps on a line of its input with the seconds they took.
    Pace {
        #[command(flatten)]
        asked: pace::Asked,
        /// Where to compute: auto, cpu, cuda, or cuda:N.
        #[arg(long, default_value = "auto")]
        device: Choice,
    },
}

fn minutes(text: &str) -> Result<f64, String> {
    let minutes = text.parse().ok().filter(|minutes| (0.0..1e6).contains(minutes));
    minutes.ok_or_else(|| "expected a number of minutes, 0 or more".to_owned())
}

/// An error is for the person at the terminal: its causes in one line, no backtrace.
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
            let start = if resume { Start::Resume } else { Start::Afresh };
            let checkpoint_every = Duration::from_secs_f64(60.0 * checkpoint_minutes);
            Ok(match run(&recipe, &folder, &Options { device, start, checkpoint_every, stop: &stop })? {
                End::Done => ExitCode::SUCCESS,
                End::Stopped => ExitCode::from(INTERRUPTED),
            })
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

/// What a shell reports for a command that Ctrl-C ended.
const INTERRUPTED: u8 = 130;

/// A flag that the first Ctrl-C sets; the second ends the program at once.
fn stop_on_ctrl_c() -> anyhow::Result<Arc<AtomicBool>> {
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            end_at_once();
        }
        eprintln!("stopping after this batch, with a checkpoint; once more to stop at once");
    })
    .context("cannot listen for Ctrl-C")?;
    Ok(stop)
}

/// Ends without destructors: libtorch's threads would still be using what they destroy.
#[cfg(unix)]
#[allow(unsafe_code, reason = "the standard library ends a program only with destructors or with a crash")]
fn end_at_once() -> ! {
    // SAFETY: it ends the process, and touches nothing of it.
    unsafe { libc::_exit(i32::from(INTERRUPTED)) }
}

#[cfg(not(unix))]
fn end_at_once() -> ! {
    std::process::exit(i32::from(INTERRUPTED))
}

/// When memory runs out, libtorch's binding panics with pages of text; the run catches it and says the same in a line.
fn keep_quiet_about_memory() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.payload_as_str().is_some_and(training::memory::is_exhausted) {
            usual(panic);
        }
    }));
}
