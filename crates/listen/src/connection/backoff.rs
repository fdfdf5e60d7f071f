//! How long to wait before connecting again: longer each time, and spread, so that a thousand listeners of a server
//! that restarts do not come back at the same moment.

use crate::limits::{RECONNECT_FIRST, RECONNECT_MAX};
use model::Entropy;
use std::time::Duration;

#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Backoff {
    failures: u32,
}

impl Backoff {
    /// Between half of the wait and all of it; the wait doubles from failure to failure.
    pub(super) fn next(&mut self, entropy: &mut dyn Entropy) -> Duration {
        let whole = RECONNECT_FIRST.saturating_mul(1 << self.failures.min(16)).min(RECONNECT_MAX);
        self.failures += 1;
        spread(whole / 2, whole, entropy)
    }

    /// For a server that said it is going away. It counts as a failure if it is not back.
    pub(super) fn soon(&mut self, entropy: &mut dyn Entropy) -> Duration {
        self.failures += 1;
        spread(RECONNECT_FIRST / 5, RECONNECT_FIRST * 2, entropy)
    }
}

fn spread(from: Duration, to: Duration, entropy: &mut dyn Entropy) -> Duration {
    let width_us = u64::try_from((to - from).as_micros()).unwrap_or(u64::MAX);
    from + Duration::from_micros(entropy.below(width_us.saturating_add(1)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::SeededEntropy;

    #[test]
    fn waits_grow_to_their_limit_and_are_spread() {
        let chance = &mut SeededEntropy::from_seed(1);
        let mut first = Vec::new();
        for _ in 0..50 {
            let mut backoff = Backoff::default();
            first.push(backoff.next(chance));
            let later: Vec<_> = (0..100).map(|_| backoff.next(chance)).collect();
            assert!(later.iter().all(|wait| *wait <= RECONNECT_MAX));
            assert!(later[90] >= RECONNECT_MAX / 2);
        }
        assert!(first.iter().all(|wait| (RECONNECT_FIRST / 2..=RECONNECT_FIRST).contains(wait)));
        first.sort_unstable();
        assert!(first[45] - first[5] > RECONNECT_FIRST / 4, "{first:?}");
    }
}
