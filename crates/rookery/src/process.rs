//! What the process takes of the machine: told in `/metrics`, and what nobody uses given back once things are quiet.
//!
//! Starting, rendering the demo or importing an album touch a lot of memory that serving does not need: buffers that
//! the allocator keeps for later, and code that runs once. Both stay with the process unless it lets them go. A server on a
//! small machine, beside its other environments, lets them go: whenever it was busy and then has been quiet for a while.
//! What is needed again comes back by page faults, from memory as long as the machine has any.
//!
//! Not here: bounds on what is used. Those stand where it is used.

#![expect(unsafe_code, reason = "two calls of the system; each says why it is sound")]

use rustix::mm::{Advice, madvise};
use rustix::time::{ClockId, clock_gettime};
use server::Lifecycle;
use std::ffi::c_void;
use std::ops::Range;
use std::time::Duration;

/// How often it is looked whether the process is quiet.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// A process that used less of a core than this between two looks is quiet.
const QUIET_SHARE: f64 = 0.02;
/// One that used more than this in all since it last gave back has something to give: some requests, or some minutes of
/// doing nothing.
const WORTHWHILE: Duration = Duration::from_millis(20);

/// Tells what is taken, and gives back whenever it is worthwhile, until the process ends.
pub async fn watch(lifecycle: Lifecycle) {
    let mut given_at = Duration::ZERO;
    let mut looked_at = processor_time();
    loop {
        metrics::gauge!("process_resident_memory_bytes").set(resident_bytes() as f64);
        tokio::select! {
            () = lifecycle.draining() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        let now = processor_time();
        let used = now.saturating_sub(looked_at);
        looked_at = now;
        let is_quiet = used.as_secs_f64() < LOOK_EVERY.as_secs_f64() * QUIET_SHARE;
        if is_quiet && now.saturating_sub(given_at) >= WORTHWHILE {
            let before = resident_bytes();
            give_back();
            given_at = processor_time();
            looked_at = given_at;
            tracing::debug!(before, after = resident_bytes(), "memory was given back");
        }
    }
}

/// Processor time of this process in all.
fn processor_time() -> Duration {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or(0), u32::try_from(time.tv_nsec).unwrap_or(0))
}

fn give_back() {
    #[cfg(target_env = "gnu")]
    {
        unsafe extern "C" {
            fn malloc_trim(pad: usize) -> std::ffi::c_int;
        }
        // SAFETY: glibc's own; it takes the allocator's locks itself and touches only what is free.
        let _ = unsafe { malloc_trim(0) };
    }
    for range in std::fs::read_to_string("/proc/self/maps").map(|maps| own_code(&maps)).unwrap_or_default() {
        let start = std::ptr::with_exposed_provenance_mut::<c_void>(range.start);
        // SAFETY: the range maps a file and cannot be written to, so that nothing differs from the file: what is
        // dropped is read from it again, by whichever thread comes there next.
        let _ = unsafe { madvise(start, range.len(), Advice::LinuxDontNeed) };
    }
}

/// Where code is mapped from files, from `/proc/PID/maps`: readable, executable, and never writable.
fn own_code(maps: &str) -> Vec<Range<usize>> {
    let code = |line: &str| {
        let mut words = line.split_ascii_whitespace();
        let (range, may) = (words.next()?, words.next()?);
        let is_file = words.nth(3).is_some_and(|path| path.starts_with('/'));
        let (start, end) = range.split_once('-')?;
        let [start, end] = [start, end].map(|text| usize::from_str_radix(text, 16).ok());
        (may == "r-xp" && is_file).then_some(start?..end?)
    };
    maps.lines().filter_map(code).collect()
}

/// What of the process is in memory; 0 if the system does not say.
fn resident_bytes() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = statm.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or(0);
    pages * rustix::param::page_size() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_code_of_files_is_dropped() {
        let maps = "\
5500-5600 r--p 00000000 fe:00 12 /usr/bin/rookery
5600-5700 r-xp 00100000 fe:00 12 /usr/bin/rookery
5700-5800 rwxp 00100000 fe:00 12 /usr/bin/rookery
5800-5900 rw-p 00100000 fe:00 12 /usr/bin/rookery
7f00-7f10 r-xp 00000000 fe:00 13 /usr/lib/with a space.so
7f20-7f30 r-xp 00000000 00:00 0 
7ff0-7fff r-xp 00000000 00:00 0                  [vdso]
";
        assert_eq!(own_code(maps), [0x5600..0x5700, 0x7f00..0x7f10]);
        assert!(own_code("nonsense\n\nx-y r-xp 0 0 0 /x").is_empty());
    }

    #[test]
    fn what_was_freed_between_what_stays_goes_back_to_the_machine() {
        let mut kept: Vec<Box<[u8; 1000]>> = Vec::new();
        let mut freed = Vec::new();
        for number in 0..64_000 {
            let block = Box::new([1; 1000]);
            if number % 1_000 == 0 { kept.push(block) } else { freed.push(block) }
        }
        let used = resident_bytes();
        drop(freed);
        give_back();
        let after = resident_bytes();
        assert!(after + 40_000_000 < used, "{used} before, {after} after");
        assert_eq!(kept.iter().map(|block| usize::from(block[999])).sum::<usize>(), kept.len());
    }
}
