//! WebSocket framing (RFC 6455) for a server: frames out, messages in. No handshake (see `server`), no compression.
//!
//! Ours and not a library's, because the hub writes shared, ready-made frames straight to sockets, and because an idle
//! connection must hold no buffer.

mod decoder;

pub use decoder::{Decoder, Message, ProtocolError};

use bytes::{BufMut as _, Bytes, BytesMut};

const TEXT: u8 = 0x1;
const CLOSE: u8 = 0x8;
const PING: u8 = 0x9;
const PONG: u8 = 0xA;
const FINAL: u8 = 0x80;

/// A whole text message in one frame.
pub fn text_frame(payload: &[u8]) -> Bytes {
    frame(TEXT, payload)
}

/// A pong with the ping's payload.
pub fn pong_frame(payload: &[u8]) -> Bytes {
    frame(PONG, payload)
}

/// A close frame. The reason is cut to what fits a control frame.
pub fn close_frame(code: u16, reason: &str) -> Bytes {
    let mut payload = code.to_be_bytes().to_vec();
    payload.extend(reason.bytes().take(123));
    frame(CLOSE, &payload)
}

fn frame(opcode: u8, payload: &[u8]) -> Bytes {
    let mut bytes = BytesMut::with_capacity(payload.len() + 10);
    bytes.put_u8(FINAL | opcode);
    match payload.len() {
        length @ 0..=125 => bytes.put_u8(length as u8),
        length @ 126..=0xffff => {
            bytes.put_u8(126);
            bytes.put_u16(length as u16);
        }
        length => {
            bytes.put_u8(127);
            bytes.put_u64(length as u64);
        }
    }
    bytes.put_slice(payload);
    bytes.freeze()
}

/// The value of `Sec-WebSocket-Accept` for a client's key is the base 64 of the SHA-1 of the key and this.
pub const ACCEPT_SALT: &str = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
