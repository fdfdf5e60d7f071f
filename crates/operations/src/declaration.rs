//! The declaration: every environment of one installation, side by side in `rookery.toml`.
//!
//! ```toml
//! name = "Our music"                         # any setting of the server, for all environments
//!
//! [environments.staging]
//! trigger = { push = "main" }                # what brings a new release here
//! url = "https://stg.music.example.org"
//! target = { ssh = "deploy@203.0.113.5" }    # where it runs
//! database = "sqlite:/var/lib/rookery/staging/rookery.db"
//!
//! [environments.staging.settings]            # any setting of the server, for this one alone
//! spotify_client_id = "…"
//! ```

use crate::address::Address;
use crate::expect::Expect;
use crate::name::EnvironmentName;
use crate::suggestion::nearest;
use ::access::{AllowList, Rules};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of a file that is read at all.
const FILE_BYTES_MAX: usize = 256 * 1024;
/// Environments of one installation.
const ENVIRONMENTS_MAX: usize = 16;

/// All that one file declares.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Declaration {
    /// Settings of the server that hold in every environment which does not say otherwise.
    pub common: toml::Table,
    /// What differs.
    pub environments: BTreeMap<EnvironmentName, Environment>,
}

/// Why a declaration cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeclarationError {
    /// It is longer than any declaration.
    #[error("the file has {0} bytes; a declaration has at most {FILE_BYTES_MAX}")]
    TooLong(usize),
    /// It is no TOML, or says something unknown.
    #[error("{0}")]
    Unreadable(String),
    /// More environments than one installation has.
    #[error("{0} environments are declared; at most {ENVIRONMENTS_MAX} are possible")]
    TooMany(usize),
    /// An environment names another that is not there.
    #[error("`environments.{environment}.{key}` names `{named}`, which is not declared{}", hint(.suggestion.as_deref()))]
    UnknownEnvironment {
        /// Where.
        environment: EnvironmentName,
        /// By which key.
        key: &'static str,
        /// What is named.
        named: EnvironmentName,
        /// What may have been meant.
        suggestion: Option<String>,
    },
    /// Promotion leads back to where it began.
    #[error("`{0}` is promoted from itself, by way of others")]
    Circle(EnvironmentName),
    /// A value that makes no sense.
    #[error("`environments.{environment}.{key}`: {detail}")]
    Invalid {
        /// Where.
        environment: EnvironmentName,
        /// Which key.
        key: &'static str,
        /// What is wrong with it.
        detail: String,
    },
}

/// One environment.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// What brings a new release here.
    #[serde(default)]
    pub trigger: Trigger,
    /// The address people use.
    pub url: Address,
    /// Other addresses that lead to the same.
    #[serde(default)]
    pub aliases: Vec<Address>,
    /// Hosts from which people are sent on to `url`, for good.
    #[serde(default)]
    pub redirects: Vec<String>,
    /// Where it runs.
    #[serde(default)]
    pub target: Target,
    /// The image its containers are made from, without a tag: `ghcr.io/our/music`. Which release is said by digest.
    #[serde(default)]
    pub image: Option<String>,
    /// Where on the platform it runs: `fra`, `nyc1`.
    #[serde(default)]
    pub region: Option<String>,
    /// The environment whose releases this one takes, and no others.
    #[serde(default)]
    pub promote_from: Option<EnvironmentName>,
    /// Who must agree before a release comes here.
    #[serde(default)]
    pub approve: Vec<Approver>,
    /// The database: `sqlite:PATH`, `postgres://…`, `libsql://…` [default: `sqlite:DATA/rookery.db`]
    #[serde(default)]
    pub database: Option<String>,
    /// Over which Redis processes tell each other to look: `redis://…`, `rediss://…` [default: none is needed]
    #[serde(default)]
    pub bus: Option<String>,
    /// Where files are kept, by what they are: `file:PATH`, `s3:NAME`.
    #[serde(default)]
    pub buckets: BTreeMap<String, String>,
    /// The folder of music and the embedded database [default: data]
    #[serde(default)]
    pub data: Option<String>,
    /// The user its processes run as, on a host of its own users.
    #[serde(default)]
    pub user: Option<String>,
    /// The prefix of this environment's collections on AT Protocol, `org.example.music.stg`.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Who may look at it at all [default: everybody]
    #[serde(default)]
    pub access: Option<Access>,
    /// How a release is tried on a few people first [default: it is not]
    #[serde(default)]
    pub canary: Option<Canary>,
    /// How long a new release is watched, such as `5m`.
    #[serde(default)]
    pub soak: Option<Span>,
    /// What happens when it does badly.
    #[serde(default)]
    pub rollback: Rollback,
    /// Where copies go, and how often.
    #[serde(default)]
    pub backups: Option<Backups>,
    /// How long things are kept.
    #[serde(default)]
    pub retention: Retention,
    /// What it may cost.
    #[serde(default)]
    pub budget: Budget,
    /// How much must be there at least; what is missing is found by `rookery doctor`.
    #[serde(default)]
    pub expect: Expect,
    /// Keys of its machines, `age1…`, for which its secrets are sealed.
    #[serde(default)]
    pub recipients: Vec<String>,
    /// Settings of the server, for this environment alone.
    #[serde(default)]
    pub settings: toml::Table,
}

