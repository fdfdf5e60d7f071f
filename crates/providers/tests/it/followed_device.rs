//! The follower, the client and the fake of Spotify together: a device that really is started, corrected and left
//! alone over HTTP, with a clock moved by hand.

use crate::scene::SpotifyScene;
use fakes::spotify_id;
use model::{Clock as _, TrackPosition, WallTime};
use providers::spotify::{
    DeviceView, Follower, FollowerCommand, FollowerSettings, FollowerState, NestView, Outcome, Step,
    SteppedBack,
};
use providers::{Result, Secret, Urgency};
use std::time::Duration;

struct Following {
    scene: SpotifyScene,
    access: Secret,
    follower: Follower,
}

fn uri(name: &str) -> String {
    format!("spotify:track:{}", spotify_id(name))
}

fn running(name: &str, started_at: WallTime) -> NestView {
    NestView::Running { uri: uri(name), started_at, duration: TrackPosition::from_millis(210_000) }
}

impl Following {
    async fn begin(name: &str) -> Self {
        let scene = SpotifyScene::begin();
        let access = scene.sign_in("ana").await.access;
        let now = scene.clock.wall();
        let nest = running(name, now);
        let follower = Follower::new("ana-computer".into(), FollowerSettings::default(), nest, now);
        Self { scene, access, follower }
    }

    fn now(&self) -> WallTime {
        self.scene.clock.wall()
    }

    async fn pass(&mut self, seconds: u64) {
        let end = self.now().plus(Duration::from_secs(seconds));
        let app = self.scene.app();
        while self.now() < end {
            match self.follower.step(self.now()) {
                Step::Wait { until } => self.scene.clock.advance(until.min(end).since(self.now())),
                Step::Look => match app.playback(&self.access, Urgency::Background).await {
                    Ok(state) => {
                        self.follower.observed(state.as_ref().map(DeviceView::from).as_ref(), self.now())
                    }
                    Err(error) => self.follower.look_failed(Outcome::of(&error), self.now()),
                },
                Step::Do { device, command } => {
                    let sent: Result<()> = match command {
                        FollowerCommand::Play { uri, position } => {
                            app.play(&self.access, &device, &uri, position).await
                        }
                        FollowerCommand::Seek { position } => app.seek(&self.access, &device, position).await,
                        FollowerCommand::Pause => app.pause(&self.access, &device).await,
                    };
                    let outcome = sent.as_ref().map_or_else(Outcome::of, |()| Outcome::Done);
                    self.follower.done(outcome, self.now());
                }
            }
        }
    }
}

#[tokio::test]
async fn a_real_client_keeps_a_device_in_step_and_leaves_it_to_its_owner() {
    let mut following = Following::begin("track1").await;
    following.pass(60).await;
    assert_eq!(following.follower.state(), FollowerState::InStep);
    let (heard, is_playing, position) = following.scene.fake.hears("ana").unwrap();
    assert_eq!((heard, is_playing), (uri("track1"), true));
    assert!((position.millis() - 60_000).abs() < 1500, "{position:?}");

    let now = following.now();
    following.follower.nest_changed(NestView::Paused { uri: uri("track1") }, now);
    following.pass(10).await;
    assert!(!following.scene.fake.hears("ana").unwrap().1);

    let now = following.now();
    following.follower.nest_changed(running("track5", now), now);
    following.pass(20).await;
    assert_eq!(following.scene.fake.hears("ana").unwrap().0, uri("track5"));

    following.scene.fake.plays_by_hand("ana", "ana-computer", &uri("long1"), TrackPosition::ZERO);
    following.pass(60).await;
    assert_eq!(following.follower.state(), FollowerState::SteppedBack(SteppedBack::OtherTrack));
    assert_eq!(following.scene.fake.hears("ana").unwrap().0, uri("long1"));
}

#[tokio::test]
async fn a_device_that_is_switched_off_is_waited_for_and_one_track_that_is_not_on_offer_is_skipped() {
    let mut following = Following::begin("track3").await;
    following.pass(60).await;
    assert_eq!(following.follower.state(), FollowerState::NotPlayable, "only in Sweden");
    assert_eq!(following.scene.fake.hears("ana"), None);

    following.scene.fake.switch("ana", "ana-computer", false);
    let now = following.now();
    following.follower.nest_changed(running("track1", now), now);
    following.pass(30).await;
    assert_eq!(following.follower.state(), FollowerState::NoDevice);
    following.scene.fake.switch("ana", "ana-computer", true);
    following.pass(60).await;
    assert_eq!(following.follower.state(), FollowerState::InStep);
    let refused = following.scene.fake.server.seen().iter().filter(|seen| seen.status == 404).count();
    assert!(refused <= 6, "{refused}");
}
