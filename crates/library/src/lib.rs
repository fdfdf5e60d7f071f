//! The rules of the music library: what a track is, how its tags are cleaned, how text is folded for search, and the
//! grammar of a search; what other services say of songs, and when two songs are the same. Pure: values in, values out.
//!
//! Deliberately not here: files and their decoding (`audio`), storage and ranking in SQL (`database`), network formats
//! (`protocol`).

mod credits;
mod external;
mod fold;
mod search;
mod song;
mod spelling;
mod tags;
mod track;

pub use credits::{CREDITS_MAX, credits};
pub use external::{ARTWORK_URL_BYTES_MAX, ExternalTrack, Isrc, IsrcError};
pub use fold::{TERM_CHARS_MAX, fold, terms};
pub use search::{CLAUSES_MAX, Clause, Field, QUERY_CHARS_MAX, SearchQuery};
pub use song::{DURATION_TOLERANCE_MS, SongFacts, is_same_song, title_stem};
pub use spelling::{FORM_CHARS_MAX, deletion_forms, distance_of_prefix, distance_within, edits_forgiven};
pub use tags::{ALBUM_CHARS_MAX, ARTIST_CHARS_MAX, GENRE_CHARS_MAX, TITLE_CHARS_MAX, TrackTags, clean_line};
pub use track::{AudioFormat, Blob, Loudness, Origin, Playable, Track};
