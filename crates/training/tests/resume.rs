//! The program itself, killed and started again: a run continues from any moment to the same weights, bit for bit.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use catalog::Diagnosis;
use datasets::{Dataset, Image, Shares, Split, SplitUnit, isic};
use imaging::Rgb8;
use numerics::Random;
use training::Weights;
use training::class_report::ClassRow;
use training::history::{self, EpochRow, RunPosition, StepLog};

/// Kills of one run.
const KILLS: usize = 20;

/// The head first, on features that are kept, then all layers; every rule that remembers something takes part.
const CONFIG: &str = r#"
name = "tiny"
architecture = "tiny"
seed = 11
batch_size = 8

[card]
title = "Tiny"
trained_on = "coloured noise"
licence = "MIT"

[data]
folder = "FOLDER"
split = "FOLDER/split.csv"
memory_size = 16

[augmentation]
flip_horizontal = true
rotation = 20.0
brightness = 0.1

[optimiser]
rule = "adamw"
weight_decay = 0.01
clip_gradient_norm = 1.0

[sampling]
balance = 0.5

[mixing]
kind = "mixup"

[averaging]
decay = 0.9

[[stages]]
epochs = 2
image_size = 12
train = "head"
copies = 2
learning_rate = 1e-2

[[stages]]
epochs = 14
image_size = 16
learning_rate = 1e-2
schedule = "plateau"
patience = 2
"#;

/// A folder with eight images of every diagnosis, a split and a configuration.
struct Bench(tempfile::TempDir);

