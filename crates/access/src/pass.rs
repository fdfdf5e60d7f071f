//! What a browser carries once somebody was let in: who by, and until when, signed with HMAC-SHA-256 for one environment.
//! Nothing is stored, so every process knows it; and it says by which entry of the list somebody came, so that whoever is
//! taken off the list is out with their next request.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::WallTime;
use sha2::Sha256;
use std::fmt;
use std::time::Duration;

/// How long somebody is let in for.
pub const PASS_LIFETIME: Duration = Duration::from_secs(7 * 24 * 3600);

const MAC_BYTES: usize = 32;
/// No pass is longer.
const TEXT_BYTES_MAX: usize = 1024;

/// The environment's key for passes and for what is stored of PINs and tokens.
#[derive(Clone)]
pub struct Key {
    key: [u8; 32],
    before: Option<[u8; 32]>,
    environment: String,
}

/// How somebody was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// By a PIN.
    Pin,
    /// By GitHub.
    Github {
        /// GitHub's number of the account, which never changes.
        id: u64,
        /// Its name at that time.
        login: String,
        /// The team that opened, `org/team`; none: the person themselves is on the list.
        team: Option<String>,
    },
    /// By AT Protocol.
    Atproto {
        /// The identity, which never changes.
        did: String,
        /// The handle that opened; none: the identity itself is on the list.
        handle: Option<String>,
    },
}

/// What a browser carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// How they were let in.
    pub way: Way,
    /// Until when.
    pub expires_at: WallTime,
}

/// Why a text is no pass here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    /// Not made here for this environment, or changed on the way.
    #[error("this pass was not made for this environment")]
    Forged,
    /// Its time is over.
    #[error("this pass has ended")]
    Ended,
}

/// What is hashed to be stored: the same text is another hash as something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashOf {
    /// A PIN.
    Pin,
    /// A service token.
    Token,
}

impl Key {
    /// The key of an environment, derived from the server's secret for this and nothing else.
    #[must_use]
    pub fn new(key: [u8; 32], environment: &str) -> Self {
        Self { key, before: None, environment: environment.to_owned() }
    }

    /// The same, taking over from another: what that one made is good until it is taken away.
    #[must_use]
    pub fn after(self, before: [u8; 32]) -> Self {
        Self { before: Some(before), ..self }
    }