/// What brings a new release to an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// Nothing does: it is somebody's own machine.
    Local,
    /// Somebody says so.
    #[default]
    Manual,
    /// Commits that reach a branch.
    Push(String),
    /// A release of this kind, `published`.
    Release(String),
}

/// Where an environment runs.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// Here.
    #[default]
    Local,
    /// On a machine with systemd, reached by ssh: `deploy@host` or `deploy@host:2222`.
    Ssh(String),
    /// In containers on a machine, reached by ssh.
    Compose(String),
    /// As an app of Fly.io.
    Fly(String),
    /// As an app of DigitalOcean's App Platform.
    Digitalocean(String),
}

impl Target {
    /// What two environments have in common when they have paths, users and ports in common.
    #[must_use]
    pub fn machine(&self) -> String {
        match self {
            Self::Local => "this machine".to_owned(),
            Self::Ssh(to) | Self::Compose(to) => to.rsplit('@').next().unwrap_or(to).to_lowercase(),
            Self::Fly(app) => format!("fly.io/{app}"),
            Self::Digitalocean(app) => format!("digitalocean/{app}"),
        }
    }
}

/// Somebody who can agree: `@name`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Approver(pub String);

/// Who may look at a protected environment.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Access {
    /// `github:org/team`, `github:user`, `github:id:583231`, `did:plc:…`, `at:ana.example.org`, `mail:ana@example.org`
    #[serde(default)]
    pub allow: Vec<String>,
    /// Whether a number lets somebody in once: one that `rookery access pin` prints, or that Cloudflare sends by mail.
    #[serde(default)]
    pub pin: bool,
    /// Paths that everybody may see, letter for letter or with `/*` at their end.
    #[serde(default)]
    pub bypass: Vec<String>,
    /// Who keeps the others out.
    #[serde(default)]
    pub gate: Guard,
}

/// Who keeps strangers out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Guard {
    /// The server itself.
    #[default]
    Rookery,
    /// Cloudflare Access in front of it, as the page that is made says.
    Cloudflare,
}

/// How a release is tried on a few people first.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Canary {
    /// Percent of people, step by step.
    pub steps: Vec<u8>,
    /// How long each step lasts.
    pub hold: Span,
    /// Requests below which nothing can be said; then it goes no further.
    #[serde(default)]
    pub samples_min: Option<u32>,
    /// Whom it is tried on.
    #[serde(default)]
    pub cohort: Cohort,
    /// Names of members on whom it is tried always.
    #[serde(default)]
    pub always: Vec<String>,
}

/// By what people are chosen; the same ones for as long as it is tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cohort {
    /// By the member.
    #[default]
    Member,
    /// By the session.
    Session,
}

/// What happens when a new release does badly.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rollback {
    /// The one before it is put back.
    #[default]
    Auto,
    /// Somebody is told.
    Ask,
}

/// Where copies go, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Backups {
    /// `file:PATH`, `s3:NAME`
    pub to: Vec<String>,
    /// How often a whole copy is made.
    #[serde(default)]
    pub every: Option<Span>,
}

/// How long things are kept. Nothing stands for the usual.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Retention {
    /// Releases that can be gone back to.
    #[serde(default)]
    pub releases: Option<u16>,
    /// Hourly, daily, weekly and monthly copies.
    #[serde(default)]
    pub backups: Option<[u16; 4]>,
    /// Days that logs are kept.
    #[serde(default)]
    pub logs_days: Option<u16>,
}

/// What an environment may cost.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// US dollars a month.
    #[serde(default)]
    pub usd_month: Option<f64>,
    /// Resident memory of a process, in MiB.
    #[serde(default)]
    pub memory_mib: Option<u32>,
}

/// A span of time as it is written: `30s`, `5m`, `2h`, `7d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Span(std::time::Duration);

impl Span {
    /// As a duration.
    #[must_use]
    pub fn duration(self) -> std::time::Duration {
        self.0
    }
}

