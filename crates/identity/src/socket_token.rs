//! Short-lived signed tokens for sockets of clients without a cookie. They say who connects and by which proof, so
//! that a socket dies with the device or token behind it; nothing is stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use model::{DeviceId, MemberId, TokenId, WallTime};
use sha2::Sha256;
use std::time::Duration;

use crate::{Proof, ScopeSet};

/// How long a socket token is good for. The client refreshes it on the live socket.
pub const SOCKET_TOKEN_LIFETIME: Duration = Duration::from_secs(10 * 60);

const BODY_BYTES: usize = 16 + 1 + 16 + 1 + 8;
const MAC_BYTES: usize = 32;

/// What a socket token says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketTokenClaims {
    /// Who connects.
    pub member: MemberId,
    /// By which proof the token was obtained.
    pub proof: Proof,
    /// When it ends.
    pub expires_at: WallTime,
}

/// Why a text is not accepted as a socket token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SocketTokenError {
    /// Not ours, or changed on the way.
    #[error("the socket token was not made by this server")]
    Forged,
    /// Its time is over: get another.
    #[error("the socket token has expired")]
    Expired,
}

/// Signs and checks socket tokens with HMAC-SHA-256.
#[derive(Clone)]
pub struct SocketTokens {
    key: [u8; 32],
    before: Option<[u8; 32]>,
}

impl SocketTokens {
    /// With the server's key: 256 random bits, kept in its settings.
    pub const fn with_key(key: [u8; 32]) -> Self {
        Self { key, before: None }
    }

    /// Accepts what was signed with the key before, too: a token lives for minutes, and its owner may hold it.
    #[must_use]
    pub const fn after(self, before: [u8; 32]) -> Self {
        Self { key: self.key, before: Some(before) }
    }

    /// Signs a token.
    pub fn sign(&self, claims: SocketTokenClaims) -> String {
        let mut bytes = Vec::with_capacity(BODY_BYTES + MAC_BYTES);
        bytes.extend(claims.member.as_u128().to_be_bytes());
        let (kind, id, scopes) = match claims.proof {
            Proof::Device(id) => (0, id.as_u128(), ScopeSet::default()),
            Proof::Token(id, scopes) => (1, id.as_u128(), scopes),
        };
        bytes.push(kind);
        bytes.extend(id.to_be_bytes());
        bytes.push(scopes.bits());
        bytes.extend(claims.expires_at.micros().to_be_bytes());
        let mac = hashed(&self.key, &bytes).finalize().into_bytes();
        bytes.extend(mac);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Checks a token.
    ///
    /// # Errors
    /// [`SocketTokenError::Forged`] if it was not signed with this key, [`SocketTokenError::Expired`] after its end.
    pub fn verify(&self, text: &str, now: WallTime) -> Result<SocketTokenClaims, SocketTokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| SocketTokenError::Forged)?;
        let bytes: [u8; BODY_BYTES + MAC_BYTES] = bytes.try_into().map_err(|_| SocketTokenError::Forged)?;
        let (body, mac) = bytes.split_at(BODY_BYTES);
        let keys = std::iter::once(&self.key).chain(&self.before);
        if !keys.fold(false, |is_ours, key| is_ours | hashed(key, body).verify_slice(mac).is_ok()) {
            return Err(SocketTokenError::Forged);
        }
        let claims = Self::read(body).ok_or(SocketTokenError::Forged)?;
        if claims.expires_at <= now { Err(SocketTokenError::Expired) } else { Ok(claims) }
    }

    fn read(body: &[u8]) -> Option<SocketTokenClaims> {
        let (member, rest) = body.split_first_chunk()?;
        let (&kind, rest) = rest.split_first()?;
        let (id, rest) = rest.split_first_chunk()?;
        let (&scopes, rest) = rest.split_first()?;
        let id = u128::from_be_bytes(*id);
        let proof = match kind {
            0 => Proof::Device(DeviceId::from_u128(id)),
            1 => Proof::Token(TokenId::from_u128(id), ScopeSet::from_bits(scopes)),
            _ => return None,
        };
        Some(SocketTokenClaims {
            member: MemberId::from_u128(u128::from_be_bytes(*member)),
            proof,
            expires_at: WallTime::from_micros(i64::from_be_bytes(rest.try_into().ok()?)),
        })
    }
}

fn hashed(key: &[u8; 32], body: &[u8]) -> Hmac<Sha256> {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key length");
    mac.update(body);
    mac
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims() -> SocketTokenClaims {
        SocketTokenClaims {
            member: MemberId::from_u128(7),
            proof: Proof::Token(TokenId::from_u128(9), ScopeSet::from_bits(0b11)),
            expires_at: WallTime::from_micros(1_000),
        }
    }

    #[test]
    fn a_token_says_what_was_signed_until_it_expires() {
        let tokens = SocketTokens::with_key([1; 32]);
        let text = tokens.sign(claims());
        assert_eq!(tokens.verify(&text, WallTime::from_micros(999)), Ok(claims()));
        assert_eq!(tokens.verify(&text, WallTime::from_micros(1_000)), Err(SocketTokenError::Expired));
    }

    #[test]
    fn a_token_of_the_key_before_is_good_while_another_takes_over() {
        let text = SocketTokens::with_key([1; 32]).sign(claims());
        let both = SocketTokens::with_key([2; 32]).after([1; 32]);
        let now = WallTime::from_micros(0);
        assert_eq!(both.verify(&text, now), Ok(claims()));
        assert_eq!(SocketTokens::with_key([2; 32]).verify(&both.sign(claims()), now), Ok(claims()));
        assert_eq!(
            SocketTokens::with_key([1; 32]).verify(&both.sign(claims()), now),
            Err(SocketTokenError::Forged)
        );
        assert_eq!(
            both.verify(&SocketTokens::with_key([3; 32]).sign(claims()), now),
            Err(SocketTokenError::Forged)
        );
    }

    #[test]
    fn a_token_of_another_key_or_with_a_changed_byte_is_forged() {
        let tokens = SocketTokens::with_key([1; 32]);
        let text = tokens.sign(claims());
        let now = WallTime::from_micros(0);
        assert_eq!(SocketTokens::with_key([2; 32]).verify(&text, now), Err(SocketTokenError::Forged));
        let changed = format!("{}{}", if text.starts_with('B') { 'C' } else { 'B' }, &text[1..]);
        assert_eq!(tokens.verify(&changed, now), Err(SocketTokenError::Forged));
        assert_eq!(tokens.verify("", now), Err(SocketTokenError::Forged));
    }
}
