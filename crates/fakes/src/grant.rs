//! What every token endpoint does: clients, codes with PKCE, tokens that end, refresh tokens that can be withdrawn.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use model::WallTime;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// A token that was given.
#[derive(Clone, Debug)]
pub struct Access {
    pub client_id: String,
    /// `None` for the client itself.
    pub account: Option<String>,
    pub scopes: BTreeSet<String>,
    pub expires_at: WallTime,
}

#[derive(Clone, Debug)]
pub struct Code {
    pub client_id: String,
    pub account: String,
    pub redirect_uri: String,
    pub scopes: BTreeSet<String>,
    pub challenge: Option<String>,
    pub expires_at: WallTime,
}

/// Everything that was given out.
#[derive(Default)]
pub struct Grants {
    serial: u64,
    pub access: BTreeMap<String, Access>,
    pub refresh: BTreeMap<String, Access>,
    pub codes: BTreeMap<String, Code>,
}

/// The two parts of an answer: the tokens' texts.
pub struct Given {
    pub access: String,
    pub refresh: Option<String>,
    pub scopes: BTreeSet<String>,
}

impl Grants {
    /// A text nobody guesses by accident: unlike any other, and recognisable in a log.
    pub fn secret(&mut self, kind: &str) -> String {
        self.serial += 1;
        format!("{kind}-{}", URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{kind}{}", self.serial))))
    }

    pub fn give(&mut self, access: Access, with_refresh: bool) -> Given {
        let text = self.secret("access");
        let scopes = access.scopes.clone();
        let refresh = with_refresh.then(|| self.secret("refresh"));
        if let Some(refresh) = &refresh {
            self.refresh.insert(refresh.clone(), access.clone());
        }
        self.access.insert(text.clone(), access);
        Given { access: text, refresh, scopes }
    }

    /// A token that is good now.
    pub fn good(&self, text: &str, now: WallTime) -> Option<&Access> {
        self.access.get(text).filter(|access| now < access.expires_at)
    }

    /// Uses a code up, whether it fits or not.
    pub fn redeem(&mut self, text: &str, client_id: &str, form: &Form, now: WallTime) -> Option<Code> {
        let code = self.codes.remove(text)?;
        let proof =
            form.get("code_verifier").map(|verifier| URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
        let fits = code.client_id == client_id
            && now < code.expires_at
            && form.get("redirect_uri") == Some(&code.redirect_uri)
            && code.challenge == proof;
        fits.then_some(code)
    }

    /// Ends every token of an account.
    pub fn withdraw(&mut self, account: &str) {
        self.access.retain(|_, access| access.account.as_deref() != Some(account));
        self.refresh.retain(|_, access| access.account.as_deref() != Some(account));
    }
}

/// The body of a token request.
pub type Form = BTreeMap<String, String>;

/// The client and its secret out of `Authorization: Basic`.
pub fn basic(header: &str) -> Option<(String, String)> {
    let decoded = STANDARD.decode(header.strip_prefix("Basic ")?).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    text.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))
}

/// How long a code is good.
pub const CODE_LIFETIME: Duration = Duration::from_secs(600);

/// How long a token is good.
pub const ACCESS_LIFETIME: Duration = Duration::from_secs(3600);
