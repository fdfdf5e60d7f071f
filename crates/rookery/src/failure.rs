//! What can go wrong before or around serving, said so that the person at the terminal knows what to do.

use operations::EnvironmentName;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why a command did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The settings file.
    #[error("the settings in {} cannot be used: {detail}", path.display())]
    Settings {
        /// Which file.
        path: PathBuf,
        /// What is wrong.
        detail: String,
    },
    /// Which environment this is.
    #[error("{} declares several environments and this process does not know which it belongs to: {detail}", path.display())]
    Environment {
        /// Which file.
        path: PathBuf,
        /// What there is.
        detail: String,
    },
    /// No environments.
    #[error(
        "no environments are declared: rookery.toml has no `[environments.NAME]` (another file: --config)"
    )]
    NothingDeclared,
    /// Environments share something, or hold what they must not.
    #[error("{errors} errors: nothing should be deployed like this")]
    NotIsolated {
        /// How many.
        errors: usize,
    },
    /// Files that are made of the declaration are not as they would be made.
    #[error("{count} files are not as rookery.toml says: `rookery env files --into {}` makes them anew", into.display())]
    Stale {
        /// How many.
        count: usize,
        /// The folder they are in.
        into: PathBuf,
    },
    /// A file that is made of the declaration cannot be read or written.
    #[error("{}: {source}", path.display())]
    GeneratedFile {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The database belongs to another environment.
    #[error(
        "this database belongs to the environment `{stamped}`, and this process to `{own}`: the address of the database is \
         wrong, or say `--environment {stamped}`; for a copy that was put here on purpose run `rookery env stamp`"
    )]
    OtherEnvironment {
        /// The database's.
        stamped: String,
        /// The process's.
        own: EnvironmentName,
    },
    /// The public address.
    #[error("the public URL `{url}` must begin with https:// (or http://) and have no slash at its end")]
    PublicUrl {
        /// As given.
        url: String,
    },
    /// Settings of sign-in.
    #[error("{0}")]
    SignIn(String),
    /// The gate before an environment that is not for everybody.
    #[error("{0}")]
    Access(String),
    /// Settings of music services.
    #[error("{0}")]
    Sources(String),
    /// The time zone.
    #[error(transparent)]
    Zone(#[from] server::ZoneError),
    /// The data folder.
    #[error("the data folder {} cannot be used: {source}; choose another with --data", path.display())]
    Data {
        /// Which.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Data that must be there.
    #[error(
        "{0}: see that the disk is mounted, or restore a backup; `data_required` says that nothing may begin anew here"
    )]
    DataMissing(String),
    /// The secret key.
    #[error(
        "the secret key in {place} cannot be used: {detail}; it is 64 hexadecimal digits, as `openssl rand -hex 32` prints"
    )]
    SecretKey {
        /// Where it is.
        place: String,
        /// What is wrong.
        detail: String,
    },
    /// The database was used with another secret key.
    #[error(
        "the secret key in {place} is not the one this database was used with; put that one back, or run \
         `rookery accept-key` to go on with this one: what the old one encrypted is lost, nothing else"
    )]
    OtherSecretKey {
        /// Where it is.
        place: String,
    },
    /// Settings of TLS.
    #[error("{0}")]
    Tls(String),
    /// Certificates.
    #[error(transparent)]
    Certificates(#[from] certificates::Error),
    /// The port.
    #[error("cannot listen on {address}: {source}; stop what uses the port, or choose another with --listen")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// A port that the service manager holds.
    #[error("the port that was handed over as `{name}` cannot be used: {source}")]
    Inherited {
        /// Its name.
        name: String,
        /// What the system says.
        source: io::Error,
    },
    /// The private door.
    #[error("the admin socket {} cannot be made: {source}", path.display())]
    AdminSocket {
        /// Where.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Changing slots.
    #[error("{0}")]
    Slots(String),
    /// Releases.
    #[error(transparent)]
    Release(#[from] release::Error),
    /// A release that people should not get.
    #[error("{what}: say `--allow {word}` if that is meant")]
    Unfit {
        /// Why not.
        what: &'static str,
        /// The word that allows it.
        word: &'static str,
    },
    /// Bringing a release to a machine.
    #[error("{0}")]
    Deploy(String),
    /// Preparing a machine.
    #[error("{0}")]
    Bootstrap(String),
    /// Nobody could open the gate.
    #[error(
        "a process whose gate is closed needs an admin socket at which it is opened: say --admin-socket PATH"
    )]
    NoDoor,
    /// The database.
    #[error(transparent)]
    Database(#[from] database::Error),
    /// Backups.
    #[error(transparent)]
    Backup(#[from] backup::Error),
    /// A setting of backups.
    #[error("{name}: {detail}")]
    BackupSetting {
        /// Which.
        name: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// No place for backups.
    #[error(
        "no place for backups is set: say --backup-to file:PATH, --backup-to s3:BUCKET, or `backups` in rookery.toml"
    )]
    NoBackups,
    /// Going back over migrations would lose something.
    #[error("nothing was undone: something would be lost\n  {0}")]
    WouldLose(String),
    /// Rows to be put back.
    #[error("the rows in {} cannot be read: {source}", path.display())]
    Rows {
        /// Where they are.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// Something needs what a contract would take away.
    #[error("nothing was taken away\n  {0}")]
    NotContracted(String),
    /// Migrations for a trial that cannot be read.
    #[cfg(feature = "fakes")]
    #[error("the migrations for a trial: {0}")]
    Trial(String),
    /// What a release does to the database does not work on a copy.
    #[error("the rehearsal failed: {0}")]
    Rehearsal(String),
    /// A backup that was restored is not what it should be.
    #[error("{count} faults were found: these backups do not count")]
    BackupNotSound {
        /// How many.
        count: usize,
    },
    /// An instant that is none.
    #[error("{0}")]
    Instant(String),
    /// The files.
    #[error(transparent)]
    Blobs(#[from] blobs::BlobError),
    /// The server.
    #[error(transparent)]
    Server(#[from] server::Error),
    /// The listener.
    #[error(transparent)]
    Listener(#[from] listen::ListenError),
    /// The address of a server to look at.
    #[error(transparent)]
    Site(#[from] smoke::SiteError),
    /// The server that was looked at is not well.
    #[error("{wrong} of the checks do not hold")]
    Smoke {
        /// How many.
        wrong: usize,
    },
    /// Secrets that are sealed.
    #[error("the secrets of `{environment}`: {detail}")]
    Sealed {
        /// Of which environment.
        environment: EnvironmentName,
        /// What is wrong, and what to do.
        detail: String,
    },
    /// What is around the server is not as it should be.
    #[error("{wrong} things are not as they should be")]
    Doctor {
        /// How many.
        wrong: usize,
    },
    /// The runtime.
    #[error("the asynchronous runtime cannot start: {0}")]
    Runtime(io::Error),
    /// The system's randomness.
    #[error("the operating system gives no randomness: {0}")]
    Randomness(getrandom::Error),
    /// The program's own path, needed to start workers.
    #[error("the path of this program is unknown: {0}")]
    OwnPath(io::Error),
    /// Settings of alerts that do not go together, or cannot be used.
    #[error("alerts: {0}")]
    Alerts(String),
    /// Settings of pushing numbers that cannot be used.
    #[error("numbers to OpenTelemetry: {0}")]
    Otlp(String),
    /// Settings of the bus that cannot be used.
    #[error("the bus: {0}")]
    Bus(String),
    /// A secret of webhooks that come in.
    #[error("{name} cannot be used: {detail}; `{}` prints a good one", standard_webhooks::NEW_SECRET_COMMAND)]
    WebhookSecret {
        /// Which setting.
        name: &'static str,
        /// What is wrong.
        detail: String,
    },
    /// A test message did not arrive everywhere.
    #[error("{failed} of {all} ways do not work: what each said stands above")]
    NotTold {
        /// How many.
        failed: usize,
        /// Of how many.
        all: usize,
    },
    /// A server is not well.
    #[error("{away} of {all} servers are not well")]
    Unwell {
        /// How many.
        away: usize,
        /// Of how many.
        all: usize,
    },
    /// Metrics were set up twice.
    #[error("metrics cannot be set up: {0}")]
    Metrics(String),
    /// Something did not end in time.
    #[error("some work did not finish in time and was cut off; nothing acknowledged is lost")]
    Hurried,
}

impl Failure {
    /// Something on the way of changing slots.
    pub fn slots(error: io::Error) -> Self {
        Self::Slots(error.to_string())
    }
}

/// Prints a failure with its causes.
#[expect(clippy::print_stderr, reason = "this is the command line")]
pub fn report(failure: &Failure) {
    eprintln!("rookery: {failure}");
    let mut cause = std::error::Error::source(failure);
    while let Some(inner) = cause {
        let said = inner.to_string();
        if !failure.to_string().contains(&said) {
            eprintln!("  because: {said}");
        }
        cause = inner.source();
    }
}
