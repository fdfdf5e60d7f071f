//! What can be set about TLS in this process.

use crate::failure::Failure;
use crate::settings::Settings;
use crate::sign_in_settings::said;
use certificates::{Authority, Certificates, ChallengeKind, Host, LETS_ENCRYPT, LETS_ENCRYPT_STAGING};
use clap::{Args, ValueEnum};
use operations::{EnvironmentName, Span};
use serde::Deserialize;
use server::Tls;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// How long browsers remember to come over https alone, if nothing else is said: half a year.
const HSTS: Duration = Duration::from_secs(180 * 24 * 3600);
/// The longest that makes sense; who wants more has mistyped.
const HSTS_MAX: Duration = Duration::from_secs(2 * 366 * 24 * 3600);
/// Where certificates are kept, below the data.
const FOLDER: &str = "certificates";

/// Where TLS ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TlsMode {
    /// In front of this process, or nowhere.
    #[default]
    Off,
    /// Here, with certificates from an authority that speaks ACME.
    Acme,
    /// Here, with a certificate and a key from files.
    Files,
}

/// How an authority checks that a name leads here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Challenge {
    /// It asks at port 80.
    #[default]
    #[value(name = "http-01")]
    #[serde(rename = "http-01")]
    Http01,
    /// It asks at port 443, in the handshake.
    #[value(name = "tls-alpn-01")]
    #[serde(rename = "tls-alpn-01")]
    TlsAlpn01,
}

/// Settings of TLS.
#[derive(Clone, Debug, Default, Args, Deserialize)]
#[serde(default)]
pub struct TlsSettings {
    /// Where TLS ends: in front of this process (off), or here with certificates from an authority (acme) or from files
    /// [default: off]
    #[arg(long, global = true, env = "ROOKERY_TLS", value_name = "MODE")]
    pub tls: Option<TlsMode>,
    /// The address of https [default: 0.0.0.0:443]
    #[arg(long, global = true, env = "ROOKERY_TLS_LISTEN", value_name = "ADDRESS")]
    pub tls_listen: Option<SocketAddr>,
    /// Further names that have certificates and lead to the public URL, with commas between them
    /// [default: the aliases and redirects of the environment]
    #[arg(long, global = true, env = "ROOKERY_TLS_NAMES", value_name = "HOSTS")]
    pub tls_names: Option<String>,
    /// A file with the certificate and its chain, PEM.
    #[arg(long, global = true, env = "ROOKERY_TLS_CERTIFICATE_FILE", value_name = "FILE")]
    pub tls_certificate_file: Option<PathBuf>,
    /// A file with its key, PEM.
    #[arg(long, global = true, env = "ROOKERY_TLS_KEY_FILE", value_name = "FILE")]
    pub tls_key_file: Option<PathBuf>,
    /// How long browsers remember to come over https alone, such as 365d; 0s: they are not told [default: 180d]
    #[arg(long, global = true, env = "ROOKERY_TLS_HSTS", value_name = "SPAN")]
    pub tls_hsts: Option<String>,
    /// The directory of the authority [default: Let's Encrypt's, outside production its staging one]
    #[arg(long, global = true, env = "ROOKERY_ACME_DIRECTORY", value_name = "URL")]
    pub acme_directory: Option<String>,
    /// An e-mail address that the authority may write to.
    #[arg(long, global = true, env = "ROOKERY_ACME_CONTACT", value_name = "EMAIL")]
    pub acme_contact: Option<String>,
    /// A file with the certificate, PEM, that the directory's own one comes from, if this system does not trust it.
    #[arg(long, global = true, env = "ROOKERY_ACME_ROOT_FILE", value_name = "FILE")]
    pub acme_root_file: Option<PathBuf>,
    /// How the authority checks that a name leads here [default: http-01]
    #[arg(long, global = true, env = "ROOKERY_ACME_CHALLENGE", value_name = "KIND")]
    pub acme_challenge: Option<Challenge>,
}

/// TLS as it is set.
pub struct TlsParts {
    pub tls: Tls,
    pub certificates: Certificates,
    /// `None`: they come from files.
    pub authority: Option<Authority>,
}

impl TlsSettings {
    /// Adds what the file says.
    pub fn or(self, file: Self) -> Self {
        Self {
            tls: self.tls.or(file.tls),
            tls_listen: self.tls_listen.or(file.tls_listen),
            tls_names: self.tls_names.or(file.tls_names),
            tls_certificate_file: self.tls_certificate_file.or(file.tls_certificate_file),
            tls_key_file: self.tls_key_file.or(file.tls_key_file),
            tls_hsts: self.tls_hsts.or(file.tls_hsts),
            acme_directory: self.acme_directory.or(file.acme_directory),
            acme_contact: self.acme_contact.or(file.acme_contact),
            acme_root_file: self.acme_root_file.or(file.acme_root_file),
            acme_challenge: self.acme_challenge.or(file.acme_challenge),
        }
    }

    /// Whether it ends here.
    pub fn is_here(&self) -> bool {
        self.tls.unwrap_or_default() != TlsMode::Off
    }

    /// The address of https.
    pub fn listen(&self) -> SocketAddr {
        self.tls_listen.unwrap_or(SocketAddr::from(([0, 0, 0, 0], 443)))
    }

