//! `Idempotency-Key`: a request that is sent twice is carried out once, and both get the same answer.
//!
//! What a key did is written down by the transaction that does it, and by nothing else: a process that is killed leaves
//! no key behind whose work is undone, and no work whose key is free. A refusal does nothing and is therefore not kept: the
//! same key is decided anew, so that whoever was told to wait, or that the queue is full, may send the same request again.

use crate::app::App;
use crate::error::{Error, Result};
use crate::limits;
use crate::nests::Done;
use database::idempotency::{self as answers, Answer, Kept};
use http::{HeaderMap, StatusCode};
use model::{EntryId, MemberId, WallTime};
use protocol::http::Accepted;
use sha2::{Digest as _, Sha256};

/// What tells one request from another.
pub(crate) fn digest(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The key of a command, and what the command was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    member: MemberId,
    text: String,
    digest: String,
}

impl Key {
    /// The key among the headers of a request, if there is one.
    pub(crate) fn of(headers: &HeaderMap, member: MemberId, digest: String) -> Result<Option<Self>> {
        let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
        let key =
            key.to_str().ok().filter(|key| (1..=limits::IDEMPOTENCY_KEY_BYTES_MAX).contains(&key.len()));
        let key =
            key.ok_or_else(|| Error::invalid("idempotency-key", "1 to 128 visible ASCII characters"))?;
        Ok(Some(Self { member, text: key.to_owned(), digest }))
    }

    /// Whether both are the same person's same key, whatever it stands for.
    pub(crate) fn collides(&self, other: &Self) -> bool {
        self.member == other.member && self.text == other.text
    }

    /// What was done under this key; `None`: nothing.
    pub(crate) async fn kept(&self, app: &App) -> Result<Option<KeptAnswer>> {
        let found = answers::find(app.database(), self.member, &self.text, &self.digest, app.now()).await?;
        Ok(match found {
            None => None,
            Some(Kept::Reused) => Some(KeptAnswer::Reused),
            Some(Kept::Answered { body, .. }) => {
                let accepted: Accepted = serde_json::from_slice(&body)
                    .map_err(|_| Error::Fault("an answer that was kept cannot be read"))?;
                let entry = accepted.entry.map(EntryId::from_sequence);
                Some(KeptAnswer::Done(Done { sequence: accepted.offset, entry }))
            }
        })
    }

    /// The answer, to be kept with what the command did.
    pub(crate) fn answer(&self, done: Done, now: WallTime) -> Result<Answer> {
        let body = serde_json::to_vec(&done.accepted());
        Ok(Answer {
            member: self.member,
            key: self.text.clone(),
            digest: self.digest.clone(),
            status: StatusCode::OK.as_u16(),
            body: body.map_err(|_| Error::Fault("an answer could not be encoded"))?,
            at: now,
            expires_at: now.plus(limits::IDEMPOTENCY_KEPT),
        })
    }
}

/// What was done under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum KeptAnswer {
    /// The same command, with this outcome.
    Done(Done),
    /// Something else.
    Reused,
}

impl From<KeptAnswer> for Result<Done> {
    fn from(kept: KeptAnswer) -> Self {
        match kept {
            KeptAnswer::Done(done) => Ok(done),
            KeptAnswer::Reused => Err(Error::KeyReused),
        }
    }
}
