//! Numbers to OpenTelemetry: what a process tells Prometheus is pushed to an OTLP endpoint over HTTP, as JSON.
//!
//! The numbers stay where they are counted. [`Exporter::run`] reads their text every while ([`read`]), writes it down as the
//! protocol has it ([`encode`]) and sends it once. Nothing is queued: numbers are cumulative, so the next ones make up for
//! those that did not arrive; a receiver that is slow or away costs a count and a longer pause.
//!
//! No SDK: that would count everything a second time. Source: OpenTelemetry Protocol Specification 1.x (OTLP/HTTP, JSON
//! encoding), its metrics data model, and Prometheus' text format 0.0.4.

mod encode;
mod read;
mod send;

pub use encode::Resource;
pub use send::{Delivered, Error, Exporter, Failed, Options, Pace};

/// Points that are sent at a time, at most; the others are left out, and counted.
pub const POINTS_MAX: usize = 5_000;
