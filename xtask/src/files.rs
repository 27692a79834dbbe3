//! Files: hashes, writes that never leave half a file, listings in a fixed order.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::Context;
use sha2::{Digest, Sha256};

/// SHA-256 of these bytes, hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// A name for the contents of several files: 16 hexadecimal digits of the SHA-256 over all of them.
pub(crate) fn content_name<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())[..16].to_owned()
}

/// These bytes as hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Reads a whole file.
///
/// # Errors
/// Names the path.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<u8>> {
    std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Reads a whole file as UTF-8.
///
/// # Errors
/// Names the path.
pub(crate) fn read_text(path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Writes a file as a whole or not at all, with the folders it needs; leaves it alone where nothing would change.
///
/// # Errors
/// Names the path.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(());
    }
    let context = || format!("cannot write {}", path.display());
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder).with_context(context)?;
    let mut file = tempfile::NamedTempFile::new_in(folder).with_context(context)?;
    file.write_all(bytes).with_context(context)?;
    readable_by_all(file.as_file()).with_context(context)?;
    file.persist(path).with_context(context)?;
    Ok(())
}

/// A temporary file belongs to its owner alone; a published one is for everybody.
fn readable_by_all(file: &std::fs::File) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        file.set_permissions(std::fs::Permissions::from_mode(0o644))?;
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

/// Every file below `folder`, sorted; none where the folder does not exist.
///
/// # Errors
/// Names the folder that cannot be read.
pub(crate) fn below(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
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

/// What lies directly in `folder`, sorted; nothing where it does not exist.
///
/// # Errors
/// Names the folder that cannot be read.
pub(crate) fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let context = || format!("cannot list {}", folder.display());
    let list = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        list => list.with_context(context)?,
    };
    let mut paths = Vec::new();
    for entry in list {
        paths.push(entry.with_context(context)?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Size after gzip, as a web server would send it, bytes.
pub(crate) fn gzipped(bytes: &[u8]) -> u64 {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    // Writing to memory cannot fail.
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_or(0, |out| out.len() as u64)
}

/// Bytes in words: `386 KB`, `26.8 MB`; decimal units, as networks count.
pub(crate) fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{} KB", bytes.div_ceil(1000)),
        _ => format!("{:.1} MB", bytes as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_name_depends_on_where_one_part_ends() {
        let names = [content_name([&b"ab"[..], b"c"]), content_name([&b"a"[..], b"bc"])];
        assert_ne!(names[0], names[1]);
        assert_eq!(names[0].len(), 16);
    }

    #[test]
    fn the_hash_of_nothing_is_the_published_one() {
        // FIPS 180-4, the empty message.
        assert_eq!(sha256(b""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn writing_the_same_again_leaves_the_file_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a/b.txt");
        write(&path, b"one").unwrap();
        let old = std::time::SystemTime::UNIX_EPOCH;
        std::fs::File::options().write(true).open(&path).unwrap().set_modified(old).unwrap();
        write(&path, b"one").unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), old);
        write(&path, b"two").unwrap();
        assert_eq!(read(&path).unwrap(), b"two");
    }

    #[test]
    fn files_are_listed_in_order_and_a_missing_folder_is_empty() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b/z.txt", "a.txt", "b/c/d.txt"] {
            write(&folder.path().join(name), b"").unwrap();
        }
        let names: Vec<_> = below(folder.path()).unwrap();
        let expected = ["a.txt", "b/c/d.txt", "b/z.txt"].map(|name| folder.path().join(name));
        assert_eq!(names, expected);
        assert_eq!(below(&folder.path().join("none")).unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn sizes_read_in_decimal_units() {
        assert_eq!([size(999), size(386_000), size(26_840_000)], ["999 B", "386 KB", "26.8 MB"]);
    }
}
