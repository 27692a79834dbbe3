//! How much memory decoded images may take. Images beyond that are decoded again in every epoch.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// Assumed memory in bytes where the system does not report it.
const UNKNOWN: u64 = 4 << 30;

/// Memory for decoded images, shared by all lists of images.
#[derive(Debug)]
pub struct MemoryBudget {
    left: AtomicU64,
}

impl MemoryBudget {
    /// A budget of this many bytes.
    pub fn new(bytes: u64) -> Self {
        Self { left: AtomicU64::new(bytes) }
    }

    /// Half of the memory that this machine, or the container around this program, has left.
    pub fn of_this_machine() -> Self {
        Self::new(available() / 2)
    }

    /// Bytes that are left.
    pub fn left(&self) -> u64 {
        self.left.load(Ordering::Relaxed)
    }

    /// Takes this many bytes, if they are left.
    pub fn take(&self, bytes: u64) -> bool {
        self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }
}

/// Bytes of available memory, as Linux reports it; on other systems [`UNKNOWN`].
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

/// Bytes left below a container's limit; `None` without a limit (`max`).
fn container(limit: &str, used: &str) -> Option<u64> {
    let number = |text: &str| text.trim().parse::<u64>().ok();
    Some(number(limit)?.saturating_sub(number(used)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_is_spent_and_not_exceeded() {
        let room = MemoryBudget::new(10);
        assert!(room.take(6) && !room.take(5) && room.take(4));
        assert_eq!(room.left(), 0);
    }

    #[test]
    fn available_memory_is_read_as_linux_reports_it() {
        let text = "MemTotal:       16384 kB\nMemFree:         1024 kB\nMemAvailable:    2048 kB\n";
        assert_eq!(machine(text), Some(2 << 20));
        assert_eq!(machine(""), None);
    }

    #[test]
    fn a_container_has_its_limit_minus_what_is_used() {
        assert_eq!(container("1000\n", "400\n"), Some(600));
        assert_eq!(container("max\n", "400\n"), None);
        assert_eq!(container("100\n", "400\n"), Some(0));
    }
}
