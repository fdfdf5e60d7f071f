//! The words every other crate shares: ids, the three time types, track references, roles and the ports for time
//! and chance.
//!
//! Deliberately not here: rules (see `nest`, `library`, `identity`), any serialisation (see `protocol` for the
//! network, `database` for storage), and anything that reads a clock or draws chance.

mod channel;
mod channel_name;
mod clock;
mod horn;
mod id;
mod line;
mod nest_code;
mod rights;
mod slug;
mod source;
mod time;
mod track;
mod webhook;

pub use channel::{Channel, ChannelError};
pub use channel_name::{ChannelName, ChannelNameError};
pub use clock::{Clock, Entropy, SeededEntropy};
pub use horn::{HornSound, HornSoundError};
pub use id::{
    AuditId, BlobHash, ClientId, CommentId, DeviceId, EntryId, HornId, IdError, IdentityId, InvitationId,
    JobId, MemberId, NestId, PlayId, RequestId, TokenId, TrackId, WebhookId,
};
pub use line::{spoken_line, visible_line};
pub use nest_code::{NestCode, NestCodeError};
pub use rights::{Action, ActionSet, Contributor, Permissions, Role, ServerRole};
pub use slug::{RESERVED as RESERVED_SLUGS, Slug, SlugError};
pub use source::{MusicService, SoundCloudId, SpotifyEpisodeId, SpotifyTrackId, TrackSource, YouTubeId};
pub use time::{ServerInstant, TrackPosition, WallTime};
pub use track::TrackSummary;
pub use webhook::{WebhookEvent, WebhookForm};
