//! What can be set: by flag, else by environment, else in `rookery.toml`, else the default. `docs/configuration.md`
//! says the same for people.

use crate::failure::Failure;
use crate::sign_in_settings::{Environment, SignInSettings};
use clap::{Args, Parser, Subcommand, ValueEnum};
use serde::Deserialize;
use std::net::SocketAddr;
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
    },
    /// Takes a folder of music into the library. Can be repeated and interrupted without harm.
    Import {
        /// The folder.
        folder: PathBuf,
    },
    /// Prints a link that signs an administrator in: the first one, or one who lost their devices.
    AdminLink,
    /// Makes the database go on with the secret key that is there now, when the old one is lost.
    AcceptKey,
    /// Looks at or changes the database's schema.
    Migrate {
        #[command(subcommand)]
        direction: Migration,
    },
    /// Prints the OpenAPI document.
    Openapi,
    /// Prints the AsyncAPI document of the socket.
    Asyncapi,
    /// Looks at audio files for the server, in a process of its own.
    #[command(hide = true)]
    AudioWorker,
}

#[derive(Debug, Subcommand)]
pub enum Migration {
    /// Says which migrations are applied.
    Status,
    /// Applies what is missing.
    Up,
    /// Reverts the last migrations.
    Down {
        /// How many.
        #[arg(default_value_t = 1)]
        steps: usize,
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
    /// The address to listen on [default: 127.0.0.1:4533]
    #[arg(long, global = true, env = "ROOKERY_LISTEN", value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// The address people use, for links: <https://music.example.org>
    #[arg(long, global = true, env = "ROOKERY_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// The community's name [default: Rookery]
    #[arg(long, global = true, env = "ROOKERY_NAME")]
    pub name: Option<String>,
    /// The database: sqlite:PATH, postgres://…, libsql://… [default: sqlite:DATA/rookery.db]
    #[arg(long, global = true, env = "DATABASE_URL", value_name = "URL", hide_env_values = true)]
    pub database_url: Option<String>,
    /// The token of a libSQL database.
    #[arg(long, global = true, env = "DATABASE_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub database_token: Option<String>,
    /// The server's secret: 64 hexadecimal digits. All processes of one database have the same.
    #[arg(long, global = true, env = "ROOKERY_SECRET_KEY", value_name = "HEX", hide_env_values = true)]
    pub secret_key: Option<String>,
    /// A file that holds the server's secret [default: DATA/secret.key, made at the first start]
    #[arg(long, global = true, env = "ROOKERY_SECRET_KEY_FILE", value_name = "FILE")]
    pub secret_key_file: Option<PathBuf>,
    /// `development` or `production`; the first allows what nobody should meet outside [default: production]
    #[arg(long, global = true, env = "ROOKERY_ENVIRONMENT", value_name = "NAME")]
    pub environment: Option<Environment>,
    #[command(flatten)]
    #[serde(flatten)]
    pub sign_in: SignInSettings,
    /// The largest upload, in MiB [default: 1024]
    #[arg(long, global = true, env = "ROOKERY_UPLOAD_MIB_MAX", value_name = "MIB")]
    pub upload_mib_max: Option<u64>,
    /// How many proxies in front are trusted to say who asks [default: 0]
    #[arg(long, global = true, env = "ROOKERY_TRUSTED_PROXIES", value_name = "COUNT")]
    pub trusted_proxies: Option<u8>,
    /// How long a temporary nest lasts with nobody listening, in minutes [default: 60]
    #[arg(long, global = true, env = "ROOKERY_NEST_IDLE_MINUTES_MAX", value_name = "MINUTES")]
    pub nest_idle_minutes_max: Option<NonZeroU32>,
    /// Serve `/metrics` on this address instead of the public one.
    #[arg(long, global = true, env = "ROOKERY_METRICS_LISTEN", value_name = "ADDRESS")]
    pub metrics_listen: Option<SocketAddr>,
    /// What is logged, by module: `info`, `server=debug,info` [default: info]
    #[arg(long, global = true, env = "ROOKERY_LOG", value_name = "FILTER")]
    pub log: Option<String>,
    /// How log lines look [default: human on a terminal, json otherwise]
    #[arg(long, global = true, env = "ROOKERY_LOG_FORMAT", value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
}

const FILE: &str = "rookery.toml";
const MIB: u64 = 1024 * 1024;

impl Settings {
    /// Adds what the file says where flags and environment say nothing.
    ///
    /// # Errors
    /// [`Failure::Settings`] if the file is named and missing, or says something unknown.
    pub fn with_file(self) -> Result<Self, Failure> {
        let named = self.config.is_some();
        let path = self.config.clone().unwrap_or_else(|| PathBuf::from(FILE));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(_) if !named => return self.checked(),
            Err(error) => return Err(Failure::Settings { path, detail: error.to_string() }),
        };
        let file: Self =
            toml::from_str(&text).map_err(|error| Failure::Settings { path, detail: error.to_string() })?;
        Self {
            config: self.config,
            data: self.data.or(file.data),
            listen: self.listen.or(file.listen),
            public_url: self.public_url.or(file.public_url),
            name: self.name.or(file.name),
            database_url: self.database_url.or(file.database_url),
            database_token: self.database_token.or(file.database_token),
            secret_key: self.secret_key.or(file.secret_key),
            secret_key_file: self.secret_key_file.or(file.secret_key_file),
            environment: self.environment.or(file.environment),
            sign_in: self.sign_in.or(file.sign_in),
            upload_mib_max: self.upload_mib_max.or(file.upload_mib_max),
            trusted_proxies: self.trusted_proxies.or(file.trusted_proxies),
            nest_idle_minutes_max: self.nest_idle_minutes_max.or(file.nest_idle_minutes_max),
            metrics_listen: self.metrics_listen.or(file.metrics_listen),
            log: self.log.or(file.log),
            log_format: self.log_format.or(file.log_format),
        }
        .checked()
    }

    fn checked(self) -> Result<Self, Failure> {
        match &self.public_url {
            Some(url)
                if !(url.starts_with("https://") || url.starts_with("http://")) || url.ends_with('/') =>
            {
                Err(Failure::PublicUrl { url: url.clone() })
            }
            _ => Ok(self),
        }
    }

    pub fn data(&self) -> PathBuf {
        self.data.clone().unwrap_or_else(|| PathBuf::from("data"))
    }

    pub fn listen(&self) -> SocketAddr {
        self.listen.unwrap_or(SocketAddr::from(([127, 0, 0, 1], 4533)))
    }

    pub fn database_url(&self) -> String {
        let embedded = || format!("sqlite:{}", self.data().join("rookery.db").display());
        self.database_url.clone().unwrap_or_else(embedded)
    }

    /// What the server needs to know.
    ///
    /// # Errors
    /// [`Failure::SignIn`] for settings of sign-in that do not go together.
    pub fn server(&self) -> Result<server::Config, Failure> {
        let default = server::Config::default();
        let sign_in = self.sign_in.read(self)?;
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
            public_metrics: self.metrics_listen.is_none(),
            sign_in,
        })
    }
}
