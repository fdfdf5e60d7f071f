//! The machine's side of releases: placed, brought, watched, confirmed or taken back.
//!
//! One change at a time. Each of its steps is on disk before it is taken (`journal`), and the machine takes them itself
//! (`change`), so that a deployer who goes away, and a process that dies, leave what is put right without them.
//!
//! Deliberately not here: how slots change (`commands/slots`), what a release is (`release`), who may ask (`commands/gate`).

mod account;
mod canary;
mod change;
mod destroy;
mod journal;
pub mod logs;
mod preflight;
mod watch;

pub use account::{Account, account, is_proven};
pub use change::{Ordered, Outcome, run};
pub use destroy::{Plan, destroy, is_left};
pub use journal::{Kind, Line, Step, read, read_end};
pub use logs::{Logged, Wanted};
pub use preflight::drill;

use crate::declared::Declared;
use crate::failure::Failure;
use crate::settings::Settings;
use operations::{Declaration, Environment, EnvironmentName, Layout};
use release::PublicKeys;
use std::path::{Path, PathBuf};

/// One environment on this machine.
pub struct Target {
    /// Its name.
    pub name: EnvironmentName,
    /// Where everything of it is.
    pub layout: Layout,
    /// Everything that is declared.
    pub declaration: Declaration,
}

impl Target {
    /// The environment that was said, as this machine has it declared.
    ///
    /// # Errors
    /// [`Failure::Deploy`] if none was said, or this machine has none of that name.
    pub fn of(settings: &Settings) -> Result<Self, Failure> {
        let name = settings.environment.clone();
        let name = name.ok_or_else(|| Failure::Deploy("say which: --environment NAME".to_owned()))?;
        let layout = Layout::of(name.clone());
        let path = layout.declaration();
        let declared = Declared::read(Some(Path::new(&path)))?.ok_or(Failure::NothingDeclared)?;
        let name = declared.choose(Some(&name))?;
        Ok(Self { name, layout, declaration: declared.declaration })
    }

    /// What is declared of it.
    ///
    /// # Errors
    /// [`Failure::NothingDeclared`].
    pub fn environment(&self) -> Result<&Environment, Failure> {
        self.declaration.environments.get(&self.name).ok_or(Failure::NothingDeclared)
    }

    /// Whose releases are taken.
    ///
    /// # Errors
    /// [`Failure::Release`] if there is no key, or something else.
    pub fn keys(&self) -> Result<PublicKeys, Failure> {
        let path = self.layout.release_keys();
        let text = std::fs::read_to_string(&path)
            .map_err(|error| release::Error::Key { place: path.clone(), detail: error.to_string() })?;
        Ok(PublicKeys::parse(&path, &text)?)
    }

    /// The folder of releases.
    pub fn releases(&self) -> PathBuf {
        PathBuf::from(self.layout.releases())
    }

    /// The folder of data.
    pub fn data(&self) -> Result<String, Failure> {
        let declared = self.environment()?.data.clone();
        Ok(declared.unwrap_or_else(|| format!("/var/lib/rookery/{}", self.name)))
    }
}
