//! Whether a running server does what it is for, seen from outside: through DNS, TLS and every proxy in between.
//!
//! [`smoke`] goes a fixed list of checks from the plainest to the whole: a stranger's requests, then, with an API token,
//! an evening in small in a nest of its own (a socket with resume, a queue, a vote, a horn, a stream by pieces), which
//! it closes again. What a check finds says what to do. It uses the public contract alone and reads it as it is written, not with the server's own types:
//! what the two have in common could be wrong in both.

mod gate;
mod member;
mod site;
mod socket;
mod stranger;

pub use site::{SiteError, unreached};

use site::Site;
use std::time::Duration;

/// How long one check may take, whatever it waits for.
const CHECK_TIME_MAX: Duration = Duration::from_secs(20);

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What must hold, in a sentence.
    pub what: &'static str,
    /// How it is.
    pub found: Found,
}

/// How it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// It holds; with what was seen.
    Well(String),
    /// It does not.
    Wrong {
        /// What was seen.
        seen: String,
        /// What to do.
        advice: &'static str,
    },
    /// It could not be looked at, and why.
    LeftOut(String),
}

/// What is wrong, to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// What was seen.
    pub seen: String,
    /// What to do.
    pub advice: &'static str,
}

/// What a check comes to: what was seen, or what is wrong.
pub type Seen = Result<String, Wrong>;

impl Wrong {
    /// What is wrong, and what to do.
    pub fn new(seen: impl Into<String>, advice: &'static str) -> Self {
        Self { seen: seen.into(), advice }
    }
}

/// What whoever looks has in hand, and what they know.
#[derive(Clone, Copy, Debug, Default)]
pub struct Proofs<'a> {
    /// An API token of somebody who may open a nest (scopes *listen*, *add*, *control*).
    pub token: Option<&'a str>,
    /// A service token of a protected environment: `rookery access token create`.
    pub access_token: Option<&'a str>,
    /// Whether strangers must be kept out; one that keeps them out is noticed anyway.
    pub must_be_protected: bool,
}

/// Looks at everything, telling each check as it is done; with an API token also at what members do. A protected
/// environment is looked at as strangers find it, and, with a service token, as those find it who may come in.
///
/// # Errors
/// [`SiteError`] if `address` is none. A server that cannot be reached is a finding.
pub async fn smoke(
    address: &str,
    proofs: Proofs<'_>,
    mut tell: impl FnMut(&Check),
) -> Result<Vec<Check>, SiteError> {
    let mut report = Report::new(&mut tell);
    look(address, proofs, &mut report).await?;
    Ok(report.checks)
}

/// The same, added to what was found before.
///
/// # Errors
/// As [`smoke`].
pub async fn look(address: &str, proofs: Proofs<'_>, report: &mut Report<'_>) -> Result<(), SiteError> {
    let site = Site::new(address, proofs)?;
    if !stranger::glance(&site, report).await {
        return Ok(());
    }
    if gate::look(&site, proofs.must_be_protected, report).await {
        stranger::look(&site, report).await;
        member::look(&site, report).await;
    }
    Ok(())
}

/// Looks only whether it lives and is ready, as whoever restarts it wants to know every few seconds.
///
/// # Errors
/// [`SiteError`] if `address` is none.
pub async fn brief(address: &str, mut tell: impl FnMut(&Check)) -> Result<Vec<Check>, SiteError> {
    let site = Site::new(address, Proofs::default())?;
    let mut report = Report::new(&mut tell);
    stranger::glance(&site, &mut report).await;
    Ok(report.checks)
}

/// Looks whether it lives, is ready and lets sockets through, as whoever watches it wants to know again and again.
///
/// # Errors
/// [`SiteError`] if `address` is none.
pub async fn probe(address: &str, proofs: Proofs<'_>, report: &mut Report<'_>) -> Result<(), SiteError> {
    let site = Site::new(address, proofs)?;
    if stranger::glance(&site, report).await {
        stranger::sockets(&site, report).await;
    }
    Ok(())
}

/// What was found so far, told as it is found.
pub struct Report<'a> {
    checks: Vec<Check>,
    tell: &'a mut dyn FnMut(&Check),
}

impl<'a> Report<'a> {
    /// Nothing yet. Each check is told as it is done.
    pub fn new(tell: &'a mut dyn FnMut(&Check)) -> Self {
        Self { checks: Vec::new(), tell }
    }

    /// Everything that was looked at.
    #[must_use]
    pub fn into_checks(self) -> Vec<Check> {
        self.checks
    }

    /// Makes one check, which is given up after 20 s; whether it holds.
    pub async fn check(&mut self, what: &'static str, look: impl Future<Output = Seen>) -> bool {
        let found = match tokio::time::timeout(CHECK_TIME_MAX, look).await {
            Ok(Ok(seen)) => Found::Well(seen),
            Ok(Err(Wrong { seen, advice })) => Found::Wrong { seen, advice },
            Err(_) => Found::Wrong {
                seen: format!("no end after {} s", CHECK_TIME_MAX.as_secs()),
                advice: "look at the server's log for requests that hang, and whether a proxy holds answers back",
            },
        };
        let holds = matches!(found, Found::Well(_));
        self.add(what, found);
        holds
    }

    /// Notes what could not be looked at, and why.
    pub fn leave_out(&mut self, what: &'static str, why: impl Into<String>) {
        self.add(what, Found::LeftOut(why.into()));
    }

    fn add(&mut self, what: &'static str, found: Found) {
        let check = Check { what, found };
        (self.tell)(&check);
        self.checks.push(check);
    }
}
