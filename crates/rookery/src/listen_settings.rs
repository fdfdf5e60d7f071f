//! What `rookery listen` is told.

use clap::{Args, ValueEnum};
use model::NestCode;
use std::io::IsTerminal as _;
use std::path::PathBuf;

/// How to listen. Nothing of it is in the settings' file: that is the server's.
#[derive(Debug, Args)]
pub struct ListenArgs {
    /// The server, or the link of a nest: <https://music.example.org/nest/ABCDE>
    pub url: String,
    /// The nest's code [default: the link's, else main]
    #[arg(long, value_name = "CODE")]
    pub nest: Option<NestCode>,
    /// An API token; without one as a guest, where the nest takes guests.
    #[arg(long, env = "ROOKERY_TOKEN", hide_env_values = true)]
    pub token: Option<String>,
    /// The guest's name.
    #[arg(long = "as", value_name = "NAME", default_value = "Listener")]
    pub guest_name: String,
    /// Prints one JSON object a line, for programs.
    #[arg(long)]
    pub json: bool,
    /// Prints a line for each change, on a terminal too.
    #[arg(long, conflicts_with = "json")]
    pub lines: bool,
    /// Where it is heard.
    #[arg(long, value_enum, default_value_t = OutputName::Sound)]
    pub output: OutputName,
    /// sound: the ALSA device [default: default]; mpris: a part of the player's name, such as `spotify`
    #[arg(long, value_name = "NAME")]
    pub device: Option<String>,
    /// How loud, in percent.
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub volume: u8,
    /// Where songs are put while they play [default: the system's temporary folder]
    #[arg(long, value_name = "FOLDER")]
    pub scratch: Option<PathBuf>,
}

impl ListenArgs {
    /// Whether it has the terminal to itself.
    pub fn is_full_screen(&self) -> bool {
        let is_dumb = std::env::var_os("TERM").is_none_or(|term| term.is_empty() || term == "dumb");
        !self.json
            && !self.lines
            && !is_dumb
            && std::io::stdin().is_terminal()
            && std::io::stdout().is_terminal()
    }
}

/// Where a listener is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum OutputName {
    /// On the sound card: songs of the library.
    Sound,
    /// By Spotify or another player of this desktop, over MPRIS: songs of services.
    Mpris,
    /// Nowhere: only show what plays.
    None,
}
