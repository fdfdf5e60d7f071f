//! Members, administrators and named guests.

use crate::query::queries;
use crate::row::row;
use crate::value::Value;
use crate::{Database, Error, Result, audit, devices, tokens};
use identity::{AuditEntry, Member, MemberName};
use model::{DeviceId, MemberId, ServerRole, TokenId, WallTime};
use std::collections::BTreeMap;

row! {
    #[derive(Debug)]
    struct Columns { id: String, name: String, role: String, created_at: i64 }
}

row! {
    struct NameRow { id: String, name: String }
}

row! {
    struct SeenRow { id: String, last_seen_at: i64 }
}

/// A row of `members`.
pub(crate) type MemberRow = Columns;

queries! {
    INSERT(Text, Text, Text, Int) = "insert into members (id, name, role, created_at) values ($1, $2, $3, $4)";
    GET(Text) -> MemberRow = "select id, name, role, created_at from members where id = $1";
    LIST(Text, Int) -> MemberRow =
        "select id, name, role, created_at from members where id > $1 and not exists (
             select 1 from past_members where past_members.member_id = members.id and claimed_at is null)
         order by id limit $2";
    RENAME(Text, Text) = "update members set name = $2 where id = $1";
    SET_ROLE(Text, Text) =
        "update members set role = $2 where id = $1 and (role <> 'administrator' or $2 = 'administrator'
           or exists (select 1 from members others where others.role = 'administrator' and others.id <> $1))";
    REMOVE(Text) =
        "delete from members where id = $1 and (role <> 'administrator'
           or exists (select 1 from members others where others.role = 'administrator' and others.id <> $1))";
    SEEN(Text, Int) =
        "update members set last_seen_at = $2 where id = $1 and (last_seen_at is null or last_seen_at < $2)";
    SEEN_AT(Text) -> SeenRow =
        "select id, last_seen_at from members
         where last_seen_at is not null and id in (select value from each($1))";
    NAMES(Text) -> NameRow = "select id, name from members where id in (select value from each($1))";
    COUNT_ADMINISTRATORS() -> i64 = "select count(*) from members where role = 'administrator'";
    SWEEP_GUESTS(Int) =
        "delete from members where role = 'guest' and created_at < $1
           and not exists (select 1 from devices where devices.member_id = members.id)";
}

pub(crate) const fn role_name(role: ServerRole) -> &'static str {
    match role {
        ServerRole::Guest => "guest",
        ServerRole::Member => "member",
        ServerRole::Administrator => "administrator",
    }
}

pub(crate) fn read_role(name: &str) -> Result<ServerRole> {
    match name {
        "guest" => Ok(ServerRole::Guest),
        "member" => Ok(ServerRole::Member),
        "administrator" => Ok(ServerRole::Administrator),
        other => Err(Error::unreadable("role", other)),
    }
}

impl Columns {
    pub(crate) fn into_member(self) -> Result<Member> {
        Ok(Member {
            id: self.id.parse().map_err(|error| Error::unreadable("members.id", error))?,
            name: MemberName::parse(&self.name).map_err(|error| Error::unreadable("members.name", error))?,
            role: read_role(&self.role)?,
            created_at: WallTime::from_micros(self.created_at),
        })
    }
}

/// Adds a person.
///
/// # Errors
/// [`Error::Unique`] if the id is taken; whatever the engine says.
pub async fn insert(database: &Database, member: &Member) -> Result<()> {
    add(database, member).await
}

pub(crate) async fn add(on: impl crate::query::Execute, member: &Member) -> Result<()> {
    let values = [
        member.id.into(),
        member.name.as_str().into(),
        role_name(member.role).into(),
        member.created_at.into(),
    ];
    INSERT.run(on, values).await.map(drop)
}

/// The person with this id.
///
/// # Errors
/// Whatever the engine says.
pub async fn get(database: &Database, id: MemberId) -> Result<Option<Member>> {
    find(database, id).await
}

pub(crate) async fn find(on: impl crate::query::Execute, id: MemberId) -> Result<Option<Member>> {
    GET.find(on, [id.into()]).await?.map(MemberRow::into_member).transpose()
}

