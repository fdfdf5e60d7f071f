//! The task of one device that follows a nest: it looks at the nest, asks the follower what to do, does it with the
//! person's account, and tells how it went. It ends when the person leaves the nest, lets the device go, or nothing can
//! be done any more.

use super::SourceFault;
use super::account::{self, PROVIDER};
use crate::app::App;
use crate::error::{Error, Result};
use crate::limits;
use crate::nests::Room;
use crate::server_channel;
use database::accounts;
use model::{Channel, MemberId, TrackSource, WallTime};
use nest::{Nest, Playback};
use protocol::http::{Following, FollowingState};
use providers::Urgency;
use providers::spotify::{
    DeviceView, Follower, FollowerCommand, FollowerSettings, FollowerState, NestView, Outcome, PlaybackState,
    Step, SteppedBack, SwitchedOff,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{mpsc, watch};

/// Which device shall follow.
#[derive(Clone, Debug)]
pub(super) struct Order {
    pub(super) device: String,
    pub(super) device_name: String,
}

/// What a nest plays, for somebody who has Spotify and a browser.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Heard {
    on_device: NestView,
    /// Why the device is silent, if it is.
    otherwise: FollowingState,
}

pub(super) struct Task {
    app: App,
    member: MemberId,
    channel: Channel,
    nest: watch::Receiver<Arc<Nest>>,
    order: Order,
    orders: mpsc::Receiver<Order>,
    shown: watch::Sender<Following>,
    follower: Follower,
    heard: Heard,
    /// The person has not been seen since the server started, nor shortly before: nothing is commanded until they are.
    waits_for_person: bool,
    /// Since when the person has not listened.
    away_since: Option<WallTime>,
    /// Whether it is written down that the account pays.
    is_premium_noted: bool,
}

/// The ways into a task and out of it.
pub(super) struct Ways {
    pub(super) orders: mpsc::Receiver<Order>,
    pub(super) shown: watch::Sender<Following>,
}

/// What wakes the task.
enum Wake {
    Later,
    NestMoved,
    Ordered(Order),
    Over,
}

impl Task {
    pub(super) fn new(
        app: &App,
        room: &Room,
        member: MemberId,
        order: Order,
        Ways { orders, shown }: Ways,
        is_there: bool,
    ) -> Self {
        let nest = room.watch();
        let heard = heard(&nest.borrow());
        let settings = FollowerSettings::default();
        let on_device = heard.on_device.clone();
        let follower = Follower::new(order.device.clone(), settings, on_device, app.now());
        let (app, channel) = (app.clone(), room.channel());
        Self {
            app,
            member,
            channel,
            nest,
            order,
            orders,
            shown,
            follower,
            heard,
            away_since: None,
            waits_for_person: !is_there,
            is_premium_noted: false,
        }
    }

    /// Follows until there is an end to it; when the person was there last, if they ever were.
    pub(super) async fn run(mut self) -> Option<WallTime> {
        tracing::debug!(member = %self.member, channel = %self.channel, "a device follows");
        loop {
            let now = self.app.now();
            let step = if self.waits_for_person {
                Step::Wait { until: now.plus(limits::FOLLOWING_PRESENCE_EVERY) }
            } else {
                self.follower.step(now)
            };
            match step {
                Step::Do { device, command } => {
                    let outcome = self.command(device, command).await;
                    self.follower.done(outcome, self.app.now());
                }
                Step::Look => self.look().await,
                Step::Wait { until } => match self.wait(until.since(now)).await {
                    Wake::Later => {}
                    Wake::NestMoved => self.nest_moved(),
                    Wake::Ordered(order) => {
                        self.waits_for_person = false;
                        self.follower.follow(order.device.clone(), self.app.now());
                        self.order = order;
                    }
                    Wake::Over => break,
                },
            }
            // What happened while Spotify was asked.
            if self.nest.has_changed().unwrap_or(true) {
                self.nest_moved();
            }
            self.show();
            if self.has_left() {
                break;
            }
        }
        tracing::debug!(member = %self.member, channel = %self.channel, "a device follows no longer");
        (!self.waits_for_person).then(|| self.away_since.unwrap_or(self.app.now()))
    }

    async fn wait(&mut self, wait: Duration) -> Wake {
        let wait = wait.min(limits::FOLLOWING_PRESENCE_EVERY);
        tokio::select! {
            biased;
            () = self.app.lifecycle().stopping() => Wake::Over,
            order = self.orders.recv() => order.map_or(Wake::Over, Wake::Ordered),
            changed = self.nest.changed() => if changed.is_ok() { Wake::NestMoved } else { Wake::Over },
            () = tokio::time::sleep(wait) => Wake::Later,
        }
    }

    fn nest_moved(&mut self) {
        let heard = heard(&self.nest.borrow_and_update());
        if heard != self.heard {
            self.follower.nest_changed(heard.on_device.clone(), self.app.now());
            self.heard = heard;
        }
    }

    async fn command(&mut self, device: String, command: FollowerCommand) -> Outcome {
        let sent = account::with(&self.app, self.member, move |client, access| {
            let (device, command) = (device.clone(), command.clone());
            async move {
                match command {
                    FollowerCommand::Play { uri, position } => {
                        client.play(&access, &device, &uri, position).await
                    }
                    FollowerCommand::Seek { position } => client.seek(&access, &device, position).await,
                    FollowerCommand::Pause => client.pause(&access, &device).await,
                }
            }
        });
        let outcome = outcome(sent.await);
        if outcome == Outcome::Done && !self.is_premium_noted {
            let noted = accounts::set_premium(self.app.database(), self.member, PROVIDER, true).await;
            self.is_premium_noted = noted.is_ok();
        }
        outcome
    }

