//! What the machine tells: how busy its processors are, how much memory is taken of what there is or is allotted, and how
//! much of each disk is free. Read from `/proc`, the control groups and the file systems; what cannot be read is not told.

use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

/// Control groups above a process that are looked at.
const GROUPS_MAX: usize = 16;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Machine {
    /// Ticks of all processors, busy and in all, since the machine started.
    pub(crate) ticks: Option<(u64, u64)>,
    /// Of the machine's memory or of what is allotted, whichever is closer to its end.
    pub(crate) memory_share: Option<f64>,
    /// What of this process is in memory.
    pub(crate) resident_bytes: Option<u64>,
    /// Each disk, by the first place that is on it.
    pub(crate) disks: Vec<Disk>,
}

/// A disk.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Disk {
    pub(crate) name: String,
    pub(crate) free_bytes: u64,
    pub(crate) total_bytes: u64,
    pub(crate) free_share: f64,
}

/// Reads everything. It may wait for a disk: not for the reactor.
pub(crate) fn read(places: &[(String, PathBuf)]) -> Machine {
    let text = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    let own = text(Path::new("/proc/self/cgroup"));
    let group = own.lines().find_map(|line| line.strip_prefix("0::")).unwrap_or("/");
    let allotted = groups(group).filter_map(|folder| {
        let of = |name: &str| text(&folder.join(name));
        allotted(&of("memory.max"), &of("memory.current"), &of("memory.stat"))
    });
    let memory = memory(&text(Path::new("/proc/meminfo")));
    let shares = allotted.chain(memory);
    let mut seen = Vec::new();
    let disks = places.iter().filter_map(|(name, place)| {
        let device = std::fs::metadata(place).ok()?.dev();
        if seen.contains(&device) {
            return None;
        }
        seen.push(device);
        let disk = rustix::fs::statvfs(place).ok()?;
        if disk.f_blocks == 0 {
            return None;
        }
        Some(Disk {
            name: name.clone(),
            free_bytes: disk.f_bavail.saturating_mul(disk.f_frsize),
            total_bytes: disk.f_blocks.saturating_mul(disk.f_frsize),
            free_share: disk.f_bavail as f64 / disk.f_blocks as f64,
        })
    });
    Machine {
        disks: disks.collect(),
        ticks: ticks(&text(Path::new("/proc/stat"))),
        memory_share: shares.reduce(f64::max),
        resident_bytes: resident(&text(Path::new("/proc/self/statm"))),
    }
}

/// Bytes in memory, of `/proc/PID/statm`.
fn resident(statm: &str) -> Option<u64> {
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages.saturating_mul(rustix::param::page_size() as u64))
}

/// The folders of a control group and of those above it.
fn groups(group: &str) -> impl Iterator<Item = PathBuf> {
    let folder = Path::new("/sys/fs/cgroup").join(group.trim_start_matches('/'));
    let all: Vec<PathBuf> = folder.ancestors().take(GROUPS_MAX).map(Path::to_owned).collect();
    all.into_iter().filter(|folder| folder.starts_with("/sys/fs/cgroup"))
}

/// Busy and all ticks, of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal.
fn ticks(stat: &str) -> Option<(u64, u64)> {
    let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
    let ticks: Vec<u64> =
        line.split_ascii_whitespace().take(8).filter_map(|tick| tick.parse().ok()).collect();
    let all: u64 = ticks.iter().sum();
    let idle = ticks.get(3)? + ticks.get(4).unwrap_or(&0);
    Some((all.saturating_sub(idle), all))
}

/// The share of memory that nobody could have, of `/proc/meminfo`.
fn memory(meminfo: &str) -> Option<f64> {
    let of = |name: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_ascii_whitespace().next()?.parse::<f64>().ok()
    };
    let (total, available) = (of("MemTotal:")?, of("MemAvailable:")?);
    (total > 0.0).then(|| 1.0 - available / total)
}

/// The share of what is allotted; what the system can take back at once (files it read) does not count.
fn allotted(max: &str, current: &str, stat: &str) -> Option<f64> {
    let max: f64 = max.trim().parse().ok()?;
    let current: f64 = current.trim().parse().ok()?;
    let idle = stat.lines().find_map(|line| line.strip_prefix("inactive_file "));
    let idle: f64 = idle.and_then(|bytes| bytes.trim().parse().ok()).unwrap_or(0.0);
    (max > 0.0).then(|| ((current - idle) / max).max(0.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_writes_is_read_and_what_it_does_not_write_is_not_told() {
        let stat = "cpu  100 0 50 800 40 5 5 0 0 0\ncpu0 1 2 3\n";
        assert_eq!(ticks(stat), Some((160, 1_000)));
        assert_eq!(ticks("intr 5\n"), None);
        assert_eq!(memory("MemTotal:  1000 kB\nMemFree: 1 kB\nMemAvailable:  250 kB\n"), Some(0.75));
        assert_eq!(memory("MemTotal:  1000 kB\n"), None);
        assert_eq!(allotted("1000\n", "900\n", "anon 5\ninactive_file 400\n"), Some(0.5));
        assert_eq!(allotted("max\n", "900\n", ""), None, "nothing is allotted");
        assert_eq!(resident("900 2 1\n"), Some(2 * rustix::param::page_size() as u64));
        assert_eq!(resident(""), None);
        let groups: Vec<_> = groups("/system.slice/rookery.service").collect();
        assert_eq!(groups.len(), 3, "{groups:?}");
    }

    #[test]
    fn a_disk_with_two_places_is_one() {
        let folder = std::env::temp_dir();
        let places = [("data", folder.clone()), ("logs", folder), ("gone", PathBuf::from("/nowhere/at/all"))];
        let read = read(&places.map(|(name, place)| (name.to_owned(), place)));
        assert_eq!(read.disks.iter().map(|disk| disk.name.as_str()).collect::<Vec<_>>(), ["data"]);
        let disk = &read.disks[0];
        assert!(disk.free_share >= 0.0 && disk.free_share <= 1.0, "{disk:?}");
    }
}