/// Up to `limit` people in order of arrival, after `after`. Members of the past who have not come are not among them.
///
/// # Errors
/// Whatever the engine says.
pub async fn list(database: &Database, after: Option<MemberId>, limit: u32) -> Result<Vec<Member>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    LIST.all(database, [after.into(), limit.into()]).await?.into_iter().map(MemberRow::into_member).collect()
}

/// The names of these people, as far as they are known.
///
/// # Errors
/// Whatever the engine says.
pub async fn names(
    database: &Database,
    ids: impl IntoIterator<Item = MemberId>,
) -> Result<BTreeMap<MemberId, String>> {
    let read = |row: NameRow| {
        let id = row.id.parse().map_err(|error| Error::unreadable("members.id", error))?;
        Ok((id, row.name))
    };
    NAMES.all(database, [Value::list(ids)]).await?.into_iter().map(read).collect()
}

/// Gives a person another name; whether there is such a person.
///
/// # Errors
/// Whatever the engine says.
pub async fn rename(database: &Database, id: MemberId, name: &MemberName) -> Result<bool> {
    Ok(RENAME.run(database, [id.into(), name.as_str().into()]).await? > 0)
}

/// Gives a person another role, with a line in the audit log. `false`: there is no such person, or it is the last
/// administrator.
///
/// # Errors
/// Whatever the engine says.
pub async fn set_role(
    database: &Database,
    id: MemberId,
    role: ServerRole,
    line: &AuditEntry,
) -> Result<bool> {
    crate::transaction!(database, |tx| {
        let changed = SET_ROLE.run(&mut tx, [id.into(), role_name(role).into()]).await? > 0;
        if changed {
            audit::record(&mut tx, line).await?;
        }
        Ok(changed)
    })
}

/// What a person had who was removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// What signed them in.
    pub devices: Vec<DeviceId>,
    /// Their API tokens.
    pub tokens: Vec<TokenId>,
}

/// Removes a person with all that proves them or was brought by them: devices, tokens, links, accounts, client ids; with
/// a line in the audit log. What they played, said and did stays where it is written. `None`: there is no such person,
/// or it is the last administrator.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove(database: &Database, id: MemberId, line: &AuditEntry) -> Result<Option<Removed>> {
    crate::transaction!(database, |tx| {
        let removed =
            Removed { devices: devices::ids(&mut tx, id).await?, tokens: tokens::ids(&mut tx, id).await? };
        if REMOVE.run(&mut tx, [id.into()]).await? == 0 {
            return Ok(None);
        }
        audit::record(&mut tx, line).await?;
        Ok(Some(removed))
    })
}

/// Notes that a person was heard of. Callers do this seldom, not with every request.
pub(crate) async fn seen(on: impl crate::query::Execute, id: MemberId, at: WallTime) -> Result<()> {
    SEEN.run(on, [id.into(), at.into()]).await.map(drop)
}

/// When these people were last heard of, within a minute; those who never were are missing.
///
/// # Errors
/// Whatever the engine says.
pub async fn last_seen(database: &Database, ids: &[MemberId]) -> Result<BTreeMap<MemberId, WallTime>> {
    let read = |row: SeenRow| {
        let id = row.id.parse().map_err(|error| Error::unreadable("members.id", error))?;
        Ok((id, WallTime::from_micros(row.last_seen_at)))
    };
    SEEN_AT.all(database, [Value::list(ids)]).await?.into_iter().map(read).collect()
}

/// How many administrators there are: none means that the server is still to be set up.
///
/// # Errors
/// Whatever the engine says.
pub async fn count_administrators(database: &Database) -> Result<u64> {
    Ok(COUNT_ADMINISTRATORS.one(database, []).await?.unsigned_abs())
}

/// Removes guests who came before `cutoff` and are signed in nowhere; how many.
///
/// # Errors
/// Whatever the engine says.
pub async fn sweep_guests(database: &Database, cutoff: WallTime) -> Result<u64> {
    SWEEP_GUESTS.run(database, [cutoff.into()]).await
}
