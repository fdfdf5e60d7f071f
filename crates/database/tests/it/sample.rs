//! Tracks and people to test with.

use identity::{Device, Member, MemberName};
use library::{AudioFormat, Blob, Origin, Playable, Track};
use model::{BlobHash, DeviceId, MemberId, ServerRole, TrackId, TrackPosition, WallTime};

pub const NOW: WallTime = WallTime::from_micros(1_700_000_000_000_000);

pub fn hash(number: u128) -> BlobHash {
    let mut bytes = [0; 32];
    bytes[..16].copy_from_slice(&number.to_be_bytes());
    BlobHash::from_bytes(bytes)
}

pub fn track(number: u128, title: &str, artist: &str, album: &str) -> Track {
    Track {
        id: TrackId::from_u128(number),
        title: title.into(),
        artist: artist.into(),
        album: album.into(),
        album_artist: String::new(),
        genre: String::new(),
        year: None,
        track_number: None,
        disc_number: None,
        isrc: None,
        duration: TrackPosition::from_millis(180_000),
        format: AudioFormat::Mp3,
        original: Blob { hash: hash(number), size_bytes: 4_000_000 },
        playable: Playable::Original,
        artwork: None,
        loudness: None,
        added_by: None,
        added_at: WallTime::from_micros(NOW.micros() + i64::try_from(number).unwrap()),
        origin: Origin::Upload,
    }
}

pub fn member(number: u128, name: &str, role: ServerRole) -> Member {
    Member { id: MemberId::from_u128(number), name: MemberName::parse(name).unwrap(), role, created_at: NOW }
}

pub fn device(number: u128, member: MemberId) -> Device {
    Device {
        id: DeviceId::from_u128(number),
        member,
        label: "Firefox".into(),
        created_at: NOW,
        last_seen_at: NOW,
    }
}
