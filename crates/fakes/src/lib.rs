//! The services outside, as tests meet them.
