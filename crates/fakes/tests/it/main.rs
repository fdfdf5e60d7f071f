//! The fakes against what the services publish.

mod contract;
