//! The only process is killed under load.

use crate::listeners::Publisher;
use crate::load::Load;
use crate::releases::runtime;
use crate::stage::Stage;
use operations::SlotName;
use std::time::Duration;
use testkit::{Actor as _, EventStream, eventually};

const WORKERS: usize = 32;
/// A debug build on a busy machine; what was measured is printed.
const BACK_MAX: Duration = Duration::from_secs(10);

#[test]
#[expect(clippy::print_stderr, reason = "captured by the test's harness, and shown when asked for")]
fn kill9_only_inflight_requests_fail_and_nothing_acknowledged_is_lost() {
    let (stage, ada) = Stage::open();
    ada.command("configure", serde_json::json!({"autofill": false})).ok();
    let address = stage.site.address();
    let position = EventStream::open(&ada, None).position();
    let runtime = runtime();
    let entered = runtime.enter();
    let publisher = Publisher::begin(runtime.handle(), address, &ada.cookie);
    let load = Load::begin(address, WORKERS, &ada.cookie);
    eventually("it is under load", BACK_MAX, || (load.outcome.answered() > 1_000).then_some(()));
    let unit = stage.layout.slot_unit(SlotName::Blue);
    let before = stage.machine.property(&unit, "MainPID");
    let killed_at = testkit::since_1970();
    stage.machine.systemctl(&["kill", "--signal=KILL", &unit]);
    eventually("another process serves", BACK_MAX, || {
        let said = stage.machine.ask(&stage.layout.admin_socket(SlotName::Blue), "GET", "/slot").ok()?;
        (said.status == 200 && !said.body.contains(&format!("\"process\":{before}}}"))).then_some(())
    });
    let back_after = testkit::since_1970().saturating_sub(killed_at);
    let answered = load.outcome.answered();
    eventually("it answers as before", BACK_MAX, || {
        (load.outcome.answered() > answered + 1_000).then_some(())
    });
    let load = runtime.block_on(load.end());
    let published = runtime.block_on(publisher.end());
    drop(entered);
    let failed = load.failures();
    eprintln!(
        "killed: {failed} of {} failed ({:?}); back after {back_after:?}; longest answer {:?}",
        load.answered(),
        load.failed.lock().unwrap(),
        load.percentile(100)
    );

    assert!(
        failed <= WORKERS as u64,
        "more than what was under way failed: {:?}",
        load.failed.lock().unwrap()
    );
    let refused = load.failed.lock().unwrap().keys().any(|what| what.contains("Refused"));
    assert!(!refused, "the port was gone");
    assert!(published.failed.len() <= 1, "{:?}", published.failed);
    let (_, offset) = position.rsplit_once(':').unwrap();
    let mut last: u64 = offset.parse().unwrap();
    let goal = *published.offsets.last().unwrap();
    let mut events = EventStream::open(&ada, Some(&position));
    while last < goal {
        let event = events.next_event().expect("the log holds all that was acknowledged");
        let offset: u64 = event.id.rsplit_once(':').unwrap().1.parse().unwrap();
        assert_eq!(offset, last + 1, "a hole in the log");
        last = offset;
    }
}
