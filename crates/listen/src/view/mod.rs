//! The full-screen view of a terminal.
//!
//! `draw` makes the picture, `keys` knows what a key means; both are pure. Here are the terminal and what the person has
//! in hand: what is selected, how loud, which way they voted.

mod draw;
mod keys;

use crate::ListenError;
use crate::desk::Scene;
use crossterm::event::{Event, KeyEvent, poll, read};
use keys::{Deed, deed};
use protocol::http::{NestState, VoteDirection};
use ratatui::DefaultTerminal;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Keys that wait; more are dropped.
const KEYS_MAX: usize = 64;
/// How often the thread of the keys looks whether it should end.
const KEYS_LOOK: Duration = Duration::from_millis(100);

/// What the person has in hand.
pub(crate) struct Hand {
    colour: bool,
    muted: bool,
    volume_percent: u8,
    /// The selected entry; it stays selected when it moves.
    selected: Option<u64>,
    /// Where it was, for when it is gone.
    selected_at: usize,
    votes: BTreeMap<u64, VoteDirection>,
    message: Option<String>,
}

/// What a key asks of the rest.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Asked {
    /// Only the picture changes.
    Nothing,
    Quit,
    /// This loud, 0 to 100.
    Volume(u8),
    Vote {
        entry: u64,
        direction: VoteDirection,
    },
    Recall,
}

impl Hand {
    fn new(volume_percent: u8, colour: bool) -> Self {
        Self {
            colour,
            muted: false,
            volume_percent,
            selected: None,
            selected_at: 0,
            votes: BTreeMap::new(),
            message: None,
        }
    }

    /// The place of the selected entry.
    fn selected(&self, nest: &NestState) -> Option<usize> {
        let last = nest.queue.len().checked_sub(1)?;
        let found = self.selected.and_then(|id| nest.queue.iter().position(|entry| entry.id == id));
        Some(found.unwrap_or(self.selected_at.min(last)))
    }

    /// Selects an entry.
    fn select(&mut self, at: usize, id: u64) {
        (self.selected_at, self.selected) = (at, Some(id));
    }

    /// Which way was voted here: up or down.
    fn voted(&self, entry: u64) -> Option<bool> {
        match self.votes.get(&entry)? {
            VoteDirection::Up => Some(true),
            VoteDirection::Down => Some(false),
            VoteDirection::None => None,
        }
    }

    fn take(&mut self, deed: Deed, nest: Option<&NestState>) -> Asked {
        self.message = None;
        match deed {
            Deed::Quit => Asked::Quit,
            Deed::Recall => Asked::Recall,
            Deed::Mute => {
                self.muted = !self.muted;
                Asked::Volume(if self.muted { 0 } else { self.volume_percent })
            }
            Deed::Louder(by) => {
                self.muted = false;
                self.volume_percent = self.volume_percent.saturating_add_signed(by).min(100);
                Asked::Volume(self.volume_percent)
            }
            Deed::Select(by) => {
                let place = nest.and_then(|nest| Some((nest, self.selected(nest)?)));
                if let Some((nest, at)) = place {
                    let last = nest.queue.len() as i64 - 1;
                    // The first press shows what is selected.
                    let by = if self.selected.is_none() { 0 } else { i64::from(by) };
                    let to = (at as i64 + by).clamp(0, last) as usize;
                    self.select(to, nest.queue[to].id);
                }
                Asked::Nothing
            }
            Deed::Vote(direction) => {
                let entry = nest.and_then(|nest| Some(nest.queue[self.selected(nest)?].id));
                let Some(entry) = entry else { return Asked::Nothing };
                let direction =
                    if self.votes.get(&entry) == Some(&direction) { VoteDirection::None } else { direction };
                self.votes.insert(entry, direction);
                Asked::Vote { entry, direction }
            }
        }
    }
}

/// A terminal that is ours until this is dropped.
pub(crate) struct View {
    terminal: DefaultTerminal,
    keys: Receiver<Option<KeyEvent>>,
    _reader: KeyReader,
    hand: Hand,
}

