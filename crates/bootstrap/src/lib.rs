//! A bare Debian or Ubuntu becomes a machine that takes releases: what there is to do, as steps.
//!
//! Each [`Step`] says how to see that it is done, and how to do it; [`script`] makes one text of them for the machine's own
//! shell, in which every step is looked at, done if need be, and looked at again. So a second run changes nothing, and one
//! that was cut off goes on. [`Facts`] is what a machine says of itself before.
//!
//! Deliberately not here: reaching the machine (`rookery/commands/bootstrap`), and what units are like (`operations`).

mod account;
mod environment;
mod facts;
mod firewall;
mod keys;
mod step;
mod system;
mod told;

pub use facts::{Facts, PROBE, judge};
pub use firewall::confirmed;
pub use keys::{DeployKey, KeyError};
pub use step::{Mode, PutFile, Step, script};
pub use told::Told;

use operations::{Declaration, Environment, EnvironmentName, Needs, Target, UnitError, needs};

/// Where the program lies by which releases come, and that makes keys.
pub const PROGRAM: &str = "/usr/local/bin/rookery";

/// What can be left to whoever keeps the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Who may come in by which port.
    Firewall,
    /// Security updates by themselves.
    Updates,
    /// The clock.
    Time,
    /// How long logs are kept.
    Journal,
}

/// How much of the disk stands in for memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swap {
    /// Some on a machine of little memory that has none.
    Usual,
    /// So many MiB; 0: none.
    Mib(u32),
}

/// One environment that the machine is to have.
#[derive(Clone, Debug)]
pub struct Entrant<'a> {
    /// Its name.
    pub name: &'a EnvironmentName,
    /// What is declared of it.
    pub environment: &'a Environment,
    /// Its sealed secrets, as they are kept beside the declaration.
    pub sealed: Option<String>,
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Order<'a> {
    /// Everything that is declared.
    pub declaration: &'a Declaration,
    /// The same as it is written.
    pub text: &'a str,
    /// Which environments.
    pub entrants: Vec<Entrant<'a>>,
    /// The keys whose releases are taken, as they are written.
    pub release_keys: String,
    /// The keys of those who deploy; none: who may stays as it is.
    pub deploy_keys: Vec<DeployKey>,
    /// What stands in for memory.
    pub swap: Swap,
    /// What is left as it is.
    pub without: Vec<Part>,
}

/// Why there are no steps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// What units cannot be made of.
    #[error(transparent)]
    Unit(#[from] UnitError),
    /// It does not run on a machine of its own users.
    #[error("{0} runs on {1}: only `target = {{ ssh = \"user@host\" }}` is a machine that can be prepared")]
    NoMachine(EnvironmentName, String),
    /// The account's name means something else to a shell.
    #[error("`environments.{0}.target`: `{1}` is no plain name of an account")]
    Account(EnvironmentName, String),
    /// One key cannot open two gates.
    #[error(
        "{0} and {1} are reached as `{2}` with the same key, which can open one gate alone: give each an account of its own, \
         `target = {{ ssh = \"deploy-{1}@host\" }}`"
    )]
    OneGate(EnvironmentName, EnvironmentName, String),
    /// A text that ends where it should not.
    #[error("{0} has a line that cannot be sent")]
    Text(String),
}

/// Whether what is declared can be, on whatever machine.
///
/// # Errors
/// [`Error`] if it cannot.
pub fn check(order: &Order<'_>) -> Result<(), Error> {
    let sites =
        order.entrants.iter().map(|entrant| Site::of(order, entrant)).collect::<Result<Vec<_>, _>>()?;
    refuse_one_gate(order, &sites)
}

/// Everything that is to be done, in order.
///
/// # Errors
/// [`Error`] if what is declared cannot be.
pub fn steps(order: &Order<'_>, facts: &Facts) -> Result<Vec<Step>, Error> {
    let sites =
        order.entrants.iter().map(|entrant| Site::of(order, entrant)).collect::<Result<Vec<_>, _>>()?;
    let mut steps = system::steps(order, facts, &sites);
    for site in &sites {
        steps.extend(environment::steps(order, site)?);
        steps.extend(account::steps(order, site));
    }
    if !order.without.contains(&Part::Firewall) {
        steps.push(firewall::step(facts, &sites));
    }
    match steps.iter().find(|step| !step.is_sound()) {
        Some(step) => Err(Error::Text(step.name.clone())),
        None => Ok(steps),
    }
}

/// One environment with what it needs.
struct Site<'a> {
    entrant: &'a Entrant<'a>,
    needs: Needs,
    /// As whom it is reached.
    account: String,
}

impl<'a> Site<'a> {
    fn of(order: &Order<'_>, entrant: &'a Entrant<'a>) -> Result<Self, Error> {
        let name = entrant.name.clone();
        let Target::Ssh(to) = &entrant.environment.target else {
            return Err(Error::NoMachine(name, entrant.environment.target.machine()));
        };
        let account = to.split_once('@').map_or("root", |(account, _)| account).to_owned();
        let is_plain = account.starts_with(|c: char| c.is_ascii_lowercase())
            && account.len() <= 31
            && account
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_'));
        if !is_plain {
            return Err(Error::Account(name, account));
        }
        let needs = needs(order.declaration, entrant.name, entrant.environment)?;
        Ok(Self { entrant, needs, account })
    }

    fn name(&self) -> &EnvironmentName {
        self.entrant.name
    }
}

/// The first line of a key decides what it may.
fn refuse_one_gate(order: &Order<'_>, sites: &[Site<'_>]) -> Result<(), Error> {
    for (at, site) in sites.iter().enumerate() {
        let other = sites[..at].iter().find(|other| other.account == site.account);
        if let (Some(other), false) = (other, order.deploy_keys.is_empty()) {
            return Err(Error::OneGate(other.name().clone(), site.name().clone(), site.account.clone()));
        }
    }
    Ok(())
}
