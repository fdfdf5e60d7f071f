//! Going back, and what is lost on the way.

use super::script;
use database::undo::{self, Ended, Keep};
use database::{Database, Error, migrate};
use std::io;

/// What a release to come would leave: a table, a column and an empty table, and the way back beside them.
async fn a_release_to_come(database: &Database) {
    script(
        database,
        "create table future_people (id text not null primary key, face text);
         insert into future_people (id, face) values ('ana', 'round'), ('ben', null), ('it''s', '\"quoted\"');
         create table future_empty (id text not null primary key);
         insert into schema_migrations (number, name, checksum, down_script, known_at_least, applied_at)
         values (9001, 'future', 'unknown', 'drop table future_people; drop table future_empty', 4, 1);
         create table future_names (id text not null primary key, nick text);
         insert into future_names (id, nick) values ('ana', 'a'), ('ben', null);
         insert into schema_migrations (number, name, checksum, down_script, known_at_least, applied_at)
         values (9002, 'columns', 'unknown', 'alter table future_names drop column nick', 4, 1)",
    )
    .await;
}

/// Rows in memory, or a disk that is full.
#[derive(Default)]
struct Rows {
    lines: Vec<serde_json::Value>,
    is_finished: bool,
    is_full: bool,
}

impl Keep for Rows {
    fn row(&mut self, line: &str) -> io::Result<()> {
        if self.is_full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.lines.push(serde_json::from_str(line).unwrap());
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        self.is_finished = true;
        Ok(())
    }
}

pub async fn lossy_down_refused(database: &Database) {
    a_release_to_come(database).await;
    let schema = migrate::schema(database).await.unwrap();
    let found = undo::preview(database, 2).await.unwrap();
    assert_eq!(found.undone, ["9002_columns", "9001_future"]);
    let said: Vec<String> = found.lost.iter().map(ToString::to_string).collect();
    assert_eq!(said, ["future_names.nick in 1 rows", "3 rows of future_people"]);
    assert_eq!(migrate::schema(database).await.unwrap(), schema, "looking changes nothing");

    let token = found.token().unwrap();
    for wrong in [None, Some("000000000000")] {
        let ended = undo::undo(database, 2, wrong, &mut Rows::default()).await.unwrap();
        assert_eq!(ended, Ended::Refused(found.clone()));
    }
    // Of another loss the token is another.
    let of_one = undo::preview(database, 1).await.unwrap();
    assert_ne!(of_one.token().unwrap(), token);
    // What cannot be kept is not given up.
    let mut full = Rows { is_full: true, ..Rows::default() };
    let refused = undo::undo(database, 2, Some(&token), &mut full).await;
    assert!(matches!(refused, Err(Error::Migration { .. })), "{refused:?}");
    assert_eq!(migrate::schema(database).await.unwrap(), schema);

    let mut rows = Rows::default();
    let ended = undo::undo(database, 2, Some(&token), &mut rows).await.unwrap();
    assert_eq!(ended, Ended::Done(found));
    assert!(rows.is_finished);
    let kept: Vec<String> =
        rows.lines.iter().map(|line| format!("{} {}", line["table"], line["row"])).collect();
    assert_eq!(kept.len(), 5, "{kept:?}");
    for row in [
        r#""future_names" {"id":"ana","nick":"a"}"#,
        r#""future_names" {"id":"ben","nick":null}"#,
        r#""future_people" {"face":"\"quoted\"","id":"it's"}"#,
    ] {
        let words = |text: &str| {
            text.split_once(' ').map(|(table, row)| {
                (table.to_owned(), serde_json::from_str::<serde_json::Value>(row).unwrap())
            })
        };
        assert!(kept.iter().any(|line| words(line) == words(row)), "{row} is not in {kept:?}");
    }
    let left = migrate::status(database).await.unwrap();
    assert!(left.unknown.is_empty(), "{left:?}");
}

pub async fn who_loses_nothing_is_asked_nothing(database: &Database) {
    script(
        database,
        "create table future_empty (id text not null primary key);
         insert into schema_migrations (number, name, checksum, down_script, known_at_least, applied_at)
         values (9001, 'future', 'unknown', 'drop table future_empty', 4, 1)",
    )
    .await;
    let mut rows = Rows::default();
    let ended = undo::undo(database, 1, None, &mut rows).await.unwrap();
    let Ended::Done(done) = ended else { panic!("{ended:?}") };
    assert_eq!((done.undone, done.lost), (vec!["9001_future".to_owned()], Vec::new()));
    assert!(rows.lines.is_empty() && !rows.is_finished);
    migrate::verify(database).await.unwrap();
}

pub async fn a_step_that_fails_undoes_none(database: &Database) {
    script(
        database,
        "create table future_kept (id text not null primary key);
         insert into schema_migrations (number, name, checksum, down_script, known_at_least, applied_at)
         values (9001, 'broken', 'unknown', 'drop table there_is_none', 4, 1),
                (9002, 'future', 'unknown', 'drop table future_kept', 4, 1)",
    )
    .await;
    let schema = migrate::schema(database).await.unwrap();
    let failed = undo::undo(database, 2, None, &mut Rows::default()).await;
    assert!(matches!(&failed, Err(Error::Migration { name, .. }) if name == "9001_broken"), "{failed:?}");
    assert_eq!(migrate::schema(database).await.unwrap(), schema);
}
