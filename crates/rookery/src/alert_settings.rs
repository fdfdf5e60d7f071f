//! What can be set about alerts: where they go, and the heartbeat.

use crate::failure::Failure;
use crate::settings::Settings;
use crate::sign_in_settings::{said, secret as read_secret};
use alerts::Bounds;
use clap::Args;
use providers::{Outside, Secret};
use serde::Deserialize;
use server::WatchingConfig;
use sinks::{BlueskyOptions, MailOptions};
use std::fmt;
use std::path::{Path, PathBuf};

const MIB: u64 = 1024 * 1024;
/// The lock by which one process of a data folder watches at a time.
pub const LOCK: &str = "alerts.lock";

/// Settings of alerts.
#[derive(Clone, Default, Args, Deserialize)]
#[serde(default)]
pub struct AlertSettings {
    /// Where alerts go: addresses of webhooks (Slack, Discord, or a program's), with commas between them.
    #[arg(long, global = true, env = "ROOKERY_ALERT_WEBHOOK", value_name = "URLS", hide_env_values = true)]
    pub alert_webhook: Option<String>,
    /// A file with them.
    #[arg(long, global = true, env = "ROOKERY_ALERT_WEBHOOK_FILE", value_name = "FILE")]
    pub alert_webhook_file: Option<PathBuf>,
    /// What messages to programs are signed with, after Standard Webhooks: `whsec_…`
    #[arg(
        long,
        global = true,
        env = "ROOKERY_ALERT_WEBHOOK_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub alert_webhook_secret: Option<String>,
    /// A file with it.
    #[arg(long, global = true, env = "ROOKERY_ALERT_WEBHOOK_SECRET_FILE", value_name = "FILE")]
    pub alert_webhook_secret_file: Option<PathBuf>,
    /// Whom alerts are mailed to, with commas between them.
    #[arg(long, global = true, env = "ROOKERY_ALERT_EMAIL", value_name = "ADDRESSES")]
    pub alert_email: Option<String>,
    /// From whom [default: the first of them]
    #[arg(long, global = true, env = "ROOKERY_ALERT_EMAIL_FROM", value_name = "ADDRESS")]
    pub alert_email_from: Option<String>,
    /// The mail server: `smtps://USER@HOST` (TLS), `smtp://USER@HOST` (STARTTLS), `smtp+plain://HOST`
    #[arg(long, global = true, env = "ROOKERY_ALERT_SMTP", value_name = "URL")]
    pub alert_smtp: Option<String>,
    /// The user's password there.
    #[arg(
        long,
        global = true,
        env = "ROOKERY_ALERT_SMTP_PASSWORD",
        value_name = "PASSWORD",
        hide_env_values = true
    )]
    pub alert_smtp_password: Option<String>,
    /// A file with it.
    #[arg(long, global = true, env = "ROOKERY_ALERT_SMTP_PASSWORD_FILE", value_name = "FILE")]
    pub alert_smtp_password_file: Option<PathBuf>,
    /// A certificate of the mail server to trust beside the system's, PEM.
    #[arg(long, global = true, env = "ROOKERY_ALERT_SMTP_ROOT", value_name = "FILE")]
    pub alert_smtp_root: Option<PathBuf>,
    /// The handle of an account on Bluesky that posts alerts, for everybody to read.
    #[arg(long, global = true, env = "ROOKERY_ALERT_BLUESKY", value_name = "HANDLE")]
    pub alert_bluesky: Option<String>,
    /// An app password of it.
    #[arg(
        long,
        global = true,
        env = "ROOKERY_ALERT_BLUESKY_PASSWORD",
        value_name = "PASSWORD",
        hide_env_values = true
    )]
    pub alert_bluesky_password: Option<String>,
    /// A file with it.
    #[arg(long, global = true, env = "ROOKERY_ALERT_BLUESKY_PASSWORD_FILE", value_name = "FILE")]
    pub alert_bluesky_password_file: Option<PathBuf>,
    /// Its server [default: https://bsky.social]
    #[arg(long, global = true, env = "ROOKERY_ALERT_BLUESKY_SERVICE", value_name = "URL")]
    pub alert_bluesky_service: Option<String>,
    /// The memory that this process may take, in MiB; more is an alert [default: as much as it likes]
    #[arg(long, global = true, env = "ROOKERY_ALERT_MEMORY_MIB", value_name = "MIB")]
    pub alert_memory_mib: Option<u64>,
    /// An address that is asked each minute while all is well: of a monitor that notices when it is not.
    #[arg(long, global = true, env = "ROOKERY_HEARTBEAT_URL", value_name = "URL", hide_env_values = true)]
    pub heartbeat_url: Option<String>,
    /// A file with it.
    #[arg(long, global = true, env = "ROOKERY_HEARTBEAT_URL_FILE", value_name = "FILE")]
    pub heartbeat_url_file: Option<PathBuf>,
}

