//! What people do, each in the way they are there: at a browser, with a bot, at EchoNest's client, on the socket.

use super::cast::{ADA, BO, CAPITAL_BO, DAN, EVE, HAL, Way};
use super::stage::Evening;
use super::view::position_ms;
use crate::echonest_socket::Socket;
use protocol::http::{Contributor, Ordering, Playback};
use serde_json::{Value, json};
use testkit::Actor;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    Add,
    Vote,
    Jam,
    Comment,
    Horn,
    Volume,
    Remove,
    Restore,
    Clear,
    Skip,
    Seek,
    PauseOrResume,
}

/// So many wait at most, so that songs come to their turn.
const QUEUE_MAX: usize = 24;
/// Who may pause, skip, seek and clear.
const IN_CONTROL: [usize; 5] = [ADA, BO, DAN, EVE, HAL];
const SAID: [&str; 4] = [
    "left || right",
    "<script>alert('x')</script>",
    "👩‍👩‍👧 שלום עולם",
    "{\"json\": [1]} $1 %s ; drop table plays; --",
];
const SOUNDS: [&str; 4] = ["duck", "gong", "fanfare", "air_horn"];

impl Evening {
    /// Does one thing of the menu, if it can be done now, and looks at what came of it.
    pub fn act(&mut self, menu: &[(Act, u64)]) {
        let all = menu.iter().map(|(_, weight)| weight).sum();
        let mut drawn = self.draw(all);
        let chosen = menu.iter().find(|(_, weight)| {
            let here = drawn < *weight;
            drawn = drawn.saturating_sub(*weight);
            here
        });
        // A pause does not last.
        let is_paused = self
            .state()
            .playing
            .as_ref()
            .is_some_and(|playing| matches!(playing.playback, Playback::Paused { .. }));
        let act = chosen.expect("the weights sum up").0;
        match if is_paused && self.draw(2) == 0 { Act::PauseOrResume } else { act } {
            Act::Add => self.add(),
            Act::Vote => self.vote(),
            Act::Jam => self.jam(),
            Act::Comment => self.comment(),
            Act::Horn => self.horn(),
            Act::Volume => {
                let percent = self.draw(101);
                let who = self.pick(&IN_CONTROL);
                self.command(who, "volume", json!({"percent": percent}));
            }
            Act::Remove => self.remove(),
            Act::Restore => self.restore(),
            Act::Clear => self.clear(),
            Act::Skip => self.skip(),
            Act::Seek => self.seek(),
            Act::PauseOrResume => self.pause_or_resume(),
        }
        self.observe();
    }

    /// A command in the way that this person gives commands; it is accepted.
    pub fn command(&mut self, who: usize, verb: &str, body: Value) -> Value {
        if who == DAN {
            return self.talker.call(verb, body).unwrap_or_else(|why| panic!("{verb}: {why}"));
        }
        self.cast.people[who].way.command(verb, body).ok()
    }

    fn anybody(&mut self) -> usize {
        self.draw(self.cast.people.len() as u64) as usize
    }

    fn add(&mut self) {
        if self.state().queue.len() >= QUEUE_MAX {
            return;
        }
        // Both who are called Bo come often.
        let who = if self.draw(4) == 0 { self.pick(&[BO, CAPITAL_BO]) } else { self.anybody() };
        let song = match self.draw(10) {
            0..7 => json!({"track_id": self.pick(&self.library.clone())}),
            _ => json!({"source": self.pick(&self.elsewhere.clone())}),
        };
        let entry = match &self.cast.people[who].way {
            Way::Client(client) => {
                let own = song["track_id"].as_str().map(|id| format!("rookery:track:{id}"));
                let uri = own.unwrap_or_else(|| self.elsewhere[0].clone());
                let done = client.post("/api/add_song", json!({"track_uri": uri})).ok();
                done["id"].as_str().unwrap().parse().unwrap()
            }
            _ => self.command(who, "add", song)["entry"].as_u64().unwrap(),
        };
        let by = self.cast.people[who].id.clone();
        self.ledger.added(entry, &by);
    }

    fn some_queued(&mut self) -> Option<u64> {
        let ids: Vec<u64> = self.state().queue.iter().map(|entry| entry.id).collect();
        (!ids.is_empty()).then(|| self.pick(&ids))
    }

    /// Up, down, or taken back; whatever they voted before.
    fn vote(&mut self) {
        let Some(entry) = self.some_queued() else { return };
        let who = self.anybody();
        let queued = self.state().queue.iter().find(|queued| queued.id == entry).unwrap();
        let is_own =
            matches!(&queued.added_by, Contributor::Person { id, .. } if *id == self.cast.people[who].id);
        if is_own && self.state().settings.ordering == Ordering::MostVotes {
            return;
        }
        // One's own can only be sent down.
        let direction = if is_own { "down" } else { self.pick(&["up", "up", "down", "none"]) };
        match &self.cast.people[who].way {
            Way::Client(client) if direction != "none" => {
                let body = json!({"id": entry.to_string(), "up": direction == "up"});
                client.post("/api/queue/vote", body).ok();
            }
            _ => drop(self.command(who, "vote", json!({"entry": entry, "direction": direction}))),
        }
    }

