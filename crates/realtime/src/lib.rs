//! The hub: channels with positions, history and presence, and a bounded outbox for every listener.
//!
//! ```text
//! publish(channel, offset, data) ─▶ Frame (encoded once) ─▶ every Outbox ─▶ socket, or event stream
//! ```
//!
//! A publication is encoded once and shared. It is written to an idle socket at once, from where it was published;
//! otherwise it waits in the listener's [`Outbox`], and what waits goes out in one write. A listener that falls too far
//! behind is closed with a resumable code and heals by recovery: it slows nobody and loses nothing silently.
//!
//! Deliberately not here: what publications mean, who may listen (see `server`), and storage. WebSocket framing is
//! here because the outbox writes frames itself.

mod channel;
mod frame;
mod hub;
pub mod limits;
mod outbox;
pub mod websocket;
mod wire;

pub use frame::Frame;
pub use hub::{Hub, Listener, Position, Presence, Recovery, SubscribeError, Subscribed};
pub use outbox::{Outbox, OutboxState, Transport};
pub use wire::{Wire, taken};
