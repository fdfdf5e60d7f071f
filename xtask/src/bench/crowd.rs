//! Being thousands of listeners with as little as it takes: one thread on the second core, which never sleeps, reads
//! every socket and notes when the last of a crowd has heard. What listeners cost must not be taken for what the server
//! costs: over a network they are other machines.

use super::socket::Socket;
use crate::step::Outcome;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// What a measured event says, and no other.
pub const MARK: &str = "of many";
/// How long an event may be under way.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longer than a connection's retransmission time: then everything is acknowledged at once, as it is in a nest where
/// things happen now and then.
const BETWEEN: Duration = Duration::from_millis(300);
/// What the server answers a ping with is `{}`; a mask of zeros is a mask.
const PING: &[u8] = b"\x81\x02{}";
const PONG: &[u8] = b"\x81\x82\0\0\0\0{}";

/// Sockets that wait for what is measured, and how long the last of them waited each time, in milliseconds.
pub struct Crowd {
    all_heard: mpsc::Receiver<Instant>,
    last_ms: Vec<f64>,
}

impl Crowd {
    /// Has one thread listen for all crowds.
    pub fn listening<const N: usize>(crowds: [Vec<Socket>; N]) -> Outcome<[Self; N]> {
        let mut ears = Vec::new();
        for sockets in crowds {
            ears.push(sockets.into_iter().map(Socket::into_stream).collect::<Outcome<Vec<_>>>()?);
        }
        let (say, heard): (Vec<_>, Vec<_>) = (0..N).map(|_| mpsc::sync_channel(1)).unzip();
        std::thread::spawn(move || listen(ears, &say));
        let mut heard = heard.into_iter();
        let crowds = std::array::from_fn(|_| {
            let all_heard = heard.next().unwrap_or_else(|| mpsc::sync_channel(1).1);
            Self { all_heard, last_ms: Vec::new() }
        });
        Ok(crowds)
    }

    /// Waits until everybody has heard what was sent at `began`.
    pub fn all_heard(&mut self, began: Instant) -> Outcome {
        let last = self.all_heard.recv_timeout(PATIENCE).map_err(|_| "a listener was not reached")?;
        self.last_ms.push((last - began).as_secs_f64() * 1e3);
        std::thread::sleep(BETWEEN);
        Ok(())
    }

    pub fn sorted(mut self) -> Vec<f64> {
        self.last_ms.sort_by(f64::total_cmp);
        self.last_ms
    }
}

/// Hears one event with each crowd in turn, until nobody wants to know any more or a listener is lost. It never sleeps
/// and asks for no readiness: waking and telling it would cost more than what it hears.
#[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
fn listen(mut crowds: Vec<Vec<TcpStream>>, say: &[mpsc::SyncSender<Instant>]) {
    let mut bytes = vec![0; 64 * 1024];
    loop {
        for (crowd, say) in crowds.iter_mut().zip(say) {
            for stream in crowd {
                if hear(stream, &mut bytes).is_err() {
                    return;
                }
            }
            if say.send(Instant::now()).is_err() {
                return;
            }
        }
    }
}

/// Until the event has come. A ping beside it wants its answer, too.
fn hear(stream: &mut TcpStream, bytes: &mut [u8]) -> std::io::Result<()> {
    loop {
        let read = match stream.read(bytes) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(read) => read,
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                std::hint::spin_loop();
                continue;
            }
            Err(error) => return Err(error),
        };
        let came = |what: &[u8]| bytes[..read].windows(what.len()).any(|window| window == what);
        let event = came(MARK.as_bytes());
        if came(PING) {
            stream.write_all(PONG)?;
        }
        if event {
            return Ok(());
        }
    }
}

/// What loopback delivers is received on the second core, as a network's other end would, while this lives. Without it
/// the kernel receives on the sender's core, and most of a fan-out is the listeners' half of it.
pub struct Steering(Vec<(PathBuf, String)>);

impl Steering {
    /// Nothing is changed where the system does not allow all of it.
    pub fn on_second_core() -> Option<Self> {
        let mut steering = Self(Vec::new());
        for (path, value) in [
            // A queue that is too short would drop what the second core has not received yet.
            ("/proc/sys/net/core/netdev_max_backlog", "100000"),
            ("/sys/class/net/lo/queues/rx-0/rps_cpus", "2"),
        ] {
            let before = std::fs::read_to_string(path).ok()?;
            std::fs::write(path, value).ok()?;
            steering.0.push((path.into(), before));
        }
        Some(steering)
    }
}

impl Drop for Steering {
    fn drop(&mut self) {
        for (path, before) in &self.0 {
            let _ = std::fs::write(path, before.trim());
        }
    }
}