    fn jam(&mut self) {
        let playing = self.state().playing.iter().map(|playing| &playing.entry);
        let entries: Vec<_> = self.state().queue.iter().chain(playing).cloned().collect();
        if entries.is_empty() {
            return;
        }
        let (entry, who) = (self.pick(&entries), self.anybody());
        let is_on = entry.jams.iter().any(|jam| jam.by == self.cast.people[who].id);
        self.command(who, "jam", json!({"entry": entry.id, "on": !is_on}));
    }

    fn comment(&mut self) {
        let playing = self.state().playing.as_ref().map(|playing| playing.entry.id);
        let Some(entry) = (if self.draw(2) == 0 { playing } else { self.some_queued() }) else { return };
        let (who, text) = (self.anybody(), self.pick(&SAID));
        self.command(who, "comment", json!({"entry": entry, "text": text}));
        self.ledger.told("commented");
    }

    fn horn(&mut self) {
        if self.state().playing.is_none() {
            return;
        }
        let (who, sound) = (self.anybody(), self.pick(&SOUNDS));
        self.command(who, "horn", json!({"sound": sound}));
        self.ledger.told("horn");
    }

    fn remove(&mut self) {
        let Some(entry) = self.some_queued() else { return };
        let queued = self.state().queue.iter().find(|queued| queued.id == entry).unwrap();
        let owner = match &queued.added_by {
            Contributor::Person { id, .. } => self.cast.people.iter().position(|person| person.id == *id),
            Contributor::Autofill => None,
        };
        let owner = owner.filter(|who| !matches!(self.cast.people[*who].way, Way::Client(_)));
        let who = owner.unwrap_or(ADA);
        self.command(who, "remove", json!({"entry": entry}));
        self.ledger.told("removed");
    }

    /// The last thing that was taken out comes back, if that is not too long ago.
    fn restore(&mut self) {
        let taken = self.ledger.taken_out(self.house.now_ms());
        let taken: Vec<_> =
            taken.into_iter().filter(|id| self.state().queue.iter().all(|entry| entry.id != *id)).collect();
        if let Some(entry) = taken.last() {
            self.command(ADA, "restore", json!({"entry": entry}));
        }
    }

    fn clear(&mut self) {
        if !self.state().queue.is_empty() {
            self.command(BO, "clear", json!({}));
            self.ledger.told("cleared");
            if self.draw(2) == 0 {
                self.command(BO, "restore", json!({"entry": null}));
            }
        }
    }

    /// Somebody still has the old page open: what they do there is done, and what is typed is kept whole.
    pub fn opens_the_old_page(&mut self) {
        let entries: Vec<String> = self.state().queue.iter().map(|entry| entry.id.to_string()).collect();
        let hal = self.cast.browser(HAL).clone();
        let mut page = Socket::open(&hal, "/socket/");
        page.wait_for("playlist_update");
        if let Some(entry) = entries.first() {
            page.send(json!(["add_comment", entry, "somebody@else", "one || two"]));
            self.ledger.told("commented");
            let has_it = |row: &Value| {
                let comments = row["comments"].as_array().unwrap();
                row["id"] == **entry && comments.last().is_some_and(|it| it["body"] == "one || two")
            };
            while !page.wait_for("playlist_update")[0].as_array().unwrap().iter().any(has_it) {}
        }
        if self.state().playing.is_some() {
            page.send(json!(["airhorn", "reemix"]));
            assert_eq!(page.wait_for("do_airhorn"), ["0.4", "reemix"]);
            self.ledger.told("horn");
        }
        self.observe();
    }

    pub fn skip(&mut self) {
        let Some(playing) = self.state().playing.as_ref().map(|playing| playing.entry.id) else { return };
        let who = self.pick(&IN_CONTROL);
        self.command(who, "skip", json!({"entry": playing}));
        self.ledger.told("skipped");
    }

    fn seek(&mut self) {
        let Some(playing) = self.state().playing.clone() else { return };
        let to = self.draw(playing.entry.track.duration_ms as u64 / 2) as i64;
        let who = self.pick(&IN_CONTROL);
        self.command(who, "seek", json!({"position_ms": to}));
        self.ledger.told("seeked");
        self.observe();
        let now = self.house.now_ms();
        let is = position_ms(self.state().playing.as_ref().unwrap(), now);
        let lead = if matches!(playing.playback, Playback::Paused { .. }) { 0 } else { 400 };
        assert!((is + lead - to).abs() <= 1, "sought {to}, is at {is}");
    }

    fn pause_or_resume(&mut self) {
        let Some(playing) = &self.state().playing else { return };
        let is_paused = matches!(playing.playback, Playback::Paused { .. });
        let who = self.pick(&IN_CONTROL);
        match is_paused {
            true => self.command(who, "resume", json!({})),
            false => self.command(who, "pause", json!({})),
        };
        self.ledger.told(if is_paused { "resumed" } else { "paused" });
    }
}
