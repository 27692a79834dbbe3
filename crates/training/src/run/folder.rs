//! A run's folder: made, locked, and known to be writable and to belong to this configuration, before anything is
//! trained.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use toml::{Table, Value};

use super::Start;

/// Differences that a message names.
const NAMED: usize = 6;

/// The folder of a run that nobody else trains in.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Held to the end: the system lets go of it however the program ends.
    _lock: File,
}

impl Folder {
    /// Makes the folder or takes the one that is there.
    ///
    /// # Errors
    /// A folder that cannot be written, that another program trains in, that holds a run although `start` is afresh, or
    /// that holds the run of another configuration.
    pub(super) fn open(recipe_path: &Path, path: &Path, start: Start) -> anyhow::Result<Self> {
        let text = std::fs::read_to_string(recipe_path)
            .with_context(|| format!("cannot read {}", recipe_path.display()))?;
        std::fs::create_dir_all(path)
            .with_context(|| format!("cannot make the run's folder {}", path.display()))?;
        let lock = lock(path)?;
        let folder = Self { path: path.to_path_buf(), _lock: lock };
        folder.tidy()?;
        folder.adopt(recipe_path, &text, start)?;
        Ok(folder)
    }

    /// A file in it.
    pub(super) fn join(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Removes what a killed run left half written; such files have names that no other file has.
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

    /// Copies the configuration into a new folder, or holds it against the one that is there.
    fn adopt(&self, recipe_path: &Path, text: &str, start: Start) -> anyhow::Result<()> {
        let copy = self.join("config.toml");
        let Ok(old) = std::fs::read_to_string(&copy) else {
            return Ok(files::write(&copy, text.as_bytes())?);
        };
        if start == Start::Afresh {
            bail!(
                "{} holds a run already; go on with --resume, or remove that folder to start again",
                self.path.display()
            );
        }
        let different = differences(&table(&old, &copy)?, &table(text, recipe_path)?);
        ensure!(
            different.is_empty(),
            "{} belongs to another configuration than {}: {}; put the old values back, or give the new configuration \
             another name",
            self.path.display(),
            recipe_path.display(),
            different.join("; ")
        );
        Ok(())
    }

    /// Says before the training whether it will have the room that its files need: each is written beside the one that
    /// it replaces.
    ///
    /// # Errors
    /// Less room than `needed` bytes.
    pub(super) fn check_room(&self, needed: u64) -> anyhow::Result<()> {
        enough(needed, super::space::free(&self.path), &self.path)
    }
}

fn enough(needed: u64, free: Option<u64>, path: &Path) -> anyhow::Result<()> {
    let Some(free) = free.filter(|&free| free < needed) else { return Ok(()) };
    bail!(
        "the run's files need {} MB in {}, found {} MB free; make room, or train where there is more",
        needed.div_ceil(1_000_000),
        path.display(),
        free / 1_000_000
    )
}

/// Takes the folder's lock, and finds out by that whether it can be written.
fn lock(folder: &Path) -> anyhow::Result<File> {
    let path = folder.join("lock");
    let unwritable = || format!("cannot write to the run's folder {}", folder.display());
    let file =
        File::options().create(true).truncate(false).write(true).open(&path).with_context(unwritable)?;
    // A disk that is full takes an empty file.
    let trial = folder.join(".tmp-trial");
    std::fs::write(&trial, [0; 4096]).and_then(|()| std::fs::remove_file(&trial)).with_context(unwritable)?;
    match file.try_lock() {
        Err(TryLockError::WouldBlock) => {
            bail!("another training runs in {}; wait for it, or stop it with Ctrl-C", folder.display())
        }
        // Some network file systems know no locks.
        Err(TryLockError::Error(_)) | Ok(()) => Ok(file),
    }
}

fn table(text: &str, path: &Path) -> anyhow::Result<Table> {
    text.parse().with_context(|| format!("{} is no TOML", path.display()))
}

/// In words: every key whose value differs. Comments and order make no difference.
fn differences(old: &Table, new: &Table) -> Vec<String> {
    let (mut before, mut after) = (BTreeMap::new(), BTreeMap::new());
    flatten(String::new(), &Value::Table(old.clone()), &mut before);
    flatten(String::new(), &Value::Table(new.clone()), &mut after);
    let keys: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let absent = || "not there".to_owned();
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

/// Every value by its dotted key; stages count from 1, as messages count them.
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

    fn open(folder: &Path, text: &str, start: Start) -> anyhow::Result<Folder> {
        let recipe = folder.join("a.toml");
        std::fs::write(&recipe, text).unwrap();
        Folder::open(&recipe, &folder.join("run"), start)
    }

    #[test]
    fn a_run_of_another_configuration_is_refused_with_what_differs() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), OLD, Start::Afresh).unwrap());
        let new = OLD.replace("0.9", "0.8").replace("epochs = 2", "epochs = 3\nimage_size = 64");
        let error = open(folder.path(), &new, Start::Resume).unwrap_err().to_string();
        for words in [
            "optimiser.momentum is 0.9 in the run, 0.8 now",
            "stages.1.epochs is 2 in the run, 3 now",
            "stages.1.image_size is not there in the run, 64 now",
        ] {
            assert!(error.contains(words), "{error}");
        }
        assert!(!error.contains("seed"), "{error}");
    }

    #[test]
    fn a_comment_and_another_way_to_write_a_number_make_no_difference() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), OLD, Start::Afresh).unwrap());
        let same = OLD.replace("momentum = 0.9", "# As ever.\nmomentum = 9e-1");
        open(folder.path(), &same, Start::Resume).unwrap();
    }

    #[test]
    fn a_run_is_not_begun_over_another() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), OLD, Start::Afresh).unwrap());
        let error = open(folder.path(), OLD, Start::Afresh).unwrap_err().to_string();
        assert!(error.contains("holds a run already; go on with --resume"), "{error}");
    }

    #[test]
    fn two_trainings_do_not_share_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let first = open(folder.path(), OLD, Start::Afresh).unwrap();
        let error = open(folder.path(), OLD, Start::Resume).unwrap_err().to_string();
        assert!(error.contains("another training runs in"), "{error}");
        drop(first);
        open(folder.path(), OLD, Start::Resume).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_named() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("run"), b"a file").unwrap();
        let error = format!("{:#}", open(folder.path(), OLD, Start::Afresh).unwrap_err());
        assert!(error.contains("cannot make the run's folder") && error.contains("run"), "{error}");
    }

    #[test]
    fn what_a_killed_run_left_half_written_is_removed() {
        let folder = tempfile::tempdir().unwrap();
        drop(open(folder.path(), OLD, Start::Afresh).unwrap());
        let half = folder.path().join("run/.tmpAb3xYz");
        std::fs::write(&half, b"half").unwrap();
        drop(open(folder.path(), OLD, Start::Resume).unwrap());
        assert!(!half.exists());
    }

    #[test]
    fn too_little_room_is_said_in_numbers() {
        let path = Path::new("runs/a");
        let error = enough(500_000_000, Some(80_000_000), path).unwrap_err().to_string();
        assert!(error.contains("need 500 MB in runs/a, found 80 MB free"), "{error}");
        assert!(enough(5, Some(5), path).is_ok() && enough(5, None, path).is_ok());
    }
}
