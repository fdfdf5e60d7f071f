//! A certificate with its chain and its key, in one file of PEM: they are swapped together or not at all.

use crate::error::{Error, Result};
use model::WallTime;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

/// A certificate that can be served.
#[derive(Clone)]
pub(crate) struct Pair {
    /// As TLS wants it.
    pub(crate) key: Arc<CertifiedKey>,
    /// As it was read.
    pub(crate) pem: Vec<u8>,
    /// From when it holds.
    pub(crate) not_before: WallTime,
    /// Until when.
    pub(crate) not_after: WallTime,
}

/// Without the key.
impl fmt::Debug for Pair {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pair").field("not_after", &self.not_after).finish_non_exhaustive()
    }
}

impl Pair {
    /// Reads certificates and key. `place` is where they are, for whoever must put them right.
    ///
    /// # Errors
    /// [`Error::Pair`] if there is none, or the key is another's.
    pub(crate) fn read(pem: Vec<u8>, place: &str) -> Result<Self> {
        let wrong = |detail: String| Error::Pair { place: place.to_owned(), detail };
        let chain: Vec<_> = CertificateDer::pem_slice_iter(&pem)
            .collect::<Result<_, _>>()
            .map_err(|error| wrong(format!("the certificate is no PEM: {error}")))?;
        let first = chain.first().ok_or_else(|| wrong("there is no certificate in it".to_owned()))?;
        let certificate = Certificate::from_der(first)
            .map_err(|error| wrong(format!("the certificate cannot be read: {error}")))?;
        let validity = &certificate.tbs_certificate.validity;
        let wall = |time: Duration| WallTime::from_micros(0).plus(time);
        let not_before = wall(validity.not_before.to_unix_duration());
        let not_after = wall(validity.not_after.to_unix_duration());
        let key = PrivateKeyDer::from_pem_slice(&pem)
            .map_err(|error| wrong(format!("the key cannot be read: {error}")))?;
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let key = CertifiedKey::from_der(chain, key, &provider)
            .map_err(|error| wrong(format!("certificate and key do not go together: {error}")))?;
        Ok(Self { key: Arc::new(key), pem, not_before, not_after })
    }

    /// What proves a name in the handshake. It is no certificate that could be served: it says something that whoever does
    /// not look for it must refuse (RFC 8737, section 3), so it is not looked at here.
    pub(crate) fn proof(pem: &[u8]) -> Option<Arc<CertifiedKey>> {
        let chain = CertificateDer::pem_slice_iter(pem).collect::<Result<Vec<_>, _>>().ok()?;
        let key = PrivateKeyDer::from_pem_slice(pem).ok()?;
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        let key = provider.key_provider.load_private_key(key).ok()?;
        Some(Arc::new(CertifiedKey::new(chain, key)))
    }

    /// How long it holds in all.
    pub(crate) fn life(&self) -> Duration {
        self.not_after.since(self.not_before)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_of_another_certificate_is_refused() {
        let made = |name: &str| {
            let key = rcgen::KeyPair::generate().unwrap();
            let params = rcgen::CertificateParams::new(vec![name.to_owned()]).unwrap();
            let certificate = params.self_signed(&key).unwrap();
            (certificate.pem(), key.serialize_pem())
        };
        let ((certificate, key), (_, other)) = (made("a.example"), made("a.example"));
        let read = |text: String| Pair::read(text.into_bytes(), "here");
        let pair = read(format!("{key}{certificate}")).unwrap();
        assert!(pair.not_before < pair.not_after && pair.life() > Duration::from_secs(3600));
        for (wrong, why) in [
            (format!("{other}{certificate}"), "do not go together"),
            (key, "no certificate"),
            (certificate, "key cannot be read"),
            ("nonsense".to_owned(), "no certificate"),
        ] {
            let error = read(wrong).unwrap_err().to_string();
            assert!(error.starts_with("here: ") && error.contains(why), "{error}");
        }
    }
}
