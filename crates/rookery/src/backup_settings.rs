//! What can be set about backups.

use crate::failure::Failure;
use crate::sign_in_settings::said;
use backup::{Destination, Retention, S3Options, Schedule};
use clap::Args;
use operations::Span;
use serde::Deserialize;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// Between two snapshots, if nothing else is said.
const EVERY: Duration = Duration::from_secs(3600);
/// Snapshots more often than this would do nothing else.
const EVERY_MIN: Duration = Duration::from_secs(60);

/// Settings of backups.
#[derive(Clone, Default, Args, Deserialize)]
#[serde(default)]
pub struct BackupSettings {
    /// Where backups go: file:PATH, s3:BUCKET/PREFIX; several with commas between them [default: nowhere]
    #[arg(long, global = true, env = "ROOKERY_BACKUP_TO", value_name = "PLACES")]
    pub backup_to: Option<String>,
    /// How often a snapshot is taken, such as 30m [default: 1h]
    #[arg(long, global = true, env = "ROOKERY_BACKUP_EVERY", value_name = "SPAN")]
    pub backup_every: Option<String>,
    /// How many stay: hourly, daily, weekly, monthly [default: 24,7,4,6]
    #[arg(long, global = true, env = "ROOKERY_BACKUP_KEEP", value_name = "COUNTS")]
    pub backup_keep: Option<String>,
    /// Who else can open them: recipients of age, with commas between them.
    #[arg(long, global = true, env = "ROOKERY_BACKUP_RECIPIENTS", value_name = "AGE1…")]
    pub backup_recipients: Option<String>,
    /// The file of the key that opens them here [default: DATA/backup.key, made at the first backup]
    #[arg(long, global = true, env = "ROOKERY_BACKUP_KEY_FILE", value_name = "FILE")]
    pub backup_key_file: Option<PathBuf>,
    /// Where buckets are: <https://s3.eu-central-1.amazonaws.com>
    #[arg(long, global = true, env = "ROOKERY_BACKUP_S3_ENDPOINT", value_name = "URL")]
    pub backup_s3_endpoint: Option<String>,
    /// Their region [default: us-east-1]
    #[arg(long, global = true, env = "ROOKERY_BACKUP_S3_REGION", value_name = "NAME")]
    pub backup_s3_region: Option<String>,
    /// The id of the key to them.
    #[arg(long, global = true, env = "ROOKERY_BACKUP_S3_ACCESS_KEY_ID", value_name = "ID")]
    pub backup_s3_access_key_id: Option<String>,
    /// The key to them.
    #[arg(
        long,
        global = true,
        env = "ROOKERY_BACKUP_S3_SECRET_KEY",
        value_name = "KEY",
        hide_env_values = true
    )]
    pub backup_s3_secret_key: Option<String>,
    /// A file with the key to them.
    #[arg(long, global = true, env = "ROOKERY_BACKUP_S3_SECRET_KEY_FILE", value_name = "FILE")]
    pub backup_s3_secret_key_file: Option<PathBuf>,
    /// The id of the key under the name that other programs have for it, if none is set for backups alone.
    #[arg(long, global = true, env = "AWS_ACCESS_KEY_ID", hide = true)]
    #[serde(skip)]
    pub aws_access_key_id: Option<String>,
    /// And its key.
    #[arg(long, global = true, env = "AWS_SECRET_ACCESS_KEY", hide = true, hide_env_values = true)]
    #[serde(skip)]
    pub aws_secret_access_key: Option<String>,
}

impl fmt::Debug for BackupSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("BackupSettings").field("backup_to", &self.backup_to).finish_non_exhaustive()
    }
}

impl BackupSettings {
    /// Adds what the file says.
    pub fn or(self, file: Self) -> Self {
        Self {
            backup_to: self.backup_to.or(file.backup_to),
            backup_every: self.backup_every.or(file.backup_every),
            backup_keep: self.backup_keep.or(file.backup_keep),
            backup_recipients: self.backup_recipients.or(file.backup_recipients),
            backup_key_file: self.backup_key_file.or(file.backup_key_file),
            backup_s3_endpoint: self.backup_s3_endpoint.or(file.backup_s3_endpoint),
            backup_s3_region: self.backup_s3_region.or(file.backup_s3_region),
            backup_s3_access_key_id: self.backup_s3_access_key_id.or(file.backup_s3_access_key_id),
            backup_s3_secret_key: self.backup_s3_secret_key.or(file.backup_s3_secret_key),
            backup_s3_secret_key_file: self.backup_s3_secret_key_file.or(file.backup_s3_secret_key_file),
            aws_access_key_id: self.aws_access_key_id,
            aws_secret_access_key: self.aws_secret_access_key,
        }
    }

