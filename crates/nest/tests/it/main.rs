//! Tests of the nest through its public face: golden vectors, behaviour, a naive model, and a simulation of several
//! servers and many listeners.

#![expect(clippy::expect_used, clippy::panic, reason = "a test stops at the first surprise")]

mod autofill;
mod behaviour;
mod door;
mod golden;
mod naive_autofill;
mod ordering;
mod reactions;
mod reference;
mod room;
mod simulation;
