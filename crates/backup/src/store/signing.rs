//! Signatures of requests to S3: AWS Signature Version 4, headers signed, as
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html> describes it.

use crate::hex;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// Who signs.
#[derive(Clone)]
pub(super) struct Signer {
    pub(super) access_key_id: String,
    pub(super) secret_access_key: String,
    pub(super) region: String,
}

/// What is signed.
pub(super) struct ToSign<'a> {
    pub(super) method: &'a str,
    pub(super) host: &'a str,
    /// Escaped, beginning with a slash.
    pub(super) path: &'a str,
    /// Escaped and sorted, without the question mark.
    pub(super) query: &'a str,
    /// SHA-256 of the body, as 64 hexadecimal digits.
    pub(super) payload: &'a str,
    /// As in `20261121T140300Z`.
    pub(super) time: &'a str,
}

impl Signer {
    /// The header `authorization`.
    pub(super) fn authorization(&self, what: &ToSign<'_>) -> String {
        let ToSign { method, host, path, query, payload, time } = what;
        let day = time.get(..8).unwrap_or_default();
        let canonical = format!(
            "{method}\n{path}\n{query}\nhost:{host}\nx-amz-content-sha256:{payload}\nx-amz-date:{time}\n\n\
             host;x-amz-content-sha256;x-amz-date\n{payload}"
        );
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let text = format!("AWS4-HMAC-SHA256\n{time}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
        let key = mac(format!("AWS4{}", self.secret_access_key).as_bytes(), day);
        let key = [self.region.as_str(), "s3", "aws4_request"].iter().fold(key, |key, word| mac(&key, word));
        format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature={}",
            self.access_key_id,
            hex(&mac(&key, &text))
        )
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    #[expect(clippy::expect_used, reason = "HMAC takes keys of every length")]
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Escapes a part of a query or path: everything but letters, digits and `-._~`, and slashes where they part a path.
pub(super) fn escape(text: &str, is_path: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => escaped.push(byte.into()),
            b'/' if is_path => escaped.push('/'),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example "GET bucket (list objects)" of the description.
    #[test]
    fn the_published_example_has_the_published_signature() {
        let signer = Signer {
            access_key_id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            region: "us-east-1".into(),
        };
        let said = signer.authorization(&ToSign {
            method: "GET",
            host: "examplebucket.s3.amazonaws.com",
            path: "/",
            query: "max-keys=2&prefix=J",
            payload: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            time: "20130524T000000Z",
        });
        let signature = "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7";
        assert!(said.ends_with(&format!("Signature={signature}")), "{said}");
    }

    #[test]
    fn whatever_could_be_misread_is_escaped() {
        assert_eq!(escape("a b/ü~", true), "a%20b/%C3%BC~");
        assert_eq!(escape("a/b=c", false), "a%2Fb%3Dc");
    }
}
