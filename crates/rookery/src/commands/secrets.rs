//! `rookery secrets`: values that nobody may read but the machines of an environment, kept beside the code.
//!
//! Whoever works on the declaration puts values in; a machine's key, which opens them, is made there and stays there.

use super::print;
use crate::declared::{Declared, known};
use crate::failure::Failure;
use crate::sealed;
use crate::settings::Settings;
use clap::Subcommand;
use operations::{EnvironmentName, faults, nearest};
use secrets::{Recipients, Sealed};
use std::fs::OpenOptions;
use std::io::{Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Bytes that are read of what is piped in.
const INPUT_BYTES_MAX: u64 = 64 * 1024;

#[derive(Debug, Subcommand)]
pub enum SecretsCommand {
    /// Makes this machine's key, and prints the recipient to be declared.
    Keygen {
        /// For which environment.
        #[arg(value_name = "NAME")]
        which: EnvironmentName,
        /// Adds a key to the one that is there: both open until the old one is taken out.
        #[arg(long)]
        add: bool,
    },
    /// Seals a setting; its value is read from standard input.
    Set {
        /// For which environment.
        #[arg(value_name = "NAME")]
        which: EnvironmentName,
        /// Which setting: `google_client_secret`.
        key: String,
    },
    /// Takes a setting out.
    Remove {
        /// Of which environment.
        #[arg(value_name = "NAME")]
        which: EnvironmentName,
        /// Which setting.
        key: String,
    },
    /// Lists what is sealed.
    List {
        /// Of which environment.
        #[arg(value_name = "NAME")]
        which: EnvironmentName,
    },
    /// Opens everything with this machine's key, and says what is wrong with it. Shows no value.
    Check {
        /// Of which environment.
        #[arg(value_name = "NAME")]
        which: EnvironmentName,
    },
    /// Seals everything anew for the recipients that are declared now. Needs a key that opens it.
    Reseal {
        /// Of which environment.
        #[arg(value_name = "NAME")]
        which: EnvironmentName,
    },
}

/// # Errors
/// [`Failure::Sealed`], and what is wrong with the declaration.
pub fn run(settings: &Settings, command: &SecretsCommand) -> Result<(), Failure> {
    let named = settings.identity_file.as_deref();
    if let SecretsCommand::Keygen { which, add } = command {
        return keygen(which, named, *add);
    }
    let declared = Declared::read(settings.config.as_deref())?.ok_or(Failure::NothingDeclared)?;
    match command {
        SecretsCommand::Keygen { .. } => Ok(()),
        SecretsCommand::Set { which, key } => set(&declared, &declared.choose(Some(which))?, key),
        SecretsCommand::Remove { which, key } => remove(&declared, &declared.choose(Some(which))?, key),
        SecretsCommand::List { which } => {
            let sealed = sealed::read(&declared, &declared.choose(Some(which))?)?;
            sealed.keys().for_each(|key| print(&format!("{key}\n")));
            Ok(())
        }
        SecretsCommand::Check { which } => check(&declared, &declared.choose(Some(which))?, named),
        SecretsCommand::Reseal { which } => reseal(&declared, &declared.choose(Some(which))?, named),
    }
}

/// Only its owner can read it; one that is there is never replaced.
fn keygen(name: &EnvironmentName, named: Option<&Path>, add: bool) -> Result<(), Failure> {
    let path = sealed::identity_file(name, named);
    let told = |error: std::io::Error| sealed::told(name, format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(told)?;
    }
    let (text, recipient) = secrets::generate();
    let mut options = OpenOptions::new();
    let options = if add { options.append(true) } else { options.write(true).create_new(true) };
    let mut file = options.mode(0o600).open(&path).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            sealed::told(name, format!("{} is there: `--add` puts another key beside it", path.display()))
        }
        _ => told(error),
    })?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(told)?;
    print(&format!(
        "The key is in {}. It stays on this machine. Declare for whom is sealed:\n\n[environments.{name}]\nrecipients = \
         [\"{recipient}\"]\n",
        path.display()
    ));
    Ok(())
}

fn set(declared: &Declared, name: &EnvironmentName, key: &str) -> Result<(), Failure> {
    let known = known();
    if !known.iter().any(|other| other == key) {
        let near = nearest(key, known.iter().map(String::as_str));
        let hint = near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
        return Err(sealed::told(name, format!("there is no setting `{key}`{hint}")));
    }
    let mut value = String::new();
    let read = std::io::stdin().take(INPUT_BYTES_MAX).read_to_string(&mut value);
    read.map_err(|error| sealed::told(name, format!("nothing could be read from standard input: {error}")))?;
    // Editors and `echo` end a line.
    let value =
        value.strip_suffix('\n').map_or(value.as_str(), |value| value.strip_suffix('\r').unwrap_or(value));
    if let Some(fault) = faults(key, value, !name.is_development()).first() {
        return Err(sealed::told(name, format!("`{key}` was not taken: {}", fault.text())));
    }
    let mut sealed = sealed::read(declared, name)?;
    let to = recipients(declared, name)?;
    sealed.set(name.as_str(), key, value, &to).map_err(|error| sealed::failure(name, &error))?;
    write(declared, name, &sealed)?;
    print(&format!("`{key}` is sealed in {}.\n", sealed::file(declared, name).display()));
    Ok(())
}

fn remove(declared: &Declared, name: &EnvironmentName, key: &str) -> Result<(), Failure> {
    let mut sealed = sealed::read(declared, name)?;
    if !sealed.remove(key) {
        return Err(sealed::told(name, format!("`{key}` is not among them")));
    }
    write(declared, name, &sealed)
}

fn check(declared: &Declared, name: &EnvironmentName, named: Option<&Path>) -> Result<(), Failure> {
    let opened = sealed::open(declared, name, named)?;
    let count = opened.len();
    for (key, value) in &opened {
        let found = faults(key, value.as_str().unwrap_or_default(), !name.is_development());
        if let Some(fault) = found.first() {
            return Err(sealed::told(name, format!("`{key}`: {}", fault.text())));
        }
    }
    // Whether each is of the kind its setting has.
    declared.settings(Some(name), opened)?;
    print(&format!("{count} secrets open here and are sound.\n"));
    Ok(())
}

fn reseal(declared: &Declared, name: &EnvironmentName, named: Option<&Path>) -> Result<(), Failure> {
    let identity = sealed::identity(name, named)?;
    let told = |error: secrets::SecretError| sealed::failure(name, &error);
    let opened = sealed::read(declared, name)?.open(name.as_str(), &identity).map_err(told)?;
    let to = recipients(declared, name)?;
    let mut sealed = Sealed::default();
    for (key, value) in &opened {
        sealed.set(name.as_str(), key, value, &to).map_err(told)?;
    }
    write(declared, name, &sealed)?;
    print(&format!("{} secrets are sealed anew.\n", opened.len()));
    Ok(())
}

fn recipients(declared: &Declared, name: &EnvironmentName) -> Result<Recipients, Failure> {
    let texts = declared.declaration.environments[name].recipients.iter().map(String::as_str);
    Recipients::parse(texts).map_err(|error| sealed::failure(name, &error))
}

/// Whole or not at all.
fn write(declared: &Declared, name: &EnvironmentName, sealed: &Sealed) -> Result<(), Failure> {
    let path = sealed::file(declared, name);
    let told = |error: std::io::Error| sealed::told(name, format!("{}: {error}", path.display()));
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(told)?;
    }
    let draft = path.with_extension(format!("toml-{}", std::process::id()));
    std::fs::write(&draft, sealed.text()).map_err(told)?;
    std::fs::rename(&draft, &path).map_err(told)
}
