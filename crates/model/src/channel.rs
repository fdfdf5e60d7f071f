//! What a subscriber can listen to. A channel is a typed value; its text exists only on the wire.

use crate::{ChannelName, MemberId, NestCode};
use std::fmt;
use std::str::FromStr;

/// A stream of publications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// The events of one nest: `nest:CODE`.
    Nest(NestCode),
    /// What changes about the server as a whole (nests opened and closed, library growth): `server`.
    Server,
    /// What concerns one person alone: `person:ID`.
    Person(MemberId),
    /// What other applications tell: `app:NAME`.
    App(ChannelName),
}

/// A text that names no channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown channel: expected `server`, `nest:CODE`, `person:ID` or `app:NAME`")]
pub struct ChannelError;

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nest(code) => write!(f, "nest:{code}"),
            Self::Server => f.write_str("server"),
            Self::Person(id) => write!(f, "person:{id}"),
            Self::App(name) => write!(f, "app:{name}"),
        }
    }
}

impl FromStr for Channel {
    type Err = ChannelError;
    fn from_str(text: &str) -> Result<Self, ChannelError> {
        match text.split_once(':') {
            Some(("nest", code)) => code.parse().map(Self::Nest).map_err(|_| ChannelError),
            Some(("person", id)) => id.parse().map(Self::Person).map_err(|_| ChannelError),
            Some(("app", name)) => name.parse().map(Self::App).map_err(|_| ChannelError),
            None if text == "server" => Ok(Self::Server),
            _ => Err(ChannelError),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_survives_its_text() {
        for channel in [
            Channel::Server,
            Channel::Nest(NestCode::MAIN),
            Channel::Person(MemberId::from_u128(7)),
            Channel::App("orders.eu-1".parse().unwrap()),
        ] {
            assert_eq!(channel.to_string().parse(), Ok(channel));
        }
        assert_eq!("nest:".parse::<Channel>(), Err(ChannelError));
        assert_eq!("nest:main:x".parse::<Channel>(), Err(ChannelError));
        assert_eq!("app:".parse::<Channel>(), Err(ChannelError));
        assert_eq!("app:a:b".parse::<Channel>(), Err(ChannelError));
    }
}
