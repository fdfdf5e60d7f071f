//! What DNS says of a handle: a TXT record of `_atproto.HANDLE` with `did=` and the identity.
//! <https://atproto.com/specs/handle#dns-txt-method>.
//!
//! Who may answer is what the system names, or the settings. A name server that is away, that says there is nothing, or
//! that says what cannot be used never keeps anybody from being looked up in another way; one that says two things does.

use crate::{Did, Error, Handle, Result};
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::NetError;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::proto::rr::{RData, RecordType};
use hickory_resolver::{TokioResolver, proto};
use std::net::SocketAddr;
use std::time::Duration;

/// How long one answer may take, and all of it, in seconds. A server that is away costs no more of what somebody waits.
const ANSWER_S_MAX: u64 = 2;
const ALL_S_MAX: u64 = 5;
/// Records that are looked at. Whoever has more has put something else there.
const RECORDS_MAX: usize = 64;
/// The longest text of a record: `did=` and the longest identity.
const TEXT_BYTES_MAX: usize = 2_052;
/// The longest name, which a long handle with its prefix is beyond.
const NAME_BYTES_MAX: usize = 253;

/// Who is asked for records.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NameServer {
    /// Those that the system names in `/etc/resolv.conf`.
    #[default]
    System,
    /// This one.
    At(SocketAddr),
    /// Nobody: handles are looked up in the other ways alone.
    Nobody,
}

impl NameServer {
    /// Whom a handle leads to by its record; `None`: nobody says.
    ///
    /// # Errors
    /// [`Error::Ambiguous`] for records that contradict each other.
    pub(crate) async fn said(self, handle: &Handle) -> Result<Option<Did>> {
        let name = format!("_atproto.{handle}");
        if self == Self::Nobody || name.len() > NAME_BYTES_MAX {
            return Ok(None);
        }
        let asked = tokio::time::timeout(Duration::from_secs(ALL_S_MAX), self.texts(&name)).await;
        let away =
            |why: &dyn std::fmt::Display| tracing::debug!(%handle, %why, "DNS says nothing of a handle");
        match asked {
            Ok(Ok(texts)) => one_of(&texts, handle),
            Ok(Err(error)) => {
                away(&error);
                Ok(None)
            }
            Err(late) => {
                away(&late);
                Ok(None)
            }
        }
    }

    /// The texts of a name.
    async fn texts(self, name: &str) -> Result<Vec<Vec<u8>>, NetError> {
        // The dot at the end: a name as it is, not one below the domain of this machine.
        let name = proto::rr::Name::from_ascii(format!("{name}."))?;
        let found = self.resolver()?.lookup(name, RecordType::TXT).await?;
        let texts = found.answers().iter().filter_map(|record| match &record.data {
            // A text of more than 255 bytes stands there in pieces.
            RData::TXT(text) => Some(text.txt_data.concat()),
            _ => None,
        });
        Ok(texts.take(RECORDS_MAX + 1).collect())
    }

    /// Made anew each time: what the system names changes, and nothing is to be kept.
    fn resolver(self) -> Result<TokioResolver, NetError> {
        let mut builder = match self {
            Self::System | Self::Nobody => TokioResolver::builder_tokio()?,
            Self::At(address) => {
                let config = ResolverConfig::from_name_servers(vec![at(address)]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
        };
        let options = builder.options_mut();
        options.timeout = Duration::from_secs(ANSWER_S_MAX);
        options.attempts = 1;
        options.cache_size = 0;
        options.use_hosts_file = ResolveHosts::Never;
        // So that records of others fit into one answer; what does not comes over TCP.
        options.edns0 = true;
        builder.build()
    }
}

/// A name server by its address: over UDP, and over TCP for what is too large for that.
fn at(address: SocketAddr) -> NameServerConfig {
    let on = |mut connection: ConnectionConfig| {
        connection.port = address.port();
        connection
    };
    let connections = vec![on(ConnectionConfig::udp()), on(ConnectionConfig::tcp())];
    NameServerConfig::new(address.ip(), true, connections)
}

/// The one identity that records name. Others may stand there: they are for somebody else.
fn one_of(texts: &[Vec<u8>], handle: &Handle) -> Result<Option<Did>> {
    if texts.len() > RECORDS_MAX {
        tracing::debug!(%handle, "DNS says too much of a handle");
        return Ok(None);
    }
    let mut named: Vec<Did> = texts.iter().filter_map(|text| named(text)).collect();
    named.sort();
    named.dedup();
    match named.len() {
        0 | 1 => Ok(named.pop()),
        _ => Err(Error::Ambiguous(handle.clone())),
    }
}

/// `did=did:plc:…`, and nothing else beside it.
fn named(text: &[u8]) -> Option<Did> {
    let text = Some(text).filter(|text| text.len() <= TEXT_BYTES_MAX)?;
    Did::parse(std::str::from_utf8(text).ok()?.strip_prefix("did=")?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANA: &str = "did:plc:z72i7hdynmk6r22z27h6tvur";

    fn said(texts: &[&str]) -> Result<Option<String>> {
        let texts: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
        let found = one_of(&texts, &Handle::parse("ana.example.org")?)?;
        Ok(found.map(|did| did.to_string()))
    }

    #[test]
    fn records_name_one_identity_or_nobody() {
        let own = format!("did={ANA}");
        assert_eq!(said(&[&own]), Ok(Some(ANA.to_owned())));
        assert_eq!(said(&["v=spf1 -all", &own, &own, "did=nonsense"]), Ok(Some(ANA.to_owned())));
        let long = format!("{own}{}", " ".repeat(3_000));
        for bad in
            ["", "did=", ANA, &format!("DID={ANA}"), &format!("did= {ANA}"), &format!("\"{own}\""), &long]
        {
            assert_eq!(said(&[bad]), Ok(None), "{bad}");
        }
        let other = "did=did:web:ana.example.org";
        assert!(matches!(said(&[&own, other]), Err(Error::Ambiguous(_))));
        let mut many = vec!["google-site-verification=x"; RECORDS_MAX];
        many.push(&own);
        assert_eq!(said(&many), Ok(None));
        assert_eq!(said(&many[1..]), Ok(Some(ANA.to_owned())));
        assert_eq!(one_of(&[vec![0xff, 0xfe]], &Handle::parse("ana.example.org").unwrap()), Ok(None));
    }

    #[tokio::test]
    async fn a_handle_that_is_too_long_for_a_record_is_asked_of_nobody() {
        let label = "a".repeat(61);
        let handle = Handle::parse(&format!("{label}.{label}.{label}.{label}.org")).unwrap();
        // Nobody is there: asking would be an error of its own kind, waited for.
        let server = NameServer::At(SocketAddr::from(([127, 0, 0, 1], 9)));
        assert_eq!(server.said(&handle).await, Ok(None));
    }
}
