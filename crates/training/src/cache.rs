//! How much memory decoded images may take: a data set larger than that is decoded anew in every epoch.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where nobody says how much memory there is, bytes.
const UNKNOWN: u64 = 4 << 30;

/// Memory for decoded images, shared by all that keep some.
#[derive(Debug)]
pub struct Room {
    left: AtomicU64,
}

impl Room {
    /// Room for so many bytes.
    pub fn new(bytes: u64) -> Self {
        Self { left: AtomicU64::new(bytes) }
    }

    /// Half of what this machine, or the container around us, has left.
    pub fn of_this_machine() -> Self {
        Self::new(available() / 2)
    }

    /// Bytes that are left.
    pub fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    /// Takes so many bytes, if they are left.
    pub fn take(&self, bytes: u64) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }
}

/// Bytes of memory that can be had, as Linux says it; elsewhere [`UNKNOWN`].
fn available() -> u64 {
    let read = |path: &str| std::fs::read_to_string(Path::new(path)).unwrap_or_default();
    let machine = machine(&read("/proc/meminfo")).unwrap_or(UNKNOWN);
    match container(&read("/sys/fs/cgroup/memory.max"), &read("/sys/fs/cgroup/memory.current")) {
        Some(container) => machine.min(container),
        None => machine,
    }
}

/// `MemAvailable` of `/proc/meminfo`.
fn machine(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? << 10)
}

/// What a container's limit leaves; `None` where it has none (`max`).
fn container(limit: &str, used: &str) -> Option<u64> {
    let number = |text: &str| text.trim().parse::<u64>().ok();
    Some(number(limit)?.saturating_sub(number(used)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_given_until_there_is_none() {
        let room = Room::new(10);
        assert!(room.take(6) && !room.take(5) && room.take(4));
        assert_eq!(room.left(), 0);
    }

    #[test]
    fn linux_says_how_much_memory_is_left() {
        let text = "MemTotal:       16384 kB\nMemFree:         1024 kB\nMemAvailable:    2048 kB\n";
        assert_eq!(machine(text), Some(2 << 20));
        assert_eq!(machine(""), None);
    }

    #[test]
    fn a_container_leaves_its_limit_without_what_is_used() {
        assert_eq!(container("1000\n", "400\n"), Some(600));
        assert_eq!(container("max\n", "400\n"), None);
        assert_eq!(container("100\n", "400\n"), Some(0));
    }
}
