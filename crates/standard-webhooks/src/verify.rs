//! Whether a message was signed with the secret, or with the one before, and just now.

use crate::secret::decode;
use crate::{Message, Secret};
use hmac::Mac as _;

/// How far the sender's clock may be from ours, in seconds, both ways (Standard Webhooks 1.0, "Verifying timestamps").
pub const TOLERANCE_S: u64 = 300;
/// Signatures of one message that are looked at; rotation needs two.
const SIGNATURES_MAX: usize = 16;

/// The secret, and the one it takes over from.
#[derive(Clone, Debug)]
pub struct Keyring {
    current: Secret,
    previous: Option<Secret>,
}

/// Two secrets that are one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("both are the same")]
pub struct KeyringError;

/// Which of the two secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The one that holds.
    Current,
    /// The one before.
    Previous,
}

/// Why a message is not believed. It does not say which secret would have fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// It was signed long ago, or its sender's clock is wrong.
    #[error("it was signed {0} s ago, and {TOLERANCE_S} s are allowed")]
    TooOld(u64),
    /// It was signed in times to come.
    #[error("it was signed {0} s in the future, and {TOLERANCE_S} s are allowed")]
    TooNew(u64),
    /// No signature of a known version fits.
    #[error("none of its signatures fits")]
    WrongSignature,
}

impl Signer {
    /// In one word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Previous => "previous",
        }
    }
}

impl Keyring {
    /// A secret, and the one before while its senders are told.
    ///
    /// # Errors
    /// [`KeyringError`] if they are one: then nothing would be replaced.
    pub fn new(current: Secret, previous: Option<Secret>) -> Result<Self, KeyringError> {
        if previous.as_ref().is_some_and(|previous| previous.is_same(&current)) {
            return Err(KeyringError);
        }
        Ok(Self { current, previous })
    }

    /// Each with what it is.
    pub fn secrets(&self) -> impl Iterator<Item = (Signer, &Secret)> {
        let previous = self.previous.iter().map(|secret| (Signer::Previous, secret));
        std::iter::once((Signer::Current, &self.current)).chain(previous)
    }

    /// Whose signature a message carries. Nothing of its body is looked at but its bytes.
    ///
    /// # Errors
    /// [`Refusal`].
    pub fn verify(&self, message: &Message<'_>, body: &[u8], now_s: i64) -> Result<Signer, Refusal> {
        let apart = now_s.abs_diff(message.timestamp_s);
        if apart > TOLERANCE_S {
            let is_past = message.timestamp_s < now_s;
            return Err(if is_past { Refusal::TooOld(apart) } else { Refusal::TooNew(apart) });
        }
        // Versions that are not known are passed over: a sender may sign in several ways.
        let signatures: Vec<Vec<u8>> = message
            .signatures
            .split(' ')
            .filter_map(|signature| signature.strip_prefix("v1,"))
            .take(SIGNATURES_MAX)
            .filter_map(decode)
            .collect();
        let mut found = None;
        for (signer, secret) in self.secrets() {
            let code = secret.code(message.id, message.timestamp, body);
            // Compared in constant time, and all of them: how long it takes says nothing.
            let fits =
                signatures.iter().filter(|signature| code.clone().verify_slice(signature).is_ok()).count();
            if fits > 0 {
                found = found.or(Some(signer));
            }
        }
        found.ok_or(Refusal::WrongSignature)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: i64 = 1_614_265_330;
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn secret(letter: u8) -> Secret {
        let key: Vec<u8> = (0..32).map(|at| at ^ letter).collect();
        let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, key);
        Secret::parse(&format!("whsec_{text}")).unwrap()
    }

    fn message<'a>(signatures: &'a str, timestamp: &'a str) -> Message<'a> {
        Message { id: "msg_1", timestamp, timestamp_s: timestamp.parse().unwrap(), signatures }
    }

    #[test]
    fn the_published_example_is_believed() {
        let secret = Secret::lenient("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let ring = Keyring::new(secret, None).unwrap();
        let message = Message {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek",
            timestamp: "1614265330",
            timestamp_s: NOW,
            signatures: "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        };
        assert_eq!(ring.verify(&message, BODY, NOW), Ok(Signer::Current));
        assert_eq!(ring.verify(&message, b"{}", NOW), Err(Refusal::WrongSignature));
    }

    #[test]
    fn both_secrets_are_believed_while_one_takes_over() {
        let (new, old, other) = (secret(1), secret(2), secret(3));
        let ring = Keyring::new(new.clone(), Some(old.clone())).unwrap();
        let time = NOW.to_string();
        let sign = |secret: &Secret| secret.sign("msg_1", &time, BODY);
        let verify = |signatures: &str| ring.verify(&message(signatures, &time), BODY, NOW);
        assert_eq!(verify(&sign(&new)), Ok(Signer::Current));
        assert_eq!(verify(&sign(&old)), Ok(Signer::Previous));
        assert_eq!(verify(&format!("{} {}", sign(&old), sign(&new))), Ok(Signer::Current));
        assert_eq!(verify(&format!("v1a,AAAA v2,x {} {}", sign(&other), sign(&old))), Ok(Signer::Previous));
        for wrong in
            ["", "v1", "v1,", "v1,!!", &sign(&other), &sign(&new)[3..], &sign(&new).replace("v1", "v2")]
        {
            assert_eq!(verify(wrong), Err(Refusal::WrongSignature), "{wrong}");
        }
        assert!(Keyring::new(new.clone(), Some(new)).is_err());
        assert_eq!(
            ring.secrets().map(|(signer, _)| signer.as_str()).collect::<Vec<_>>(),
            ["current", "previous"]
        );
    }

    #[test]
    fn a_message_is_five_minutes_old_or_early_at_most() {
        let ring = Keyring::new(secret(1), None).unwrap();
        for (apart, expected) in [
            (0, Ok(Signer::Current)),
            (-300, Ok(Signer::Current)),
            (300, Ok(Signer::Current)),
            (-301, Err(Refusal::TooOld(301))),
            (301, Err(Refusal::TooNew(301))),
        ] {
            let time = (NOW + apart).to_string();
            let signed = secret(1).sign("msg_1", &time, BODY);
            assert_eq!(ring.verify(&message(&signed, &time), BODY, NOW), expected, "{apart}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_changed_is_not_believed(at in 0_usize..20, bit in 0_u8..8, which in 0_u8..3) {
            let ring = Keyring::new(secret(1), None).unwrap();
            let time = NOW.to_string();
            let signed = secret(1).sign("msg_1", &time, BODY);
            let later = (NOW + 1).to_string();
            let mut body = BODY.to_vec();
            let mut told = message(&signed, &time);
            match which {
                0 => body[at % BODY.len()] ^= 1 << bit,
                1 => told.id = "msg_2",
                _ => told = message(&signed, &later),
            }
            prop_assert_eq!(ring.verify(&told, &body, NOW), Err(Refusal::WrongSignature));
        }

        #[test]
        fn strange_signatures_harm_nobody(signatures in "[ -~]{0,200}") {
            let ring = Keyring::new(secret(1), Some(secret(2))).unwrap();
            let time = NOW.to_string();
            prop_assert_eq!(ring.verify(&message(&signatures, &time), BODY, NOW), Err(Refusal::WrongSignature));
        }
    }
}
