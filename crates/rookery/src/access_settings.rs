//! What can be set about the gate before an environment that is not for everybody. Where `access` is declared for an
//! environment, these are what it stands for.

use crate::failure::Failure;
use crate::settings::Settings;
use crate::sign_in_settings::{said, secret};
use ::access::{AllowList, Rules};
use atproto::{Did, HANDLE_RESOLVER, Handle, NameServer, PLC_DIRECTORY, SignInOptions};
use clap::Args;
use providers::github::{GITHUB_API, GITHUB_SIGN_IN};
use serde::Deserialize;
use server::{AtprotoConfig, GateConfig, GithubConfig};
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;

/// Where name servers listen.
const DNS_PORT: u16 = 53;

/// Settings of the gate.
#[derive(Clone, Default, Args, Deserialize)]
#[serde(default)]
pub struct AccessSettings {
    /// Whether strangers are kept out of this environment [default: where `access` is declared]
    #[arg(long, global = true, env = "ROOKERY_ACCESS_GATE", value_name = "BOOL")]
    pub access_gate: Option<bool>,
    /// Who is let in, separated by commas: `github:name`, `github:id:583231`, `github:org/team`, `did:plc:…`, `at:HANDLE`
    /// [default: nobody]
    #[arg(long, global = true, env = "ROOKERY_ACCESS_ALLOW", value_name = "PEOPLE")]
    pub access_allow: Option<String>,
    /// Whether a number of `rookery access pin` lets somebody in [default: false]
    #[arg(long, global = true, env = "ROOKERY_ACCESS_PIN", value_name = "BOOL")]
    pub access_pin: Option<bool>,
    /// Paths that are open to everybody, separated by commas: `/docs`, `/icons/*` [default: what must be]
    #[arg(long, global = true, env = "ROOKERY_ACCESS_BYPASS", value_name = "PATHS")]
    pub access_bypass: Option<String>,
    /// The client id of an OAuth app at GitHub, by which people are let in.
    #[arg(long, global = true, env = "ROOKERY_ACCESS_GITHUB_CLIENT_ID", value_name = "ID")]
    pub access_github_client_id: Option<String>,
    /// Its secret.
    #[arg(
        long,
        global = true,
        env = "ROOKERY_ACCESS_GITHUB_CLIENT_SECRET",
        value_name = "SECRET",
        hide_env_values = true
    )]
    pub access_github_client_secret: Option<String>,
    /// A file with its secret.
    #[arg(long, global = true, env = "ROOKERY_ACCESS_GITHUB_CLIENT_SECRET_FILE", value_name = "FILE")]
    pub access_github_client_secret_file: Option<PathBuf>,
    /// The directory of AT Protocol's identities [default: https://plc.directory]
    #[arg(long, global = true, env = "ROOKERY_ACCESS_ATPROTO_DIRECTORY", value_name = "URL")]
    pub access_atproto_directory: Option<String>,
    /// The service that looks handles up of which neither DNS nor their own host says anything; `none`: those are unknown
    /// [default: https://public.api.bsky.app]
    #[arg(long, global = true, env = "ROOKERY_ACCESS_ATPROTO_RESOLVER", value_name = "URL")]
    pub access_atproto_resolver: Option<String>,
    /// The name server that is asked for the records of handles, `10.0.0.53` or `127.0.0.1:5353`; `none`: nobody is asked
    /// [default: those of the system]
    #[arg(long, global = true, env = "ROOKERY_ACCESS_ATPROTO_DNS", value_name = "ADDRESS")]
    pub access_atproto_dns: Option<String>,
}

impl fmt::Debug for AccessSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = formatter.debug_struct("AccessSettings");
        shown.field("access_gate", &self.access_gate).field("access_allow", &self.access_allow);
        shown
            .field("access_pin", &self.access_pin)
            .field("access_bypass", &self.access_bypass)
            .finish_non_exhaustive()
    }
}

impl AccessSettings {
    /// Adds what the file says.
    pub fn or(self, file: Self) -> Self {
        Self {
            access_gate: self.access_gate.or(file.access_gate),
            access_allow: self.access_allow.or(file.access_allow),
            access_pin: self.access_pin.or(file.access_pin),
            access_bypass: self.access_bypass.or(file.access_bypass),
            access_github_client_id: self.access_github_client_id.or(file.access_github_client_id),
            access_github_client_secret: self
                .access_github_client_secret
                .or(file.access_github_client_secret),
            access_github_client_secret_file: self
                .access_github_client_secret_file
                .or(file.access_github_client_secret_file),
            access_atproto_directory: self.access_atproto_directory.or(file.access_atproto_directory),
            access_atproto_resolver: self.access_atproto_resolver.or(file.access_atproto_resolver),
            access_atproto_dns: self.access_atproto_dns.or(file.access_atproto_dns),
        }
    }

    /// Whether strangers are kept out.
    pub fn is_on(&self) -> bool {
        self.access_gate.unwrap_or(false)
    }

