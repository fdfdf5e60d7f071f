//! The secret that the server's secret takes over from: what was made with it is read, nothing new is.

use crate::failure::Failure;
use crate::sign_in_settings::secret as read_secret;
use clap::Args;
use identity::ServerSecret;
use serde::Deserialize;
use std::fmt;
use std::path::PathBuf;

/// Settings of the secret before.
#[derive(Clone, Default, Args, Deserialize)]
#[serde(default)]
pub struct PreviousKeySettings {
    /// The server's secret before, while another takes over: what was made with it is read until this is taken out.
    #[arg(
        long,
        global = true,
        env = "ROOKERY_PREVIOUS_SECRET_KEY",
        value_name = "HEX",
        hide_env_values = true
    )]
    pub previous_secret_key: Option<String>,
    /// A file that holds it.
    #[arg(long, global = true, env = "ROOKERY_PREVIOUS_SECRET_KEY_FILE", value_name = "FILE")]
    pub previous_secret_key_file: Option<PathBuf>,
}

impl fmt::Debug for PreviousKeySettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PreviousKeySettings").finish_non_exhaustive()
    }
}

impl PreviousKeySettings {
    /// Adds what the file says.
    pub fn or(self, file: Self) -> Self {
        Self {
            previous_secret_key: self.previous_secret_key.or(file.previous_secret_key),
            previous_secret_key_file: self.previous_secret_key_file.or(file.previous_secret_key_file),
        }
    }

    /// The secret before, if one is set.
    ///
    /// # Errors
    /// [`Failure::SecretKey`] if it cannot be read, or is none.
    pub fn read(&self) -> Result<Option<ServerSecret>, Failure> {
        const NAME: &str = "ROOKERY_PREVIOUS_SECRET_KEY";
        let failure = |detail: String| Failure::SecretKey { place: NAME.to_owned(), detail };
        let file = self.previous_secret_key_file.as_deref();
        let text = read_secret(self.previous_secret_key.as_deref(), file, NAME);
        let Some(text) = text.map_err(|error| failure(error.to_string()))? else { return Ok(None) };
        ServerSecret::parse(text.reveal()).map(Some).map_err(|error| failure(error.to_string()))
    }
}
