//! What a stranger sees of a nest that is open to them: a picture and faces, and nothing that leads further.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A look through the window of a nest that takes guests and is not locked. `GET /api/v1/nests/{code}/look`
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NestLook {
    /// Its name.
    pub name: String,
    /// The cover of what plays, for whoever looks; absent: nothing plays, or it has none. Another cover has another address.
    pub cover_url: Option<String>,
    /// How many people are listening.
    pub listener_count: u32,
    /// Some of them, at most 12.
    pub faces: Vec<Face>,
}

/// A face of somebody who listens: no name, no id, no picture that they brought.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Face {
    /// One or two letters.
    pub initials: String,
    /// Their colour: a hue, 0 to 359.
    pub hue: u32,
}
