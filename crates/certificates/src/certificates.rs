//! The certificates that are served now. Handshakes take them from here; the keeper puts newer ones in their place, and
//! connections that are open keep what they began with.

use crate::error::{Error, Result};
use crate::host::Host;
use crate::limits;
use crate::pair::Pair;
use crate::store::Store;
use model::WallTime;
use rustls::ServerConfig;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

/// The protocol of a handshake that only proves that a name leads here (RFC 8737, section 4).
pub const ACME_TLS: &[u8] = b"acme-tls/1";

/// Certificates by name. Clones are the same.
#[derive(Clone, Debug)]
pub struct Certificates(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    /// The one people use first.
    names: Vec<Host>,
    source: Source,
    served: RwLock<BTreeMap<String, Arc<Pair>>>,
    /// What is wrong now, by name.
    troubles: RwLock<BTreeMap<String, String>>,
}

/// Where they come from.
#[derive(Debug)]
pub(crate) enum Source {
    /// An authority; kept in this folder.
    Authority(Store),
    /// Two files, for all names.
    Files {
        /// The certificate and its chain.
        certificate: PathBuf,
        /// Its key.
        key: PathBuf,
    },
}

impl Certificates {
    /// Those that `folder` holds of an authority; what is missing is ordered by a [`crate::Keeper`]. `names`: the one
    /// people use first.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::TooManyNames`].
    pub fn of_authority(names: Vec<Host>, folder: &Path, directory: &str) -> Result<Self> {
        Self::new(names, Source::Authority(Store::open(folder, directory)?))
    }

    /// The one in two files, for all names.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Pair`] if there is none that can be served, [`Error::TooManyNames`].
    pub fn of_files(names: Vec<Host>, certificate: PathBuf, key: PathBuf) -> Result<Self> {
        let new = Self::new(names, Source::Files { certificate, key })?;
        new.look(new.canonical())?;
        Ok(new)
    }

    fn new(names: Vec<Host>, source: Source) -> Result<Self> {
        if names.is_empty() || names.len() > limits::NAMES_MAX {
            return Err(Error::TooManyNames { count: names.len(), max: limits::NAMES_MAX });
        }
        let (served, troubles) = (RwLock::default(), RwLock::default());
        Ok(Self(Arc::new(Inner { names, source, served, troubles })))
    }

    /// How TLS is spoken with them: 1.2 and 1.3, HTTP/2 or HTTP/1.1.
    ///
    /// # Errors
    /// [`Error::Tls`] if the crypto library has none of it.
    pub fn server_config(&self) -> Result<Arc<ServerConfig>> {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(self.clone()));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        if matches!(self.0.source, Source::Authority(_)) {
            config.alpn_protocols.push(ACME_TLS.to_vec());
        }
        Ok(Arc::new(config))
    }

    /// All names.
    #[must_use]
    pub fn names(&self) -> &[Host] {
        &self.0.names
    }

    /// The one people use.
    #[must_use]
    pub fn canonical(&self) -> &Host {
        &self.0.names[0]
    }

    /// Those with a certificate of their own.
    pub(crate) fn kept(&self) -> &[Host] {
        match self.0.source {
            Source::Authority(_) => &self.0.names,
            Source::Files { .. } => &self.0.names[..1],
        }
    }

    /// The answer to a challenge at port 80, from whichever process orders.
    #[must_use]
    pub fn http_answer(&self, token: &str) -> Option<Vec<u8>> {
        match &self.0.source {
            Source::Authority(store) => store.http_answer(token),
            Source::Files { .. } => None,
        }
    }

    /// What keeps people from coming in by the name they use, if something does.
    #[must_use]
    pub fn concern(&self, now: WallTime) -> Option<String> {
        let name = self.canonical();
        let trouble = self.trouble(name).map_or_else(String::new, |trouble| format!(": {trouble}"));
        match self.served(name) {
            None => Some(format!("it waits for the certificate of {name}{trouble}")),
            Some(pair) if pair.not_after <= now => {
                Some(format!("the certificate of {name} has ended{trouble}"))
            }
            Some(_) => None,
        }
    }

    pub(crate) fn source(&self) -> &Source {
        &self.0.source
    }

    pub(crate) fn served(&self, name: &Host) -> Option<Arc<Pair>> {
        self.0.served.read().unwrap_or_else(PoisonError::into_inner).get(name.as_str()).cloned()
    }

    /// What is wrong with a name now, whether it is served or not.
    #[must_use]
    pub fn trouble(&self, name: &Host) -> Option<String> {
        self.0.troubles.read().unwrap_or_else(PoisonError::into_inner).get(name.as_str()).cloned()
    }

    /// Notes what is wrong with a name now. `true`: that is new.
    pub(crate) fn note(&self, name: &Host, trouble: Option<String>) -> bool {
        let mut troubles = self.0.troubles.write().unwrap_or_else(PoisonError::into_inner);
        match trouble {
            None => troubles.remove(name.as_str()).is_some(),
            Some(text) => troubles.insert(name.as_str().to_owned(), text.clone()).as_ref() != Some(&text),
        }
    }

    /// Looks what is stored for a name, and serves it if it can be. `true`: it is another one than before. What cannot be
    /// served changes nothing.
    pub(crate) fn look(&self, name: &Host) -> Result<bool> {
        let (pem, place) = match &self.0.source {
            Source::Authority(store) => {
                let Some(pem) = store.pair(name)? else { return Ok(false) };
                (pem, store.pair_path(name).display().to_string())
            }
            Source::Files { certificate, key } => {
                let mut pem = must_read(key)?;
                pem.push(b'\n');
                pem.extend(must_read(certificate)?);
                (pem, format!("{} with {}", certificate.display(), key.display()))
            }
        };
        if self.served(name).is_some_and(|pair| pair.pem == pem) {
            return Ok(false);
        }
        let pair = Arc::new(Pair::read(pem, &place)?);
        self.0.served.write().unwrap_or_else(PoisonError::into_inner).insert(name.as_str().to_owned(), pair);
        Ok(true)
    }
}

fn must_read(path: &Path) -> Result<Vec<u8>> {
    let missing = || Error::Io { path: path.to_owned(), source: std::io::ErrorKind::NotFound.into() };
    crate::store::read(path)?.ok_or_else(missing)
}

impl ResolvesServerCert for Certificates {
    /// Who says no name gets the one people use; who says one that is not ours is not answered.
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let asked = match hello.server_name() {
            Some(name) => name.parse::<Host>().ok()?,
            None => self.canonical().clone(),
        };
        let is_proof = hello.alpn().is_some_and(|mut names| names.any(|name| name == ACME_TLS));
        match &self.0.source {
            Source::Authority(store) if is_proof => Pair::proof(&store.tls_answer(&asked)?),
            Source::Authority(_) => Some(Arc::clone(&self.served(&asked)?.key)),
            Source::Files { .. } => Some(Arc::clone(&self.served(self.canonical())?.key)),
        }
    }
}
