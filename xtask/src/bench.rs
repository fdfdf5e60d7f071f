//! `cargo xtask bench [NAME…]`: the budgets, measured on the release binary, on loopback, bounded in time and count.
//! Numbers go to `docs/performance.md` by hand, with machine and load.

mod files;
mod floor;
mod http;
mod listeners;
mod memory;
mod product;
mod socket;

use crate::step::{Outcome, run as step};

const NAMES: [&str; 8] = ["nest", "search", "start", "memory", "latency", "fanout", "import", "stream"];

/// Measures what is named, or everything. `import=DIR` imports that folder too.
///
/// # Errors
/// If something cannot be built or measured.
#[expect(clippy::print_stderr, reason = "this is a command line")]
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
    eprintln!("load before: {}", load.trim());
    let example = |package: &str, name: &str| {
        step(".", "cargo", &["run", "--release", "-q", "-p", package, "--example", name])
    };
    if wanted("nest") {
        example("nest", "decide_bench")?;
    }
    if wanted("search") {
        example("database", "search_bench")?;
    }
    if NAMES[2..].iter().any(|name| wanted(name)) {
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
        if wanted("stream") {
            files::stream().await?;
        }
        Ok(())
    })
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
