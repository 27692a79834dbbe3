//! Files that appear complete or not at all, even when the power fails.

use std::io::Write as _;
use std::path::Path;

use crate::Error;

/// Writes `bytes` to a temporary file next to `path`, syncs it and renames it to `path`; makes the folders it needs.
///
/// A file that already holds these bytes is left alone, with its time stamp.
///
/// # Errors
/// A folder that cannot be written; `path` is then as it was.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    if holds(path, bytes) {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    replace(path, folder, bytes).map_err(Error::on("write", path))
}

fn replace(path: &Path, folder: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut file = builder().tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path)?;
    sync_folder(folder)
}

/// Whether the file is there with exactly these bytes; files of other lengths are not read.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    let same_length = path.metadata().is_ok_and(|metadata| metadata.len() == bytes.len() as u64);
    same_length && std::fs::read(path).is_ok_and(|old| old == bytes)
}

/// Temporary files that other users may read once they are renamed, as they may every other file.
fn builder() -> tempfile::Builder<'static, 'static> {
    #[allow(unused_mut, reason = "changed on Unix only")]
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder
}

/// Makes the renaming durable. Windows cannot open a folder for this, and does not need it.
#[cfg_attr(not(unix), allow(clippy::unnecessary_wraps, reason = "fails on Unix only"))]
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new/file.txt");
        write(&path, b"first").unwrap();
        write(&path, b"second").unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"second");
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn the_same_contents_leave_the_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.txt");
        write(&path, b"one").unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH;
        let set_time = || std::fs::File::options().write(true).open(&path)?.set_modified(old);
        let time = || std::fs::metadata(&path).unwrap().modified().unwrap();
        set_time().unwrap();
        write(&path, b"one").unwrap();
        assert_eq!(time(), old);
        // As long, and different.
        write(&path, b"two").unwrap();
        assert_ne!(time(), old);
        assert_eq!(std::fs::read(&path).unwrap(), b"two");
    }

    #[test]
    fn a_folder_that_is_a_file_is_named_in_the_error_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write(&file, b"kept").unwrap();
        let error = write(&file.join("inside"), b"").unwrap_err().to_string();
        assert!(error.starts_with("cannot write") && error.ends_with("inside"), "{error}");
        assert_eq!(std::fs::read(&file).unwrap(), b"kept");
    }

    #[test]
    fn a_write_that_fails_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        // A folder cannot be replaced by a file: the last step, the renaming, fails.
        let path = folder.path().join("taken");
        std::fs::create_dir_all(path.join("full")).unwrap();
        assert!(write(&path, b"bytes").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn everybody_may_read_a_written_file() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        write(&path, b"").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o444, 0o444);
    }
}
