//! Files that appear whole or not at all, whenever the power goes.

use std::io::Write as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::Error;

/// Writes `bytes` beside `path` and renames the finished file to it; folders above are made.
///
/// # Errors
/// [`Error::File`] if the folder cannot be written; `path` is then as it was.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let failed = || Error::file("write", path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).map_err(failed())?;
    let mut file = builder().tempfile_in(folder).map_err(failed())?;
    file.write_all(bytes).map_err(failed())?;
    file.as_file().sync_data().map_err(failed())?;
    file.persist(path).map_err(|e| failed()(e.error))?;
    Ok(())
}

/// Temporary files that other users may read once they are renamed, as they may every other file.
fn builder() -> tempfile::Builder<'static, 'static> {
    #[allow(unused_mut, reason = "changed on Unix only")]
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder
}

/// SHA-256, hexadecimal, lower case.
///
/// ```
/// assert!(datasets::whole::sha256(b"abc").starts_with("ba7816bf8f01cfea"));
/// ```
pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
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
    fn a_folder_that_is_a_file_is_named_in_the_error() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("file"), b"").unwrap();
        let error = write(&folder.path().join("file/inside"), b"").unwrap_err();
        assert!(error.to_string().contains("cannot write") && error.to_string().contains("file/inside"));
    }
}
