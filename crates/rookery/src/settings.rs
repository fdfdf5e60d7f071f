//! What can be set: by flag, else by environment, else in `rookery.toml`, else the default. `docs/configuration.md`
//! says the same for people.

use crate::access_settings::AccessSettings;
use crate::alert_settings::AlertSettings;
use crate::backup_settings::BackupSettings;
use crate::bus_settings::BusSettings;
use crate::commands::access::AccessCommand;
use crate::commands::alerts::AlertsCommand;
use crate::commands::bootstrap::BootstrapArgs;
use crate::commands::doctor::DoctorArgs;
use crate::commands::env_files::FilesArgs;
use crate::commands::monitor::MonitorArgs;
use crate::commands::restore::RestoreArgs;
use crate::commands::secrets::SecretsCommand;
use crate::commands::slots::{SlotArgs, SlotsCommand};
use crate::commands::smoke::SmokeArgs;
use crate::declared::Declared;
use crate::echonest_environment;
use crate::failure::Failure;
use crate::listen_settings::ListenArgs;
use crate::migrate_settings::Migration;
use crate::otlp_settings::OtlpSettings;
use crate::previous_key::PreviousKeySettings;
use crate::release_settings::{
    AtArgs, ChangeCommand, DeployArgs, DestroyArgs, LogsArgs, PromoteArgs, ReleaseCommand, RollbackArgs,
};
use crate::sealed;
use crate::sign_in_settings::SignInSettings;
use crate::sources_settings::SourcesSettings;
use crate::tls_settings::TlsSettings;
use crate::webhook_settings::WebhookSettings;
use clap::{Args, Parser, Subcommand, ValueEnum};
use model::NestCode;
use operations::EnvironmentName;
use providers::Outside;
use serde::Deserialize;
use server::play_log::PlayLogConfig;
use server::{EchonestConfig, Zone};
use std::net::{IpAddr, SocketAddr};
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

