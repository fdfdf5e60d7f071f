//! What an administrator is told when the database cannot be had, one clear error each.

use crate::engines;
use crate::sample::{NOW, track};
use database::{Database, Error, Options, migrate, settings, tracks, transaction};
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

async fn refused(url: &str) -> Error {
    let options = Options { acquire_timeout: Duration::from_secs(3), ..Options::default() };
    Database::open(url, options).await.expect_err("it cannot be opened")
}

#[tokio::test]
async fn an_unknown_scheme_or_address_says_what_is_understood() {
    let error = refused("mysql://user:secret@host/db").await;
    assert_eq!(error, Error::UnknownScheme { scheme: "mysql".into() });
    assert!(error.to_string().contains("sqlite:PATH") && !error.to_string().contains("secret"));
    assert!(matches!(refused("postgres://user:secret@host:port/db").await, Error::Address { .. }));
    assert!(matches!(refused("libsql:").await, Error::Address { .. }));
    assert!(matches!(refused("libsql://token@host").await, Error::Address { .. }));
    assert!(matches!(refused("").await, Error::UnknownScheme { .. }));
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("not/here");
    let error = refused(&format!("sqlite:{}", missing.join("x.db").display())).await;
    assert_eq!(error, Error::FolderMissing { folder: missing.display().to_string() });
}

#[tokio::test]
async fn a_file_that_is_no_database_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.db");
    let text = "This is a letter, not a database. ".repeat(200);
    std::fs::write(&path, &text).unwrap();
    let error = refused(&format!("sqlite:{}", path.display())).await;
    assert!(
        matches!(&error, Error::Damaged { place, .. } if *place == path.display().to_string()),
        "{error:?}"
    );
    assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_damaged_file_is_found_when_it_is_opened() {
    let engine = engines::sqlite().await;
    let database = engine.open().await;
    let many: Vec<_> = (1..=400).map(|number| track(number, "Song", "Artist", "Album")).collect();
    tracks::insert(&database, &many).await.unwrap();
    database.close().await;
    let path = engine.url.trim_start_matches("sqlite:");
    let mut bytes = std::fs::read(path).unwrap();
    let (from, to) = (bytes.len() / 4, bytes.len() / 2);
    bytes[from..to].fill(0xa5);
    std::fs::write(path, bytes).unwrap();
    assert!(matches!(refused(&engine.url).await, Error::Damaged { .. }));
}

/// Root may write anywhere, so permission bits alone prove nothing where tests run as root: there the file system
/// itself is mounted read-only.
#[tokio::test]
async fn a_read_only_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("data");
    std::fs::create_dir(&place).unwrap();
    let mounted = rustix::process::getuid().is_root();
    if mounted {
        mount(&place, &["-t", "tmpfs", "-o", "ro,size=1m", "tmpfs"]);
    } else {
        std::fs::set_permissions(&place, std::fs::Permissions::from_mode(0o555)).unwrap();
    }
    let error = refused(&format!("sqlite:{}", place.join("x.db").display())).await;
    if mounted {
        unmount(&place);
    }
    assert_eq!(error, Error::ReadOnly { path: place.display().to_string() });
}

fn mount(place: &std::path::Path, how: &[&str]) {
    let mounted = std::process::Command::new("mount").args(how).arg(place).status().unwrap();
    assert!(mounted.success(), "mount: {mounted}");
}

fn unmount(place: &std::path::Path) {
    let unmounted = std::process::Command::new("umount").arg("--lazy").arg(place).status().unwrap();
    assert!(unmounted.success(), "umount: {unmounted}");
}

#[tokio::test]
async fn a_full_disk_is_an_error_of_its_own_and_loses_nothing() {
    let engine = engines::sqlite().await;
    let small = Options { pages_max: Some(400), ..Options::default() };
    let database = Database::open(&engine.url, small).await.unwrap();
    migrate::up(&database, NOW).await.unwrap();
    let mut stored = 0;
    let error = loop {
        let many: Vec<_> =
            (1..=20).map(|number| track(stored * 20 + number, "Song", "Artist", "Album")).collect();
        match tracks::insert(&database, &many).await {
            Ok(_) => stored += 1,
            Err(error) => break error,
        }
        assert!(stored < 1_000, "400 pages never fill");
    };
    assert_eq!(error, Error::StorageFull);
    assert!(stored > 0);
    assert_eq!(
        u128::from(tracks::count(&database).await.unwrap()),
        stored * 20,
        "the refused ones left nothing"
    );
    // With room again, the same handle goes on.
    database.close().await;
    let roomy = engine.open_empty().await;
    tracks::insert(&roomy, &[track(1_000_000, "Song", "Artist", "Album")]).await.unwrap();
}

