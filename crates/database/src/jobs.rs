//! The durable queue behind background work. A worker holds a job until its lease ends; what it finished stays for a
//! while to be looked at.

use crate::query::{Execute, queries};
use crate::row::row;
use crate::value::Value;
use crate::{Database, Error, Result, transaction};
use model::{JobId, WallTime};
use std::time::Duration;

row! {
    struct JobRow {
        id: String, kind: String, payload: String, run_at: i64, lease_until: Option<i64>, attempts: i64,
        last_error: Option<String>, dedupe_key: Option<String>, created_at: i64,
    }
}

queries! {
    ENQUEUE(Text, Text, Text, Int, Text, Int) =
        "insert into jobs (id, kind, payload, state, run_at, attempts, dedupe_key, created_at)
         values ($1, $2, $3, 'waiting', $4, 0, $5, $6)
         on conflict (kind, dedupe_key) where state = 'waiting' do nothing";
    CLAIM(Text, Int, Int, Int) -> JobRow =
        "update jobs set lease_until = $3, attempts = attempts + 1
         where id in (
           select id from jobs where state = 'waiting' and run_at <= $2 and (lease_until is null or lease_until <= $2)
             and kind in (select value from each($1))
           order by run_at, id limit $4)
         returning id, kind, payload, run_at, lease_until, attempts, last_error, dedupe_key, created_at";
    RENEW(Text, Int, Int) =
        "update jobs set lease_until = $3 where id = $1 and attempts = $2 and state = 'waiting'";
    COMPLETE(Text, Int, Int) =
        "update jobs set state = 'done', lease_until = null, last_error = null, finished_at = $3
         where id = $1 and attempts = $2 and state = 'waiting'";
    RETRY(Text, Int, Int, Text) =
        "update jobs set run_at = $3, lease_until = null, last_error = $4
         where id = $1 and attempts = $2 and state = 'waiting'";
    FAIL(Text, Int, Int, Text) =
        "update jobs set state = 'failed', lease_until = null, finished_at = $3, last_error = $4
         where id = $1 and attempts = $2 and state = 'waiting'";
    RELEASE(Text, Int) =
        "update jobs set lease_until = null, attempts = attempts - 1
         where id = $1 and attempts = $2 and state = 'waiting'";
    NEXT(Text) -> Option<i64> =
        "select min(case when lease_until is not null and lease_until > run_at then lease_until else run_at end) as due
         from jobs where state = 'waiting' and kind in (select value from each($1))";
    DUE(Int) -> Option<i64> =
        "select min(run_at) as due from jobs
         where state = 'waiting' and run_at <= $1 and (lease_until is null or lease_until <= $1)";
    HELD(Int) -> i64 = "select count(*) from jobs where state = 'waiting' and lease_until > $1";
    FINISHED() -> Option<i64> = "select max(finished_at) as at from jobs where state <> 'waiting'";
    COUNT(Text) -> i64 = "select count(*) from jobs where state = $1";
    FAILED(Int) -> JobRow =
        "select id, kind, payload, run_at, lease_until, attempts, last_error, dedupe_key, created_at
         from jobs where state = 'failed' order by finished_at desc, id limit $1";
    SWEEP(Int) = "delete from jobs where state <> 'waiting' and finished_at < $1";
}

/// Work to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    /// Id.
    pub id: JobId,
    /// Which worker it is for.
    pub kind: String,
    /// What it is about, in a form the worker knows.
    pub payload: String,
    /// Not before.
    pub run_at: WallTime,
    /// While an unfinished job of this kind has the same key, another is not added.
    pub dedupe_key: Option<String>,
}

/// Work under way, or that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Id.
    pub id: JobId,
    /// Which worker it is for.
    pub kind: String,
    /// What it is about.
    pub payload: String,
    /// When it was due.
    pub run_at: WallTime,
    /// Until when nobody else takes it.
    pub lease_until: Option<WallTime>,
    /// How often it was taken, this time included. It is also the proof of holding it: who took it before no longer can.
    pub attempts: u32,
    /// Why the attempt before failed.
    pub last_error: Option<String>,
    /// The key it was added with.
    pub dedupe_key: Option<String>,
    /// When it was added.
    pub created_at: WallTime,
}

/// How many jobs there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Waiting or under way.
    pub waiting: u64,
    /// Given up.
    pub failed: u64,
}

impl JobRow {
    fn into_job(self) -> Result<Job> {
        Ok(Job {
            id: self.id.parse().map_err(|error| Error::unreadable("jobs.id", error))?,
            kind: self.kind,
            payload: self.payload,
            run_at: WallTime::from_micros(self.run_at),
            lease_until: self.lease_until.map(WallTime::from_micros),
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            last_error: self.last_error,
            dedupe_key: self.dedupe_key,
            created_at: WallTime::from_micros(self.created_at),
        })
    }
}

