//! Whether everything around a server is as it needs it: the machine it runs on, the names that lead to it, and what
//! stands between it and people. It changes nothing, and each finding says what to do.
//!
//! [`machine()`] looks at the machine it is run on, [`containers()`] at what runs containers there, [`proxy()`] at the Caddy in
//! front, [`names()`] and [`outside()`] at what anybody can see from anywhere.
//! Deliberately not here: settings, the database and backups, which the binary looks at because it opens them, and
//! whether the server does what it is for (`smoke`).

mod asked;
mod containers;
mod machine;
mod names;
mod outside;
mod ports;
mod proxy;

pub use containers::containers;
pub use machine::{Machine, machine};
pub use names::{Place, names};
pub use outside::{Outside, outside};
pub use proxy::proxy;
