//! Where a Redis is and who asks: `redis://[user[:password]@]host[:port][/number]`, `rediss://` with TLS.
//!
//! A number names one of Redis' databases. Words know none of these, so it is read and not used: it keeps two environments
//! apart where they are compared. A password is never shown.

use percent_encoding::percent_decode_str;
use std::fmt;
use std::str::FromStr;
use url::{Host, Url};

const PORT: u16 = 6379;
/// Who asks, if nobody is named: the user whom Redis calls so.
const USER: &str = "default";

/// A Redis, and how to come in.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) is_tls: bool,
    /// User and password.
    pub(crate) login: Option<(String, String)>,
    is_near: bool,
}

/// What is wrong with an address. The address itself may hold a password and is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is no address.
    #[error("it is no address: write redis://[user:password@]host[:port], or rediss:// for TLS")]
    Unreadable,
    /// Another scheme.
    #[error("it begins neither with redis:// nor with rediss://")]
    Scheme,
    /// No host.
    #[error("it names no host")]
    Host,
    /// A path that is no number, or options.
    #[error("after the host nothing may follow but the number of a database")]
    Rest,
    /// A user without a password.
    #[error("it names a user and no password")]
    Password,
    /// Bytes that are no text.
    #[error("its user or password is no text")]
    Text,
}

impl Address {
    /// Whether everything between here and there is encrypted.
    #[must_use]
    pub const fn is_tls(&self) -> bool {
        self.is_tls
    }

    /// The name or address of its machine.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is on this machine.
    #[must_use]
    pub const fn is_near(&self) -> bool {
        self.is_near
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text.trim()).map_err(|_| AddressError::Unreadable)?;
        let is_tls = match url.scheme() {
            "redis" => false,
            "rediss" => true,
            _ => return Err(AddressError::Scheme),
        };
        let text = url.host_str().filter(|host| !host.is_empty()).ok_or(AddressError::Host)?;
        // A host of another scheme than the web's is not taken apart by `url`: addresses in numbers are found here.
        let host = Host::parse(text).map_err(|_| AddressError::Host)?;
        let is_near = match &host {
            Host::Domain(name) => name == "localhost" || name.ends_with(".localhost"),
            Host::Ipv4(address) => address.is_loopback(),
            Host::Ipv6(address) => address.is_loopback(),
        };
        let host = host.to_string().trim_matches(['[', ']']).to_owned();
        let number = url.path().trim_matches('/');
        if url.query().is_some()
            || url.fragment().is_some()
            || (!number.is_empty() && number.parse::<u32>().is_err())
        {
            return Err(AddressError::Rest);
        }
        let decoded = |text: &str| {
            percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| AddressError::Text)
        };
        let login = match (url.username(), url.password()) {
            ("", None) => None,
            (_, None) => return Err(AddressError::Password),
            ("", Some(password)) => Some((USER.to_owned(), decoded(password)?)),
            (user, Some(password)) => Some((decoded(user)?, decoded(password)?)),
        };
        Ok(Self { host, port: url.port().unwrap_or(PORT), is_tls, login, is_near })
    }
}

impl fmt::Display for Address {
    /// Without who asks.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.is_tls { "rediss" } else { "redis" };
        let (host, port) = (&self.host, self.port);
        if host.contains(':') {
            return write!(formatter, "{scheme}://[{host}]:{port}");
        }
        write!(formatter, "{scheme}://{host}:{port}")
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Address, AddressError> {
        text.parse()
    }

    #[test]
    fn an_address_says_where_and_who_and_is_shown_without_its_password() {
        let address = read("rediss://bus:hunter%3A2%40@cache.example.org/3").unwrap();
        assert_eq!(
            (address.host.as_str(), address.port, address.is_tls()),
            ("cache.example.org", 6379, true)
        );
        assert_eq!(address.login, Some(("bus".to_owned(), "hunter:2@".to_owned())));
        assert_eq!(format!("{address} {address:?}").matches("hunter").count(), 0);
        assert_eq!(address.to_string(), "rediss://cache.example.org:6379");
        assert!(!address.is_near());
        let plain = read("redis://127.0.0.1:7000").unwrap();
        assert!(plain.is_near() && !plain.is_tls() && plain.login.is_none());
        let secret = read("redis://:pw@[::1]:1").unwrap();
        assert_eq!(secret.login, Some(("default".to_owned(), "pw".to_owned())));
        assert!(secret.is_near());
        assert_eq!((secret.host.as_str(), secret.to_string().as_str()), ("::1", "redis://[::1]:1"));
        assert!(read("redis://localhost").unwrap().is_near());
        assert!(!read("redis://10.0.0.7").unwrap().is_near());
    }

    #[test]
    fn what_is_no_address_is_told_without_repeating_it() {
        let cases = [
            ("cache.example.org", AddressError::Unreadable),
            ("http://cache.example.org", AddressError::Scheme),
            ("redis:///1", AddressError::Host),
            ("redis://h/queue", AddressError::Rest),
            ("redis://h/1?ssl_cert_reqs=none", AddressError::Rest),
            ("redis://somebody@h", AddressError::Password),
            ("redis://:%ff@h", AddressError::Text),
        ];
        for (text, error) in cases {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }
}
