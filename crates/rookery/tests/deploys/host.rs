//! From a bare machine to one that serves, what it logs, and until nothing is left of it: over ssh, as people type it.

use crate::bare::{Bare, STAGING, WAIT_MAX};
use crate::cook::GOOD;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};
use testkit::eventually;

#[test]
fn a_bare_machine_is_prepared_once_and_serves_after_a_deploy() {
    let bare = Bare::new();
    // A port that nobody declared.
    bare.there("systemd-run --quiet --unit=other --socket-property=ListenStream=9999 sleep infinity");
    assert!(bare.reaches(9999) && bare.reaches(22));

    let said = bare.rookery(&bare.prepare(&["--swap", "16", "--dry-run"]));
    assert!(said.contains("/etc/systemd/system/rookery-staging@.service (644, root:root)"), "{said}");
    assert!(said.contains("Nothing was changed"), "{said}");
    assert!(!bare.machine.path("/etc/rookery").exists() && !bare.machine.shared().join("apt").exists());
    assert!(!bare.machine.path("/usr/local/bin/rookery").exists() && bare.reaches(9999));

    let first = bare.rookery(&bare.prepare(&["--swap", "16"]));
    assert!(!first.contains("  is so   staging:"), "{first}");
    // Only what is declared to be met by strangers, and ssh.
    assert!(bare.reaches(22) && bare.reaches(80) && bare.reaches(8081) && !bare.reaches(9999));
    assert_eq!(bare.there("systemctl is-enabled rookery-firewall.service"), "enabled");
    let timers = bare.there("systemctl list-timers --all --no-legend | grep -c undo || true");
    assert_eq!(timers, "0", "the firewall would undo itself");
    for (path, expected) in [
        ("/etc/rookery/staging", "750 root:rookery-staging"),
        ("/etc/rookery/staging/rookery.toml", "640 root:rookery-staging"),
        ("/etc/rookery/staging/identity.key", "600 root:root"),
        ("/var/lib/rookery/production", "700 rookery-production:rookery-production"),
        ("~deploy-staging/.ssh/authorized_keys", "600 deploy-staging:deploy-staging"),
        ("/etc/sudoers.d/rookery-production", "440 root:root"),
        ("/swapfile", "600 root:root"),
    ] {
        assert_eq!(bare.there(&format!("stat -c '%a %U:%G' {path}")), expected, "{path}");
    }
    assert_eq!(
        bare.there("blkid -p -o value -s TYPE /swapfile; grep -c '^/swapfile none swap' /etc/fstab"),
        "swap\n1"
    );
    let asked = fs::read_to_string(bare.machine.shared().join("apt")).unwrap();
    assert!(asked.contains("install -y --no-install-recommends unattended-upgrades"), "{asked}");
    assert_eq!(
        bare.there("apt-config dump APT::Periodic::Unattended-Upgrade"),
        "APT::Periodic::Unattended-Upgrade \"1\";"
    );
    assert!(bare.there("systemd-analyze cat-config systemd/journald.conf").contains("SystemMaxUse=200M"));
    let second = bare.rookery(&bare.prepare(&["--swap", "16"]));
    assert!(second.contains("nothing was changed") && !second.contains("  done "), "{second}");

    // Secrets come by the same command, and nothing else changes.
    bare.seal(&first);
    let third = bare.rookery(&bare.prepare(&[]));
    let done: Vec<&str> = third.lines().filter_map(|line| line.strip_prefix("  done    ")).collect();
    assert_eq!(
        done,
        [
            "production: the declaration",
            "staging: the declaration",
            "staging: the sealed secrets",
            "staging: the units",
        ],
        "{third}"
    );
    let (id, said) = bare.deploy(1, GOOD);
    assert!(said.contains("done: confirmed"), "{said}");
    let server = bare.types("curl", &["--silent", "--fail", &format!("{STAGING}/api/v1/server")]);
    assert!(server.status.success(), "{server:?}");
    let status = bare.rookery(&["status", "staging"]);
    assert!(status.starts_with(&format!("{id} serves in blue")), "{status}");
    assert_eq!(
        bare.there(
            "systemd-analyze verify --man=no rookery-staging.socket rookery-staging@blue.service 2>&1"
        ),
        ""
    );
    // The key of one environment is not one of another: each account has its own gate.
    let other = bare.rookery(&["status", "production"]);
    assert!(other.starts_with("nothing serves"), "{other}");
    let shell = bare.types("ssh", &["deploy-staging@10.77.0.2", "id"]);
    assert!(
        !shell.status.success()
            && String::from_utf8_lossy(&shell.stderr).contains("nothing that this key may")
    );
}

