//! YAML as people write it, of a tree: every text that could be read as anything else is quoted, so that no value can
//! add a key, a line or a type.
//!
//! Only what is written here is needed: no anchors, no tags, no flow style. Nothing is read. Source: YAML 1.2.2, and the
//! words of YAML 1.1 that some readers still take for truth values.

use std::fmt::Write as _;

/// Columns that a level is moved in by.
const INDENT: usize = 2;
/// Words that some readers take for something else than a text.
const WORDS: [&str; 11] = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"];

/// A part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Node {
    /// Keys in the order in which they are to be read.
    Map(Vec<(String, Node)>),
    List(Vec<Node>),
    Text(String),
    /// A text, and what people are to know about it.
    Noted(String, &'static str),
    Whole(i64),
    Is(bool),
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i32> for Node {
    fn from(number: i32) -> Self {
        Self::Whole(number.into())
    }
}

impl From<i64> for Node {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<bool> for Node {
    fn from(is: bool) -> Self {
        Self::Is(is)
    }
}

impl<T: Into<Node>> From<Vec<T>> for Node {
    fn from(parts: Vec<T>) -> Self {
        Self::List(parts.into_iter().map(Into::into).collect())
    }
}

/// A map of these keys, in this order.
pub(crate) fn map<K: Into<String>, const N: usize>(entries: [(K, Node); N]) -> Node {
    Node::Map(entries.into_iter().map(|(key, value)| (key.into(), value)).collect())
}

impl Node {
    /// The same map with one more key; anything else stays as it is.
    pub(crate) fn with(self, key: &str, value: impl Into<Node>) -> Self {
        match self {
            Self::Map(mut entries) => {
                entries.push((key.to_owned(), value.into()));
                Self::Map(entries)
            }
            other => other,
        }
    }

    /// The same map with one more key, unless there is nothing in it to say.
    pub(crate) fn with_some(self, key: &str, value: Self) -> Self {
        match value {
            Self::Map(entries) if entries.is_empty() => self,
            value => self.with(key, value),
        }
    }

    /// A whole document.
    pub(crate) fn document(&self, opening: &str) -> String {
        let mut text = String::new();
        for line in opening.lines() {
            let _ = writeln!(text, "# {line}");
        }
        self.write(&mut text, 0);
        text
    }

    /// Writes what stands on lines of its own.
    fn write(&self, text: &mut String, indent: usize) {
        match self {
            Self::Map(entries) => {
                for (key, value) in entries {
                    let _ = write!(text, "{:indent$}{}:", "", scalar(key));
                    value.follow(text, indent);
                }
            }
            Self::List(parts) => {
                for part in parts {
                    let _ = write!(text, "{:indent$}-", "");
                    part.follow_hyphen(text, indent);
                }
            }
            single => {
                let _ = write!(text, "{:indent$}", "");
                single.follow(text, indent);
            }
        }
    }

    /// Writes what stands behind a key.
    fn follow(&self, text: &mut String, indent: usize) {
        match self {
            Self::Map(entries) if entries.is_empty() => text.push_str(" {}\n"),
            Self::List(parts) if parts.is_empty() => text.push_str(" []\n"),
            Self::Map(_) | Self::List(_) => {
                text.push('\n');
                self.write(text, indent + INDENT);
            }
            Self::Text(script) if is_block(script) => block(text, script, indent + INDENT),
            Self::Text(plain) => {
                let _ = writeln!(text, " {}", scalar(plain));
            }
            Self::Noted(plain, note) => {
                let _ = writeln!(text, " {} # {note}", scalar(plain));
            }
            Self::Whole(number) => {
                let _ = writeln!(text, " {number}");
            }
            Self::Is(is) => {
                let _ = writeln!(text, " {is}");
            }
        }
    }

    /// Writes what stands behind the hyphen of a list: the first key of a map beside it, the others below.
    fn follow_hyphen(&self, text: &mut String, indent: usize) {
        let Self::Map(entries) = self else { return self.follow(text, indent) };
        let Some(((key, value), others)) = entries.split_first() else { return text.push_str(" {}\n") };
        let _ = write!(text, " {}:", scalar(key));
        value.follow(text, indent + INDENT);
        Self::Map(others.to_vec()).write(text, indent + INDENT);
    }
}

/// Whether it is a text of several lines that can stand as it is.
fn is_block(text: &str) -> bool {
    let is_shown = |c: char| c == '\n' || (' '..='~').contains(&c);
    text.ends_with('\n')
        && !text.ends_with("\n\n")
        && !text.starts_with([' ', '\n'])
        && text.len() > 1
        && text.chars().all(is_shown)
}

fn block(text: &mut String, script: &str, indent: usize) {
    text.push_str(" |\n");
    for line in script.lines() {
        if line.is_empty() {
            text.push('\n');
        } else {
            let _ = writeln!(text, "{:indent$}{line}", "");
        }
    }
}

/// A text on one line: as it is where nothing else can be meant by it, in quotation marks otherwise.
fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

fn is_plain(text: &str) -> bool {
    let is_allowed =
        |c: char| c.is_ascii_alphanumeric() || matches!(c, ' ' | '_' | '.' | '/' | '-' | '@' | '+');
    text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '_'))
        && !text.ends_with(' ')
        && text.chars().all(is_allowed)
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// In double quotation marks, as YAML and JSON understand them both.
fn quoted(text: &str) -> String {
    let mut shown = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => shown.push_str("\\\""),
            '\\' => shown.push_str("\\\\"),
            '\n' => shown.push_str("\\n"),
            ' '..='~' => shown.push(c),
            other if other.is_alphanumeric() => shown.push(other),
            other => {
                let mut units = [0; 2];
                for unit in other.encode_utf16(&mut units) {
                    let _ = write!(shown, "\\u{unit:04x}");
                }
            }
        }
    }
    shown.push('"');
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_written_as_people_write_it() {
        let node = map([
            ("name", "staging".into()),
            ("on", map([("push", map([("branches", vec!["main"].into())]))])),
            (
                "steps",
                Node::List(vec![map([
                    ("uses", Node::Noted("a/b@c".to_owned(), "v1")),
                    ("run", "one\n  two\n".into()),
                ])]),
            ),
            ("empty", Node::Map(Vec::new())),
            ("count", 3.into()),
            ("is", true.into()),
        ]);
        let expected = "# made\nname: staging\n\"on\":\n  push:\n    branches:\n      - main\nsteps:\n  - uses: a/b@c # v1\n    run: |\n      one\n        two\nempty: {}\ncount: 3\nis: true\n";
        assert_eq!(node.document("made"), expected);
    }

    #[test]
    fn whatever_could_be_read_as_something_else_is_quoted() {
        for text in [
            "",
            " ",
            "yes",
            "Null",
            "~",
            "1",
            "1e3",
            "0x1",
            "1:30",
            "- a",
            "a: b",
            "a #b",
            "{a}",
            "[a]",
            "*a",
            "&a",
            "!a",
            "%a",
            "a\nb",
            "a\n",
            "a ",
            "'",
            "\"",
            "\\",
            "|",
            ">",
            "?",
            "\u{2028}",
            "\u{feff}",
            "a\tb",
            "${{ a }}",
            "2026-01-01",
            ".inf",
        ] {
            let shown = map([("k", text.into())]).document("");
            assert!(shown.starts_with("k: \"") || text == "a\n", "{text:?}: {shown}");
            assert_eq!(shown.lines().count(), if text == "a\n" { 2 } else { 1 }, "{shown}");
        }
        assert_eq!(scalar("ghcr.io/our/music@sha256"), "ghcr.io/our/music@sha256");
    }

    proptest::proptest! {
        /// Quoted texts are JSON, and JSON is YAML: so they can be read back here.
        #[test]
        fn a_quoted_text_is_read_back_as_it_was(text in "\\PC{0,40}|[\\x00-\\x7f]{0,40}") {
            let back: String = serde_json::from_str(&quoted(&text)).unwrap();
            proptest::prop_assert_eq!(back, text);
        }
    }
}
