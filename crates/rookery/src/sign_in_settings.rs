//! What can be set about signing in, under our names and under those of EchoNest, and whether it goes together.

use crate::failure::Failure;
use crate::settings::Settings;
use clap::Args;
use identity::Admission;
use providers::Secret;
use serde::Deserialize;
use server::{ProviderConfig, SignInConfig};
use std::fmt;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// A file longer than this holds no client secret.
const FILE_BYTES_MAX: u64 = 4096;

/// Settings of signing in.
#[derive(Clone, Default, Args, Deserialize)]
#[serde(default)]
pub struct SignInSettings {
    /// The issuer people sign in with: <https://id.example.org>
    #[arg(long, global = true, env = "ROOKERY_OIDC_ISSUER", value_name = "URL")]
    pub oidc_issuer: Option<String>,
    /// The client id this server has there.
    #[arg(long, global = true, env = "ROOKERY_OIDC_CLIENT_ID", value_name = "ID")]
    pub oidc_client_id: Option<String>,
    /// Its secret.
    #[arg(
        long,
        global = true,
        env = "ROOKERY_OIDC_CLIENT_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub oidc_client_secret: Option<String>,
    /// A file with its secret.
    #[arg(long, global = true, env = "ROOKERY_OIDC_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub oidc_client_secret_file: Option<PathBuf>,
    /// What people call it, as in `Sign in with …` [default: the issuer's host]
    #[arg(long, global = true, env = "ROOKERY_OIDC_NAME", value_name = "NAME")]
    pub oidc_name: Option<String>,
    /// Google's client id; with it people sign in with Google.
    #[arg(long, global = true, env = "GOOGLE_CLIENT_ID", value_name = "ID")]
    pub google_client_id: Option<String>,
    /// Its secret.
    #[arg(long, global = true, env = "GOOGLE_CLIENT_SECRET", value_name = "SECRET", hide_env_values = true)]
    pub google_client_secret: Option<String>,
    /// A file with its secret.
    #[arg(long, global = true, env = "GOOGLE_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub google_client_secret_file: Option<PathBuf>,
    /// Domains whose verified addresses make members: `example.org, example.com`; `*` for every one [default: none]
    #[arg(long, global = true, env = "ALLOWED_EMAIL_DOMAINS", value_name = "DOMAINS")]
    pub allowed_email_domains: Option<String>,
    /// Signs in whoever asks from this machine, for development alone.
    #[arg(long, global = true, env = "DEV_AUTH_EMAIL", value_name = "ADDRESS")]
    pub dev_auth_email: Option<String>,
    /// `true` means the environment `development`, unless that is set itself.
    #[arg(long, global = true, env = "DEBUG", value_name = "BOOL", hide = true)]
    pub debug: Option<String>,
}

impl fmt::Debug for SignInSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("SignInSettings");
        shown.field("oidc_issuer", &self.oidc_issuer);
        shown.field("allowed_email_domains", &self.allowed_email_domains).finish_non_exhaustive()
    }
}

impl SignInSettings {
    /// Adds what the file says.
    pub fn or(self, file: Self) -> Self {
        Self {
            oidc_issuer: self.oidc_issuer.or(file.oidc_issuer),
            oidc_client_id: self.oidc_client_id.or(file.oidc_client_id),
            oidc_client_secret: self.oidc_client_secret.or(file.oidc_client_secret),
            oidc_client_secret_file: self.oidc_client_secret_file.or(file.oidc_client_secret_file),
            oidc_name: self.oidc_name.or(file.oidc_name),
            google_client_id: self.google_client_id.or(file.google_client_id),
            google_client_secret: self.google_client_secret.or(file.google_client_secret),
            google_client_secret_file: self.google_client_secret_file.or(file.google_client_secret_file),
            allowed_email_domains: self.allowed_email_domains.or(file.allowed_email_domains),
            dev_auth_email: self.dev_auth_email.or(file.dev_auth_email),
            debug: self.debug.or(file.debug),
        }
    }

    /// What the server needs to know of it.
    ///
    /// # Errors
    /// [`Failure::SignIn`] that names the settings.
    pub fn read(&self, settings: &Settings) -> Result<SignInConfig, Failure> {
        let mut providers = Vec::new();
        providers.extend(self.google()?);
        providers.extend(self.issuer()?);
        let admission = Admission::parse(self.allowed_email_domains.as_deref().unwrap_or_default());
        let development = self.development(settings)?;
        Ok(SignInConfig { providers, admission, development, ..SignInConfig::default() })
    }

