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
mod entry;
mod event;
pub mod limits;
mod order;
mod playback;
mod refusal;
mod settings;
mod state;

pub use command::{Actor, Command, SettingsChange};
pub use entry::{Entry, Vote, VoteDirection};
pub use event::{Event, EventKind, Outcome, PlaybackChange};
pub use order::{Standing, fair_score};
pub use playback::{Playback, Playing};
pub use refusal::Refusal;
pub use settings::{NestName, NestNameError, Settings};
pub use state::{Nest, Removal, Snapshot};