#[test]
fn a_bootstrap_that_fails_or_breaks_off_names_the_step_and_the_next_run_goes_on() {
    let bare = Bare::new();
    // Somebody else's: nothing is changed.
    bare.there("systemd-run --quiet --unit=other --socket-property=ListenStream=8081 sleep infinity");
    let taken = bare.refused(&bare.prepare(&[]));
    assert!(taken.contains("0.0.0.0:8081, which rookery-staging.socket is to hold, is taken"), "{taken}");
    assert!(!bare.machine.path("/etc/rookery").exists());
    bare.there("systemctl stop other.socket");
    // A step that does not work, in the middle.
    bare.stub("useradd", "#!/bin/sh\necho no room >&2\nexit 1\n");
    let failed = bare.refused(&bare.prepare(&[]));
    assert!(failed.contains("production: the user rookery-production: no room"), "{failed}");
    assert!(failed.contains("goes on from here"), "{failed}");
    bare.there("rm /usr/local/sbin/useradd");
    // The connection after the firewall came does not come through: the machine opens itself again.
    bare.cut_after(2);
    let cut = bare.refused(&bare.prepare(&[]));
    assert!(cut.contains("opens itself again") && cut.contains("not let in"), "{cut}");
    assert_ne!(bare.there("systemctl is-enabled rookery-firewall || true"), "enabled");
    bare.there("nft list table inet rookery");
    eventually("the firewall is undone", 3 * WAIT_MAX, || {
        let there = bare.machine.run(&["nft", "list", "table", "inet", "rookery"]);
        (!there.status.success()).then_some(())
    });
    bare.cut_after(1000);
    let next = bare.rookery(&bare.prepare(&[]));
    assert!(
        next.contains("  is so   packages:") && next.contains("  done    firewall: ports 22, 80, 443, 8081"),
        "{next}"
    );
    assert!(!next.contains("  done    staging:"), "{next}");
    // Two accounts of one name cannot have two gates.
    bare.declare(|text| text.replace("deploy-production@", "deploy-staging@"));
    let one_gate = bare.refused(&bare.prepare(&[]));
    assert!(one_gate.contains("give each an account of its own"), "{one_gate}");
}

#[test]
fn logs_are_told_in_order_by_level_and_go_on_over_a_change_of_slots() {
    let bare = Bare::new();
    bare.rookery(&bare.prepare(&[]));
    bare.deploy(1, GOOD);
    let lines = bare.rookery(&["logs", "staging", "--json", "--lines", "20"]);
    let lines: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(
        !lines.is_empty() && lines.len() <= 20 && lines.iter().all(|line| line["slot"] == "blue"),
        "{lines:?}"
    );
    assert!(lines.iter().any(|line| line["said"]["level"] == "INFO"), "{lines:?}");
    assert!(lines.is_sorted_by_key(|line| line["at"].as_str().unwrap().to_owned()));
    let errors = bare.rookery(&["logs", "staging", "--level", "error"]);
    assert_eq!(errors, "", "what serves well has no errors");
    assert_eq!(bare.rookery(&["logs", "staging", "--since", "2100-01-01T00:00:00Z"]), "");

    let told = bare.machine.shared().join("told");
    let mut follow = bare.command(env!("CARGO_BIN_EXE_rookery"), &["logs", "staging", "-f", "--lines", "5"]);
    let mut follow = follow.stdout(fs::File::create(&told).unwrap()).spawn().unwrap();
    let told = || fs::read_to_string(&told).unwrap();
    eventually("what was is told", WAIT_MAX, || told().contains(" blue ").then_some(()));
    assert!(!told().contains(" green "));
    bare.deploy(2, GOOD);
    eventually("what comes is told", WAIT_MAX, || told().contains(" green ").then_some(()));
    // It hangs up: on the machine nobody goes on.
    let journals = "for one in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$one 2>/dev/null | grep -c '^journalctl.*--follow'; done \
                    | grep -c '^[1-9]' || true";
    assert_ne!(bare.there(journals), "0");
    let ended = Command::new("kill").args(["-INT", &follow.id().to_string()]).status().unwrap();
    assert!(ended.success());
    follow.wait().unwrap();
    eventually("nobody follows on the machine", WAIT_MAX, || (bare.there(journals) == "0").then_some(()));
}

