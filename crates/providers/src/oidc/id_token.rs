//! Whether an id_token proves who signed in: OpenID Connect Core 1.0, section 3.1.3.7, against our own clock.

use super::discovery::Metadata;
use super::keys::Keys;
use crate::limits::{CLOCK_SKEW_MAX, ID_TOKEN_AGE_MAX};
use crate::{Error, IdTokenFault, Result, Secret};
use jsonwebtoken::{Algorithm, Validation, decode, decode_header};
use model::WallTime;
use serde::Deserialize;

/// What is read of an id_token, or of the answer of the userinfo endpoint.
#[derive(Clone, Deserialize)]
pub struct Claims {
    pub iss: Option<String>,
    pub sub: Option<String>,
    pub aud: Option<Audience>,
    pub azp: Option<String>,
    pub exp: Option<f64>,
    pub iat: Option<f64>,
    pub nonce: Option<Secret>,
    pub email: Option<String>,
    pub email_verified: Option<Verified>,
    pub name: Option<String>,
    pub picture: Option<String>,
    pub hd: Option<String>,
}

/// One audience or several.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    One(String),
    Several(Vec<String>),
}

/// `true`, or as some issuers write it, `"true"`.
#[derive(Clone, Deserialize)]
#[serde(untagged)]
pub enum Verified {
    Bool(bool),
    Text(String),
}

impl Claims {
    /// The address, if the issuer vouches for it.
    pub fn verified_email(&self) -> Option<&str> {
        let is_verified = match self.email_verified.as_ref()? {
            Verified::Bool(verified) => *verified,
            Verified::Text(text) => text == "true",
        };
        self.email.as_deref().filter(|email| is_verified && looks_like_an_address(email))
    }
}

fn looks_like_an_address(email: &str) -> bool {
    let parts = email.rsplit_once('@');
    let has_no_gaps = !email.chars().any(|c| c.is_whitespace() || c.is_control());
    email.len() <= 254
        && has_no_gaps
        && parts.is_some_and(|(name, domain)| !name.is_empty() && domain.contains('.'))
}

/// What a token has to fit.
pub struct Expected<'a> {
    pub metadata: &'a Metadata,
    pub client_id: &'a str,
    pub nonce: &'a Secret,
    pub now: WallTime,
}

/// Checks the signature, then every claim.
pub fn check(token: &str, keys: &Keys, expected: &Expected<'_>) -> Result<Claims> {
    let fault = |fault| Error::IdToken { fault };
    let header = decode_header(token).map_err(|_| fault(IdTokenFault::Malformed))?;
    if !matches!(header.alg, Algorithm::RS256 | Algorithm::ES256) {
        return Err(fault(IdTokenFault::Algorithm));
    }
    let key = keys.find(header.kid.as_deref(), header.alg)?;
    // The library's own checks of time read the system's clock; the claims are checked below against ours.
    let mut validation = Validation::new(header.alg);
    validation.required_spec_claims.clear();
    validation.validate_exp = false;
    validation.validate_aud = false;
    let decoded = decode::<Claims>(token, key, &validation);
    let claims = decoded.map_err(|error| match error.kind() {
        jsonwebtoken::errors::ErrorKind::InvalidSignature => fault(IdTokenFault::Signature),
        _ => fault(IdTokenFault::Malformed),
    })?;
    let claims = claims.claims;
    match wrong(&claims, expected) {
        Some(wrong) => Err(fault(wrong)),
        None => Ok(claims),
    }
}

/// The first claim that does not fit.
fn wrong(claims: &Claims, expected: &Expected<'_>) -> Option<IdTokenFault> {
    let now = expected.now.micros() as f64 / 1e6;
    let skew = CLOCK_SKEW_MAX.as_secs_f64();
    let audiences = match &claims.aud {
        Some(Audience::One(one)) => std::slice::from_ref(one),
        Some(Audience::Several(several)) => several.as_slice(),
        None => &[],
    };
    let is_ours = |name: &String| name == expected.client_id;
    let issued =
        claims.iat.is_some_and(|iat| iat <= now + skew && iat >= now - ID_TOKEN_AGE_MAX.as_secs_f64() - skew);
    let checks = [
        (claims.iss.as_deref().is_some_and(|name| expected.metadata.is_named(name)), IdTokenFault::Issuer),
        (audiences.iter().any(is_ours), IdTokenFault::Audience),
        // With several audiences it must say whose it is; if it says so, it must be ours.
        (audiences.len() < 2 || claims.azp.is_some(), IdTokenFault::AuthorizedParty),
        (claims.azp.as_ref().is_none_or(is_ours), IdTokenFault::AuthorizedParty),
        (claims.exp.is_some_and(|exp| exp + skew > now), IdTokenFault::Expired),
        (issued, IdTokenFault::IssuedAt),
        (claims.nonce.as_ref() == Some(expected.nonce), IdTokenFault::Nonce),
        (claims.sub.as_ref().is_some_and(|sub| !sub.is_empty() && sub.len() <= 255), IdTokenFault::Subject),
    ];
    checks.into_iter().find(|(fits, _)| !fits).map(|(_, fault)| fault)
}
