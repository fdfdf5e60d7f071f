//! How much memory a process and its children take, watched while they run. Shared pages are counted once.

use std::fs;
use std::time::Duration;

pub const MIB: f64 = 1024.0 * 1024.0;
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// The most that was seen, in bytes.
#[derive(Default)]
pub struct Memory {
    /// Of the process and its children together.
    pub all_max: u64,
    /// Of the children alone.
    pub workers_max: u64,
}

impl Memory {
    /// Watches a child of this process until it ends.
    pub fn watch(&mut self, process: u32) {
        while is_running(process) {
            let workers: u64 = children(process).into_iter().map(resident_share).sum();
            self.workers_max = self.workers_max.max(workers);
            self.all_max = self.all_max.max(workers + resident_share(process));
            std::thread::sleep(LOOK_EVERY);
        }
    }
}

/// It stays as a zombie until its parent has waited for it.
fn is_running(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    status.rsplit(')').next().is_some_and(|rest| !rest.trim_start().starts_with('Z') && !rest.is_empty())
}

fn children(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let listed = threads.map(|thread| fs::read_to_string(thread.path().join("children")).unwrap_or_default());
    listed.flat_map(|text| text.split(' ').filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}

/// The proportional set size: a page shared by two processes counts half for each.
fn resident_share(process: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok()).unwrap_or(0) * 1024
}
