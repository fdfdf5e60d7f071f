//! Who somebody is: from a handle to the DID, from the DID to its document, and back, since only both together are true.
//! <https://atproto.com/specs/handle#handle-resolution>, <https://atproto.com/specs/did#did-documents>.
//!
//! A handle is looked up in DNS and at its own host (`/.well-known/atproto-did`) at a time, and DNS is believed where both
//! speak. If neither does, a service is asked (`com.atproto.identity.resolveHandle`).

use crate::{Did, Error, Handle, NameServer, Network, Result, SignInOptions};
use futures::future::{Either, select};
use reqwest::Url;
use serde::Deserialize;
use std::pin::pin;

/// A DID and line ends; no host has more to say there.
const ANSWER_BYTES_MAX: usize = 2_100;
const DIRECTORY: &str = "the directory of identities";

/// Where identities are looked up.
#[derive(Clone, Debug)]
pub(crate) struct Identities {
    pub(crate) network: Network,
    /// Of `did:plc`.
    directory: Url,
    /// A service that looks handles up.
    resolver: Option<Url>,
    /// Who is asked for their records.
    dns: NameServer,
}

/// What a document says that matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) did: Did,
    /// Handles it calls itself.
    pub(crate) handles: Vec<Handle>,
    /// Its server, as an origin.
    pub(crate) server: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    id: String,
    #[serde(default)]
    also_known_as: Vec<String>,
    #[serde(default)]
    service: Vec<Service>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Service {
    id: String,
    r#type: String,
    // Some services of other kinds have lists or objects here.
    #[serde(default)]
    service_endpoint: serde_json::Value,
}

#[derive(Deserialize)]
struct Resolved {
    did: String,
}

impl Identities {
    pub(crate) fn new(network: Network, options: &SignInOptions) -> Result<Self> {
        let SignInOptions { directory, resolver, dns } = options;
        let place = |what: &'static str, text: &str| {
            let wrong = |error: Error| Error::Setting { what, detail: error.to_string() };
            network.address(&format!("{}/", text.trim_end_matches('/'))).map_err(wrong)
        };
        let directory = place("the directory of AT Protocol", directory)?;
        let resolver =
            resolver.as_deref().map(|text| place("the service that looks handles up", text)).transpose()?;
        Ok(Self { network, directory, resolver, dns: *dns })
    }

    /// Whom a handle leads to.
    pub(crate) async fn resolve(&self, handle: &Handle) -> Result<Did> {
        if let Some(did) = self.said_by_owner(handle).await? {
            return Ok(did);
        }
        let unknown = Error::UnknownHandle(handle.clone());
        let Some(resolver) = &self.resolver else { return Err(unknown) };
        let mut url = below(resolver, "xrpc/com.atproto.identity.resolveHandle");
        url.query_pairs_mut().append_pair("handle", handle.as_str());
        let said: Option<Resolved> = self.network.document("the service that looks handles up", url).await?;
        said.and_then(|said| Did::parse(&said.did).ok()).ok_or(unknown)
    }

    /// What its owner says, in DNS or at its host.
    async fn said_by_owner(&self, handle: &Handle) -> Result<Option<Did>> {
        believed(self.dns.said(handle), self.said_by_host(handle), handle).await
    }

    async fn said_by_host(&self, handle: &Handle) -> Result<Option<Did>> {
        let url = self.network.address(&format!("https://{handle}/.well-known/atproto-did"))?;
        let answer = self.network.send(self.network.get(url)).await?;
        Ok(answer.status.is_success().then(|| said(&answer.body)).flatten())
    }

    /// What an identity says of itself.
    pub(crate) async fn of(&self, did: &Did) -> Result<Identity> {
        let url = match did.host() {
            None => below(&self.directory, did.as_str()),
            Some(host) => {
                let scheme = if host.starts_with("localhost:") { "http" } else { "https" };
                self.network.address(&format!("{scheme}://{host}/.well-known/did.json"))?
            }
        };
        let document: Option<Document> = self.network.document(DIRECTORY, url).await?;
        let unusable = |detail: &str| Error::Identity { did: did.clone(), detail: detail.to_owned() };
        let document = document.ok_or_else(|| unusable("there is none, or it is no more"))?;
        if document.id != did.as_str() {
            return Err(unusable("its document is another's"));
        }
        let handles = document.also_known_as.iter().filter_map(|name| name.strip_prefix("at://"));
        let handles = handles.filter_map(|name| Handle::parse(name).ok()).collect();
        let is_server = |service: &&Service| {
            let id = service.id.strip_prefix(did.as_str()).unwrap_or(&service.id);
            id == "#atproto_pds" && service.r#type == "AtprotoPersonalDataServer"
        };
        let server = document.service.iter().find(is_server).and_then(|it| it.service_endpoint.as_str());
        let server = self.network.address(server.ok_or_else(|| unusable("it names no server"))?)?;
        if server.path() != "/" || server.query().is_some() {
            return Err(unusable("its server is no origin"));
        }
        let server = server.origin().ascii_serialization();
        Ok(Identity { did: did.clone(), handles, server })
    }
}

