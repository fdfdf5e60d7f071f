//! How many calls were made to whom, and how they went, since somebody last asked.
//!
//! Deliberately not here: days, and where the numbers are kept.

use crate::Provider;
use http::StatusCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How a call went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CallOutcome {
    /// It was answered, if only with "there is no such thing".
    Answered,
    /// The service refused it.
    Refused,
    /// The service asks to wait.
    Limited,
    /// The service had a fault or could not be reached.
    Failed,
}

impl CallOutcome {
    /// Every outcome.
    pub const ALL: [Self; 4] = [Self::Answered, Self::Refused, Self::Limited, Self::Failed];

    /// What a status means.
    pub(crate) fn of(status: StatusCode) -> Self {
        match status.as_u16() {
            404 => Self::Answered,
            429 => Self::Limited,
            400..500 => Self::Refused,
            500.. => Self::Failed,
            _ => Self::Answered,
        }
    }
}

/// Counters that all clients of one pool share. Clones are the same counters.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<[[AtomicU64; CallOutcome::ALL.len()]; Provider::ALL.len()]>);

impl Calls {
    /// Counts calls.
    pub fn count(&self, provider: Provider, outcome: CallOutcome, calls: u64) {
        self.0[provider as usize][outcome as usize].fetch_add(calls, Ordering::Relaxed);
    }

    /// What was counted since this was asked last; each call is told once.
    pub fn take(&self) -> Vec<(Provider, CallOutcome, u64)> {
        let each = Provider::ALL.into_iter().flat_map(|provider| {
            CallOutcome::ALL.into_iter().map(move |outcome| {
                let calls = self.0[provider as usize][outcome as usize].swap(0, Ordering::Relaxed);
                (provider, outcome, calls)
            })
        });
        each.filter(|(_, _, calls)| *calls > 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_is_told_once_by_service_and_outcome() {
        let calls = Calls::default();
        let other = calls.clone();
        for status in [200, 302, 404, 401, 403, 429, 500, 503] {
            other.count(Provider::Youtube, CallOutcome::of(StatusCode::from_u16(status).unwrap()), 1);
        }
        other.count(Provider::Spotify, CallOutcome::Failed, 2);
        assert_eq!(
            calls.take(),
            [
                (Provider::Spotify, CallOutcome::Failed, 2),
                (Provider::Youtube, CallOutcome::Answered, 3),
                (Provider::Youtube, CallOutcome::Refused, 2),
                (Provider::Youtube, CallOutcome::Limited, 1),
                (Provider::Youtube, CallOutcome::Failed, 2),
            ]
        );
        assert_eq!(other.take(), []);
    }
}
