//! Bytes in, messages out. Holds memory only while a message is incomplete.

use super::{CLOSE, FINAL, PING, PONG, TEXT};
use crate::limits::MESSAGE_BYTES_MAX;

const CONTINUATION: u8 = 0x0;
const BINARY: u8 = 0x2;
const MASKED: u8 = 0x80;

/// What a client said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// A text message, whole.
    Text(String),
    /// A binary message, whole.
    Binary(Vec<u8>),
    /// A ping; to be answered with its payload.
    Ping(Vec<u8>),
    /// A pong.
    Pong,
    /// The client closes.
    Close,
}

/// What a client did wrong, with the close code of RFC 6455, section 7.4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// 1002.
    #[error("the frame breaks the WebSocket protocol: {0}")]
    Malformed(&'static str),
    /// 1007.
    #[error("a text message is not UTF-8")]
    NotUtf8,
    /// 1009.
    #[error("a message is larger than {MESSAGE_BYTES_MAX} bytes")]
    TooLarge,
}

impl ProtocolError {
    /// The code to close with.
    pub const fn close_code(self) -> u16 {
        match self {
            Self::Malformed(_) => 1002,
            Self::NotUtf8 => 1007,
            Self::TooLarge => 1009,
        }
    }
}

/// The receiving half of a connection.
#[derive(Debug, Default)]
pub struct Decoder {
    /// Bytes of a frame that has not come whole.
    waiting: Vec<u8>,
    /// The message so far, when it comes in fragments.
    fragments: Vec<u8>,
    /// The opcode of that message.
    fragmented: Option<u8>,
}

struct Header {
    is_final: bool,
    opcode: u8,
    mask: [u8; 4],
    header_bytes: usize,
    payload_bytes: usize,
}

impl Decoder {
    /// Takes in what was read and adds the messages that are now whole to `messages`.
    ///
    /// # Errors
    /// [`ProtocolError`]: close the connection with its code; messages before it are in `messages`.
    pub fn feed(&mut self, read: &[u8], messages: &mut Vec<Message>) -> Result<(), ProtocolError> {
        // Most often nothing waits and whole frames arrive: then no byte is copied before it is unmasked.
        if self.waiting.is_empty() {
            let used = self.frames(read, messages)?;
            self.waiting.extend_from_slice(&read[used..]);
            return Ok(());
        }
        let mut waiting = std::mem::take(&mut self.waiting);
        waiting.extend_from_slice(read);
        let used = self.frames(&waiting, messages)?;
        if used < waiting.len() {
            waiting.drain(..used);
            self.waiting = waiting;
        }
        Ok(())
    }

    /// Reads whole frames; how many bytes they were.
    fn frames(&mut self, bytes: &[u8], messages: &mut Vec<Message>) -> Result<usize, ProtocolError> {
        let mut used = 0;
        while let Some(header) = header(&bytes[used..])? {
            let start = used + header.header_bytes;
            let Some(masked) = bytes.get(start..start + header.payload_bytes) else { break };
            let payload =
                masked.iter().zip(header.mask.iter().cycle()).map(|(byte, mask)| byte ^ mask).collect();
            used = start + header.payload_bytes;
            self.frame(&header, payload, messages)?;
        }
        Ok(used)
    }

    fn frame(
        &mut self,
        header: &Header,
        payload: Vec<u8>,
        messages: &mut Vec<Message>,
    ) -> Result<(), ProtocolError> {
        match header.opcode {
            PING => messages.push(Message::Ping(payload)),
            PONG => messages.push(Message::Pong),
            CLOSE => messages.push(Message::Close),
            TEXT | BINARY if self.fragmented.is_some() => {
                return Err(ProtocolError::Malformed("a new message inside a fragmented one"));
            }
            TEXT | BINARY if header.is_final => messages.push(message(header.opcode, payload)?),
            TEXT | BINARY => {
                self.fragmented = Some(header.opcode);
                self.fragments = payload;
            }
            CONTINUATION => {
                let opcode = self.fragmented.ok_or(ProtocolError::Malformed("a continuation of nothing"))?;
                if self.fragments.len() + payload.len() > MESSAGE_BYTES_MAX {
                    return Err(ProtocolError::TooLarge);
                }
                self.fragments.extend(payload);
                if header.is_final {
                    self.fragmented = None;
                    messages.push(message(opcode, std::mem::take(&mut self.fragments))?);
                }
            }
            _ => return Err(ProtocolError::Malformed("an unknown opcode")),
        }
        Ok(())
    }
}

fn message(opcode: u8, payload: Vec<u8>) -> Result<Message, ProtocolError> {
    if opcode == TEXT {
        String::from_utf8(payload).map(Message::Text).map_err(|_| ProtocolError::NotUtf8)
    } else {
        Ok(Message::Binary(payload))
    }
}

