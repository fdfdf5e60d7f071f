//! `rookery migrate`: the schema, looked at, brought up to date, or stepped back.

use crate::clock::SystemClock;
use crate::compose;
use crate::failure::Failure;
use crate::migrate_settings::{DownArgs, Migration};
use crate::settings::Settings;
use crate::stamp;
use database::undo::{self, Ended, Keep, Undoing};
use database::{Database, migrate};
use model::Clock as _;
use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

pub async fn run(settings: &Settings, direction: &Migration) -> Result<(), Failure> {
    if let Migration::Rehearse { before } = direction {
        return super::rehearse::run(settings, before.as_deref()).await;
    }
    let database = compose::database(settings).await?;
    let done = on(settings, &database, direction).await;
    database.close().await;
    super::print(&done?.into_iter().map(|line| line + "\n").collect::<String>());
    Ok(())
}

async fn on(settings: &Settings, database: &Database, direction: &Migration) -> Result<Vec<String>, Failure> {
    if matches!(direction, Migration::Up | Migration::Down(_)) {
        stamp::refuse_other(settings, database).await?;
    }
    match direction {
        Migration::Status => {
            let status = migrate::status(database).await?;
            let say = |word: &str, names: Vec<String>| {
                names.into_iter().map(|name| format!("{word} {name}")).collect::<Vec<_>>()
            };
            Ok([
                say("applied", status.applied),
                say("pending", status.pending),
                say("unknown", status.unknown),
            ]
            .concat())
        }
        Migration::Check => {
            migrate::verify(database).await?;
            Ok(vec!["This release can work with the database.".to_owned()])
        }
        Migration::Up => Ok(migrate::up(database, SystemClock::start().wall()).await?),
        Migration::Down(args) => down(settings, database, args).await,
        Migration::Rehearse { .. } => Ok(Vec::new()),
    }
}

async fn down(settings: &Settings, database: &Database, args: &DownArgs) -> Result<Vec<String>, Failure> {
    if args.dry_run {
        return Ok(said(&undo::preview(database, args.steps).await?));
    }
    let mut kept = Kept { path: args.export.clone(), folder: settings.data(), file: None };
    match undo::undo(database, args.steps, args.accept_loss.as_deref(), &mut kept).await? {
        Ended::Refused(undoing) => Err(Failure::WouldLose(said(&undoing).join("\n  "))),
        Ended::Done(undoing) => {
            let mut lines = undoing.undone;
            if let (Some(path), Some(_)) = (kept.path, kept.file) {
                lines.push(format!("What is gone from the database is in {}.", path.display()));
            }
            Ok(lines)
        }
    }
}

/// What going back would do, for somebody who has to decide.
fn said(undoing: &Undoing) -> Vec<String> {
    let mut lines: Vec<String> = undoing.undone.iter().map(|name| format!("undo {name}")).collect();
    lines.extend(undoing.lost.iter().map(|loss| format!("lose {loss}")));
    lines.push(undoing.token().map_or_else(
        || "Nothing is lost.".to_owned(),
        |token| {
            format!("Whoever accepts that says --accept-loss {token}; the rows are written to a file first.")
        },
    ));
    lines
}

/// The file for what is lost. It is made when there is something to write, and never over another.
struct Kept {
    path: Option<PathBuf>,
    folder: PathBuf,
    file: Option<BufWriter<File>>,
}

impl Keep for Kept {
    fn row(&mut self, line: &str) -> io::Result<()> {
        if self.file.is_none() {
            let now = SystemClock::start().wall();
            let path =
                self.path.get_or_insert_with(|| self.folder.join(format!("undone-{}.jsonl", now.millis())));
            let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
            self.file = Some(BufWriter::new(file));
        }
        self.file.as_mut().map_or(Ok(()), |file| file.write_all(line.as_bytes()))
    }

    fn finish(&mut self) -> io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        file.flush()?;
        file.get_ref().sync_all()
    }
}
