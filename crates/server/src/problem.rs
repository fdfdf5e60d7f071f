//! The one mapping from errors to the network: status, stable code, words and what to do (RFC 9457). Exhaustive on
//! purpose: a new error does not compile before somebody has decided how it looks from outside.

use crate::channels::WebhookFault;
use crate::error::Error;
use crate::request_id;
use crate::sign_in::Fault;
use crate::sources::SourceFault;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use nest::Refusal;
use protocol::problem::Problem;

/// How an error looks from outside.
struct Face {
    status: StatusCode,
    code: &'static str,
    title: &'static str,
    hint: Option<&'static str>,
}

impl Error {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        face(self).code
    }

    /// As it is sent.
    pub fn to_problem(&self) -> Problem {
        let Face { status, code, title, hint } = face(self);
        let retry_after_s = match self {
            Self::RateLimited { retry_after } => Some(retry_after.as_secs().max(1)),
            // Rounded up: who waits so long is let in.
            Self::Refused(Refusal::RateLimited { retry_after }) => Some(retry_after.as_secs() + 1),
            Self::Busy | Self::DatabaseAway(_) => Some(1),
            Self::Source(fault) => fault.retry_after().map(|wait| wait.as_secs().max(1)),
            _ => None,
        };
        Problem {
            kind: format!("/docs/problems#{code}"),
            title: title.to_owned(),
            status: status.as_u16(),
            code: code.to_owned(),
            detail: self.to_string(),
            hint: hint.map(str::to_owned),
            request_id: request_id::current(),
            retry_after_s,
        }
    }
}

const fn of(status: StatusCode, code: &'static str, title: &'static str, hint: Option<&'static str>) -> Face {
    Face { status, code, title, hint }
}

const STORAGE_FULL: Face = of(
    StatusCode::INSUFFICIENT_STORAGE,
    "storage_full",
    "Storage full",
    Some("Nothing was lost. The administrator must free some space."),
);

const INTERNAL: Face = of(
    StatusCode::INTERNAL_SERVER_ERROR,
    "internal",
    "Internal error",
    Some("Tell the administrator the request id: the log has the details."),
);

const ACCESS_REQUIRED: Face = of(
    StatusCode::UNAUTHORIZED,
    "access_required",
    "Not open to everybody",
    Some("Open a page of it in a browser and come in there; a program sends `Rookery-Access-Token`."),
);

const HTTPS_ONLY: Face = of(
    StatusCode::FORBIDDEN,
    "https_only",
    "Over https alone",
    Some(
        "Send it to the https address. What was sent here could be read on its way: a token in it should be replaced.",
    ),
);

const OUTSIDE_FAILED: Face = of(
    StatusCode::BAD_GATEWAY,
    "outside_failed",
    "Another service failed",
    Some("Look at the address and at that service, then try again."),
);

const PLAYS_ELSEWHERE: Face = of(
    StatusCode::NOT_FOUND,
    "plays_elsewhere",
    "Plays elsewhere",
    Some("Listen with an account of that service, or add the song to the library."),
);

const UNKNOWN_SOUND: Face = of(
    StatusCode::UNPROCESSABLE_ENTITY,
    "unknown_sound",
    "Unknown sound",
    Some("`GET /api/v1/horns` lists the sounds there are."),
);

