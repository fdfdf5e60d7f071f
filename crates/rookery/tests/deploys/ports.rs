//! The port that two processes hold: the flag that it must keep, and who is started by those who knock.

use crate::changes::goes_well;
use crate::stage::{NEXT, STUCK, Stage};
use operations::SlotName;
use rustix::fs::OFlags;
use std::time::Duration;
use testkit::{Actor as _, eventually};

/// Twice the time between two looks of the server, and then some for a busy machine.
const SET_RIGHT_MAX: Duration = Duration::from_secs(5);

/// Whether the port is non-blocking, as the blue slot's process holds it: the first descriptor handed over is 3.
fn is_nonblocking(stage: &Stage) -> bool {
    let pid = stage.machine.property(&stage.layout.slot_unit(SlotName::Blue), "MainPID");
    let about = std::fs::read_to_string(stage.machine.path(&format!("/proc/{pid}/fdinfo/3"))).unwrap();
    let flags = about.lines().find_map(|line| line.strip_prefix("flags:")).unwrap().trim();
    let flags = u32::from_str_radix(flags, 8).unwrap();
    OFlags::from_bits_retain(flags).contains(OFlags::NONBLOCK)
}

/// Starts a release in the green slot that never does anything with the port.
fn spawn_the_other(stage: &Stage) {
    stage.point(SlotName::Green, STUCK);
    let green = stage.layout.slot_unit(SlotName::Green);
    stage.machine.systemctl(&["start", "--no-block", &green]);
    eventually("the other slot is spawned", SET_RIGHT_MAX, || {
        (stage.machine.property(&green, "MainPID") != "0").then_some(())
    });
}

#[test]
fn nonblocking_flag_survives_spawn_of_the_other_slot() {
    let (stage, ada) = Stage::open();
    assert!(is_nonblocking(&stage));
    spawn_the_other(&stage);
    assert!(is_nonblocking(&stage));
    for _ in 0..20 {
        ada.main_nest();
    }
    assert_eq!(stage.metric(SlotName::Blue, "listener_blocking_total"), 0.0);
}

#[test]
fn a_port_that_a_careless_unit_made_blocking_is_set_right_and_counted() {
    let careless = |unit: String| unit.replace("NonBlocking=yes\n", "");
    let stage = Stage::set(careless);
    let ada = stage.first_start();
    let count = || stage.metric(SlotName::Blue, "listener_blocking_total");
    assert!(is_nonblocking(&stage), "the process sets it for itself");
    let before = count();
    spawn_the_other(&stage);
    eventually("it is counted", SET_RIGHT_MAX, || (count() > before).then_some(()));
    assert!(is_nonblocking(&stage));
    ada.main_nest();
}

#[test]
fn whoever_knocks_while_neither_slot_runs_meets_the_release_that_served() {
    let (stage, ada) = Stage::open();
    let slots = |words: &[&str]| {
        let words = [&["/machine/rookery", "--environment", "test", "slots"], words].concat();
        goes_well(&stage.machine.run(&words))
    };
    slots(&["switch", "--release", NEXT]);
    slots(&["rest"]);
    // While one slot runs, systemd starts no other for those who come.
    for _ in 0..20 {
        ada.main_nest();
    }
    let [blue, green] = SlotName::ALL.map(|slot| stage.layout.slot_unit(slot));
    assert_eq!(stage.machine.property(&blue, "ActiveState"), "inactive");
    stage.machine.systemctl(&["stop", &green]);
    ada.main_nest();
    let said = slots(&["status"]);
    assert!(said.contains(&format!("blue: release {NEXT}, active, serving")), "{said}");
}
