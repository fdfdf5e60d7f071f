//! From a listening port to requests: connections with limits on number, time and size.

use crate::lifecycle::{Lifecycle, Stance};
use crate::limits;
use crate::linger::Lingering;
use crate::nonblocking;
use crate::send_file::{FileParts, FileSender};
use crate::tls::{Spoken, Tls};
use crate::unread::Watched;
use axum::Router;
use axum::body::Body;
use http::request::Parts;
use http::{HeaderValue, Request, Response, header};
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioIo, TokioTimer};
use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
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
    attend(listener, port, router, None, lifecycle).await;
}

/// The same under TLS.
pub async fn serve_tls(listener: TcpListener, port: Port, router: Router, tls: Tls, lifecycle: Lifecycle) {
    attend(listener, port, router, Some(tls), lifecycle).await;
}

async fn attend(listener: TcpListener, port: Port, router: Router, tls: Option<Tls>, lifecycle: Lifecycle) {
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
        let talk = Talk { router: router.clone(), peer, parts: None, tls: tls.clone() };
        let life = lifecycle.clone();
        let visit = lifecycle.visit();
        lifecycle.spawn(async move {
            connection(stream, talk, life).await;
            drop((place, visit));
        });
    }
}

type Accepted = (TcpStream, SocketAddr, tokio::sync::OwnedSemaphorePermit);

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<Accepted> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    match listener.accept().await {
        // Where one port hears IPv6 and IPv4, an address of the latter is taken for what it is.
        Ok((stream, peer)) => Some((stream, SocketAddr::new(peer.ip().to_canonical(), peer.port()), place)),
        Err(error) => {
            // Out of file descriptors, most likely: they come back when connections end.
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

async fn connection(stream: TcpStream, talk: Talk, lifecycle: Lifecycle) {
    // Without this, the first bytes of an answer on a kept-alive connection wait 40 ms for an acknowledgement.
    if stream.set_nodelay(true).is_err() {
        return;
    }
    let patience = u32::try_from(limits::UNACKNOWLEDGED_TIME_MAX.as_millis()).unwrap_or(u32::MAX);
    if let Err(error) = rustix::net::sockopt::set_tcp_user_timeout(&stream, patience) {
        tracing::debug!(%error, "the system has no TCP user timeout");
    }
    let peer = talk.peer;
    let stream = Lingering::new(stream);
    let ended = match &talk.tls {
        None => {
            let parts = FileParts::default();
            let sender = FileSender::new(stream, parts.clone());
            http_1(sender, Talk { parts: Some(parts), ..talk }, &lifecycle).await
        }
        Some(tls) => {
            let greeted = tokio::select! {
                greeted = tls.greet(stream) => greeted,
                () = lifecycle.stopping() => None,
            };
            match greeted {
                None => return,
                Some((stream, Spoken::Http1)) => http_1(stream, talk, &lifecycle).await,
                Some((stream, Spoken::Http2)) => http_2(stream, talk, &lifecycle).await,
            }
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%peer, %error, "a connection ended early");
    }
}

async fn http_1<Io>(io: Io, talk: Talk, lifecycle: &Lifecycle) -> hyper::Result<()>
where
    Io: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = hyper::service::service_fn(move |request| talk.clone().answer(request, Spoken::Http1));
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEAD_TIME_MAX)
        .max_buf_size(limits::HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(io), service)
        .with_upgrades();
    tokio::pin!(served);
    tokio::select! {
        ended = served.as_mut() => ended,
        () = lifecycle.over() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    }
}

async fn http_2<Io>(io: Io, talk: Talk, lifecycle: &Lifecycle) -> hyper::Result<()>
where
    Io: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let asked = Arc::new(AtomicBool::new(false));
    let ask = Arc::clone(&asked);
    let service = hyper::service::service_fn(move |request| {
        ask.store(true, Ordering::Relaxed);
        talk.clone().answer(request, Spoken::Http2)
    });
    let served = http2::Builder::new(Spawner(lifecycle.clone()))
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::STREAMS_MAX)
        .max_header_list_size(limits::HEAD_BYTES_MAX as u32)
        .keep_alive_interval(limits::STREAMS_PING)
        .keep_alive_timeout(limits::STREAMS_PONG_TIME_MAX)
        .serve_connection(TokioIo::new(io), service);
    tokio::pin!(served);
    let silent = async {
        tokio::time::sleep(limits::HEAD_TIME_MAX).await;
        if asked.load(Ordering::Relaxed) {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        ended = served.as_mut() => return ended,
        () = silent => return Ok(()),
        () = lifecycle.over() => {}
        () = tokio::time::sleep(limits::STREAMS_TIME_MAX) => {}
    }
    // Streams that run finish; new ones go to another connection.
    served.as_mut().graceful_shutdown();
    served.await
}

/// Streams of a connection are tasks of the lifecycle.
#[derive(Clone)]
struct Spawner(Lifecycle);

impl<Task: Future<Output = ()> + Send + 'static> hyper::rt::Executor<Task> for Spawner {
    fn execute(&self, task: Task) {
        self.0.spawn(task);
    }
}

/// What the requests of one connection have in common.
#[derive(Clone)]
struct Talk {
    router: Router,
    peer: SocketAddr,
    /// Where the connection sends files itself.
    parts: Option<FileParts>,
    tls: Option<Tls>,
}

impl Talk {
    async fn answer(self, request: Request<Incoming>, spoken: Spoken) -> Result<Response<Body>, Infallible> {
        let (mut head, body) = request.into_parts();
        let (body, watch) = Watched::new(body);
        head.extensions.insert(Peer(self.peer));
        if let Some(parts) = self.parts {
            head.extensions.insert(parts);
        }
        if spoken == Spoken::Http2 {
            name_host(&mut head);
        }
        let mut answer = match self.tls.as_ref().and_then(|tls| tls.elsewhere(&head)) {
            Some(elsewhere) => {
                // Clients that still send when they are answered over HTTP/2 may take it for a fault.
                let rest = axum::body::to_bytes(Body::new(body), limits::LINGER_BYTES_MAX);
                let _ = tokio::time::timeout(limits::LINGER_TIME_MAX, rest).await;
                elsewhere
            }
            None => self.router.oneshot(Request::from_parts(head, Body::new(body))).await?,
        };
        match spoken {
            Spoken::Http1 => watch.mark(&mut answer),
            // It has other means to say so (RFC 9113, section 8.2.2).
            Spoken::Http2 => {
                answer.headers_mut().remove(header::CONNECTION);
            }
        }
        if let Some(tls) = &self.tls {
            tls.mark(&mut answer);
        }
        Ok(answer)
    }
}

/// HTTP/2 says the host apart from the headers (RFC 9113, section 8.3.1); all others look for it there.
fn name_host(head: &mut Parts) {
    let named = head.uri.authority().and_then(|host| HeaderValue::from_str(host.as_str()).ok());
    if let Some(host) = named {
        head.headers.insert(header::HOST, host);
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
