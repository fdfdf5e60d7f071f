//! What surrounds a running server: its environments, kept apart, from one declaration.
//!
//! A declaration is `rookery.toml`: settings that all environments share, and under `[environments.NAME]` what differs.
//! [`Declaration::parse`] reads it, [`check()`] finds what two environments share or one of them must not hold, and
//! [`differences`] puts two beside each other, and [`units()`] writes what systemd is to
//! hold of one. Nothing here reads the process's own environment, opens a database or a
//! connection: that is the binary's part.

mod address;
mod check;
mod cost;
mod declaration;
mod difference;
mod expect;
mod name;
mod placement;
mod secret;
mod settings;
mod suggestion;
mod units;

pub use address::Address;
pub use check::{Finding, Severity, check};
pub use cost::{Cost, OneHost, cost};
pub use declaration::{
    Access, Approver, Backups, Budget, Canary, Cohort, Declaration, DeclarationError, Environment, Guard,
    Retention, Rollback, Span, Target, Trigger,
};
pub use difference::{Difference, differences, effective};
pub use expect::Expect;
pub use name::{EnvironmentName, InvalidEnvironmentName};
pub use secret::{Fault, Fingerprints, faults, is_secret};
pub use settings::process_settings;
pub use suggestion::nearest;
pub use units::{Layout, Needs, SlotName, Unit, UnitError, needs, units};