#[test]
fn an_environment_is_destroyed_after_a_backup_and_comes_back_from_it_though_it_was_killed_half_way() {
    let bare = Bare::new();
    bare.rookery(&bare.prepare(&[]));
    bare.deploy(1, GOOD);
    let refused = bare.refused(&["destroy", "staging"]);
    assert!(refused.contains("--yes staging"), "{refused}");
    let refused = bare.refused(&["destroy", "staging", "--yes", "production"]);
    assert!(refused.contains("another name"), "{refused}");
    let refused = bare.refused(&["destroy", "production", "--yes", "production"]);
    assert!(refused.contains("typed at a terminal"), "{refused}");
    // A place of backups that would go, too.
    let own = "/etc/rookery/staging/rookery.toml";
    bare.there(&format!("sed -i.kept s,/var/backups/rookery/staging,/var/lib/rookery/staging/copies, {own}"));
    let refused = bare.refused(&["destroy", "staging", "--yes", "staging"]);
    assert!(refused.contains("would go with /var/lib/rookery/staging"), "{refused}");
    bare.there(&format!("mv {own}.kept {own}"));
    assert!(bare.rookery(&["status", "staging"]).contains("serves in blue"));

    // It is slow where it is killed.
    bare.stub("userdel", "#!/bin/sh\n[ -e /machine/quick ] || sleep 30\nexec /usr/sbin/userdel \"$@\"\n");
    let mut destroying =
        bare.command(env!("CARGO_BIN_EXE_rookery"), &["destroy", "staging", "--yes", "staging"]);
    let mut destroying = destroying.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut said = Vec::new();
    for line in BufReader::new(destroying.stdout.take().unwrap()).lines() {
        said.push(line.unwrap());
        if said.last().unwrap() == "gone: /var/lib/rookery/staging" {
            bare.there("pkill -KILL -f 'environment staging gate [d]estroy'");
        }
    }
    assert!(!destroying.wait().unwrap().success());
    assert!(
        said.iter().any(|line| line.starts_with("backed up: ") && line.contains("restored and sound")),
        "{said:?}"
    );
    assert!(bare.machine.path(own).exists());

    fs::write(bare.machine.shared().join("quick"), "").unwrap();
    let rest = bare.rookery(&["destroy", "staging", "--yes", "staging"]);
    assert!(rest.contains("a run before was cut off") && !rest.contains("backed up"), "{rest}");
    for gone in [
        own,
        "/srv/rookery/staging",
        "/var/lib/rookery/staging",
        "/etc/systemd/system/rookery-staging.socket",
        "/etc/systemd/system/rookery-staging@.service",
        "/etc/sudoers.d/rookery-staging",
    ] {
        assert!(!bare.machine.path(gone).exists(), "{gone} is there");
    }
    assert!(bare.there("getent passwd rookery-staging || true").is_empty() && !bare.reaches(8081));
    assert!(!bare.types("ssh", &["deploy-staging@10.77.0.2", "account"]).status.success());
    // Its neighbour does not notice.
    assert!(bare.rookery(&["status", "production"]).starts_with("nothing serves"));
    assert_eq!(bare.there("systemctl is-active rookery-production.socket"), "active");

    // What people are used to goes when its name is typed at a terminal, and nothing else is.
    let typed = |word: &str| {
        let line = format!("{} destroy production", env!("CARGO_BIN_EXE_rookery"));
        let mut script = bare.command("script", &["-qec", &line, "/dev/null"]);
        let mut script = script.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut terminal = script.stdin.take().unwrap();
        terminal.write_all(format!("{word}\n").as_bytes()).unwrap();
        let done = script.wait_with_output().unwrap();
        (done.status.success(), String::from_utf8_lossy(&done.stdout).into_owned())
    };
    let (is_done, said) = typed("staging");
    assert!(!is_done && said.contains("another name was typed"), "{said}");
    let (is_done, said) = typed("production");
    assert!(is_done && said.contains("nothing ever served"), "{said}");
    assert!(!bare.machine.path("/etc/rookery/production").exists() && bare.reaches(22) && !bare.reaches(80));

    // Back from the backup, with the key that was kept.
    let restored = bare.there(
        "cd / && rookery --environment staging restore --from file:/var/backups/rookery/staging --identity \
         /srv/rookery/.destroyed/staging-*/backup.key --to /var/tmp/restored && ls /var/tmp/restored",
    );
    assert!(restored.contains("rookery.db") && restored.contains("secret.key"), "{restored}");
    let link = bare.there("cd / && rookery --environment staging --data /var/tmp/restored admin-link");
    assert!(link.contains('#'), "{link}");
}
