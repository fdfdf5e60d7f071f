//! Where to listen: a server's address, or the link that people hand on, which names a nest as well.

use crate::ListenError;
use model::{NestCode, Slug};
use reqwest::Url;

/// A server and a nest of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The server, with a slash at its end.
    base: Url,
    /// The nest; of a link with a word, once the server was asked.
    pub nest: NestCode,
    /// The word that leads to the nest, `friday-night`, if the link has one.
    pub word: Option<Slug>,
}

impl Address {
    /// Reads `https://music.example.org`, or a nest's link such as `https://music.example.org/nest/ABCDE` or
    /// `https://music.example.org/friday-night`; without a scheme https is meant, on this machine http. A nest that is named
    /// by itself goes before the link's.
    ///
    /// # Errors
    /// [`ListenError::Address`] if it is no address.
    pub fn parse(text: &str, nest: Option<NestCode>) -> Result<Self, ListenError> {
        let text = text.trim();
        let wrong = |why: String| ListenError::Address { address: text.to_owned(), why };
        let with_scheme = if text.contains("://") {
            text.to_owned()
        } else if ["localhost", "127.", "[::1]"].iter().any(|local| text.starts_with(local)) {
            format!("http://{text}")
        } else {
            format!("https://{text}")
        };
        let mut base = Url::parse(&with_scheme).map_err(|error| wrong(error.to_string()))?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(wrong("it begins with https:// or http://".to_owned()));
        }
        let mut path: Vec<String> = base
            .path_segments()
            .into_iter()
            .flatten()
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect();
        let named = path.last().and_then(|last| last.parse::<NestCode>().ok());
        let word = path.last().filter(|_| named.is_none()).and_then(|last| last.parse::<Slug>().ok());
        if named.is_some() || word.is_some() {
            path.pop();
            if path.last().is_some_and(|part| part == "nest") {
                path.pop();
            }
        }
        base.set_query(None);
        base.set_fragment(None);
        base.set_path(&path.iter().map(|part| format!("{part}/")).collect::<String>());
        let word = word.filter(|_| nest.is_none());
        Ok(Self { base, nest: nest.or(named).unwrap_or(NestCode::MAIN), word })
    }

    /// The address of something the server names: a path from its root, or a whole address.
    pub fn at(&self, path: &str) -> Option<Url> {
        self.base.join(path.trim_start_matches('/')).ok()
    }

    /// Whether an address is of this server, so that it may be shown who asks.
    pub fn owns(&self, url: &Url) -> bool {
        url.origin() == self.base.origin()
    }

    #[cfg(test)]
    pub fn server(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (String, String) {
        let address = Address::parse(text, None).unwrap();
        (address.server().to_owned(), address.nest.to_string())
    }

    #[test]
    fn a_nest_s_link_names_server_and_nest() {
        let of = |server: &str, nest: &str| (server.to_owned(), nest.to_owned());
        assert_eq!(read("https://music.example.org"), of("https://music.example.org", "main"));
        assert_eq!(read("music.example.org/nest/abcde"), of("https://music.example.org", "ABCDE"));
        assert_eq!(
            read("https://music.example.org/ABCDE?from=qr#x"),
            of("https://music.example.org", "ABCDE")
        );
        assert_eq!(read("localhost:4533/nest/main/"), of("http://localhost:4533", "main"));
        assert_eq!(read("https://example.org/music/nest/ABCDE"), of("https://example.org/music", "ABCDE"));
    }

    #[test]
    fn a_nest_named_by_itself_goes_before_the_link_s() {
        let nest = "QWERT".parse().unwrap();
        assert_eq!(Address::parse("example.org/nest/ABCDE", Some(nest)).unwrap().nest, nest);
    }

    #[test]
    fn a_word_that_leads_to_a_nest_is_no_part_of_the_server() {
        let address = Address::parse("music.example.org/friday-night", None).unwrap();
        assert_eq!(address.server(), "https://music.example.org");
        assert_eq!(address.word.map(|word| word.to_string()).as_deref(), Some("friday-night"));
        assert_eq!(Address::parse("music.example.org/main", None).unwrap().word, None);
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in ["", "ftp://example.org", "https://", "file:///etc/passwd"] {
            assert!(Address::parse(text, None).is_err(), "{text}");
        }
    }

    #[test]
    fn proof_is_shown_to_the_own_server_alone() {
        let address = Address::parse("https://music.example.org/nest/ABCDE", None).unwrap();
        let own = address.at("/api/v1/tracks/1/stream").unwrap();
        assert_eq!(own.as_str(), "https://music.example.org/api/v1/tracks/1/stream");
        assert!(address.owns(&own));
        assert!(!address.owns(&address.at("https://elsewhere.example/song").unwrap()));
    }
}
