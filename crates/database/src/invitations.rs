//! Links that let somebody in. Following one takes a use and adds the person and device in one transaction.

use crate::devices::{self, secret_value};
use crate::members::{self, read_role, role_name};
use crate::query::{Execute, queries};
use crate::row::row;
use crate::{Database, Error, Result, audit, transaction};
use identity::{AuditAction, AuditEntry, Device, Invitation, Member, Purpose, SecretHash};
use model::{InvitationId, ServerRole, WallTime};

row! {
    struct InvitationRow {
        id: String, purpose: String, role: Option<String>, sign_in_member: Option<String>,
        created_by: Option<String>, created_at: i64, expires_at: i64, uses_left: i64,
    }
}

queries! {
    INSERT(Text, Text, Text, Text, Text, Text, Int, Int, Int) =
        "insert into invitations
           (id, secret_hash, purpose, role, sign_in_member, created_by, created_at, expires_at, uses_left)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    BY_SECRET(Text) -> InvitationRow =
        "select id, purpose, role, sign_in_member, created_by, created_at, expires_at, uses_left
         from invitations where secret_hash = $1";
    LIST(Int, Int) -> InvitationRow =
        "select id, purpose, role, sign_in_member, created_by, created_at, expires_at, uses_left
         from invitations where purpose = 'join' and expires_at > $1 and uses_left > 0
         order by created_at desc, id desc limit $2";
    TAKE(Text, Int) -> InvitationRow =
        "update invitations set uses_left = uses_left - 1
         where secret_hash = $1 and uses_left > 0 and expires_at > $2
         returning id, purpose, role, sign_in_member, created_by, created_at, expires_at, uses_left";
    REMOVE(Text) = "delete from invitations where id = $1";
    SWEEP(Int) = "delete from invitations where expires_at <= $1 or uses_left = 0";
    REMOVE_SETUP() = "delete from invitations where purpose = 'setup'";
    HAS_ADMINISTRATOR() -> i64 = "select count(*) from members where role = 'administrator'";
}

impl InvitationRow {
    fn into_invitation(self) -> Result<Invitation> {
        let member = |column: &'static str, id: Option<String>| {
            id.map(|id| id.parse().map_err(|error| Error::unreadable(column, error))).transpose()
        };
        let purpose = match (self.purpose.as_str(), self.role, self.sign_in_member) {
            ("setup", ..) => Purpose::Setup,
            ("join", Some(role), _) => Purpose::Join(read_role(&role)?),
            ("sign_in", _, Some(id)) => {
                Purpose::SignIn(id.parse().map_err(|error| Error::unreadable("sign_in_member", error))?)
            }
            (other, ..) => return Err(Error::unreadable("invitations.purpose", other)),
        };
        Ok(Invitation {
            id: self.id.parse().map_err(|error| Error::unreadable("invitations.id", error))?,
            purpose,
            created_by: member("invitations.created_by", self.created_by)?,
            created_at: WallTime::from_micros(self.created_at),
            expires_at: WallTime::from_micros(self.expires_at),
            uses_left: u32::try_from(self.uses_left).unwrap_or(0),
        })
    }
}

/// What came of following a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed {
    /// The device is signed in as this person.
    As(Member),
    /// The link is unknown, used up or over its time.
    Closed,
}

/// Adds a link.
///
/// # Errors
/// Whatever the engine says.
pub async fn insert(on: impl Execute, invitation: &Invitation, secret: SecretHash) -> Result<()> {
    let (purpose, role, sign_in) = match invitation.purpose {
        Purpose::Setup => ("setup", None, None),
        Purpose::Join(role) => ("join", Some(role_name(role)), None),
        Purpose::SignIn(member) => ("sign_in", None, Some(member)),
    };
    let values = [
        invitation.id.into(),
        secret_value(secret),
        purpose.into(),
        role.into(),
        sign_in.into(),
        invitation.created_by.into(),
        invitation.created_at.into(),
        invitation.expires_at.into(),
        invitation.uses_left.into(),
    ];
    INSERT.run(on, values).await.map(drop)
}

