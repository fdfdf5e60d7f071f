//! Ports for servers that cannot be asked to choose one.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};

/// A free port below the range of client sockets, so that none of those takes it; another with every call.
pub fn free_port() -> u16 {
    let [port] = free_ports();
    port
}

/// Different free ports.
pub fn free_ports<const COUNT: usize>() -> [u16; COUNT] {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let start = u64::from(std::process::id()) * 7919;
    std::array::from_fn(|_| {
        let free = (0..5_000).find_map(|_| {
            let at = NEXT.fetch_add(1, Ordering::Relaxed);
            let port = 20_000 + u16::try_from((start + at) % 12_000).unwrap_or(0);
            TcpListener::bind(("127.0.0.1", port)).is_ok().then_some(port)
        });
        free.expect("a free port")
    })
}
