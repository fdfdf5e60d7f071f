//! The sealed file: a table of TOML, one line a secret, so that a change shows which one was changed and nothing else.

use crate::SecretError;
use age::secrecy::ExposeSecret as _;
use age::x25519;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{Read as _, Write as _};

/// Bytes of the longest secret.
const VALUE_BYTES_MAX: usize = 16 * 1024;
/// Bytes that sealing adds, at most: a stanza for each recipient.
const SEALED_BYTES_MAX: usize = 2 * VALUE_BYTES_MAX + 64 * 1024;
/// Bytes of the largest file that is read.
const FILE_BYTES_MAX: usize = 4 * 1024 * 1024;
const HEAD: &str = "# Sealed with age, each value by itself, for the machines of this environment. `rookery secrets` changes it.\n";

/// What opens secrets on a machine.
pub struct Identity(Vec<x25519::Identity>);

impl fmt::Debug for Identity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Identity").field(&self.0.len()).finish()
    }
}

impl Identity {
    /// Reads a key file as `age-keygen` writes it. Several keys may stand in it: while one takes over from another, both.
    ///
    /// # Errors
    /// [`SecretError::Key`].
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
        // The text itself is a secret: not even its beginning is told.
        let parsed = lines.map(|line| line.parse().map_err(|_| SecretError::Key("…".to_owned())));
        let identities = parsed.collect::<Result<Vec<x25519::Identity>, _>>()?;
        if identities.is_empty() { Err(SecretError::Key(String::new())) } else { Ok(Self(identities)) }
    }

    /// For whom others seal.
    pub fn recipients(&self) -> impl Iterator<Item = String> + '_ {
        self.0.iter().map(|identity| identity.to_public().to_string())
    }
}

/// A new key: the text of its file, and the recipient that others seal for.
#[must_use]
pub fn generate() -> (String, String) {
    let identity = x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    (format!("# {recipient}\n{}\n", identity.to_string().expose_secret()), recipient)
}

/// For whom is sealed.
#[derive(Clone)]
pub struct Recipients(Vec<x25519::Recipient>);

impl Recipients {
    /// Reads `age1…`.
    ///
    /// # Errors
    /// [`SecretError::Key`], [`SecretError::NoRecipients`].
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, SecretError> {
        let parsed = texts
            .into_iter()
            .map(|text| text.trim().parse().map_err(|_| SecretError::Key(text.chars().take(80).collect())));
        let recipients = parsed.collect::<Result<Vec<_>, _>>()?;
        if recipients.is_empty() { Err(SecretError::NoRecipients) } else { Ok(Self(recipients)) }
    }
}

/// What is sealed: where it belongs, and the value.
#[derive(Serialize, Deserialize)]
struct Content {
    environment: String,
    key: String,
    value: String,
}

/// The secrets of one environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sealed(BTreeMap<String, String>);

impl Sealed {
    /// Reads the file's text.
    ///
    /// # Errors
    /// [`SecretError::File`].
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        if text.len() > FILE_BYTES_MAX {
            return Err(SecretError::File(format!("it has more than {FILE_BYTES_MAX} bytes")));
        }
        let values: BTreeMap<String, String> =
            toml::from_str(text).map_err(|error| SecretError::File(error.message().to_owned()))?;
        for key in values.keys() {
            name(key)?;
        }
        Ok(Self(values))
    }

    /// The file's text.
    #[must_use]
    pub fn text(&self) -> String {
        // Keys are plain names and values base64: nothing needs escaping.
        self.0.iter().fold(HEAD.to_owned(), |text, (key, value)| text + key + " = \"" + value + "\"\n")
    }

    /// The names of what is there.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Seals a value, in place of what stood there.
    ///
    /// # Errors
    /// [`SecretError::Name`], [`SecretError::TooLong`].
    pub fn set(
        &mut self,
        environment: &str,
        key: &str,
        value: &str,
        recipients: &Recipients,
    ) -> Result<(), SecretError> {
        name(key)?;
        if value.len() > VALUE_BYTES_MAX {
            return Err(SecretError::TooLong(VALUE_BYTES_MAX));
        }
        let content =
            Content { environment: environment.to_owned(), key: key.to_owned(), value: value.to_owned() };
        let damaged = |detail: String| SecretError::Damaged { key: key.to_owned(), detail };
        let plain = serde_json::to_vec(&content).map_err(|error| damaged(error.to_string()))?;
        let to = recipients.0.iter().map(|recipient| recipient as &dyn age::Recipient);
        let encryptor = age::Encryptor::with_recipients(to).map_err(|error| damaged(error.to_string()))?;
        let mut sealed = Vec::new();
        let mut writer = encryptor.wrap_output(&mut sealed).map_err(|error| damaged(error.to_string()))?;
        writer.write_all(&plain).map_err(|error| damaged(error.to_string()))?;
        writer.finish().map_err(|error| damaged(error.to_string()))?;
        self.0.insert(key.to_owned(), BASE64.encode(sealed));
        Ok(())
    }

    /// Takes a value out of the file. Whether there was one.
    pub fn remove(&mut self, key: &str) -> bool {
        self.0.remove(key).is_some()
    }

    /// Opens all of them.
    ///
    /// # Errors
    /// [`SecretError::NotForThisMachine`], [`SecretError::Damaged`]: one that cannot be opened is not passed over.
    pub fn open(
        &self,
        environment: &str,
        identity: &Identity,
    ) -> Result<BTreeMap<String, String>, SecretError> {
        self.0
            .iter()
            .map(|(key, sealed)| Ok((key.clone(), open(environment, key, sealed, identity)?)))
            .collect()
    }
}

