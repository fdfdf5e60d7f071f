//! Every limit of the server, with what happens at it.

use std::time::Duration;

/// Connections at once; more wait to be accepted.
pub const CONNECTIONS_MAX: usize = 15_000;
/// A request's line and headers, in bytes; more is answered 431.
pub const HEAD_BYTES_MAX: usize = 16 * 1024;
/// How long a client may take for its request's line and headers; then the connection is closed.
pub const HEAD_TIME_MAX: Duration = Duration::from_secs(10);
/// How long a client may take for the TLS handshake; then the connection is closed. It takes a place all the while.
pub const HANDSHAKE_TIME_MAX: Duration = Duration::from_secs(10);
/// Requests at once on one HTTP/2 connection; more wait.
pub const STREAMS_MAX: u32 = 128;
/// How often an HTTP/2 connection is asked whether its client lives.
pub const STREAMS_PING: Duration = Duration::from_secs(30);
/// How long its client may take to say so; then the connection is closed.
pub const STREAMS_PONG_TIME_MAX: Duration = Duration::from_secs(20);
/// How long an HTTP/2 connection takes new requests; then it is asked to begin another.
pub const STREAMS_TIME_MAX: Duration = Duration::from_secs(3600);
/// A JSON body, in bytes; more is answered `too_large`.
pub const JSON_BYTES_MAX: usize = 64 * 1024;
/// How long a release that is tried on some people may take to begin an answer; then they are answered by the one that serves.
pub const CANARY_ANSWER_TIME_MAX: Duration = Duration::from_secs(30);
/// How long a JSON body may take to arrive; then `too_slow`.
pub const JSON_TIME_MAX: Duration = Duration::from_secs(10);
/// What is typed at the gate, in bytes; more is refused.
pub const GATE_FORM_BYTES_MAX: usize = 4 * 1024;
/// How long an upload may be silent; then `too_slow`.
pub const UPLOAD_SILENCE_MAX: Duration = Duration::from_secs(30);
/// How long a connection that ends waits for its client to stop sending and to read the last answer.
pub const LINGER_TIME_MAX: Duration = Duration::from_secs(2);
/// Bytes of a request that are read though it is answered without them.
pub const LINGER_BYTES_MAX: usize = 64 * 1024;
/// How long what was sent may stay unacknowledged by the client's machine; then the connection is broken.
pub const UNACKNOWLEDGED_TIME_MAX: Duration = Duration::from_secs(60);

/// Uploads at once, of everybody; more are answered `busy`.
pub const UPLOADS_AT_ONCE_MAX: usize = 8;
/// The largest upload unless configured, in bytes.
pub const UPLOAD_BYTES_DEFAULT: u64 = 1024 * 1024 * 1024;
/// The longest file name of an upload, in bytes; a longer one is cut.
pub const FILE_NAME_BYTES_MAX: usize = 1024;

/// The longest text a history is searched for, in characters; a longer one is refused.
pub const HISTORY_TEXT_CHARS_MAX: usize = 200;
/// How often what is counted in memory is added up in the database.
pub const COUNTS_WRITTEN_EVERY: Duration = Duration::from_secs(60);
/// For how many days what was counted is kept.
pub const COUNTS_KEPT_DAYS: i64 = 400;
/// Faces that a stranger sees of those who listen.
pub const LOOK_FACES_MAX: usize = 12;
/// Characters of the name that tells one cover a stranger sees from another.
pub const COVER_NAME_CHARS: usize = 16;
/// Tracks or plays in one page.
pub const PAGE_ITEMS_MAX: u32 = 100;
/// The longest time that statistics and tables speak of.
pub const STATS_TIME_MAX: Duration = Duration::from_secs(366 * 24 * 3600);
/// Ranges in one request; with more the whole is sent (RFC 9110, section 14.2, allows it).
pub const RANGES_MAX: usize = 16;

/// How long a listener's proof and a track's place are remembered while it streams; a change made by another process is
/// seen after that.
pub const REMEMBERED: Duration = Duration::from_secs(3);
/// How many of each are remembered; beyond, they are looked up each time.
pub const REMEMBERED_MAX: usize = 4_096;

/// Sign-ins that wait for another service at once; more are answered `busy`.
pub const SIGN_INS_AT_ONCE_MAX: usize = 32;
/// Pictures of people fetched from elsewhere at once; more are left for the next sign-in.
pub const PICTURES_AT_ONCE_MAX: usize = 4;

/// Nests open at once; at it, `too_many_nests`.
pub const NESTS_MAX: usize = 500;
/// How many nests may be open at a time, unless set otherwise.
pub const NESTS_DEFAULT: usize = 100;
/// How long a temporary nest lasts with nobody listening, unless configured; then it is closed.
pub const NEST_IDLE_DEFAULT: Duration = Duration::from_secs(3600);
/// How long a temporary nest whose time is over is spared after a start of the server, for its listeners to come back.
pub const NEST_RETURN_TIME: Duration = Duration::from_secs(5 * 60);
/// How often at most it is noted in the database that a nest is listened to.
pub const LISTENING_NOTED: Duration = Duration::from_secs(5 * 60);
/// Commands waiting for one nest; at it, callers wait.
pub const NEST_MAILBOX_MAX: usize = 256;
/// Commands decided together, and committed by one transaction.
pub const NEST_BATCH_MAX: usize = 64;
/// Publications that recovery reads from the log; a client further behind loads a snapshot.
pub const RECOVERY_EVENTS_MAX: u64 = 1_000;
/// How long a listener waits who knows more of a nest than this process, for it to read what another one wrote; then the
/// position is unknown.
pub const FOLLOW_TIME_MAX: Duration = Duration::from_secs(1);
/// How long autofill waits to look again after it found nothing.
pub const AUTOFILL_RETRY: Duration = Duration::from_secs(30);
/// How long autofill may look for what it would choose next; then it found nothing.
pub const AUTOFILL_SEARCH_TIME_MAX: Duration = Duration::from_secs(2);
/// How long a request may wait for its nest's decision.
pub const COMMAND_TIME_MAX: Duration = Duration::from_secs(15);

