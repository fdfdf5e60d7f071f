//! The server watches itself: it looks at its own numbers and at its machine a few times a minute, and tells by webhook and
//! e-mail what somebody has to look at (the rules are those of `alerts`).
//!
//! Of the processes of one database one watches at a time: the one that serves, holds the lock in the data folder, and whose
//! name stands in the database with a lease. What it knows stands beside it: the next process goes on from there, so that
//! nothing is told twice and nothing is forgotten. A database that does not answer is told of by whoever watched before.

mod capacity;
mod deep;
mod glance;
mod machine;
mod page;
mod post;

pub(crate) use deep::Deep;
pub(crate) use page::Page;
pub use post::{Kept, STATE};

use crate::app::App;
use crate::lifecycle::Lifecycle;
use crate::limits;
use crate::routes::readiness;
use alerts::{Bounds, Memory, Numbers, Rule, Watch};
use capacity::Ledger;
use machine::Machine;
use post::Post;
use sinks::{Desk, Heartbeat};
use std::path::PathBuf;
use std::time::Duration;

/// What is watched, and who is told.
#[derive(Clone, Debug, Default)]
pub struct WatchingConfig {
    /// What is different from server to server.
    pub bounds: Bounds,
    /// Folders whose disks are watched, each with its name for people.
    pub places: Vec<(String, PathBuf)>,
    /// Where alerts go.
    pub ways: sinks::Options,
    /// Who this is among the machines of one database; empty: somebody new each time.
    pub holder: String,
    /// The file whose lock lets one process of this machine watch at a time; `None`: nobody else is here.
    pub lock: Option<PathBuf>,
}

impl WatchingConfig {
    /// All rules of this server.
    #[must_use]
    pub fn rules(&self) -> Vec<Rule> {
        alerts::rules(&self.bounds)
    }
}

/// Starts watching, and the heartbeat, for as long as the server runs.
///
/// # Errors
/// [`sinks::Error`] for ways that cannot be used.
pub fn watch(app: &App) -> Result<(), sinks::Error> {
    let mut watcher = Watcher::new(app)?;
    let life = app.lifecycle().clone();
    app.lifecycle().spawn(async move {
        while pause(&life, limits::WATCHED_EVERY).await {
            // A turn that is cut off by the end is gone on with by the next process.
            tokio::select! {
                () = life.stopping() => return,
                () = watcher.turn() => {}
            }
        }
    });
    let Some(heartbeat) = Heartbeat::open(&app.config().watching.ways)? else { return Ok(()) };
    let app = app.clone();
    let life = app.lifecycle().clone();
    app.lifecycle().clone().spawn(async move {
        tokio::select! {
            () = life.stopping() => {}
            () = keep_beating(&app, &heartbeat) => {}
        }
    });
    Ok(())
}

/// Waits; `false` when everything ends.
async fn pause(life: &Lifecycle, time: Duration) -> bool {
    tokio::select! {
        () = life.stopping() => false,
        () = tokio::time::sleep(time) => true,
    }
}

/// Says each minute that this server is well, and says nothing while it is not.
async fn keep_beating(app: &App, heartbeat: &Heartbeat) {
    let mut was_heard = true;
    loop {
        let is_well = app.lifecycle().is_serving() && readiness(app).await.iter().all(|check| check.ok);
        if is_well {
            let heard = heartbeat.beat().await;
            match &heard {
                Ok(()) => metrics::counter!("heartbeats_total").increment(1),
                Err(error) if was_heard => {
                    tracing::warn!(host = heartbeat.host(), %error, "the heartbeat was not heard");
                }
                Err(_) => {}
            }
            was_heard = heard.is_ok();
        }
        tokio::time::sleep(Heartbeat::EVERY).await;
    }
}

/// Whoever watches.
pub struct Watcher {
    app: App,
    rules: Vec<Rule>,
    memory: Memory,
    watch: Watch,
    desk: Desk,
    post: Post,
    ticks: Option<(u64, u64)>,
    capacity: Ledger,
    server: String,
}

impl Watcher {
    /// Somebody who has seen nothing yet.
    ///
    /// # Errors
    /// [`sinks::Error`] for ways that cannot be used.
    pub fn new(app: &App) -> Result<Self, sinks::Error> {
        let config = &app.config().watching;
        let rules = config.rules();
        let server = app.config().public_url.clone().unwrap_or_else(|| app.config().name.clone());
        Ok(Self {
            app: app.clone(),
            memory: Memory::new(&rules),
            rules,
            watch: Watch::default(),
            desk: Desk::new(sinks::open(&config.ways)?),
            post: Post::new(app),
            ticks: None,
            capacity: Ledger::default(),
            server: server.trim_start_matches("https://").to_owned(),
        })
    }