    async fn look(&mut self) {
        let looked: Result<Option<PlaybackState>> =
            account::with(&self.app, self.member, |client, access| async move {
                client.playback(&access, Urgency::Background).await
            })
            .await;
        let now = self.app.now();
        match looked {
            Ok(state) => self.follower.observed(state.as_ref().map(DeviceView::from).as_ref(), now),
            Err(error) => self.follower.look_failed(outcome(Err(error)), now),
        }
    }

    /// Whether the person has been gone for a while: a page that is loaded again comes back.
    fn has_left(&mut self) -> bool {
        let now = self.app.now();
        if self.app.hub().listens(self.channel, &self.member.to_string()) {
            self.away_since = None;
            self.waits_for_person = false;
            return false;
        }
        now.since(*self.away_since.get_or_insert(now)) >= limits::FOLLOWING_AWAY_MAX
    }

    fn show(&self) {
        let state = match self.follower.state() {
            FollowerState::Waiting => self.heard.otherwise,
            FollowerState::Starting => FollowingState::Starting,
            FollowerState::InStep => FollowingState::InStep,
            FollowerState::NoDevice => FollowingState::NoDevice,
            FollowerState::NotPlayable => FollowingState::NotPlayable,
            FollowerState::Unreachable => FollowingState::Unreachable,
            FollowerState::SteppedBack(why) => match why {
                SteppedBack::Paused => FollowingState::TakenOverPaused,
                SteppedBack::Resumed => FollowingState::TakenOverResumed,
                SteppedBack::OtherTrack => FollowingState::TakenOverOtherTrack,
                SteppedBack::Jumped => FollowingState::TakenOverJumped,
                SteppedBack::OtherDevice => FollowingState::TakenOverOtherDevice,
            },
            FollowerState::Off(why) => match why {
                SwitchedOff::PremiumRequired => FollowingState::EndedPremiumRequired,
                SwitchedOff::SignInAgain => FollowingState::EndedSignInAgain,
                SwitchedOff::DeviceRefuses => FollowingState::EndedDeviceRefuses,
            },
        };
        let following = shown(&self.order, state);
        let is_new = self.shown.send_if_modified(|known| {
            let is_new = *known != following;
            *known = following.clone();
            is_new
        });
        if is_new && let Channel::Nest(code) = self.channel {
            server_channel::device_changed(&self.app, self.member, code, Some(following));
        }
    }
}

/// What an answer means to the follower.
fn outcome(answer: Result<()>) -> Outcome {
    match answer {
        Ok(()) => Outcome::Done,
        Err(Error::Source(SourceFault::Service(error))) => Outcome::of(&error),
        Err(Error::Source(SourceFault::NotConnected(_))) => Outcome::SignInAgain,
        Err(error) => {
            tracing::debug!(%error, "a device could not be steered");
            Outcome::Unreachable
        }
    }
}

/// What of a nest is heard on a device: songs of Spotify that the library has not got.
fn heard(nest: &Nest) -> Heard {
    let silent = |otherwise| Heard { on_device: NestView::Silent, otherwise };
    let Some(playing) = nest.playing() else { return silent(FollowingState::NestSilent) };
    let track = &playing.entry.track;
    let uri = match track.source {
        _ if track.library_match.is_some() => return silent(FollowingState::LibraryPlays),
        TrackSource::Library => return silent(FollowingState::LibraryPlays),
        TrackSource::YouTube(_) | TrackSource::SoundCloud(_) => {
            return silent(FollowingState::OtherServicePlays);
        }
        TrackSource::Spotify(_) | TrackSource::SpotifyEpisode(_) => track.source.to_string(),
    };
    match playing.playback {
        Playback::Running { started_at } => Heard {
            on_device: NestView::Running { uri, started_at, duration: track.duration },
            otherwise: FollowingState::Waiting,
        },
        Playback::Paused { .. } => {
            Heard { on_device: NestView::Paused { uri }, otherwise: FollowingState::NestSilent }
        }
    }
}

/// A state with its words.
pub(super) fn shown(order: &Order, state: FollowingState) -> Following {
    use FollowingState as S;
    let detail = match state {
        S::Waiting => "the device is about to be started",
        S::NestSilent => "nothing plays in the nest",
        S::LibraryPlays => "this song is heard here, from the library",
        S::OtherServicePlays => "this song is heard here, from another service",
        S::Starting => "the song was started",
        S::InStep => "in step",
        S::NoDevice => "the device is not to be found: open Spotify on it and play something for a moment",
        S::NotPlayable => "this song cannot be played on your account; the next one will be tried",
        S::Unreachable => "Spotify does not answer; it is tried again",
        S::TakenOverPaused => "you paused; choose the device again to go on",
        S::TakenOverResumed => "you played on while the nest was paused; choose the device again to go on",
        S::TakenOverOtherTrack => "you play something else; choose the device again to go on",
        S::TakenOverJumped => "you jumped within the song; choose the device again to go on",
        S::TakenOverOtherDevice => "you play on another device; choose that one to go on there",
        S::EndedPremiumRequired => "Spotify lets only Premium accounts be steered from elsewhere",
        S::EndedSignInAgain => "your account has to be connected again",
        S::EndedDeviceRefuses => "the device takes no commands from elsewhere: choose another",
    };
    let Order { device, device_name } = order.clone();
    Following { device, device_name, state, detail: detail.to_owned() }
}
