//! Every limit of the hub, with what happens at it.

/// Bytes that may wait for one listener; beyond, it is closed with code 3008 and recovers.
pub const OUTBOX_BYTES_MAX: usize = 1024 * 1024;
/// Publications a channel remembers for recovery; older ones come from the log, if at all.
pub const HISTORY_PUBLICATIONS_MAX: usize = 256;
/// Bytes of publications a channel remembers; the oldest are forgotten first.
pub const HISTORY_BYTES_MAX: usize = 512 * 1024;
/// Channels one connection may listen to; beyond, `limit exceeded`.
pub const SUBSCRIPTIONS_MAX: usize = 32;
/// Up to this many listeners a channel tells who joins and leaves; beyond, presence is asked for.
pub const JOIN_LEAVE_LISTENERS_MAX: usize = 200;
/// Clients that presence lists; beyond, the first by id.
pub const PRESENCE_CLIENTS_MAX: usize = 1_000;
/// Frames joined into one write.
pub const WRITE_FRAMES_MAX: usize = 64;
/// The largest message a client may send, in bytes; beyond, it is closed with 1009.
pub const MESSAGE_BYTES_MAX: usize = 64 * 1024;
/// Bytes that TLS has encrypted and the socket has not taken; until they have left, what follows waits in the outbox.
pub const SEALED_BYTES_MAX: usize = 64 * 1024;
