//! The server's secret: made once, readable by its owner alone, and never exchanged by mistake.

use crate::program;
use fakes::{Reply, Request as Received, Server};
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use testkit::{Actor as _, Browser, Options, Request, Rookery, eventually, run, sound};

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

/// A server with these keys on a folder that is there, and its administrator.
fn with_keys(data: &Path, keys: &[&str], known: Option<&Browser>) -> (Rookery, Browser) {
    let args = keys.iter().copied().chain(["--outside-also", "127.0.0.1"]).map(str::to_owned).collect();
    let data = Some(data.to_owned());
    let rookery =
        Rookery::with(program(), Options { args, data, is_set_up: known.is_some(), ..Options::default() });
    let ada = known.map_or_else(|| rookery.administrator(), |known| known.at(rookery.site()));
    (rookery, ada)
}

#[test]
fn a_secret_takes_over_from_another_and_what_was_sealed_before_is_read_until_it_is_sealed_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = ("1f".repeat(32), "2e".repeat(32));
    let before = ["--secret-key", first.as_str()];
    let both = ["--secret-key", second.as_str(), "--previous-secret-key", first.as_str()];
    let after = ["--secret-key", second.as_str()];
    let heard = Arc::<AtomicUsize>::default();
    let count = Arc::clone(&heard);
    let receiver = Server::of(move |_: &Received| {
        count.fetch_add(1, Ordering::SeqCst);
        Reply::json(200, &json!({}))
    });

    // The address of a webhook and what its messages are signed with are sealed.
    let (mut rookery, ada) = with_keys(folder.path(), &before, None);
    ada.command("configure", json!({"autofill": false})).ok();
    let track = ada.add_track("song.wav", &sound::wav(440, 60_000));
    let body =
        json!({"url": format!("{}/hook", receiver.origin()), "form": "signed", "events": ["now_playing"]});
    drop(ada.send(Request::new("POST", "/api/v1/nests/main/webhooks").json(&body)).expect(201));
    let is_heard = |ada: &Browser| {
        let so_far = heard.load(Ordering::SeqCst);
        ada.add(&track);
        let more = || (heard.load(Ordering::SeqCst) > so_far).then_some(());
        eventually("the webhook is told", Duration::from_secs(60), more);
        ada.command("skip", json!({})).ok();
    };
    is_heard(&ada);
    rookery.terminate();

    let data = folder.path().to_str().unwrap();
    let say = |keys: &[&str], command: &str| {
        let output = run(program(), &[keys, &["--data", data, command]].concat(), folder.path());
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8(said).unwrap())
    };
    let (code, said) = say(&after, "reseal");
    assert!(code == Some(1) && said.contains("is not the one this database was used with"), "{said}");

    let (mut rookery, ada) = with_keys(folder.path(), &both, Some(&ada));
    is_heard(&ada);
    assert!(rookery.log().contains("run `rookery reseal`"), "{}", rookery.log());
    let metrics = ada.get("/metrics").text();
    assert!(metrics.contains("secret_key_since_seconds "), "{metrics}");
    // While it runs, and again: nothing is left.
    let (code, said) = say(&both, "reseal");
    assert!(code == Some(0) && said.starts_with("2 values were sealed anew, 0 were so already."), "{said}");
    let (code, said) = say(&both, "reseal");
    assert!(code == Some(0) && said.starts_with("0 values were sealed anew, 2 were so already."), "{said}");
    is_heard(&ada);
    rookery.terminate();

    let (mut rookery, ada) = with_keys(folder.path(), &after, Some(&ada));
    is_heard(&ada);
    rookery.terminate();
    let (code, said) = say(&before, "reseal");
    assert!(code == Some(1) && said.contains("is not the one this database was used with"), "{said}");
    assert!(!said.contains("1f1f"), "{said}");
}
