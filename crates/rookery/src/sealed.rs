//! Where sealed secrets are, and what opens them here: `secrets/ENVIRONMENT.toml` beside the declaration, and the machine's
//! key, which no other place has.

use crate::declared::Declared;
use crate::failure::Failure;
use operations::EnvironmentName;
use secrets::{Identity, Sealed, SecretError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The name of the key's file, in systemd's folder of credentials and in `/etc/rookery/ENVIRONMENT`.
const IDENTITY: &str = "identity.key";

/// The file of an environment's sealed secrets.
pub fn file(declared: &Declared, name: &EnvironmentName) -> PathBuf {
    declared.path.parent().unwrap_or(Path::new("")).join("secrets").join(format!("{name}.toml"))
}

/// What is sealed for an environment.
///
/// # Errors
/// [`Failure::Sealed`] if the file is there and cannot be read.
pub fn read(declared: &Declared, name: &EnvironmentName) -> Result<Sealed, Failure> {
    let path = file(declared, name);
    match std::fs::read_to_string(&path) {
        Ok(text) => Sealed::parse(&text).map_err(|error| failure(name, &error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Sealed::default()),
        Err(error) => Err(told(name, format!("{}: {error}", path.display()))),
    }
}

/// The settings that are sealed for an environment, opened with this machine's key.
///
/// # Errors
/// [`Failure::Sealed`] if there are some and the key is missing or wrong, or a value stands in the open too.
pub fn open(
    declared: &Declared,
    name: &EnvironmentName,
    named: Option<&Path>,
) -> Result<toml::Table, Failure> {
    let sealed = read(declared, name)?;
    if sealed.keys().next().is_none() {
        return Ok(toml::Table::new());
    }
    let plain = &declared.declaration.environments[name].settings;
    if let Some(twice) = sealed.keys().find(|key| plain.contains_key(*key)) {
        return Err(told(
            name,
            format!("`{twice}` is sealed and stands in environments.{name}.settings too: take it out there"),
        ));
    }
    let opened =
        sealed.open(name.as_str(), &identity(name, named)?).map_err(|error| failure(name, &error))?;
    Ok(opened.into_iter().map(|(key, value)| (key, value.into())).collect())
}

/// This machine's key for an environment.
///
/// # Errors
/// [`Failure::Sealed`] that says where it was looked for.
pub fn identity(name: &EnvironmentName, named: Option<&Path>) -> Result<Identity, Failure> {
    let path = identity_file(name, named);
    let text = std::fs::read_to_string(&path).map_err(|error| {
        let advice = "it is made on the machine by `rookery secrets keygen`, and stays there";
        told(name, format!("the key {} cannot be read: {error}; {advice}", path.display()))
    })?;
    Identity::parse(&text).map_err(|_| told(name, format!("{} holds no key of age", path.display())))
}

/// Where this machine's key for an environment is, or belongs.
pub fn identity_file(name: &EnvironmentName, named: Option<&Path>) -> PathBuf {
    let given = std::env::var_os("CREDENTIALS_DIRECTORY").map(|folder| Path::new(&folder).join(IDENTITY));
    let of_machine = || Path::new("/etc/rookery").join(name.as_str()).join(IDENTITY);
    named.map(Path::to_owned).or(given.filter(|path| path.exists())).unwrap_or_else(of_machine)
}

/// Said of an environment's secrets.
pub fn told(name: &EnvironmentName, detail: String) -> Failure {
    Failure::Sealed { environment: name.clone(), detail }
}

/// The same of what the seal says.
pub fn failure(name: &EnvironmentName, error: &SecretError) -> Failure {
    told(name, error.to_string())
}
