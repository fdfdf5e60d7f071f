//! What an environment is called: the key everything that belongs to it is found by.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// `development`, `staging`, `production`: 1 to 32 small letters, digits and hyphens, beginning with a letter. It becomes
/// a part of units', folders' and users' names, so nothing else is allowed in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EnvironmentName(String);

/// The longest name.
const CHARS_MAX: usize = 32;
/// The one environment in which ways in for developers are open.
const DEVELOPMENT: &str = "development";
/// The one that is meant when none is named.
const PRODUCTION: &str = "production";

/// Not a name of an environment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no name of an environment: 1 to 32 small letters, digits and hyphens, a letter first")]
pub struct InvalidEnvironmentName(String);

impl EnvironmentName {
    /// The environment of a process that was not told another.
    #[must_use]
    pub fn production() -> Self {
        Self(PRODUCTION.to_owned())
    }

    /// Somebody's own machine.
    #[must_use]
    pub fn development() -> Self {
        Self(DEVELOPMENT.to_owned())
    }

    /// Whether ways in for developers are open, and no real person is expected.
    #[must_use]
    pub fn is_development(&self) -> bool {
        self.0 == DEVELOPMENT
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for EnvironmentName {
    type Err = InvalidEnvironmentName;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_name = text.starts_with(|c: char| c.is_ascii_lowercase())
            && text.len() <= CHARS_MAX
            && text.chars().all(is_allowed)
            && !text.ends_with('-');
        if is_name { Ok(Self(text.to_owned())) } else { Err(InvalidEnvironmentName(text.to_owned())) }
    }
}

impl TryFrom<String> for EnvironmentName {
    type Error = InvalidEnvironmentName;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<EnvironmentName> for String {
    fn from(name: EnvironmentName) -> Self {
        name.0
    }
}

impl fmt::Display for EnvironmentName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_stand_in_units_folders_and_users() {
        for good in ["development", "staging", "beta-2", "p"] {
            assert_eq!(good.parse::<EnvironmentName>().unwrap().as_str(), good);
        }
        for bad in ["", "Staging", "2beta", "a b", "../x", "a_b", "x-", &"a".repeat(33)] {
            assert!(bad.parse::<EnvironmentName>().is_err(), "{bad}");
        }
    }
}