/// A community's own music, heard together.
#[derive(Debug, Parser)]
#[command(name = "rookery", version, about)]
pub struct Cli {
    #[command(flatten)]
    pub settings: Settings,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serves the web UI, the API and the socket.
    Serve {
        /// Put the demo pieces into an empty library.
        #[arg(long, env = "ROOKERY_DEMO")]
        demo: bool,
        #[command(flatten)]
        slot: SlotArgs,
    },
    /// Takes a folder of music into the library, or play logs into the history. Can be repeated and interrupted without
    /// harm.
    #[command(subcommand_negates_reqs = true)]
    Import {
        /// The folder of music; one called `play-logs` as `./play-logs`.
        #[arg(required = true)]
        folder: Option<PathBuf>,
        #[command(subcommand)]
        what: Option<ImportWhat>,
    },
    /// Prints a link that signs an administrator in: the first one, or one who lost their devices.
    AdminLink,
    /// Seals everything in the database anew with the secret key that is there now, after it took over from another.
    Reseal,
    /// Makes the database go on with the secret key that is there now, when the old one is lost.
    AcceptKey,
    /// Looks at or changes the database's schema.
    Migrate {
        #[command(subcommand)]
        direction: Migration,
    },
    /// Looks at the environments that rookery.toml declares.
    Env {
        #[command(subcommand)]
        command: EnvCommand,
    },
    /// Seals secrets for the machines of an environment, beside the code.
    Secrets {
        #[command(subcommand)]
        command: SecretsCommand,
    },
    /// Looks at or changes which slot of an environment serves, on a machine with systemd.
    Slots {
        #[command(subcommand)]
        command: SlotsCommand,
    },
    /// Lets people and programs through the gate of a protected environment, and says what strangers reach.
    Access {
        #[command(subcommand)]
        command: AccessCommand,
    },
    /// Takes, lists, checks and lets go of backups.
    Backup {
        #[command(subcommand)]
        command: BackupCommand,
    },
    /// Restores the state of an instant, beside what is there.
    Restore(RestoreArgs),
    /// Makes, signs and looks at releases.
    Release {
        #[command(subcommand)]
        command: ReleaseCommand,
    },
    /// Brings a release to an environment, and confirms it once it does well.
    Deploy(DeployArgs),
    /// Brings the release that serves in one environment to the next: the same bytes.
    Promote(PromoteArgs),
    /// Goes back to the release before, or to a named one.
    Rollback(RollbackArgs),
    /// Lists the releases of an environment.
    Releases(AtArgs),
    /// Says which release serves in an environment, and what became of the last change.
    Status(AtArgs),
    /// Prints what an environment has logged, both slots in one order.
    Logs(LogsArgs),
    /// Takes an environment off its machine, after a backup that was restored and compared.
    Destroy(DestroyArgs),
    /// Makes a bare Debian or Ubuntu a machine that takes releases. Can be repeated and interrupted without harm.
    Bootstrap(BootstrapArgs),
    /// What a machine does for those who deploy to it, and nothing else: the command of their key.
    Gate {
        /// What they asked for, as one word.
        #[arg(value_name = "WORDS")]
        words: String,
    },
    /// One change of releases on its machine, apart from whoever asked for it.
    #[command(hide = true)]
    Change {
        #[command(subcommand)]
        command: ChangeCommand,
    },
    /// Says what this program is, for programs.
    About,
    /// Prints the OpenAPI document.
    Openapi,
    /// Prints the AsyncAPI document of the socket.
    Asyncapi,
    /// Listens to a nest without a browser: on the sound card, with a player of this desktop, or only showing what plays.
    Listen(ListenArgs),
    /// Whether everything around the server is as it needs it: machine, names, certificates, database, backups; exit code
    /// 1 if not. Changes nothing.
    Doctor(DoctorArgs),
    /// Whether a running server does what it is for, seen from outside; exit code 1 if not.
    Smoke(SmokeArgs),
    /// Lists the rules of alerts and what is bad now, or sends a test to everybody who is told.
    Alerts {
        #[command(subcommand)]
        command: AlertsCommand,
    },
    /// Looks again and again whether servers are well, from a second machine, and tells when one is not.
    Monitor(MonitorArgs),
    /// Looks at audio files, in a process of its own.
    #[command(hide = true)]
    AudioWorker,
}

#[derive(Debug, Subcommand)]
pub enum ImportWhat {
    /// Takes the play logs of EchoNest, `play_log_2026_11_20.json`, into a nest's history.
    PlayLogs {
        /// The folder they are in.
        folder: PathBuf,
        /// The nest they belong to [default: the main nest]
        #[arg(long, value_name = "CODE")]
        nest: Option<NestCode>,
    },
}

#[derive(Debug, Subcommand)]
pub enum EnvCommand {
    /// Lists them.
    List,
    /// Prints everything that holds in one; secrets as fingerprints.
    Show {
        /// Which.
        #[arg(value_name = "NAME")]
        which: EnvironmentName,
    },
    /// Prints where two differ.
    Diff {
        /// The one.
        first: EnvironmentName,
        /// The other.
        second: EnvironmentName,
    },
    /// Makes the files that platforms want: units, containers, apps, workflows, alerts, a dashboard, checklists.
    Files(FilesArgs),
    /// Finds what two environments share, placeholders, weak secrets and what real people must not meet.
    Check,
    /// Prints every variable that is read, as a file to copy and fill in.
    Example,
    /// Adds up what the declared budgets come to, and what one host for all would.
    Cost,
    /// Makes the database belong to this process's environment, after a copy of another one was put there.
    Stamp,
}

