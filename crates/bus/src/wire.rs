//! Redis' protocol (RESP3), as much of it as a word needs, and within bounds: the other side is not trusted.
//!
//! An answer is read as the flat list of what it consists of; nothing here needs more of its shape. A long text is passed
//! over without being kept, and an answer of very many parts ends the connection.

use tokio::io::{AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _};

/// A line that says what comes, or is a short answer, in bytes.
const LINE_BYTES_MAX: u64 = 4096;
/// What is kept of a text.
pub(crate) const TEXT_BYTES_MAX: u64 = 256;
/// A text that is passed over, in bytes: what Redis allows at most.
const TEXT_BYTES_PASSED_MAX: u64 = 512 << 20;
/// The parts of an answer.
const PARTS_MAX: u64 = 1024;

/// What cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WireError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error("what was answered is not in Redis' protocol")]
    Garbled,
    #[error("what was answered is too long")]
    TooLong,
}

/// What came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Frame {
    /// An answer to a command.
    Answer,
    /// A command was refused: the first word of why (`NOAUTH`).
    Refused(String),
    /// Unasked: a message, or that a channel is subscribed.
    Pushed(Vec<Part>),
}

/// A part of what came.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part {
    Text(Vec<u8>),
    /// A text that was too long to be kept.
    Long,
    /// A number, nothing, yes or no.
    Other,
}

/// A command as it is sent.
pub(crate) fn command(words: &[&str]) -> Vec<u8> {
    let mut bytes = format!("*{}\r\n", words.len()).into_bytes();
    for word in words {
        bytes.extend(format!("${}\r\n{word}\r\n", word.len()).into_bytes());
    }
    bytes
}

/// The next of what comes.
pub(crate) async fn read(from: &mut (impl AsyncBufRead + Unpin)) -> Result<Frame, WireError> {
    let (mut missing, mut seen, mut is_pushed) = (1_u64, 0_u64, false);
    let mut refused = None;
    let mut parts = Vec::new();
    while missing > 0 {
        missing -= 1;
        seen += 1;
        let line = line(from).await?;
        let (mark, rest) = line.split_first().ok_or(WireError::Garbled)?;
        match mark {
            b'+' => parts.push(Part::Text(rest.to_vec())),
            b'-' => refused = Some(first_word(rest)),
            b':' | b',' | b'(' | b'#' | b'_' => parts.push(Part::Other),
            b'$' | b'=' => parts.push(text(from, rest).await?),
            b'!' => {
                let why = text(from, rest).await?;
                refused = Some(if let Part::Text(why) = why { first_word(&why) } else { String::new() });
            }
            b'*' | b'~' => missing += count(rest)?,
            b'>' => {
                is_pushed = seen == 1;
                missing += count(rest)?;
            }
            b'%' => missing += count(rest)?.saturating_mul(2),
            // Said about what comes next, which is still to come.
            b'|' => missing += count(rest)?.saturating_mul(2).saturating_add(1),
            _ => return Err(WireError::Garbled),
        }
        if seen.saturating_add(missing) > PARTS_MAX {
            return Err(WireError::TooLong);
        }
    }
    Ok(match refused {
        _ if is_pushed => Frame::Pushed(parts),
        Some(why) => Frame::Refused(why),
        None => Frame::Answer,
    })
}

/// A line without its end.
async fn line(from: &mut (impl AsyncBufRead + Unpin)) -> Result<Vec<u8>, WireError> {
    let mut line = Vec::new();
    from.take(LINE_BYTES_MAX).read_until(b'\n', &mut line).await?;
    if line.is_empty() {
        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
    }
    match line.strip_suffix(b"\r\n") {
        Some(content) => Ok(content.to_vec()),
        None if line.len() as u64 >= LINE_BYTES_MAX => Err(WireError::TooLong),
        None => Err(WireError::Garbled),
    }
}

/// A text of a length that was said.
async fn text(from: &mut (impl AsyncBufRead + Unpin), length: &[u8]) -> Result<Part, WireError> {
    if length == b"-1" {
        return Ok(Part::Other);
    }
    let length = count(length)?;
    if length > TEXT_BYTES_PASSED_MAX {
        return Err(WireError::TooLong);
    }
    let part = if length > TEXT_BYTES_MAX {
        let passed = tokio::io::copy_buf(&mut (&mut *from).take(length), &mut tokio::io::sink()).await?;
        (passed == length).then_some(Part::Long)
    } else {
        let mut text = Vec::new();
        let read = from.take(length).read_to_end(&mut text).await?;
        (read as u64 == length).then_some(Part::Text(text))
    };
    let part = part.ok_or(WireError::Io(std::io::ErrorKind::UnexpectedEof.into()))?;
    let mut end = [0; 2];
    from.read_exact(&mut end).await?;
    if &end == b"\r\n" { Ok(part) } else { Err(WireError::Garbled) }
}

