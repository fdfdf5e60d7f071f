//! Accounts elsewhere that sign members in. Coming in with one, for the first time or again, is one transaction with
//! the invitation that was used, the device that is signed in, and the lines of the audit log.

use crate::members::{self, MemberRow};
use crate::query::{Execute, queries};
use crate::row::row;
use crate::{Database, Error, Result, audit, devices, invitations, past_members, sealed, transaction};
use identity::{
    AuditAction, AuditEntry, BlindIndex, Device, IDENTITIES_PER_MEMBER_MAX, LinkedIdentity, Member, Purpose,
    Sealed, SecretHash,
};
use model::{IdentityId, MemberId, ServerRole, WallTime};

row! {
    struct IdentityRow {
        id: String, member_id: String, issuer: String, subject: String, address: String, created_at: i64,
        last_used_at: i64,
    }
}

queries! {
    INSERT(Text, Text, Text, Text, Text, Int, Int) =
        "insert into identities (id, member_id, issuer, subject, address, created_at, last_used_at)
         values ($1, $2, $3, $4, $5, $6, $7)";
    FIND(Text, Text) -> IdentityRow =
        "select id, member_id, issuer, subject, address, created_at, last_used_at from identities
         where issuer = $1 and subject = $2";
    OF_MEMBER(Text) -> IdentityRow =
        "select id, member_id, issuer, subject, address, created_at, last_used_at from identities
         where member_id = $1 order by created_at, id";
    USED(Text, Text, Int) = "update identities set address = $2, last_used_at = $3 where id = $1";
    REMOVE(Text, Text) = "delete from identities where id = $1 and member_id = $2";
    EVERY(Text, Int) -> IdentityRow =
        "select id, member_id, issuer, subject, address, created_at, last_used_at from identities
         where id > $1 order by id limit $2";
    MEMBER(Text) -> MemberRow = "select id, name, role, created_at from members where id = $1";
}

/// Somebody whom a service vouches for, at the door.
#[derive(Clone, Debug)]
pub struct Arrival<'a> {
    /// The account. Its id and member hold if it is new here; its address and last use hold in any case.
    pub identity: &'a LinkedIdentity,
    /// The same address, sealed for an identity that is known already.
    pub readdressed: Option<(IdentityId, Sealed)>,
    /// What a member of the past with this address is found by: whoever comes with it for the first time becomes that
    /// member.
    pub past: Option<BlindIndex>,
    /// Who comes if the account is new here; the invitation decides the role, otherwise it is a member.
    pub newcomer: &'a Member,
    /// The device to sign in; `member` is overruled.
    pub device: &'a Device,
    /// Its secret.
    pub device_secret: SecretHash,
    /// An invitation that was followed.
    pub invitation: Option<SecretHash>,
    /// Whether the address admits newcomers without an invitation.
    pub is_admitted: bool,
    /// Lines for the audit log, in order. `by` is overruled; those about joining and invitations are written only if
    /// that happens.
    pub audit: &'a [AuditEntry],
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arrived {
    /// The device is signed in as this person.
    As(Member),
    /// The account is new here, and neither address nor invitation lets it in.
    NotAdmitted,
}

/// What came of linking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linking {
    /// It is linked; it may have been before.
    Linked,
    /// It signs somebody else in.
    Taken,
    /// The member has as many as there may be.
    TooMany,
}

impl IdentityRow {
    fn into_identity(self) -> Result<LinkedIdentity> {
        Ok(LinkedIdentity {
            id: self.id.parse().map_err(|error| Error::unreadable("identities.id", error))?,
            member: self
                .member_id
                .parse()
                .map_err(|error| Error::unreadable("identities.member_id", error))?,
            issuer: self.issuer,
            subject: self.subject,
            address: sealed::read("identities.address", &self.address)?,
            created_at: WallTime::from_micros(self.created_at),
            last_used_at: WallTime::from_micros(self.last_used_at),
        })
    }
}

/// The account with this name at this issuer.
///
/// # Errors
/// Whatever the engine says.
pub async fn find(on: impl Execute, issuer: &str, subject: &str) -> Result<Option<LinkedIdentity>> {
    FIND.find(on, [issuer.into(), subject.into()]).await?.map(IdentityRow::into_identity).transpose()
}

/// The accounts of a member, oldest first.
///
/// # Errors
/// Whatever the engine says.
pub async fn list(on: impl Execute, member: MemberId) -> Result<Vec<LinkedIdentity>> {
    OF_MEMBER.all(on, [member.into()]).await?.into_iter().map(IdentityRow::into_identity).collect()
}