impl fmt::Debug for AlertSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("AlertSettings")
            .field("alert_email", &self.alert_email)
            .finish_non_exhaustive()
    }
}

/// A secret as it was set, or out of the file that was named.
fn secret(text: Option<&str>, file: Option<&Path>, name: &str) -> Result<Option<Secret>, Failure> {
    read_secret(text, file, name).map_err(|failure| match failure {
        Failure::SignIn(detail) => Failure::Alerts(detail),
        other => other,
    })
}

fn list(text: &str) -> Vec<String> {
    text.split([',', '\n']).map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

impl AlertSettings {
    /// Adds what the file says.
    pub fn or(self, file: Self) -> Self {
        Self {
            alert_webhook: self.alert_webhook.or(file.alert_webhook),
            alert_webhook_file: self.alert_webhook_file.or(file.alert_webhook_file),
            alert_webhook_secret: self.alert_webhook_secret.or(file.alert_webhook_secret),
            alert_webhook_secret_file: self.alert_webhook_secret_file.or(file.alert_webhook_secret_file),
            alert_email: self.alert_email.or(file.alert_email),
            alert_email_from: self.alert_email_from.or(file.alert_email_from),
            alert_smtp: self.alert_smtp.or(file.alert_smtp),
            alert_smtp_password: self.alert_smtp_password.or(file.alert_smtp_password),
            alert_smtp_password_file: self.alert_smtp_password_file.or(file.alert_smtp_password_file),
            alert_smtp_root: self.alert_smtp_root.or(file.alert_smtp_root),
            alert_bluesky: self.alert_bluesky.or(file.alert_bluesky),
            alert_bluesky_password: self.alert_bluesky_password.or(file.alert_bluesky_password),
            alert_bluesky_password_file: self
                .alert_bluesky_password_file
                .or(file.alert_bluesky_password_file),
            alert_bluesky_service: self.alert_bluesky_service.or(file.alert_bluesky_service),
            alert_memory_mib: self.alert_memory_mib.or(file.alert_memory_mib),
            heartbeat_url: self.heartbeat_url.or(file.heartbeat_url),
            heartbeat_url_file: self.heartbeat_url_file.or(file.heartbeat_url_file),
        }
    }

    /// Where alerts go. `outside`: what beside the public network may be reached.
    ///
    /// # Errors
    /// [`Failure::Alerts`] for files that cannot be read, and for what does not go together.
    pub fn ways(&self, outside: Outside) -> Result<sinks::Options, Failure> {
        let webhooks = secret(
            self.alert_webhook.as_deref(),
            self.alert_webhook_file.as_deref(),
            "ROOKERY_ALERT_WEBHOOK",
        )?;
        let signing = secret(
            self.alert_webhook_secret.as_deref(),
            self.alert_webhook_secret_file.as_deref(),
            "ROOKERY_ALERT_WEBHOOK_SECRET",
        )?;
        let heartbeat = secret(
            self.heartbeat_url.as_deref(),
            self.heartbeat_url_file.as_deref(),
            "ROOKERY_HEARTBEAT_URL",
        )?;
        Ok(sinks::Options {
            webhooks: webhooks.map(|text| list(text.reveal())).unwrap_or_default(),
            secret: signing,
            mail: self.mail()?,
            bluesky: self.bluesky()?,
            heartbeat: heartbeat.map(|address| address.reveal().to_owned()),
            outside,
        })
    }

    fn bluesky(&self) -> Result<Option<BlueskyOptions>, Failure> {
        let password = secret(
            self.alert_bluesky_password.as_deref(),
            self.alert_bluesky_password_file.as_deref(),
            "ROOKERY_ALERT_BLUESKY_PASSWORD",
        )?;
        let service = said(self.alert_bluesky_service.as_deref()).map(str::to_owned);
        match (said(self.alert_bluesky.as_deref()), password) {
            (None, None) => Ok(None),
            (Some(handle), Some(password)) => {
                Ok(Some(BlueskyOptions { service, handle: handle.to_owned(), password }))
            }
            _ => Err(Failure::Alerts(
                "ROOKERY_ALERT_BLUESKY and ROOKERY_ALERT_BLUESKY_PASSWORD go together: set both or neither"
                    .to_owned(),
            )),
        }
    }

    fn mail(&self) -> Result<Option<MailOptions>, Failure> {
        let wrong = |detail: &str| Failure::Alerts(detail.to_owned());
        let (to, server) = match (said(self.alert_email.as_deref()), said(self.alert_smtp.as_deref())) {
            (None, None) => return Ok(None),
            (Some(to), Some(server)) => (list(to), server.to_owned()),
            (Some(_), None) => {
                return Err(wrong("ROOKERY_ALERT_EMAIL needs a mail server: ROOKERY_ALERT_SMTP"));
            }
            (None, Some(_)) => {
                return Err(wrong("ROOKERY_ALERT_SMTP says how, and ROOKERY_ALERT_EMAIL not to whom"));
            }
        };
        let password: Option<Secret> = secret(
            self.alert_smtp_password.as_deref(),
            self.alert_smtp_password_file.as_deref(),
            "ROOKERY_ALERT_SMTP_PASSWORD",
        )?;
        let read = |path: &PathBuf| {
            let failed =
                |error| Failure::Alerts(format!("ROOKERY_ALERT_SMTP_ROOT: {}: {error}", path.display()));
            std::fs::read(path).map_err(failed)
        };
        let root = self.alert_smtp_root.as_ref().map(read).transpose()?;
        let from = said(self.alert_email_from.as_deref()).map(str::to_owned);
        Ok(Some(MailOptions { server, password, root, from, to }))
    }

    /// What a server watches, and whom it tells.
    ///
    /// # Errors
    /// As [`AlertSettings::ways`], and [`Failure::Alerts`] if a way cannot be used.
    pub fn watching(&self, settings: &Settings, outside: Outside) -> Result<WatchingConfig, Failure> {
        let ways = self.ways(outside)?;
        sinks::open(&ways).map_err(|error| Failure::Alerts(error.to_string()))?;
        sinks::Heartbeat::open(&ways).map_err(|error| Failure::Alerts(error.to_string()))?;
        let data = settings.data();
        let has_backups = !settings.backup.places()?.is_empty();
        let backup_age = has_backups.then(|| settings.backup.schedule()).transpose()?;
        let bounds = Bounds {
            memory_bytes: self.alert_memory_mib.map(|mib| mib.saturating_mul(MIB)),
            backup_age: backup_age.map(|schedule| schedule.every * 2),
        };
        Ok(WatchingConfig {
            bounds,
            places: places(settings, &data)?,
            ways,
            holder: holder(&data),
            lock: Some(data.join(LOCK)),
        })
    }
}

/// The folders whose disks may become full.
fn places(settings: &Settings, data: &Path) -> Result<Vec<(String, PathBuf)>, Failure> {
    let mut places = vec![("data".to_owned(), data.to_owned())];
    for place in settings.backup.places()? {
        if let backup::Destination::Folder(folder) = place {
            places.push(("backups".to_owned(), folder));
        }
    }
    let logs = settings.play_log_dir.clone().filter(|logs| !logs.as_os_str().is_empty());
    places.extend(logs.map(|logs| ("play logs".to_owned(), logs)));
    Ok(places)
}

/// Who this is among the machines of one database.
fn holder(data: &Path) -> String {
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let data = std::path::absolute(data).unwrap_or_else(|_| data.to_owned());
    format!("{}:{}", host.trim(), data.display())
}
