//! What to do about an error: nothing, play a little faster or slower, or move. Pure, apart from remembering that a
//! correction is under way and when sound was moved last. Errors are milliseconds, positive when ahead of the nest.

/// An error smaller than this starts no correction.
const DEAD_BAND_MS: f64 = 3.0;
/// A correction that is under way ends below this.
const SETTLED_MS: f64 = 0.5;
/// Within the dead band, an error above this is trimmed away so gently that nobody can hear it.
const TRIM_ABOVE_MS: f64 = 0.5;
const TRIM_RATE: f64 = 300e-6;
/// The most a song is detuned: half a percent is a twelfth of a semitone.
const RATE_MAX: f64 = 0.005;
/// Beyond this, a splice is kinder than seconds of a detuned song.
const MOVE_ABOVE_MS: f64 = 30.0;
/// An error is made up for in about this time, if the rate allows.
const HORIZON_MS: f64 = 1_500.0;
/// After a move so long none; doubled by each that did not help.
const MOVE_INTERVAL_MS: f64 = 1_000.0;
const MOVE_INTERVAL_MS_MAX: f64 = 16_000.0;
/// So long in step, and earlier moves are forgotten.
const FORGIVEN_AFTER_MS: f64 = 20_000.0;

/// What to do.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Correction {
    /// Play at this many times the song's own speed.
    Rate(f64),
    /// Go where it should be.
    Move,
}

/// Decides corrections of one output.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Corrector {
    correcting: bool,
    trimming: bool,
    moved_at_ms: Option<f64>,
    moves: i32,
}

impl Corrector {
    /// What to do about an error at a local time.
    pub(crate) fn decide(&mut self, error_ms: f64, now_ms: f64) -> Correction {
        let size_ms = error_ms.abs();
        let begins_ms = if self.correcting { SETTLED_MS } else { DEAD_BAND_MS };
        if size_ms < begins_ms {
            self.correcting = false;
            if self.moved_at_ms.is_none_or(|at| now_ms - at > FORGIVEN_AFTER_MS) {
                self.moves = 0;
            }
            return self.trim(error_ms);
        }
        self.correcting = true;
        self.trimming = false;
        if size_ms > MOVE_ABOVE_MS && self.may_move(now_ms) {
            self.moved_at_ms = Some(now_ms);
            self.moves = (self.moves + 1).min(16);
            return Correction::Move;
        }
        Correction::Rate(1.0 + (-error_ms / HORIZON_MS).clamp(-RATE_MAX, RATE_MAX))
    }

    /// Below hearing, but two rooms that are each a little off add up.
    fn trim(&mut self, error_ms: f64) -> Correction {
        let above_ms = if self.trimming { TRIM_ABOVE_MS / 4.0 } else { TRIM_ABOVE_MS };
        self.trimming = error_ms.abs() > above_ms;
        Correction::Rate(if self.trimming { 1.0 - error_ms.signum() * TRIM_RATE } else { 1.0 })
    }

    fn may_move(&self, now_ms: f64) -> bool {
        let Some(at) = self.moved_at_ms else { return true };
        let wait_ms = (MOVE_INTERVAL_MS * 2f64.powi(self.moves.max(1) - 1)).min(MOVE_INTERVAL_MS_MAX);
        now_ms - at >= wait_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Lets a corrector work on an error, deciding each 100 ms; a move leaves `lands_ms`. The error, the moves, the
    /// largest change of rate.
    fn bring(mut error_ms: f64, lands_ms: f64, duration_ms: f64) -> (f64, u32, f64) {
        let mut corrector = Corrector::default();
        let (mut moves, mut furthest, mut now_ms) = (0, 0.0f64, 0.0);
        while now_ms < duration_ms {
            match corrector.decide(error_ms, now_ms) {
                Correction::Move => {
                    moves += 1;
                    error_ms = lands_ms;
                }
                Correction::Rate(rate) => {
                    furthest = furthest.max((rate - 1.0).abs());
                    error_ms += (rate - 1.0) * 100.0;
                }
            }
            now_ms += 100.0;
        }
        (error_ms, moves, furthest)
    }

    proptest! {
        #[test]
        fn a_small_error_goes_away_by_rate_alone_and_unheard(error_ms in -30.0..30.0f64) {
            let (left, moves, furthest) = bring(error_ms, 0.0, 20_000.0);
            prop_assert!(left.abs() < 0.6, "{}", left);
            prop_assert_eq!(moves, 0);
            prop_assert!(furthest < RATE_MAX * 1.000_001);
        }

        #[test]
        fn a_large_error_is_spliced_away_once(error_ms in 31.0..1e7f64, behind: bool) {
            let (left, moves, _) = bring(if behind { -error_ms } else { error_ms }, 1.0, 20_000.0);
            prop_assert!(left.abs() < 0.6);
            prop_assert_eq!(moves, 1);
        }
    }

    #[test]
    fn where_moving_does_not_help_it_is_tried_ever_less_often() {
        let (_, moves, _) = bring(500.0, 500.0, 120_000.0);
        assert!((5..14).contains(&moves), "{moves}");
    }
}
