//! Bodies of requests and answers under `/api/v1`, one file a resource.

mod autofill;
mod channels;
mod library;
mod look;
mod nests;
mod operations;
mod people;
mod reactions;
mod server;
mod sign_in;
mod sources;
mod spotify;
mod stats;
mod webhooks;

pub use autofill::{
    Autofill, AutofillRules, AutofillState, AutofillTrackBody, AutofillWeights, Because, Credit,
    FilteredTrack, Preview, Reason, Seed,
};
pub use channels::{TakenWebhook, WebhookSecret, WebhookSecretRole, WebhookSecrets};
pub use library::{
    AnyTrack, ArtworkSize, AudioFormat, Playable, Track, TrackPage, TrackSummary, UploadOutcome, Waveform,
};
pub use look::{Face, NestLook};
pub use nests::{
    Accepted, Action, AddBody, ChosenBy, ConfigureBody, Contributor, EntriesBody, Entry, HandOverBody,
    Kicked, NestSettings, NestSnapshot, NestState, NestSummary, OpenNestBody, Ordering, Outcome, PersonBody,
    Play, PlayNest, PlayPage, PlaySource, Playback, Playing, RestoreBody, SeekBody, SkipBody, Standing,
    VoteBody, VoteDirection, Votes,
};
pub use operations::{
    AlertsState, BackupCopy, BackupPlace, BackupsState, CapacityState, DeclaredEnvironment, DiskState,
    DrillState, KeptRelease, OpenAlert, Operations, Peak, PeakOf, ProcessState, ReleaseChange, ReleaseStep,
    ReleasesState, RoomTaken, SchemaState, SchemaStep, SchemaStepState,
};
pub use people::{
    ApiToken, CreateInvitationBody, CreateTokenBody, CreatedInvitation, CreatedToken, Device, GuestBody,
    Invitation, InvitationPreview, Person, RedeemBody, Scope, ServerRole, Session, SetupBody, SignInLink,
    SocketToken,
};
pub use reactions::{
    Comment, CommentBody, Horn, HornBody, HornSound, Jam, JamBody, RemoveCommentBody, VolumeBody,
};
pub use server::{
    ActiveAlert, Canary, CanaryCohort, DeepHealth, Health, HealthPart, PartState, Readiness, ReadinessCheck,
    ServerInfo, SignInProvider, Slot,
};
pub use sign_in::{
    AuditEntry, AuditPage, ChangeMemberBody, Identity, LinkIdentityBody, Member, MemberPage, SignInStarted,
    StartSignInBody,
};
pub use sources::{
    Elsewhere, Link, Links, LinksBody, MusicService, OutsideStream, OutsideTrack, Source, SourceCollection,
    SourceKind, SourcePage, SourcePlayback, SourceRefusal, SourceResults, SourceTrack, StreamForm,
};
pub use spotify::{
    ConnectSpotifyBody, FollowBody, Following, FollowingState, SpotifyAccount, SpotifyClientId,
    SpotifyClientIdBody, SpotifyConnection, SpotifyDevice, SpotifyToken,
};
pub use stats::{
    CallOutcome, DayStats, JamStats, PersonStats, ProviderCalls, ProviderStats, SignInOutcome, SignInStats,
    SignIns, SongStats, Stats,
};
pub use webhooks::{
    CreateWebhookBody, CreatedWebhook, SlackBlock, SlackMessage, SlackPicture, SlackText, Webhook,
    WebhookData, WebhookEvent, WebhookForm, WebhookMessage, WebhookNest,
};
