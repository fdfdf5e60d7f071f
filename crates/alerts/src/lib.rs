//! Alerts, as rules: which number says that somebody has to look, for how long it must say so, in which words they are
//! told, and when they are told again. Nothing here waits, reads a clock or sends anything.
//!
//! [`rules`] is the one table. Prometheus gets it as text ([`Rule::expression`], by the crate `generated`); a server that
//! watches itself gets it as a question to its own numbers ([`Numbers`], [`Memory`]). [`Watch`] makes of what is seen
//! alerts that begin, last and end, and [`Bulletin`]s of what somebody has not heard yet.
//!
//! Deliberately not here: where numbers come from (`server`), and how messages travel (`sinks`).

mod condition;
mod message;
mod numbers;
mod rule;
mod watch;

pub use condition::{Condition, Sighting, Than, look};
pub use message::{Bulletin, Item, State, span, timestamp};
pub use numbers::{Memory, Numbers};
pub use rule::{Bounds, Rule, Urgency, fixed, from_outside, of_bounds, rules};
pub use watch::{Shown, Watch};
