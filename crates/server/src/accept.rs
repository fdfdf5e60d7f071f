//! From a listening port to requests: connections with limits on number, time and size.

use crate::lifecycle::{Lifecycle, Stance};
use crate::limits;
use crate::linger::Lingering;
use crate::nonblocking;
use crate::send_file::{FileParts, FileSender};
use crate::unread::Watched;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tower::ServiceExt as _;

/// The address of the other end of a request's connection.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// Whose port it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Port {
    /// This process's: nobody else takes what waits there, so it is taken up to the end.
    Own,
    /// Held by the service manager, perhaps by another process too: what is not taken here waits, or is taken there.
    Shared,
}

impl Port {
    /// Whether a process that stands so takes connections from it.
    const fn is_open(self, stance: Stance) -> bool {
        match stance {
            Stance::Serving => true,
            Stance::Waiting => false,
            Stance::Leaving | Stance::Ending => matches!(self, Self::Own),
        }
    }
}

/// Serves while the lifecycle says so, until it stops; then lets running requests finish.
pub async fn serve(listener: TcpListener, port: Port, router: Router, lifecycle: Lifecycle) {
    let places = Arc::new(Semaphore::new(limits::CONNECTIONS_MAX));
    let listener = Arc::new(listener);
    if port == Port::Shared {
        lifecycle.spawn(nonblocking::keep(Arc::clone(&listener), lifecycle.clone()));
    }
    loop {
        tokio::select! {
            () = lifecycle.stopping() => return,
            () = lifecycle.until(|stance| port.is_open(stance)) => {}
        }
        let accepted = tokio::select! {
            biased;
            () = lifecycle.stopping() => return,
            () = lifecycle.until(|stance| !port.is_open(stance)) => continue,
            accepted = accept(&listener, &places) => accepted,
        };
        let Some((stream, peer, place)) = accepted else { continue };
        let router = router.clone();
        let life = lifecycle.clone();
        let visit = lifecycle.visit();
        lifecycle.spawn(async move {
            connection(stream, peer, router, life).await;
            drop((place, visit));
        });
    }
}

type Accepted = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<Accepted> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, peer)) => Some((stream, peer, place)),
        Err(error) => {
            // Out of file descriptors, most likely: they come back when connections end.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn connection(stream: TcpStream, peer: SocketAddr, router: Router, lifecycle: Lifecycle) {
    // Without this, the first bytes of an answer on a kept-alive connection wait 40 ms for an acknowledgement.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let patience = u32::try_from(limits::UNACKNOWLEDGED_TIME_MAX.as_millis()).unwrap_or(u32::MAX);
    if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(&stream, patience) {
        tracing::debug!(%error, "the system has no TCP user timeout");
    }
    let parts = FileParts::default();
    let sender = FileSender::new(Lingering::new(stream), parts.clone());
    let service = hyper::service::service_fn(move |mut request: hyper::Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(Peer(peer));
        request.extensions_mut().insert(parts.clone());
        let (head, body) = request.into_parts();
        let (body, watch) = Watched::new(body);
        let request = hyper::Request::from_parts(head, axum::body::Body::new(body));
        let answered = router.clone().oneshot(request);
        async move {
            let mut answer = answered.await?;
            watch.mark(&mut answer);
            Ok::<_, std::convert::Infallible>(answer)
        }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEAD_TIME_MAX)
        .max_buf_size(limits::HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(sender), service)
        .with_upgrades();
    tokio::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = lifecycle.over() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_taken_from_a_shared_port_is_left_to_the_other_process() {
        let stances = [Stance::Serving, Stance::Waiting, Stance::Leaving, Stance::Ending];
        assert_eq!(stances.map(|stance| Port::Shared.is_open(stance)), [true, false, false, false]);
        assert_eq!(stances.map(|stance| Port::Own.is_open(stance)), [true, false, true, true]);
    }
}
