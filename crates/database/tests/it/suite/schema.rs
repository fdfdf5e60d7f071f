//! Migrations and the statement check.

use crate::sample::NOW;
use database::{Database, Error, check_statements, migrate};

pub async fn every_step_up_and_down_gives_the_same_schema(database: &Database) {
    let full = migrate::schema(database).await.unwrap();
    let names = migrate::status(database).await.unwrap().applied;
    assert!(names.len() >= 4 && full.len() > names.len());
    assert_eq!(migrate::up(database, NOW).await.unwrap(), Vec::<String>::new());
    for steps in 1..=names.len() {
        let mut undone = migrate::down(database, steps).await.unwrap();
        undone.reverse();
        assert_eq!(undone, names[names.len() - steps..]);
        assert!(matches!(migrate::verify(database).await, Err(Error::Migration { .. })));
        assert_ne!(migrate::schema(database).await.unwrap(), full);
        assert_eq!(migrate::up(database, NOW).await.unwrap(), undone);
        assert_eq!(migrate::schema(database).await.unwrap(), full, "after {steps} down and up");
    }
    migrate::down(database, 99).await.unwrap();
    assert_eq!(migrate::schema(database).await.unwrap(), Vec::<String>::new());
    migrate::up(database, NOW).await.unwrap();
    migrate::verify(database).await.unwrap();
}

pub async fn every_statement_fits_the_schema(database: &Database) {
    migrate::down(database, 1).await.unwrap();
    assert!(!check_statements(database).await.unwrap().is_empty(), "a missing table must be noticed");
    migrate::up(database, NOW).await.unwrap();
    let problems = check_statements(database).await.unwrap();
    assert!(problems.is_empty(), "{problems:#?}");
}

pub async fn a_newer_database_is_refused_and_can_be_stepped_back(database: &Database) {
    let full = migrate::schema(database).await.unwrap();
    // What a release to come would leave: one table more, and the way back beside it.
    for (number, tolerant) in [(9001, true), (9002, false)] {
        let known = if tolerant { 4 } else { number };
        crate::suite::script(
            database,
            &format!(
                "create table future_{number} (id text not null primary key);
                 insert into schema_migrations (number, name, checksum, down_script, known_at_least, applied_at)
                 values ({number}, 'future', 'unknown', 'drop table future_{number}', {known}, 1)"
            ),
        )
        .await;
        let verified = migrate::verify(database).await;
        match verified {
            Ok(()) => assert!(tolerant),
            Err(Error::DatabaseNewer { newest, .. }) => assert!(!tolerant && newest == number),
            Err(other) => panic!("{other}"),
        }
    }
    assert!(matches!(migrate::up(database, NOW).await, Err(Error::DatabaseNewer { newest: 9002, .. })));
    let status = migrate::status(database).await.unwrap();
    assert_eq!(status.unknown, ["9001_future", "9002_future"]);
    assert_eq!(migrate::step_back(database).await.unwrap(), ["9002_future", "9001_future"]);
    migrate::verify(database).await.unwrap();
    assert_eq!(migrate::schema(database).await.unwrap(), full);
}
