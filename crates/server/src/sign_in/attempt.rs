//! An attempt to sign in, kept by the browser that made it: in a cookie, sealed, for minutes. So it is bound to that
//! browser, survives a restart, is known to every process, and nobody can fill anything up by beginning many.

use super::Fault;
use crate::app::App;
use crate::cookie;
use crate::error::{Error, Result};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use identity::{SIGN_IN_ATTEMPT_LIFETIME, SealFor, Sealed, Sealer, page_to_return_to};
use model::{Entropy, MemberId, WallTime};
use providers::{Secret, SignInAttempt};

const COOKIE: SealFor<'static> = SealFor { purpose: "sign-in attempt", owner: "" };

/// What somebody wants from a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reason {
    /// To come in.
    SignIn,
    /// To come in by an invitation, whose secret this is.
    Join(Secret),
    /// To be signed in by that service from now on.
    Link(MemberId),
    /// To connect an account that plays music.
    Connect(MemberId),
}

/// An attempt on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pending {
    pub(crate) service: String,
    pub(crate) oauth: SignInAttempt,
    pub(crate) reason: Reason,
    /// A page of this server.
    pub(crate) return_to: String,
    pub(crate) expires_at: WallTime,
}

impl Pending {
    pub(crate) fn begin(app: &App, service: &str, reason: Reason, return_to: &str) -> Self {
        Self {
            service: service.to_owned(),
            oauth: app.draw(SignInAttempt::begin),
            reason,
            return_to: page_to_return_to(return_to).to_owned(),
            expires_at: app.now().plus(SIGN_IN_ATTEMPT_LIFETIME),
        }
    }

    /// The value of the cookie.
    pub(crate) fn seal(&self, sealer: &Sealer, entropy: &mut dyn Entropy) -> Result<String> {
        let (kind, value) = match &self.reason {
            Reason::SignIn => ("sign-in", String::new()),
            Reason::Join(secret) => ("join", secret.reveal().to_owned()),
            Reason::Link(member) => ("link", member.to_string()),
            Reason::Connect(member) => ("connect", member.to_string()),
        };
        let SignInAttempt { state, verifier, nonce } = &self.oauth;
        let expires_at = self.expires_at.micros().to_string();
        let lines = [
            self.service.as_str(),
            state.reveal(),
            verifier.reveal(),
            nonce.reveal(),
            kind,
            &value,
            &self.return_to,
            &expires_at,
        ];
        let sealed = sealer.seal(COOKIE, &lines.join("\n"), entropy);
        let sealed = sealed.map_err(|_| Error::invalid("invitation", "too long"))?;
        Ok(URL_SAFE_NO_PAD.encode(sealed.as_bytes()))
    }

    /// The attempt that this browser is on.
    ///
    /// # Errors
    /// [`Fault::Expired`] if there is none, or its time is over.
    pub(crate) fn of(app: &App, headers: &HeaderMap) -> Result<Self, Fault> {
        let cookies = cookie::attempts(headers);
        let found = cookies.iter().find_map(|text| Self::open(app.sign_in().sealer(), text));
        found.filter(|pending| app.now() < pending.expires_at).ok_or(Fault::Expired)
    }

    fn open(sealer: &Sealer, text: &str) -> Option<Self> {
        let sealed = Sealed::from_bytes(URL_SAFE_NO_PAD.decode(text).ok()?);
        let text = sealer.open(COOKIE, &sealed).ok()?;
        let lines: Vec<_> = text.split('\n').collect();
        let [service, state, verifier, nonce, kind, value, return_to, expires_at] = lines[..] else {
            return None;
        };
        let reason = match kind {
            "sign-in" => Reason::SignIn,
            "join" => Reason::Join(Secret::new(value)),
            "link" => Reason::Link(value.parse().ok()?),
            "connect" => Reason::Connect(value.parse().ok()?),
            _ => return None,
        };
        Some(Self {
            service: service.to_owned(),
            oauth: SignInAttempt {
                state: Secret::new(state),
                verifier: Secret::new(verifier),
                nonce: Secret::new(nonce),
            },
            reason,
            return_to: return_to.to_owned(),
            expires_at: WallTime::from_micros(expires_at.parse().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use identity::ServerSecret;
    use model::SeededEntropy;

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&ServerSecret::new([byte; 32]))
    }

    #[test]
    fn an_attempt_survives_its_cookie_and_shows_nothing_in_it() {
        let mut entropy = SeededEntropy::from_seed(1);
        let member = MemberId::from_u128(7);
        let join = Reason::Join(Secret::new("rkl_hunter2"));
        for reason in [Reason::SignIn, join, Reason::Link(member), Reason::Connect(member)] {
            let pending = Pending {
                service: "google".into(),
                oauth: SignInAttempt::begin(&mut entropy),
                reason,
                return_to: "/nest/main".into(),
                expires_at: WallTime::from_micros(5),
            };
            let text = pending.seal(&sealer(1), &mut entropy).unwrap_or_default();
            assert!(text.len() < 1_500, "{} bytes", text.len());
            assert!(!text.contains("hunter2") && !text.contains(pending.oauth.state.reveal()));
            assert_eq!(Pending::open(&sealer(1), &text), Some(pending));
            assert_eq!(Pending::open(&sealer(2), &text), None, "another key");
            assert_eq!(Pending::open(&sealer(1), &text[1..]), None, "changed");
        }
    }
}
