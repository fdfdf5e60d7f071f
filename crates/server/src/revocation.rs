//! Telling live sockets and event streams that what let them in does so no longer.

use model::{DeviceId, NestCode, TokenId};
use tokio::sync::broadcast;

/// What was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revoked {
    Device(DeviceId),
    Token(TokenId),
    /// A nest takes no guests, has another host, or put somebody out: who listens there may have to leave.
    Door(NestCode),
}

/// Revocations that a slow reader may miss before it is told to check for itself.
const REVOCATIONS_MAX: usize = 256;

/// Announces revocations to whoever listens.
#[derive(Debug)]
pub(crate) struct Revocations(broadcast::Sender<Revoked>);

impl Default for Revocations {
    fn default() -> Self {
        Self(broadcast::channel(REVOCATIONS_MAX).0)
    }
}

impl Revocations {
    pub(crate) fn announce(&self, revoked: Revoked) {
        // Nobody listening is fine.
        let _ = self.0.send(revoked);
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Revoked> {
        self.0.subscribe()
    }
}