/// Adds a job. `false`: an unfinished one with the same key is there already.
///
/// # Errors
/// Whatever the engine says.
pub async fn enqueue(on: impl Execute, job: &NewJob, now: WallTime) -> Result<bool> {
    let values = [
        job.id.into(),
        (&job.kind).into(),
        (&job.payload).into(),
        job.run_at.into(),
        job.dedupe_key.clone().into(),
        now.into(),
    ];
    Ok(ENQUEUE.run(on, values).await? > 0)
}

/// Takes up to `limit` due jobs of these kinds, the most overdue first, until `lease_until`.
///
/// # Errors
/// Whatever the engine says.
pub async fn claim(
    database: &Database,
    kinds: &[&str],
    now: WallTime,
    lease_until: WallTime,
    limit: u32,
) -> Result<Vec<Job>> {
    let kinds = Value::list(kinds);
    let rows = transaction!(database, |tx| {
        CLAIM.all(&mut tx, [kinds.clone(), now.into(), lease_until.into(), limit.into()]).await
    })?;
    let mut jobs = rows.into_iter().map(JobRow::into_job).collect::<Result<Vec<_>>>()?;
    jobs.sort_by_key(|job| (job.run_at, job.id));
    Ok(jobs)
}

/// Keeps a job longer. `false`: it is no longer this worker's, so stop.
///
/// # Errors
/// Whatever the engine says.
pub async fn renew(database: &Database, job: &Job, lease_until: WallTime) -> Result<bool> {
    Ok(RENEW.run(database, [job.id.into(), job.attempts.into(), lease_until.into()]).await? > 0)
}

/// Finishes a job. `false`: it is no longer this worker's.
///
/// # Errors
/// Whatever the engine says.
pub async fn complete(database: &Database, job: &Job, now: WallTime) -> Result<bool> {
    Ok(COMPLETE.run(database, [job.id.into(), job.attempts.into(), now.into()]).await? > 0)
}

/// Puts a job back to be tried again at `run_at`. `false`: it is no longer this worker's.
///
/// # Errors
/// Whatever the engine says.
pub async fn retry(database: &Database, job: &Job, run_at: WallTime, error: &str) -> Result<bool> {
    Ok(RETRY.run(database, [job.id.into(), job.attempts.into(), run_at.into(), error.into()]).await? > 0)
}

/// Gives a job up. `false`: it is no longer this worker's.
///
/// # Errors
/// Whatever the engine says.
pub async fn fail(database: &Database, job: &Job, now: WallTime, error: &str) -> Result<bool> {
    Ok(FAIL.run(database, [job.id.into(), job.attempts.into(), now.into(), error.into()]).await? > 0)
}

/// Puts a job back as if it had not been taken: the process is shutting down.
///
/// # Errors
/// Whatever the engine says.
pub async fn release(database: &Database, job: &Job) -> Result<bool> {
    Ok(RELEASE.run(database, [job.id.into(), job.attempts.into()]).await? > 0)
}

/// When the next job of these kinds is due, or the lease of one ends.
///
/// # Errors
/// Whatever the engine says.
pub async fn next_due(database: &Database, kinds: &[&str]) -> Result<Option<WallTime>> {
    Ok(NEXT.find(database, [Value::list(kinds)]).await?.flatten().map(WallTime::from_micros))
}

/// For how long nobody has done anything though something is due; zero while somebody holds a job.
///
/// # Errors
/// Whatever the engine says.
pub async fn stalled(database: &Database, now: WallTime) -> Result<Duration> {
    let Some(due) = DUE.find(database, [now.into()]).await?.flatten() else { return Ok(Duration::ZERO) };
    if HELD.one(database, [now.into()]).await? > 0 {
        return Ok(Duration::ZERO);
    }
    let finished = FINISHED.find(database, []).await?.flatten();
    Ok(now.since(WallTime::from_micros(finished.map_or(due, |finished| finished.max(due)))))
}

/// How many jobs wait and how many have failed.
///
/// # Errors
/// Whatever the engine says.
pub async fn counts(database: &Database) -> Result<Counts> {
    Ok(Counts {
        waiting: COUNT.one(database, ["waiting".into()]).await?.unsigned_abs(),
        failed: COUNT.one(database, ["failed".into()]).await?.unsigned_abs(),
    })
}

/// The jobs that were given up last, at most `limit`.
///
/// # Errors
/// Whatever the engine says.
pub async fn failed(database: &Database, limit: u32) -> Result<Vec<Job>> {
    FAILED.all(database, [limit.into()]).await?.into_iter().map(JobRow::into_job).collect()
}

/// Removes jobs finished before `cutoff`; how many.
///
/// # Errors
/// Whatever the engine says.
pub async fn sweep(database: &Database, cutoff: WallTime) -> Result<u64> {
    SWEEP.run(database, [cutoff.into()]).await
}