/// Between two pings of a socket.
pub const SOCKET_PING: Duration = Duration::from_secs(25);
/// How long a socket may take for its pong, and for its connect command.
pub const SOCKET_PONG_TIME_MAX: Duration = Duration::from_secs(10);
/// How long after its token's end a socket is closed: clients refresh in the last second, or right at the end.
pub const SOCKET_EXPIRED_GRACE: Duration = Duration::from_secs(5);
/// Commands a socket may send in a second; beyond, `too many requests`.
pub const SOCKET_COMMANDS_PER_S_MAX: u32 = 60;
/// Sockets and event streams of one person; beyond, 3504.
pub const LISTENERS_PER_PERSON_MAX: u32 = 200;

/// Bytes of publications of an application's channel in one answer; what is older is read page by page, and a client
/// further behind is told so. With what the hub remembers it fits into an outbox.
pub const RECOVERY_BYTES_MAX: usize = 384 * 1024;
/// Webhooks that wait to be written down; more are answered `busy`, and come again.
pub const WEBHOOKS_AT_ONCE_MAX: usize = 256;

/// How long the answer to a request with an `Idempotency-Key` is kept.
pub const IDEMPOTENCY_KEPT: Duration = Duration::from_secs(24 * 3600);
/// The longest `Idempotency-Key`, in bytes.
pub const IDEMPOTENCY_KEY_BYTES_MAX: usize = 128;

/// Questions to music services under way at once; more are answered `busy`.
pub const SOURCE_QUESTIONS_MAX: usize = 32;
/// How long an answer of a music service is remembered.
pub const SOURCE_ANSWERS_KEPT: Duration = Duration::from_secs(15 * 60);
/// Searches remembered; beyond, the oldest goes.
pub const SOURCE_SEARCHES_KEPT_MAX: usize = 200;
/// Lists and songs of services remembered; beyond, the oldest goes.
pub const SOURCE_LISTS_KEPT_MAX: usize = 100;
/// How long what a service said of a song is not asked again when the song is added.
pub const SOURCE_SONG_FRESH: Duration = Duration::from_secs(7 * 24 * 3600);
/// Songs of which it is remembered whether another service has them; beyond, the oldest goes.
pub const SOURCE_MATCHES_KEPT_MAX: usize = 1_000;
/// How long that is.
pub const SOURCE_MATCHES_KEPT: Duration = Duration::from_secs(24 * 3600);
/// Pictures of services remembered; beyond, the oldest goes.
pub const SOURCE_PICTURES_KEPT_MAX: usize = 200;
/// How long they are.
pub const SOURCE_PICTURES_KEPT: Duration = Duration::from_secs(6 * 3600);
/// The largest picture that is remembered, in bytes; a larger one is fetched each time.
pub const PICTURE_KEPT_BYTES_MAX: usize = 128 * 1024;
/// The longest search, in characters; more is cut off.
pub const SOURCE_SEARCH_CHARS_MAX: usize = 250;
/// Songs of a list in one page.
pub const SOURCE_PAGE_MAX: u32 = 100;
/// The longest text whose links are followed, in bytes; a longer one is refused.
pub const LINKS_TEXT_BYTES_MAX: usize = 20_000;
/// Links of one text that are followed; further ones say so.
pub const LINKS_FOLLOWED_MAX: usize = 20;
/// Songs shown of all links of one text; further ones are counted.
pub const LINK_TRACKS_MAX: usize = 500;

/// Devices that follow nests at once; more are answered `busy`.
pub const FOLLOWINGS_MAX: usize = 500;
/// How often it is looked whether a person whose device follows still listens.
pub const FOLLOWING_PRESENCE_EVERY: Duration = Duration::from_secs(2);
/// How long such a person may be away; then the device is let go.
pub const FOLLOWING_AWAY_MAX: Duration = Duration::from_secs(60);
/// How long whoever chooses a device waits to hear how the first command went.
pub const FOLLOWING_FIRST_TIME_MAX: Duration = Duration::from_secs(4);

/// How often the server looks whether somebody has to be told of something.
pub const WATCHED_EVERY: Duration = Duration::from_secs(15);
/// How long the database may take to answer whoever watches; then it does not answer.
pub const DATABASE_ANSWER_TIME_MAX: Duration = Duration::from_secs(5);
/// Over how many days it is told how close the machine came to its ends.
pub const CAPACITY_DAYS: u32 = 30;
/// How long the machine may take to say how full its disks are; then it is not known.
pub const MACHINE_ANSWER_TIME_MAX: Duration = Duration::from_secs(5);
/// For how long what was found by a deep look is answered again.
pub const DEEP_KEPT: Duration = Duration::from_secs(5);
