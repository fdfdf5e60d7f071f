//! The address of an environment: a scheme and a host, and nothing after it, since rookery has a host of its own.

use serde::Deserialize;
use std::fmt;
use url::Url;

/// `https://music.example.org`, with a port if it is not the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Address {
    is_https: bool,
    /// In small letters.
    host: String,
    port: Option<u16>,
}

impl Address {
    /// Whether what goes there is encrypted.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// The host without the port, in small letters.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host, and the port if it is not the scheme's own.
    #[must_use]
    pub fn authority(&self) -> String {
        self.port.map_or_else(|| self.host.clone(), |port| format!("{}:{port}", self.host))
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let no_address = || format!("`{text}` is no address; write https://music.example.org");
        let url = Url::parse(text.trim()).map_err(|_| no_address())?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(no_address)?.to_lowercase();
        if !matches!(url.scheme(), "http" | "https") {
            return Err(no_address());
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return Err(format!(
                "`{text}`: an address ends with the host, for rookery has a host of its own"
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(format!("`{host}`: an address names nobody"));
        }
        Ok(Self { is_https: url.scheme() == "https", host, port: url.port() })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", if self.is_https { "https" } else { "http" }, self.authority())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_scheme_and_a_host() {
        let read = |text: &str| Address::try_from(text.to_owned()).map(|address| address.to_string());
        assert_eq!(read("https://Music.Example.org:443/").as_deref(), Ok("https://music.example.org"));
        assert_eq!(read("http://127.0.0.1:4533").as_deref(), Ok("http://127.0.0.1:4533"));
        for bad in
            ["", "music.example.org", "ftp://x", "https://", "https://x/y", "https://x?y", "https://a:b@x"]
        {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