impl TryFrom<String> for Span {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let invalid = || format!("`{text}` is no span of time; write 30s, 5m, 2h or 7d");
        let split = text.find(|c: char| !c.is_ascii_digit()).ok_or_else(invalid)?;
        let count: u32 = text[..split].parse().map_err(|_| invalid())?;
        let seconds = match &text[split..] {
            "s" => 1,
            "m" => 60,
            "h" => 3600,
            "d" => 86_400,
            _ => return Err(invalid()),
        };
        Ok(Self(std::time::Duration::from_secs(u64::from(count) * seconds)))
    }
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    environments: BTreeMap<EnvironmentName, Environment>,
    #[serde(flatten)]
    common: toml::Table,
}

impl Declaration {
    /// Reads what a file says. Whether settings of the server exist is not known here.
    ///
    /// # Errors
    /// [`DeclarationError`] with the line and, for a slip of the keyboard, what was meant.
    pub fn parse(text: &str) -> Result<Self, DeclarationError> {
        if text.len() > FILE_BYTES_MAX {
            return Err(DeclarationError::TooLong(text.len()));
        }
        let File { environments, common } = toml::from_str(text)
            .map_err(|error| DeclarationError::Unreadable(explain(&error.to_string())))?;
        if environments.len() > ENVIRONMENTS_MAX {
            return Err(DeclarationError::TooMany(environments.len()));
        }
        let declaration = Self { common, environments };
        for (name, environment) in &declaration.environments {
            environment.validate(name)?;
            declaration.lineage(name)?;
        }
        Ok(declaration)
    }

    /// The environment of a process that was not told one: the one of somebody's own machine, if there is exactly one.
    #[must_use]
    pub fn local(&self) -> Option<&EnvironmentName> {
        let mut local =
            self.environments.iter().filter(|(_, environment)| environment.trigger == Trigger::Local);
        let (name, _) = local.next()?;
        local.next().is_none().then_some(name)
    }

    /// An environment by a name somebody typed.
    ///
    /// # Errors
    /// What may have been meant instead.
    pub fn find(&self, name: &EnvironmentName) -> Result<&Environment, Option<String>> {
        self.environments.get(name).ok_or_else(|| self.near(name))
    }

    fn near(&self, name: &EnvironmentName) -> Option<String> {
        nearest(name.as_str(), self.environments.keys().map(EnvironmentName::as_str)).map(str::to_owned)
    }

    /// From where releases come to it, the nearest first.
    fn lineage(&self, name: &EnvironmentName) -> Result<Vec<&EnvironmentName>, DeclarationError> {
        let (mut seen, mut lineage, mut at) = (BTreeSet::from([name]), Vec::new(), name);
        while let Some(from) =
            self.environments.get(at).and_then(|environment| environment.promote_from.as_ref())
        {
            if !self.environments.contains_key(from) {
                return Err(DeclarationError::UnknownEnvironment {
                    environment: at.clone(),
                    key: "promote_from",
                    named: from.clone(),
                    suggestion: self.near(from),
                });
            }
            if !seen.insert(from) {
                return Err(DeclarationError::Circle(name.clone()));
            }
            lineage.push(from);
            at = from;
        }
        Ok(lineage)
    }
}

impl Environment {
    fn validate(&self, name: &EnvironmentName) -> Result<(), DeclarationError> {
        let invalid = |key, detail: &str| {
            Err(DeclarationError::Invalid { environment: name.clone(), key, detail: detail.to_owned() })
        };
        if let Some(canary) = &self.canary
            && (canary.steps.is_empty()
                || canary.steps.iter().any(|step| !(1..=100).contains(step))
                || !canary.steps.is_sorted_by(|a, b| a < b))
        {
            return invalid("canary", "steps are percentages that grow: [1, 10, 50]");
        }
        if self.approve.iter().any(|who| who.0.len() < 2 || !who.0.starts_with('@')) {
            return invalid("approve", "people are named `@name`");
        }
        let Some(access) = &self.access else { return Ok(()) };
        if let Err(error) = Rules::with_bypasses(access.bypass.iter().map(String::as_str)) {
            return invalid("access", &error.to_string());
        }
        match AllowList::parse(access.allow.iter().map(String::as_str)) {
            Err(error) => invalid("access", &error.to_string()),
            Ok(_) => Ok(()),
        }
    }
}

