//! Errors on the wire: `application/problem+json` (RFC 9457) with a stable code and what to do.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An error, as RFC 9457 shapes it, with `code`, `hint` and `request_id` as extensions.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `/docs/problems#code`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code, in words.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// A stable name for programs.
    pub code: String,
    /// What happened, for a person.
    pub detail: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// The request, as the server's log knows it.
    pub request_id: Option<String>,
    /// Seconds to wait before trying again, for `rate_limited` and `unavailable`.
    pub retry_after_s: Option<u64>,
}
