//! The `training` program: built in a checkout, or the one that was installed beside this program.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, ensure};

use crate::libtorch::Libtorch;
use crate::process;

/// The program, ready to run with libtorch, in the checkout's root or else in the current folder.
///
/// # Errors
/// Without libtorch; when `training` does not compile, or outside a checkout is not beside this program.
pub fn trainer(checkout: Option<&Path>) -> anyhow::Result<Command> {
    let libtorch = Libtorch::ensure()?;
    let mut command = match checkout {
        Some(root) => {
            let mut command = Command::new(build(root, &libtorch)?);
            command.current_dir(root);
            command
        }
        None => Command::new(installed()?),
    };
    libtorch.apply(&mut command)?;
    keep_memory(&mut command, |name| std::env::var_os(name).is_some());
    Ok(command)
}

fn build(root: &Path, libtorch: &Libtorch) -> anyhow::Result<PathBuf> {
    let mut build = process::cargo(root);
    // Not `--quiet`: the first build takes minutes and should be seen.
    build.args(["build", "--package", "training", "--bin", "training"]);
    libtorch.apply(&mut build)?;
    process::run(&mut build)?;
    Ok(process::target(root).join("debug").join(file_name()))
}

fn installed() -> anyhow::Result<PathBuf> {
    let us = std::env::current_exe().context("cannot find out where this program is")?;
    let program = us.with_file_name(file_name());
    ensure!(
        program.is_file(),
        "the program that trains is missing: {}; run this command in a checkout of the book, which builds it",
        program.display()
    );
    Ok(program)
}

fn file_name() -> String {
    format!("training{}", std::env::consts::EXE_SUFFIX)
}

/// Lets the program keep what it frees. A training asks for the same memory at every step, and glibc, unless told
/// otherwise, gives large pieces back to the system each time, which then has to clear them again: a tenth of a step of
/// ResNet-50 on a CPU. Other systems ignore the two variables; what the caller `has_set` stays.
///
/// Source: mallopt(3), environment variables.
fn keep_memory(command: &mut Command, has_set: impl Fn(&str) -> bool) {
    const NEVER_GIVE_BACK: [(&str, &str); 2] =
        [("MALLOC_TRIM_THRESHOLD_", "9223372036854775807"), ("MALLOC_MMAP_MAX_", "0")];
    for (name, value) in NEVER_GIVE_BACK {
        if !has_set(name) {
            command.env(name, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_training_keeps_its_memory_unless_the_caller_decided() {
        let mut command = Command::new("training");
        keep_memory(&mut command, |name| name == "MALLOC_MMAP_MAX_");
        let set: Vec<_> = command.get_envs().filter_map(|(name, value)| Some((name, value?))).collect();
        assert_eq!(set, [("MALLOC_TRIM_THRESHOLD_".as_ref(), "9223372036854775807".as_ref())]);
    }

    #[test]
    fn outside_a_checkout_a_missing_program_is_named_with_its_path() {
        // Tests are in `deps`, where no program is called `training`.
        let message = installed().unwrap_err().to_string();
        assert!(message.contains(&file_name()) && message.contains("in a checkout"), "{message}");
    }
}