fn open(environment: &str, key: &str, sealed: &str, identity: &Identity) -> Result<String, SecretError> {
    let damaged = |detail: &str| SecretError::Damaged { key: key.to_owned(), detail: detail.to_owned() };
    if sealed.len() > SEALED_BYTES_MAX {
        return Err(damaged("it is longer than any secret"));
    }
    let sealed = BASE64.decode(sealed).map_err(|_| damaged("it is no base64"))?;
    let decryptor = age::Decryptor::new(sealed.as_slice()).map_err(|error| damaged(&error.to_string()))?;
    let identities = identity.0.iter().map(|identity| identity as &dyn age::Identity);
    let reader = decryptor.decrypt(identities).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => SecretError::NotForThisMachine(key.to_owned()),
        error => damaged(&error.to_string()),
    })?;
    let mut plain = Vec::new();
    let read = reader.take(SEALED_BYTES_MAX as u64).read_to_end(&mut plain);
    read.map_err(|error| damaged(&error.to_string()))?;
    // What the parser would say could quote the secret.
    let content: Content = serde_json::from_slice(&plain).map_err(|_| damaged("something else is sealed"))?;
    if content.environment != environment || content.key != key {
        return Err(damaged(&format!("it belongs to `{}` of `{}`", content.key, content.environment)));
    }
    Ok(content.value)
}

/// A name of a setting.
fn name(key: &str) -> Result<(), SecretError> {
    let is_letter = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if key.is_empty() || key.len() > 80 || !key.chars().all(is_letter) {
        return Err(SecretError::Name(key.chars().take(80).collect()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Machine {
        identity: Identity,
        recipients: Recipients,
    }

    fn machine() -> Machine {
        let (file, recipient) = generate();
        Machine {
            identity: Identity::parse(&file).unwrap(),
            recipients: Recipients::parse([recipient.as_str()]).unwrap(),
        }
    }

    fn sealed(machine: &Machine) -> Sealed {
        let mut sealed = Sealed::default();
        sealed.set("staging", "google_client_secret", "GOCSPX-\"zwölf\"\n", &machine.recipients).unwrap();
        sealed
    }

    #[test]
    fn what_was_sealed_opens_on_its_machine_and_on_no_other() {
        let (one, other) = (machine(), machine());
        let read = Sealed::parse(&sealed(&one).text()).unwrap();
        assert_eq!(read, read.clone());
        assert!(!read.text().contains("GOCSPX"));
        assert_eq!(
            read.open("staging", &one.identity).unwrap()["google_client_secret"],
            "GOCSPX-\"zwölf\"\n"
        );
        let wrong = read.open("staging", &other.identity).unwrap_err();
        assert_eq!(wrong, SecretError::NotForThisMachine("google_client_secret".into()));
    }

    #[test]
    fn a_value_that_was_moved_does_not_open() {
        let machine = machine();
        let mut moved = sealed(&machine);
        let wrong = moved.open("production", &machine.identity).unwrap_err();
        assert!(wrong.to_string().contains("belongs to `google_client_secret` of `staging`"), "{wrong}");
        let value = moved.0.remove("google_client_secret").unwrap();
        moved.0.insert("spotify_client_secret".into(), value);
        assert!(matches!(moved.open("staging", &machine.identity), Err(SecretError::Damaged { .. })));
    }

    #[test]
    fn while_one_key_takes_over_from_another_both_open() {
        let (old, new) = (generate(), generate());
        let both = Recipients::parse([old.1.as_str(), new.1.as_str()]).unwrap();
        let mut sealed = Sealed::default();
        sealed.set("beta", "secret_key", "ab", &both).unwrap();
        for file in [&old.0, &new.0, &format!("{}{}", old.0, new.0)] {
            assert_eq!(sealed.open("beta", &Identity::parse(file).unwrap()).unwrap()["secret_key"], "ab");
        }
        assert_eq!(Identity::parse(&format!("{}{}", old.0, new.0)).unwrap().recipients().count(), 2);
    }

    #[test]
    fn a_changed_byte_is_noticed_wherever_it_is() {
        let machine = machine();
        let whole = sealed(&machine).0["google_client_secret"].clone();
        let bytes = BASE64.decode(&whole).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            let sealed = Sealed(BTreeMap::from([("google_client_secret".into(), BASE64.encode(changed))]));
            assert!(sealed.open("staging", &machine.identity).is_err(), "byte {at}");
        }
    }

    #[test]
    fn what_is_no_key_no_name_or_no_file_is_refused_without_being_repeated() {
        let said = Identity::parse("AGE-SECRET-KEY-1WRONG").unwrap_err().to_string();
        assert!(!said.contains("WRONG"), "{said}");
        assert!(Identity::parse("# nothing\n").is_err());
        assert!(matches!(Recipients::parse(["age1nonsense"]), Err(SecretError::Key(_))));
        assert!(matches!(Recipients::parse([]), Err(SecretError::NoRecipients)));
        let machine = machine();
        let mut sealed = Sealed::default();
        for bad in ["", "Secret", "a b", "a=b", "ä", "x\"\n"] {
            assert!(sealed.set("beta", bad, "x", &machine.recipients).is_err(), "{bad}");
        }
        let long = "x".repeat(VALUE_BYTES_MAX + 1);
        assert!(matches!(sealed.set("beta", "a", &long, &machine.recipients), Err(SecretError::TooLong(_))));
        for bad in ["[", "a = 1", "A = \"x\"", "[a]\nb = \"c\""] {
            assert!(Sealed::parse(bad).is_err(), "{bad}");
        }
    }
}
