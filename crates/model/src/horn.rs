//! The sounds a horn can make, by name. How they sound is in `audio`.
//!
//! Names are in the logs of nests for good: one may be added, none renamed or removed.

use std::fmt;
use std::str::FromStr;

/// A text that names no sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such sound")]
pub struct HornSoundError;

macro_rules! sounds {
    ($($sound:ident = $name:literal, $label:literal, $echonest:literal;)+) => {
        /// A sound that a horn can make.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "each is what its label says")]
        pub enum HornSound { $($sound,)+ }

        impl HornSound {
            /// Every sound, in the order lists show them.
            pub const ALL: &[Self] = &[$(Self::$sound,)+];

            /// Its name for programs: lower case letters and underscores.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$sound => $name,)+ }
            }

            /// What people call it, in English.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$sound => $label,)+ }
            }

            /// The name under which EchoNest's clients ask for a sound of this mood.
            pub const fn echonest_name(self) -> &'static str {
                match self { $(Self::$sound => $echonest,)+ }
            }
        }
    };
}

sounds! {
    AirHorn = "air_horn", "Air horn", "airhorn";
    TripleHorn = "triple_horn", "Three short horns", "dj_airhorn";
    WindingHorn = "winding_horn", "Horn that winds down", "reemix";
    ShipHorn = "ship_horn", "Ship's horn", "exclusive";
    Bugle = "bugle", "Bugle call", "Freddie";
    Fanfare = "fanfare", "Fanfare", "brandnew";
    SadTrombone = "sad_trombone", "Sad trombone", "damnson";
    PartyBlower = "party_blower", "Party blower", "partypeople";
    Kazoo = "kazoo", "Kazoo", "kids";
    Caw = "caw", "Rook", "heylisten";
    Eagle = "eagle", "Eagle", "eagle";
    Cuckoo = "cuckoo", "Cuckoo", "wednesday";
    Rooster = "rooster", "Rooster", "GoodNewsEveryone";
    Duck = "duck", "Duck", "eh-eh-oh-eh-oh";
    Frog = "frog", "Frog", "mah-man";
    Goat = "goat", "Goat", "downwiththesickness";
    CountIn = "count_in", "Count-in", "vamos-a-bailar";
    Drumroll = "drumroll", "Drumroll", "show-me-what-you-got";
    RimShot = "rim_shot", "Rim shot", "i-like-what-you-got";
    Gong = "gong", "Gong", "ilikeit";
    Doorbell = "doorbell", "Doorbell", "thankyou";
    Toaster = "toaster", "Toaster", "mk_toasty";
    Soda = "soda", "Soda", "baking_soda";
    Reload = "reload", "Tape reload", "reload_shot";
    Siren = "siren", "Siren", "morefire";
    Spring = "spring", "Spring", "davidleeroth";
    WahGuitar = "wah_guitar", "Wah guitar", "funkmaster";
}

impl HornSound {
    /// The sound that answers to a name of EchoNest's.
    pub fn of_echonest(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|sound| sound.echonest_name() == name)
    }
}

impl fmt::Display for HornSound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for HornSound {
    type Err = HornSoundError;

    fn from_str(text: &str) -> Result<Self, HornSoundError> {
        Self::ALL.iter().copied().find(|sound| sound.name() == text).ok_or(HornSoundError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_sound_has_names_of_its_own_and_is_found_by_them() {
        assert_eq!(HornSound::ALL.len(), 27);
        let names: BTreeSet<_> = HornSound::ALL.iter().map(|sound| sound.name()).collect();
        let labels: BTreeSet<_> = HornSound::ALL.iter().map(|sound| sound.label()).collect();
        let foreign: BTreeSet<_> = HornSound::ALL.iter().map(|sound| sound.echonest_name()).collect();
        assert_eq!((names.len(), labels.len(), foreign.len()), (27, 27, 27));
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
        for &sound in HornSound::ALL {
            assert_eq!(sound.name().parse(), Ok(sound));
            assert_eq!(HornSound::of_echonest(sound.echonest_name()), Some(sound));
        }
    }

    #[test]
    fn what_is_no_name_is_no_sound() {
        for text in ["", "AIR_HORN", "air_horn ", "../../evil", "airhorn", "air_horn\0"] {
            assert_eq!(text.parse::<HornSound>(), Err(HornSoundError), "{text}");
        }
        assert_eq!(HornSound::of_echonest("../../evil"), None);
        assert_eq!(HornSound::of_echonest("None"), None);
    }
}
