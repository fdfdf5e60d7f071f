//! The limits of this crate: name, unit, and what happens at each.

use std::time::Duration;

/// Bytes read of one answer; a longer one is [`crate::Error::AnswerTooLarge`].
pub const ANSWER_BYTES_MAX: usize = 2 << 20;

/// How long a connection may take to open.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long one request may take, answer included.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// The longest wait believed of a `Retry-After`; a longer one counts as this.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// The wait assumed when a service says "too many" without saying how long.
pub const RETRY_AFTER_DEFAULT: Duration = Duration::from_secs(30);

/// The longest wait before a service that could not be reached is asked again.
pub const UNREACHABLE_WAIT_MAX: Duration = Duration::from_secs(60);

/// How long an application whose id or secret was refused is left alone.
pub const REFUSED_WAIT: Duration = Duration::from_secs(10 * 60);

/// Characters kept of a sentence that a service said.
pub const DETAIL_CHARS_MAX: usize = 200;

/// Characters kept of a title, an artist or an album.
pub const TITLE_CHARS_MAX: usize = 500;

/// Artists kept of a track.
pub const ARTISTS_MAX: usize = 20;

/// Links read out of one pasted text; each further one is reported as [`crate::LinkFault::TooMany`].
pub const LINKS_MAX: usize = 100;

/// Tracks taken from one album, playlist, show or set; the rest is left out and counted.
pub const COLLECTION_TRACKS_MAX: usize = 200;

/// Results of one kind that Spotify gives to a search since 2026.
pub const SPOTIFY_SEARCH_MAX: u8 = 10;

/// People who may sign in with one Spotify client id in development mode, since 2026.
pub const SPOTIFY_SEATS: usize = 5;

/// Videos asked for in one request; YouTube's own limit.
pub const YOUTUBE_BATCH_MAX: usize = 50;

/// A token is renewed when it has less than this left.
pub const TOKEN_MARGIN: Duration = Duration::from_secs(60);

/// How far the clock of an issuer may be from ours.
pub const CLOCK_SKEW_MAX: Duration = Duration::from_secs(60);

/// The oldest id_token that is accepted, by its `iat`: it is fetched right after the person signed in.
pub const ID_TOKEN_AGE_MAX: Duration = Duration::from_secs(10 * 60);

/// How long an issuer's description and keys are kept.
pub const DISCOVERY_AGE_MAX: Duration = Duration::from_secs(60 * 60);

/// An unknown key id makes the keys be fetched again, at most this often.
pub const KEYS_REFETCH_MIN: Duration = Duration::from_secs(30);

/// Keys read of one issuer; further ones are left out.
pub const KEYS_MAX: usize = 32;
