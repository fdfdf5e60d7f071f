//! What the headers of a message say.

/// The longest id of a message, in bytes.
pub const ID_BYTES_MAX: usize = 256;
/// Digits of a time in seconds, at most.
const TIMESTAMP_DIGITS_MAX: usize = 12;
/// The headers' names, as the standard and as Svix have them: id, time, signatures.
const NAMES: [[&str; 3]; 2] = [
    ["webhook-id", "webhook-timestamp", "webhook-signature"],
    ["svix-id", "svix-timestamp", "svix-signature"],
];

/// A message's headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Message<'a> {
    /// The same for every attempt to deliver it.
    pub id: &'a str,
    /// When this attempt was made, in seconds since 1970, as it was written and signed.
    pub timestamp: &'a str,
    /// The same as a number.
    pub timestamp_s: i64,
    /// Signatures with a space between them.
    pub signatures: &'a str,
}

/// Why there is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// One of the headers is missing.
    #[error("the header `{0}` is missing")]
    Missing(&'static str),
    /// One of the headers cannot be read.
    #[error("the header `{0}` cannot be read")]
    Unreadable(&'static str),
}

impl<'a> Message<'a> {
    /// Reads the headers: those of the standard, or those of Svix if none of these is there.
    ///
    /// # Errors
    /// [`MessageError`].
    pub fn read(header: impl Fn(&'static str) -> Option<&'a str>) -> Result<Self, MessageError> {
        let names = NAMES.into_iter().find(|names| names.iter().any(|name| header(name).is_some()));
        let [id_name, timestamp_name, signature_name] = names.unwrap_or(NAMES[0]);
        let take = |name| header(name).ok_or(MessageError::Missing(name));
        let (id, timestamp, signatures) = (take(id_name)?, take(timestamp_name)?, take(signature_name)?);
        let is_plain = !id.is_empty() && id.len() <= ID_BYTES_MAX && id.bytes().all(|b| b.is_ascii_graphic());
        if !is_plain {
            return Err(MessageError::Unreadable(id_name));
        }
        let is_number =
            timestamp.len() <= TIMESTAMP_DIGITS_MAX && timestamp.bytes().all(|b| b.is_ascii_digit());
        let timestamp_s = timestamp.parse().ok().filter(|_| is_number);
        let timestamp_s = timestamp_s.ok_or(MessageError::Unreadable(timestamp_name))?;
        Ok(Self { id, timestamp, timestamp_s, signatures })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<'a>(headers: &'a [(&'a str, &'a str)]) -> Result<Message<'a>, MessageError> {
        Message::read(|name| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value))
    }

    #[test]
    fn both_families_of_names_are_read_and_not_mixed() {
        let own = [("webhook-id", "m"), ("webhook-timestamp", "17"), ("webhook-signature", "v1,x")];
        let svix = [("svix-id", "m"), ("svix-timestamp", "17"), ("svix-signature", "v1,x")];
        let message = Message { id: "m", timestamp: "17", timestamp_s: 17, signatures: "v1,x" };
        assert_eq!(read(&own), Ok(message));
        assert_eq!(read(&svix), Ok(message));
        assert_eq!(read(&[own[0], svix[1], svix[2]]), Err(MessageError::Missing("webhook-timestamp")));
        assert_eq!(read(&[]), Err(MessageError::Missing("webhook-id")));
        assert_eq!(read(&own[..2]), Err(MessageError::Missing("webhook-signature")));
    }

    #[test]
    fn an_id_is_plain_and_a_time_is_digits() {
        let long = "x".repeat(ID_BYTES_MAX + 1);
        for id in ["", "a b", "é", "a\u{7f}", &long] {
            let headers = [("webhook-id", id), ("webhook-timestamp", "17"), ("webhook-signature", "")];
            assert_eq!(read(&headers), Err(MessageError::Unreadable("webhook-id")), "{id}");
        }
        for time in ["", "-1", "+1", "1.5", " 1", "1e3", "1234567890123"] {
            let headers = [("webhook-id", "m"), ("webhook-timestamp", time), ("webhook-signature", "")];
            assert_eq!(read(&headers), Err(MessageError::Unreadable("webhook-timestamp")), "{time}");
        }
    }
}
