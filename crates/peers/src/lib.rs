//! Servers of others that tests start: each test has its own, on loopback, gone when it ends.
//!
//! Deliberately not here: anything of the product. Its own crates are tested with these, too.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a helper of a test fails by panicking")]
#![expect(clippy::missing_panics_doc, reason = "every helper of a test panics when the test has failed")]

mod dns;
mod libsql;
mod pgbouncer;
mod ports;
mod postgres;
mod redis;

pub use dns::Dns;
pub use libsql::Libsql;
pub use pgbouncer::Pgbouncer;
pub use ports::{free_port, free_ports};
pub use postgres::Postgres;
pub use redis::Redis;

use rustix::process::{Pid, Signal, kill_process};
use std::process::Child;
use std::time::Duration;

const START_MAX: Duration = Duration::from_secs(40);
const LOOK_EVERY: Duration = Duration::from_millis(10);

/// A process that ends with the test.
#[derive(Debug)]
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // Without waiting for those who are connected.
        let _already_gone = kill_process(Pid::from_child(&self.0), Signal::INT);
        let _reaped = self.0.wait();
    }
}

/// Waits until it is, which is soon.
fn until(what: &str, is: impl Fn() -> bool) {
    let looks = START_MAX.as_millis() / LOOK_EVERY.as_millis();
    let is_so = (0..looks).any(|_| {
        let is_so = is();
        if !is_so {
            std::thread::sleep(LOOK_EVERY);
        }
        is_so
    });
    assert!(is_so, "{what}: not within {START_MAX:?}");
}
