//! A run's folder: created, locked, and checked to be writable and to belong to this recipe before training starts.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use toml::{Table, Value};

use super::RunStart;

/// The most differences that a message lists.
const NAMED: usize = 6;

/// The folder of a run in which no other program trains.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Kept to the end; the system releases it however the program ends.
    _lock: File,
}

impl Folder {
    /// Creates the folder or takes the existing one.
    ///
    /// # Errors
    /// A folder that cannot be written, in which another program trains, that contains a run although `start` is afresh, or
    /// whose run follows another recipe.
    pub(super) fn open(recipe_path: &Path, path: &Path, start: RunStart) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(recipe_path)
            .with_context(|| format!("cannot read {}", recipe_path.display()))?;
        std::fs::create_dir_all(path)
            .with_context(|| format!("cannot create the run's folder {}", path.display()))?;
        let lock = lock(path)?;
        let folder = Self { path: path.to_path_buf(), _lock: lock };
        folder.tidy()?;
        folder.adopt(recipe_path, &text, start)?;
        Ok(folder)
    }

    /// The path of a file in it.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Removes files that a killed run left half written; only they have such names.
    fn tidy(&self) -> anyhow::Result<()> {
        let unreadable = || format!("cannot read {}", self.path.display());
        for entry in std::fs::read_dir(&self.path).with_context(unreadable)? {
            let entry = entry.with_context(unreadable)?;
            if entry.file_name().to_string_lossy().starts_with(".tmp") {
                let file = entry.path();
                std::fs::remove_file(&file).with_context(|| format!("cannot remove {}", file.display()))?;
            }
        }
        Ok(())
    }

    /// Copies the recipe into a new folder, or compares it with the existing copy.
    fn adopt(&self, recipe_path: &Path, text: &str, start: RunStart) -> anyhow::Result<()> {
        let copy = self.join("config.toml");
        let Ok(old) = std::fs::read_to_string(&copy) else {
            return Ok(files::write(&copy, text.as_bytes())?);
        };
        if start == RunStart::Afresh {
            bail!(
                "{} already contains a run; continue it with --resume, or remove that folder to start again",
                self.path.display()
            );
        }
        let different = differences(&table(&old, &copy)?, &table(text, recipe_path)?);
        ensure!(
            different.is_empty(),
            "the run in {} follows another recipe than {}: {}; restore the old values, or give the new recipe another \
             name",
            self.path.display(),
            recipe_path.display(),
            different.join("; ")
        );
        Ok(())
    }

    /// Checks before the training that its files will fit: each is written next to the one that it replaces.
    ///
    /// # Errors
    /// Less free space than `needed` bytes.
    pub(super) fn check_room(&self, needed: u64) -> anyhow::Result<()> {
        enough(needed, super::space::free(&self.path), &self.path)
    }
}

fn enough(needed: u64, free: Option<u64>, path: &Path) -> anyhow::Result<()> {
    let Some(free) = free.filter(|&free| free < needed) else { return Ok(()) };
    bail!(
        "the run's files need {} MB in {}, but {} MB are free; free some space, or train on another disk",
        needed.div_ceil(1_000_000),
        path.display(),
        free / 1_000_000
    )
}

/// Locks the folder, which also checks that it can be written.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("lock");
    let unwritable = || format!("cannot write to the run's folder {}", folder.display());
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).with_context(unwritable)?;
    // A full disk still accepts an empty file.
    let trial = folder.join(".tmp-trial");
    std::fs::write(&trial, [0; 4096]).and_then(|()| std::fs::remove_file(&trial)).with_context(unwritable)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            bail!("another training is running in {}; wait for it, or stop it with Ctrl-C", folder.display())
        }
        // Some network file systems have no locks.
        Err(TryLockError::Error(_)) | Ok(()) => Ok(file),
    }
}

fn table(text: &str, path: &Path) -> anyhow::Result<Table> {
    text.parse().with_context(|| format!("{} is not valid TOML", path.display()))
}

