//! What can be set about the bus: the Redis over which processes on one database tell each other to look.

use crate::compose;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::sign_in_settings::secret as read_secret;
use bus::{Address, Bus};
use clap::Args;
use database::Database;
use providers::Secret;
use serde::Deserialize;
use std::fmt;
use std::path::PathBuf;

/// The name under which the database keeps what tells it from others on one Redis.
const IDENTITY: &str = "bus.identity";

/// Settings of the bus.
#[derive(Clone, Default, Args, Deserialize)]
#[serde(default)]
pub struct BusSettings {
    /// A Redis over which processes on one database tell each other that something was written: redis://…, or rediss://…
    /// for TLS [default: none is needed]
    #[arg(long, global = true, env = "REDIS_URL", value_name = "URL", hide_env_values = true)]
    pub bus_url: Option<String>,
    /// A file with its address.
    #[arg(long, global = true, env = "REDIS_URL_FILE", value_name = "FILE")]
    pub bus_url_file: Option<PathBuf>,
}

impl fmt::Debug for BusSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("BusSettings").finish_non_exhaustive()
    }
}

impl BusSettings {
    /// Adds what the file says.
    pub fn or(self, file: Self) -> Self {
        Self { bus_url: self.bus_url.or(file.bus_url), bus_url_file: self.bus_url_file.or(file.bus_url_file) }
    }

    /// Where it is, if there is one.
    ///
    /// # Errors
    /// [`Failure::Bus`] for an address that is none; it is not repeated.
    pub fn address(&self) -> Result<Option<Address>, Failure> {
        let failure = |detail: String| Failure::Bus(detail);
        let text = read_secret(self.bus_url.as_deref(), self.bus_url_file.as_deref(), "REDIS_URL")
            .map_err(|error| failure(error.to_string()))?;
        let read = |text: Secret| text.reveal().parse::<Address>();
        text.map(read).transpose().map_err(|error| failure(format!("REDIS_URL or `bus`: {error}")))
    }
}

/// The bus of a database, if one is set; nothing moves on it yet.
///
/// # Errors
/// [`Failure::Bus`], and those of the database.
pub async fn open(settings: &Settings, database: &Database) -> Result<Option<Bus>, Failure> {
    let Some(address) = settings.bus.address()? else { return Ok(None) };
    let mut entropy = compose::entropy()?;
    let drawn = [entropy.next_u64().to_be_bytes(), entropy.next_u64().to_be_bytes()].concat();
    let identity = database::settings::get_or_set(database, IDENTITY, &drawn).await?;
    // A copy of a database that was put into another environment has the same identity.
    let channel = bus::channel(settings.environment().as_str(), &identity);
    Bus::new(address, channel, entropy).map(Some).map_err(|error| Failure::Bus(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_none_is_told_without_its_password() {
        let of = |url: &str| BusSettings { bus_url: Some(url.to_owned()), ..BusSettings::default() };
        assert!(BusSettings::default().address().unwrap().is_none());
        assert!(of("").address().unwrap().is_none(), "a variable that is empty is not set");
        let told = of("redis://bus:hunter22@cache.example.org/queue").address().unwrap_err().to_string();
        assert!(told.contains("REDIS_URL") && !told.contains("hunter22"), "{told}");
        let set = of("rediss://bus:hunter22@cache.example.org");
        let shown = format!("{set:?} {:?}", set.address().unwrap().unwrap());
        assert!(!shown.contains("hunter22"), "{shown}");
    }
}
