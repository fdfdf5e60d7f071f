//! Every limit of a listener, with its unit and what happens there.

use std::time::Duration;

/// The first wait before connecting again; doubled by each failure.
pub const RECONNECT_FIRST: Duration = Duration::from_millis(500);
/// The longest wait before connecting again.
pub const RECONNECT_MAX: Duration = Duration::from_secs(30);
/// A server that does not finish a handshake or answer a request within this is tried again.
pub const ANSWER_MAX: Duration = Duration::from_secs(15);
/// Beyond the server's own interval of pings, silence of this length means that the connection is dead.
pub const SILENCE_GRACE: Duration = Duration::from_secs(10);
/// A message on the socket larger than this ends the connection.
pub const MESSAGE_BYTES_MAX: usize = 8 << 20;
/// A body of the HTTP API larger than this is refused.
pub const BODY_BYTES_MAX: usize = 16 << 20;
/// News that wait for the listener; then the connection waits.
pub const NEWS_MAX: usize = 256;
/// Wishes (votes) that wait for the connection; then more are refused.
pub const WISHES_MAX: usize = 16;
/// A song's file larger than this is not fetched.
pub const SONG_BYTES_MAX: u64 = 1 << 30;
/// A download without a byte for this long is taken up again.
pub const DOWNLOAD_SILENCE_MAX: Duration = Duration::from_secs(20);