    /// Whether numbers let people in.
    pub fn has_pins(&self) -> bool {
        self.access_pin.unwrap_or(false)
    }

    /// What strangers reach.
    ///
    /// # Errors
    /// [`Failure::Access`] that names the path.
    pub fn rules(&self) -> Result<Rules, Failure> {
        let bypasses = list(self.access_bypass.as_deref());
        Rules::with_bypasses(bypasses).map_err(|error| Failure::Access(format!("access_bypass: {error}")))
    }

    /// What the server needs to know; nothing if it is off.
    ///
    /// # Errors
    /// [`Failure::Access`] for what cannot be used, and for a gate that nobody gets through.
    pub fn read(&self, settings: &Settings) -> Result<Option<GateConfig>, Failure> {
        if !self.is_on() {
            return Ok(None);
        }
        let allow = AllowList::parse(list(self.access_allow.as_deref()))
            .map_err(|error| Failure::Access(format!("access_allow: {error}")))?;
        names_somebody(&allow)?;
        for entry in allow.not_yet() {
            tracing::warn!(%entry, "this entry of access_allow opens nothing yet: give them a number with `rookery access pin`");
        }
        let (pin, github) = (self.has_pins(), self.github()?);
        if allow.has_github() && github.is_none() {
            tracing::warn!(
                "people of GitHub are allowed, and access_github_client_id is not set: none of them gets in"
            );
        }
        let is_passable = pin || allow.has_atproto() || (allow.has_github() && github.is_some());
        if !is_passable {
            return Err(Failure::Access(
                "nobody would get through the gate: set access_pin, or access_allow with people of AT Protocol \
                 (`did:plc:…`), or of GitHub and access_github_client_id"
                    .to_owned(),
            ));
        }
        Ok(Some(GateConfig {
            environment: settings.environment().to_string(),
            rules: self.rules()?,
            atproto: allow.has_atproto().then(|| self.atproto(settings)).transpose()?,
            allow,
            pin,
            github,
        }))
    }

    fn atproto(&self, settings: &Settings) -> Result<AtprotoConfig, Failure> {
        let directory = said(self.access_atproto_directory.as_deref()).unwrap_or(PLC_DIRECTORY);
        let resolver = said(self.access_atproto_resolver.as_deref()).unwrap_or(HANDLE_RESOLVER);
        Ok(AtprotoConfig {
            options: SignInOptions {
                directory: directory.to_owned(),
                resolver: (resolver != "none").then(|| resolver.to_owned()),
                dns: name_server(said(self.access_atproto_dns.as_deref()))?,
            },
            outside: settings.outside(),
        })
    }

    fn github(&self) -> Result<Option<GithubConfig>, Failure> {
        let client_secret = secret(
            self.access_github_client_secret.as_deref(),
            self.access_github_client_secret_file.as_deref(),
            "ROOKERY_ACCESS_GITHUB_CLIENT_SECRET",
        )?;
        match (said(self.access_github_client_id.as_deref()), client_secret) {
            (None, None) => Ok(None),
            (Some(client_id), Some(client_secret)) => Ok(Some(GithubConfig {
                client_id: client_id.to_owned(),
                client_secret,
                sign_in: GITHUB_SIGN_IN.to_owned(),
                api: GITHUB_API.to_owned(),
            })),
            _ => Err(Failure::Access(
                "access_github_client_id and access_github_client_secret go together: set both or neither"
                    .to_owned(),
            )),
        }
    }
}

/// Who is asked for records: an address, with the port of DNS unless another is said.
fn name_server(text: Option<&str>) -> Result<NameServer, Failure> {
    let Some(text) = text else { return Ok(NameServer::System) };
    if text == "none" {
        return Ok(NameServer::Nobody);
    }
    let address = text.parse().or_else(|_| text.parse().map(|ip: IpAddr| SocketAddr::new(ip, DNS_PORT)));
    address.map(NameServer::At).map_err(|_| {
        Failure::Access(format!(
            "access_atproto_dns: `{text}` is no name server: it is an address, `10.0.0.53` or `127.0.0.1:5353`, or `none`"
        ))
    })
}

/// Whether each entry of AT Protocol can be somebody: what is mistyped would open nothing, and nobody would notice.
fn names_somebody(allow: &AllowList) -> Result<(), Failure> {
    let no_handle =
        allow.handles().find(|handle| Handle::parse(handle).is_err()).map(|it| format!("at:{it}"));
    let no_did = allow.identities().find(|did| Did::parse(did).is_err()).map(str::to_owned);
    match no_handle.or(no_did) {
        None => Ok(()),
        Some(entry) => Err(Failure::Access(format!(
            "access_allow: `{entry}` is nobody of AT Protocol: an identity is `did:plc:` and 24 letters, or `did:web:` and a host"
        ))),
    }
}

fn list(text: Option<&str>) -> impl Iterator<Item = &str> {
    text.unwrap_or_default().split(',').map(str::trim).filter(|part| !part.is_empty())
}
