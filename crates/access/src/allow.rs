//! Who is let in, as it is declared: `github:octocat`, `github:id:583231`, `github:org/team`, `did:plc:…`,
//! `at:ana.example.org`, `mail:ana@example.org`.
//!
//! People of GitHub and of AT Protocol are let in by the server itself. No mail is sent: entries for it are read, and
//! [`AllowList::not_yet`] names them, so that nobody believes they open anything.

use crate::pass::Way;
use std::fmt;

/// Entries of one list.
const ENTRIES_MAX: usize = 200;
/// The longest entry, in bytes.
const ENTRY_BYTES_MAX: usize = 200;

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// An account of GitHub by its name, in small letters. A name can change hands; a number cannot.
    GithubLogin(String),
    /// An account of GitHub by its number.
    GithubId(u64),
    /// Everybody in a team of an organisation at GitHub: `org/team`, in small letters.
    GithubTeam(String),
    /// An identity of AT Protocol.
    Did(String),
    /// Whoever has a handle of AT Protocol, in small letters. A handle can change hands; an identity cannot.
    Handle(String),
    /// An address of e-mail.
    Mail(String),
}

/// Who is let in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowList {
    entries: Vec<Entry>,
}

/// Why a list cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AllowError {
    /// Nobody is named like that.
    #[error(
        "`{0}` names nobody: write `github:name`, `github:id:583231`, `github:org/team`, `did:plc:…`, `at:ana.example.org` or `mail:ana@example.org`"
    )]
    Unknown(String),
    /// Longer than any list.
    #[error("at most {ENTRIES_MAX} entries are possible: name a team instead")]
    TooMany,
}

impl Entry {
    /// Reads one entry.
    ///
    /// # Errors
    /// [`AllowError::Unknown`].
    pub fn parse(text: &str) -> Result<Self, AllowError> {
        let text = text.trim();
        let unknown = || AllowError::Unknown(text.chars().take(ENTRY_BYTES_MAX).collect());
        if text.len() > ENTRY_BYTES_MAX
            || text.chars().any(|c| c.is_whitespace() || c.is_control() || c == ',')
        {
            return Err(unknown());
        }
        let entry = match text.split_once(':') {
            Some(("github", rest)) => match (rest.strip_prefix("id:"), rest.split_once('/')) {
                (Some(id), _) => id.parse().ok().map(Self::GithubId),
                (None, Some((organisation, team))) => {
                    (is_login(organisation) && is_team(team)).then(|| Self::GithubTeam(rest.to_lowercase()))
                }
                (None, None) => is_login(rest).then(|| Self::GithubLogin(rest.to_lowercase())),
            },
            Some(("did", rest)) => {
                let is_method =
                    rest.split_once(':').is_some_and(|(method, id)| !method.is_empty() && !id.is_empty());
                is_method.then(|| Self::Did(text.to_owned()))
            }
            Some(("at", rest)) => is_host(rest).then(|| Self::Handle(rest.to_lowercase())),
            Some(("mail", rest)) => {
                let is_address =
                    rest.split_once('@').is_some_and(|(who, at)| !who.is_empty() && at.contains('.'));
                is_address.then(|| Self::Mail(rest.to_lowercase()))
            }
            _ => None,
        };
        entry.ok_or_else(unknown)
    }
}

/// A name at GitHub: letters, digits and single hyphens inside, at most 39.
fn is_login(text: &str) -> bool {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    (1..=39).contains(&text.len()) && text.chars().all(is_inside) && !text.starts_with('-')
}

/// A name of the domain name system, as handles are: labels of letters, digits and hyphens, the last of which begins with
/// a letter.
fn is_host(text: &str) -> bool {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.chars().all(is_inside)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or("");
    text.contains('.') && text.split('.').all(is_label) && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// A team's name in addresses.
fn is_team(text: &str) -> bool {
    let is_inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    (1..=100).contains(&text.len()) && text.chars().all(is_inside) && !text.starts_with('.')
}

impl AllowList {
    /// Reads a list.
    ///
    /// # Errors
    /// [`AllowError`] that names the entry.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>) -> Result<Self, AllowError> {
        let entries = texts.into_iter().map(Entry::parse).collect::<Result<Vec<_>, _>>()?;
        if entries.len() > ENTRIES_MAX { Err(AllowError::TooMany) } else { Ok(Self { entries }) }
    }

    /// Whether an account of GitHub is on the list itself.
    #[must_use]
    pub fn names(&self, id: u64, login: &str) -> bool {
        let login = login.to_lowercase();
        self.entries.iter().any(|entry| match entry {
            Entry::GithubId(known) => *known == id,
            Entry::GithubLogin(known) => *known == login,
            Entry::GithubTeam(_) | Entry::Did(_) | Entry::Handle(_) | Entry::Mail(_) => false,
        })
    }

    /// The teams whose people are let in: organisation and team.
    pub fn teams(&self) -> impl Iterator<Item = (&str, &str)> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::GithubTeam(team) => team.split_once('/'),
            _ => None,
        })
    }

    /// Whether anybody could come in by GitHub.
    #[must_use]
    pub fn has_github(&self) -> bool {
        let of_github = |entry: &Entry| {
            matches!(entry, Entry::GithubId(_) | Entry::GithubLogin(_) | Entry::GithubTeam(_))
        };
        self.entries.iter().any(of_github)
    }

    /// Whether an identity of AT Protocol is on the list itself.
    #[must_use]
    pub fn names_identity(&self, did: &str) -> bool {
        self.identities().any(|known| known == did)
    }

    /// The identities of AT Protocol that are let in.
    pub fn identities(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Did(did) => Some(did.as_str()),
            _ => None,
        })
    }

    /// The handles whose holders are let in.
    pub fn handles(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| match entry {
            Entry::Handle(handle) => Some(handle.as_str()),
            _ => None,
        })
    }

    /// Whether anybody could come in by AT Protocol.
    #[must_use]
    pub fn has_atproto(&self) -> bool {
        self.entries.iter().any(|entry| matches!(entry, Entry::Did(_) | Entry::Handle(_)))
    }

    /// Entries that open nothing yet.
    pub fn not_yet(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| matches!(entry, Entry::Mail(_)))
    }

    /// Whether somebody who came in this way before still may; `pin`: whether PINs open here.
    #[must_use]
    pub fn still_admits(&self, way: &Way, pin: bool) -> bool {
        match way {
            Way::Pin => pin,
            Way::Atproto { did, handle: None } => self.names_identity(did),
            Way::Atproto { handle: Some(handle), .. } => self.handles().any(|known| known == handle),
            Way::Github { id, login, team: None } => self.names(*id, login),
            Way::Github { team: Some(team), .. } => {
                self.teams().any(|(organisation, name)| format!("{organisation}/{name}") == *team)
            }
        }
    }
}

