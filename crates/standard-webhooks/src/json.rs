//! A JSON text in one line. Streams keep messages apart by line breaks; numbers and the order of keys stay as the sender
//! wrote them, which reading and writing anew would not promise.

/// How deep lists and objects may lie in each other: readers have limits of their own.
pub const DEPTH_MAX: usize = 64;

/// Why a text is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// Not UTF-8.
    #[error("the body is not UTF-8")]
    NotText,
    /// A number, a text, or nothing.
    #[error("the body must be a JSON object or list")]
    NotAnObject,
    /// Too deep.
    #[error("lists and objects lie in each other more than {DEPTH_MAX} deep")]
    TooDeep,
}

/// The text without the white space between its parts. Whether it is JSON at all is for a reader of JSON to say, of the
/// answer: nothing here makes JSON of what is none.
///
/// # Errors
/// [`JsonError`].
pub fn compact(body: &[u8]) -> Result<String, JsonError> {
    let text = std::str::from_utf8(body).map_err(|_| JsonError::NotText)?;
    if !text.trim_start_matches(is_space).starts_with(['{', '[']) {
        return Err(JsonError::NotAnObject);
    }
    let mut line = String::with_capacity(text.len());
    let (mut depth, mut in_text, mut is_escaped) = (0_usize, false, false);
    let mut was_apart = false;
    for letter in text.chars() {
        if in_text {
            (in_text, is_escaped) = match (letter, is_escaped) {
                ('"', false) => (false, false),
                ('\\', false) => (true, true),
                _ => (true, false),
            };
        } else if is_space(letter) {
            was_apart = true;
            continue;
        } else {
            // Two words that stood apart must not become one.
            if was_apart && is_word(letter) && line.chars().next_back().is_some_and(is_word) {
                line.push(' ');
            }
            match letter {
                '"' => in_text = true,
                '{' | '[' => depth += 1,
                '}' | ']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth > DEPTH_MAX {
                return Err(JsonError::TooDeep);
            }
        }
        was_apart = false;
        line.push(letter);
    }
    Ok(line)
}

/// White space of JSON (RFC 8259, section 2).
const fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}

/// Part of a number or of `true`, `false`, `null`.
const fn is_word(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn white_space_goes_and_everything_else_stays() {
        for (body, line) in [
            ("{}", "{}"),
            (" { \"b\" : 1.50,\r\n\t\"a\": [ 1 , 2 ] }\n", "{\"b\":1.50,\"a\":[1,2]}"),
            ("{\"a b\": \"c \\\" d\\\\\", \"e\": 1e400}", "{\"a b\":\"c \\\" d\\\\\",\"e\":1e400}"),
            ("[\"\u{2028} ä\"]", "[\"\u{2028} ä\"]"),
        ] {
            assert_eq!(compact(body.as_bytes()).as_deref(), Ok(line), "{body}");
        }
        assert_eq!(
            compact(b"[1 2, t rue]").as_deref(),
            Ok("[1 2,t rue]"),
            "what is no JSON does not become it"
        );
    }

    #[test]
    fn what_is_no_object_or_list_is_refused() {
        for body in ["", "1", "\"x\"", "null", "\u{feff}{}"] {
            assert_eq!(compact(body.as_bytes()), Err(JsonError::NotAnObject), "{body}");
        }
        assert_eq!(compact(b"{\"\xff\"}"), Err(JsonError::NotText));
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(compact(nested(DEPTH_MAX).as_bytes()).is_ok());
        assert_eq!(compact(nested(DEPTH_MAX + 1).as_bytes()), Err(JsonError::TooDeep));
    }
}
