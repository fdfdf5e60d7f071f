//! The secret of webhooks that come in, and the one it takes over from.

use crate::failure::Failure;
use crate::sign_in_settings::{said, secret as read_secret};
use clap::Args;
use serde::Deserialize;
use standard_webhooks::{Keyring, Secret};
use std::fmt;
use std::path::{Path, PathBuf};

/// The names that are told when a secret cannot be used.
const CURRENT: &str = "ROOKERY_WEBHOOK_SECRET";
const PLAIN: &str = "WEBHOOK_SECRET";
const PREVIOUS: &str = "ROOKERY_PREVIOUS_WEBHOOK_SECRET";

/// Settings of webhooks that come in.
#[derive(Clone, Default, Args, Deserialize)]
#[serde(default)]
pub struct WebhookSettings {
    /// What webhooks that come in are signed with, after Standard Webhooks: `whsec_…` [default: none are taken]
    #[arg(
        long,
        global = true,
        env = "ROOKERY_WEBHOOK_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub webhook_secret: Option<String>,
    /// The same under the name that others have for it.
    #[arg(long, global = true, env = "WEBHOOK_SECRET", hide = true, hide_env_values = true)]
    #[serde(skip)]
    pub webhook_secret_plain: Option<String>,
    /// A file with it.
    #[arg(long, global = true, env = "ROOKERY_WEBHOOK_SECRET_FILE", value_name = "FILE")]
    pub webhook_secret_file: Option<PathBuf>,
    /// The secret before, which is believed too until this is taken out.
    #[arg(
        long,
        global = true,
        env = "ROOKERY_PREVIOUS_WEBHOOK_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub previous_webhook_secret: Option<String>,
    /// A file with it.
    #[arg(long, global = true, env = "ROOKERY_PREVIOUS_WEBHOOK_SECRET_FILE", value_name = "FILE")]
    pub previous_webhook_secret_file: Option<PathBuf>,
}

impl fmt::Debug for WebhookSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("WebhookSettings").finish_non_exhaustive()
    }
}

impl WebhookSettings {
    /// Adds what the file says.
    pub fn or(self, file: Self) -> Self {
        // A variable goes before the file, by whichever name.
        let is_said = said(self.webhook_secret_plain.as_deref()).is_some();
        let file = match is_said {
            true => Self { webhook_secret: None, webhook_secret_file: None, ..file },
            false => file,
        };
        Self {
            webhook_secret: self.webhook_secret.or(file.webhook_secret),
            webhook_secret_plain: self.webhook_secret_plain,
            webhook_secret_file: self.webhook_secret_file.or(file.webhook_secret_file),
            previous_webhook_secret: self.previous_webhook_secret.or(file.previous_webhook_secret),
            previous_webhook_secret_file: self
                .previous_webhook_secret_file
                .or(file.previous_webhook_secret_file),
        }
    }

    /// The secrets; `None`: no webhooks are taken.
    ///
    /// # Errors
    /// [`Failure::WebhookSecret`] that names the setting, for what is no secret, can be guessed, or is the same twice.
    pub fn read(&self) -> Result<Option<Keyring>, Failure> {
        let own = said(self.webhook_secret.as_deref());
        let plain = said(self.webhook_secret_plain.as_deref()).filter(|_| own.is_none());
        let current = match plain {
            Some(_) => secret(plain, None, PLAIN)?,
            None => secret(own, self.webhook_secret_file.as_deref(), CURRENT)?,
        };
        let file = self.previous_webhook_secret_file.as_deref();
        let previous = secret(self.previous_webhook_secret.as_deref(), file, PREVIOUS)?;
        match (current, previous) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(failure(PREVIOUS, format!("no secret takes over from it: set {CURRENT}"))),
            (Some(current), previous) => {
                let ring = Keyring::new(current, previous);
                ring.map(Some)
                    .map_err(|_| failure(PREVIOUS, format!("it is the same as {CURRENT}: take it out")))
            }
        }
    }
}

