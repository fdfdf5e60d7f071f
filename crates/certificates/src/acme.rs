//! One order at an authority (RFC 8555): the account, the proof that the name leads here, the certificate.

use crate::error::{Error, Result, is};
use crate::host::Host;
use crate::limits;
use crate::store::Store;
use instant_acme::{
    Account, AccountCredentials, AuthorizationStatus, ChallengeHandle, ChallengeType, Identifier,
    LetsEncrypt, NewAccount, NewOrder, Order, OrderStatus, RetryPolicy,
};
use std::path::PathBuf;

/// The authority whose certificates browsers trust.
pub const LETS_ENCRYPT: &str = LetsEncrypt::Production.url();
/// The one to try things with: browsers do not trust it, and it takes many orders.
pub const LETS_ENCRYPT_STAGING: &str = LetsEncrypt::Staging.url();

/// Where certificates are ordered, and as whom.
#[derive(Clone, Debug)]
pub struct Authority {
    /// The address of its directory (RFC 8555, section 7.1.1).
    pub directory: String,
    /// An e-mail address it may write to.
    pub contact: Option<String>,
    /// A file with the certificate of the authority that the directory's own certificate comes from, if the system does
    /// not trust it.
    pub root: Option<PathBuf>,
    /// How it is proven that a name leads here.
    pub challenge: ChallengeKind,
}

/// How it is proven that a name leads here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChallengeKind {
    /// The authority asks at port 80 (RFC 8555, section 8.3).
    #[default]
    Http01,
    /// The authority asks at port 443, in the TLS handshake (RFC 8737).
    TlsAlpn01,
}

/// Obtains a certificate: key, certificate and chain as PEM. Whoever calls holds the lock of the store.
pub(crate) async fn order(store: &Store, authority: &Authority, name: &Host) -> Result<Vec<u8>> {
    let account = account(store, authority).await?;
    let identifiers = [Identifier::Dns(name.as_str().to_owned())];
    let ordered = match account.new_order(&NewOrder::new(&identifiers)).await {
        Err(instant_acme::Error::Api(problem)) if is(&problem, "accountDoesNotExist") => {
            // The authority has lost or removed it: the next attempt makes a new one.
            store.forget_account()?;
            return Err(instant_acme::Error::Api(problem).into());
        }
        ordered => ordered,
    };
    let mut order = ordered?;
    store.forget_answers()?;
    let issued = prove_and_finish(store, authority, name, &mut order).await;
    store.forget_answers()?;
    issued
}

async fn prove_and_finish(
    store: &Store,
    authority: &Authority,
    name: &Host,
    order: &mut Order,
) -> Result<Vec<u8>> {
    let patience = RetryPolicy::new().timeout(limits::CHECK_TIME_MAX);
    let kind = match authority.challenge {
        ChallengeKind::Http01 => ChallengeType::Http01,
        ChallengeKind::TlsAlpn01 => ChallengeType::TlsAlpn01,
    };
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let mut authorization = authorization?;
        match authorization.status {
            AuthorizationStatus::Valid => continue,
            AuthorizationStatus::Pending => {}
            other => return Err(Error::Unproven(format!("the proof is {other:?}"))),
        }
        let missing = || Error::Authority(format!("it does not offer the challenge {kind:?}"));
        let mut challenge = authorization.challenge(kind.clone()).ok_or_else(missing)?;
        answer(store, authority.challenge, name, &challenge)?;
        challenge.set_ready().await?;
    }
    match order.poll_ready(&patience).await {
        Ok(OrderStatus::Ready) => {}
        Ok(_) => return Err(why(order).await),
        Err(error) => {
            let refused = matches!(error, instant_acme::Error::Api(_));
            return Err(if refused { why(order).await } else { error.into() });
        }
    }
    let key = order.finalize().await?;
    let chain = order.poll_certificate(&patience).await?;
    Ok(format!("{key}{chain}").into_bytes())
}

/// Puts the answer where every process of this environment finds it.
fn answer(store: &Store, kind: ChallengeKind, name: &Host, challenge: &ChallengeHandle<'_>) -> Result<()> {
    let authorization = challenge.key_authorization();
    match kind {
        ChallengeKind::Http01 => store.keep_http_answer(&challenge.token, authorization.as_str()),
        ChallengeKind::TlsAlpn01 => {
            store.keep_tls_answer(name, &tls_answer(name, authorization.digest().as_ref())?)
        }
    }
}

/// The certificate of a proof (RFC 8737, section 3), with its key.
fn tls_answer(name: &Host, digest: &[u8]) -> Result<Vec<u8>> {
    let made = || -> Result<String, rcgen::Error> {
        let mut params = rcgen::CertificateParams::new(vec![name.as_str().to_owned()])?;
        params.custom_extensions = vec![rcgen::CustomExtension::new_acme_identifier(digest)];
        let key = rcgen::KeyPair::generate()?;
        let certificate = params.self_signed(&key)?;
        Ok(key.serialize_pem() + &certificate.pem())
    };
    let wrong =
        |error: rcgen::Error| Error::Pair { place: "the proof".to_owned(), detail: error.to_string() };
    made().map(String::into_bytes).map_err(wrong)
}

/// Why the authority did not find the proof: it says so at the challenge.
async fn why(order: &mut Order) -> Error {
    let mut authorizations = order.authorizations();
    while let Some(authorization) = authorizations.next().await {
        let Ok(mut authorization) = authorization else { break };
        let Ok(state) = authorization.refresh().await else { break };
        if let Some(problem) = state.challenges.iter().find_map(|challenge| challenge.error.as_ref()) {
            return Error::Unproven(problem.to_string());
        }
    }
    Error::Unproven("it does not say why".to_owned())
}

/// The account there was, or a new one. Whoever turns this on agrees to the authority's terms.
async fn account(store: &Store, authority: &Authority) -> Result<Account> {
    let builder = || match &authority.root {
        Some(root) => Account::builder_with_root(root),
        None => Account::builder(),
    };
    let kept = store.account()?.and_then(|kept| serde_json::from_slice::<AccountCredentials>(&kept).ok());
    if let Some(credentials) = kept {
        return Ok(builder()?.from_credentials(credentials).await?);
    }
    let contact = authority.contact.as_ref().map(|address| format!("mailto:{address}"));
    let contact: Vec<&str> = contact.iter().map(String::as_str).collect();
    let new = NewAccount { contact: &contact, terms_of_service_agreed: true, only_return_existing: false };
    let (account, credentials) = builder()?.create(&new, authority.directory.clone(), None).await?;
    let kept = serde_json::to_vec(&credentials).map_err(|error| Error::Authority(error.to_string()))?;
    store.keep_account(&kept)?;
    Ok(account)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pair::Pair;

    #[test]
    fn a_proof_in_the_handshake_carries_the_digest_in_a_critical_extension() {
        let name: Host = "a.example".parse().unwrap();
        let proof = Pair::proof(&tls_answer(&name, &[7; 32]).unwrap()).unwrap();
        let der = proof.cert[0].as_ref();
        // id-pe-acmeIdentifier, critical, an octet string of an octet string of 32 bytes.
        let oid = [
            0x06, 0x08, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x01, 0x1f, 0x01, 0x01, 0xff, 0x04, 0x22, 0x04,
            0x20,
        ];
        let expected = [oid.as_slice(), [7; 32].as_slice()].concat();
        assert!(der.windows(expected.len()).any(|window| window == expected));
    }
}
