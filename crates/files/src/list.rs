//! What is in a folder, always in the same order.

use std::path::{Path, PathBuf};

use crate::Error;

/// Every file below `folder`, sorted; none where the folder does not exist.
///
/// # Errors
/// A folder that cannot be listed.
pub fn below(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for path in entries(&folder)? {
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    Ok(files)
}

/// What is directly in `folder`, sorted; nothing where it does not exist.
///
/// # Errors
/// A folder that cannot be listed.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let list = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        list => list.map_err(Error::on("list", folder))?,
    };
    let mut paths = Vec::new();
    for entry in list {
        paths.push(entry.map_err(Error::on("list", folder))?.path());
    }
    paths.sort();
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_listed_in_order_and_a_missing_folder_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b/z.txt", "a.txt", "b/c/d.txt"] {
            crate::write(&folder.path().join(name), b"").unwrap();
        }
        let names = below(folder.path()).unwrap();
        let expected = ["a.txt", "b/c/d.txt", "b/z.txt"].map(|name| folder.path().join(name));
        assert_eq!(names, expected);
        assert_eq!(below(&folder.path().join("none")).unwrap(), Vec::<PathBuf>::new());
    }
}
