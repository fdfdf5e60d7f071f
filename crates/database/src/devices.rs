//! Signed-in browsers and apps, found by the hash of their secret.

use crate::members::{self, MemberRow};
use crate::query::{Execute, queries};
use crate::row::row;
use crate::value::Value;
use crate::{Database, Error, Result, audit, transaction};
use identity::{AuditEntry, Device, Member, SecretHash};
use model::{DeviceId, MemberId, WallTime};

row! {
    struct DeviceRow { id: String, member_id: String, label: String, created_at: i64, last_seen_at: i64 }
}
row! {
    struct FoundRow {
        device_id: String, label: String, device_created_at: i64, last_seen_at: i64,
        member_id: String, name: String, role: String, member_created_at: i64,
    }
}

queries! {
    INSERT(Text, Text, Text, Text, Int, Int) =
        "insert into devices (id, member_id, secret_hash, label, created_at, last_seen_at)
         values ($1, $2, $3, $4, $5, $6)";
    BY_SECRET(Text) -> FoundRow =
        "select devices.id as device_id, devices.label as label, devices.created_at as device_created_at,
                devices.last_seen_at as last_seen_at, members.id as member_id, members.name as name,
                members.role as role, members.created_at as member_created_at
         from devices join members on members.id = devices.member_id where devices.secret_hash = $1";
    OF_MEMBER(Text) -> DeviceRow =
        "select id, member_id, label, created_at, last_seen_at from devices where member_id = $1
         order by last_seen_at desc, id";
    SEEN(Text, Int) = "update devices set last_seen_at = $2 where id = $1 and last_seen_at < $2";
    IDS(Text) -> String = "select id from devices where member_id = $1 order by id";
    REMOVE(Text, Text) = "delete from devices where id = $1 and member_id = $2";
    REMOVE_OTHERS(Text, Text) = "delete from devices where member_id = $1 and id <> $2";
    SWEEP(Int) = "delete from devices where last_seen_at < $1";
}

/// The stored form of a secret: its hash in hexadecimal digits.
pub(crate) fn secret_value(secret: SecretHash) -> Value {
    Value::from(secret.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

impl DeviceRow {
    fn into_device(self) -> Result<Device> {
        Ok(Device {
            id: self.id.parse().map_err(|error| Error::unreadable("devices.id", error))?,
            member: self.member_id.parse().map_err(|error| Error::unreadable("devices.member_id", error))?,
            label: self.label,
            created_at: WallTime::from_micros(self.created_at),
            last_seen_at: WallTime::from_micros(self.last_seen_at),
        })
    }
}

impl FoundRow {
    fn into_parts(self) -> Result<(Device, Member)> {
        let device = DeviceRow {
            id: self.device_id,
            member_id: self.member_id.clone(),
            label: self.label,
            created_at: self.device_created_at,
            last_seen_at: self.last_seen_at,
        };
        let member = MemberRow {
            id: self.member_id,
            name: self.name,
            role: self.role,
            created_at: self.member_created_at,
        };
        Ok((device.into_device()?, member.into_member()?))
    }
}

/// Signs a device in.
///
/// # Errors
/// [`Error::ForeignKey`] if its member is gone; whatever the engine says.
pub async fn insert(database: &Database, device: &Device, secret: SecretHash) -> Result<()> {
    add(database, device, secret).await
}

/// Adds a person together with their first device and lines for the audit log, all or nothing.
///
/// # Errors
/// Whatever the engine says.
pub async fn insert_with_member(
    database: &Database,
    member: &Member,
    device: &Device,
    secret: SecretHash,
    lines: &[AuditEntry],
) -> Result<()> {
    transaction!(database, |tx| {
        members::add(&mut tx, member).await?;
        members::seen(&mut tx, member.id, member.created_at).await?;
        add(&mut tx, device, secret).await?;
        for entry in lines {
            audit::record(&mut tx, entry).await?;
        }
        Ok(())
    })
}

pub(crate) async fn add(on: impl Execute, device: &Device, secret: SecretHash) -> Result<()> {
    let values = [
        device.id.into(),
        device.member.into(),
        secret_value(secret),
        (&device.label).into(),
        device.created_at.into(),
        device.last_seen_at.into(),
    ];
    INSERT.run(on, values).await.map(drop)
}

/// The devices of a person.
pub(crate) async fn ids(on: impl Execute, member: MemberId) -> Result<Vec<DeviceId>> {
    let read = |id: String| id.parse().map_err(|error| Error::unreadable("devices.id", error));
    IDS.all(on, [member.into()]).await?.into_iter().map(read).collect()
}

/// The device with this secret, and whose it is. Whether it has expired is for the caller to ask.
///
/// # Errors
/// Whatever the engine says.
pub async fn find_by_secret(database: &Database, secret: SecretHash) -> Result<Option<(Device, Member)>> {
    BY_SECRET.find(database, [secret_value(secret)]).await?.map(FoundRow::into_parts).transpose()
}

/// The devices of a person, last seen first.
///
/// # Errors
/// Whatever the engine says.
pub async fn list(database: &Database, member: MemberId) -> Result<Vec<Device>> {
    OF_MEMBER.all(database, [member.into()]).await?.into_iter().map(DeviceRow::into_device).collect()
}

/// Notes that a device was heard of, and with it its owner. Callers do this seldom, not with every request.
///
/// # Errors
/// Whatever the engine says.
pub async fn seen(database: &Database, id: DeviceId, member: MemberId, now: WallTime) -> Result<()> {
    members::seen(database, member, now).await?;
    SEEN.run(database, [id.into(), now.into()]).await.map(drop)
}

/// Signs a device of this member out; whether there was one.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove(on: impl Execute, id: DeviceId, member: MemberId) -> Result<bool> {
    Ok(REMOVE.run(on, [id.into(), member.into()]).await? > 0)
}

/// Signs all other devices of a member out; how many.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove_others(database: &Database, member: MemberId, keep: DeviceId) -> Result<u64> {
    REMOVE_OTHERS.run(database, [member.into(), keep.into()]).await
}

/// Removes devices last seen before `cutoff`; how many.
///
/// # Errors
/// Whatever the engine says.
pub async fn sweep(database: &Database, cutoff: WallTime) -> Result<u64> {
    SWEEP.run(database, [cutoff.into()]).await
}
