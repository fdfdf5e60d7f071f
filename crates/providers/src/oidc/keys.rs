//! An issuer's keys (RFC 7517): the ones that can check an RS256 or ES256 signature, each parsed on its own, so that
//! one strange key does not hide the others.

use crate::limits::KEYS_MAX;
use crate::{Error, Http};
use crate::{IdTokenFault, Provider, Result};
use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use reqwest::Url;
use serde::Deserialize;

#[derive(Deserialize)]
struct Document {
    keys: Vec<serde_json::Value>,
}

/// Keys that can be used.
pub struct Keys(Vec<Key>);

struct Key {
    id: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

impl Keys {
    pub async fn fetch(http: &Http, url: &Url) -> Result<Self> {
        let answer = http.send(Provider::SignIn, http.get(url.clone())).await?;
        if !answer.status.is_success() {
            return Err(answer.failure());
        }
        let document: Document = answer.json()?;
        Ok(Self::read(document.keys))
    }

    pub fn read(keys: Vec<serde_json::Value>) -> Self {
        let parsed = keys.into_iter().filter_map(|key| serde_json::from_value::<Jwk>(key).ok());
        Self(parsed.filter_map(Key::read).take(KEYS_MAX).collect())
    }

    /// The key a token names; without a name, the only one that fits.
    pub fn find(&self, id: Option<&str>, algorithm: Algorithm) -> Result<&DecodingKey> {
        let fitting = self.0.iter().filter(|key| key.algorithm == algorithm);
        let mut named = fitting.filter(|key| id.is_none() || key.id.as_deref() == id);
        match (named.next(), named.next()) {
            (Some(key), None) => Ok(&key.key),
            _ => Err(Error::IdToken { fault: IdTokenFault::UnknownKey }),
        }
    }
}

impl Key {
    fn read(jwk: Jwk) -> Option<Self> {
        let algorithm = match &jwk.algorithm {
            AlgorithmParameters::RSA(_) => Algorithm::RS256,
            AlgorithmParameters::EllipticCurve(curve) if curve.curve == EllipticCurve::P256 => {
                Algorithm::ES256
            }
            _ => return None,
        };
        let is_for_it = match jwk.common.key_algorithm {
            None => true,
            Some(KeyAlgorithm::RS256) => algorithm == Algorithm::RS256,
            Some(KeyAlgorithm::ES256) => algorithm == Algorithm::ES256,
            Some(_) => false,
        };
        let is_for_signing =
            jwk.common.public_key_use.as_ref().is_none_or(|usage| *usage == PublicKeyUse::Signature);
        let key = DecodingKey::from_jwk(&jwk).ok()?;
        (is_for_it && is_for_signing).then_some(Self { id: jwk.common.key_id, algorithm, key })
    }
}
