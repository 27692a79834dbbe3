//! SHA-256 of bytes and files, and names made of it.

use std::io::Read as _;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::Error;

/// SHA-256 of these bytes, hexadecimal, lower case.
///
/// ```
/// assert!(files::sha256(b"abc").starts_with("ba7816bf8f01cfea"));
/// ```
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of a file, hexadecimal, without the whole file in memory.
///
/// # Errors
/// A file that cannot be read.
pub fn sha256_of(path: &Path) -> Result<String, Error> {
    let mut file = std::fs::File::open(path).map_err(Error::on("read", path))?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 20]);
    loop {
        match file.read(&mut buffer).map_err(Error::on("read", path))? {
            0 => return Ok(hex(&hash.finalize())),
            count => hash.update(&buffer[..count]),
        }
    }
}

/// A name for the contents of several files: 16 hexadecimal digits of the SHA-256 over all of them.
pub fn content_name<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // With the lengths, so that "ab", "c" and "a", "bc" differ.
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hex(&hash.finalize())[..16].to_owned()
}

/// These bytes as hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _to_memory = write!(text, "{byte:02x}");
        text
    })
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
    fn a_file_has_the_hash_of_its_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large");
        // More than the buffer holds.
        let bytes = vec![7; (1 << 20) + 1];
        crate::write(&path, &bytes).unwrap();
        assert_eq!(sha256_of(&path).unwrap(), sha256(&bytes));
        let error = sha256_of(&folder.path().join("missing")).unwrap_err().to_string();
        assert!(error.starts_with("cannot read") && error.ends_with("missing"), "{error}");
    }
}
