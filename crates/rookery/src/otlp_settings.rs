//! What can be set about pushing numbers and spans to an OTLP endpoint.

use crate::clock::SystemClock;
use crate::failure::Failure;
use crate::schema;
use crate::settings::Settings;
use crate::sign_in_settings::{said, secret as read_secret};
use clap::Args;
use model::Clock as _;
use otlp::{Exporter, Options, Resource, Sender, Traces};
use serde::Deserialize;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

/// The part of all requests that become spans where nothing is set.
const TRACES_DEFAULT: f64 = 0.01;

/// Where Logfire takes numbers, by the region that its token names.
const LOGFIRE_EU: &str = "https://logfire-eu.pydantic.dev";
const LOGFIRE_US: &str = "https://logfire-us.pydantic.dev";
/// How a token of Logfire's European region begins.
const LOGFIRE_EU_TOKEN: &str = "pylf_v1_eu_";

/// Settings of pushing numbers.
#[derive(Clone, Default, Args, Deserialize)]
#[serde(default)]
pub struct OtlpSettings {
    /// Where numbers are pushed to, as OTLP over HTTP: the base address, such as <http://127.0.0.1:4318> [default: nowhere]
    #[arg(long, global = true, env = "ROOKERY_OTLP_ENDPOINT", value_name = "URL")]
    pub otlp_endpoint: Option<String>,
    /// What is said there as `Authorization`: `Bearer …`, or what the receiver wants.
    #[arg(long, global = true, env = "ROOKERY_OTLP_TOKEN", value_name = "TOKEN", hide_env_values = true)]
    pub otlp_token: Option<String>,
    /// A file with it.
    #[arg(long, global = true, env = "ROOKERY_OTLP_TOKEN_FILE", value_name = "FILE")]
    pub otlp_token_file: Option<PathBuf>,
    /// Which part of all requests is pushed there as spans, from 0 (none) to 1 (all); those that fail always are, to a bound
    /// [default: 0.01]
    #[arg(long, global = true, env = "ROOKERY_OTLP_TRACES", value_name = "RATIO")]
    pub otlp_traces: Option<f64>,
    /// A token of Logfire, which says where its numbers go.
    #[arg(long, global = true, env = "LOGFIRE_WRITE_TOKEN", hide = true, hide_env_values = true)]
    #[serde(skip)]
    pub logfire_write_token: Option<String>,
}

/// What is pushed.
#[derive(Debug, Default)]
pub struct Pushing {
    /// Numbers.
    pub numbers: Option<Exporter>,
    /// Spans of requests.
    pub spans: Option<Arc<Sender>>,
}

impl fmt::Debug for OtlpSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("OtlpSettings")
            .field("otlp_endpoint", &self.otlp_endpoint)
            .field("otlp_traces", &self.otlp_traces)
            .finish_non_exhaustive()
    }
}

impl OtlpSettings {
    /// Adds what the file says.
    pub fn or(self, file: Self) -> Self {
        Self {
            otlp_endpoint: self.otlp_endpoint.or(file.otlp_endpoint),
            otlp_token: self.otlp_token.or(file.otlp_token),
            otlp_token_file: self.otlp_token_file.or(file.otlp_token_file),
            otlp_traces: self.otlp_traces.or(file.otlp_traces),
            logfire_write_token: self.logfire_write_token,
        }
    }

    /// What sends numbers and spans, if they go anywhere. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Failure::Otlp`] for settings that cannot be used.
    pub fn pushing(&self, settings: &Settings) -> Result<Pushing, Failure> {
        let ratio = self.otlp_traces.unwrap_or(TRACES_DEFAULT);
        if !(0.0..=1.0).contains(&ratio) {
            return Err(Failure::Otlp(format!("otlp_traces is a part between 0 and 1, and {ratio} is none")));
        }
        let Some((endpoint, token)) = self.way()? else { return Ok(Pushing::default()) };
        let resource = Resource {
            environment: settings.environment().to_string(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            instance: schema::unique_name()?,
        };
        let options = Options { endpoint, token, resource };
        let wrong = |error: otlp::Error| Failure::Otlp(error.to_string());
        let numbers = Exporter::new(options.clone(), SystemClock::start().wall()).map_err(wrong)?;
        let spans = (ratio > 0.0).then(|| Sender::new(options, Traces::new(ratio)));
        let spans = spans.transpose().map_err(wrong)?.map(Arc::new);
        Ok(Pushing { numbers: Some(numbers), spans })
    }

    /// Where they go, and with which token.
    fn way(&self) -> Result<Option<(String, Option<String>)>, Failure> {
        let token =
            read_secret(self.otlp_token.as_deref(), self.otlp_token_file.as_deref(), "ROOKERY_OTLP_TOKEN")
                .map_err(|failure| Failure::Otlp(failure.to_string()))?
                .map(|token| token.reveal().to_owned());
        let logfire = said(self.logfire_write_token.as_deref());
        let of_logfire =
            logfire.map(|token| if token.starts_with(LOGFIRE_EU_TOKEN) { LOGFIRE_EU } else { LOGFIRE_US });
        match (said(self.otlp_endpoint.as_deref()).or(of_logfire), token) {
            (Some(endpoint), Some(token)) => Ok(Some((endpoint.to_owned(), Some(token)))),
            (Some(endpoint), None) => Ok(Some((endpoint.to_owned(), logfire.map(str::to_owned)))),
            (None, Some(_)) => Err(Failure::Otlp(
                "ROOKERY_OTLP_TOKEN says how, and ROOKERY_OTLP_ENDPOINT not where to".to_owned(),
            )),
            (None, None) => Ok(None),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_of_logfire_says_where_numbers_go_and_an_endpoint_goes_before() {
        let way = |endpoint: Option<&str>, token: Option<&str>, logfire: Option<&str>| {
            let settings = OtlpSettings {
                otlp_endpoint: endpoint.map(str::to_owned),
                otlp_token: token.map(str::to_owned),
                logfire_write_token: logfire.map(str::to_owned),
                ..OtlpSettings::default()
            };
            settings.way().map(|way| way.map(|(to, with)| (to, with.unwrap_or_default())))
        };
        let to = |to: &str, with: &str| Some((to.to_owned(), with.to_owned()));
        assert_eq!(way(None, None, None).unwrap(), None);
        assert_eq!(way(None, None, Some("pylf_v1_eu_x")).unwrap(), to(LOGFIRE_EU, "pylf_v1_eu_x"));
        assert_eq!(way(None, None, Some("pylf_v1_us_x")).unwrap(), to(LOGFIRE_US, "pylf_v1_us_x"));
        assert_eq!(way(Some("https://o"), None, Some("x")).unwrap(), to("https://o", "x"));
        assert_eq!(way(Some("https://o"), Some("Bearer t"), Some("x")).unwrap(), to("https://o", "Bearer t"));
        assert_eq!(way(Some("https://o"), None, None).unwrap(), to("https://o", ""));
        assert!(way(None, Some("t"), None).is_err());
    }
}
