//! The file `rookery.toml`: read, one of its environments chosen, and what holds there put together as settings.

use crate::failure::Failure;
use crate::settings::Settings;
use clap::Args as _;
use operations::{Declaration, EnvironmentName, nearest, process_settings};
use serde::Deserialize as _;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

const FILE: &str = "rookery.toml";
/// Arguments of the command line that are no settings of a file.
const NO_SETTINGS: [&str; 9] = [
    "config",
    "environment",
    "echonest_hostname",
    "identity_file",
    "database_auth_token",
    "aws_access_key_id",
    "aws_secret_access_key",
    "logfire_write_token",
    "webhook_secret_plain",
];

/// What a file says.
pub struct Declared {
    pub path: PathBuf,
    pub declaration: Declaration,
}

impl Declared {
    /// Reads the file that is named, or the one in this folder if there is one.
    ///
    /// # Errors
    /// [`Failure::Settings`] if it is named and missing, or says something unknown.
    pub fn read(named: Option<&Path>) -> Result<Option<Self>, Failure> {
        let path = named.unwrap_or(Path::new(FILE)).to_owned();
        let failure = |detail: String| Failure::Settings { path: path.clone(), detail };
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(_) if named.is_none() => return Ok(None),
            Err(error) => return Err(failure(error.to_string())),
        };
        let declaration = Declaration::parse(&text).map_err(|error| failure(error.to_string()))?;
        let declared = Self { path: path.clone(), declaration };
        declared.refuse_unknown().map_err(failure)?;
        Ok(Some(declared))
    }

    /// The environment this process belongs to: the one that was said, or the one of this machine.
    ///
    /// # Errors
    /// [`Failure::Environment`] if none was said and the file does not make it plain, or one that is not declared.
    pub fn choose(&self, said: Option<&EnvironmentName>) -> Result<EnvironmentName, Failure> {
        let Some(name) = said.or(self.declaration.local()) else {
            return Err(Failure::Environment { path: self.path.clone(), detail: self.names() });
        };
        match self.declaration.find(name) {
            Ok(_) => Ok(name.clone()),
            Err(near) => {
                let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                let detail = format!("`{name}` is not declared{hint} {}", self.names());
                Err(Failure::Environment { path: self.path.clone(), detail })
            }
        }
    }

    /// The settings of an environment, or, in a file without any, what the file says. `opened`: its sealed secrets.
    ///
    /// # Errors
    /// [`Failure::Settings`] for a value of the wrong kind.
    pub fn settings(&self, name: Option<&EnvironmentName>, opened: toml::Table) -> Result<Settings, Failure> {
        let mut table = match name {
            Some(name) => process_settings(&self.declaration, name),
            None => self.declaration.common.clone(),
        };
        // What is sealed stands nowhere in the open: that was refused.
        table.extend(opened);
        Settings::deserialize(table)
            .map_err(|error| Failure::Settings { path: self.path.clone(), detail: error.to_string() })
    }

    /// By which variable a process takes a setting.
    pub fn variables() -> BTreeMap<String, String> {
        let arguments = Settings::augment_args(clap::Command::new("rookery"));
        let of = |argument: &clap::Arg| {
            let variable = argument.get_env()?.to_str()?;
            Some((argument.get_id().to_string(), variable.to_owned()))
        };
        arguments.get_arguments().filter_map(of).collect()
    }

    fn names(&self) -> String {
        let names: Vec<String> =
            self.declaration.environments.keys().map(|name| format!("`--environment {name}`")).collect();
        format!("(say {})", names.join(" or "))
    }

    fn refuse_unknown(&self) -> Result<(), String> {
        let known = known();
        let of_all = self.declaration.common.keys().map(|key| (None, key));
        let of_one =
            self.declaration.environments.iter().flat_map(|(name, environment)| {
                environment.settings.keys().map(move |key| (Some(name), key))
            });
        for (name, key) in of_all.chain(of_one) {
            if !known.contains(key) {
                let near = nearest(key, known.iter().map(String::as_str));
                let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                let place = name.map_or_else(String::new, |name| format!(" in environments.{name}.settings"));
                return Err(format!("unknown key `{key}`{place}{hint}"));
            }
        }
        Ok(())
    }
}

/// Keys of settings that a file may hold.
pub fn known() -> Vec<String> {
    let arguments = Settings::augment_args(clap::Command::new("rookery"));
    arguments
        .get_arguments()
        .map(|argument| argument.get_id().to_string())
        .filter(|id| !NO_SETTINGS.contains(&id.as_str()))
        .collect()
}
