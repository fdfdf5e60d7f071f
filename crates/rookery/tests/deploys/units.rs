//! The units as systemd judges them.

use crate::stage::{Stage, declaration};
use operations::{SlotName, units};
use std::process::Command;
use testkit::Actor as _;

const EXPOSURE_MAX: f64 = 1.5;

#[test]
fn unit_security_score_is_at_most_one_and_a_half() {
    let folder = tempfile::tempdir().unwrap();
    let (declaration, name, _) = declaration("127.0.0.1:20000".parse().unwrap(), "");
    for unit in units(&declaration, &name, &declaration.environments[&name]).unwrap() {
        // An instance, so that it is judged as it runs.
        let file = unit.name.replace('@', "@blue");
        std::fs::write(folder.path().join(file), unit.text).unwrap();
    }
    let judged = Command::new("systemd-analyze")
        .args(["security", "--offline=yes", "--no-pager"])
        .arg(folder.path().join("rookery-test@blue.service"))
        .env("SYSTEMD_UNIT_PATH", folder.path())
        .output()
        .expect("this test needs systemd");
    let said = String::from_utf8_lossy(&judged.stdout);
    let exposure =
        said.lines().find_map(|line| line.split_once("Overall exposure level for ")?.1.split_once(": "));
    let (_, exposure) =
        exposure.unwrap_or_else(|| panic!("{said}{}", String::from_utf8_lossy(&judged.stderr)));
    let exposure: f64 = exposure.split(' ').next().unwrap().parse().unwrap();
    assert!(exposure <= EXPOSURE_MAX, "{said}");
}

#[test]
fn systemd_has_nothing_to_say_about_the_units() {
    let stage = Stage::set(|unit| unit);
    let units = [
        stage.layout.socket_unit(),
        stage.layout.slot_unit(SlotName::Blue),
        stage.layout.slot_unit(SlotName::Green),
    ];
    let paths: Vec<_> = units.iter().map(|unit| unit.as_str()).collect();
    let verified = stage.machine.run(&[&["systemd-analyze", "verify", "--man=no"], &paths[..]].concat());
    // It ends well whatever it finds.
    assert_eq!(String::from_utf8_lossy(&verified.stderr), "");
    assert!(verified.status.success());
}

/// What a machine of 512 MB has, less the 200 MB that stay free, in kB.
const BOTH_SLOTS_KB_MAX: u64 = 312_000;

#[test]
fn fits_512mb_with_both_slots_running() {
    let stage = Stage::declared(|unit| unit, "");
    let ada = stage.first_start();
    stage.prepare(SlotName::Green);
    ada.main_nest();
    let used: Vec<u64> = SlotName::ALL
        .into_iter()
        .map(|slot| {
            let unit = stage.layout.slot_unit(slot);
            let pid = stage.machine.property(&unit, "MainPID");
            // What both share counts half for each.
            let said = stage.machine.run(&["cat", &format!("/proc/{pid}/smaps_rollup")]);
            let said = String::from_utf8_lossy(&said.stdout).into_owned();
            let line =
                said.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_else(|| panic!("{said}"));
            line.trim().split(' ').next().unwrap().parse::<u64>().unwrap()
        })
        .collect();
    assert!(used.iter().sum::<u64>() <= BOTH_SLOTS_KB_MAX, "{used:?} kB");
}
