//! The scripted evening: eight people, four hours by a clock that the test sets, everything a nest can do, a restart and
//! a kill in between. After every step every listener's state, the state that is served, and the state that the log folds
//! to are one; nothing jumps, nobody starves, and nothing that was acknowledged is lost or done twice.
//!
//! What happens is drawn from a seed, which is told if the evening fails: `EVENING_SEED=… cargo nextest run -p rookery
//! an_evening` plays it again. Deliberately not here: sound, and pages.

mod acts;
mod autofill;
mod cast;
mod endings;
mod house;
mod ledger;
mod listener;
mod side_nest;
mod stage;
mod turns;
mod view;

use acts::Act;
pub use cast::come;
use stage::Evening;

/// What people do when: until which minute, and how often each thing.
const PROGRAMME: [(u32, &[(Act, u64)]); 6] = [
    // Newcomers and greedy ones, in fair order; nobody moves anything.
    (
        50,
        &[
            (Act::Add, 12),
            (Act::Jam, 4),
            (Act::Comment, 4),
            (Act::Horn, 2),
            (Act::Volume, 1),
            (Act::Skip, 2),
            (Act::Seek, 1),
            (Act::PauseOrResume, 2),
        ],
    ),
    // Everybody has an opinion.
    (
        90,
        &[
            (Act::Add, 8),
            (Act::Vote, 10),
            (Act::Jam, 2),
            (Act::Remove, 6),
            (Act::Restore, 3),
            (Act::Clear, 1),
            (Act::Skip, 2),
            (Act::PauseOrResume, 2),
        ],
    ),
    // The most votes first, and then as they came.
    (115, &[(Act::Add, 8), (Act::Vote, 10), (Act::Comment, 2), (Act::Remove, 4), (Act::Restore, 2)]),
    (
        140,
        &[(Act::Add, 8), (Act::Vote, 6), (Act::Horn, 2), (Act::Skip, 2), (Act::Clear, 1), (Act::Restore, 2)],
    ),
    // The nest plays by itself; people talk.
    (190, &[(Act::Jam, 4), (Act::Comment, 4), (Act::Horn, 2), (Act::Vote, 2), (Act::PauseOrResume, 1)]),
    // Fair again, and fast.
    (
        240,
        &[
            (Act::Add, 14),
            (Act::Jam, 3),
            (Act::Skip, 4),
            (Act::Horn, 2),
            (Act::Seek, 2),
            (Act::PauseOrResume, 2),
        ],
    ),
];

/// A seed of one's own, to play an evening again.
#[expect(clippy::disallowed_methods, reason = "whoever looks for a fault says which evening it was")]
fn seed() -> u64 {
    std::env::var("EVENING_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_120)
}

#[test]
fn an_evening_of_eight_people_keeps_every_promise() {
    let mut evening = Evening::begin(seed());
    let mut from = 0;
    for (at, (until, menu)) in PROGRAMME.into_iter().enumerate() {
        match at {
            2 => evening.order_by("most_votes"),
            3 => evening.order_by("first_come"),
            4 => evening.play_by_itself(),
            5 => {
                evening.stop_playing_by_itself();
                evening.order_by("fair");
            }
            _ => {}
        }
        for minute in (from..until).step_by(2) {
            match minute {
                20 => evening.lose_a_link(),
                30 => evening.is_asked_to_end(),
                44 => evening.opens_the_old_page(),
                60 => evening.lose_a_link(),
                120 => evening.is_killed_while_people_add(),
                170 => evening.opens_another_nest(),
                _ => {}
            }
            for _ in 0..=1 + evening.draw(3) {
                evening.act(menu);
            }
            evening.pass(120_000);
            evening.post_arrives();
        }
        from = until;
    }
    evening.ends();
}