    fn google(&self) -> Result<Option<ProviderConfig>, Failure> {
        let secret = secret(
            self.google_client_secret.as_deref(),
            self.google_client_secret_file.as_deref(),
            "GOOGLE_CLIENT_SECRET",
        )?;
        match (said(self.google_client_id.as_deref()), secret) {
            (None, None) => Ok(None),
            (Some(client_id), Some(client_secret)) => Ok(Some(ProviderConfig {
                id: "google".to_owned(),
                name: "Google".to_owned(),
                issuer: GOOGLE.to_owned(),
                client_id: client_id.to_owned(),
                client_secret: Some(client_secret),
                callback_path: "/authentication/callback".to_owned(),
            })),
            _ => Err(Failure::SignIn(
                "GOOGLE_CLIENT_ID and GOOGLE_CLIENT_SECRET go together: set both or neither".to_owned(),
            )),
        }
    }

    fn issuer(&self) -> Result<Option<ProviderConfig>, Failure> {
        let client_secret = secret(
            self.oidc_client_secret.as_deref(),
            self.oidc_client_secret_file.as_deref(),
            "ROOKERY_OIDC_CLIENT_SECRET",
        )?;
        match (said(self.oidc_issuer.as_deref()), said(self.oidc_client_id.as_deref())) {
            (None, None) if client_secret.is_none() => Ok(None),
            (Some(issuer), Some(client_id)) => {
                let host = issuer.split("://").nth(1).and_then(|rest| rest.split('/').next());
                let name = said(self.oidc_name.as_deref()).or(host).unwrap_or(issuer);
                Ok(Some(ProviderConfig {
                    id: "oidc".to_owned(),
                    name: name.to_owned(),
                    issuer: issuer.to_owned(),
                    client_id: client_id.to_owned(),
                    client_secret,
                    callback_path: "/api/v1/sign-in/oidc/callback".to_owned(),
                }))
            }
            _ => Err(Failure::SignIn(
                "ROOKERY_OIDC_ISSUER and ROOKERY_OIDC_CLIENT_ID go together: set both or neither".to_owned(),
            )),
        }
    }

    /// Whether EchoNest's variable says that this is somebody's own machine.
    pub fn is_debug(&self) -> bool {
        let said = self.debug.as_deref().map(|text| text.trim().to_lowercase());
        said.is_some_and(|text| ["1", "true", "yes"].contains(&text.as_str()))
    }

    /// The developer bypass, if everything about it is as it must be.
    fn development(&self, settings: &Settings) -> Result<Option<String>, Failure> {
        let Some(address) = said(self.dev_auth_email.as_deref()) else { return Ok(None) };
        let is_local = |url: &str| {
            let host = url.split("://").nth(1).unwrap_or_default();
            ["localhost", "127.", "[::1]"].iter().any(|name| host.starts_with(name))
        };
        let refused = |why: &str| {
            Err(Failure::SignIn(format!(
                "DEV_AUTH_EMAIL signs anybody in who asks from this machine, so it is refused {why}: unset it"
            )))
        };
        if !settings.environment().is_development() {
            return refused("unless ROOKERY_ENVIRONMENT is `development` (or DEBUG is `true`)");
        }
        if !settings.listen().ip().is_loopback() {
            return refused("while the server listens beyond this machine");
        }
        if settings.trusted_proxies.unwrap_or(0) > 0 {
            return refused("behind a proxy, where everybody seems to ask from this machine");
        }
        if settings.public_url.as_deref().is_some_and(|url| !is_local(url)) {
            return refused("with a public URL that is not this machine's");
        }
        if !address.contains('@') {
            return Err(Failure::SignIn("DEV_AUTH_EMAIL is an e-mail address".to_owned()));
        }
        Ok(Some(address.to_owned()))
    }
}

/// Google's issuer.
const GOOGLE: &str = providers::oidc::GOOGLE_ISSUER;

/// Compose files and the like set what they do not mean to an empty text.
pub fn said(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|text| !text.is_empty())
}

/// A secret as it was set, or out of the file that was named.
///
/// # Errors
/// [`Failure::SignIn`] that names the setting.
pub fn secret(text: Option<&str>, file: Option<&Path>, name: &str) -> Result<Option<Secret>, Failure> {
    if let Some(text) = said(text) {
        return Ok(Some(Secret::new(text)));
    }
    let Some(path) = file.filter(|path| !path.as_os_str().is_empty()) else { return Ok(None) };
    let mut text = String::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_string(&mut text));
    match (read, said(Some(&text))) {
        (Ok(_), Some(text)) => Ok(Some(Secret::new(text))),
        (Ok(_), None) => Err(Failure::SignIn(format!("{name}_FILE: {} is empty", path.display()))),
        (Err(error), _) => Err(Failure::SignIn(format!("{name}_FILE: {}: {error}", path.display()))),
    }
}
