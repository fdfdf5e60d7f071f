//! Webhooks of nests: where messages go, what is told, how far each has come, and how it fares.

use crate::query::{Execute, queries};
use crate::row::row;
use crate::{Database, Error, Result, sealed, transaction};
use identity::Sealed;
use model::{MemberId, NestId, WallTime, WebhookEvent, WebhookForm, WebhookId};

/// How many webhooks a nest may have.
pub const WEBHOOKS_PER_NEST_MAX: usize = 10;

row! {
    struct WebhookRow {
        id: String, nest_id: String, form: String, address: String, host: String, secret: Option<String>,
        events: String, created_by: String, created_at: i64, nests_until: i64, delivered_at: Option<i64>,
        failed_at: Option<i64>, failing_since: Option<i64>, failure: Option<String>, paused_at: Option<i64>,
    }
}

macro_rules! columns {
    () => {
        "id, nest_id, form, address, host, secret, events, created_by, created_at, nests_until, delivered_at, failed_at, \
         failing_since, failure, paused_at"
    };
}

queries! {
    COUNT(Text) -> i64 = "select count(*) from webhooks where nest_id = $1";
    INSERT(Text, Text, Text, Text, Text, Text, Text, Text, Int) =
        "insert into webhooks (id, nest_id, form, address, host, secret, events, created_by, created_at, nests_until)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    BEGIN(Text, Text) =
        "insert into log_readers (reader, nest_id, sequence)
         select cast($1 as text), cast($2 as text), coalesce((select max(sequence) from nest_events where nest_id = $2), 0)
         from nests where id = $2";
    POSITION(Text, Text) -> i64 = "select sequence from log_readers where reader = $1 and nest_id = $2";
    OF_NEST(Text) -> WebhookRow =
        concat!("select ", columns!(), " from webhooks where nest_id = $1 order by created_at, id");
    BY_ID(Text) -> WebhookRow = concat!("select ", columns!(), " from webhooks where id = $1");
    ACTIVE() -> WebhookRow =
        concat!("select ", columns!(), " from webhooks where paused_at is null order by created_at, id");
    REMOVE(Text) = "delete from webhooks where id = $1";
    FORGET(Text) = "delete from log_readers where reader = $1";
    DELIVERED(Text, Int) =
        "update webhooks set delivered_at = $2, failing_since = null, failed_at = null, failure = null where id = $1";
    FAILED(Text, Int, Text) =
        "update webhooks set failed_at = $2, failure = $3, failing_since = coalesce(failing_since, $2) where id = $1";
    PAUSE(Text, Int) = "update webhooks set paused_at = $2 where id = $1";
    RESUME(Text) =
        "update webhooks set paused_at = null, failing_since = null, failed_at = null, failure = null
         where id = $1";
    CATCH_UP(Text, Text) =
        "update log_readers set sequence = coalesce((select max(sequence) from nest_events where nest_id = $2), 0)
         where reader = $1 and nest_id = $2";
    NESTS_UNTIL(Text, Int) = "update webhooks set nests_until = $2 where id = $1";
    OPENED(Int, Int) -> OpenedRow =
        "select id, created_at from nests where created_at > $1 order by created_at, id limit $2";
}

row! {
    struct OpenedRow { id: String, created_at: i64 }
}

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// Id.
    pub id: WebhookId,
    /// Whose events it tells.
    pub nest: NestId,
    /// How messages are written.
    pub form: WebhookForm,
    /// The address, sealed.
    pub address: Sealed,
    /// The host of the address, for people.
    pub host: String,
    /// What messages are signed with, sealed.
    pub secret: Option<Sealed>,
    /// What is told.
    pub events: Vec<WebhookEvent>,
    /// Who made it.
    pub created_by: MemberId,
    /// When.
    pub created_at: WallTime,
    /// Nests opened until then have been told.
    pub nests_until: WallTime,
    /// When a message last arrived.
    pub delivered_at: Option<WallTime>,
    /// When delivering last failed, since when it has, and why; `None`: the last message arrived.
    pub failing: Option<Failing>,
    /// When it was given up; `None`: it is at work.
    pub paused_at: Option<WallTime>,
}

/// How delivering fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// Since when.
    pub since: WallTime,
    /// The last time.
    pub at: WallTime,
    /// Why.
    pub why: String,
}

impl WebhookRow {
    fn into_webhook(self) -> Result<Webhook> {
        let failing = match (self.failing_since, self.failed_at) {
            (Some(since), Some(at)) => Some(Failing {
                since: WallTime::from_micros(since),
                at: WallTime::from_micros(at),
                why: self.failure.unwrap_or_default(),
            }),
            _ => None,
        };
        Ok(Webhook {
            id: self.id.parse().map_err(|error| Error::unreadable("webhooks.id", error))?,
            nest: self.nest_id.parse().map_err(|error| Error::unreadable("webhooks.nest_id", error))?,
            form: WebhookForm::of_name(&self.form)
                .ok_or_else(|| Error::unreadable("webhooks.form", &self.form))?,
            address: sealed::read("webhooks.address", &self.address)?,
            host: self.host,
            secret: self.secret.map(|text| sealed::read("webhooks.secret", &text)).transpose()?,
            // An event of a newer release is not told by this one.
            events: self.events.split(',').filter_map(WebhookEvent::of_name).collect(),
            created_by: self
                .created_by
                .parse()
                .map_err(|error| Error::unreadable("webhooks.created_by", error))?,
            created_at: WallTime::from_micros(self.created_at),
            nests_until: WallTime::from_micros(self.nests_until),
            delivered_at: self.delivered_at.map(WallTime::from_micros),
            failing,
            paused_at: self.paused_at.map(WallTime::from_micros),
        })
    }
}

