//! HTTP/1.1 at a socket in the file system: of the private door, and of the door for those on whom a release is tried. Who may
//! open the file is decided where it is bound.

use crate::lifecycle::Lifecycle;
use crate::limits;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::time::Duration;
use tokio::net::{UnixListener, UnixStream};

/// After a connection that could not be taken.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves it until the lifecycle stops. `counts`: whether those who come are visitors, for whom it waits before it ends.
pub(crate) async fn serve(listener: UnixListener, router: Router, lifecycle: Lifecycle, counts: bool) {
    loop {
        let accepted = tokio::select! {
            () = lifecycle.stopping() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let visit = counts.then(|| lifecycle.visit());
                let connection = connection(stream, router.clone(), lifecycle.clone());
                lifecycle.spawn(async move {
                    connection.await;
                    drop(visit);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a door could not be opened");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

async fn connection(stream: UnixStream, router: Router, lifecycle: Lifecycle) {
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits::HEAD_TIME_MAX)
        // A head that another process passes on is somewhat longer than it was.
        .max_buf_size(2 * limits::HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
    tokio::pin!(served);
    let ended = tokio::select! {
        ended = served.as_mut() => ended,
        () = lifecycle.stopping() => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection at a door of this machine ended early");
    }
}
