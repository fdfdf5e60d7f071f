//! `cargo xtask bench [NAME…]`: the budgets, measured on the release binary, on loopback, bounded in time and count.
//! Numbers go to `docs/performance.md` by hand, with machine and load.

mod crowd;
mod echonest;
mod files;
mod floor;
mod http;
mod listeners;
mod memory;
mod page;
mod play_logs;
mod product;
mod socket;

use crate::step::{Outcome, run as step};

const NAMES: [&str; 13] = [
    "nest",
    "search",
    "throwback",
    "autofill",
    "backup",
    "start",
    "memory",
    "latency",
    "fanout",
    "import",
    "play-logs",
    "stream",
    "echonest",
];

/// Measures what is named, or everything. `import=DIR` imports that folder too.
///
/// # Errors
/// If something cannot be built or measured.
pub fn run(names: &[String]) -> Outcome {
    let library = names.iter().find_map(|name| name.strip_prefix("import="));
    if let Some(name) = names.iter().find(|name| !NAMES.contains(&plain(name))) {
        return Err(format!("there is no benchmark called {name}; there are {}", NAMES.join(", ")));
    }
    if cfg!(debug_assertions) {
        // A load generator that is slower than what it measures would measure itself.
        let args = ["run", "--release", "-q", "-p", "xtask", "--", "bench"];
        let names: Vec<&str> = args.into_iter().chain(names.iter().map(String::as_str)).collect();
        return step(".", "cargo", &names);
    }
    let wanted = |name: &str| names.is_empty() || names.iter().any(|asked| plain(asked) == name);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let before = Processors::now();
    let outcome = measure(library, &wanted);
    say(&format!(
        "load before: {}; {:.0} % of the processors' time went to other machines",
        load.trim(),
        before.stolen_since()
    ));
    outcome
}

fn measure(library: Option<&str>, wanted: &impl Fn(&str) -> bool) -> Outcome {
    let example = |package: &str, name: &str| {
        step(".", "cargo", &["run", "--release", "-q", "-p", package, "--example", name])
    };
    if wanted("nest") {
        example("nest", "decide_bench")?;
    }
    if wanted("search") {
        example("database", "search_bench")?;
    }
    if wanted("throwback") {
        example("database", "throwback_bench")?;
    }
    if wanted("autofill") {
        example("database", "autofill_bench")?;
    }
    if wanted("backup") {
        example("backup", "backup_bench")?;
    }
    if NAMES[5..].iter().any(|name| wanted(name)) {
        step(".", "cargo", &["build", "--release", "--package", "rookery"])?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| error.to_string())?;
    runtime.block_on(async {
        if wanted("import") || wanted("start") {
            files::import_and_start(library).await?;
        }
        if wanted("memory") || wanted("latency") || wanted("fanout") {
            listeners::measure(wanted("memory"), wanted("latency"), wanted("fanout")).await?;
        }
        if wanted("play-logs") {
            play_logs::measure()?;
        }
        if wanted("echonest") {
            echonest::measure().await?;
        }
        if wanted("stream") {
            files::stream().await?;
        }
        Ok(())
    })
}

/// What the processors did since the machine started, in ticks.
struct Processors {
    all: u64,
    stolen: u64,
}

impl Processors {
    /// The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal.
    fn now() -> Self {
        let stat = std::fs::read_to_string("/proc/stat").unwrap_or_default();
        let line = stat.lines().next().unwrap_or_default();
        let ticks: Vec<u64> = line.split_ascii_whitespace().skip(1).take(8).flat_map(str::parse).collect();
        Self { all: ticks.iter().sum(), stolen: ticks.get(7).copied().unwrap_or(0) }
    }

    /// In per cent. A virtual machine whose neighbours are busy measures them.
    fn stolen_since(&self) -> f64 {
        let now = Self::now();
        100.0 * (now.stolen - self.stolen) as f64 / (now.all - self.all).max(1) as f64
    }
}

/// The name without what follows `=`.
fn plain(name: &str) -> &str {
    name.split('=').next().unwrap_or(name)
}

/// Prints a result.
#[expect(clippy::print_stdout, reason = "this is a command line")]
fn say(text: &str) {
    println!("  {text}");
}

/// The value below which `share` of the sorted values lie.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    sorted
        .get(((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or(f64::NAN)
}