#[tokio::test]
async fn nobody_at_the_address_is_told_apart_from_wrong_credentials() {
    let port = peers::free_port();
    let nobody = refused(&format!("postgres://user:secret@127.0.0.1:{port}/db")).await;
    assert!(matches!(nobody, Error::Unreachable { .. }), "{nobody:?}");
    assert!(!nobody.to_string().contains("secret"));
    let said = nobody.to_string();
    assert!(said.contains("times within 4s") && said.contains("refused"), "{said}");
    let nobody = refused(&format!("libsql+http://127.0.0.1:{port}")).await;
    assert!(matches!(nobody, Error::Unreachable { .. }), "{nobody:?}");
}

#[tokio::test]
async fn a_server_that_never_answers_is_given_up() {
    // It accepts and stays silent.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    let mut accepting = tokio::task::JoinSet::new();
    accepting.spawn(async move {
        let mut held = Vec::new();
        loop {
            held.push(silent.accept().await.unwrap());
        }
    });
    for url in [format!("libsql+http://{address}"), format!("postgres://user@{address}/db")] {
        let started = tokio::time::Instant::now();
        let error = refused(&url).await;
        let took = started.elapsed();
        assert!(took < Duration::from_secs(5), "{url}: {took:?}");
        assert!(matches!(&error, Error::Unreachable { .. }), "{url}: {error:?}");
        let said = error.to_string();
        assert!(said.contains(&address.to_string()) && said.contains("tried once within 4s"), "{said}");
    }
    accepting.shutdown().await;
}

#[tokio::test]
async fn a_wrong_password_is_told_by_postgres() {
    let engine = engines::postgres().await;
    let error = refused(&engine.url.replace("nest-egg", "wrong")).await;
    assert!(matches!(error, Error::Credentials { .. }), "{error:?}");
    let error = refused(&engine.url.replace("/postgres", "/nowhere")).await;
    assert!(matches!(&error, Error::Unreachable { detail, .. } if detail.contains("nowhere")), "{error:?}");
}

#[tokio::test]
async fn a_wrong_token_is_told_by_libsql() {
    let engine = engines::libsql().await;
    for token in [None, Some("eyJhbGciOiJub25lIn0.e30.".to_owned())] {
        let options = Options { token, ..Options::default() };
        let error = Database::open(&engine.url, options).await.expect_err("no entry");
        assert!(matches!(error, Error::Credentials { .. }), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_takes_too_long_is_given_up_and_its_connection_with_it() {
    let engine = engines::postgres().await;
    let options =
        Options { statement_timeout: Duration::from_millis(300), connections_max: 1, ..Options::default() };
    let database = Database::open(&engine.url, options).await.unwrap();
    let error = database.run_script("select pg_sleep(20)").await.unwrap_err();
    assert!(matches!(error, Error::Timeout { .. }), "{error:?}");
    database.ping().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn waiting_for_the_writer_ends_and_says_so() {
    let engine = engines::sqlite().await;
    let options = Options { acquire_timeout: Duration::from_millis(200), ..Options::default() };
    let database = Database::open(&engine.url, options).await.unwrap();
    migrate::up(&database, NOW).await.unwrap();
    let holder = database.begin().await.unwrap();
    let error = database.begin().await.expect_err("the writer is taken");
    assert!(matches!(error, Error::Exhausted { .. }), "{error:?}");
    assert_eq!(tracks::count(&database).await.unwrap(), 0, "readers do not wait");
    holder.rollback().await;
    database.begin().await.unwrap().rollback().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_the_server_took_away_never_goes_on_as_single_statements() {
    let engine = engines::libsql().await;
    let database = engine.open().await;
    let mut idle = database.begin().await.unwrap();
    settings::set(&mut idle, "name", b"idle").await.unwrap();
    // The server ends an idle transaction in favour of a writer that waits long enough.
    transaction!(&database, |tx| { settings::set(&mut tx, "name", b"busy").await }).unwrap();
    let error = settings::set(&mut idle, "other", b"alone").await.expect_err("it was taken away");
    assert!(error.is_conflict(), "{error:?}");
    assert_eq!(idle.commit().await, Err(Error::TransactionOver));
    assert_eq!(settings::get(&database, "name").await.unwrap(), Some(b"busy".to_vec()));
    assert_eq!(settings::get(&database, "other").await.unwrap(), None);
}
