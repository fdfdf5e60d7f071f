//! One release after the other, and one that never becomes ready.

use crate::listeners::{Audience, Heard, Published, Publisher};
use crate::load::{Load, Outcome};
use crate::stage::{GOOD, STUCK, Stage};
use operations::SlotName;
use std::sync::Arc;
use std::time::Duration;
use testkit::{Actor as _, Browser, eventually, member};
use tokio::runtime::Runtime;

const WORKERS: usize = 64;
const LISTENERS: usize = 400;
const REQUESTS_MIN: u64 = 30_000;
const SWITCHES: u32 = 4;
/// Silence that a person hears as a fault. What was measured is printed; `docs/performance.md` has the budget.
const SILENCE_MAX: Duration = Duration::from_secs(6);
/// How long the requests may take to come together.
const LOAD_MAX: Duration = Duration::from_secs(100);
/// How long a release may try to become ready.
const ABANDONED_MAX: Duration = Duration::from_secs(60);

pub fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Cookies of several people: each may have 200 sockets.
fn cookies(ada: &Browser) -> Vec<String> {
    let mut cookies = vec![ada.cookie.clone()];
    cookies.extend(["Ben", "Cleo", "Dan"].map(|name| member(ada, name).cookie));
    cookies
}

/// What was measured, for whoever looks at the test's output.
#[expect(clippy::print_stderr, reason = "captured by the test's harness, and shown when asked for")]
fn report(load: &Outcome, heard: &[Heard], published: &Published) -> Duration {
    let mut silences: Vec<_> = heard.iter().map(|one| one.silence).collect();
    silences.sort_unstable();
    let silence = |percent: usize| silences[(silences.len() * percent / 100).min(silences.len() - 1)];
    eprintln!(
        "{} requests, {} failed ({:?}); p50 {:?}, p99 {:?}; {} published, the slowest in {:?}; {} came back; silence p50 {:?}, p99 {:?}, \
         longest {:?}",
        load.answered(),
        load.failures(),
        load.failed.lock().unwrap(),
        load.percentile(50),
        load.percentile(99),
        published.offsets.len(),
        published.longest,
        heard.iter().map(|one| one.came_back).sum::<u64>(),
        silence(50),
        silence(99),
        silence(100),
    );
    silence(99)
}

#[test]
fn deploy_zero_failed_and_deploy_ws_no_loss_in_four_switches_under_load() {
    let (stage, ada) = Stage::open();
    ada.command("configure", serde_json::json!({"autofill": false})).ok();
    let address = stage.site.address();
    let runtime = runtime();
    let entered = runtime.enter();
    let audience = Audience::gather(address, LISTENERS, &cookies(&ada));
    runtime.block_on(audience.seated());
    let publisher = Publisher::begin(runtime.handle(), address, &ada.cookie);
    let load = Load::begin(address, WORKERS, &ada.cookie);
    let mut slot = SlotName::Blue;
    for switch in 1..=SWITCHES {
        slot = stage.switch(slot);
        // The switches lie apart in the load, not behind each other.
        let share = REQUESTS_MIN * u64::from(switch) / u64::from(SWITCHES);
        eventually("enough was asked", LOAD_MAX, || (load.outcome.answered() >= share).then_some(()));
    }
    let load = runtime.block_on(load.end());
    let published = runtime.block_on(publisher.end());
    let goal = *published.offsets.last().unwrap();
    let heard =
        runtime.block_on(async { tokio::time::timeout(LOAD_MAX, audience.dismiss(goal)).await }).unwrap();
    drop(entered);
    let silence = report(&load, &heard, &published);

    assert_eq!(load.failures(), 0, "{:?}", load.failed.lock().unwrap());
    assert!(load.answered() >= REQUESTS_MIN);
    assert!(published.failed.is_empty(), "{:?}", published.failed);
    assert!(published.offsets.is_sorted_by(|a, b| a < b), "the log went back");
    let sum = |of: fn(&Heard) -> u64| heard.iter().map(of).sum::<u64>();
    assert_eq!(heard.len(), LISTENERS);
    assert_eq!((sum(|one| one.missed), sum(|one| one.doubled)), (0, 0), "missed or heard twice");
    assert_eq!(sum(|one| one.unrecovered), 0, "somebody was not given what they had missed");
    assert_eq!(sum(|one| one.broken), 0, "somebody was not told to come back");
    assert_eq!(sum(|one| one.came_back), LISTENERS as u64 * u64::from(SWITCHES));
    assert!(heard.iter().all(|one| one.last >= goal));
    assert!(silence < SILENCE_MAX, "p99 of the longest silence is {silence:?}");
}

#[test]
fn bad_release_does_not_wedge_old_and_is_given_up_in_time() {
    let (stage, ada) = Stage::open();
    stage.point(SlotName::Green, STUCK);
    let green = stage.layout.slot_unit(SlotName::Green);
    let runtime = runtime();
    let entered = runtime.enter();
    let load = Load::begin(stage.site.address(), WORKERS, &ada.cookie);
    let began = testkit::since_1970();
    stage.machine.systemctl(&["start", "--no-block", &green]);
    eventually("it tries", Duration::from_secs(10), || {
        (stage.machine.property(&green, "ActiveState") == "activating").then_some(())
    });
    let before = load.outcome.answered();
    eventually("the old release goes on answering", ABANDONED_MAX / 2, || {
        (load.outcome.answered() > before + 2_000).then_some(())
    });
    assert_eq!(stage.machine.property(&green, "ActiveState"), "activating");
    stage.machine.systemctl(&["stop", &green]);
    assert_eq!(stage.machine.property(&green, "ActiveState"), "inactive");
    assert!(testkit::since_1970().saturating_sub(began) < ABANDONED_MAX);
    let load: Arc<Outcome> = runtime.block_on(load.end());
    assert_eq!(load.failures(), 0, "{:?}", load.failed.lock().unwrap());
    assert_eq!(stage.metric(SlotName::Blue, "listener_blocking_total"), 0.0);

    // What would come of it if nobody gave it up: systemd does, and the port is still there.
    let patience = stage.machine.property(&green, "TimeoutStartUSec");
    assert!(["1min", "60s"].contains(&patience.as_str()), "{patience}");
    stage.point(SlotName::Green, GOOD);
    stage.switch(SlotName::Blue);
    drop(entered);
    ada.main_nest();
}
