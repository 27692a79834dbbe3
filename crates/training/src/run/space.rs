//! Free room on the disk of a folder.

use std::path::Path;

/// Bytes that this user may still write; `None` where the system does not say.
#[cfg(unix)]
#[allow(unsafe_code, reason = "the standard library cannot ask a file system how full it is")]
#[allow(clippy::unnecessary_cast, reason = "the fields are narrower on some systems")]
pub(super) fn free(folder: &Path) -> Option<u64> {
    use std::os::unix::ffi::OsStrExt as _;
    let path = std::ffi::CString::new(folder.as_os_str().as_bytes()).ok()?;
    let mut about = std::mem::MaybeUninit::<libc::statvfs>::zeroed();
    // SAFETY: the path ends with a zero, and `about` has room for what is written there.
    let result = unsafe { libc::statvfs(path.as_ptr(), about.as_mut_ptr()) };
    if result != 0 {
        return None;
    }
    // SAFETY: every field is an integer, which zeros are one of, and the call succeeded.
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
    fn a_folder_says_how_much_room_there_is_and_one_that_is_not_there_does_not() {
        assert!(free(Path::new("/")).is_some_and(|bytes| bytes < 1 << 60));
        assert_eq!(free(Path::new("/no/such/folder")), None);
    }
}
