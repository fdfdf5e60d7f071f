//! What waits for one listener, bounded in bytes.
//!
//! A frame for an idle socket is written at once by whoever publishes it. What the socket does not take waits here,
//! and the connection's own task writes it, many frames in one write. A listener over the bound is marked slow; its
//! task closes it and nothing more is queued.

use crate::{Frame, Wire, limits};
use bytes::{Buf as _, Bytes};
use std::collections::VecDeque;
use std::io::{ErrorKind, IoSlice};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// In which form a listener hears.
#[derive(Clone, Debug)]
pub enum Transport {
    /// WebSocket frames, written straight to this socket.
    Socket(Arc<Wire>),
    /// Server-sent events, taken by [`Outbox::take`].
    EventStream,
}

/// Where an outbox stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutboxState {
    /// Frames are taken.
    Open,
    /// The listener read too slowly: close it so that it recovers.
    Slow,
    /// Writing failed: the listener is gone.
    Broken,
}

/// The queue of one listener.
#[derive(Debug)]
pub struct Outbox {
    transport: Transport,
    waiting: Mutex<Waiting>,
    wake: Notify,
}

#[derive(Debug)]
struct Waiting {
    frames: VecDeque<Bytes>,
    bytes: usize,
    state: OutboxState,
}

impl Outbox {
    /// An empty outbox.
    pub fn new(transport: Transport) -> Arc<Self> {
        let waiting = Waiting { frames: VecDeque::new(), bytes: 0, state: OutboxState::Open };
        Arc::new(Self { transport, waiting: Mutex::new(waiting), wake: Notify::new() })
    }

    /// Sends a publication or push in the listener's form.
    pub fn send(&self, frame: &Frame) {
        match self.transport {
            Transport::Socket(_) => self.send_bytes(frame.websocket().clone()),
            Transport::EventStream => self.send_bytes(frame.event_stream().clone()),
        }
    }

    /// Sends bytes that are ready for the wire: a reply, a ping.
    pub fn send_bytes(&self, mut bytes: Bytes) {
        let mut waiting = self.lock();
        if waiting.state != OutboxState::Open || bytes.is_empty() {
            return;
        }
        if let (Transport::Socket(socket), true) = (&self.transport, waiting.frames.is_empty()) {
            match socket.try_write(&bytes) {
                Ok(written) if written == bytes.len() => {
                    // Under TLS it may have been taken and not have left: then the connection's task sends it.
                    if socket.has_unsent() {
                        self.wake.notify_one();
                    }
                    return;
                }
                Ok(written) => bytes.advance(written),
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(_) => waiting.state = OutboxState::Broken,
            }
        }
        waiting.bytes += bytes.len();
        if waiting.bytes > limits::OUTBOX_BYTES_MAX {
            waiting.state = OutboxState::Slow;
            waiting.frames.clear();
            waiting.frames.shrink_to_fit();
        } else {
            waiting.frames.push_back(bytes);
        }
        drop(waiting);
        self.wake.notify_one();
    }

    /// What comes next cannot be given: the listener is to come back, as a slow one does.
    pub(crate) fn lapse(&self) {
        let mut waiting = self.lock();
        if waiting.state == OutboxState::Open {
            waiting.state = OutboxState::Slow;
            waiting.frames.clear();
        }
        drop(waiting);
        self.wake.notify_one();
    }

    /// Waits until something waits to be written, or the state is no longer open.
    pub async fn wait(&self) {
        loop {
            let woken = self.wake.notified();
            {
                let waiting = self.lock();
                if !waiting.frames.is_empty() || waiting.state != OutboxState::Open || self.has_unsent() {
                    return;
                }
            }
            woken.await;
        }
    }

    /// Where the outbox stands.
    pub fn state(&self) -> OutboxState {
        self.lock().state
    }

    /// Bytes that wait.
    pub fn waiting_bytes(&self) -> usize {
        self.lock().bytes
    }

    /// Writes what waits to the socket, as much as it takes. `true`: nothing waits any more.
    pub fn flush(&self) -> bool {
        let Transport::Socket(socket) = &self.transport else { return true };
        let mut waiting = self.lock();
        while !waiting.frames.is_empty() {
            let slices: Vec<IoSlice<'_>> = waiting
                .frames
                .iter()
                .take(limits::WRITE_FRAMES_MAX)
                .map(|frame| IoSlice::new(frame))
                .collect();
            match socket.try_write_vectored(&slices) {
                Ok(written) => waiting.written(written),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return false,
                Err(_) => {
                    waiting.state = OutboxState::Broken;
                    return true;
                }
            }
        }
        waiting.frames.shrink_to(8);
        socket.send_unsent().unwrap_or_else(|_| {
            waiting.state = OutboxState::Broken;
            true
        })
    }

    fn has_unsent(&self) -> bool {
        matches!(&self.transport, Transport::Socket(socket) if socket.has_unsent())
    }

    /// Takes everything that waits, as one piece.
    pub fn take(&self) -> Vec<Bytes> {
        let mut waiting = self.lock();
        waiting.bytes = 0;
        waiting.frames.drain(..).collect()
    }

    /// A panic elsewhere cannot leave the queue half changed, so a poisoned lock is as good as any.
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    fn written(&mut self, mut bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
        while let Some(frame) = self.frames.front_mut() {
            if bytes < frame.len() {
                frame.advance(bytes);
                return;
            }
            bytes -= frame.len();
            self.frames.pop_front();
        }
    }
}
