//! The rules of a room, pure: state, commands, events, refusals.
//!
//! ```text
//! Nest + Command + who + now  ──decide──▶  events, or a Refusal      (nothing changes)
//! Nest + Event                ──apply───▶  Nest                      (nothing is refused)
//! ```
//!
//! The log of events is the truth; a [`Nest`] is its fold. A driver appends what [`Nest::decide`] answers to the log
//! and only then applies it. Between commands the driver waits for [`Nest::next_deadline`].
//!
//! Deliberately not here: anything that waits, logs, draws chance, reads a clock or knows a wire format. Time and
//! chance are arguments.

mod apply;
pub mod autofill;
mod command;
mod decide;
mod door;
mod entry;
mod event;
pub mod idea;
pub mod limits;
mod order;
mod ordering;
mod pace;
mod playback;
mod reaction;
mod refusal;
mod settings;
mod state;

pub use autofill::{
    AutofillState, Because, Genre, GenreError, Person, Preview, Reason, Refused, Rules, Seed, Strategy,
    Streak, Weights,
};
pub use command::{Actor, Command, SettingsChange};
pub use door::Door;
pub use entry::{Entry, Vote, VoteDirection};
pub use event::{Event, EventKind, Outcome, PlaybackChange};
pub use order::{Standing, fair_score};
pub use ordering::Ordering;
pub use pace::{Pace, PaceLimit};
pub use playback::{Playback, Playing};
pub use reaction::{Comment, CommentText, CommentTextError, Horn, Jam};
pub use refusal::Refusal;
pub use settings::{NestName, NestNameError, Settings};
pub use state::{Nest, Removal, Snapshot};