/// The header at the beginning of `bytes`; `None` if it has not come whole.
fn header(bytes: &[u8]) -> Result<Option<Header>, ProtocolError> {
    let &[first, second, ..] = bytes else { return Ok(None) };
    let opcode = first & 0x0f;
    if first & 0x70 != 0 {
        return Err(ProtocolError::Malformed("a reserved bit is set"));
    }
    if second & MASKED == 0 {
        return Err(ProtocolError::Malformed("a client's frame must be masked"));
    }
    let is_control = opcode & 0x8 != 0;
    let short = usize::from(second & 0x7f);
    if is_control && (short > 125 || first & FINAL == 0) {
        return Err(ProtocolError::Malformed("a control frame is long or fragmented"));
    }
    let (payload_bytes, length_bytes) = match short {
        126 => match bytes.get(2..4) {
            Some(length) => (usize::from(u16::from_be_bytes([length[0], length[1]])), 2),
            None => return Ok(None),
        },
        127 => match bytes.get(2..10).and_then(|length| <[u8; 8]>::try_from(length).ok()) {
            Some(length) => (usize::try_from(u64::from_be_bytes(length)).unwrap_or(usize::MAX), 8),
            None => return Ok(None),
        },
        short => (short, 0),
    };
    if payload_bytes > MESSAGE_BYTES_MAX {
        return Err(ProtocolError::TooLarge);
    }
    let mask_at = 2 + length_bytes;
    let Some(mask) = bytes.get(mask_at..mask_at + 4).and_then(|mask| mask.try_into().ok()) else {
        return Ok(None);
    };
    Ok(Some(Header { is_final: first & FINAL != 0, opcode, mask, header_bytes: mask_at + 4, payload_bytes }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn client_frame(first: u8, payload: &[u8]) -> Vec<u8> {
        let mask = [1, 2, 3, 4];
        let mut bytes = vec![first];
        match payload.len() {
            length @ 0..=125 => bytes.push(MASKED | length as u8),
            length @ 126..=0xffff => {
                bytes.push(MASKED | 126);
                bytes.extend((length as u16).to_be_bytes());
            }
            length => {
                bytes.push(MASKED | 127);
                bytes.extend((length as u64).to_be_bytes());
            }
        }
        bytes.extend(mask);
        bytes.extend(payload.iter().zip(mask.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        bytes
    }

    fn decode(bytes: &[u8]) -> Result<Vec<Message>, ProtocolError> {
        let mut messages = Vec::new();
        Decoder::default().feed(bytes, &mut messages).map(|()| messages)
    }

    #[test]
    fn a_control_frame_may_come_between_fragments() {
        let bytes = [
            client_frame(TEXT, b"Hel"),
            client_frame(FINAL | PING, b"p"),
            client_frame(FINAL | CONTINUATION, b"lo"),
        ];
        let expected = vec![Message::Ping(b"p".to_vec()), Message::Text("Hello".into())];
        assert_eq!(decode(&bytes.concat()), Ok(expected));
    }

    #[test]
    fn what_breaks_the_protocol_is_refused_with_its_close_code() {
        let refused = |bytes: &[u8]| decode(bytes).map_err(ProtocolError::close_code);
        assert_eq!(refused(&[FINAL | TEXT, 0]), Err(1002), "unmasked");
        assert_eq!(refused(&client_frame(FINAL | 0x40 | TEXT, b"")), Err(1002), "reserved bit");
        assert_eq!(refused(&client_frame(FINAL | 0x3, b"")), Err(1002), "unknown opcode");
        assert_eq!(refused(&client_frame(PING, b"")), Err(1002), "fragmented control frame");
        assert_eq!(refused(&client_frame(FINAL | CONTINUATION, b"")), Err(1002), "continuation of nothing");
        assert_eq!(refused(&client_frame(FINAL | TEXT, &[0xff])), Err(1007));
        assert_eq!(refused(&client_frame(FINAL | TEXT, &vec![b'x'; MESSAGE_BYTES_MAX + 1])), Err(1009));
    }

    #[test]
    fn a_claimed_length_allocates_nothing() {
        let mut bytes = vec![FINAL | TEXT, MASKED | 127];
        bytes.extend(u64::MAX.to_be_bytes());
        assert_eq!(decode(&bytes), Err(ProtocolError::TooLarge));
    }

    proptest! {
        #[test]
        fn messages_do_not_depend_on_how_bytes_arrive(texts in prop::collection::vec("\\PC{0,300}", 1..5), cut in 1usize..40) {
            let bytes: Vec<u8> = texts.iter().flat_map(|text| client_frame(FINAL | TEXT, text.as_bytes())).collect();
            let mut decoder = Decoder::default();
            let mut messages = Vec::new();
            for part in bytes.chunks(cut) {
                decoder.feed(part, &mut messages).expect("well formed");
            }
            prop_assert_eq!(messages, texts.into_iter().map(Message::Text).collect::<Vec<_>>());
            prop_assert!(decoder.waiting.is_empty());
        }

        #[test]
        fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
