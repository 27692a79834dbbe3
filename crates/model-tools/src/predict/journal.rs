//! Answers as they come, so that a run that was stopped or killed can go on: a line of JSON each, beside the file that
//! is written when all are there.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use serde::{Deserialize, Serialize};

/// The file with the answers so far.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
}

/// The first line: what the answers are of.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct JournalHeader {
    model_sha256: String,
    images: String,
}

/// One answer.
#[derive(Serialize, Deserialize)]
struct JournalLine {
    image: String,
    probabilities: Vec<f32>,
}

/// Answers by the name of their image.
pub(super) type JournalAnswers = BTreeMap<String, Vec<f32>>;

impl Journal {
    /// Begins the journal of `out`, or continues with it and returns what it holds.
    ///
    /// # Errors
    /// A journal that is there although nobody said `resume`; one of another model or folder.
    pub(super) fn open(
        out: &Path,
        model_sha256: &str,
        images: &Path,
        resume: bool,
    ) -> anyhow::Result<(Self, JournalAnswers)> {
        let path = beside(out);
        let images = std::path::absolute(images).context("the path of the images is empty")?;
        let head = JournalHeader {
            model_sha256: model_sha256.to_owned(),
            images: images.to_string_lossy().into_owned(),
        };
        let answers = if path.is_file() { Self::read(&path, &head, resume)? } else { JournalAnswers::new() };
        // Written again, so that half a line at its end goes.
        let mut text = json(&head)?;
        for (image, probabilities) in &answers {
            text += &json(&JournalLine { image: image.clone(), probabilities: probabilities.clone() })?;
        }
        files::write(&path, text.as_bytes())?;
        let file = File::options().append(true).open(&path);
        let file = file.with_context(|| format!("cannot write {}", path.display()))?;
        Ok((Self { path, file }, answers))
    }

    fn read(path: &Path, head: &JournalHeader, resume: bool) -> anyhow::Result<JournalAnswers> {
        let text = files::read_text(path)?;
        // A line without its end is one that a killed run did not finish.
        let whole = &text[..text.rfind('\n').map_or(0, |end| end + 1)];
        let mut lines = whole.lines();
        let Some(first) = lines.next() else { return Ok(JournalAnswers::new()) };
        let found: JournalHeader = serde_json::from_str(first).with_context(|| {
            format!("{} is not the journal of a prediction; remove that file", path.display())
        })?;
        if !resume {
            bail!(
                "{} holds {} answers of a run that did not finish; continue it with --resume, or remove that file to start over",
                path.display(),
                lines.count()
            );
        }
        ensure!(
            found == *head,
            "{} belongs to another model or folder ({}, {}); remove that file to start over",
            path.display(),
            found.model_sha256,
            found.images
        );
        let answer = |(i, line): (usize, &str)| {
            let line: JournalLine = serde_json::from_str(line)
                .with_context(|| format!("{}, line {}: not an answer", path.display(), i + 2))?;
            Ok((line.image, line.probabilities))
        };
        lines.enumerate().map(answer).collect()
    }

    /// Adds answers.
    ///
    /// # Errors
    /// A disk that is full.
    pub(super) fn add<'a>(
        &mut self,
        answers: impl Iterator<Item = (&'a str, &'a [f32])>,
    ) -> anyhow::Result<()> {
        let mut text = String::new();
        for (image, probabilities) in answers {
            text += &json(&JournalLine { image: image.to_owned(), probabilities: probabilities.to_vec() })?;
        }
        self.file.write_all(text.as_bytes()).with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Removes the journal, when all answers are where they belong.
    ///
    /// # Errors
    /// A folder that cannot be changed.
    pub(super) fn remove(self) -> anyhow::Result<()> {
        std::fs::remove_file(&self.path).with_context(|| format!("cannot remove {}", self.path.display()))
    }
}

/// `out.csv.partial` for `out.csv`.
fn beside(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".partial");
    PathBuf::from(name)
}

fn json(line: &impl Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_string(line).context("numbers and text are always JSON")? + "\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_refused(result: anyhow::Result<(Journal, JournalAnswers)>, expected: &str) {
        let message = result.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains(expected), "expected {expected:?} in {message:?}");
    }

    #[test]
    fn what_was_answered_before_a_run_was_killed_is_there_again_to_the_last_bit() {
        let folder = tempfile::tempdir().unwrap();
        let (out, images) = (folder.path().join("out.csv"), folder.path());
        let open = |model: &str, resume| Journal::open(&out, model, images, resume);
        let third = [1.0_f32 / 3.0, 1e-30, f32::MIN_POSITIVE];
        let (mut journal, answers) = open("abc", false).unwrap();
        assert!(answers.is_empty());
        journal.add([("a \"b\",\n", &third[..]), ("c", &[0.1][..])].into_iter()).unwrap();
        // Killed within a line.
        journal.file.write_all(b"{\"image\":\"d\",\"probab").unwrap();
        drop(journal);
        check_refused(open("abc", false), "holds 2 answers");
        check_refused(open("def", true), "belongs to another model or folder (abc, ");
        check_refused(Journal::open(&out, "abc", &images.join("other"), true), "belongs to another model");
        let (mut journal, answers) = open("abc", true).unwrap();
        assert_eq!(
            answers.into_iter().collect::<Vec<_>>(),
            [("a \"b\",\n".to_owned(), third.to_vec()), ("c".to_owned(), vec![0.1])]
        );
        journal.add([("d", &[0.5][..])].into_iter()).unwrap();
        let (journal, answers) = open("abc", true).unwrap();
        assert_eq!(answers.len(), 3);
        journal.remove().unwrap();
        assert_eq!(files::below(images).unwrap(), Vec::<PathBuf>::new());
    }
}
