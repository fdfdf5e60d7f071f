//! Where the music is heard. Each output is told what the nest does and what time it is there, and tells how it goes.

pub(crate) mod mpris;
pub(crate) mod sound;

use crate::clock::Timeline;
use protocol::http::NestState;
use std::sync::Arc;

/// Which output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutputChoice {
    /// The sound card: songs of the library.
    Sound {
        /// The ALSA device.
        device: String,
    },
    /// A player on this desktop, over D-Bus: songs of services.
    Mpris {
        /// Part of the player's name, such as `spotify`; absent: whichever can play the song.
        player: Option<String>,
    },
    /// None: only show what plays.
    None,
}

/// What an output follows.
#[derive(Clone, Debug, Default)]
pub(crate) struct Following {
    /// The nest.
    pub(crate) nest: Option<Arc<NestState>>,
    /// Its server's clock.
    pub(crate) timeline: Option<Timeline>,
    /// How loud, 0 to 100; 0 when muted.
    pub(crate) volume_percent: u8,
    /// Grows each time the person asks to follow again after an output stepped back.
    pub(crate) recalls: u32,
}

/// How it goes at an output.
#[derive(Clone, Debug, PartialEq)]
pub enum Sounding {
    /// There is no output.
    Off,
    /// Nothing is to be heard.
    Silent,
    /// The song is being fetched.
    Preparing,
    /// It sounds.
    Playing {
        /// How far ahead of the nest, in milliseconds; negative: behind. Absent until it is known.
        off_ms: Option<f64>,
    },
    /// This output has no way to play this song.
    Elsewhere {
        /// Why.
        why: String,
    },
    /// The song cannot be had, or the card or the player is not there; it is tried again.
    Trouble {
        /// What is wrong.
        why: String,
    },
    /// The person has taken the player over.
    SteppedBack {
        /// How that was seen.
        why: String,
    },
}

/// An output as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// How it goes.
    pub sounding: Sounding,
    /// What it is: a device, a player.
    pub name: String,
    /// How long what is written to it takes to be heard, in milliseconds; absent if that cannot be known.
    pub latency_ms: Option<f64>,
}
