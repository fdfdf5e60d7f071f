//! PostgreSQL and libSQL: dumped at one instant, restored, compared.

use crate::stage::{Stage, read, write};
use backup::{Target, create, restore, verify};
use database::{Database, Options};
use model::SeededEntropy;
use peers::{Libsql, Postgres};

async fn stage_on(url: &str, options: Options) -> Stage {
    Stage::on(tempfile::tempdir().unwrap(), url.to_owned(), options).await
}

/// Takes a snapshot while somebody writes, and checks it.
async fn in_a_storm(stage: &Stage) -> backup::Created {
    for number in 0..40_u8 {
        stage.write(&format!("before-{number}"), &[number; 2000]).await;
    }
    stage.write("state", b"it's \"then\"\n\0\xff").await;
    let (database, roots) = (stage.database.clone(), stage.roots());
    let storm = async {
        for number in 0..60_u8 {
            write(&database, &format!("during-{number}"), &[number]).await;
        }
    };
    let work = async {
        let mut chance = SeededEntropy::from_seed(1);
        create(&stage.source(&roots), &stage.vaults, None, &mut chance, &|_| {}).await.unwrap()
    };
    let ((), created) = futures::future::join(storm, work).await;
    assert!(created.failures[0].is_none(), "{:?}", created.failures);
    let verified = verify(&stage.vaults[0], &created.id, &stage.source(&roots), true, &|_| {}).await.unwrap();
    assert_eq!(verified.mark.fault, None);
    stage.write("state", b"now").await;
    created
}

#[tokio::test(flavor = "multi_thread")]
async fn a_postgres_database_is_dumped_restored_and_compared() {
    let postgres = Postgres::start();
    let stage = stage_on(postgres.url(), Options::default()).await;
    in_a_storm(&stage).await;
    stage.database.run_script("create database rookery_restored template template0").await.unwrap();
    let url = postgres.url().replace("/postgres", "/rookery_restored");
    assert_ne!(url, postgres.url());
    let to = stage.home.path().join("restored");
    let target = Target { folder: &to, postgres: Some(&url), with_files: true };
    restore(&stage.vaults[0], None, &target, &|_| {}).await.unwrap();
    let restored = Database::open(&url, Options::default()).await.unwrap();
    let state = database::settings::get(&restored, "state").await.unwrap().unwrap();
    assert_eq!(state, b"it's \"then\"\n\0\xff");
    restored.close().await;
    assert!(to.join("secret.key").exists() && !to.join("rookery.dump").exists());
    // Nothing is left of the check.
    let left = database::backups::counts(&stage.database).await.unwrap();
    assert!(left.contains_key("server_settings"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_dump_of_postgres_is_found() {
    let postgres = Postgres::start();
    let mut stage = stage_on(postgres.url(), Options::default()).await;
    let created = stage.snapshot().await;
    let content = stage.backups().join("content");
    for (path, bytes) in crate::stage::tree(&content) {
        std::fs::write(content.join(path), &bytes[..bytes.len() - 1]).unwrap();
    }
    assert!(stage.check(&created.id).await.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_libsql_database_is_dumped_and_restored_as_a_file() {
    let libsql = Libsql::start();
    let options = Options { token: Some(libsql.token().to_owned()), ..Options::default() };
    let stage = stage_on(libsql.url(), options).await;
    in_a_storm(&stage).await;
    let to = stage.home.path().join("restored");
    let target = Target { folder: &to, postgres: None, with_files: true };
    restore(&stage.vaults[0], None, &target, &|_| {}).await.unwrap();
    assert_eq!(read(&to, "state").await.unwrap(), b"it's \"then\"\n\0\xff");
    assert_eq!(read(&to, "before-39").await.unwrap(), [39; 2000]);
}
