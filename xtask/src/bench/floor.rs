//! What the machine itself needs to write the same bytes to as many sockets: one thread on the server's core and
//! nothing else. A figure that depends on the machine is read beside it.

use crate::step::Outcome;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Instant;

/// Writes `bytes` to every socket whenever it is asked to.
pub struct Floor {
    pub port: u16,
    ask: mpsc::SyncSender<()>,
    writing_ms: Arc<Mutex<Vec<f64>>>,
}

impl Floor {
    /// Accepts `count` connections in a thread on the first core.
    #[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
    pub fn start(count: usize, bytes: Vec<u8>) -> Outcome<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").map_err(|error| error.to_string())?;
        let port = listener.local_addr().map_err(|error| error.to_string())?.port();
        let (ask, asked) = mpsc::sync_channel::<()>(1);
        let writing_ms: Arc<Mutex<Vec<f64>>> = Arc::default();
        let took = Arc::clone(&writing_ms);
        std::thread::spawn(move || {
            let mut core = rustix::thread::CpuSet::new();
            core.set(0);
            let _ = rustix::thread::sched_setaffinity(None, &core);
            let mut sockets: Vec<TcpStream> = listener.incoming().take(count).flatten().collect();
            for socket in &sockets {
                let _ = socket.set_nodelay(true);
            }
            while asked.recv().is_ok() {
                let began = Instant::now();
                for socket in &mut sockets {
                    let _ = socket.write_all(&bytes);
                }
                if let Ok(mut took) = took.lock() {
                    took.push(began.elapsed().as_secs_f64() * 1e3);
                }
            }
        });
        Ok(Self { port, ask, writing_ms })
    }

    /// Has the bytes written; when that was asked.
    #[expect(clippy::disallowed_methods, reason = "a measurement reads a clock")]
    pub fn write(&self) -> Outcome<Instant> {
        let began = Instant::now();
        self.ask.send(()).map_err(|error| error.to_string())?;
        Ok(began)
    }

    /// How long each writing took the writer alone, sorted.
    pub fn writing_ms(&self) -> Vec<f64> {
        let mut took = self.writing_ms.lock().map(|took| took.clone()).unwrap_or_default();
        took.sort_by(f64::total_cmp);
        took
    }
}
