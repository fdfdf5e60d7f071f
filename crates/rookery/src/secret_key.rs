//! Where the server's secret comes from: a setting, a file that is named, or `secret.key` in the data folder, made at
//! the first start. The database knows its fingerprint alone, so that a wrong key is noticed before anything is done
//! with it.

use crate::clock::SystemClock;
use crate::compose;
use crate::failure::Failure;
use crate::settings::Settings;
use database::Database;
use identity::{Sealer, ServerSecret, SocketTokens};
use model::{Clock as _, WallTime};
use std::fs::OpenOptions;
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

const FILE: &str = "secret.key";
const FINGERPRINT: &str = "secret_key_fingerprint";
/// Since when the database knows which secret.
const SINCE: &str = "secret_key_since";
/// Read and write for the owner, nothing for others.
const OWNER_ONLY: u32 = 0o600;
/// A file longer than this is no key.
const FILE_BYTES_MAX: u64 = 1024;

/// The secret, checked against the database.
///
/// # Errors
/// [`Failure::SecretKey`] if it cannot be read or made, [`Failure::OtherSecretKey`] if the database knows another.
pub async fn open(settings: &Settings, database: &Database) -> Result<ServerSecret, Failure> {
    let secret = find(settings)?;
    let known = database::settings::get_or_set(database, FINGERPRINT, &secret.fingerprint()).await?;
    let is_before = secret.before().is_some_and(|before| known == before.fingerprint());
    if is_before {
        tracing::warn!("another secret key takes over: run `rookery reseal`, then take the previous one out");
    }
    if is_before || known == secret.fingerprint() {
        Ok(secret)
    } else {
        Err(Failure::OtherSecretKey { place: place(settings) })
    }
}

/// Makes the database accept the key that is there now.
///
/// # Errors
/// As [`open`].
pub async fn accept(settings: &Settings, database: &Database) -> Result<(), Failure> {
    let secret = find(settings)?;
    Ok(database::settings::set(database, FINGERPRINT, &secret.fingerprint()).await?)
}

/// Seals everything anew with the secret that is there now; from then on the database knows it alone.
///
/// # Errors
/// As [`open`]; [`Failure::Server`] for what the database says.
pub async fn reseal(settings: &Settings, database: &Database) -> Result<server::Resealed, Failure> {
    let secret = open(settings, database).await?;
    let done = server::reseal(database, &Sealer::new(&secret), &mut *compose::entropy()?).await?;
    database::settings::set(database, FINGERPRINT, &secret.fingerprint()).await?;
    tell_age(database).await?;
    Ok(done)
}

/// Tells since when the database knows its secret, and writes it down at the first time: a secret should be changed at
/// times.
///
/// # Errors
/// [`Failure::Database`].
pub async fn tell_age(database: &Database) -> Result<(), Failure> {
    let Some(fingerprint) = database::settings::get(database, FINGERPRINT).await? else { return Ok(()) };
    let now = SystemClock::start().wall();
    let written = [&fingerprint[..], &now.micros().to_be_bytes()].concat();
    let known = database::settings::get_or_set(database, SINCE, &written).await?;
    let since = match known.split_at_checked(fingerprint.len()) {
        Some((of, at)) if of == fingerprint => {
            at.try_into().map_or(now, |at| WallTime::from_micros(i64::from_be_bytes(at)))
        }
        _ => {
            database::settings::set(database, SINCE, &written).await?;
            now
        }
    };
    metrics::gauge!("secret_key_since_seconds").set(since.micros() as f64 / 1_000_000.0);
    Ok(())
}

/// What signs socket tokens.
pub fn socket_tokens(secret: &ServerSecret) -> SocketTokens {
    let key = |secret: &ServerSecret| secret.derive("socket tokens");
    let tokens = SocketTokens::with_key(key(secret));
    match secret.before() {
        Some(before) => tokens.after(key(&before)),
        None => tokens,
    }
}

fn place(settings: &Settings) -> String {
    match (&settings.secret_key, &settings.secret_key_file) {
        (Some(_), _) => "ROOKERY_SECRET_KEY".to_owned(),
        (None, Some(file)) => file.display().to_string(),
        (None, None) => settings.data().join(FILE).display().to_string(),
    }
}

fn find(settings: &Settings) -> Result<ServerSecret, Failure> {
    let failure = |detail: String| Failure::SecretKey { place: place(settings), detail };
    let text = match (&settings.secret_key, &settings.secret_key_file) {
        (Some(text), _) => text.clone(),
        (None, Some(file)) => read(file).map_err(|error| failure(error.to_string()))?,
        (None, None) => {
            let file = settings.data().join(FILE);
            match read(&file) {
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    make(&file)?.map_err(|error| failure(error.to_string()))?
                }
                read => read.map_err(|error| failure(error.to_string()))?,
            }
        }
    };
    let secret = ServerSecret::parse(&text).map_err(|error| failure(error.to_string()))?;
    Ok(match settings.previous_key.read()? {
        Some(before) => secret.after(&before),
        None => secret,
    })
}

fn read(file: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(file)?.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
    Ok(text)
}

/// Makes a key that nobody else may read. Of several processes that start at once the first one's holds.
fn make(file: &Path) -> Result<std::io::Result<String>, Failure> {
    let mut entropy = compose::entropy()?;
    let mut bytes = [0; ServerSecret::BYTES];
    for part in bytes.chunks_exact_mut(8) {
        part.copy_from_slice(&entropy.next_u64().to_le_bytes());
    }
    let text = ServerSecret::new(bytes).reveal() + "\n";
    Ok(write(file, &text).or_else(|error| match error.kind() {
        ErrorKind::AlreadyExists => read(file),
        _ => Err(error),
    }))
}

/// Whole or not at all, even if the machine stops in between.
fn write(file: &Path, text: &str) -> std::io::Result<String> {
    let draft = file.with_extension(format!("key-{}", std::process::id()));
    let mut opened =
        OpenOptions::new().write(true).create(true).truncate(true).mode(OWNER_ONLY).open(&draft)?;
    opened.write_all(text.as_bytes())?;
    opened.sync_all()?;
    // A link, unlike a rename, does not replace what somebody else made meanwhile.
    let linked = std::fs::hard_link(&draft, file);
    std::fs::remove_file(&draft)?;
    linked?;
    if let Some(folder) = file.parent() {
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(text.to_owned())
}