/// The link with this secret, open or not: to show what it does before it is followed.
///
/// # Errors
/// Whatever the engine says.
pub async fn find_by_secret(database: &Database, secret: SecretHash) -> Result<Option<Invitation>> {
    BY_SECRET.find(database, [secret_value(secret)]).await?.map(InvitationRow::into_invitation).transpose()
}

/// Open links for new members, newest first, at most `limit`.
///
/// # Errors
/// Whatever the engine says.
pub async fn list(database: &Database, now: WallTime, limit: u32) -> Result<Vec<Invitation>> {
    let rows = LIST.all(database, [now.into(), limit.into()]).await?;
    rows.into_iter().map(InvitationRow::into_invitation).collect()
}

/// Follows a link: takes one use of it and signs `device` in as the person it is for. `newcomer` is who comes if the link
/// is for somebody new; the link decides their role. `device.member` is overruled likewise. All or nothing: of two
/// who follow the last use of a link at once, one is let in. `lines` go to the audit log, as of whoever came in; the one
/// about joining only if somebody did.
///
/// # Errors
/// Whatever the engine says.
pub async fn redeem(
    database: &Database,
    secret: SecretHash,
    newcomer: &Member,
    device: &Device,
    device_secret: SecretHash,
    now: WallTime,
    lines: &[AuditEntry],
) -> Result<Redeemed> {
    transaction!(database, |tx| {
        let Some(invitation) = take(&mut tx, secret, now).await? else { return Ok(Redeemed::Closed) };
        let with_role = |role| Member { role, ..newcomer.clone() };
        let member = match invitation.purpose {
            Purpose::SignIn(id) => members::find(&mut tx, id).await?,
            Purpose::Join(role) => Some(with_role(role)),
            // Only the first: a second setup link, or a late one, must not make another administrator.
            Purpose::Setup if HAS_ADMINISTRATOR.one(&mut tx, []).await? > 0 => None,
            Purpose::Setup => Some(with_role(ServerRole::Administrator)),
        };
        let Some(member) = member else { return Ok(Redeemed::Closed) };
        if member.id == newcomer.id {
            members::add(&mut tx, &member).await?;
            if member.role == ServerRole::Administrator {
                REMOVE_SETUP.run(&mut tx, []).await?;
            }
        }
        let device = Device { member: member.id, ..device.clone() };
        devices::add(&mut tx, &device, device_secret).await?;
        members::seen(&mut tx, device.member, device.last_seen_at).await?;
        for entry in lines {
            let entry = match entry.action {
                AuditAction::InvitationUsed => entry.clone().about(invitation.id),
                AuditAction::MemberJoined if member.id != newcomer.id => continue,
                _ => entry.clone(),
            };
            audit::record(&mut tx, &entry.by(member.id)).await?;
        }
        Ok(Redeemed::As(member))
    })
}

/// Takes one use of an open link.
pub(crate) async fn take(on: impl Execute, secret: SecretHash, now: WallTime) -> Result<Option<Invitation>> {
    let row = TAKE.find(on, [secret_value(secret), now.into()]).await?;
    row.map(InvitationRow::into_invitation).transpose()
}

/// Withdraws a link; whether there was one.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove(on: impl Execute, id: InvitationId) -> Result<bool> {
    Ok(REMOVE.run(on, [id.into()]).await? > 0)
}

/// Withdraws every setup link: a new one replaces it.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove_setup(database: &Database) -> Result<()> {
    REMOVE_SETUP.run(database, []).await.map(drop)
}

/// Removes links that no longer open; how many.
///
/// # Errors
/// Whatever the engine says.
pub async fn sweep(database: &Database, now: WallTime) -> Result<u64> {
    SWEEP.run(database, [now.into()]).await
}
