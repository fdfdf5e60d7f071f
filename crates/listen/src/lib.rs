//! A listener without a browser: follows a nest over the public contract, as any client does, and lets it be heard on a
//! sound card or by a player of this desktop, or only shows what plays.
//!
//! Read from the inside out: `clock`, `fold`, `follow` and `correction` are pure and decide what should sound when;
//! `connection` speaks with the server; `output` makes it heard; `view` and `lines` show it; `desk` joins them.
//!
//! Deliberately not here: anything of the server. What a listener knows, it was told over HTTP and the socket.

mod address;
mod clock;
mod connection;
mod correction;
mod desk;
mod error;
mod fold;
mod follow;
mod limits;
mod lines;
mod output;
mod view;

pub use connection::Listener;
pub use error::ListenError;
pub use fold::{Place, fold, place};
pub use output::{OutputChoice, Sounding, Status};

use address::Address;
use audio::Workers;
use connection::{Api, Connection, Identity};
use desk::{Desk, Face};
use model::{Clock, Entropy, NestCode};
use output::mpris::MprisOutput;
use output::sound::SoundOutput;
use std::path::PathBuf;
use std::sync::Arc;
use tokio::sync::{mpsc, watch};
use view::View;

/// What to listen to, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server, or a nest's link.
    pub url: String,
    /// The nest; absent: the link's, else the main one.
    pub nest: Option<NestCode>,
    /// An API token; absent: as a guest.
    pub token: Option<String>,
    /// The guest's name.
    pub guest_name: String,
    /// Where it is to be heard.
    pub output: OutputChoice,
    /// How loud, 0 to 100.
    pub volume_percent: u8,
    /// How it is to be shown.
    pub shown: Shown,
    /// Where songs are put while they play.
    pub scratch: PathBuf,
}

/// How a listener shows what plays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Full-screen, on a terminal.
    View {
        /// Whether with colours.
        colour: bool,
    },
    /// Lines for people.
    Lines,
    /// One JSON object a line, for programs (`docs/listen.md`).
    Json,
}

/// What a listener is given.
pub struct Parts {
    /// The local clock. It should go on while the machine sleeps.
    pub clock: Arc<dyn Clock>,
    /// Chance, to spread reconnecting.
    pub entropy: Box<dyn Entropy>,
    /// Processes that decode songs.
    pub workers: Workers,
}

/// Listens until the person or `stop` ends it.
///
/// # Errors
/// What cannot be helped by trying again: a wrong address, a token the server refuses, a nest that is closed.
pub async fn run(options: Options, parts: Parts, stop: impl Future<Output = ()>) -> Result<(), ListenError> {
    let is_json = options.shown == Shown::Json;
    let outcome = tokio::select! {
        outcome = listen(options, parts) => outcome,
        () = stop => Ok(()),
    };
    if let (Err(ListenError::Refused(why)), true) = (&outcome, is_json) {
        lines::Lines::json().error(why, None)?;
    }
    outcome
}

async fn listen(options: Options, mut parts: Parts) -> Result<(), ListenError> {
    let address = Address::parse(&options.url, options.nest)?;
    let identity = match options.token {
        Some(token) => Identity::Token(token),
        None => Identity::Guest(options.guest_name),
    };
    let mut api = Api::new(address, identity)?;
    if let Some(word) = api.address.word.clone() {
        api.address.nest = connection::find(&api, &word, &mut *parts.entropy).await?;
    }
    let (news, heard) = mpsc::channel(limits::NEWS_MAX);
    let (wish, wishes) = mpsc::channel(limits::WISHES_MAX);
    let (following, followed) = watch::channel(output::Following::default());
    let (told, status) =
        watch::channel(Status { sounding: Sounding::Off, name: String::new(), latency_ms: None });
    let sound = SoundOutput {
        device: String::new(),
        api: api.clone(),
        workers: parts.workers,
        clock: Arc::clone(&parts.clock),
        scratch: options.scratch,
    };
    let clock = Arc::clone(&parts.clock);
    let output = async {
        match options.output {
            OutputChoice::Sound { device } => SoundOutput { device, ..sound }.run(followed, told).await,
            OutputChoice::Mpris { player } => MprisOutput { player, clock }.run(followed, told).await,
            OutputChoice::None => std::future::pending().await,
        }
    };
    let connection =
        Connection { api, clock: Arc::clone(&parts.clock), entropy: parts.entropy, news, wishes };
    let face = match options.shown {
        Shown::View { colour } => Face::View(Box::new(View::open(options.volume_percent, colour)?)),
        Shown::Lines => Face::Lines(lines::Lines::for_people()),
        Shown::Json => Face::Lines(lines::Lines::json()),
    };
    let desk = Desk::new(face, parts.clock, following, wish, options.volume_percent);
    tokio::select! {
        outcome = connection.run() => outcome,
        outcome = output => outcome,
        outcome = desk.run(heard, status) => outcome,
    }
}
