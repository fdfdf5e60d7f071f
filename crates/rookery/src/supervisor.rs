//! The service manager's side of a process: ports it holds and hands over, and what it wants to hear.
//!
//! Sources: `sd_listen_fds(3)`, `sd_notify(3)` and `sd_watchdog_enabled(3)`. Without a service manager there is nothing to
//! take and nobody to tell, and the process binds its ports itself.

use crate::failure::Failure;
use listenfd::ListenFd;
use std::ffi::OsString;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

/// What the service manager gave, and the way to tell it something.
pub struct Supervisor {
    /// Ports that were handed over.
    pub ports: Vec<Inherited>,
    /// How to tell it something.
    pub notify: Notify,
    /// How long it waits for a sign of life before it ends the process; `None`: for ever.
    pub watchdog: Option<Duration>,
}

/// A port that was handed over.
pub struct Inherited {
    /// What the unit calls it (`FileDescriptorName=`).
    pub name: String,
    /// The port, non-blocking.
    pub listener: TcpListener,
}

/// The way to tell the service manager something; nowhere, if there is none.
pub struct Notify(Option<(UnixDatagram, SocketAddr)>);

impl Supervisor {
    /// Takes what is there for this process.
    ///
    /// # Errors
    /// [`Failure::Inherited`] for a port that cannot be used.
    pub fn take() -> Result<Self, Failure> {
        let names = said("LISTEN_FDNAMES").unwrap_or_default();
        let names: Vec<&str> = names.split(':').collect();
        let mut handed_over = ListenFd::from_env();
        let mut ports = Vec::new();
        for at in 0..handed_over.len() {
            let name = names.get(at).copied().unwrap_or("unknown").to_owned();
            let failed = |source| Failure::Inherited { name: name.clone(), source };
            if let Some(listener) = handed_over.take_tcp_listener(at).map_err(failed)? {
                // Taken so that the programs that look at files do not inherit it.
                listener.set_nonblocking(true).map_err(failed)?;
                ports.push(Inherited { name, listener });
            }
        }
        let watched = said("WATCHDOG_PID").and_then(|pid| pid.parse().ok());
        let is_ours = watched.is_none_or(|pid: u32| pid == std::process::id());
        let watchdog = said("WATCHDOG_USEC").and_then(|time| time.parse().ok());
        let watchdog = watchdog.filter(|time| is_ours && *time > 0).map(Duration::from_micros);
        Ok(Self { ports, notify: Notify::to(std::env::var_os("NOTIFY_SOCKET")), watchdog })
    }
}

fn said(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok()
}

impl Notify {
    fn to(address: Option<OsString>) -> Self {
        let address = address.and_then(|address| match address.as_bytes() {
            [b'@', name @ ..] => SocketAddr::from_abstract_name(name).ok(),
            [b'/', ..] => SocketAddr::from_pathname(&address).ok(),
            _ => None,
        });
        Self(address.and_then(|address| Some((UnixDatagram::unbound().ok()?, address))))
    }

    /// It serves, or could.
    pub fn ready(&self, status: &str) {
        self.say(&format!("READY=1\nSTATUS={status}\n"));
    }

    /// What it does, for people.
    pub fn status(&self, status: &str) {
        self.say(&format!("STATUS={status}\n"));
    }

    /// It ends.
    pub fn stopping(&self) {
        self.say("STOPPING=1\nSTATUS=letting what runs finish\n");
    }

    /// It lives.
    pub fn alive(&self) {
        self.say("WATCHDOG=1\n");
    }

    fn say(&self, lines: &str) {
        let Some((socket, address)) = &self.0 else { return };
        if let Err(error) = socket.send_to_addr(lines.as_bytes(), address) {
            tracing::warn!(%error, "the service manager could not be told");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_manager_is_told_at_the_address_it_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("notify");
        let manager = UnixDatagram::bind(&path).unwrap();
        manager.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
        let notify = Notify::to(Some(path.into_os_string()));
        notify.ready("serving");
        notify.alive();
        let mut said = [0; 64];
        let length = manager.recv(&mut said).unwrap();
        assert_eq!(&said[..length], b"READY=1\nSTATUS=serving\n");
        let length = manager.recv(&mut said).unwrap();
        assert_eq!(&said[..length], b"WATCHDOG=1\n");
    }

    #[test]
    fn without_a_service_manager_nobody_is_told() {
        for address in [None, Some("nonsense".into()), Some("/nowhere/at/all".into())] {
            Notify::to(address).alive();
        }
    }
}