    /// The places.
    ///
    /// # Errors
    /// [`Failure::Backup`] for what is none.
    pub fn places(&self) -> Result<Vec<Destination>, Failure> {
        list(self.backup_to.as_deref()).map(|text| Ok(text.parse()?)).collect()
    }

    /// Who can open them beside this server.
    pub fn recipients(&self) -> Vec<String> {
        list(self.backup_recipients.as_deref()).map(str::to_owned).collect()
    }

    /// When, and how long kept.
    ///
    /// # Errors
    /// [`Failure::BackupSetting`].
    pub fn schedule(&self) -> Result<Schedule, Failure> {
        let wrong = |name: &'static str, detail: String| Failure::BackupSetting { name, detail };
        let every = match said(self.backup_every.as_deref()) {
            None => EVERY,
            Some(text) => {
                let span = Span::try_from(text.to_owned());
                span.map_err(|detail| wrong("ROOKERY_BACKUP_EVERY", detail))?.duration()
            }
        };
        if every < EVERY_MIN {
            return Err(wrong("ROOKERY_BACKUP_EVERY", "at least a minute lies between two".to_owned()));
        }
        let retention = match said(self.backup_keep.as_deref()) {
            None => Retention::default(),
            Some(text) => {
                let counts: Result<Vec<u16>, _> = text.split(',').map(|count| count.trim().parse()).collect();
                let counts = counts.ok().and_then(|counts| <[u16; 4]>::try_from(counts).ok());
                let detail = || format!("`{text}` are not four counts; write 24,7,4,6");
                counts.ok_or_else(|| wrong("ROOKERY_BACKUP_KEEP", detail()))?.into()
            }
        };
        Ok(Schedule { every, retention })
    }

    /// How buckets are reached, if that is set.
    ///
    /// # Errors
    /// [`Failure::BackupSetting`] if the file of the key cannot be read.
    pub fn s3(&self) -> Result<Option<S3Options>, Failure> {
        let read = |file: &PathBuf| {
            let wrong = |error: std::io::Error| Failure::BackupSetting {
                name: "ROOKERY_BACKUP_S3_SECRET_KEY_FILE",
                detail: error.to_string(),
            };
            std::fs::read_to_string(file).map(|text| text.trim().to_owned()).map_err(wrong)
        };
        let secret = match said(self.backup_s3_secret_key.as_deref()) {
            Some(secret) => Some(secret.to_owned()),
            None => self.backup_s3_secret_key_file.as_ref().map(read).transpose()?,
        };
        let endpoint = said(self.backup_s3_endpoint.as_deref());
        // An id and its key belong together: of the two pairs one is taken, never a part of each.
        let (id, secret) = match (said(self.backup_s3_access_key_id.as_deref()), secret) {
            (None, None) => (
                said(self.aws_access_key_id.as_deref()),
                said(self.aws_secret_access_key.as_deref()).map(str::to_owned),
            ),
            own => own,
        };
        let (Some(endpoint), Some(access_key_id), Some(secret_access_key)) = (endpoint, id, secret) else {
            return Ok(None);
        };
        Ok(Some(S3Options {
            endpoint: endpoint.to_owned(),
            region: said(self.backup_s3_region.as_deref()).unwrap_or("us-east-1").to_owned(),
            access_key_id: access_key_id.to_owned(),
            secret_access_key,
        }))
    }
}

fn list(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or("").split(',').map(str::trim).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_of_a_bucket_are_known_under_their_common_names_and_never_mixed() {
        let keys = |own: Option<&str>, own_secret: Option<&str>| {
            let settings = BackupSettings {
                backup_s3_endpoint: Some("https://s3.example.org".to_owned()),
                backup_s3_access_key_id: own.map(str::to_owned),
                backup_s3_secret_key: own_secret.map(str::to_owned),
                aws_access_key_id: Some("common".to_owned()),
                aws_secret_access_key: Some("common-secret".to_owned()),
                ..BackupSettings::default()
            };
            settings.s3().unwrap().map(|s3| (s3.access_key_id, s3.secret_access_key))
        };
        let pair = |id: &str, key: &str| Some((id.to_owned(), key.to_owned()));
        assert_eq!(keys(None, None), pair("common", "common-secret"));
        assert_eq!(keys(Some("own"), Some("own-secret")), pair("own", "own-secret"));
        assert_eq!(keys(Some("own"), None), None, "half of a pair is none");
    }
}