impl Bench {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut random = Random::new(5);
        let mut images = Vec::new();
        for diagnosis in Diagnosis::ALL {
            for number in 0..8 {
                let name = format!("{}_{number}", diagnosis.abbreviation());
                let tint = 20 * diagnosis.index() as u8;
                let pixels = (0..16 * 16 * 3).map(|_| tint + (random.next_u32() % 100) as u8).collect();
                let bytes = imaging::encode_jpeg(&Rgb8::new(16, 16, pixels).unwrap(), 90).unwrap();
                files::write(&isic::image_path(folder.path(), &name), &bytes).unwrap();
                images.push(Image { name, diagnosis, age: None, site: None, lesion: None, sex: None });
            }
        }
        let dataset = Dataset::new(folder.path(), images).unwrap();
        dataset.write().unwrap();
        let shares = Shares::new(75, 25, 0).unwrap();
        Split::random(&dataset, shares, SplitUnit::Lesion, 1)
            .write(&folder.path().join("split.csv"))
            .unwrap();
        let text = CONFIG.replace("FOLDER", &folder.path().display().to_string());
        std::fs::write(folder.path().join("tiny.toml"), text).unwrap();
        Self(folder)
    }

    fn run(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The program that trains in the folder `name`, on one thread, so that twenty starts are quick.
    fn command(&self, name: &str, more: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_training"));
        command.arg("train").arg(self.0.path().join("tiny.toml")).arg("--run").arg(self.run(name));
        command.args(["--device", "cpu"]).args(more).env("OMP_NUM_THREADS", "1");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn finish(&self, name: &str, more: &[&str]) -> Output {
        self.command(name, more).output().unwrap()
    }
}

fn check_success(output: &Output) {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{}\n{}{}", output.status, text(&output.stdout), text(&output.stderr));
}

/// Steps whose rows are in the file: those before the last checkpoint.
fn steps(run: &Path) -> usize {
    std::fs::read_to_string(run.join("steps.csv")).map_or(0, |text| text.lines().count().saturating_sub(1))
}

/// Waits until the run has made `more` steps, or the program has ended.
fn wait_for(child: &mut Child, run: &Path, more: usize) {
    let (before, start) = (steps(run), Instant::now());
    while steps(run) < before + more && child.try_wait().unwrap().is_none() {
        assert!(start.elapsed() < Duration::from_mins(1), "the program trains no more");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Everything in a run that does not tell the time.
fn check_same(left: &Path, right: &Path) {
    for file in ["checkpoint.safetensors", "best.safetensors"] {
        let (left, right) =
            (Weights::read(&left.join(file)).unwrap(), Weights::read(&right.join(file)).unwrap());
        assert!(left == right, "{file} differs");
    }
    let rows = |run: &Path| {
        let (_, rows) =
            StepLog::open(&run.join("steps.csv"), RunPosition { epochs: 1000, steps: 0 }).unwrap();
        let numbers = rows
            .into_iter()
            .map(|row| (row.step, row.epoch, row.step_in_epoch, row.loss.to_bits(), row.accuracy.to_bits()));
        numbers.collect::<Vec<_>>()
    };
    assert_eq!(rows(left), rows(right));
    let epochs = |run: &Path| {
        let rows = history::read::<EpochRow>(&run.join("history.csv")).unwrap().into_iter();
        rows.map(|row| (row.epoch, row.loss.to_bits(), row.validation_loss.to_bits())).collect::<Vec<_>>()
    };
    assert_eq!(epochs(left), epochs(right));
    let classes = |run: &Path| history::read::<ClassRow>(&run.join("classes.csv")).unwrap();
    assert_eq!(classes(left), classes(right));
    assert_eq!(classes(left).len(), Diagnosis::ALL.len() * epochs(left).len());
}

/// An epoch takes at least as long as its steps, however often it paused.
fn check_times(run: &Path) {
    let (_, steps) = StepLog::open(&run.join("steps.csv"), RunPosition { epochs: 1000, steps: 0 }).unwrap();
    for row in history::read::<EpochRow>(&run.join("history.csv")).unwrap() {
        let own = steps.iter().filter(|step| step.epoch == row.epoch);
        let seconds: f64 = own.map(|step| step.seconds_computing + step.seconds_waiting).sum();
        assert!(
            row.seconds >= seconds * 0.999,
            "epoch {}: {} s, its steps {seconds} s",
            row.epoch,
            row.seconds
        );
    }
}

#[test]
fn a_run_killed_at_twenty_random_moments_ends_with_the_same_weights_bit_for_bit() {
    let bench = Bench::new();
    check_success(&bench.finish("whole", &[]));
    // 48 images in batches of 8, and 16 epochs.
    assert_eq!(steps(&bench.run("whole")), 6 * 16);

    let mut random = Random::new(20);
    let run = bench.run("killed");
    let often = ["--resume", "--checkpoint-minutes", "0"];
    let mut kills = 0;
    while kills < KILLS {
        let mut child = bench.command("killed", &often).spawn().unwrap();
        // Every fourth time while it starts, else after some steps, in the midst of computing or writing.
        if kills % 4 == 0 {
            std::thread::sleep(Duration::from_millis(u64::from(random.next_u32() % 400)));
        } else {
            wait_for(&mut child, &run, (random.next_u32() % 4) as usize);
            std::thread::sleep(Duration::from_micros(u64::from(random.next_u32() % 15_000)));
        }
        child.kill().unwrap();
        let status = child.wait().unwrap();
        if status.success() {
            // A quick machine was done before: one more run that must be the same, and the next begins afresh.
            check_same(&bench.run("whole"), &run);
            std::fs::remove_dir_all(&run).unwrap();
        } else {
            assert_eq!(status.signal(), Some(9), "{status}");
            kills += 1;
        }
    }
    check_success(&bench.finish("killed", &often));
    check_same(&bench.run("whole"), &run);
    check_times(&run);
    // Nothing half written is left beside the files.
    let names = std::fs::read_dir(&run).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.into_iter().all(|name| !name.to_string_lossy().starts_with(".tmp")));
}

#[test]
fn ctrl_c_leaves_a_checkpoint_in_the_midst_of_an_epoch() {
    let bench = Bench::new();
    check_success(&bench.finish("whole", &[]));
    let run = bench.run("stopped");
    let output = loop {
        let mut child = bench.command("stopped", &["--checkpoint-minutes", "0"]).spawn().unwrap();
        wait_for(&mut child, &run, 15);
        let interrupt = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        assert!(interrupt.success());
        let output = child.wait_with_output().unwrap();
        if !output.status.success() {
            break output;
        }
        // Done before the interrupt came: once more.
        std::fs::remove_dir_all(&run).unwrap();
    };
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(130), "{said}");
    assert!(said.contains("stopped after") && said.contains("to continue, add --resume"), "{said}");
    check_success(&bench.finish("stopped", &["--resume"]));
    check_same(&bench.run("whole"), &run);
}

#[test]
fn a_student_resumes_only_with_the_same_teacher() {
    let bench = Bench::new();
    check_success(&bench.finish("teacher", &[]));
    let teacher = bench.run("teacher");
    let recipe = bench.run("tiny.toml");
    let lines = format!("\n[distil]\nteacher = \"{}\"\nshare = 0.7\nfeatures = 1.0\n", teacher.display());
    std::fs::write(&recipe, std::fs::read_to_string(&recipe).unwrap() + &lines).unwrap();

    check_success(&bench.finish("whole", &[]));
    let weights = |run: &str| Weights::read(&bench.run(run).join("best.safetensors")).unwrap().0;
    assert!(weights("whole") != weights("teacher"), "the teacher changed nothing");

    let run = bench.run("killed");
    let often = ["--resume", "--checkpoint-minutes", "0"];
    loop {
        let mut child = bench.command("killed", &often).spawn().unwrap();
        wait_for(&mut child, &run, 20);
        child.kill().unwrap();
        if !child.wait().unwrap().success() {
            break;
        }
        // Done before it was killed: once more.
        std::fs::remove_dir_all(&run).unwrap();
    }
    let best = teacher.join("best.safetensors");
    let of_teacher = std::fs::read(&best).unwrap();
    weights("whole").write(&best, "").unwrap();
    let refused = bench.finish("killed", &often);
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(!refused.status.success() && said.contains("the teacher's weights have changed"), "{said}");
    std::fs::write(&best, of_teacher).unwrap();
    check_success(&bench.finish("killed", &often));
    check_same(&bench.run("whole"), &run);
}
