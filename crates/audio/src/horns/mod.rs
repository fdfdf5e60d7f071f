//! The sounds of horns: short, ours, synthesised here. The same code gives the same bytes.
//!
//! Deliberately not here: their names (`model::HornSound`), when they are blown (`nest`), and anything that is recorded.

mod animals;
mod brass;
mod drums;
mod house;
mod tone;
mod wave;

use model::HornSound;
use std::time::Duration;
use tone::Take;

/// The longest sound there is.
pub const DURATION_MAX: Duration = Duration::from_millis(2_500);

/// A sound as a WAV file: one channel, 16 bits, 22.05 kHz. It begins and ends in silence and does not clip. Takes a few
/// milliseconds of processor time.
pub fn render(sound: HornSound) -> Vec<u8> {
    wave::file(&tone::finish(perform(sound)))
}

/// How long a sound is.
pub fn duration(sound: HornSound) -> Duration {
    // Whole milliseconds, in whole frames: 22.05 kHz has both only every 20 ms.
    Duration::from_millis(millis(sound))
}

const fn millis(sound: HornSound) -> u64 {
    use HornSound as S;
    match sound {
        S::Cuckoo | S::AirHorn => 1_300,
        S::Duck | S::Spring => 1_000,
        S::PartyBlower => 900,
        S::Caw | S::Reload => 1_100,
        S::Frog | S::RimShot | S::Toaster => 1_200,
        S::Kazoo => 1_500,
        S::Goat | S::TripleHorn | S::CountIn | S::Soda => 1_600,
        S::WahGuitar => 1_700,
        S::Eagle | S::WindingHorn | S::Doorbell => 1_800,
        S::Bugle | S::Fanfare | S::Rooster => 2_000,
        S::Siren => 2_200,
        S::ShipHorn | S::SadTrombone | S::Drumroll => 2_400,
        S::Gong => 2_500,
    }
}

fn perform(sound: HornSound) -> Take {
    use HornSound as S;
    let mut take = Take::of(millis(sound), sound as u64 + 1);
    match sound {
        S::AirHorn => brass::air_horn(&mut take),
        S::TripleHorn => brass::triple_horn(&mut take),
        S::WindingHorn => brass::winding_horn(&mut take),
        S::ShipHorn => brass::ship_horn(&mut take),
        S::Bugle => brass::bugle(&mut take),
        S::Fanfare => brass::fanfare(&mut take),
        S::SadTrombone => brass::sad_trombone(&mut take),
        S::PartyBlower => brass::party_blower(&mut take),
        S::Kazoo => brass::kazoo(&mut take),
        S::Caw => animals::caw(&mut take),
        S::Eagle => animals::eagle(&mut take),
        S::Cuckoo => animals::cuckoo(&mut take),
        S::Rooster => animals::rooster(&mut take),
        S::Duck => animals::duck(&mut take),
        S::Frog => animals::frog(&mut take),
        S::Goat => animals::goat(&mut take),
        S::CountIn => drums::count_in(&mut take),
        S::Drumroll => drums::drumroll(&mut take),
        S::RimShot => drums::rim_shot(&mut take),
        S::Gong => drums::gong(&mut take),
        S::Doorbell => house::doorbell(&mut take),
        S::Toaster => house::toaster(&mut take),
        S::Soda => house::soda(&mut take),
        S::Reload => house::reload(&mut take),
        S::Siren => house::siren(&mut take),
        S::Spring => house::spring(&mut take),
        S::WahGuitar => house::wah_guitar(&mut take),
    }
    take
}
