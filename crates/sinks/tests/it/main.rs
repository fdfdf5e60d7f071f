//! Alerts on their way out, to a real mail server, a real PDS and a receiver of webhooks.
//!
//! Needs `aiosmtpd` in `target/python`: `cargo xtask test rust` installs it.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a helper of a test fails by panicking")]

mod mailing;
mod posting;
mod telling;

use alerts::{Rule, Sighting, Watch};
use model::WallTime;
use std::time::Duration;

/// A moment.
const NOW: WallTime = WallTime::from_micros(1_795_000_000_000_000);

/// Somebody who has just seen that a server is down.
fn bad() -> (Watch, Vec<Rule>) {
    let rules = Vec::from(alerts::from_outside(Duration::ZERO));
    let mut watch = Watch::default();
    see(&mut watch, &rules, NOW, Some("connection refused"));
    (watch, rules)
}

fn see(watch: &mut Watch, rules: &[Rule], now: WallTime, bad: Option<&str>) {
    let about = "https://music.example.org".to_owned();
    let seen = Sighting { rule: "RookeryDown", about, bad: bad.map(str::to_owned) };
    watch.observe(now, Duration::from_secs(30), rules, &[seen]);
}
