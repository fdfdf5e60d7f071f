//! `rookery migrate`: the schema, looked at, brought up to date, or stepped back.

use super::{backfill, contract};
use crate::clock::SystemClock;
use crate::compose;
use crate::failure::Failure;
use crate::migrate_settings::{DownArgs, Migration};
use crate::schema;
use crate::settings::Settings;
use crate::stamp;
use database::give_back::Back;
use database::migrate::Migrations;
use database::undo::{self, Ended, Keep, Undoing};
use database::{Database, processes};
use model::Clock as _;
use serde_json::json;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, BufWriter, Lines, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

pub async fn run(settings: &Settings, direction: &Migration) -> Result<(), Failure> {
    if let Migration::Rehearse { before, into } = direction {
        return super::rehearse::run(settings, before.as_deref(), into.as_deref()).await;
    }
    let (own, database) = (schema::own(settings)?, compose::database(settings).await?);
    let done = on(settings, &own, &database, direction).await;
    database.close().await;
    super::print(&done?.into_iter().map(|line| line + "\n").collect::<String>());
    Ok(())
}

async fn on(
    settings: &Settings,
    own: &Migrations,
    database: &Database,
    direction: &Migration,
) -> Result<Vec<String>, Failure> {
    if !matches!(direction, Migration::Status { .. } | Migration::Check | Migration::Rehearse { .. }) {
        stamp::refuse_other(settings, database).await?;
    }
    match direction {
        Migration::Status { json: true } => Ok(vec![as_json(own, database).await?]),
        Migration::Status { json: false } => status(own, database).await,
        Migration::Check => {
            own.verify(database).await?;
            Ok(vec!["This release can work with the database.".to_owned()])
        }
        Migration::Up => Ok(own.up(database, SystemClock::start().wall()).await?),
        Migration::Down(args) => down(settings, database, args).await,
        Migration::Backfill => backfill::run(own, database).await,
        Migration::Contract(args) => contract::run(settings, database, args).await,
        Migration::Rehearse { .. } => Ok(Vec::new()),
    }
}

async fn status(own: &Migrations, database: &Database) -> Result<Vec<String>, Failure> {
    let status = own.status(database).await?;
    let say = |word: &str, names: Vec<String>| {
        names.into_iter().map(|name| format!("{word} {name}")).collect::<Vec<_>>()
    };
    Ok([
        say("applied", status.applied),
        say("pending", status.pending),
        say("waits", status.contracts),
        say("unknown", status.unknown),
        backfill::lines(own, database).await?,
    ]
    .concat())
}

/// The same for programs: the machine that takes releases asks what the database asks for.
async fn as_json(own: &Migrations, database: &Database) -> Result<String, Failure> {
    let status = own.status(database).await?;
    let there = processes::there(database, SystemClock::start().wall()).await?;
    let there = there.iter().map(|process| json!({"release": process.release, "known": process.known}));
    let backfills = backfill::progress(own, database).await?;
    let backfills = backfills.iter().map(|progress| {
        json!({"name": progress.name, "seen": progress.seen, "expected": progress.expected,
            "changed": progress.changed, "batches": progress.batches, "round": progress.round,
            "is_finished": progress.is_finished, "failures": progress.failures, "failure": progress.failure,
            "older_processes": progress.older})
    });
    let said = json!({"applied": status.applied, "pending": status.pending, "contracts": status.contracts,
        "unknown": status.unknown, "known_at_least": status.known_at_least,
        "processes": there.collect::<Vec<_>>(), "backfills": backfills.collect::<Vec<_>>()});
    Ok(said.to_string())
}

async fn down(settings: &Settings, database: &Database, args: &DownArgs) -> Result<Vec<String>, Failure> {
    if args.dry_run {
        return Ok(said(&undo::preview(database, args.steps).await?));
    }
    let mut kept = Kept::new("undone", args.export.clone(), settings.data());
    let mut lines = args.from.as_deref().map(lines_of).transpose()?;
    let mut back = lines.as_mut().map(|lines| Back { lines, rows: 0 });
    let accepted = args.accept_loss.as_deref();
    match undo::undo_and_give_back(database, args.steps, accepted, &mut kept, back.as_mut()).await? {
        Ended::Refused(undoing) => Err(Failure::WouldLose(said(&undoing).join("\n  "))),
        Ended::Done(undoing) => {
            let mut lines = undoing.undone;
            lines.extend(kept.place());
            lines.extend(back.map(|back| format!("{} rows were put back.", back.rows)));
            Ok(lines)
        }
    }
}

/// The lines of a file that rows were written to.
fn lines_of(path: &Path) -> Result<Lines<BufReader<File>>, Failure> {
    let file = File::open(path).map_err(|source| Failure::Rows { path: path.to_owned(), source })?;
    Ok(BufReader::new(file).lines())
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
pub struct Kept {
    name: &'static str,
    path: Option<PathBuf>,
    folder: PathBuf,
    file: Option<BufWriter<File>>,
}

impl Kept {
    /// At this path, or in a folder under a name that begins so.
    pub const fn new(name: &'static str, path: Option<PathBuf>, folder: PathBuf) -> Self {
        Self { name, path, folder, file: None }
    }

    /// Where it is, if there was something to write.
    pub fn place(self) -> Option<String> {
        let (path, _) = self.path.zip(self.file)?;
        Some(format!("What is gone from the database is in {}.", path.display()))
    }
}

impl Keep for Kept {
    fn row(&mut self, line: &str) -> io::Result<()> {
        if self.file.is_none() {
            let now = SystemClock::start().wall();
            let name = format!("{}-{}.jsonl", self.name, now.millis());
            let path = self.path.get_or_insert_with(|| self.folder.join(name));
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