    /// TLS as it is set; `None`: it does not end here.
    ///
    /// # Errors
    /// [`Failure::Tls`] for settings that do not go together, [`Failure::Certificates`].
    pub fn read(&self, settings: &Settings) -> Result<Option<TlsParts>, Failure> {
        let mode = self.tls.unwrap_or_default();
        if mode == TlsMode::Off {
            return Ok(None);
        }
        let wrong = |detail: &str| Failure::Tls(detail.to_owned());
        let base = settings.public_url.as_deref();
        let base = base.filter(|base| base.starts_with("https://")).ok_or_else(|| {
            wrong("TLS ends here, so the address people use must be known: say --public-url https://…")
        })?;
        let url = Url::parse(base).ok().filter(|url| url.path() == "/");
        let url = url
            .ok_or_else(|| wrong("the public URL is an address without a path: https://music.example.org"))?;
        let mut names: Vec<Host> = vec![url.host_str().unwrap_or_default().parse()?];
        for name in list(self.tls_names.as_deref()) {
            let name = name.parse()?;
            if !names.contains(&name) {
                names.push(name);
            }
        }
        let (certificates, authority) = if mode == TlsMode::Acme {
            let authority = self.authority(&settings.environment())?;
            let folder = settings.data().join(FOLDER);
            (Certificates::of_authority(names, &folder, &authority.directory)?, Some(authority))
        } else {
            let missing = || wrong("--tls files needs --tls-certificate-file and --tls-key-file");
            let certificate = self.tls_certificate_file.clone().ok_or_else(missing)?;
            let key = self.tls_key_file.clone().ok_or_else(missing)?;
            (Certificates::of_files(names, certificate, key)?, None)
        };
        let tls = Tls::new(certificates.clone(), base, self.hsts()?)?;
        Ok(Some(TlsParts { tls, certificates, authority }))
    }

    fn authority(&self, environment: &EnvironmentName) -> Result<Authority, Failure> {
        let implied =
            if *environment == EnvironmentName::production() { LETS_ENCRYPT } else { LETS_ENCRYPT_STAGING };
        let directory = said(self.acme_directory.as_deref()).unwrap_or(implied);
        if !directory.starts_with("https://") {
            return Err(Failure::Tls(format!("the directory `{directory}` begins with https://")));
        }
        let challenge = match self.acme_challenge.unwrap_or_default() {
            Challenge::Http01 => ChallengeKind::Http01,
            Challenge::TlsAlpn01 => ChallengeKind::TlsAlpn01,
        };
        Ok(Authority {
            directory: directory.to_owned(),
            contact: said(self.acme_contact.as_deref()).map(str::to_owned),
            root: self.acme_root_file.clone(),
            challenge,
        })
    }

    fn hsts(&self) -> Result<Duration, Failure> {
        let Some(text) = said(self.tls_hsts.as_deref()) else { return Ok(HSTS) };
        let span = Span::try_from(text.to_owned());
        let span = span.map_err(|detail| Failure::Tls(format!("ROOKERY_TLS_HSTS: {detail}")))?.duration();
        if span > HSTS_MAX {
            return Err(Failure::Tls("ROOKERY_TLS_HSTS is two years at most".to_owned()));
        }
        Ok(span)
    }
}

fn list(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or("").split(',').map(str::trim).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(tls: TlsSettings, public_url: &str, environment: &str) -> Result<Option<TlsParts>, Failure> {
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            public_url: Some(public_url.to_owned()),
            data: Some(folder.path().to_owned()),
            environment: Some(environment.parse().unwrap()),
            tls,
            ..Settings::default()
        };
        settings.tls.read(&settings)
    }

    fn acme() -> TlsSettings {
        TlsSettings { tls: Some(TlsMode::Acme), ..TlsSettings::default() }
    }

    #[test]
    fn only_production_orders_certificates_that_browsers_trust() {
        for (environment, expected) in
            [("production", LETS_ENCRYPT), ("staging", LETS_ENCRYPT_STAGING), ("beta", LETS_ENCRYPT_STAGING)]
        {
            let parts = read(acme(), "https://a.example", environment).unwrap().unwrap();
            assert_eq!(parts.authority.unwrap().directory, expected, "{environment}");
        }
        assert!(read(TlsSettings::default(), "http://a.example", "beta").unwrap().is_none());
    }

    #[test]
    fn names_are_those_of_the_address_and_of_what_leads_to_it() {
        let tls = TlsSettings { tls_names: Some("Old.example, a.example,b.example".to_owned()), ..acme() };
        let parts = read(tls, "https://a.example:8443", "beta").unwrap().unwrap();
        let names: Vec<&str> = parts.certificates.names().iter().map(Host::as_str).collect();
        assert_eq!(names, ["a.example", "old.example", "b.example"]);
    }

    #[test]
    fn what_does_not_go_together_is_refused_before_anything_starts() {
        let with = |change: fn(&mut TlsSettings)| {
            let mut tls = acme();
            change(&mut tls);
            tls
        };
        for (tls, url) in [
            (acme(), "http://a.example"),
            (acme(), "https://192.0.2.7"),
            (acme(), "https://a.example/rookery"),
            (with(|tls| tls.tls_names = Some("not a name".to_owned())), "https://a.example"),
            (with(|tls| tls.acme_directory = Some("http://acme.example".to_owned())), "https://a.example"),
            (with(|tls| tls.tls_hsts = Some("9999d".to_owned())), "https://a.example"),
            (with(|tls| tls.tls = Some(TlsMode::Files)), "https://a.example"),
        ] {
            assert!(read(tls.clone(), url, "beta").is_err(), "{url} {tls:?}");
        }
    }
}