impl View {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// [`ListenError::Terminal`].
    pub(crate) fn open(volume_percent: u8, colour: bool) -> Result<Self, ListenError> {
        let terminal = ratatui::try_init().map_err(ListenError::Terminal)?;
        let (send, keys) = channel(KEYS_MAX);
        let reader = KeyReader::start(send).map_err(ListenError::Terminal)?;
        Ok(Self { terminal, keys, _reader: reader, hand: Hand::new(volume_percent, colour) })
    }

    /// The next key that means something; `None` asks to draw again. A terminal that is gone quits.
    pub(crate) async fn key(&mut self, nest: Option<&NestState>) -> Asked {
        match self.keys.recv().await {
            Some(Some(key)) => deed(&key).map_or(Asked::Nothing, |deed| self.hand.take(deed, nest)),
            Some(None) => Asked::Nothing,
            None => Asked::Quit,
        }
    }

    /// Says something to the person.
    pub(crate) fn say(&mut self, message: &str) {
        self.hand.message = Some(message.to_owned());
    }

    /// Draws.
    ///
    /// # Errors
    /// [`ListenError::Terminal`].
    pub(crate) fn show(&mut self, scene: &Scene) -> Result<(), ListenError> {
        let hand = &self.hand;
        self.terminal.draw(|frame| draw::draw(frame, scene, hand)).map_err(ListenError::Terminal)?;
        Ok(())
    }

    /// Draws everything anew at the next look: something else may have written on the terminal.
    ///
    /// # Errors
    /// [`ListenError::Terminal`].
    pub(crate) fn clear(&mut self) -> Result<(), ListenError> {
        self.terminal.clear().map_err(ListenError::Terminal)
    }
}

impl Drop for View {
    fn drop(&mut self) {
        ratatui::restore();
    }
}

/// The thread that reads keys: a terminal is read by waiting.
struct KeyReader {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl KeyReader {
    fn start(keys: Sender<Option<KeyEvent>>) -> std::io::Result<Self> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::Builder::new().name("keys".to_owned()).spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                match poll(KEYS_LOOK).and_then(|is_there| if is_there { read().map(Some) } else { Ok(None) })
                {
                    Ok(Some(Event::Key(key))) => drop(keys.try_send(Some(key))),
                    Ok(Some(Event::Resize(..))) => drop(keys.try_send(None)),
                    Ok(_) => {}
                    Err(_) => return,
                }
            }
        })?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for KeyReader {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the keys had failed");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::follow::tests::{entry, nest};

    #[test]
    fn the_same_vote_again_takes_it_back_and_the_selected_entry_stays_selected() {
        let mut state = nest(None, vec![entry(1, 1), entry(2, 1), entry(3, 1)]);
        let mut hand = Hand::new(50, true);
        hand.take(Deed::Select(1), Some(&state));
        hand.take(Deed::Select(1), Some(&state));
        let up = VoteDirection::Up;
        assert_eq!(hand.take(Deed::Vote(up), Some(&state)), Asked::Vote { entry: 2, direction: up });
        assert_eq!(hand.voted(2), Some(true));
        state.queue.swap(0, 1);
        assert_eq!(hand.selected(&state), Some(0));
        let back = Asked::Vote { entry: 2, direction: VoteDirection::None };
        assert_eq!(hand.take(Deed::Vote(up), Some(&state)), back);
        state.queue.remove(0);
        assert_eq!(hand.selected(&state), Some(1), "what stands where it stood");
        state.queue.clear();
        assert_eq!(hand.take(Deed::Vote(up), Some(&state)), Asked::Nothing);
        assert_eq!(hand.take(Deed::Select(1), Some(&state)), Asked::Nothing);
    }

    #[test]
    fn muting_keeps_the_volume() {
        let mut hand = Hand::new(97, true);
        assert_eq!(hand.take(Deed::Mute, None), Asked::Volume(0));
        assert_eq!(hand.take(Deed::Mute, None), Asked::Volume(97));
        assert_eq!(hand.take(Deed::Louder(5), None), Asked::Volume(100));
        assert_eq!(hand.take(Deed::Louder(-5), None), Asked::Volume(95));
    }
}
