//! Changes of releases on their machine: what earns its place stays, and everything else is taken back.

use crate::cook::{Cook, DYING, GOOD, STUCK, upload};
use crate::load::Load;
use crate::releases::runtime;
use crate::stage::Stage;
use serde_json::Value;
use std::fs;
use std::process::Output;
use std::time::Duration;
use testkit::{Actor as _, Browser, eventually};

pub const WORKERS: usize = 8;
/// A debug build on a busy machine.
pub const STEP_MAX: Duration = Duration::from_secs(60);
pub const SOAK: &str = "soak = \"2s\"";
const BACKUPS: &str = "backups = { to = [\"file:/var/lib/rookery/test/backups\"] }";
/// After how long a change is killed, in seconds: while it is looked at, started, opened, looked at again, watched, waited for.
const KILLED_AFTER: [&str; 9] = ["0.05", "0.2", "0.5", "0.9", "1.5", "2.2", "3", "4.5", "7"];

pub fn open(more: &str) -> (Stage, Browser, Cook) {
    let stage = Stage::declared(|unit| unit, more);
    let ada = stage.first_start();
    let cook = Cook::of(&stage);
    (stage, ada, cook)
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

/// What a command said that must have gone well.
#[track_caller]
pub fn goes_well(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    said
}

pub fn gate(stage: &Stage, words: &str) -> Output {
    stage.machine.run(&["/machine/rookery", "--environment", "test", "gate", words])
}

fn change(stage: &Stage, words: &[&str]) -> Output {
    stage.machine.run(&[&["/machine/rookery", "--environment", "test", "change"], words].concat())
}

pub fn journal(stage: &Stage) -> Vec<Value> {
    let text = fs::read_to_string(stage.machine.path(&stage.layout.deploys())).unwrap_or_default();
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

pub fn steps(stage: &Stage, change: u64) -> Vec<String> {
    let lines = journal(stage).into_iter().filter(|line| line["change"] == change);
    lines.map(|line| line["step"].as_str().unwrap().to_owned()).collect()
}

fn account(stage: &Stage) -> Value {
    let output = gate(stage, "account");
    assert!(output.status.success(), "{}", said(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[track_caller]
pub fn serves(stage: &Stage, release: &str) {
    let account = account(stage);
    assert_eq!(account["serving"], release, "{account}");
}

/// Asks for a release and gives the word when the machine waits for it; how it ended.
pub fn bring(stage: &Stage, words: &str, number: u64) -> Output {
    std::thread::scope(|scope| {
        let asked = scope.spawn(|| gate(stage, words));
        eventually("it waits, or has ended", STEP_MAX, || {
            let steps = steps(stage, number);
            let last = steps.last().map(String::as_str);
            (matches!(last, Some("waiting" | "abandoned" | "reverted" | "held" | "done"))
                || asked.is_finished())
            .then_some(())
        });
        if steps(stage, number).last().is_some_and(|last| last == "waiting") {
            let confirmed = gate(stage, &format!("confirm {number}"));
            assert!(confirmed.status.success(), "{}", said(&confirmed));
        }
        asked.join().unwrap()
    })
}

/// The service's own user reads what became of the change, and says so on the page of operations.
fn told(ada: &Browser, release: &str, steps: &[&str]) {
    let page = eventually("the release that serves answers", STEP_MAX, || {
        let page: Value = ada.get("/api/v1/operations").ok();
        (page["process"]["release"] == release).then_some(page)
    });
    assert_eq!((&page["process"]["slot"], &page["releases"]["serving"]), (&"green".into(), &release.into()));
    assert_eq!(page["process"]["commit"].as_str().map(str::len), Some(40), "{page}");
    let releases = &page["releases"];
    assert_eq!(releases["fault"], Value::Null, "{releases}");
    let change = &releases["changes"][0];
    let told: Vec<_> = change["steps"].as_array().unwrap().iter().map(|step| &step["name"]).collect();
    assert_eq!(told, steps, "{change}");
    assert_eq!((&change["number"], &change["kind"]), (&1.into(), &"deploy".into()));
    let kept = releases["kept"].as_array().unwrap();
    assert!(kept.iter().any(|kept| kept["id"] == release && kept["proven"] == true), "{releases}");
}

#[test]
fn a_release_is_brought_watched_confirmed_and_can_be_gone_back_from_within_a_second_or_two() {
    let (stage, ada, cook) = open(&format!("{SOAK}\n{BACKUPS}"));
    let [one, two] = [1, 2].map(|minute| cook.put(&stage, minute, GOOD));
    let done = bring(&stage, &format!("deploy {one}"), 1);
    assert!(done.status.success(), "{}", said(&done));
    let all = [
        "begun",
        "checking",
        "backing_up",
        "rehearsing",
        "switching",
        "smoking",
        "soaking",
        "waiting",
        "done",
    ];
    assert_eq!(steps(&stage, 1), all);
    serves(&stage, one.as_str());
    let backup = &journal(&stage)[3]["said"];
    assert!(backup.as_str().unwrap().contains("restored and sound"), "{backup}");
    let rehearsed = &journal(&stage)[4]["said"];
    assert!(rehearsed.as_str().unwrap().contains("the release before works with the result"), "{rehearsed}");
    // The deployer sees each step as it is written.
    assert_eq!(String::from_utf8_lossy(&done.stdout).lines().count(), all.len());
    told(&ada, one.as_str(), &all);

    let done = bring(&stage, &format!("deploy {two}"), 2);
    assert!(done.status.success(), "{}", said(&done));
    serves(&stage, two.as_str());
    let began = testkit::since_1970();
    let back = gate(&stage, "rollback");
    assert!(back.status.success(), "{}", said(&back));
    report("rollback, asked for until it was looked at", testkit::since_1970().saturating_sub(began));
    serves(&stage, one.as_str());
    let known = account(&stage)["releases"].clone();
    assert_eq!(
        known.as_array().unwrap().iter().filter(|known| known["is_proven"] == true).count(),
        2,
        "{known}"
    );
    assert!(said(&gate(&stage, &format!("deploy {one}"))).contains("serves already"));
}

#[expect(clippy::print_stderr, reason = "captured by the test's harness, and shown when asked for")]
fn report(what: &str, took: Duration) {
    eprintln!("{what}: {took:?}");
}

/// A release whose migrations do not work on what people have.
const CLUMSY: &str = "case \"$*\" in *rehearse*) echo 'the copy cannot be migrated' >&2; exit 1 ;; esac\n\
    exec /machine/rookery \"$@\"\n";

#[test]
fn migration_fails_in_rehearsal_live_untouched() {
    let (stage, ada, cook) = open(&format!("{SOAK}\n{BACKUPS}"));
    let clumsy = cook.put(&stage, 1, CLUMSY);
    let refused = bring(&stage, &format!("deploy {clumsy}"), 1);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("the copy cannot be migrated"), "{}", said(&refused));
    assert_eq!(steps(&stage, 1), ["begun", "checking", "backing_up", "rehearsing", "abandoned"]);
    serves(&stage, "good");
    drop(ada);
}

#[test]
fn bad_release_that_never_becomes_ready_is_abandoned_and_no_request_fails() {
    let (stage, ada, cook) = open(SOAK);
    let stuck = cook.put(&stage, 1, STUCK);
    let runtime = runtime();
    let entered = runtime.enter();
    let load = Load::gentle(stage.site.address(), WORKERS, &ada.cookie);
    let words = format!("deploy {stuck} --without-backup");
    let refused = gate(&stage, &words);
    // The harness gives a command a minute; the machine goes on by itself.
    eventually("it is abandoned", STEP_MAX, || {
        steps(&stage, 1).last().is_some_and(|last| last == "abandoned").then_some(())
    });
    assert!(!refused.status.success());
    let load = runtime.block_on(load.end());
    drop(entered);
    assert_eq!(load.failures(), 0, "{:?}", load.failed.lock().unwrap());
    assert!(load.answered() > 1_000);
    serves(&stage, crate::stage::GOOD);
}

#[test]
fn a_release_that_dies_while_it_is_watched_is_taken_back_by_the_machine() {
    let (stage, _ada, cook) = open("soak = \"30s\"");
    let dying = cook.put(&stage, 1, DYING);
    let refused = bring(&stage, &format!("deploy {dying} --without-backup"), 1);
    assert!(!refused.status.success());
    assert!(said(&refused).contains("another began"), "{}", said(&refused));
    assert_eq!(steps(&stage, 1).last().unwrap(), "reverted");
    serves(&stage, crate::stage::GOOD);
    assert_eq!(account(&stage)["releases"][0]["is_proven"], false);
}

#[test]
fn a_change_killed_at_any_step_is_put_right_by_the_next_run_and_no_request_fails() {
    let (stage, ada, cook) = open(SOAK);
    let one = cook.put(&stage, 1, GOOD);
    let runtime = runtime();
    let entered = runtime.enter();
    let load = Load::gentle(stage.site.address(), WORKERS, &ada.cookie);
    let mut ends = Vec::new();
    for after in KILLED_AFTER {
        // A change that is killed at once may not have begun to write down anything.
        let before = journal(&stage).len();
        let last = || journal(&stage)[before..].last().map(|line| line["step"].as_str().unwrap().to_owned());
        let words = ["change", "deploy", one.as_str(), "--without-backup"];
        let killed = ["timeout", "-s", "KILL", after, "/machine/rookery", "--environment", "test"];
        stage.machine.run(&[&killed[..], &words].concat());
        let cut_off = last();
        let repaired = change(&stage, &["repair"]);
        assert!(repaired.status.success(), "{after}: {}", said(&repaired));
        serves(&stage, crate::stage::GOOD);
        let end = last();
        assert!(matches!(end.as_deref(), None | Some("abandoned" | "reverted")), "{after}: {end:?}");
        ends.push((cut_off, end));
    }
    assert!(ends.iter().any(|(_, end)| end.as_deref() == Some("reverted")), "{ends:?}");
    assert!(ends.iter().any(|(_, end)| end.as_deref() == Some("abandoned")), "{ends:?}");
    let load = runtime.block_on(load.end());
    drop(entered);
    assert!(load.answered() > 1_000);
    assert_eq!(load.failures(), 0, "{:?}: {ends:?}", load.failed.lock().unwrap());
}

#[test]
fn a_change_whose_process_is_killed_is_put_right_without_anybody() {
    let (stage, _ada, cook) = open("soak = \"30s\"");
    let one = cook.put(&stage, 1, GOOD);
    std::thread::scope(|scope| {
        scope.spawn(|| gate(&stage, &format!("deploy {one} --without-backup")));
        eventually("it is watched", STEP_MAX, || {
            steps(&stage, 1).last().is_some_and(|last| last == "soaking").then_some(())
        });
        stage.machine.systemctl(&["kill", "--signal=KILL", "--kill-who=main", &stage.layout.deploy_unit()]);
    });
    eventually("it is put right", STEP_MAX, || {
        steps(&stage, 1).last().is_some_and(|last| last == "reverted").then_some(())
    });
    serves(&stage, crate::stage::GOOD);
}

#[test]
fn what_stands_in_the_way_is_found_before_anything_is_touched() {
    let (stage, _ada, cook) = open(SOAK);
    let one = cook.put(&stage, 1, GOOD);
    let without = gate(&stage, &format!("deploy {one}"));
    assert!(said(&without).contains("no place for backups"), "{}", said(&without));
    // Served from here on, so that what comes is compared with it.
    assert!(bring(&stage, &format!("deploy {one} --without-backup"), 2).status.success());
    let before = account(&stage)["serving"].clone();
    let newest = |facts: &mut release::Facts| {
        facts.schema.newest += 1;
        facts.schema.known_at_least = facts.schema.newest;
    };
    let oldest = |facts: &mut release::Facts| facts.schema = release::Schema { newest: 1, known_at_least: 1 };
    let foreign = |facts: &mut release::Facts| facts.protocol = release::Range { min: 8, max: 9 };
    let breaking = cook.put_changed(&stage, 2, GOOD, newest);
    let old = cook.put_changed(&stage, 3, GOOD, oldest);
    let foreign = cook.put_changed(&stage, 6, GOOD, foreign);
    for (id, says) in [
        (&breaking, "neither serve beside it"),
        (&old, "cannot run on it"),
        (&foreign, "speaks version 8 to 9 of the protocol"),
    ] {
        let refused = gate(&stage, &format!("deploy {id} --without-backup"));
        assert!(said(&refused).contains(says), "{}", said(&refused));
    }
    // Changed on the machine's disk since it came.
    let two = cook.put(&stage, 4, GOOD);
    let program = format!("{}/{two}/bin/rookery", stage.layout.releases());
    stage.machine.write(&program, "#!/bin/sh\nexec /machine/rookery \"$@\"\n");
    let refused = gate(&stage, &format!("deploy {two} --without-backup"));
    assert!(said(&refused).contains("is not what was signed"), "{}", said(&refused));
    // A declaration that the release does not understand.
    let three = cook.put(&stage, 5, GOOD);
    let text = fs::read_to_string(stage.machine.path(&stage.layout.declaration())).unwrap();
    stage.machine.write(&stage.layout.declaration(), &format!("{text}no_such_key = 1\n"));
    let refused = gate(&stage, &format!("deploy {three} --without-backup"));
    assert!(said(&refused).contains("no_such_key"), "{}", said(&refused));
    stage.machine.write(&stage.layout.declaration(), &text);
    assert_eq!(account(&stage)["serving"], before);
}

#[test]
fn only_what_was_signed_for_this_machine_gets_there() {
    let (stage, _ada, cook) = open(SOAK);
    let (folder, _) = cook.release(1, GOOD, |_| {});
    let mut stream = Vec::new();
    release::send(&folder, &cook.keys, &mut stream).unwrap();
    // Its key is another from here on.
    let _other = Cook::of(&stage);
    let refused = upload(&stage, &stream);
    assert!(said(&refused).contains("not trusted here"), "{}", said(&refused));
    stage.machine.write(&stage.layout.release_keys(), &cook.pair.public);
    let cut = upload(&stage, &stream[..stream.len() - 1]);
    assert!(!cut.status.success());
    assert_eq!(account(&stage)["releases"], serde_json::json!([]));
    let words = gate(&stage, "put; reboot");
    assert!(said(&words).contains("nothing that this key may"), "{}", said(&words));
}

/// Makes the machine's key, declares it, and seals a setting with it.
const SEAL: &str = "cd /etc/rookery/test && rookery='/machine/rookery --config rookery.toml' && \
    key=$($rookery secrets keygen test | grep -o 'age1[a-z0-9]*' | head -n 1) && \
    echo \"recipients = [\\\"$key\\\"]\" >>rookery.toml && \
    echo wB7-kQ2-zL9-mN4-xT6 | $rookery secrets set test sync_invite_codes";

#[test]
fn a_backup_before_a_release_opens_sealed_settings_and_leaves_no_key_behind() {
    let (stage, _ada, cook) = open(&format!("{SOAK}\n{BACKUPS}"));
    let one = cook.put(&stage, 1, GOOD);
    // From here on nobody reads the declaration who has not the machine's key, which is root's alone.
    let sealed = stage.machine.run(&["sh", "-c", SEAL]);
    assert!(sealed.status.success(), "{}", said(&sealed));
    std::thread::scope(|scope| {
        scope.spawn(|| gate(&stage, &format!("deploy {one}")));
        eventually("the backup is made", STEP_MAX, || {
            matches!(steps(&stage, 1).last()?.as_str(), "switching" | "abandoned").then_some(())
        });
        // The units were made before anything was sealed: the release would wait in vain for the key.
        stage.machine.try_systemctl(&[
            "kill",
            "--signal=KILL",
            "--kill-who=main",
            &stage.layout.deploy_unit(),
        ]);
    });
    let backup = &journal(&stage)[3];
    assert_eq!(backup["step"], "rehearsing", "{backup}");
    assert!(backup["said"].as_str().unwrap().contains("restored and sound"), "{backup}");
    assert!(!stage.machine.path("/run/rookery-test/lent").exists());
}
