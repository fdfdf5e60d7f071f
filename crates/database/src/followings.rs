//! Which device of a person follows which nest, so that it is followed on after a restart.
//!
//! Deliberately not here: following itself, and when it ends.

use crate::query::queries;
use crate::row::row;
use crate::{Database, Error, Result};
use model::{MemberId, NestId, WallTime};

row! {
    struct FollowingRow {
        member_id: String, nest_id: String, device: String, device_name: String, number: String, seen_at: i64,
    }
}

queries! {
    PUT(Text, Text, Text, Text, Text, Int) =
        "insert into followings (member_id, nest_id, device, device_name, number, seen_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (member_id) do update set nest_id = excluded.nest_id, device = excluded.device,
           device_name = excluded.device_name, number = excluded.number, seen_at = excluded.seen_at";
    LIST(Int) -> FollowingRow =
        "select member_id, nest_id, device, device_name, number, seen_at from followings
         order by seen_at desc, member_id limit $1";
    SEEN(Text, Text, Int) = "update followings set seen_at = $3 where member_id = $1 and number = $2";
    REMOVE(Text, Text) = "delete from followings where member_id = $1 and number = $2";
}

/// A device that follows a nest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowingRecord {
    /// Whose.
    pub member: MemberId,
    /// The nest.
    pub nest: NestId,
    /// The device.
    pub device: String,
    /// Its name.
    pub device_name: String,
    /// Tells the task that follows from those before it.
    pub number: String,
    /// When the person was last known to listen.
    pub seen_at: WallTime,
}

impl FollowingRow {
    fn into_record(self) -> Result<FollowingRecord> {
        Ok(FollowingRecord {
            member: self
                .member_id
                .parse()
                .map_err(|error| Error::unreadable("followings.member_id", error))?,
            nest: self.nest_id.parse().map_err(|error| Error::unreadable("followings.nest_id", error))?,
            device: self.device,
            device_name: self.device_name,
            number: self.number,
            seen_at: WallTime::from_micros(self.seen_at),
        })
    }
}

/// Notes that a device follows a nest, in place of any other of that person.
///
/// # Errors
/// [`Error::ForeignKey`] if person or nest is gone; whatever the engine says.
pub async fn put(database: &Database, following: &FollowingRecord) -> Result<()> {
    let values = [
        following.member.into(),
        following.nest.into(),
        (&following.device).into(),
        (&following.device_name).into(),
        (&following.number).into(),
        following.seen_at.into(),
    ];
    PUT.run(database, values).await.map(drop)
}

/// At most `limit`, those whose people listened last first.
///
/// # Errors
/// Whatever the engine says.
pub async fn list(database: &Database, limit: u32) -> Result<Vec<FollowingRecord>> {
    LIST.all(database, [limit.into()]).await?.into_iter().map(FollowingRow::into_record).collect()
}

/// Notes that the person listened until now; only for the task with this number.
///
/// # Errors
/// Whatever the engine says.
pub async fn seen(database: &Database, member: MemberId, number: &str, now: WallTime) -> Result<()> {
    SEEN.run(database, [member.into(), number.into(), now.into()]).await.map(drop)
}

/// The device follows no longer; only for the task with this number, so that one that ends late takes nothing from one
/// that came after it. Whether there was one.
///
/// # Errors
/// Whatever the engine says.
pub async fn remove(database: &Database, member: MemberId, number: &str) -> Result<bool> {
    Ok(REMOVE.run(database, [member.into(), number.into()]).await? > 0)
}
