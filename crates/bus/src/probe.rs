//! Whether a bus would do: reached, let in, and a word that is said comes back.

use crate::ANSWER_TIME_MAX;
use crate::address::Address;
use crate::connection::{Connection, Error, is_text, trust};
use crate::wire::{Frame, Part, command, read};
use std::time::Duration;
use tokio::io::AsyncWriteExt as _;
use tokio::time::{Instant, timeout};

/// It does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    /// From saying a word to hearing it.
    pub round_trip: Duration,
}

/// Says a word on a channel and waits until it comes back. `name` tells it from the words of others there.
///
/// # Errors
/// Why it would not do.
pub async fn probe(address: &Address, channel: &str, name: &str) -> Result<Answered, Error> {
    let trusted = address.is_tls().then(trust).transpose()?;
    let mut connection = Connection::open(address, trusted.as_ref(), channel).await?;
    let word = format!("probe {name}");
    let began = Instant::now();
    let round = async {
        let said = command(&["PUBLISH", channel, &word]);
        let unreachable = |source| Error::Unreachable { address: address.to_string(), source };
        connection.to.write_all(&said).await.map_err(unreachable)?;
        loop {
            match read(&mut connection.from).await.map_err(|error| Error::wire(address, error))? {
                Frame::Refused(code) => return Err(Error::refused(address, code)),
                Frame::Pushed(parts) if is_word(&parts, channel, &word) => return Ok(()),
                Frame::Answer | Frame::Pushed(_) => {}
            }
        }
    };
    match timeout(ANSWER_TIME_MAX, round).await {
        Ok(round) => round?,
        Err(_) => return Err(Error::Silent { address: address.to_string() }),
    }
    Ok(Answered { round_trip: began.elapsed() })
}

fn is_word(parts: &[Part], channel: &str, word: &str) -> bool {
    is_text(parts.first(), "message") && is_text(parts.get(1), channel) && is_text(parts.get(2), word)
}
