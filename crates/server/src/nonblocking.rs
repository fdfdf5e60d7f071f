//! A shared port stays non-blocking. The flag belongs to the port and not to who holds it: a service manager that starts
//! another process on it may clear it for this one too, which then stands still in `accept` until somebody comes. Units
//! that rookery writes say `NonBlocking=yes`; this is for those that do not.

use crate::lifecycle::Lifecycle;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

/// How often it is looked.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// Sets the flag again whenever it is gone, and counts that.
pub(crate) async fn keep<Port: AsFd>(port: Arc<Port>, lifecycle: Lifecycle) {
    metrics::counter!("listener_blocking_total").absolute(0);
    loop {
        tokio::select! {
            () = lifecycle.stopping() => return,
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
        match restore(&*port) {
            Ok(false) => {}
            Ok(true) => {
                metrics::counter!("listener_blocking_total").increment(1);
                tracing::warn!("another process made the port blocking: its unit lacks NonBlocking=yes");
            }
            Err(error) => tracing::warn!(%error, "the port cannot be looked at"),
        }
    }
}

/// Sets the flag; whether it was gone.
fn restore(port: &impl AsFd) -> std::io::Result<bool> {
    let flags = fcntl_getfl(port)?;
    if flags.contains(OFlags::NONBLOCK) {
        return Ok(false);
    }
    fcntl_setfl(port, flags | OFlags::NONBLOCK)?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_that_another_holder_cleared_is_set_again_once() {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        port.set_nonblocking(true).unwrap();
        assert!(!restore(&port).unwrap());
        let other = port.try_clone().unwrap();
        other.set_nonblocking(false).unwrap();
        assert!(restore(&port).unwrap());
        assert!(!restore(&port).unwrap());
        let refused = other.accept().unwrap_err();
        assert_eq!(refused.kind(), std::io::ErrorKind::WouldBlock);
    }
}