fn hint(suggestion: Option<&str>) -> String {
    suggestion.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

/// The parser's words, with what was meant by an unknown key.
fn explain(said: &str) -> String {
    let Some((_, rest)) = said.split_once("unknown field `") else { return said.trim_end().to_owned() };
    let Some((written, rest)) = rest.split_once('`') else { return said.trim_end().to_owned() };
    let known = rest.split('`').skip(1).step_by(2);
    let meant = nearest(written, known);
    let mut lines =
        said.lines().filter(|line| !line.contains("expected one of")).collect::<Vec<_>>().join("\n");
    lines.push_str(&format!("\nunknown key `{written}`{}", hint(meant)));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: &str = r#"
        name = "Our music"
        [environments.staging]
        trigger = { push = "main" }
        url = "https://stg.example.org"
        target = { ssh = "deploy@203.0.113.5" }
        [environments.staging.settings]
        timezone = "Europe/Berlin"
        [environments.production]
        trigger = { release = "published" }
        url = "https://example.org"
        promote_from = "staging"
        soak = "5m"
        canary = { steps = [1, 10, 50], hold = "10m", samples_min = 200 }
        approve = ["@owner"]
    "#;

    fn error(text: &str) -> String {
        Declaration::parse(text).unwrap_err().to_string()
    }

    #[test]
    fn environments_stand_side_by_side_with_what_they_share() {
        let declaration = Declaration::parse(TWO).unwrap();
        assert_eq!(declaration.common["name"].as_str(), Some("Our music"));
        let production = &declaration.environments[&EnvironmentName::production()];
        assert_eq!(production.trigger, Trigger::Release("published".to_owned()));
        assert_eq!(production.soak.unwrap().duration().as_secs(), 300);
        assert_eq!(production.rollback, Rollback::Auto);
        let staging = &declaration.environments[&"staging".parse().unwrap()];
        assert_eq!(staging.target.machine(), "203.0.113.5");
        assert_eq!(staging.settings["timezone"].as_str(), Some("Europe/Berlin"));
    }

    #[test]
    fn a_file_without_environments_is_one_too() {
        let declaration = Declaration::parse("name = 'x'\n").unwrap();
        assert!(declaration.environments.is_empty());
        assert!(declaration.local().is_none());
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line_and_what_was_meant() {
        let said = error("[environments.staging]\nurl = \"https://a.example\"\ndatabse = \"sqlite:x\"\n");
        assert!(said.contains("line 3"), "{said}");
        assert!(said.contains("unknown key `databse`; did you mean `database`?"), "{said}");
        let said = error("[environments.staging]\nurl = \"https://a.example\"\nwallpaper = 1\n");
        assert!(said.ends_with("unknown key `wallpaper`"), "{said}");
    }

    #[test]
    fn promotion_leads_from_environment_to_environment_and_never_round() {
        let said = error(&TWO.replace("promote_from = \"staging\"", "promote_from = \"stagin\""));
        assert!(said.contains("`stagin`, which is not declared; did you mean `staging`?"), "{said}");
        let round = TWO.replace("trigger = { push = \"main\" }", "promote_from = \"production\"");
        assert!(error(&round).contains("promoted from itself"));
    }

    #[test]
    fn what_makes_no_sense_is_named() {
        for (from, to, says) in [
            ("https://example.org", "ftp://example.org", "is no address"),
            ("https://example.org", "https://example.org/music", "ends with the host"),
            ("[1, 10, 50]", "[10, 1]", "percentages that grow"),
            ("[1, 10, 50]", "[]", "percentages that grow"),
            ("@owner", "owner", "`@name`"),
            ("\"5m\"", "\"5 minutes\"", "30s, 5m, 2h or 7d"),
            ("environments.production]", "environments.Production]", "no name of an environment"),
        ] {
            let said = error(&TWO.replace(from, to));
            assert!(said.contains(says), "{to}: {said}");
        }
        let open = TWO.replace("soak = \"5m\"", "access = { allow = [\"github:a\"], bypass = [\"/*\"] }");
        assert!(error(&open).contains("no protection"));
        let api = TWO.replace("soak = \"5m\"", "access = { bypass = [\"/api/*\"] }");
        assert!(error(&api).contains("would open `/api/v1/session`"), "{}", error(&api));
        let nobody = TWO.replace("soak = \"5m\"", "access = { allow = [\"octocat\"] }");
        assert!(error(&nobody).contains("`octocat` names nobody"), "{}", error(&nobody));
    }

    #[test]
    fn hostile_files_are_refused_and_never_crash() {
        assert_eq!(
            error(&"#".repeat(FILE_BYTES_MAX + 1)),
            DeclarationError::TooLong(FILE_BYTES_MAX + 1).to_string()
        );
        let many: String =
            (0..17).map(|n| format!("[environments.e{n}]\nurl = \"https://e{n}.example\"\n")).collect();
        assert_eq!(Declaration::parse(&many), Err(DeclarationError::TooMany(17)));
        assert!(Declaration::parse(&"[".repeat(100_000)).is_err());
        assert!(Declaration::parse("environments = 3").is_err());
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,200}") {
            let _ = Declaration::parse(&text);
        }
    }
}