#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Takes a snapshot, restores it and compares it.
    Create {
        /// Prints one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Lists snapshots, and what was found when they were checked.
    List {
        /// Prints one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Restores a snapshot into a folder that goes afterwards, and compares it [default: the newest]
    Verify {
        /// Which.
        id: Option<String>,
        /// Every one.
        #[arg(long, conflicts_with = "id")]
        all: bool,
        /// Reads every part of every file too.
        #[arg(long)]
        whole: bool,
        /// Prints one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Tries the emergency: restores some instant, and says how long it took.
    Drill {
        /// The instant [default: one by chance]
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// Prints one JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Removes what need not stay.
    Prune {
        /// Prints one JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people.
    Human,
    /// For programs: one JSON object a line.
    Json,
}

/// Settings; what is absent has its default.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// A file with settings; `rookery.toml` in this folder if it is there.
    #[arg(long, global = true, env = "ROOKERY_CONFIG", value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// Where music and the embedded database are kept [default: ./data]
    #[arg(long, global = true, env = "ROOKERY_DATA", value_name = "FOLDER")]
    pub data: Option<PathBuf>,
    /// Whether the data must be there already: nothing begins anew where a disk is not mounted [default: false]
    #[arg(long, global = true, env = "ROOKERY_DATA_REQUIRED", value_name = "BOOL")]
    pub data_required: Option<bool>,
    /// The address to listen on [default: 127.0.0.1:4533; 0.0.0.0:80 where TLS ends here]
    #[arg(long, global = true, env = "ROOKERY_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The address people use, for links: <https://music.example.org>
    #[arg(long, global = true, env = "ROOKERY_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// The host people use, if no public URL is set: EchoNest's name for it.
    #[arg(long, global = true, env = "ECHONEST_HOSTNAME", value_name = "HOST", hide = true)]
    #[serde(skip)]
    pub echonest_hostname: Option<String>,
    /// The community's name [default: Rookery]
    #[arg(long, global = true, env = "ROOKERY_NAME")]
    pub name: Option<String>,
    /// The database: sqlite:PATH, postgres://…, libsql://… [default: sqlite:DATA/rookery.db]
    #[arg(long, global = true, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The same PostgreSQL database past a pooler that hands sessions around.
    #[arg(long, global = true, env = "DATABASE_DIRECT_URL", value_name = "URL", hide_env_values = true)]
    pub database_direct_url: Option<String>,
    /// The token of a libSQL database.
    #[arg(long, global = true, env = "DATABASE_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub database_token: Option<String>,
    /// The same under the name that Turso gives it.
    #[arg(long, global = true, env = "DATABASE_AUTH_TOKEN", hide = true, hide_env_values = true)]
    #[serde(skip)]
    pub database_auth_token: Option<String>,
    #[command(flatten)]
    #[serde(flatten)]
    pub bus: BusSettings,
    /// The server's secret: 64 hexadecimal digits. All processes of one database have the same.
    #[arg(long, global = true, env = "ROOKERY_SECRET_KEY", value_name = "HEX", hide_env_values = true)]
    pub secret_key: Option<String>,
    /// A file that holds the server's secret [default: DATA/secret.key, made at the first start]
    #[arg(long, global = true, env = "ROOKERY_SECRET_KEY_FILE", value_name = "FILE")]
    pub secret_key_file: Option<PathBuf>,
    #[command(flatten)]
    #[serde(flatten)]
    pub previous_key: PreviousKeySettings,
    /// The file of this machine's key, which opens the sealed secrets of its environment
    /// [default: systemd's credential `identity.key`, else `/etc/rookery/ENVIRONMENT/identity.key`]
    #[arg(long, global = true, env = "ROOKERY_IDENTITY_FILE", value_name = "FILE")]
    #[serde(skip)]
    pub identity_file: Option<PathBuf>,
    /// Which environment this is: `development`, which allows what nobody should meet outside, or `staging`, `beta`…
    /// [default: the local one of the file, else production]
    #[arg(long, global = true, env = "ROOKERY_ENVIRONMENT", value_name = "NAME")]
    #[serde(skip)]
    pub environment: Option<EnvironmentName>,
    #[command(flatten)]
    #[serde(flatten)]
    pub sign_in: SignInSettings,
    #[command(flatten)]
    #[serde(flatten)]
    pub sources: SourcesSettings,
    #[command(flatten)]
    #[serde(flatten)]
    pub backup: BackupSettings,
    #[command(flatten)]
    #[serde(flatten)]
    pub access: AccessSettings,
    #[command(flatten)]
    #[serde(flatten)]
    pub tls: TlsSettings,
    #[command(flatten)]
    #[serde(flatten)]
    pub alerts: AlertSettings,
    #[command(flatten)]
    #[serde(flatten)]
    pub otlp: OtlpSettings,
    #[command(flatten)]
    #[serde(flatten)]
    pub webhooks: WebhookSettings,
    /// Whether the services outside are fakes in this process, for tests.
    #[cfg(feature = "fakes")]
    #[arg(long, global = true, hide = true, env = "ROOKERY_FAKES", value_name = "BOOL")]
    pub fakes: Option<bool>,
    /// Whether a task panics at the start, for tests.
    #[cfg(feature = "fakes")]
    #[arg(long, global = true, hide = true, env = "ROOKERY_TRIAL_PANIC", value_name = "BOOL")]
    pub trial_panic: Option<bool>,
    /// Migrations beside those of this release, for tests.
    #[cfg(feature = "fakes")]
    #[arg(long, global = true, hide = true, env = "ROOKERY_TRIAL_MIGRATIONS", value_name = "FILE")]
    pub trial_migrations: Option<PathBuf>,
    /// The largest upload, in MiB [default: 1024]
    #[arg(long, global = true, env = "ROOKERY_UPLOAD_MIB_MAX", value_name = "MIB")]
    pub upload_mib_max: Option<u64>,
    /// How many proxies in front are trusted to say who asks [default: 0]
    #[arg(long, global = true, env = "ROOKERY_TRUSTED_PROXIES", value_name = "COUNT")]
    pub trusted_proxies: Option<u8>,
    /// How long a temporary nest lasts with nobody listening, in minutes [default: 60]
    #[arg(long, global = true, env = "ROOKERY_NEST_IDLE_MINUTES_MAX", value_name = "MINUTES")]
    pub nest_idle_minutes_max: Option<NonZeroU32>,
    /// How many nests may be open at a time, at most 500 [default: 100]
    #[arg(long, global = true, env = "ROOKERY_NESTS_MAX", value_name = "COUNT")]
    pub nests_max: Option<NonZeroU32>,
    /// Serve `/metrics` on this address instead of the public one.
    #[arg(long, global = true, env = "ROOKERY_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,
    /// The time zone of the people here, such as `Europe/Berlin` [default: this machine's]
    #[arg(long, global = true, env = "ROOKERY_TIMEZONE", value_name = "NAME")]
    pub timezone: Option<String>,
    /// A folder in which every song that has ended is written down as EchoNest does it [default: none]
    #[arg(long, global = true, env = "ROOKERY_PLAY_LOG_DIR", value_name = "FOLDER")]
    pub play_log_dir: Option<PathBuf>,
    /// Whether people stand in these logs with their addresses instead of their names [default: false]
    #[arg(long, global = true, env = "ROOKERY_PLAY_LOG_ADDRESSES", value_name = "BOOL")]
    pub play_log_addresses: Option<bool>,
    /// Codes that let a desktop client of EchoNest in, separated by commas: it may listen and add [default: none]
    #[arg(
        long,
        global = true,
        env = "ECHONEST_SYNC_INVITE_CODES",
        value_name = "CODES",
        hide_env_values = true
    )]
    pub sync_invite_codes: Option<String>,
    /// Addresses inside your own network that webhooks may reach, over plain http too, such as 10.0.0.7 [default: none]
    #[arg(long, global = true, env = "ROOKERY_OUTSIDE_ALSO", value_name = "ADDRESS", value_delimiter = ',')]
    pub outside_also: Option<Vec<IpAddr>>,
    /// What is logged, by module: `info`, `server=debug,info` [default: info]
    #[arg(long, global = true, env = "ROOKERY_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How log lines look [default: human on a terminal, json otherwise]
    #[arg(long, global = true, env = "ROOKERY_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
}

const MIB: u64 = 1024 * 1024;

impl Settings {
    /// Adds what the file says where flags and environment say nothing.
    ///
    /// # Errors
    /// [`Failure::Settings`] if the file is named and missing, or says something unknown.
    pub fn with_file(self) -> Result<Self, Failure> {
        self.with_declared(true)
    }

    /// The same without the secrets that are sealed: for somebody who looks at another machine's environment.
    ///
    /// # Errors
    /// As [`Settings::with_file`].
    pub fn without_sealed(self) -> Result<Self, Failure> {
        self.with_declared(false)
    }

    fn with_declared(self, opens: bool) -> Result<Self, Failure> {
        let Some(declared) = Declared::read(self.config.as_deref())? else { return self.checked() };
        let environment = match declared.declaration.environments.is_empty() {
            true => self.environment.clone(),
            false => Some(declared.choose(self.environment.as_ref())?),
        };
        let opened = match &environment {
            Some(name) if opens => sealed::open(&declared, name, self.identity_file.as_deref())?,
            _ => toml::Table::new(),
        };
        let file = declared.settings(environment.as_ref(), opened)?;
        Self {
            identity_file: self.identity_file,
            config: self.config,
            data: self.data.or(file.data),
            data_required: self.data_required.or(file.data_required),
            listen: self.listen.or(file.listen),
            public_url: self.public_url.or(file.public_url),
            echonest_hostname: self.echonest_hostname,
            name: self.name.or(file.name),
            database_url: self.database_url.or(file.database_url),
            database_direct_url: self.database_direct_url.or(file.database_direct_url),
            database_token: self.database_token.or(self.database_auth_token).or(file.database_token),
            database_auth_token: None,
            bus: self.bus.or(file.bus),
            secret_key: self.secret_key.or(file.secret_key),
            secret_key_file: self.secret_key_file.or(file.secret_key_file),
            previous_key: self.previous_key.or(file.previous_key),
            environment,
            sign_in: self.sign_in.or(file.sign_in),
            sources: self.sources.or(file.sources),
            backup: self.backup.or(file.backup),
            access: self.access.or(file.access),
            tls: self.tls.or(file.tls),
            alerts: self.alerts.or(file.alerts),
            otlp: self.otlp.or(file.otlp),
            webhooks: self.webhooks.or(file.webhooks),
            #[cfg(feature = "fakes")]
            fakes: self.fakes.or(file.fakes),
            #[cfg(feature = "fakes")]
            trial_panic: self.trial_panic.or(file.trial_panic),
            #[cfg(feature = "fakes")]
            trial_migrations: self.trial_migrations.or(file.trial_migrations),
            upload_mib_max: self.upload_mib_max.or(file.upload_mib_max),
            trusted_proxies: self.trusted_proxies.or(file.trusted_proxies),
            nest_idle_minutes_max: self.nest_idle_minutes_max.or(file.nest_idle_minutes_max),
            nests_max: self.nests_max.or(file.nests_max),
            metrics_listen: self.metrics_listen.or(file.metrics_listen),
            timezone: self.timezone.or(file.timezone),
            play_log_dir: self.play_log_dir.or(file.play_log_dir),
            play_log_addresses: self.play_log_addresses.or(file.play_log_addresses),
            sync_invite_codes: self.sync_invite_codes.or(file.sync_invite_codes),
            outside_also: self.outside_also.or(file.outside_also),
            log: self.log.or(file.log),
            log_format: self.log_format.or(file.log_format),
        }
        .checked()
    }

    fn checked(mut self) -> Result<Self, Failure> {
        let named = self.echonest_hostname.clone().or_else(echonest_environment::hostname);
        let named = named.as_deref().and_then(echonest_environment::public_url);
        self.public_url = self.public_url.or(named);
        self.database_token = self.database_token.or(self.database_auth_token.take());
        match &self.public_url {
            Some(url)
                if !(url.starts_with("https://") || url.starts_with("http://")) || url.ends_with('/') =>
            {
                Err(Failure::PublicUrl { url: url.clone() })
            }
            _ => Ok(self),
        }
    }

    /// The environment this process belongs to.
    pub fn environment(&self) -> EnvironmentName {
        let implied = if self.sign_in.is_debug() {
            EnvironmentName::development()
        } else {
            EnvironmentName::production()
        };
        self.environment.clone().unwrap_or(implied)
    }

    pub fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| PathBuf::from("data"))
    }

    pub fn listen(&self) -> SocketAddr {
        // Whoever ends TLS is met by everybody; on port 80 they are sent to https.
        let implied = if self.tls.is_here() { ([0, 0, 0, 0], 80) } else { ([127, 0, 0, 1], 4533) };
        self.listen.unwrap_or(SocketAddr::from(implied))
    }

    pub fn database_url(&self) -> String {
        let embedded = || format!("sqlite:{}", self.data().join("rookery.db").display());
        self.database_url.clone().unwrap_or_else(embedded)
    }

    /// The file of the embedded database, if that is what is used.
    pub fn embedded_database(&self) -> Option<PathBuf> {
        self.database_url().strip_prefix("sqlite:").map(PathBuf::from)
    }

    /// The time zone.
    ///
    /// # Errors
    /// [`Failure::Zone`] if none is called so.
    pub fn zone(&self) -> Result<Zone, Failure> {
        let named = self.timezone.as_deref().filter(|name| !name.trim().is_empty());
        Ok(named.map(Zone::named).transpose()?.unwrap_or_else(Zone::system))
    }

    /// Where play logs are written.
    fn play_log(&self) -> Option<PlayLogConfig> {
        let folder = self.play_log_dir.clone().filter(|folder| !folder.as_os_str().is_empty());
        folder.map(|folder| PlayLogConfig { folder, addresses: self.play_log_addresses.unwrap_or(false) })
    }

    /// What clients of EchoNest may do.
    fn echonest(&self) -> EchonestConfig {
        let codes = self.sync_invite_codes.as_deref().unwrap_or("").trim();
        // A list of JSON too: that is how some have written it.
        let codes = codes.strip_prefix('[').and_then(|codes| codes.strip_suffix(']')).unwrap_or(codes);
        let codes = codes.split(',').map(|code| code.trim().trim_matches('"'));
        EchonestConfig { invite_codes: codes.filter(|code| !code.is_empty()).map(str::to_owned).collect() }
    }

    /// What the server needs to know.
    ///
    /// # Errors
    /// [`Failure::SignIn`] and [`Failure::Sources`] for settings that do not go together, [`Failure::Zone`].
    pub fn server(&self) -> Result<server::Config, Failure> {
        let default = server::Config::default();
        let sign_in = self.sign_in.read(self)?;
        self.bus.address()?;
        Ok(server::Config {
            name: self.name.clone().unwrap_or(default.name),
            public_url: self.public_url.clone(),
            upload_bytes_max: self
                .upload_mib_max
                .map_or(default.upload_bytes_max, |mib| mib.saturating_mul(MIB)),
            trusted_proxies: self.trusted_proxies.unwrap_or(0),
            nest_idle_max: self
                .nest_idle_minutes_max
                .map_or(default.nest_idle_max, |minutes| Duration::from_secs(60 * u64::from(minutes.get()))),
            nests_max: self.nests_max.map_or(default.nests_max, |count| count.get() as usize),
            public_metrics: self.metrics_listen.is_none(),
            sign_in,
            sources: self.sources.read()?,
            zone: self.zone()?,
            outside: self.outside(),
            play_log: self.play_log(),
            echonest: self.echonest(),
            webhook_secrets: self.webhooks.read()?,
            gate: self.access.read(self)?,
            tls: None,
            watching: self.alerts.watching(self, self.outside())?,
            surroundings: server::surroundings::Surroundings::default(),
            traces: None,
        })
    }

    /// What beside the public network may be reached.
    pub fn outside(&self) -> Outside {
        Outside { also: self.outside_also.clone().unwrap_or_default() }
    }
}
