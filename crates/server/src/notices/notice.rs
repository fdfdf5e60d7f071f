//! What is worth telling of an event of a nest's log. Pure but for looking up names.

use crate::app::App;
use crate::error::Result;
use database::nests::plays_of_entries;
use model::{Contributor, HornSound, MemberId, NestId, TrackSummary, WallTime, WebhookEvent};
use nest::{Event, EventKind, Outcome, PlaybackChange};

/// Something to tell.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Notice {
    pub(super) at: WallTime,
    pub(super) what: What,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum What {
    NowPlaying { track: TrackSummary, added_by: Contributor },
    Horn { by: String, sound: HornSound },
    Paused { by: Option<String> },
    Resumed { by: Option<String> },
    Skipped { by: Option<String>, track: Option<TrackSummary> },
    NestOpened { name: String, code: String },
    ServerStarted,
    Test,
}

impl What {
    /// The name on the wire.
    pub(super) fn name(&self) -> &'static str {
        self.event().map_or("test", WebhookEvent::name)
    }

    fn event(&self) -> Option<WebhookEvent> {
        Some(match self {
            Self::NowPlaying { .. } => WebhookEvent::NowPlaying,
            Self::Horn { .. } => WebhookEvent::Horn,
            Self::Paused { .. } => WebhookEvent::Paused,
            Self::Resumed { .. } => WebhookEvent::Resumed,
            Self::Skipped { .. } => WebhookEvent::Skipped,
            Self::NestOpened { .. } => WebhookEvent::NestOpened,
            Self::ServerStarted => WebhookEvent::ServerStarted,
            Self::Test => return None,
        })
    }
}

/// Which word of a webhook's an event is told under; `None`: it is never told.
pub(super) const fn told_as(kind: &EventKind) -> Option<WebhookEvent> {
    match kind {
        EventKind::PlaybackStarted { .. } => Some(WebhookEvent::NowPlaying),
        EventKind::HornBlown { .. } => Some(WebhookEvent::Horn),
        EventKind::PlaybackChanged { change: PlaybackChange::Paused, .. } => Some(WebhookEvent::Paused),
        EventKind::PlaybackChanged { change: PlaybackChange::Resumed, .. } => Some(WebhookEvent::Resumed),
        EventKind::PlaybackEnded { outcome: Outcome::Skipped, .. } => Some(WebhookEvent::Skipped),
        _ => None,
    }
}

/// What to tell of an event. `None`: nothing after all, as of a song that the nest plays to itself.
pub(super) async fn of(
    app: &App,
    nest: NestId,
    event: &Event,
    somebody_listens: bool,
) -> Result<Option<Notice>> {
    let play = async |entry| {
        let plays = plays_of_entries(app.database(), nest, &[entry]).await?;
        Ok::<_, crate::error::Error>(plays.into_iter().next())
    };
    let what = match &event.kind {
        EventKind::PlaybackStarted { entry, .. } => {
            let Some(play) = play(*entry).await? else { return Ok(None) };
            if play.added_by == Contributor::Autofill && !somebody_listens {
                return Ok(None);
            }
            What::NowPlaying { track: play.track, added_by: play.added_by }
        }
        EventKind::HornBlown { horn } => What::Horn { by: horn.name.clone(), sound: horn.sound },
        EventKind::PlaybackChanged { change: PlaybackChange::Paused, .. } => {
            What::Paused { by: name(app, event.by).await? }
        }
        EventKind::PlaybackChanged { change: PlaybackChange::Resumed, .. } => {
            What::Resumed { by: name(app, event.by).await? }
        }
        EventKind::PlaybackEnded { entry, outcome: Outcome::Skipped } => {
            let track = play(*entry).await?.map(|play| play.track);
            What::Skipped { by: name(app, event.by).await?, track }
        }
        _ => return Ok(None),
    };
    Ok(Some(Notice { at: event.at, what }))
}

async fn name(app: &App, member: Option<MemberId>) -> Result<Option<String>> {
    let Some(member) = member else { return Ok(None) };
    let member = database::members::get(app.database(), member).await?;
    Ok(member.map(|member| member.name.to_string()))
}
