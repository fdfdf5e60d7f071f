//! The life of one socket: one loop that names what happened, and a closed set of things that can.
//!
//! Frames from the hub go straight to the socket (see `realtime::Outbox`); this task writes only what the socket did
//! not take at once, reads commands, and keeps the connection's times.

use super::session::{Ended, Session, Verdict};
use crate::app::App;
use crate::lifecycle::Farewell;
use crate::limits;
use bytes::Bytes;
use identity::Caller;
use protocol::socket::Disconnect;
use realtime::websocket::{Decoder, Message, close_frame, pong_frame, text_frame};
use realtime::{Outbox, OutboxState, Transport, Wire};
use std::io::ErrorKind;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long a close frame may take to reach a client that reads.
const CLOSE_TIME_MAX: Duration = Duration::from_secs(1);

struct Connection {
    app: App,
    stream: Arc<Wire>,
    outbox: Arc<Outbox>,
    decoder: Decoder,
    session: Session,
    /// When the next ping is due, or the pong to the last one, or the first command.
    deadline: Instant,
    waits_for_pong: bool,
    farewell: Farewell,
}

enum Happening {
    Readable,
    Writable,
    Deadline,
    Ended(Ended),
    Farewell,
}

/// Why the loop ends.
enum End {
    /// The client went away.
    Gone,
    /// We close, and say why.
    Close(u16, &'static str),
}

impl From<Disconnect> for End {
    fn from(why: Disconnect) -> Self {
        Self::Close(why.code(), why.reason())
    }
}

pub(super) async fn run(app: App, stream: Wire, early: &Bytes, caller: Option<Caller>, from: IpAddr) {
    let stream = Arc::new(stream);
    let outbox = Outbox::new(Transport::Socket(Arc::clone(&stream)));
    let session = Session::new(app.clone(), Arc::clone(&outbox), caller, from);
    let deadline = Instant::now() + limits::SOCKET_PONG_TIME_MAX;
    let (decoder, farewell) = (Decoder::default(), Farewell::new(&app));
    let mut connection =
        Connection { app, stream, outbox, decoder, session, deadline, waits_for_pong: true, farewell };
    metrics::gauge!("sockets").increment(1.0);
    let end = match connection.feed(early).await {
        Err(end) => end,
        Ok(()) => connection.live().await,
    };
    connection.finish(end).await;
    metrics::gauge!("sockets").decrement(1.0);
}

impl Connection {
    async fn live(&mut self) -> End {
        loop {
            let happening = self.wait().await;
            if let Err(end) = self.handle(happening).await {
                return end;
            }
        }
    }

    async fn wait(&mut self) -> Happening {
        let writing = async {
            self.outbox.wait().await;
            if self.outbox.state() == OutboxState::Open {
                // An error shows at the next write.
                let _ = self.stream.writable().await;
            }
        };
        tokio::select! {
            biased;
            () = self.farewell.due(self.app.lifecycle()) => Happening::Farewell,
            () = writing => Happening::Writable,
            _ = self.stream.readable() => Happening::Readable,
            () = tokio::time::sleep_until(self.deadline) => Happening::Deadline,
            ended = self.session.ended() => Happening::Ended(ended),
        }
    }

    async fn handle(&mut self, happening: Happening) -> Result<(), End> {
        match happening {
            Happening::Readable => self.read().await,
            Happening::Writable => {
                self.outbox.flush();
                match self.outbox.state() {
                    OutboxState::Open => Ok(()),
                    OutboxState::Slow => Err(Disconnect::Slow.into()),
                    OutboxState::Broken => Err(End::Gone),
                }
            }
            Happening::Deadline if self.waits_for_pong => Err(Disconnect::NoPong.into()),
            Happening::Deadline => {
                self.outbox.send_bytes(text_frame(b"{}"));
                self.waits_for_pong = true;
                self.deadline = Instant::now() + limits::SOCKET_PONG_TIME_MAX;
                Ok(())
            }
            Happening::Ended(Ended::Connection(why)) => Err(why.into()),
            Happening::Ended(Ended::Door(code)) => {
                self.session.turn_away(code);
                Ok(())
            }
            Happening::Farewell => {
                self.outbox.flush();
                Err(Disconnect::Shutdown.into())
            }
        }
    }

    async fn read(&mut self) -> Result<(), End> {
        match self.stream.try_read() {
            Ok(read) if read.is_empty() => Err(End::Gone),
            Ok(read) => self.feed(&read).await,
            Err(error) if error.kind() == ErrorKind::WouldBlock => Ok(()),
            Err(_) => Err(End::Gone),
        }
    }

    async fn feed(&mut self, read: &[u8]) -> Result<(), End> {
        let mut messages = Vec::new();
        let fed = self.decoder.feed(read, &mut messages);
        for message in messages {
            match message {
                Message::Text(text) => self.commands(&text).await?,
                Message::Ping(payload) => self.outbox.send_bytes(pong_frame(&payload)),
                Message::Pong => self.heard(),
                Message::Close => return Err(End::Gone),
                Message::Binary(_) => return Err(Disconnect::BadRequest.into()),
            }
        }
        fed.map_err(|error| {
            tracing::debug!(%error, "a client broke the protocol");
            End::Close(error.close_code(), "protocol error")
        })
    }

    /// A message holds one command a line; an empty one is the pong.
    async fn commands(&mut self, text: &str) -> Result<(), End> {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            // Boxed: a command's future is far larger than an idle socket, which would hold the room for it.
            let verdict = Box::pin(self.session.command(line)).await;
            self.heard();
            if let Verdict::Close(why) = verdict {
                return Err(why.into());
            }
        }
        Ok(())
    }

    /// Something came, so the client lives. Before it has connected, nothing extends its time.
    fn heard(&mut self) {
        if self.session.is_connected() {
            if self.waits_for_pong {
                self.deadline = Instant::now() + limits::SOCKET_PING;
            }
            self.waits_for_pong = false;
        }
    }

    async fn finish(mut self, end: End) {
        self.session.leave();
        let End::Close(code, reason) = end else { return };
        metrics::counter!("sockets_closed_total", "code" => code.to_string()).increment(1);
        if self.outbox.state() == OutboxState::Open {
            self.outbox.send_bytes(close_frame(code, reason));
            let written = async { while !self.outbox.flush() && self.stream.writable().await.is_ok() {} };
            let _ = tokio::time::timeout(CLOSE_TIME_MAX, written).await;
        } else {
            // The socket's buffer is full: what fits of the close frame is all that can be said.
            let _ = self.stream.try_write(&close_frame(code, reason));
        }
        self.linger().await;
    }

    /// Waits for the client to close, so that what was sent is not thrown away by a reset.
    async fn linger(&self) {
        self.stream.shut_down();
        let gone = async {
            while self.stream.readable().await.is_ok() {
                match self.stream.try_read() {
                    Ok(read) if read.is_empty() => break,
                    Ok(_) => {}
                    Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                    Err(_) => break,
                }
            }
        };
        let _ = tokio::time::timeout(CLOSE_TIME_MAX, gone).await;
    }
}
