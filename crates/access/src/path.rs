//! Paths and patterns of them. A pattern matches a path letter for letter, or whatever lies below it; a path that could be
//! read in two ways (`//health`, `/health/../api`, `/health%2f..`) matches no pattern at all.

use std::fmt;

/// The longest path that a pattern matches, in bytes; a longer one matches none.
pub const PATH_BYTES_MAX: usize = 512;

/// What stands for the whole: whoever reaches one of these as a stranger finds no protection.
const HEART: [&str; 8] = [
    "/",
    "/_app/immutable/entry.js",
    "/api/v1/session",
    "/api/v1/socket",
    "/connection/websocket",
    "/metrics",
    "/nest/main",
    "/queue/",
];

/// Which paths.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// Every one, also those that are not plain.
    Everything,
    /// Those that begin so and go on; ends with a slash.
    Below(String),
    /// This one.
    Exact(String),
}

/// Why a pattern is none, or opens too much.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// It is no path.
    #[error(
        "`{0}` is no path: write `/docs`, or `/icons/*` for what is below it; letters, digits and -._~@:+,= alone"
    )]
    NotPlain(String),
    /// It would open the whole.
    #[error(
        "`{pattern}` would open `{opened}` to everybody, and never is that meant: it would be no protection"
    )]
    OpensTheWhole {
        /// What was written.
        pattern: String,
        /// What it would open.
        opened: &'static str,
    },
}

impl Pattern {
    /// Reads a pattern, `/docs` or `/icons/*`.
    ///
    /// # Errors
    /// [`PatternError::NotPlain`].
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        let text = text.trim();
        let pattern = match text.strip_suffix("/*") {
            Some("") => return Ok(Self::Everything),
            Some(above) if is_plain(above) && !above.ends_with('/') => Self::Below(format!("{above}/")),
            None if is_plain(text) => Self::Exact(text.to_owned()),
            _ => return Err(PatternError::NotPlain(text.to_owned())),
        };
        Ok(pattern)
    }

    /// Reads a pattern of what strangers may reach.
    ///
    /// # Errors
    /// [`PatternError::NotPlain`], and [`PatternError::OpensTheWhole`] for `/*`, `/api/*` and the like.
    pub fn bypass(text: &str) -> Result<Self, PatternError> {
        let pattern = Self::parse(text)?;
        match HEART.into_iter().find(|path| pattern.matches(path)) {
            Some(opened) => Err(PatternError::OpensTheWhole { pattern: pattern.to_string(), opened }),
            None => Ok(pattern),
        }
    }

    /// Whether a path is one of these. Letters' case counts.
    #[must_use]
    pub fn matches(&self, path: &str) -> bool {
        match self {
            Self::Everything => true,
            Self::Exact(exact) => path == exact && is_plain(path),
            Self::Below(above) => path.len() > above.len() && path.starts_with(above) && is_plain(path),
        }
    }

    /// How closely it fits: letter for letter before what is below, the longer before the shorter.
    pub(crate) fn specificity(&self) -> (u8, usize) {
        match self {
            Self::Everything => (0, 0),
            Self::Below(above) => (1, above.len()),
            Self::Exact(exact) => (2, exact.len()),
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Everything => formatter.write_str("/*"),
            Self::Below(above) => write!(formatter, "{above}*"),
            Self::Exact(exact) => formatter.write_str(exact),
        }
    }
}

/// Whether a path can be read in one way only: no escapes, no empty parts but at its end, no `.` or `..`, no part that
/// ends with a dot.
#[must_use]
pub fn is_plain(path: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~@:+,=".contains(&byte);
    let Some(rest) = path.strip_prefix('/') else { return false };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let is_part = |part: &str| !part.is_empty() && !part.ends_with('.') && part.bytes().all(is_letter);
    path.len() <= PATH_BYTES_MAX && (path == "/" || rest.split('/').all(is_part))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_can_be_read_in_two_ways_is_not_plain() {
        for plain in ["/", "/health", "/icons/icon-512.png", "/.well-known/atproto-did", "/docs/", "/a@b:c"] {
            assert!(is_plain(plain), "{plain}");
        }
        let long = format!("/{}", "x".repeat(PATH_BYTES_MAX));
        for other in [
            "",
            "health",
            "*",
            "//",
            "//health",
            "/health//",
            "/a//b",
            "/.",
            "/..",
            "/health/..",
            "/health/../api",
            "/./health",
            "/health.",
            "/health./x",
            "/health%2f..",
            "/%68ealth",
            "/health;x",
            "/health\\",
            "/h ealth",
            "/heälth",
            "/health\0",
            "/health?x",
            "/health#x",
            &long,
        ] {
            assert!(!is_plain(other), "{other}");
        }
    }

    #[test]
    fn a_pattern_matches_letter_for_letter_or_what_is_below_it() {
        let exact = Pattern::parse("/health").unwrap();
        assert!(exact.matches("/health"));
        for other in ["/Health", "/health/", "/health/x", "/healthy", "//health", "/health%20", "/api/health"]
        {
            assert!(!exact.matches(other), "{other}");
        }
        let below = Pattern::parse("/icons/*").unwrap();
        assert!(below.matches("/icons/a.png") && below.matches("/icons/a/b"));
        for other in ["/icons", "/icons/", "/icons/../api", "/icons/%2e%2e/api", "/Icons/a.png", "/iconsx/a"]
        {
            assert!(!below.matches(other), "{other}");
        }
        assert!(Pattern::Everything.matches("//anything/../at%20all"));
    }

    #[test]
    fn what_would_open_the_whole_is_no_bypass() {
        for whole in [
            "/*",
            " /* ",
            "/",
            "/api/*",
            "/api/v1/*",
            "/_app/*",
            "/_app/immutable/*",
            "/metrics",
            "/connection/*",
            "/api/v1/socket",
            "/nest/*",
        ] {
            let refused = Pattern::bypass(whole);
            assert!(matches!(refused, Err(PatternError::OpensTheWhole { .. })), "{whole}: {refused:?}");
        }
        for none in
            ["", "docs", "//*", "/**", "/a*", "/*/b", "/a/*/b", "/../*", "/icons//*", "https://x/docs"]
        {
            let refused = Pattern::bypass(none);
            assert!(matches!(refused, Err(PatternError::NotPlain(_))), "{none}: {refused:?}");
        }
        for fine in ["/docs", "/icons/*", "/changelog/*", "/api/v1/webhooks/in"] {
            assert_eq!(Pattern::bypass(fine).map(|pattern| pattern.to_string()).as_deref(), Ok(fine));
        }
    }
}
