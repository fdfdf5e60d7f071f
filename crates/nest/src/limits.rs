//! Every limit of a nest: its unit is its type or the end of its name; what happens at the limit stands beside it.

use std::time::Duration;

/// Entries a queue may ever be set to hold. A nest's own limit is in its settings; at it, `Refusal::QueueFull`.
pub const QUEUE_ENTRIES_MAX: u32 = 500;
/// What a new nest's queue holds.
pub const QUEUE_ENTRIES_DEFAULT: u32 = 200;
/// The longest name of a nest; a longer one is refused.
pub const NAME_CHARS_MAX: usize = 60;

/// How long a removal can be taken back; later it is refused.
pub const RESTORE_WITHIN: Duration = Duration::from_secs(10 * 60);
/// Removals remembered; older ones are forgotten first.
pub const REMOVALS_MAX: usize = 500;
/// Tracks remembered as just played, which autofill avoids; older ones are forgotten first.
pub const RECENT_TRACKS_MAX: usize = 64;

/// How far ahead a track that follows nothing is scheduled, so that every listener can be ready for its first sample.
pub const START_LEAD: Duration = Duration::from_millis(800);
/// How far ahead a pause ends or a new position is heard, for the same reason.
pub const CHANGE_LEAD: Duration = Duration::from_millis(400);
/// A song that ended up to this long ago is followed as if the timer had been exact; later, the next starts afresh.
pub const CATCH_UP_MAX: Duration = Duration::from_secs(5);

/// How long before the end of what plays the next track is needed, so that every listener can have it ready. Until then
/// autofill respects an emptied queue, and does not repeat what plays.
pub const AUTOFILL_LEAD: Duration = Duration::from_secs(10);
/// With nobody listening, autofill stops this long after the last thing a person did.
pub const AUTOFILL_ALONE_MAX: Duration = Duration::from_secs(2 * 3600);