fn reader(id: WebhookId) -> String {
    format!("webhook:{id}")
}

/// Adds a webhook, which begins at the end of its nest's log; `false`: the nest has as many as there may be.
///
/// # Errors
/// Whatever the engine says.
pub async fn insert(database: &Database, webhook: &Webhook, line: &identity::AuditEntry) -> Result<bool> {
    let events: Vec<&str> = webhook.events.iter().map(|event| event.name()).collect();
    let events = events.join(",");
    transaction!(database, |tx| {
        if COUNT.one(&mut tx, [webhook.nest.into()]).await? >= WEBHOOKS_PER_NEST_MAX as i64 {
            return Ok(false);
        }
        let values = [
            webhook.id.into(),
            webhook.nest.into(),
            webhook.form.name().into(),
            sealed::value(&webhook.address),
            webhook.host.as_str().into(),
            webhook.secret.as_ref().map_or(crate::value::Value::Null, sealed::value),
            events.as_str().into(),
            webhook.created_by.into(),
            webhook.created_at.into(),
        ];
        INSERT.run(&mut tx, values).await?;
        BEGIN.run(&mut tx, [reader(webhook.id).into(), webhook.nest.into()]).await?;
        crate::audit::record(&mut tx, line).await?;
        Ok(true)
    })
}

/// The webhooks of a nest, oldest first.
///
/// # Errors
/// Whatever the engine says.
pub async fn list(on: impl Execute, nest: NestId) -> Result<Vec<Webhook>> {
    OF_NEST.all(on, [nest.into()]).await?.into_iter().map(WebhookRow::into_webhook).collect()
}

/// The webhook with this id.
///
/// # Errors
/// Whatever the engine says.
pub async fn get(on: impl Execute, id: WebhookId) -> Result<Option<Webhook>> {
    BY_ID.find(on, [id.into()]).await?.map(WebhookRow::into_webhook).transpose()
}

/// Every webhook that is at work.
///
/// # Errors
/// Whatever the engine says.
pub async fn active(on: impl Execute) -> Result<Vec<Webhook>> {
    ACTIVE.all(on, []).await?.into_iter().map(WebhookRow::into_webhook).collect()
}

/// Removes a webhook; `false`: it was gone.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove(database: &Database, id: WebhookId, line: &identity::AuditEntry) -> Result<bool> {
    transaction!(database, |tx| {
        let removed = REMOVE.run(&mut tx, [id.into()]).await? > 0;
        if removed {
            FORGET.run(&mut tx, [reader(id).into()]).await?;
            crate::audit::record(&mut tx, line).await?;
        }
        Ok(removed)
    })
}

/// The last event of its nest that a webhook has told, or passed over.
///
/// # Errors
/// Whatever the engine says.
pub async fn position(on: impl Execute, webhook: &Webhook) -> Result<u64> {
    let known = POSITION.find(on, [reader(webhook.id).into(), webhook.nest.into()]).await?;
    Ok(known.unwrap_or_default().unsigned_abs())
}

/// Notes how far a webhook has come; `false`: another process was first.
///
/// # Errors
/// Whatever the engine says.
pub async fn advance(database: &Database, webhook: &Webhook, from: u64, to: u64) -> Result<bool> {
    let from = crate::log_readers::Unread { nest: webhook.nest, after: from };
    crate::log_readers::advance(database, &reader(webhook.id), from, to).await
}

/// Notes that a message arrived.
///
/// # Errors
/// Whatever the engine says.
pub async fn delivered(on: impl Execute, id: WebhookId, at: WallTime) -> Result<()> {
    DELIVERED.run(on, [id.into(), at.into()]).await.map(drop)
}

/// Notes that a message did not arrive, and why.
///
/// # Errors
/// Whatever the engine says.
pub async fn failed(on: impl Execute, id: WebhookId, at: WallTime, why: &str) -> Result<()> {
    FAILED.run(on, [id.into(), at.into(), why.into()]).await.map(drop)
}

/// Gives a webhook up until somebody resumes it.
///
/// # Errors
/// Whatever the engine says.
pub async fn pause(on: impl Execute, id: WebhookId, at: WallTime) -> Result<()> {
    PAUSE.run(on, [id.into(), at.into()]).await.map(drop)
}

/// Puts a webhook to work again, from now on; `false`: it is gone.
///
/// # Errors
/// Whatever the engine says.
pub async fn resume(database: &Database, webhook: &Webhook) -> Result<bool> {
    transaction!(database, |tx| {
        let known = RESUME.run(&mut tx, [webhook.id.into()]).await? > 0;
        if known {
            CATCH_UP.run(&mut tx, [reader(webhook.id).into(), webhook.nest.into()]).await?;
        }
        Ok(known)
    })
}

/// Nests that were opened after a time, oldest first, at most `limit`, and when.
///
/// # Errors
/// Whatever the engine says.
pub async fn nests_opened(on: impl Execute, after: WallTime, limit: u32) -> Result<Vec<(NestId, WallTime)>> {
    let read = |row: OpenedRow| {
        let nest = row.id.parse().map_err(|error| Error::unreadable("nests.id", error))?;
        Ok((nest, WallTime::from_micros(row.created_at)))
    };
    OPENED.all(on, [after.into(), limit.into()]).await?.into_iter().map(read).collect()
}

/// Notes until when nests that were opened have been told.
///
/// # Errors
/// Whatever the engine says.
pub async fn nests_told(on: impl Execute, id: WebhookId, until: WallTime) -> Result<()> {
    NESTS_UNTIL.run(on, [id.into(), until.into()]).await.map(drop)
}
