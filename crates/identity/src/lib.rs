//! The rules of people: who exists, how a browser or program proves who it is, and what it may then do.
//!
//! Deliberately not here: storage (see `database`), cookies and headers (see `server`), and talking to the services that
//! people sign in with (see `providers`).

mod admission;
mod audit;
mod caller;
mod credential;
mod invitation;
mod name;
mod past;
mod sealed;
mod secret;
mod server_secret;
mod socket_token;

pub use admission::{
    Admission, IDENTITIES_PER_MEMBER_MAX, IdentityAddress, LinkedIdentity, SIGN_IN_ATTEMPT_LIFETIME,
    name_from_elsewhere, page_to_return_to,
};
pub use audit::{AUDIT_KEPT, AUDIT_LINES_MAX, AUDIT_TEXT_CHARS_MAX, AuditAction, AuditEntry, network_of};
pub use caller::{Caller, Proof, Scope, ScopeSet};
pub use credential::{ApiToken, DEVICE_IDLE_MAX, Device, Member, TOKEN_LABEL_CHARS_MAX, TOKEN_LIFETIME_MAX};
pub use invitation::{
    INVITATION_LIFETIME_MAX, INVITATION_LIFETIME_MIN, INVITATION_USES_MAX, Invitation, Purpose,
    SIGN_IN_LIFETIME,
};
pub use name::{MEMBER_NAME_CHARS_MAX, MemberName, NameError};
pub use past::{ADDRESS_BYTES_MAX, PastAddress, PastMember, is_address, name_of_address};
pub use sealed::{BlindIndex, SEALED_TEXT_BYTES_MAX, SealError, SealFor, Sealed, Sealer};
pub use secret::{Secret, SecretHash, SecretKind};
pub use server_secret::{ServerSecret, ServerSecretError};
pub use socket_token::{SOCKET_TOKEN_LIFETIME, SocketTokenClaims, SocketTokenError, SocketTokens};
