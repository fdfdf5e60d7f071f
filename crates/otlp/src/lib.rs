//! Numbers and spans to OpenTelemetry: what a process tells Prometheus, and how long requests took, is pushed to an OTLP
//! endpoint over HTTP, as JSON.
//!
//! The numbers stay where they are counted. [`Exporter::run`] reads their text every while ([`read`]), writes it down as the
//! protocol has it ([`encode`]) and sends it once. Nothing is queued: numbers are cumulative, so the next ones make up for
//! those that did not arrive; a receiver that is slow or away costs a count and a longer pause.
//!
//! Spans are of requests: some of them, and those that failed ([`Traces`]). They wait in a bounded queue, whoever is served
//! does not wait for them, and [`Sender::run`] takes them out.
//!
//! No SDK: that would count everything a second time. Source: OpenTelemetry Protocol Specification 1.x (OTLP/HTTP, JSON
//! encoding), its data models, semantic conventions of HTTP spans, W3C Trace Context 1, and Prometheus' text format 0.0.4.

mod encode;
mod read;
mod send;
mod span;
mod traces;
mod way;

pub use encode::Resource;
pub use send::{Delivered, Exporter};
pub use span::{Answered, Parent};
pub use traces::{SPANS_MAX, Sender, Traces};
pub use way::{Error, Failed, Options, Pace};

/// Points that are sent at a time, at most; the others are left out, and counted.
pub const POINTS_MAX: usize = 5_000;