    /// The environment's name.
    #[must_use]
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// The text of a pass.
    #[must_use]
    pub fn sign(&self, pass: &Pass) -> String {
        let mut bytes = pass.expires_at.micros().to_be_bytes().to_vec();
        bytes.extend(pass.way.text().as_bytes());
        let mac = self.mac(&self.key, "pass", &bytes).finalize().into_bytes();
        bytes.extend(mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Reads a pass. The time it takes says nothing about the key.
    ///
    /// # Errors
    /// [`PassError::Forged`], [`PassError::Ended`].
    pub fn open(&self, text: &str, now: WallTime) -> Result<Pass, PassError> {
        if text.len() > TEXT_BYTES_MAX {
            return Err(PassError::Forged);
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| PassError::Forged)?;
        let at = bytes.len().checked_sub(MAC_BYTES).ok_or(PassError::Forged)?;
        let (body, mac) = bytes.split_at(at);
        let is_of = |key| self.mac(key, "pass", body).verify_slice(mac).is_ok();
        if !self.keys().fold(false, |is_ours, key| is_ours | is_of(key)) {
            return Err(PassError::Forged);
        }
        let pass = Pass::read(body).ok_or(PassError::Forged)?;
        if pass.expires_at <= now { Err(PassError::Ended) } else { Ok(pass) }
    }

    /// What is stored in a text's place, in small hexadecimal digits: found by it, and useless without the key.
    #[must_use]
    pub fn hash(&self, of: HashOf, text: &str) -> String {
        self.hashed(&self.key, of, text)
    }

    /// The same, and what was stored with the key before.
    #[must_use]
    pub fn hashes(&self, of: HashOf, text: &str) -> Vec<String> {
        self.keys().map(|key| self.hashed(key, of, text)).collect()
    }

    fn hashed(&self, key: &[u8; 32], of: HashOf, text: &str) -> String {
        let what = match of {
            HashOf::Pin => "pin",
            HashOf::Token => "token",
        };
        let mac = self.mac(key, what, text.as_bytes()).finalize().into_bytes();
        mac.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn keys(&self) -> impl Iterator<Item = &[u8; 32]> {
        std::iter::once(&self.key).chain(&self.before)
    }

    /// Over the environment, what it is, and the rest; lengths stand before texts, so that no two read alike.
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    fn mac(&self, key: &[u8; 32], what: &str, rest: &[u8]) -> Hmac<Sha256> {
        let mac = <Hmac<Sha256>>::new_from_slice(key).expect("a key of any length is a key");
        let length = |text: &str| (text.len() as u64).to_be_bytes();
        mac.chain_update(length(&self.environment))
            .chain_update(self.environment.as_bytes())
            .chain_update(length(what))
            .chain_update(what.as_bytes())
            .chain_update(rest)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Key(of {})", self.environment)
    }
}

impl Pass {
    fn read(body: &[u8]) -> Option<Self> {
        let (expires_at, way) = body.split_first_chunk()?;
        let expires_at = WallTime::from_micros(i64::from_be_bytes(*expires_at));
        Some(Self { way: Way::read(std::str::from_utf8(way).ok()?)?, expires_at })
    }
}

impl Way {
    fn text(&self) -> String {
        match self {
            Self::Pin => "pin".to_owned(),
            Self::Github { id, login, team } => {
                format!("github:{id}:{login}:{}", team.as_deref().unwrap_or_default())
            }
            // A handle has no blank in it, nor has an identity.
            Self::Atproto { did, handle } => {
                format!("at:{did} {}", handle.as_deref().unwrap_or_default())
            }
        }
    }

    fn read(text: &str) -> Option<Self> {
        if text == "pin" {
            return Some(Self::Pin);
        }
        if let Some(rest) = text.strip_prefix("at:") {
            let (did, handle) = rest.split_once(' ')?;
            let handle = (!handle.is_empty()).then(|| handle.to_owned());
            return Some(Self::Atproto { did: did.to_owned(), handle });
        }
        let mut parts = text.strip_prefix("github:")?.splitn(3, ':');
        let (id, login, team) = (parts.next()?, parts.next()?, parts.next()?);
        let team = (!team.is_empty()).then(|| team.to_owned());
        Some(Self::Github { id: id.parse().ok()?, login: login.to_owned(), team })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: WallTime = WallTime::from_micros(1_000_000);

    fn passes() -> [Pass; 5] {
        let github = |team: Option<&str>| Way::Github {
            id: 583_231,
            login: "octocat".to_owned(),
            team: team.map(str::to_owned),
        };
        let atproto = |handle: Option<&str>| Way::Atproto {
            did: "did:plc:z72i7hdynmk6r22z27h6tvur".to_owned(),
            handle: handle.map(str::to_owned),
        };
        let expires_at = NOW.plus(PASS_LIFETIME);
        [Way::Pin, github(None), github(Some("our/team")), atproto(None), atproto(Some("ana.example.org"))]
            .map(|way| Pass { way, expires_at })
    }

    fn key(byte: u8, environment: &str) -> Key {
        Key::new([byte; 32], environment)
    }

    #[test]
    fn a_pass_is_read_as_it_was_signed_until_its_time_is_over() {
        let key = key(1, "staging");
        for pass in passes() {
            let text = key.sign(&pass);
            assert_eq!(key.open(&text, NOW), Ok(pass.clone()));
            assert_eq!(key.open(&text, pass.expires_at), Err(PassError::Ended));
        }
    }

    #[test]
    fn a_pass_opens_one_environment_and_no_other() {
        for pass in passes() {
            let text = key(1, "staging").sign(&pass);
            for other in [key(1, "beta"), key(2, "staging"), key(1, "stagin"), key(1, "")] {
                assert_eq!(other.open(&text, NOW), Err(PassError::Forged), "{other:?}");
            }
        }
    }

    #[test]
    fn what_the_key_before_made_is_good_while_another_takes_over() {
        let (before, now) = (key(1, "staging"), key(2, "staging"));
        let both = key(2, "staging").after([1; 32]);
        for pass in passes() {
            assert_eq!(both.open(&before.sign(&pass), NOW), Ok(pass.clone()));
            assert_eq!(now.open(&both.sign(&pass), NOW), Ok(pass.clone()), "what is new is of the new key");
            assert_eq!(before.open(&both.sign(&pass), NOW), Err(PassError::Forged));
            assert_eq!(both.open(&key(3, "staging").sign(&pass), NOW), Err(PassError::Forged));
        }
        let hash = |key: &Key| key.hash(HashOf::Token, "rka_secret");
        assert_eq!(both.hashes(HashOf::Token, "rka_secret"), [hash(&now), hash(&before)]);
    }

    #[test]
    fn every_change_is_noticed() {
        let key = key(1, "staging");
        for pass in passes() {
            let bytes = URL_SAFE_NO_PAD.decode(key.sign(&pass)).unwrap();
            for at in 0..bytes.len() {
                let mut changed = bytes.clone();
                changed[at] ^= 1;
                assert_eq!(
                    key.open(&URL_SAFE_NO_PAD.encode(&changed), NOW),
                    Err(PassError::Forged),
                    "byte {at}"
                );
                let cut = URL_SAFE_NO_PAD.encode(&bytes[..at]);
                assert_eq!(key.open(&cut, NOW), Err(PassError::Forged), "{at} bytes");
            }
        }
        for text in ["", "nonsense", "====", &"A".repeat(2_000)] {
            assert_eq!(key.open(text, NOW), Err(PassError::Forged), "{text}");
        }
    }

    #[test]
    fn what_is_stored_depends_on_key_environment_and_what_it_is() {
        let hash = key(1, "staging").hash(HashOf::Pin, "12345678");
        assert_eq!(hash.len(), 64);
        assert_eq!(hash, key(1, "staging").hash(HashOf::Pin, "12345678"));
        for other in [
            key(2, "staging").hash(HashOf::Pin, "12345678"),
            key(1, "beta").hash(HashOf::Pin, "12345678"),
            key(1, "staging").hash(HashOf::Token, "12345678"),
            key(1, "staging").hash(HashOf::Pin, "12345679"),
        ] {
            assert_ne!(hash, other);
        }
        assert_eq!(format!("{:?}", key(1, "staging")), "Key(of staging)");
    }
}