fn failure(name: &'static str, detail: String) -> Failure {
    Failure::WebhookSecret { name, detail }
}

fn secret(text: Option<&str>, file: Option<&Path>, name: &'static str) -> Result<Option<Secret>, Failure> {
    let text = read_secret(text, file, name).map_err(|error| failure(name, error.to_string()))?;
    let read = text.map(|text| Secret::parse(text.reveal())).transpose();
    read.map_err(|error| failure(name, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use standard_webhooks::Signer;

    /// Drawn once, for tests alone.
    const ONE: &str = "whsec_kM3m8m5M0cU1lq0nH0c2yq5m3w8s4Xv9bJ7tQzR1LpE=";
    const OTHER: &str = "whsec_mN7p2s5v8y/B?E(H+MbQeThWmZq4t7w9z$C&F)J@NcRf";
    const TWO: &str = "whsec_o1n5T7r0dC9bX2mQ8vLk4jHs6gPzYwEuIaRtFqNiDxM=";

    fn said(text: &str) -> Option<String> {
        Some(text.to_owned())
    }

    fn refused(settings: &WebhookSettings) -> String {
        settings.read().unwrap_err().to_string()
    }

    #[test]
    fn what_is_no_secret_is_refused_by_name_and_not_shown() {
        for text in ["ws_secret_xxxx", "changeme", "whsec_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", OTHER] {
            let own = WebhookSettings { webhook_secret: said(text), ..WebhookSettings::default() };
            let plain = WebhookSettings { webhook_secret_plain: said(text), ..WebhookSettings::default() };
            let before = WebhookSettings {
                webhook_secret: said(ONE),
                previous_webhook_secret: said(text),
                ..WebhookSettings::default()
            };
            for (settings, name) in [(own, CURRENT), (plain, PLAIN), (before, PREVIOUS)] {
                let told = refused(&settings);
                assert!(told.starts_with(name) && told.contains("openssl rand -base64 32"), "{told}");
                assert!(!told.contains(text), "{told}");
            }
        }
    }

    #[test]
    fn two_secrets_overlap_and_are_two() {
        assert!(WebhookSettings::default().read().unwrap().is_none());
        let empty = WebhookSettings { webhook_secret_plain: said(" "), ..WebhookSettings::default() };
        assert!(empty.read().unwrap().is_none(), "a variable that is empty is not set");
        let both = WebhookSettings {
            webhook_secret: said(TWO),
            previous_webhook_secret: said(ONE),
            ..WebhookSettings::default()
        };
        let roles: Vec<Signer> = both.read().unwrap().unwrap().secrets().map(|(signer, _)| signer).collect();
        assert_eq!(roles, [Signer::Current, Signer::Previous]);
        let same = WebhookSettings { webhook_secret: said(ONE.trim_end_matches('=')), ..both.clone() };
        assert!(refused(&same).contains("is the same as ROOKERY_WEBHOOK_SECRET"), "{}", refused(&same));
        let alone = WebhookSettings { webhook_secret: None, ..both.clone() };
        assert!(refused(&alone).contains("no secret takes over"), "{}", refused(&alone));
        assert!(!format!("{both:?}").contains("whsec_"));
    }

    #[test]
    fn a_variable_goes_before_the_file_by_either_name() {
        let fingerprint = |settings: WebhookSettings| {
            let file = WebhookSettings { webhook_secret: said(ONE), ..WebhookSettings::default() };
            let ring = settings.or(file).read().unwrap().unwrap();
            ring.secrets().next().unwrap().1.fingerprint().to_owned()
        };
        let two = Secret::parse(TWO).unwrap().fingerprint().to_owned();
        let plain = WebhookSettings { webhook_secret_plain: said(TWO), ..WebhookSettings::default() };
        let own = WebhookSettings { webhook_secret: said(TWO), ..WebhookSettings::default() };
        assert_eq!((fingerprint(plain), fingerprint(own)), (two.clone(), two.clone()));
        assert_ne!(fingerprint(WebhookSettings::default()), two);
    }
}
