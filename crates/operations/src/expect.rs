//! How much of what people have is there at least: a server that came up with an empty disk, or with half an import, says so
//! by these numbers.

use serde::Deserialize;

/// How much is there at least, where somebody knows: after an import, a move, a restore.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// People.
    #[serde(default)]
    pub members: Option<u64>,
    /// Songs of the library.
    #[serde(default)]
    pub tracks: Option<u64>,
    /// Songs that were played, those of imported play logs too.
    #[serde(default)]
    pub plays: Option<u64>,
    /// Files `play_log_*.json` in the folder of play logs.
    #[serde(default)]
    pub play_log_files: Option<u64>,
}

impl Expect {
    /// Each that is declared, by its key.
    pub fn each(&self) -> impl Iterator<Item = (&'static str, u64)> {
        let all = [
            ("members", self.members),
            ("tracks", self.tracks),
            ("plays", self.plays),
            ("play_log_files", self.play_log_files),
        ];
        all.into_iter().filter_map(|(key, least)| Some((key, least?)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_told_by_its_key_and_nothing_else_is_taken() {
        let expect: Expect = toml::from_str("plays = 11600\nplay_log_files = 0").unwrap();
        assert_eq!(expect.each().collect::<Vec<_>>(), [("plays", 11_600), ("play_log_files", 0)]);
        assert!(toml::from_str::<Expect>("playes = 1").is_err());
        assert!(toml::from_str::<Expect>("plays = -1").is_err());
    }
}