impl Identity {
    /// Whether it calls itself so.
    pub(crate) fn is_called(&self, handle: &Handle) -> bool {
        self.handles.contains(handle)
    }
}

/// What DNS says, or else the host: both are asked at a time.
async fn believed(
    in_dns: impl Future<Output = Result<Option<Did>>>,
    at_host: impl Future<Output = Result<Option<Did>>>,
    handle: &Handle,
) -> Result<Option<Did>> {
    let host = match select(pin!(in_dns), pin!(at_host)).await {
        Either::Left((in_dns, at_host)) => match in_dns? {
            Some(did) => return Ok(Some(did)),
            None => at_host.await,
        },
        // The host was quicker, and DNS is believed all the same.
        Either::Right((at_host, in_dns)) => match in_dns.await? {
            Some(did) => return Ok(Some(did)),
            None => at_host,
        },
    };
    // A host that is away may still be known to a service.
    Ok(host.unwrap_or_else(|error| {
        tracing::debug!(%handle, %error, "the host of a handle says nothing");
        None
    }))
}

/// What a host says of the account that its name belongs to: one line.
fn said(body: &[u8]) -> Option<Did> {
    let body = Some(body).filter(|body| body.len() <= ANSWER_BYTES_MAX)?;
    Did::parse(std::str::from_utf8(body).ok()?.trim()).ok()
}

/// An address below another, which ends with a slash.
pub(crate) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_path(&format!("{}{path}", base.path()));
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    #[test]
    fn a_host_says_one_identity_or_nothing() {
        let did = "did:plc:z72i7hdynmk6r22z27h6tvur";
        for good in [did.to_owned(), format!("{did}\n"), format!(" {did}\r\n")] {
            assert_eq!(said(good.as_bytes()).map(|did| did.to_string()).as_deref(), Some(did));
        }
        let long = format!("{did}{}", " ".repeat(3_000));
        for bad in ["", "<!doctype html>", &format!("{did}\n{did}"), &format!("\"{did}\""), &long] {
            assert_eq!(said(bad.as_bytes()), None, "{bad}");
        }
        assert_eq!(said(&[0xff, 0xfe]), None);
    }

    #[tokio::test]
    async fn dns_is_believed_where_the_host_says_somebody_else() {
        let [ana, ben] =
            ["a", "b"].map(|letter| Did::parse(&format!("did:plc:{}", letter.repeat(24))).unwrap());
        let handle = Handle::parse("ana.example.org").unwrap();
        let said = |did: &Did| Ok(Some(did.clone()));
        let late = |answer: Result<Option<Did>>| async {
            tokio::task::yield_now().await;
            answer
        };
        let (away, two) = (Err(Error::TooSlow(1)), Err(Error::Ambiguous(handle.clone())));
        assert_eq!(
            believed(ready(said(&ana)), pending(), &handle).await,
            said(&ana),
            "nobody waits for the host"
        );
        assert_eq!(believed(late(said(&ana)), ready(said(&ben)), &handle).await, said(&ana));
        assert_eq!(believed(late(two.clone()), ready(said(&ben)), &handle).await, two);
        assert_eq!(believed(ready(two.clone()), pending(), &handle).await, two);
        assert_eq!(believed(late(Ok(None)), ready(said(&ben)), &handle).await, said(&ben));
        assert_eq!(believed(ready(Ok(None)), late(said(&ben)), &handle).await, said(&ben));
        assert_eq!(believed(ready(Ok(None)), late(away.clone()), &handle).await, Ok(None));
        assert_eq!(believed(late(Ok(None)), ready(away), &handle).await, Ok(None));
    }
}
