//! Members, administrators and named guests.

use crate::query::queries;
use crate::row::row;
use crate::{Database, Error, Result, audit};
use identity::{AuditEntry, Member, MemberName};
use model::{MemberId, ServerRole, WallTime};

row! {
    #[derive(Debug)]
    struct Columns { id: String, name: String, role: String, created_at: i64 }
}

/// A row of `members`.
pub(crate) type MemberRow = Columns;

queries! {
    INSERT(Text, Text, Text, Int) = "insert into members (id, name, role, created_at) values ($1, $2, $3, $4)";
    GET(Text) -> MemberRow = "select id, name, role, created_at from members where id = $1";
    LIST(Text, Int) -> MemberRow =
        "select id, name, role, created_at from members where id > $1 order by id limit $2";
    RENAME(Text, Text) = "update members set name = $2 where id = $1";
    SET_ROLE(Text, Text) =
        "update members set role = $2 where id = $1 and (role <> 'administrator' or $2 = 'administrator'
           or exists (select 1 from members others where others.role = 'administrator' and others.id <> $1))";
    REMOVE(Text) =
        "delete from members where id = $1 and (role <> 'administrator'
           or exists (select 1 from members others where others.role = 'administrator' and others.id <> $1))";
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

/// Up to `limit` people in order of arrival, after `after`.
///
/// # Errors
/// Whatever the engine says.
pub async fn list(database: &Database, after: Option<MemberId>, limit: u32) -> Result<Vec<Member>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    LIST.all(database, [after.into(), limit.into()]).await?.into_iter().map(MemberRow::into_member).collect()
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

/// Removes a person with devices and tokens. `false`: there is no such person, or it is the last administrator.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove(database: &Database, id: MemberId) -> Result<bool> {
    crate::transaction!(database, |tx| { Ok(REMOVE.run(&mut tx, [id.into()]).await? > 0) })
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
