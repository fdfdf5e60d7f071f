//! What is counted day by day: calls to services, sign-ins; and the most of a day: of the machine that was taken. Whoever
//! counts does so in memory and brings it here now and then.
//!
//! Deliberately not here: what a day is (the server knows its zone), and when to add up.

use crate::query::{Query, queries};
use crate::row::row;
use crate::value::Value;
use crate::{Database, Result};
use std::ops::Range;

/// The most rows of one answer; older days are left out.
pub const DAILY_COUNTS_MAX: u32 = 20_000;

row! {
    struct CountRow { day: i64, name: String, outcome: String, amount: i64 }
}

queries! {
    ADD(Int, Text, Text, Text, Int) =
        "insert into daily_counts (day, subject, name, outcome, amount) values ($1, $2, $3, $4, $5)
         on conflict (subject, day, name, outcome) do update set amount = daily_counts.amount + excluded.amount";
    RAISE(Int, Text, Text, Text, Int) =
        "insert into daily_counts (day, subject, name, outcome, amount) values ($1, $2, $3, $4, $5)
         on conflict (subject, day, name, outcome) do update set
           amount = case when excluded.amount > daily_counts.amount then excluded.amount else daily_counts.amount end";
    LIST(Text, Int, Int, Int) -> CountRow =
        "select day, name, outcome, amount from daily_counts where subject = $1 and day >= $2 and day < $3
         order by day desc, name, outcome limit $4";
    SWEEP(Int) = "delete from daily_counts where day < $1";
}

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Calls to services outside.
    ProviderCalls,
    /// Sign-ins with other services.
    SignIns,
    /// The most that was taken of something at once, raised by [`raise`].
    Peaks,
}

impl Subject {
    const fn name(self) -> &'static str {
        match self {
            Self::ProviderCalls => "provider_calls",
            Self::SignIns => "sign_ins",
            Self::Peaks => "peaks",
        }
    }
}

/// How often something happened on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyCount {
    /// The day, counted from 1970-01-01.
    pub day: i64,
    /// With whom: a service.
    pub name: String,
    /// How it went.
    pub outcome: String,
    /// How often.
    pub amount: u64,
}

/// Adds to what was counted.
///
/// # Errors
/// Whatever the engine says.
pub async fn add(database: &Database, subject: Subject, counts: &[DailyCount]) -> Result<()> {
    write(database, &ADD, subject, counts).await
}

/// Has the most of a day be at least this.
///
/// # Errors
/// Whatever the engine says.
pub async fn raise(database: &Database, subject: Subject, counts: &[DailyCount]) -> Result<()> {
    write(database, &RAISE, subject, counts).await
}

async fn write(
    database: &Database,
    statement: &'static Query<()>,
    subject: Subject,
    counts: &[DailyCount],
) -> Result<()> {
    let write = |count: &DailyCount| {
        let values: [Value; 5] = [
            count.day.into(),
            subject.name().into(),
            (&count.name).into(),
            (&count.outcome).into(),
            count.amount.into(),
        ];
        statement.with(values)
    };
    let writes = counts.iter().map(write).collect::<Result<Vec<_>>>()?;
    if writes.is_empty() { Ok(()) } else { database.write_together(writes).await }
}

/// What was counted on these days, oldest day first.
///
/// # Errors
/// Whatever the engine says.
pub async fn list(database: &Database, subject: Subject, days: Range<i64>) -> Result<Vec<DailyCount>> {
    let values = [subject.name().into(), days.start.into(), days.end.into(), DAILY_COUNTS_MAX.into()];
    let mut counts: Vec<_> = LIST
        .all(database, values)
        .await?
        .into_iter()
        .map(|row| DailyCount {
            day: row.day,
            name: row.name,
            outcome: row.outcome,
            amount: row.amount.unsigned_abs(),
        })
        .collect();
    counts.sort_by_key(|count| count.day);
    Ok(counts)
}

/// Removes what was counted before a day; how many rows.
///
/// # Errors
/// Whatever the engine says.
pub async fn sweep(database: &Database, before: i64) -> Result<u64> {
    SWEEP.run(database, [before.into()]).await
}
