//! What commands about releases are told. Nothing of it is in the settings' file.

use crate::target::logs::{LINES_MAX, Level};
use clap::{Args, Subcommand, ValueEnum};
use operations::EnvironmentName;
use release::ReleaseId;
use std::path::PathBuf;

/// What to do with releases.
#[derive(Debug, Subcommand)]
pub enum ReleaseCommand {
    /// Makes a release folder of a program that is built.
    Build(Box<BuildArgs>),
    /// Makes a pair of keys: one that signs, one by which machines verify.
    Keygen {
        /// The file of the key that signs; the other one gets `.pub` after it.
        #[arg(long, value_name = "FILE")]
        to: PathBuf,
    },
    /// Looks at a release folder from end to end.
    Verify {
        /// The folder.
        folder: PathBuf,
        /// The file of the keys that are trusted.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Says what a release folder is, without looking whether it is true.
    Show {
        /// The folder.
        folder: PathBuf,
    },
}

/// What a release is made of.
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// The program, as `cargo xtask release` builds it.
    #[arg(long, value_name = "PATH", default_value = "target/x86_64-unknown-linux-gnu/release/rookery")]
    pub binary: PathBuf,
    /// Where the folder of the release is put; its name is the release's.
    #[arg(long, value_name = "FOLDER", default_value = "releases")]
    pub to: PathBuf,
    /// The file of the key that signs [default: it is not signed]
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// The password of that key, if it has one.
    #[arg(long, env = "ROOKERY_RELEASE_KEY_PASSWORD", hide_env_values = true, value_name = "PASSWORD")]
    pub key_password: Option<String>,
    /// The sources the program was built from.
    #[arg(long, value_name = "FOLDER", default_value = ".")]
    pub source: PathBuf,
    /// Certificates of authorities that go into the image.
    #[arg(long, value_name = "FILE", default_value = "/etc/ssl/certs/ca-certificates.crt")]
    pub certificates: PathBuf,
    /// When it was built, in seconds since 1970 [default: now]
    #[arg(long, env = "SOURCE_DATE_EPOCH", value_name = "SECONDS")]
    pub built_at: Option<i64>,
    /// What a release should not be, and this one may.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT")]
    pub allow: Vec<Unfit>,
}

/// What a release should not be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Unfit {
    /// Built for whoever works on it.
    Debug,
    /// In need of libraries beside it; it has no image then.
    Dynamic,
    /// Of files that are in no commit.
    Modified,
}

/// An environment.
#[derive(Debug, Args)]
pub struct AtArgs {
    /// Which environment.
    #[arg(value_name = "ENVIRONMENT")]
    pub which: EnvironmentName,
    /// Prints JSON, for programs.
    #[arg(long)]
    pub json: bool,
}

/// Bringing a release somewhere.
#[derive(Debug, Args)]
pub struct DeployArgs {
    /// Which environment.
    #[arg(value_name = "ENVIRONMENT")]
    pub which: EnvironmentName,
    /// The release folder.
    pub folder: PathBuf,
    /// The file of the keys that are trusted: the release is looked at before it is sent.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// What shows that it did well in the environment before, where that is no machine that could be asked: the address of a
    /// run. It is written down on the machine.
    #[arg(long, value_name = "ADDRESS")]
    pub proven_by: Option<Proof>,
    #[command(flatten)]
    pub how: HowArgs,
}

/// What somebody names as a proof: letters of an address, up to 200.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof(String);

impl std::str::FromStr for Proof {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let fits = |letter: u8| letter.is_ascii_alphanumeric() || b"-._~:/?#@=%+".contains(&letter);
        if (1..=200).contains(&text.len()) && text.bytes().all(fits) {
            return Ok(Self(text.to_owned()));
        }
        Err("write an address of plain letters, up to 200")
    }
}

impl std::fmt::Display for Proof {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a change goes.
#[derive(Clone, Debug, Args)]
pub struct HowArgs {
    /// Goes on although the release that serves cannot work with what this one makes of the database: there is no way back
    /// but a backup.
    #[arg(long)]
    pub breaking: bool,
    /// Goes on although no place for backups is declared.
    #[arg(long)]
    pub without_backup: bool,
    /// Goes on without trying the release on some people first, although that is declared.
    #[arg(long)]
    pub without_canary: bool,
    /// An API token with which the environment is looked at from here before it is confirmed (`rookery smoke`).
    #[arg(long, env = "ROOKERY_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// A service token of a protected environment, for the same.
    #[arg(long, env = "ROOKERY_ACCESS_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub access_token: Option<String>,
}

/// From one environment to the next.
#[derive(Debug, Args)]
pub struct PromoteArgs {
    /// Where it serves.
    #[arg(value_name = "FROM")]
    pub from: EnvironmentName,
    /// Where it goes.
    #[arg(value_name = "TO")]
    pub to: EnvironmentName,
    #[command(flatten)]
    pub how: HowArgs,
}

/// Going back.
#[derive(Debug, Args)]
pub struct RollbackArgs {
    /// Which environment.
    #[arg(value_name = "ENVIRONMENT")]
    pub which: EnvironmentName,
    /// The release [default: the one before]
    pub release: Option<ReleaseId>,
}

/// What an environment says.
#[derive(Debug, Args)]
pub struct LogsArgs {
    /// Which environment.
    #[arg(value_name = "ENVIRONMENT")]
    pub which: EnvironmentName,
    /// Tells what comes, too, until it is ended (Ctrl-C).
    #[arg(long, short)]
    pub follow: bool,
    /// Not before: 10m, 2h, 2026-11-17T14:03:00Z, or "2026-11-17 14:03" by the clocks here.
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// The newest so many.
    #[arg(long, value_name = "COUNT", default_value_t = 100, value_parser = clap::value_parser!(u32).range(0..=i64::from(LINES_MAX)))]
    pub lines: u32,
    /// So grave at least.
    #[arg(long, value_enum, default_value_t = Level::Trace)]
    pub level: Level,
    /// Prints one JSON object a line.
    #[arg(long)]
    pub json: bool,
}

/// Taking an environment off its machine.
#[derive(Debug, Args)]
pub struct DestroyArgs {
    /// Which environment.
    #[arg(value_name = "ENVIRONMENT")]
    pub which: EnvironmentName,
    /// Its name again, instead of typing it; not for one that people are used to.
    #[arg(long, value_name = "ENVIRONMENT")]
    pub yes: Option<EnvironmentName>,
}

/// One change on its machine.
#[derive(Debug, Subcommand)]
pub enum ChangeCommand {
    /// Brings a placed release.
    Deploy {
        /// Which.
        release: ReleaseId,
        /// See `rookery deploy`.
        #[arg(long)]
        breaking: bool,
        /// See `rookery deploy`.
        #[arg(long)]
        without_backup: bool,
        /// See `rookery deploy`.
        #[arg(long)]
        without_canary: bool,
        /// See `rookery deploy`.
        #[arg(long)]
        proven_by: Option<Proof>,
    },
    /// Goes back.
    Rollback {
        /// Where to.
        release: Option<ReleaseId>,
    },
    /// Finishes or undoes what was cut off.
    Repair,
}
