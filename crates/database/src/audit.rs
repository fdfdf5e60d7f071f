//! The audit log: lines are added in the transaction of what they tell, read by pages, and swept when they are old.
//!
//! What happens to nests is a projection of their logs: its lines are written with the events (see `nests`).

use crate::query::{Execute, Write, queries};
use crate::row::row;
use crate::{Database, Error, Result};
use identity::{AUDIT_KEPT, AUDIT_LINES_MAX, AuditAction, AuditEntry};
use model::{AuditId, MemberId, NestId, WallTime};
use nest::{Event, EventKind};
use sha2::{Digest as _, Sha256};

row! {
    struct AuditRow {
        id: String, at: i64, by_member: Option<String>, by_name: Option<String>, action: String, subject: String,
        detail: String, network: String,
    }
}

queries! {
    INSERT(Text, Int, Text, Text, Text, Text, Text) =
        "insert into audit (id, at, by_member, action, subject, detail, network)
         values ($1, $2, $3, $4, $5, $6, $7)";
    LIST(Text, Text, Text, Int) -> AuditRow =
        "select audit.id as id, audit.at as at, audit.by_member as by_member, members.name as by_name,
                audit.action as action, audit.subject as subject, audit.detail as detail, audit.network as network
         from audit left join members on members.id = audit.by_member
         where ($1 = '' or audit.action = $1) and ($2 = '' or audit.by_member = $2)
           and ($3 = '' or audit.id < $3)
         order by audit.id desc limit $4";
    SWEEP_OLD(Int) = "delete from audit where at < $1";
    SWEEP_MANY(Int) =
        "delete from audit where id <= (select id from audit order by id desc limit 1 offset $1)";
}

/// A line, with the name of whoever did it as it is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditLine {
    /// The line.
    pub entry: AuditEntry,
    /// The name of `entry.by`; `None` if they are gone.
    pub by_name: Option<String>,
}

/// Which lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Of this action alone.
    pub action: Option<AuditAction>,
    /// Of this person alone.
    pub by: Option<MemberId>,
    /// Before this line.
    pub before: Option<AuditId>,
}

/// Adds a line; in the transaction of what it tells, where there is one.
///
/// # Errors
/// Whatever the engine says.
pub async fn record(on: impl Execute, entry: &AuditEntry) -> Result<()> {
    INSERT.run(on, values(entry)).await.map(drop)
}

fn values(entry: &AuditEntry) -> [crate::value::Value; 7] {
    [
        entry.id.into(),
        entry.at.into(),
        entry.by.into(),
        entry.action.name().into(),
        (&entry.subject).into(),
        (&entry.detail).into(),
        (&entry.network).into(),
    ]
}

/// Up to `limit` lines, newest first.
///
/// # Errors
/// [`Error::Unreadable`] for an action this release does not know; whatever the engine says.
pub async fn list(database: &Database, filter: AuditFilter, limit: u32) -> Result<Vec<AuditLine>> {
    let text = |id: Option<String>| id.unwrap_or_default();
    let values = [
        filter.action.map_or("", AuditAction::name).into(),
        text(filter.by.map(|id| id.to_string())).into(),
        text(filter.before.map(|id| id.to_string())).into(),
        limit.into(),
    ];
    LIST.all(database, values).await?.into_iter().map(AuditRow::into_line).collect()
}

/// Removes the lines whose time is over, and the oldest beyond [`AUDIT_LINES_MAX`]; how many.
///
/// # Errors
/// Whatever the engine says.
pub async fn sweep(database: &Database, now: WallTime) -> Result<u64> {
    sweep_beyond(database, now, AUDIT_LINES_MAX).await
}

/// As [`sweep`], with another number of lines to keep.
///
/// # Errors
/// Whatever the engine says.
pub async fn sweep_beyond(database: &Database, now: WallTime, lines_max: u64) -> Result<u64> {
    let old = SWEEP_OLD.run(database, [now.minus(AUDIT_KEPT).into()]).await?;
    Ok(old + SWEEP_MANY.run(database, [lines_max.into()]).await?)
}

/// The line that an event of a nest leaves, if it has consequences beyond the music.
pub(crate) fn of_event(nest: NestId, event: &Event) -> Result<Option<Write>> {
    let (action, detail) = match &event.kind {
        EventKind::Opened { settings, .. } => (AuditAction::NestOpened, settings.name.to_string()),
        EventKind::SettingsChanged { settings, .. } => {
            (AuditAction::NestConfigured, settings.name.to_string())
        }
        EventKind::HostChanged { host } => (AuditAction::NestHandedOver, host.to_string()),
        EventKind::Kicked { person } => (AuditAction::NestKicked, person.name.clone()),
        EventKind::LetIn { member } => (AuditAction::NestLetIn, member.to_string()),
        EventKind::Locked { .. } => (AuditAction::NestLocked, String::new()),
        EventKind::Unlocked => (AuditAction::NestUnlocked, String::new()),
        EventKind::Closed => (AuditAction::NestClosed, String::new()),
        _ => return Ok(None),
    };
    let entry = AuditEntry {
        id: id_of_event(nest, event),
        at: event.at,
        by: event.by,
        action,
        subject: nest.to_string(),
        detail,
        network: String::new(),
    };
    INSERT.with(values(&entry)).map(Some)
}

/// The same event has the same line, whoever writes it: its time, and a hash in place of chance.
fn id_of_event(nest: NestId, event: &Event) -> AuditId {
    let mut hasher = Sha256::new();
    hasher.update(nest.as_u128().to_be_bytes());
    hasher.update(event.sequence.to_be_bytes());
    let digest = hasher.finalize();
    let chance = digest.iter().take(10).fold(0_u128, |value, &byte| value << 8 | u128::from(byte));
    let millis = u128::try_from(event.at.millis()).unwrap_or(0) & ((1 << 48) - 1);
    AuditId::from_u128(millis << 80 | chance)
}

impl AuditRow {
    fn into_line(self) -> Result<AuditLine> {
        let by = self.by_member.map(|id| id.parse()).transpose();
        let entry = AuditEntry {
            id: self.id.parse().map_err(|error| Error::unreadable("audit.id", error))?,
            at: WallTime::from_micros(self.at),
            by: by.map_err(|error| Error::unreadable("audit.by_member", error))?,
            action: AuditAction::of_name(&self.action)
                .ok_or_else(|| Error::unreadable("audit.action", &self.action))?,
            subject: self.subject,
            detail: self.detail,
            network: self.network,
        };
        Ok(AuditLine { entry, by_name: self.by_name })
    }
}