    /// Looks once, and tells what is to be told.
    pub async fn turn(&mut self) {
        let machine = look_at_machine(&self.app).await;
        let processor_share = self.processor_share(&machine);
        self.capacity.note(&self.app, &machine, processor_share).await;
        let numbers = self.numbers(&machine, processor_share).await;
        let (now, instant) = (self.app.now(), self.app.clock().instant());
        self.memory.note(Duration::from_micros(instant.micros()), &numbers);
        if !self.app.lifecycle().is_serving() {
            self.post.leave();
        }
        if !self.app.lifecycle().is_serving() || !self.post.hold(now, &mut self.watch).await {
            self.show(|_| 0);
            return;
        }
        let seen = alerts::look(&self.rules, now, &numbers, &self.memory);
        self.watch.observe(now, limits::WATCHED_EVERY, &self.rules, &seen);
        let names: Vec<&str> = self.desk.sinks().iter().map(sinks::Sink::name).collect();
        self.watch.keep_receivers(&names);
        self.show(|rule| self.watch.firing(rule));
        // Written down before it is told: whoever comes next knows of it. And after: they know who was told.
        self.post.write(now, &self.watch).await;
        if self.post.is_held()
            && self.desk.tell(&mut self.watch, &self.rules, &self.server, now, instant).await
        {
            self.post.write(self.app.now(), &self.watch).await;
        }
    }

    /// How busy the machine's processors were since somebody last looked.
    fn processor_share(&mut self, machine: &Machine) -> Option<f64> {
        let before = std::mem::replace(&mut self.ticks, machine.ticks);
        let ((busy, all), (busy_then, all_then)) = (machine.ticks?, before?);
        let passed = all.saturating_sub(all_then);
        (passed > 0).then(|| busy.saturating_sub(busy_then) as f64 / passed as f64)
    }

    /// What is known now: the process's own numbers, and what is measured here, which is told to Prometheus too.
    async fn numbers(&self, machine: &Machine, processor_share: Option<f64>) -> Numbers {
        self.app.metrics().run_upkeep();
        let mut numbers = Numbers::read(&self.rules, &self.app.metrics().render());
        let one = |value: f64| [(String::new(), value)];
        if let Some(share) = processor_share {
            metrics::gauge!("machine_processor_share").set(share);
            numbers.set("machine_processor_share", one(share));
        }
        if let Some(share) = machine.memory_share {
            metrics::gauge!("machine_memory_share").set(share);
            numbers.set("machine_memory_share", one(share));
        }
        for disk in &machine.disks {
            metrics::gauge!("disk_free_share", "place" => disk.name.clone()).set(disk.free_share);
            metrics::gauge!("disk_free_bytes", "place" => disk.name.clone()).set(disk.free_bytes as f64);
        }
        let shares = machine.disks.iter().map(|disk| (disk.name.clone(), disk.free_share));
        numbers.set("disk_free_share", shares);
        let database = self.app.database();
        let ping = tokio::time::timeout(limits::DATABASE_ANSWER_TIME_MAX, database.ping()).await;
        let answers = f64::from(u8::from(matches!(ping, Ok(Ok(())))));
        metrics::gauge!("database_answers").set(answers);
        numbers.set("database_answers", one(answers));
        let stalled = database::jobs::stalled(database, self.app.now());
        if let Ok(Ok(stalled)) = tokio::time::timeout(limits::DATABASE_ANSWER_TIME_MAX, stalled).await {
            metrics::gauge!("jobs_stalled_seconds").set(stalled.as_secs_f64());
            numbers.set("jobs_stalled_seconds", one(stalled.as_secs_f64()));
        }
        numbers
    }

    /// Tells Prometheus, and whoever draws a page, what is told to others.
    fn show(&self, firing: impl Fn(&str) -> usize) {
        for rule in &self.rules {
            metrics::gauge!("rookery_alert_firing", "rule" => rule.name).set(firing(rule.name) as f64);
        }
    }
}

/// Reads of the machine, where a disk that hangs holds nobody up.
async fn look_at_machine(app: &App) -> Machine {
    let places = app.config().watching.places.clone();
    let read = tokio::task::spawn_blocking(move || machine::read(&places));
    tokio::time::timeout(limits::MACHINE_ANSWER_TIME_MAX, read)
        .await
        .ok()
        .and_then(Result::ok)
        .unwrap_or_default()
}
