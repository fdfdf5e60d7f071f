//! Where everything comes together: news of the connection become what the output follows and what is shown.

use crate::ListenError;
use crate::clock::ServerClock;
use crate::connection::{Link, Listener, News, Wish, local_ms};
use crate::lines::Lines;
use crate::output::{Following, Sounding, Status};
use crate::view::{Asked, View};
use model::Clock;
use protocol::http::NestState;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::sync::watch;

/// How often what is shown is looked at though nothing was told: positions move.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What there is to show.
pub(crate) struct Scene {
    pub(crate) link: Link,
    pub(crate) nest: Option<Arc<NestState>>,
    pub(crate) listeners: Vec<Listener>,
    pub(crate) status: Status,
    /// The server's time in milliseconds, once it is known.
    pub(crate) server_ms: Option<f64>,
    /// The most by which it can be wrong.
    pub(crate) clock_error_ms: Option<f64>,
}

/// How it is shown.
pub(crate) enum Face {
    View(Box<View>),
    Lines(Lines),
}

pub(crate) struct Desk {
    face: Face,
    clock: Arc<dyn Clock>,
    server_clock: ServerClock,
    following: watch::Sender<Following>,
    wishes: Sender<Wish>,
    scene: Scene,
}

impl Desk {
    pub(crate) fn new(
        face: Face,
        clock: Arc<dyn Clock>,
        following: watch::Sender<Following>,
        wishes: Sender<Wish>,
        volume_percent: u8,
    ) -> Self {
        following.send_modify(|following| following.volume_percent = volume_percent);
        let status = Status { sounding: Sounding::Off, name: String::new(), latency_ms: None };
        let scene = Scene {
            link: Link::Connecting,
            nest: None,
            listeners: Vec::new(),
            status,
            server_ms: None,
            clock_error_ms: None,
        };
        Self { face, clock, server_clock: ServerClock::default(), following, wishes, scene }
    }

    /// Shows what is told until it tells no more.
    ///
    /// # Errors
    /// If nothing can be shown any more.
    pub(crate) async fn run(
        mut self,
        mut news: Receiver<News>,
        mut status: watch::Receiver<Status>,
    ) -> Result<(), ListenError> {
        let mut look = tokio::time::interval(LOOK_EVERY);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        loop {
            tokio::select! {
                told = news.recv() => match told {
                    Some(told) => self.take(told)?,
                    None => return Ok(()),
                },
                Ok(()) = status.changed() => {
                    let told = status.borrow_and_update().clone();
                    self.status(told)?;
                }
                asked = key(&mut self.face, self.scene.nest.as_deref()) => {
                    if self.ask(asked) {
                        return Ok(());
                    }
                }
                _ = look.tick() => {}
            }
            self.show()?;
        }
    }

    fn take(&mut self, news: News) -> Result<(), ListenError> {
        match news {
            News::Link(link) => self.scene.link = link,
            News::Nest(nest) => {
                self.following.send_modify(|following| following.nest = Some(Arc::clone(&nest)));
                self.scene.nest = Some(nest);
            }
            News::Listeners(listeners) => self.scene.listeners = listeners,
            News::Sample(sample) => {
                self.server_clock.add(&sample);
                let timeline = self.server_clock.timeline();
                self.following.send_modify(|following| following.timeline = timeline);
            }
            News::Refused(why) => match &mut self.face {
                Face::View(view) => view.say(&why),
                Face::Lines(lines) => lines.error(&why, self.scene.server_ms)?,
            },
        }
        Ok(())
    }

    fn status(&mut self, told: Status) -> Result<(), ListenError> {
        self.scene.status = told;
        if let (Face::View(view), Sounding::Trouble { .. }) = (&mut self.face, &self.scene.status.sounding) {
            // Sound libraries write of their troubles on the terminal.
            view.clear()?;
        }
        Ok(())
    }

    /// Does what a key asked; true if that is the end.
    fn ask(&mut self, asked: Asked) -> bool {
        match asked {
            Asked::Nothing => {}
            Asked::Quit => return true,
            Asked::Volume(percent) => {
                self.following.send_modify(|following| following.volume_percent = percent)
            }
            Asked::Recall => self.following.send_modify(|following| following.recalls += 1),
            Asked::Vote { entry, direction } => {
                let is_sent = self.scene.link == Link::Connected
                    && self.wishes.try_send(Wish::Vote { entry, direction }).is_ok();
                if let (false, Face::View(view)) = (is_sent, &mut self.face) {
                    view.say("there is no connection to vote over");
                }
            }
        }
        false
    }

    fn show(&mut self) -> Result<(), ListenError> {
        let now_ms = local_ms(&*self.clock);
        self.scene.server_ms = self.server_clock.timeline().map(|timeline| timeline.server_at(now_ms));
        self.scene.clock_error_ms = self.server_clock.error_bound_ms(now_ms);
        match &mut self.face {
            Face::View(view) => view.show(&self.scene),
            Face::Lines(lines) => lines.show(&self.scene),
        }
    }
}

/// What the next key asks; without a view there are no keys.
async fn key(face: &mut Face, nest: Option<&NestState>) -> Asked {
    match face {
        Face::View(view) => view.key(nest).await,
        Face::Lines(_) => std::future::pending().await,
    }
}