/// Every key whose value differs, in words. Comments and order make no difference.
fn differences(old: &Table, new: &Table) -> Vec<String> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    flatten(String::new(), &Value::Table(old.clone()), &mut before);
    flatten(String::new(), &Value::Table(new.clone()), &mut after);
    let keys: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let absent = || "missing".to_owned();
    let mut words: Vec<String> = keys
        .into_iter()
        .filter(|key| before.get(*key) != after.get(*key))
        .map(|key| {
            let value = |values: &BTreeMap<String, String>| values.get(key).cloned().unwrap_or_else(absent);
            format!("{key} is {} in the run, {} now", value(&before), value(&after))
        })
        .collect();
    if words.len() > NAMED {
        let more = words.len() - NAMED;
        words.truncate(NAMED);
        words.push(format!("and {more} more"));
    }
    words
}

/// Every value by its dotted key; stages count from 1, as in messages.
fn flatten(key: String, value: &Value, values: &mut BTreeMap<String, String>) {
    let below = |name: &str| if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") };
    match value {
        Value::Table(table) => table.iter().for_each(|(name, value)| flatten(below(name), value, values)),
        Value::Array(array) if array.iter().all(Value::is_table) => {
            for (index, value) in array.iter().enumerate() {
                flatten(below(&(index + 1).to_string()), value, values);
            }
        }
        // `1e-3` and `0.001` are the same number.
        value => drop(values.insert(key, value.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "name = \"a\"\nseed = 1\n[optimiser]\nmomentum = 0.9\n[[stages]]\nepochs = 2\n";

    fn open(folder: &Path, text: &str, start: RunStart) -> anyhow::Result<Folder> {
        let recipe = folder.join("a.toml");
        std::fs::write(&recipe, text).unwrap();
        Folder::open(&recipe, &folder.join("run"), start)
    }

    #[test]
    fn a_run_of_another_recipe_is_refused_with_the_differences() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), OLD, RunStart::Afresh).unwrap());
        let new = OLD.replace("0.9", "0.8").replace("epochs = 2", "epochs = 3\nimage_size = 64");
        let error = open(folder.path(), &new, RunStart::Resume).unwrap_err().to_string();
        for words in [
            "optimiser.momentum is 0.9 in the run, 0.8 now",
            "stages.1.epochs is 2 in the run, 3 now",
            "stages.1.image_size is missing in the run, 64 now",
        ] {
            assert!(error.contains(words), "{error}");
        }
        assert!(!error.contains("seed"), "{error}");
    }

    #[test]
    fn a_comment_and_another_way_to_write_a_number_make_no_difference() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), OLD, RunStart::Afresh).unwrap());
        let same = OLD.replace("momentum = 0.9", "# As ever.\nmomentum = 9e-1");
        open(folder.path(), &same, RunStart::Resume).unwrap();
    }

    #[test]
    fn a_run_does_not_overwrite_another() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), OLD, RunStart::Afresh).unwrap());
        let error = open(folder.path(), OLD, RunStart::Afresh).unwrap_err().to_string();
        assert!(error.contains("already contains a run; continue it with --resume"), "{error}");
    }

    #[test]
    fn two_trainings_do_not_share_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = open(folder.path(), OLD, RunStart::Afresh).unwrap();
        let error = open(folder.path(), OLD, RunStart::Resume).unwrap_err().to_string();
        assert!(error.contains("another training is running in"), "{error}");
        drop(first);
        open(folder.path(), OLD, RunStart::Resume).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_reported() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("run"), b"a file").unwrap();
        let error = format!("{:#}", open(folder.path(), OLD, RunStart::Afresh).unwrap_err());
        assert!(error.contains("cannot create the run's folder") && error.contains("run"), "{error}");
    }

    #[test]
    fn files_that_a_killed_run_left_half_written_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), OLD, RunStart::Afresh).unwrap());
        let half = folder.path().join("run/.tmpAb3xYz");
        std::fs::write(&half, b"half").unwrap();
        drop(open(folder.path(), OLD, RunStart::Resume).unwrap());
        assert!(!half.exists());
    }

    #[test]
    fn too_little_space_is_reported_in_numbers() {
        let path = Path::new("runs/a");
        let error = enough(500_000_000, Some(80_000_000), path).unwrap_err().to_string();
        assert!(error.contains("need 500 MB in runs/a, but 80 MB are free"), "{error}");
        assert!(enough(5, Some(5), path).is_ok() && enough(5, None, path).is_ok());
    }
}
