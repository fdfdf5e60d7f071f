//! Answers to requests whose bodies were not read to their end say that the connection closes: it will, and a client
//! that believes otherwise would lose its next request on it.

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

/// A request's body that remembers whether it came to its end.
pub(crate) struct Watched {
    body: Incoming,
    ended: Arc<AtomicBool>,
}

/// What a [`Watched`] body remembers.
pub(crate) struct Watch(Arc<AtomicBool>);

impl Watched {
    pub(crate) fn new(body: Incoming) -> (Self, Watch) {
        let ended = Arc::new(AtomicBool::new(body.is_end_stream()));
        (Self { body, ended: Arc::clone(&ended) }, Watch(ended))
    }
}

impl Watch {
    /// Adds `Connection: close` where it is true.
    pub(crate) fn mark<B>(&self, response: &mut Response<B>) {
        if !self.0.load(Ordering::Relaxed) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

impl Body for Watched {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        if frame.is_none() || self.body.is_end_stream() {
            self.ended.store(true, Ordering::Relaxed);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
