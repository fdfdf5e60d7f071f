//! APIs of other software that clients outside speak. Each is a folder that translates and decides nothing: who may do
//! what, and what comes of it, is said by the same code that answers the native API.

pub(crate) mod echonest;
