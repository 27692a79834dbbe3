//! Free space on a folder's disk.

use std::path::Path;

/// Bytes that this user may still write; `None` if the system does not report it.
#[cfg(unix)]
#[allow(unsafe_code, reason = "the standard library cannot query the free space of a file system")]
#[allow(clippy::unnecessary_cast, reason = "the fields are narrower on some systems")]
pub(super) fn free(folder: &Path) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt as _;
    let path = std::ffi::CString::new(folder.as_os_str().as_bytes()).ok()?;
    let mut about = std::mem::MaybeUninit::<libc::statvfs>::zeroed();
    // SAFETY: the path is a C string, and `about` is large enough for the result.
    let result = unsafe { libc::statvfs(path.as_ptr(), about.as_mut_ptr()) };
    if result != 0 {
        return None;
    }
    // SAFETY: all fields are integers, for which zeros are valid, and the call succeeded.
    let about = unsafe { about.assume_init() };
    (about.f_bavail as u64).checked_mul(about.f_frsize as u64)
}

#[cfg(not(unix))]
pub(super) fn free(_: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn an_existing_folder_has_free_space_and_a_missing_one_has_none() {
        assert!(free(Path::new("/")).is_some_and(|bytes| bytes < 1 << 60));
        assert_eq!(free(Path::new("/no/such/folder")), None);
    }
}
