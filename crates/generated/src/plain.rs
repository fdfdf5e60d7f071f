//! Texts of a declaration that go into scripts, configuration and addresses: what is not made of plain letters alone is
//! refused, so that nothing has to be escaped there and nothing can be smuggled in.

/// A destination of ssh, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Destination {
    /// `user@host`, or the host alone.
    pub(crate) login: String,
    /// The host alone.
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Destination {
    /// `deploy@host` or `deploy@host:2222`.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (login, port) = match text.rsplit_once(':') {
            Some((login, port)) => (login, port.parse().ok().filter(|port| *port > 0)?),
            None => (text, 22),
        };
        let host = match login.split_once('@') {
            Some((user, host)) if is_word(user, 32) => host,
            Some(_) => return None,
            None => login,
        };
        is_host(host).then(|| Self { login: login.to_owned(), host: host.to_owned(), port })
    }
}

/// Letters, digits, `-`, `_` and `.`, beginning with a letter or a digit.
fn is_word(text: &str, chars_max: usize) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= chars_max
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}

/// A host's name or its IPv4 address.
pub(crate) fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

/// A name of an app on a platform: small letters, digits and hyphens, 2 to 32.
pub(crate) fn is_app(text: &str) -> bool {
    (2..=32).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// A branch of git that means nothing else to a shell or to a pattern of branches.
pub(crate) fn is_branch(text: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    text.starts_with(|c: char| c.is_ascii_alphanumeric())
        && text.len() <= 100
        && text.chars().all(is_allowed)
        && !text.contains("..")
        && !text.ends_with(['/', '.'])
}

/// A place's short name, `fra` or `nyc1`.
pub(crate) fn is_region(text: &str) -> bool {
    (2..=8).contains(&text.len()) && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
}

/// A folder's whole path that means the same everywhere.
pub(crate) fn is_folder(text: &str) -> bool {
    text.starts_with('/') && text.len() > 1 && text.split('/').skip(1).all(|part| is_word(part, 100))
}

/// Where images are kept: a registry, an owner, a name; without a tag and without a digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Image {
    /// `ghcr.io`
    pub(crate) registry: String,
    /// `our`, or several folders of it.
    pub(crate) owner: String,
    /// `music`
    pub(crate) name: String,
}

impl Image {
    /// `ghcr.io/our/music`
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let parts: Vec<&str> = text.split('/').collect();
        let [registry, owner @ .., name] = &parts[..] else { return None };
        let is_part = |part: &&str| is_word(part, 64) && !part.chars().any(|c| c.is_ascii_uppercase());
        let (host, port) = registry.split_once(':').unwrap_or((registry, "443"));
        let is_registry = is_host(host) && host.contains('.') && port.parse::<u16>().is_ok();
        (is_registry && !owner.is_empty() && owner.len() <= 4 && owner.iter().all(is_part) && is_part(name))
            .then(|| Self {
                registry: (*registry).to_owned(),
                owner: owner.join("/"),
                name: (*name).to_owned(),
            })
    }

    /// As it was written.
    pub(crate) fn whole(&self) -> String {
        format!("{}/{}/{}", self.registry, self.owner, self.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: [&str; 14] = [
        "",
        " ",
        "a b",
        "a\nb",
        "$(id)",
        "`id`",
        "a;b",
        "a'b",
        "a\"b",
        "${{ x }}",
        "-oProxyCommand=x",
        "a|b",
        "../a",
        "ä",
    ];

    #[test]
    fn nothing_that_means_something_to_a_shell_is_plain() {
        for text in HOSTILE {
            assert_eq!(Destination::parse(text), None, "{text}");
            assert_eq!(Destination::parse(&format!("a@{text}")), None, "{text}");
            assert_eq!(Image::parse(&format!("ghcr.io/our/{text}")), None, "{text}");
            for is_plain in [is_host, is_app, is_branch, is_region, is_folder] {
                assert!(!is_plain(text), "{text}");
            }
        }
    }

    #[test]
    fn what_is_plain_is_taken_apart() {
        let destination = Destination::parse("deploy@203.0.113.5:2222").unwrap();
        assert_eq!(
            (destination.login.as_str(), destination.host.as_str(), destination.port),
            ("deploy@203.0.113.5", "203.0.113.5", 2222)
        );
        assert_eq!(Destination::parse("music.example.org").unwrap().port, 22);
        for bad in ["deploy@host:0", "deploy@host:70000", "a@b@c", "@host", "deploy@-host"] {
            assert_eq!(Destination::parse(bad), None, "{bad}");
        }
        let image = Image::parse("ghcr.io/our/music").unwrap();
        assert_eq!((image.owner.as_str(), image.whole().as_str()), ("our", "ghcr.io/our/music"));
        for bad in [
            "music",
            "ghcr.io/music",
            "ghcr.io/our/music:latest",
            "ghcr.io/our/music@sha256:0",
            "our/music/x",
            "ghcr.io/Our/music",
        ] {
            assert_eq!(Image::parse(bad), None, "{bad}");
        }
        assert!(
            is_folder("/var/lib/rookery")
                && !is_folder("/")
                && !is_folder("/var/../etc")
                && !is_folder("var")
        );
        assert!(is_branch("server/beta-2") && !is_branch("a..b") && !is_branch("feature/*"));
    }
}