fn count(digits: &[u8]) -> Result<u64, WireError> {
    if digits == b"-1" {
        return Ok(0);
    }
    let digits = std::str::from_utf8(digits).map_err(|_| WireError::Garbled)?;
    digits.parse().map_err(|_| WireError::Garbled)
}

/// Why a command was refused, without what it said: Redis repeats a command that it does not know, with the password in it.
fn first_word(why: &[u8]) -> String {
    let is_of_word = |byte: &&u8| byte.is_ascii_uppercase() || **byte == b'_';
    why.iter().take_while(is_of_word).take(20).map(|byte| char::from(*byte)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn all(mut bytes: &[u8]) -> Vec<Result<Frame, String>> {
        let mut frames = Vec::new();
        while !bytes.is_empty() {
            let frame = read(&mut bytes).await.map_err(|error| error.to_string());
            let is_over = frame.is_err();
            frames.push(frame);
            if is_over {
                break;
            }
        }
        frames
    }

    fn message(payload: &str) -> Vec<u8> {
        let mut bytes = format!(">3\r\n$7\r\nmessage\r\n$1\r\nc\r\n${}\r\n", payload.len()).into_bytes();
        bytes.extend(payload.as_bytes());
        bytes.extend(b"\r\n");
        bytes
    }

    #[tokio::test]
    async fn what_redis_says_is_read_in_its_order() {
        assert_eq!(command(&["PING", "é"]), "*2\r\n$4\r\nPING\r\n$2\r\né\r\n".as_bytes());
        let mut bytes =
            b"%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$7\r\nmodules\r\n*0\r\n+PONG\r\n:1\r\n_\r\n".to_vec();
        bytes.extend(message("look 1"));
        bytes.extend(b"-NOAUTH HELLO must be called with the client already authenticated\r\n");
        bytes.extend(b"-ERR unknown command `HELLO`, with args beginning with: `3`, `hunter2`\r\n");
        bytes.extend(b"|1\r\n+key\r\n+value\r\n$-1\r\n");
        let text = |text: &str| Part::Text(text.as_bytes().to_vec());
        let frames: Vec<_> = all(&bytes).await.into_iter().map(Result::unwrap).collect();
        let expected = [
            Frame::Answer,
            Frame::Answer,
            Frame::Answer,
            Frame::Answer,
            Frame::Pushed(vec![text("message"), text("c"), text("look 1")]),
            Frame::Refused("NOAUTH".to_owned()),
            Frame::Refused("ERR".to_owned()),
            Frame::Answer,
        ];
        assert_eq!(frames, expected);
    }

    #[tokio::test]
    async fn a_long_text_is_passed_over_and_what_follows_it_is_read() {
        let mut bytes = message(&"x".repeat(1 << 20));
        bytes.extend(message("look 1"));
        let frames: Vec<_> = all(&bytes).await.into_iter().map(Result::unwrap).collect();
        let [Frame::Pushed(long), Frame::Pushed(short)] = frames.as_slice() else { panic!("{frames:?}") };
        assert_eq!((&long[2], &short[2]), (&Part::Long, &Part::Text(b"look 1".to_vec())));
    }

    #[tokio::test]
    async fn what_has_no_end_or_no_sense_ends_the_connection() {
        let deep = b"*1\r\n".repeat(5_000);
        let long_line = vec![b'+'; 10_000];
        let cases: [(&[u8], &str); 8] = [
            (b"*100000000\r\n", "too long"),
            (&deep, "too long"),
            (&long_line, "too long"),
            (b"$1000000000000\r\n", "too long"),
            (b"HTTP/1.1 400 Bad Request\r\n\r\n", "not in Redis' protocol"),
            (b"$3\r\nabcdef\r\n", "not in Redis' protocol"),
            (b"*-7\r\n", "not in Redis' protocol"),
            (b"$300\r\nabc", "unexpected end of file"),
        ];
        for (bytes, error) in cases {
            let frames = all(bytes).await;
            let last = frames.last().unwrap().as_ref().unwrap_err();
            assert!(
                last.contains(error),
                "{:?}: {last}",
                String::from_utf8_lossy(&bytes[..bytes.len().min(40)])
            );
        }
    }
}