impl fmt::Display for Entry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GithubLogin(text) | Self::GithubTeam(text) => write!(formatter, "github:{text}"),
            Self::GithubId(id) => write!(formatter, "github:id:{id}"),
            Self::Did(did) => formatter.write_str(did),
            Self::Handle(handle) => write!(formatter, "at:{handle}"),
            Self::Mail(address) => write!(formatter, "mail:{address}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(texts: &[&str]) -> AllowList {
        AllowList::parse(texts.iter().copied()).unwrap()
    }

    #[test]
    fn entries_are_read_and_anything_else_is_named() {
        for text in [
            "github:octocat",
            "github:id:583231",
            "github:our/team.one",
            "did:plc:abc",
            "at:ana.example.org",
            "mail:ana@example.org",
        ] {
            assert_eq!(Entry::parse(text).map(|entry| entry.to_string()).as_deref(), Ok(text));
        }
        assert_eq!(Entry::parse(" github:OctoCat "), Ok(Entry::GithubLogin("octocat".to_owned())));
        for bad in [
            "",
            "octocat",
            "github:",
            "github:a b",
            "github:id:x",
            "github:/team",
            "github:our/",
            "github:-a",
            "github:our/../x",
            "did:plc",
            "at:ana",
            "at:10.0.0.1",
            "at:a..org",
            "at:-a.org",
            "at:a/b.org",
            "mail:ana",
            "gitlab:a",
            "github:a,github:b",
            "github:a/b/c",
        ] {
            assert_eq!(Entry::parse(bad), Err(AllowError::Unknown(bad.to_owned())), "{bad}");
        }
        assert_eq!(AllowList::parse(vec!["github:a"; 201]), Err(AllowError::TooMany));
    }

    #[test]
    fn people_are_known_by_number_or_name_whatever_its_case_and_nobody_else_is() {
        let list = list(&["github:OctoCat", "github:id:7", "github:our/team", "did:plc:x", "mail:a@b.c"]);
        assert!(list.names(1, "octocat") && list.names(1, "OCTOCAT") && list.names(7, "whoever"));
        assert!(!list.names(1, "octocats") && !list.names(8, "whoever") && !list.names(1, "team"));
        assert_eq!(list.teams().collect::<Vec<_>>(), [("our", "team")]);
        assert_eq!(list.not_yet().count(), 1);
        assert!(list.has_github() && !AllowList::default().has_github());
    }

    #[test]
    fn identities_are_known_by_themselves_and_handles_by_whoever_has_them() {
        let list = list(&["did:plc:x", "at:Ana.example.org"]);
        assert!(list.has_atproto() && !AllowList::default().has_atproto() && !list.has_github());
        assert!(list.names_identity("did:plc:x") && !list.names_identity("did:plc:X"));
        assert_eq!(list.handles().collect::<Vec<_>>(), ["ana.example.org"]);
        let by = |did: &str, handle: Option<&str>| Way::Atproto {
            did: did.to_owned(),
            handle: handle.map(str::to_owned),
        };
        assert!(list.still_admits(&by("did:plc:x", None), false));
        assert!(list.still_admits(&by("did:plc:y", Some("ana.example.org")), false));
        assert!(!list.still_admits(&by("did:plc:y", None), true));
        assert!(!list.still_admits(&by("did:plc:x", Some("ben.example.org")), true));
    }

    #[test]
    fn who_is_taken_off_the_list_is_not_admitted_any_more() {
        let by =
            |team: Option<&str>| Way::Github { id: 7, login: "ana".into(), team: team.map(str::to_owned) };
        let both = list(&["github:id:7", "github:our/team"]);
        assert!(both.still_admits(&by(None), false) && both.still_admits(&by(Some("our/team")), false));
        let none = list(&["github:id:8", "github:our/other"]);
        assert!(!none.still_admits(&by(None), true) && !none.still_admits(&by(Some("our/team")), true));
        assert!(none.still_admits(&Way::Pin, true) && !none.still_admits(&Way::Pin, false));
    }
}