fn face(error: &Error) -> Face {
    use StatusCode as S;
    match error {
        Error::Refused(refusal) => refusal_face(refusal),
        Error::NotSignedIn => {
            of(S::UNAUTHORIZED, "not_signed_in", "Not signed in", Some("Sign in, or send a valid API token."))
        }
        Error::AccessRequired => ACCESS_REQUIRED,
        Error::NotAllowed(_) => of(S::FORBIDDEN, "not_allowed", "Not allowed", None),
        Error::CrossSite => {
            of(S::FORBIDDEN, "cross_site", "From another site", Some("Open the page itself and try again."))
        }
        Error::InvalidInput { .. } => of(S::UNPROCESSABLE_ENTITY, "invalid_input", "Invalid input", None),
        Error::NotFound(_) => of(S::NOT_FOUND, "not_found", "Not found", None),
        Error::MethodNotAllowed => {
            of(S::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed", None)
        }
        Error::LinkNotValid => {
            of(S::GONE, "link_not_valid", "Link not valid", Some("Ask for a new link from whoever sent it."))
        }
        Error::AlreadySetUp => {
            of(S::CONFLICT, "already_set_up", "Already set up", Some("Ask for an invitation."))
        }
        Error::TooLarge { .. } => of(S::PAYLOAD_TOO_LARGE, "too_large", "Too large", None),
        Error::TooSlow => {
            of(S::REQUEST_TIMEOUT, "too_slow", "Too slow", Some("Try again on a steadier network."))
        }
        Error::Incomplete => of(S::BAD_REQUEST, "incomplete", "Incomplete", Some("Send the request again.")),
        Error::UnsupportedFormat(_) => of(
            S::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_format",
            "Unsupported format",
            Some("Rookery plays mp3, flac, ogg, opus, m4a, alac, wav and aiff."),
        ),
        Error::DamagedFile(_) => {
            of(S::UNPROCESSABLE_ENTITY, "damaged_file", "Damaged file", Some("Export or rip the file again."))
        }
        Error::TrackNotPlayable => of(S::CONFLICT, "track_not_playable", "Track not playable", None),
        Error::PlaysElsewhere { .. } => PLAYS_ELSEWHERE,
        Error::RangeOutside { .. } => {
            of(S::RANGE_NOT_SATISFIABLE, "range_outside", "Range outside the file", None)
        }
        Error::UnknownSound => UNKNOWN_SOUND,
        Error::RateLimited { .. } => of(S::TOO_MANY_REQUESTS, "rate_limited", "Too many requests", None),
        Error::Outside(_) => OUTSIDE_FAILED,
        Error::TooManyWebhooks => of(S::CONFLICT, "too_many_webhooks", "Too many webhooks", None),
        Error::SlugTaken => of(S::CONFLICT, "slug_taken", "Address in use", None),
        Error::TooManyNests => of(S::CONFLICT, "too_many_nests", "Too many nests", None),
        Error::Busy => of(S::SERVICE_UNAVAILABLE, "busy", "Busy", None),
        Error::KeyReused => {
            of(S::UNPROCESSABLE_ENTITY, "key_reused", "Idempotency key reused", Some("Use a new key."))
        }
        Error::HttpsOnly { .. } => HTTPS_ONLY,
        Error::NotAWebSocket => of(S::UPGRADE_REQUIRED, "not_a_websocket", "Not a WebSocket handshake", None),
        Error::StorageFull => STORAGE_FULL,
        Error::DatabaseAway(_) => {
            of(S::SERVICE_UNAVAILABLE, "unavailable", "Unavailable", Some("Try again in a moment."))
        }
        Error::SignIn(fault) => sign_in_face(*fault),
        Error::Source(fault) => source_face(fault),
        Error::Webhook(fault) => webhook_face(fault),
        Error::Database(_) | Error::Blobs(_) | Error::SignInSettings(_) | Error::Fault(_) => INTERNAL,
    }
}

const fn sign_in_face(fault: Fault) -> Face {
    use StatusCode as S;
    match fault {
        Fault::Expired => of(S::GONE, "sign_in_expired", "Sign-in expired", Some("Begin again.")),
        Fault::Cancelled => {
            of(S::FORBIDDEN, "sign_in_cancelled", "Sign-in cancelled", Some("Begin again if you like."))
        }
        Fault::Unproven => of(S::FORBIDDEN, "sign_in_unproven", "Not proven", Some("Begin again.")),
        Fault::AddressUnverified => of(
            S::FORBIDDEN,
            "address_unverified",
            "Address not verified",
            Some("Verify your address at the sign-in service first."),
        ),
        Fault::NotAdmitted => of(
            S::FORBIDDEN,
            "not_on_the_list",
            "Not on the guest list",
            Some("Use an account of this community, or ask a member for an invitation."),
        ),
        Fault::Taken => of(S::CONFLICT, "identity_taken", "Account in use", None),
        Fault::TooMany => of(S::CONFLICT, "too_many_identities", "Too many accounts", None),
        Fault::LastWayIn => of(
            S::CONFLICT,
            "last_way_in",
            "Last way in",
            Some("Link another account first, or say that you mean it."),
        ),
        Fault::ProviderAway => {
            of(S::BAD_GATEWAY, "provider_away", "Sign-in service away", Some("Try again in a moment."))
        }
        Fault::Misconfigured => of(
            S::BAD_GATEWAY,
            "provider_misconfigured",
            "Sign-in service refuses us",
            Some("The administrator must check the client id, the secret and the redirect address."),
        ),
    }
}

/// Signatures are proofs, as sessions and tokens are: 401 says that there is none that counts.
const fn webhook_face(fault: &WebhookFault) -> Face {
    use StatusCode as S;
    match fault {
        WebhookFault::NotSetUp => of(
            S::NOT_FOUND,
            "webhooks_not_set_up",
            "No webhooks are taken",
            Some("The administrator sets the secret: docs/webhooks.md says how."),
        ),
        WebhookFault::Unsigned(_) => of(
            S::UNAUTHORIZED,
            "webhook_unsigned",
            "Webhook not signed",
            Some("Send `webhook-id`, `webhook-timestamp` and `webhook-signature`, or those of Svix."),
        ),
        WebhookFault::Time(_) => of(
            S::UNAUTHORIZED,
            "webhook_time_outside",
            "Webhook of another time",
            Some("Sign each attempt anew, and set the sender's clock right."),
        ),
        WebhookFault::Signature => of(
            S::UNAUTHORIZED,
            "webhook_signature_wrong",
            "Signature wrong",
            Some(
                "Compare fingerprints: `GET /api/v1/operations/webhook-secrets` has ours, and the command for yours.",
            ),
        ),
        WebhookFault::TooManyChannels => of(
            S::CONFLICT,
            "too_many_channels",
            "Too many channels",
            Some("Use a channel that is there; one to which nothing comes for 90 days goes."),
        ),
    }
}

fn source_face(fault: &SourceFault) -> Face {
    use StatusCode as S;
    match fault {
        SourceFault::NotSetUp(_) => of(
            S::NOT_FOUND,
            "source_not_set_up",
            "Service not set up",
            Some("The administrator can set it up; `GET /api/v1/sources` lists what there is."),
        ),
        SourceFault::NotOffered { .. } => of(S::CONFLICT, "source_not_offered", "Not offered", None),
        SourceFault::NotConnected(_) => of(
            S::CONFLICT,
            "account_not_connected",
            "Account not connected",
            Some("Connect your account in the settings."),
        ),
        SourceFault::NoSeatLeft => of(
            S::CONFLICT,
            "no_seat_left",
            "No place left",
            Some(
                "Make a client id of your own at developer.spotify.com/dashboard and bring it in the settings.",
            ),
        ),
        SourceFault::NotRegistered => of(
            S::FORBIDDEN,
            "account_not_registered",
            "Account not registered",
            Some("Its owner adds the account under User Management in Spotify's dashboard."),
        ),
        SourceFault::ClientIdTaken => of(
            S::CONFLICT,
            "client_id_taken",
            "Client id taken",
            Some("Make another one in Spotify's dashboard."),
        ),
        SourceFault::Service(error) => service_face(error),
    }
}

const ACCOUNT_ENDED: Face = of(
    StatusCode::CONFLICT,
    "account_ended",
    "Connection ended",
    Some("Connect the account again in the settings."),
);

const SOURCE_AWAY: Face =
    of(StatusCode::BAD_GATEWAY, "source_away", "Service away", Some("Try again in a moment."));

const SOURCE_REFUSES: Face = of(
    StatusCode::BAD_GATEWAY,
    "source_refuses",
    "Service refuses this server",
    Some("The administrator must check the client id, the secret or the key."),
);

fn service_face(error: &providers::Error) -> Face {
    use StatusCode as S;
    use providers::Error as E;
    match error {
        E::Configuration { .. } | E::CredentialsRefused { .. } => SOURCE_REFUSES,
        E::ExpiredToken { .. } | E::SignInAgain { .. } | E::ScopeMissing { .. } => ACCOUNT_ENDED,
        E::NotAllowed { .. } => of(S::FORBIDDEN, "source_not_allowed", "Not allowed there", None),
        E::PremiumRequired { .. } => of(
            S::FORBIDDEN,
            "premium_required",
            "Premium required",
            Some("Listen with another service or the library, or take a Premium account."),
        ),
        E::NoDevice => of(
            S::CONFLICT,
            "no_device",
            "No device",
            Some("Open Spotify on the device, play something for a moment, then choose it again."),
        ),
        E::Gone { .. } | E::NotFound { .. } => {
            of(S::NOT_FOUND, "source_has_none", "Not there", Some("Copy the link again, or search for it."))
        }
        E::WrongMarket { .. } => of(S::CONFLICT, "not_in_this_market", "Not in this market", None),
        E::NotPlayable { .. } => of(S::CONFLICT, "source_not_playable", "Not playable", None),
        E::RateLimited { .. } | E::QuotaUsedUp { .. } => {
            of(S::TOO_MANY_REQUESTS, "source_rate_limited", "Service asks to wait", None)
        }
        E::Unreachable { .. } | E::UnexpectedAnswer { .. } | E::AnswerTooLarge { .. } => SOURCE_AWAY,
        E::SignInRefused { .. } => sign_in_face(Fault::Cancelled),
        E::StateMismatch { .. } => sign_in_face(Fault::Expired),
        E::IdToken { .. } | E::EmailUnverified => sign_in_face(Fault::Unproven),
    }
}

fn refusal_face(refusal: &Refusal) -> Face {
    use StatusCode as S;
    let (status, title) = match refusal {
        Refusal::NotAllowed { .. } => (S::FORBIDDEN, "Not allowed"),
        Refusal::GuestsNotAllowed => (S::FORBIDDEN, "No guests"),
        Refusal::Kicked => (S::FORBIDDEN, "Put out of this nest"),
        Refusal::Locked => (S::FORBIDDEN, "Nest locked"),
        Refusal::HostStays => (S::CONFLICT, "The host stays"),
        Refusal::TooManyKicked => (S::CONFLICT, "Too many people put out"),
        Refusal::TooManyToLock => (S::CONFLICT, "Too many people to lock"),
        Refusal::QueueFull { .. } => (S::CONFLICT, "Queue full"),
        Refusal::UnknownEntry { .. } => (S::NOT_FOUND, "Unknown entry"),
        Refusal::OwnEntry { .. } => (S::CONFLICT, "Own entry"),
        Refusal::UnknownComment { .. } => (S::NOT_FOUND, "Unknown comment"),
        Refusal::TooManyJams => (S::CONFLICT, "Too many jams"),
        Refusal::TooManyComments => (S::CONFLICT, "Too many comments"),
        Refusal::RateLimited { .. } => (S::TOO_MANY_REQUESTS, "Too many requests"),
        Refusal::OtherPreview { .. } => (S::CONFLICT, "Something else comes next"),
        Refusal::VolumeOutside => (S::UNPROCESSABLE_ENTITY, "Volume outside its range"),
        Refusal::NotPlaying { .. } => (S::CONFLICT, "Not playing"),
        Refusal::NothingPlaying => (S::CONFLICT, "Nothing playing"),
        Refusal::PositionOutside { .. } => (S::UNPROCESSABLE_ENTITY, "Position outside the track"),
        Refusal::NothingToRestore => (S::CONFLICT, "Nothing to bring back"),
        Refusal::LimitOutside => (S::UNPROCESSABLE_ENTITY, "Limit outside its range"),
        Refusal::Closed => (S::GONE, "Nest closed"),
        Refusal::Permanent => (S::CONFLICT, "Permanent nest"),
    };
    of(status, refusal.code(), title, None)
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let problem = self.to_problem();
        if problem.status >= 500 {
            let source = std::error::Error::source(&self).map(ToString::to_string);
            tracing::error!(code = problem.code, error = %self, source, "a request failed");
        } else {
            tracing::debug!(code = problem.code, error = %self, "a request was refused");
        }
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = serde_json::to_vec(&problem).unwrap_or_default();
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = problem.retry_after_s {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Self::RangeOutside { size_bytes } = self
            && let Ok(value) = HeaderValue::from_str(&format!("bytes */{size_bytes}"))
        {
            headers.insert(header::CONTENT_RANGE, value);
        }
        if matches!(self, Self::NotAWebSocket) {
            headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        }
        response
    }
}

/// One problem of every kind, for the reference page and the test that keeps codes stable.
pub(crate) fn catalogue() -> Vec<Problem> {
    let others = [
        Error::NotSignedIn,
        Error::AccessRequired,
        Error::CrossSite,
        Error::invalid("field", "what is wrong with it"),
        Error::NotFound("thing"),
        Error::MethodNotAllowed,
        Error::LinkNotValid,
        Error::AlreadySetUp,
        Error::TooLarge { what: "file", bytes_max: 1 },
        Error::TooSlow,
        Error::Incomplete,
        Error::UnsupportedFormat(String::new()),
        Error::DamagedFile(String::new()),
        Error::TrackNotPlayable,
        Error::PlaysElsewhere { service: "another service" },
        Error::RangeOutside { size_bytes: 0 },
        Error::UnknownSound,
        Error::RateLimited { retry_after: std::time::Duration::from_secs(1) },
        Error::Outside(providers::Error::NoDevice),
        Error::TooManyWebhooks,
        Error::SlugTaken,
        Error::TooManyNests,
        Error::Busy,
        Error::KeyReused,
        Error::HttpsOnly { base: "https://music.example.org".to_owned() },
        Error::NotAWebSocket,
        Error::StorageFull,
        Error::DatabaseAway(database::Error::StorageFull),
        Error::Fault(""),
    ];
    let faults = [
        Fault::Expired,
        Fault::Cancelled,
        Fault::Unproven,
        Fault::AddressUnverified,
        Fault::NotAdmitted,
        Fault::Taken,
        Fault::TooMany,
        Fault::LastWayIn,
        Fault::ProviderAway,
        Fault::Misconfigured,
    ];
    let others = others.into_iter().chain(faults.map(Error::SignIn));
    let others = others.chain(source_faults().into_iter().map(Error::Source));
    let others = others.chain(webhook_faults().map(Error::Webhook));
    let mut problems: Vec<_> = refusals().map(Error::from).chain(others).map(|e| e.to_problem()).collect();
    problems.sort_by(|a, b| a.code.cmp(&b.code));
    problems
}

fn webhook_faults() -> [WebhookFault; 5] {
    use standard_webhooks::{MessageError, Refusal};
    [
        WebhookFault::NotSetUp,
        WebhookFault::Unsigned(MessageError::Missing("webhook-id")),
        WebhookFault::Time(Refusal::TooOld(301)),
        WebhookFault::Signature,
        WebhookFault::TooManyChannels,
    ]
}

fn source_faults() -> Vec<SourceFault> {
    use model::MusicService::Spotify;
    use providers::{Error as E, Provider};
    let (provider, what, detail) = (Provider::Spotify, "a song".to_owned(), "why".to_owned());
    let own = [
        SourceFault::NotSetUp(Spotify),
        SourceFault::NotOffered { service: Spotify, why: "why" },
        SourceFault::NotConnected(Spotify),
        SourceFault::NoSeatLeft,
        SourceFault::NotRegistered,
        SourceFault::ClientIdTaken,
    ];
    let theirs = [
        E::CredentialsRefused { provider, detail: detail.clone() },
        E::SignInAgain { provider },
        E::NotAllowed { provider, detail: detail.clone() },
        E::PremiumRequired { provider },
        E::NoDevice,
        E::NotFound { provider, what: what.clone() },
        E::WrongMarket { provider, what: what.clone(), market: "XX".to_owned() },
        E::NotPlayable { provider, what, detail: detail.clone() },
        E::RateLimited { provider, retry_after: std::time::Duration::from_secs(1) },
        E::Unreachable { provider, detail },
    ];
    own.into_iter().chain(theirs.map(SourceFault::Service)).collect()
}

/// One refusal of every kind.
fn refusals() -> impl Iterator<Item = Refusal> {
    use model::{Action, CommentId, EntryId, TrackPosition};
    let entry = EntryId::from_sequence(1);
    let refusals = [
        Refusal::NotAllowed { action: Action::Add },
        Refusal::QueueFull { entries_max: 1 },
        Refusal::UnknownEntry { entry },
        Refusal::OwnEntry { entry },
        Refusal::UnknownComment { comment: CommentId::from_sequence(1) },
        Refusal::TooManyJams,
        Refusal::TooManyComments,
        Refusal::OtherPreview { track: model::TrackId::from_u128(1) },
        Refusal::VolumeOutside,
        Refusal::NotPlaying { entry },
        Refusal::NothingPlaying,
        Refusal::PositionOutside { duration: TrackPosition::ZERO },
        Refusal::NothingToRestore,
        Refusal::LimitOutside,
        Refusal::GuestsNotAllowed,
        Refusal::Kicked,
        Refusal::Locked,
        Refusal::HostStays,
        Refusal::TooManyKicked,
        Refusal::TooManyToLock,
        Refusal::Closed,
        Refusal::Permanent,
    ];
    refusals.into_iter()
}