/// All accounts, by id, after `after`: at most `limit`.
///
/// # Errors
/// Whatever the engine says.
pub async fn list_all(
    database: &Database,
    after: Option<IdentityId>,
    limit: u32,
) -> Result<Vec<LinkedIdentity>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let rows = EVERY.all(database, [after.into(), limit.into()]).await?;
    rows.into_iter().map(IdentityRow::into_identity).collect()
}

/// Lets somebody in: as the member whose account it is, else as a newcomer if an invitation or the address admits them.
///
/// # Errors
/// Whatever the engine says.
pub async fn arrive(database: &Database, arrival: &Arrival<'_>) -> Result<Arrived> {
    transaction!(database, |tx| {
        let Arrival { identity, newcomer, .. } = arrival;
        let known = find(&mut tx, &identity.issuer, &identity.subject).await?;
        let is_new = known.is_none();
        let (member, invited) = match known {
            Some(known) => {
                if let Some((id, address)) = &arrival.readdressed
                    && *id == known.id
                {
                    let values = [known.id.into(), sealed::value(address), identity.last_used_at.into()];
                    USED.run(&mut tx, values).await?;
                }
                let member = MEMBER.one(&mut tx, [known.member.into()]).await?.into_member()?;
                (member, None)
            }
            None => {
                let invited = match arrival.invitation {
                    Some(secret) => invitations::take(&mut tx, secret, identity.last_used_at).await?,
                    None => None,
                };
                let role = match invited.as_ref().map(|invitation| invitation.purpose) {
                    Some(Purpose::Join(role)) => role,
                    None if arrival.is_admitted => ServerRole::Member,
                    _ => return Ok(Arrived::NotAdmitted),
                };
                let newcomer = Member { role, ..(*newcomer).clone() };
                let awoken = match arrival.past {
                    Some(index) => {
                        past_members::awaken(&mut tx, index, &newcomer, identity.last_used_at).await?
                    }
                    None => None,
                };
                let member = match awoken {
                    Some(member) => member,
                    None => {
                        members::add(&mut tx, &newcomer).await?;
                        newcomer
                    }
                };
                add(&mut tx, &LinkedIdentity { member: member.id, ..(*identity).clone() }).await?;
                (member, invited)
            }
        };
        let device = Device { member: member.id, ..arrival.device.clone() };
        devices::add(&mut tx, &device, arrival.device_secret).await?;
        members::seen(&mut tx, device.member, device.last_seen_at).await?;
        for entry in arrival.audit {
            let entry = match (entry.action, &invited) {
                (AuditAction::InvitationUsed, Some(invitation)) => entry.clone().about(invitation.id),
                (AuditAction::InvitationUsed, None) => continue,
                (AuditAction::MemberJoined | AuditAction::IdentityLinked, _) if !is_new => continue,
                _ => entry.clone(),
            };
            audit::record(&mut tx, &entry.by(member.id)).await?;
        }
        Ok(Arrived::As(member))
    })
}

/// Links an account to `identity.member`, with a line in the audit log. The history of a member of the past with its
/// address becomes theirs.
///
/// # Errors
/// Whatever the engine says.
pub async fn link(
    database: &Database,
    identity: &LinkedIdentity,
    past: Option<BlindIndex>,
    entry: &AuditEntry,
) -> Result<Linking> {
    transaction!(database, |tx| {
        if let Some(known) = find(&mut tx, &identity.issuer, &identity.subject).await? {
            return Ok(if known.member == identity.member { Linking::Linked } else { Linking::Taken });
        }
        if list(&mut tx, identity.member).await?.len() >= IDENTITIES_PER_MEMBER_MAX {
            return Ok(Linking::TooMany);
        }
        add(&mut tx, identity).await?;
        audit::record(&mut tx, entry).await?;
        if let Some(index) = past {
            past_members::hand_over(&mut tx, index, identity.member, identity.last_used_at).await?;
        }
        Ok(Linking::Linked)
    })
}

/// Unlinks an account of this member; whether there was one.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove(on: impl Execute, id: IdentityId, member: MemberId) -> Result<bool> {
    Ok(REMOVE.run(on, [id.into(), member.into()]).await? > 0)
}

async fn add(on: impl Execute, identity: &LinkedIdentity) -> Result<()> {
    let values = [
        identity.id.into(),
        identity.member.into(),
        (&identity.issuer).into(),
        (&identity.subject).into(),
        sealed::value(&identity.address),
        identity.created_at.into(),
        identity.last_used_at.into(),
    ];
    INSERT.run(on, values).await.map(drop)
}
