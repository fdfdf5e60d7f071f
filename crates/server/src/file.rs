//! Stored bytes as an answer: ranges, conditions, and caching for ever, since bytes are named by their hash.

use crate::app::App;
use crate::error::{Error, Result};
use crate::ranges::{self, Selection};
use crate::send_file::{FileParts, PART_BYTES_MAX};
use axum::body::Body;
use axum::extract::FromRequestParts;
use axum::response::Response;
use blobs::{BlobKey, BlobReader};
use bytes::Bytes;
use futures::stream::{self, Stream, StreamExt as _};
use http::request::Parts;
use http::{HeaderMap, Method, StatusCode, header};
use model::BlobHash;
use std::convert::Infallible;
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// How much is read at once. Large enough that the system calls do not count, small enough for many listeners.
const CHUNK_BYTES: u64 = 128 * 1024;
/// The first piece is small, so that playing can begin.
const FIRST_CHUNK_BYTES: u64 = 64 * 1024;

/// A request for a file: what of it, under which conditions, and on what connection.
pub(crate) struct FileRequest {
    method: Method,
    headers: HeaderMap,
    /// Where the connection sends files itself; `None`: their bytes pass through this process.
    sends: Option<FileParts>,
}

impl<S: Sync> FromRequestParts<S> for FileRequest {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> std::result::Result<Self, Infallible> {
        let sends = parts.extensions.get().cloned();
        Ok(Self { method: parts.method.clone(), headers: parts.headers.clone(), sends })
    }
}

/// Answers with a stored file, or the parts of it that were asked for.
pub(crate) fn answer(
    app: &App,
    key: BlobKey,
    hash: BlobHash,
    media_type: &'static str,
    request: &FileRequest,
) -> Result<Response> {
    let FileRequest { method, headers, sends } = request;
    let etag = format!("\"{hash}\"");
    if is_current(headers, &etag) {
        return Ok(finish(Response::builder().status(StatusCode::NOT_MODIFIED), Body::empty(), &etag));
    }
    let reader = Arc::new(app.blobs().reader(key)?);
    let size = reader.len();
    let asked = headers.get(header::RANGE).filter(|_| range_applies(headers, &etag));
    let selection = match asked.and_then(|value| value.to_str().ok()) {
        Some(text) => ranges::select(text, size),
        None => Selection::Whole,
    };
    let body = |range| match (*method == Method::HEAD, sends) {
        (true, _) => Body::empty(),
        (false, Some(parts)) => Body::from_stream(sent(Arc::clone(&reader), range, parts.clone())),
        (false, None) => Body::from_stream(read(Arc::clone(&reader), range)),
    };
    let answer = Response::builder().header(header::ACCEPT_RANGES, "bytes");
    let response = match selection {
        Selection::Outside => return Err(Error::RangeOutside { size_bytes: size }),
        Selection::Whole => {
            let answer = answer.header(header::CONTENT_TYPE, media_type).header(header::CONTENT_LENGTH, size);
            finish(answer, body(0..size), &etag)
        }
        Selection::One(range) => {
            let answer = answer
                .status(StatusCode::PARTIAL_CONTENT)
                .header(header::CONTENT_TYPE, media_type)
                .header(header::CONTENT_LENGTH, range.end - range.start)
                .header(header::CONTENT_RANGE, content_range(&range, size));
            finish(answer, body(range), &etag)
        }
        Selection::Several(several) => {
            let boundary = format!("rookery-{}", &etag[1..33]);
            let (length, stream) = multipart(Arc::clone(&reader), several, size, media_type, &boundary);
            let answer = answer
                .status(StatusCode::PARTIAL_CONTENT)
                .header(header::CONTENT_TYPE, format!("multipart/byteranges; boundary={boundary}"))
                .header(header::CONTENT_LENGTH, length);
            finish(
                answer,
                if *method == Method::HEAD { Body::empty() } else { Body::from_stream(stream) },
                &etag,
            )
        }
    };
    Ok(response)
}

