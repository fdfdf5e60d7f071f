//! Child processes that look at files, so that no file can take the server down.
//!
//! The child is the same program with a hidden command that calls [`serve`]; [`Workers`] keeps a few of them alive and
//! hands them one file at a time by path. A child limits its own memory and processor time; the parent limits the
//! time of a task by killing the child. Deliberately not here: what is done with a file.

mod child;
mod pool;
mod wire;

pub use child::serve;
pub use pool::{WorkerCommand, WorkerLimits, Workers};
