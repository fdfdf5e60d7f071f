//! `rookery about`: what this program is. Whoever makes a release of it, and the machine that is to run it, ask for this.

use super::print;
use crate::failure::Failure;
use release::{Facts, Profile, Range, Schema};

/// The version of Centrifugo's client protocol that the socket speaks.
const PROTOCOL: u32 = 2;

/// # Errors
/// [`Failure::Release`] if it cannot be described.
pub fn run() -> Result<(), Failure> {
    let text = serde_json::to_string(&facts()).map_err(release::Error::Describe)?;
    print(&format!("{text}\n"));
    Ok(())
}

fn facts() -> Facts {
    let (newest, known_at_least) = database::migrate::range();
    let library = if cfg!(target_env = "musl") { "musl" } else { "gnu" };
    Facts {
        name: env!("CARGO_PKG_NAME").to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        target: format!("{}-unknown-{}-{library}", std::env::consts::ARCH, std::env::consts::OS),
        profile: if cfg!(debug_assertions) { Profile::Debug } else { Profile::Release },
        schema: Schema { newest, known_at_least },
        protocol: Range { min: PROTOCOL, max: PROTOCOL },
    }
}
