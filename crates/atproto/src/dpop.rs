//! Proofs that whoever asks holds a key (DPoP, RFC 9449), signed with ES256.

use crate::{Error, Result};
use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::WallTime;
use providers::Secret;
use reqwest::Url;
use serde_json::json;

/// A key of one sign-in.
pub struct Key(EcdsaKeyPair);

fn unusable<E>(_: E) -> Error {
    Error::Setting { what: "the key of a sign-in", detail: "it cannot be made or read".to_owned() }
}

impl Key {
    /// A new one, of the operating system's chance.
    ///
    /// # Errors
    /// [`Error::Setting`] if there is none.
    pub fn generate() -> Result<Self> {
        EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map(Self).map_err(unusable)
    }

    /// What is kept of it, sealed, until the person is back.
    ///
    /// # Errors
    /// [`Error::Setting`] if it cannot be written.
    pub fn kept(&self) -> Result<Secret> {
        let document = self.0.to_pkcs8v1().map_err(unusable)?;
        Ok(Secret::new(URL_SAFE_NO_PAD.encode(document.as_ref())))
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// [`Error::Setting`] if it is none.
    pub fn read(kept: &Secret) -> Result<Self> {
        let document = URL_SAFE_NO_PAD.decode(kept.reveal()).map_err(unusable)?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &document).map(Self).map_err(unusable)
    }

    /// A proof for one request, with the word that the server gave for it.
    pub(crate) fn proof(
        &self,
        method: &str,
        url: &Url,
        nonce: Option<&str>,
        now: WallTime,
    ) -> Result<String> {
        // An uncompressed point: 4, then both coordinates of 32 bytes.
        let point = self.0.public_key().as_ref();
        let (x, y) = point.get(1..).and_then(|rest| rest.split_at_checked(32)).ok_or_else(|| unusable(()))?;
        let jwk = json!({
            "kty": "EC", "crv": "P-256", "x": URL_SAFE_NO_PAD.encode(x), "y": URL_SAFE_NO_PAD.encode(y),
        });
        let mut once = [0; 16];
        fill(&mut once).map_err(unusable)?;
        // Section 4.2: the address without query and fragment.
        let mut address = url.clone();
        address.set_query(None);
        address.set_fragment(None);
        let mut claims = json!({
            "jti": URL_SAFE_NO_PAD.encode(once), "htm": method, "htu": address.as_str(),
            "iat": now.millis().div_euclid(1_000),
        });
        if let Some(nonce) = nonce {
            claims["nonce"] = nonce.into();
        }
        let header = json!({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk});
        let encoded = |part: &serde_json::Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let signed = format!("{}.{}", encoded(&header), encoded(&claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).map_err(unusable)?;
        Ok(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref())))
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

    #[test]
    fn a_proof_is_of_this_request_and_signed_by_the_key_in_it() {
        let key = Key::read(&Key::generate().unwrap().kept().unwrap()).unwrap();
        let url = Url::parse("https://pds.example.org/oauth/token?x=1#y").unwrap();
        let now = WallTime::from_micros(1_795_000_000_999_999);
        let proof = key.proof("POST", &url, Some("word"), now).unwrap();
        let parts: Vec<&str> = proof.split('.').collect();
        let read = |part: &str| -> serde_json::Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        let (header, claims) = (read(parts[0]), read(parts[1]));
        assert_eq!((&header["typ"], &header["alg"]), (&"dpop+jwt".into(), &"ES256".into()));
        assert!(header["jwk"].get("d").is_none(), "the private part stays here");
        assert_eq!(claims["htu"], "https://pds.example.org/oauth/token");
        assert_eq!((&claims["htm"], &claims["nonce"]), (&"POST".into(), &"word".into()));
        assert_eq!(claims["iat"], 1_795_000_000);
        let coordinate = |name: &str| URL_SAFE_NO_PAD.decode(header["jwk"][name].as_str().unwrap()).unwrap();
        let point = [vec![4], coordinate("x"), coordinate("y")].concat();
        let public = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
        let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        let signed = format!("{}.{}", parts[0], parts[1]);
        assert!(public.verify(signed.as_bytes(), &signature).is_ok());
        assert!(public.verify(format!("{signed}x").as_bytes(), &signature).is_err());
        let other = key.proof("POST", &url, None, now).unwrap();
        let other = read(other.split('.').nth(1).unwrap());
        assert!(other.get("nonce").is_none() && other["jti"] != claims["jti"]);
        assert_eq!(format!("{key:?}"), "Key(…)");
        assert!(Key::read(&Secret::new("nonsense")).is_err());
    }
}
