//! The server's secret: made once, readable by its owner alone, and never exchanged by mistake.

use crate::program;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use testkit::{Options, Rookery, run};

#[test]
fn the_first_start_makes_a_secret_that_only_its_owner_may_read_and_that_stays() {
    let mut rookery = Rookery::start(program());
    let file = rookery.data().join("secret.key");
    let first = fs::read_to_string(&file).unwrap();
    assert_eq!(first.trim().len(), 64, "{} characters", first.len());
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    rookery.kill();
    let database = fs::read(rookery.data().join("rookery.db")).unwrap();
    let holds = |bytes: &[u8]| database.windows(bytes.len()).any(|part| part == bytes);
    assert!(!holds(first.trim().as_bytes()), "the secret is in the database");
    rookery.restart();
    assert_eq!(fs::read_to_string(&file).unwrap(), first);
}

#[test]
fn another_secret_is_refused_until_it_is_accepted() {
    let folder = tempfile::tempdir().unwrap();
    let options = Options { data: Some(folder.path().to_owned()), ..Options::default() };
    let mut rookery = Rookery::with(program(), options);
    rookery.administrator();
    rookery.kill();
    let file = folder.path().join("secret.key");
    fs::write(&file, "5e".repeat(32)).unwrap();
    let data = folder.path().to_str().unwrap();
    let refused = run(program(), &["--data", data, "serve", "--listen", "127.0.0.1:0"], folder.path());
    let said = String::from_utf8_lossy(&refused.stderr);
    assert_eq!(refused.status.code(), Some(1), "{said}");
    assert!(said.contains("secret.key") && said.contains("rookery accept-key"), "{said}");
    assert!(!said.contains("5e5e"), "{said}");
    let accepted = run(program(), &["--data", data, "accept-key"], folder.path());
    assert!(accepted.status.success(), "{}", String::from_utf8_lossy(&accepted.stderr));
    rookery.restart();
}

#[test]
fn a_secret_that_is_none_is_told_what_it_should_be() {
    let folder = tempfile::tempdir().unwrap();
    for (args, named) in [
        (["--secret-key", "hunter2"], "ROOKERY_SECRET_KEY"),
        (["--secret-key-file", "/dev/zero"], "/dev/zero"),
        (["--secret-key-file", "missing.key"], "missing.key"),
    ] {
        let output =
            run(program(), &[&args[..], &["serve", "--listen", "127.0.0.1:0"]].concat(), folder.path());
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(named) && said.contains("64 hexadecimal digits"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}
