//! Being thousands of listeners with as little as it takes: one thread on the second core, which never sleeps, reads
//! every socket and notes when the last of a crowd has heard. What listeners cost must not be taken for what the server
//! costs: over a network they are other machines.

use super::socket::Socket;
use crate::step::Outcome;
use rustix::event::epoll;
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
        let mut counts = [0; N];
        let mut ears = Vec::new();
        for (crowd, sockets) in crowds.into_iter().enumerate() {
            counts[crowd] = sockets.len();
            for socket in sockets {
                ears.push((crowd, socket.into_stream()?));
            }
        }
        let (say, heard): (Vec<_>, Vec<_>) = (0..N).map(|_| mpsc::sync_channel(1)).unzip();
        let listener = Listener { epoll: watch(&ears)?, ears, counts, missing: counts, say };
        std::thread::spawn(move || listener.run());
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

fn watch(ears: &[(usize, TcpStream)]) -> Outcome<rustix::fd::OwnedFd> {
    let epoll = epoll::create(epoll::CreateFlags::CLOEXEC).map_err(|error| error.to_string())?;
    for (number, (_, stream)) in ears.iter().enumerate() {
        let data = epoll::EventData::new_u64(number as u64);
        epoll::add(&epoll, stream, data, epoll::EventFlags::IN).map_err(|error| error.to_string())?;
    }
    Ok(epoll)
}

struct Listener<const N: usize> {
    epoll: rustix::fd::OwnedFd,
    ears: Vec<(usize, TcpStream)>,
    counts: [usize; N],
    /// Who has not heard yet.
    missing: [usize; N],
    say: Vec<mpsc::SyncSender<Instant>>,
}

impl<const N: usize> Listener<N> {
    /// Until nobody wants to know any more. It never sleeps: waking it would cost the server's core.
    #[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
    fn run(mut self) {
        let at_once = rustix::event::Timespec { tv_sec: 0, tv_nsec: 0 };
        let mut events = Vec::with_capacity(1024);
        let mut bytes = vec![0; 64 * 1024];
        loop {
            let waited =
                epoll::wait(&self.epoll, rustix::buffer::spare_capacity(&mut events), Some(&at_once));
            if waited.is_err() {
                return;
            }
            for event in events.drain(..) {
                let (crowd, stream) = &mut self.ears[event.data.u64() as usize];
                let read = match stream.read(&mut bytes) {
                    Ok(read @ 1..) => read,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                    // A listener that is lost makes a measurement wait in vain, and say so.
                    _ => return,
                };
                if bytes[..read].windows(MARK.len()).any(|window| window == MARK.as_bytes()) {
                    self.missing[*crowd] -= 1;
                    if self.missing[*crowd] == 0 {
                        self.missing[*crowd] = self.counts[*crowd];
                        if self.say[*crowd].send(Instant::now()).is_err() {
                            return;
                        }
                    }
                } else if bytes[..read].ends_with(PING) && stream.write_all(PONG).is_err() {
                    return;
                }
            }
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
