//! PostgreSQL behind a pooler that hands sessions around: it is noticed, nothing is left in a session, and what needs one of
//! its own gets past it or says what is missing.

use crate::engines;
use database::{Database, Error, Options, backups, migrate, scratch, settings};
use futures::future::try_join_all;
use model::WallTime;
use peers::{Pgbouncer, Postgres};

const NOW: WallTime = WallTime::from_micros(1);
/// Fails if somebody has left something in the session.
const LEFT: &str = "do $$ begin
    if current_setting('statement_timeout') <> '0' or exists (select 1 from pg_prepared_statements) then
        raise exception 'something is left in the session';
    end if; end $$";

/// Fails unless statements of this transaction have a limit.
const LIMITED: &str = "do $$ begin
    if current_setting('statement_timeout') <> '30s' then raise exception 'there is no limit'; end if; end $$";

async fn open(url: &str, direct: Option<&str>) -> Database {
    let options = Options { postgres_direct: direct.map(str::to_owned), ..Options::default() };
    Database::open(url, options).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_that_hands_sessions_around_is_noticed_and_a_server_is_none() {
    let server = Postgres::start();
    assert!(!open(server.url(), None).await.is_pooled());
    for sessions in [1, 2, 5] {
        let pooler = Pgbouncer::start(&server, sessions);
        assert!(open(pooler.url(), None).await.is_pooled(), "of {sessions} sessions");
        // Whoever knows better says so.
        assert!(!open(&format!("{}?pgbouncer=false", pooler.url()), None).await.is_pooled());
    }
    assert!(open(&format!("{}?pgbouncer=true", server.url()), None).await.is_pooled());
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_get_on_behind_a_pooler_and_leave_nothing_in_its_sessions() {
    let engine = engines::pooled(2).await;
    let processes = [engine.open().await, engine.open_empty().await, engine.open_empty().await];
    let (names, value) = (0..24, [7_u8; 16]);
    let work = names.clone().map(|number| {
        let database = &processes[number % processes.len()];
        async move {
            let name = format!("name {number}");
            for round in 0_u8..12 {
                settings::set(database, &name, &[round]).await?;
                let found = settings::get_or_set(database, &name, &value).await?;
                assert_eq!(found, [round], "{name}");
            }
            Ok::<_, Error>(())
        }
    });
    try_join_all(work).await.unwrap();
    for _ in names {
        processes[0].run_script(LEFT).await.unwrap();
    }
    let mut tx = processes[0].begin().await.unwrap();
    tx.run_script(LIMITED).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_write_is_heard_past_a_pooler_and_asked_for_where_there_is_no_way() {
    let server = Postgres::start();
    let pooler = Pgbouncer::start(&server, 2);
    let here = open(server.url(), None).await;
    let somebody = async |is_there: bool| {
        let not = if is_there { "not " } else { "" };
        let sql = format!(
            "do $$ begin if {not}exists (select 1 from pg_stat_activity where query ilike 'listen %')
             then raise exception 'whoever listens is somebody else'; end if; end $$"
        );
        here.run_script(&sql).await.unwrap();
    };
    let away = "postgres://rookery@127.0.0.1:1/postgres";
    for (direct, is_told) in [(None, false), (Some(away), false), (Some(server.url()), true)] {
        let database = open(pooler.url(), direct).await;
        let mut changes = database.changes().await.unwrap();
        somebody(is_told).await;
        changes.wait().await.unwrap();
        drop(changes);
        database.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_go_past_a_pooler_or_say_what_is_missing() {
    let server = Postgres::start();
    let pooler = Pgbouncer::start(&server, 2);
    let stuck = open(pooler.url(), None).await;
    migrate::up(&stuck, NOW).await.unwrap();
    let told = stuck.hold(|| ()).await.unwrap_err();
    assert!(matches!(told, Error::Pooled { .. }), "{told}");
    assert!(told.to_string().contains("DATABASE_DIRECT_URL"), "{told}");
    let told = scratch::make(&stuck, "rookery_trial_a", "a trial").await.unwrap_err();
    assert!(matches!(told, Error::Pooled { .. }), "{told}");

    let past = open(pooler.url(), Some(server.url())).await;
    let (mut held, ()) = past.hold(|| ()).await.unwrap();
    assert!(!held.exported_snapshot().await.unwrap().is_empty());
    settings::set(&past, "later", b"1").await.unwrap();
    assert_eq!(held.counts().await.unwrap()["server_settings"], 0);
    held.release().await.unwrap();
    assert_eq!(backups::counts(&past).await.unwrap()["server_settings"], 1);
    scratch::make(&past, "rookery_trial_a", "a trial").await.unwrap();
    assert_eq!(scratch::left(&past, "rookery_trial_").await.unwrap().len(), 1);
    scratch::remove(&past, "rookery_trial_a").await.unwrap();

    let other = Postgres::start();
    for (direct, wrong) in
        [(other.url(), "it leads to another database"), (pooler.url(), "a pooler stands before it, too")]
    {
        let told = open(pooler.url(), Some(direct)).await.hold(|| ()).await.unwrap_err().to_string();
        assert!(told.contains(wrong), "{told}");
    }
}
