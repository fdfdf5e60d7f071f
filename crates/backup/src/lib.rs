//! Backups that are restored before they count.
//!
//! A **snapshot** is the database at one instant, with the files beside it, in parts that snapshots share. Where the
//! database is an SQLite file its log is shipped too, every half second, so that a snapshot leads to every instant after
//! it. Everything is sealed before it leaves ([`Keys`]), and kept in one or several places ([`Store`]). A snapshot counts
//! when it was read back, opened, restored and compared ([`verify`]); what does not count never makes an older one go
//! ([`prune()`]).
//!
//! A map: `store/` keeps objects; `seal` encrypts; `content` parts files; `manifest` says what belongs together;
//! `segment` packs the log that the crate `wal` reads; `snapshot`, `ship`, `restore`, `check`, `prune` do the work; `keep` does it again
//! and again beside a running server.
//!
//! Deliberately not here: SQL (`database::backups`), settings, and any task of its own: a caller's future does all work.

mod check;
mod content;
mod drill;
mod error;
mod files;
mod keep;
mod lane;
mod lease;
mod manifest;
mod outlook;
mod programs;
mod prune;
mod restore;
mod retention;
mod seal;
mod segment;
mod ship;
mod snapshot;
mod store;
mod vault;

pub use check::{Verified, verify};
pub use content::Progress;
pub use drill::{Drill, Drilled, drill};
pub use error::{Error, Result};
pub use files::Root;
pub use keep::{Alarm, Keeper, Schedule, work_lease};
pub use lease::Lease;
pub use manifest::{Base, FileEntry, Manifest, Mark, NameKey, Piece, Position, SnapshotId};
pub use outlook::{Copied, Outlook};
pub use programs::with_database;
pub use prune::{Pruned, prune};
pub use restore::{RESTORED_DATABASE, Restored, Target, restore};
pub use retention::Retention;
pub use seal::Keys;
pub use ship::{SHIP_EVERY, Shipper, Track};
pub use snapshot::{Created, Source, create};
pub use store::{Destination, Key, Listed, S3Options, Store};
pub use vault::{Entry, Vault};

use model::WallTime;

/// Hexadecimal digits.
fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _cannot_fail = write!(text, "{byte:02x}");
        text
    })
}

/// As in `20261121T140300Z`.
fn utc_basic(at: WallTime) -> String {
    let time = jiff::Timestamp::from_microsecond(at.micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    time.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// An instant as people write it: `2026-11-17T14:03:00Z`, or `2026-11-17 14:03` by the clocks of a time zone, of this
/// machine's if none is named.
///
/// # Errors
/// What is wrong with it, in words.
pub fn parse_instant(text: &str, zone: Option<&str>) -> std::result::Result<WallTime, String> {
    let bad = |error: jiff::Error| format!("`{text}` is no instant: {error}; write 2026-11-17T14:03:00Z");
    let stamp = match text.parse::<jiff::Timestamp>() {
        Ok(stamp) => stamp,
        Err(_) => {
            let zone = zone
                .map_or_else(|| Ok(jiff::tz::TimeZone::system()), jiff::tz::TimeZone::get)
                .map_err(bad)?;
            let local: jiff::civil::DateTime = text.trim().parse().map_err(bad)?;
            local.to_zoned(zone).map_err(bad)?.timestamp()
        }
    };
    Ok(WallTime::from_micros(stamp.as_microsecond()))
}

/// As in `2026-11-21T14:03:00.25Z`.
#[must_use]
pub fn utc(at: WallTime) -> String {
    jiff::Timestamp::from_microsecond(at.micros()).unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_read_as_people_write_them() {
        let at = parse_instant("2026-11-17T14:03:00Z", None).unwrap();
        assert_eq!(utc_basic(at), "20261117T140300Z");
        assert_eq!(parse_instant("2026-11-17 15:03", Some("Europe/Berlin")).unwrap(), at);
        assert_eq!(utc(at.plus(std::time::Duration::from_millis(250))), "2026-11-17T14:03:00.25Z");
        assert!(parse_instant("last Tuesday", None).unwrap_err().contains("last Tuesday"));
    }
}
