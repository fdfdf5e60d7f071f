//! The process that looks at files from strangers: it speaks with its parent over standard input and output and has no
//! other business.

use std::io::{stdin, stdout};
use std::process::ExitCode;

pub fn run() -> ExitCode {
    match audio::worker::serve(stdin().lock(), stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