/// Answers with bytes that are in memory and never change.
pub(crate) fn constant(
    bytes: Bytes,
    etag: &str,
    media_type: &'static str,
    request: &FileRequest,
) -> Response {
    if is_current(&request.headers, etag) {
        return finish(Response::builder().status(StatusCode::NOT_MODIFIED), Body::empty(), etag);
    }
    let answer = Response::builder().header(header::CONTENT_TYPE, media_type);
    let answer = answer.header(header::CONTENT_LENGTH, bytes.len());
    finish(answer, if request.method == Method::HEAD { Body::empty() } else { bytes.into() }, etag)
}

fn finish(answer: http::response::Builder, body: Body, etag: &str) -> Response {
    let answer = answer
        .header(header::ETAG, etag)
        .header(header::CACHE_CONTROL, "private, max-age=31536000, immutable");
    // Every part is a number, a hash or a constant, so building cannot fail; if it did, an empty answer says so.
    answer.body(body).unwrap_or_default()
}

fn content_range(range: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", range.start, range.end - 1)
}

/// `If-None-Match` (RFC 9110, section 13.1.2), compared weakly.
fn is_current(headers: &HeaderMap, etag: &str) -> bool {
    let named = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    named.flat_map(|value| value.split(',')).any(|tag| {
        let tag = tag.trim();
        tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == etag
    })
}

/// `If-Range` (section 13.1.5): a range of another version is not what was meant. Dates never match: there are none.
fn range_applies(headers: &HeaderMap, etag: &str) -> bool {
    headers.get(header::IF_RANGE).is_none_or(|value| value.as_bytes() == etag.as_bytes())
}

/// Stand-ins for the parts of a range, each when it is in memory.
fn sent(
    reader: Arc<BlobReader>,
    range: Range<u64>,
    parts: FileParts,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold((reader, range, parts), |(reader, range, parts)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let end = range.end.min(range.start + PART_BYTES_MAX);
        reader.prepare(range.start..end).await.map_err(io::Error::other)?;
        let stand_in = parts.push(Arc::clone(&reader), range.start..end);
        Ok(Some((stand_in, (reader, end..range.end, parts))))
    })
}

fn read(reader: Arc<BlobReader>, range: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::try_unfold((reader, range, FIRST_CHUNK_BYTES), |(reader, range, chunk)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let length = (range.end - range.start).min(chunk) as usize;
        let bytes = reader.read_chunk(range.start, length).await.map_err(io::Error::other)?;
        if bytes.is_empty() {
            // Shorter than it was when the answer began: break the connection rather than end too early.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let rest = range.start + bytes.len() as u64..range.end;
        Ok(Some((bytes, (reader, rest, CHUNK_BYTES))))
    })
}

/// Several ranges in one answer (section 14.6), and how many bytes that is.
fn multipart(
    reader: Arc<BlobReader>,
    several: Vec<Range<u64>>,
    size: u64,
    media_type: &str,
    boundary: &str,
) -> (u64, impl Stream<Item = io::Result<Bytes>> + Send + use<>) {
    let head = |range: &Range<u64>| {
        let range = content_range(range, size);
        format!("\r\n--{boundary}\r\nContent-Type: {media_type}\r\nContent-Range: {range}\r\n\r\n")
    };
    let end = Bytes::from(format!("\r\n--{boundary}--\r\n"));
    let heads: Vec<_> = several.iter().map(|range| Bytes::from(head(range))).collect();
    let content: u64 = several.iter().map(|range| range.end - range.start).sum();
    let length = content + heads.iter().map(|head| head.len() as u64).sum::<u64>() + end.len() as u64;
    let parts = stream::iter(several.into_iter().zip(heads)).flat_map(move |(range, head)| {
        stream::once(async { Ok(head) }).chain(read(Arc::clone(&reader), range))
    });
    (length, parts.chain(stream::once(async { Ok(end) })))
}
