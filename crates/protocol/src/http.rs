//! Bodies of requests and answers under `/api/v1`, one file a resource.

mod library;
mod nests;
mod people;
mod server;
mod sign_in;

pub use library::{
    ArtworkSize, AudioFormat, Playable, Track, TrackPage, TrackSummary, UploadOutcome, Waveform,
};
pub use nests::{
    Accepted, Action, AddBody, ConfigureBody, Contributor, EntriesBody, Entry, HandOverBody, NestSettings,
    NestSnapshot, NestState, NestSummary, OpenNestBody, Outcome, Play, PlayPage, Playback, Playing,
    RestoreBody, SeekBody, SkipBody, Standing, VoteBody, VoteDirection, Votes,
};
pub use people::{
    ApiToken, CreateInvitationBody, CreateTokenBody, CreatedInvitation, CreatedToken, Device, GuestBody,
    Invitation, InvitationPreview, Person, RedeemBody, Scope, ServerRole, Session, SetupBody, SignInLink,
    SocketToken,
};
pub use server::{Health, Readiness, ReadinessCheck, ServerInfo, SignInProvider};
pub use sign_in::{
    AuditEntry, AuditPage, ChangeMemberBody, Identity, LinkIdentityBody, Member, MemberPage, SignInStarted,
    StartSignInBody,
};
