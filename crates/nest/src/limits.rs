//! Every limit of a nest: its unit is its type or the end of its name; what happens at the limit stands beside it.

use crate::PaceLimit;
use std::time::Duration;

/// Entries a queue may ever be set to hold. A nest's own limit is in its settings; at it, `Refusal::QueueFull`.
pub const QUEUE_ENTRIES_MAX: u32 = 500;
/// What a new nest's queue holds.
pub const QUEUE_ENTRIES_DEFAULT: u32 = 200;
/// The longest name of a nest; a longer one is refused.
pub const NAME_CHARS_MAX: usize = 60;

/// People who jam along to one entry; at it, `Refusal::TooManyJams`.
pub const JAMS_MAX: usize = 200;
/// Comments on one entry; at it, `Refusal::TooManyComments`.
pub const COMMENTS_MAX: usize = 50;
/// The longest comment; a longer one is refused.
pub const COMMENT_CHARS_MAX: usize = 280;
/// Comments in an hour; beyond, `Refusal::RateLimited`.
pub const COMMENT_PACE: PaceLimit = PaceLimit { person_max: 30, nest_max: 2_000 };
/// Horns in an hour, free ones aside; beyond, `Refusal::RateLimited`.
pub const HORN_PACE: PaceLimit = PaceLimit { person_max: 20, nest_max: 600 };
/// Horns remembered; older ones are forgotten first.
pub const HORNS_KEPT_MAX: usize = 50;
/// How many jams by others earn a free horn in a new nest.
pub const FREE_HORN_JAMS_DEFAULT: u32 = 5;
/// The most jams a free horn may be set to cost.
pub const FREE_HORN_JAMS_MAX: u32 = 100;
/// Free horns that one person can have; with so many, no more are earned.
pub const FREE_HORNS_MAX: u32 = 20;
/// People who can have free horns at once; with so many, nobody else earns one.
pub const FREE_HORN_PEOPLE_MAX: usize = 1_000;
/// The loudest that a room can be said to be, in percent.
pub const VOLUME_PERCENT_MAX: u8 = 100;
/// How loud a new nest says that it is, in percent.
pub const VOLUME_PERCENT_DEFAULT: u8 = 95;

/// How long a removal can be taken back; later it is refused.
pub const RESTORE_WITHIN: Duration = Duration::from_secs(10 * 60);
/// Removals remembered; older ones are forgotten first.
pub const REMOVALS_MAX: usize = 500;
/// Tracks remembered as just played, which autofill avoids; older ones are forgotten first.
pub const RECENT_TRACKS_MAX: usize = 64;

/// Entries that autofill may be set to keep ready; more are refused.
pub const AUTOFILL_DEPTH_MAX: u32 = 10;
/// What a new nest keeps ready.
pub const AUTOFILL_DEPTH_DEFAULT: u32 = 1;
/// What the main nest keeps ready.
pub const AUTOFILL_DEPTH_MAIN: u32 = 3;
/// The longest streak that can be set, in minutes: a week.
pub const AUTOFILL_STREAK_MINUTES_MAX: u32 = 7 * 24 * 60;
/// How many minutes a new nest plays on without an entry of a person; then it rests.
pub const AUTOFILL_STREAK_MINUTES_DEFAULT: u32 = 120;
/// The longest filter memory that can be set, in days.
pub const AUTOFILL_FILTER_DAYS_MAX: u32 = 365;
/// For how many days a new nest leaves out what a person added or filtered.
pub const AUTOFILL_FILTER_DAYS_DEFAULT: u32 = 7;
/// Tracks remembered as added or filtered by a person; older ones are forgotten first.
pub const AUTOFILL_FILTERED_MAX: usize = 1_000;
/// Tracks of the last that people filtered which are listed, so that it can be taken back; older ones stay filtered.
pub const AUTOFILL_REFUSED_MAX: usize = 200;
/// The most a strategy can weigh.
pub const AUTOFILL_WEIGHT_MAX: u8 = 100;
/// The longest name of a genre; a longer one is refused.
pub const AUTOFILL_GENRE_CHARS_MAX: usize = 60;

/// How far ahead a track that follows nothing is scheduled, so that every listener can be ready for its first sample.
pub const START_LEAD: Duration = Duration::from_millis(800);
/// How far ahead a pause ends or a new position is heard, for the same reason.
pub const CHANGE_LEAD: Duration = Duration::from_millis(400);
/// A song that ended up to this long ago is followed as if the timer had been exact; later, the next starts afresh.
pub const CATCH_UP_MAX: Duration = Duration::from_secs(5);

/// How many people a locked nest remembers as those who may come back.
pub const LOCKED_BEHIND_MAX: usize = 1_000;
/// How many people may be put out of a nest at a time.
pub const KICKED_MAX: usize = 500;
/// How long before the end of what plays the next track is needed, so that every listener can have it ready. Until then
/// autofill respects an emptied queue, and does not repeat what plays.
pub const AUTOFILL_LEAD: Duration = Duration::from_secs(10);
/// With nobody listening, autofill stops this long after the last thing a person did.
pub const AUTOFILL_ALONE_MAX: Duration = Duration::from_secs(2 * 3600);
