//! How sealed values stand in a column: hexadecimal digits, which every engine carries alike.

use crate::value::Value;
use crate::{Error, Result};
use identity::Sealed;

pub(crate) fn value(sealed: &Sealed) -> Value {
    Value::Text(sealed.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
}

pub(crate) fn read(what: &'static str, text: &str) -> Result<Sealed> {
    let wrong = || Error::unreadable(what, "it is not hexadecimal");
    if !text.len().is_multiple_of(2) || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err(wrong());
    }
    let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| wrong());
    (0..text.len()).step_by(2).map(byte).collect::<Result<_>>().map(Sealed::from_bytes)
}
