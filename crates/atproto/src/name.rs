//! Names: handles, which change, and DIDs, which do not. <https://atproto.com/specs/handle>, <https://atproto.com/specs/did>.

use crate::{Error, Result};
use std::fmt;

const HANDLE_BYTES_MAX: usize = 253;
const DID_BYTES_MAX: usize = 2_048;
/// Characters of the identifier in a `did:plc`.
const PLC_CHARS: usize = 24;
/// Ends of names that belong to nobody on the public network.
const NOBODYS: [&str; 8] = ["alt", "arpa", "example", "internal", "invalid", "local", "localhost", "onion"];

/// A handle in small letters: a name of the domain name system.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle(String);

/// An identity: `did:plc:…` or `did:web:…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Did(String);

/// What somebody typed to say who they are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Named {
    /// By their handle.
    Handle(Handle),
    /// By their DID.
    Did(Did),
}

impl Handle {
    /// Reads a handle, whatever its case.
    ///
    /// # Errors
    /// [`Error::NoName`].
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.to_ascii_lowercase();
        let is_label = |label: &str| {
            let is_inside = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            (1..=63).contains(&label.len())
                && label.chars().all(is_inside)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let last = text.rsplit('.').next().unwrap_or("");
        let is_handle = text.len() <= HANDLE_BYTES_MAX
            && text.contains('.')
            && text.split('.').all(is_label)
            && last.starts_with(|c: char| c.is_ascii_lowercase())
            && !NOBODYS.contains(&last);
        if is_handle { Ok(Self(text)) } else { Err(Error::NoName) }
    }

    /// The handle.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Did {
    /// Reads an identity of a method that AT Protocol knows. A `did:web` is a host; on this machine it may have a port.
    ///
    /// # Errors
    /// [`Error::NoName`].
    pub fn parse(text: &str) -> Result<Self> {
        let is_did = match text.strip_prefix("did:").and_then(|rest| rest.split_once(':')) {
            Some(("plc", id)) => {
                id.len() == PLC_CHARS && id.chars().all(|c| matches!(c, 'a'..='z' | '2'..='7'))
            }
            Some(("web", id)) => {
                let local = id.strip_prefix("localhost%3A").map(|port| port.parse::<u16>().is_ok());
                local.unwrap_or_else(|| Handle::parse(id).is_ok_and(|host| host.as_str() == id))
            }
            _ => false,
        };
        if is_did && text.len() <= DID_BYTES_MAX { Ok(Self(text.to_owned())) } else { Err(Error::NoName) }
    }

    /// The identity.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The host of a `did:web`.
    pub(crate) fn host(&self) -> Option<String> {
        self.0.strip_prefix("did:web:").map(|host| host.replace("%3A", ":"))
    }
}

impl Named {
    /// Reads what somebody typed: with an `@` before it or with the blanks of a phone's keyboard around it.
    ///
    /// # Errors
    /// [`Error::NoName`].
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim_matches(|c: char| c.is_whitespace() || is_mark(c));
        let text = text.strip_prefix("at://").unwrap_or(text);
        let text = text.strip_prefix('@').unwrap_or(text);
        if text.starts_with("did:") {
            Did::parse(text).map(Self::Did)
        } else {
            Handle::parse(text).map(Self::Handle)
        }
    }
}

/// Marks of direction, which come along with text that was copied from a profile.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

impl fmt::Display for Handle {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for Did {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Display for Named {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Handle(handle) => handle.fmt(formatter),
            Self::Did(did) => did.fmt(formatter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handles_are_read_as_the_specification_says() {
        // From the specification's own examples.
        for good in [
            "jay.bsky.social",
            "8.cn",
            "name.t--t",
            "XX.LCS.MIT.EDU",
            "a.co",
            "xn--notarealidn.com",
            "xn--fiqa61au8b7zsevnm8ak20mc4a87e.xn--fiqs8s",
            "xn--ls8h.test",
            "example.t",
        ] {
            assert_eq!(Handle::parse(good).map(|handle| handle.0), Ok(good.to_lowercase()));
        }
        let long = format!("{}.com", "a".repeat(64));
        for bad in [
            "jo@hn.test",
            "💩.test",
            "john..test",
            "xn--bücher-.tld",
            "john.0",
            "cn.8",
            "www.masełkowski.pl.com",
            "org",
            "name.org.",
            "-a.test",
            "a-.test",
            ".test",
            "a.test/x",
            "127.0.0.1",
            "a.local",
            "a.onion",
            "a.invalid",
            "",
            &long,
        ] {
            assert_eq!(Handle::parse(bad), Err(Error::NoName), "{bad}");
        }
    }

    #[test]
    fn identities_are_of_the_methods_that_the_protocol_knows() {
        for good in
            ["did:plc:z72i7hdynmk6r22z27h6tvur", "did:web:ana.example.org", "did:web:localhost%3A21000"]
        {
            assert_eq!(Did::parse(good).map(|did| did.0).as_deref(), Ok(good));
        }
        for bad in [
            "did:plc:Z72i7hdynmk6r22z27h6tvur",
            "did:plc:z72i7hdynmk6r22z27h6tvu",
            "did:plc:z72i7hdynmk6r22z27h6tvu1",
            "did:plc:../../../../../../../../",
            "did:web:example.org:people:ana",
            "did:web:example.org%3A444",
            "did:web:10.0.0.1",
            "did:web:EXAMPLE.org",
            "did:key:zQ3sh",
            "did:",
            "plc:z72i7hdynmk6r22z27h6tvur",
            "",
        ] {
            assert_eq!(Did::parse(bad), Err(Error::NoName), "{bad}");
        }
    }

    #[test]
    fn what_people_type_is_understood() {
        let handle = Handle("ana.example.org".to_owned());
        for typed in [
            "ana.example.org",
            " @Ana.example.org ",
            "at://ana.example.org",
            "\u{202a}ana.example.org\u{202c}",
        ] {
            assert_eq!(Named::parse(typed), Ok(Named::Handle(handle.clone())), "{typed:?}");
        }
        let did = "did:plc:z72i7hdynmk6r22z27h6tvur";
        assert_eq!(Named::parse(did), Ok(Named::Did(Did(did.to_owned()))));
        assert_eq!(Named::parse("ana"), Err(Error::NoName));
    }
}
