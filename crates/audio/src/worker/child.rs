//! The child's side: one task after another until the parent closes the pipe.

use super::wire::{self, Answer, Outcome, Request, Task};
use crate::AudioError;
use crate::artwork::ArtworkHeader;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

/// Files a child may have open: its pipes, a source, a target, and some to spare.
const OPEN_FILES_MAX: u64 = 64;

/// Works for a parent until it closes `input`. Call it from a process of its own: it limits the memory, the processor
/// time and the open files of the whole process, and silences its panics, which are answers here.
///
/// # Errors
/// If the pipes break or the parent speaks another language; then the process should end.
pub fn serve(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    std::panic::set_hook(Box::new(|_| {}));
    limit(Resource::Core, 0)?;
    limit(Resource::Nofile, OPEN_FILES_MAX)?;
    loop {
        let mut prefix = [0; 8];
        match input.read_exact(&mut prefix) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
        let (header_len, body_len) = wire::lengths(prefix).map_err(io::Error::other)?;
        let mut header = vec![0; header_len];
        input.read_exact(&mut header)?;
        let mut body = vec![0; body_len];
        input.read_exact(&mut body)?;
        let request: Request = serde_json::from_slice(&header)?;
        limit(Resource::As, request.memory_bytes_max)?;
        let used = clock_gettime(ClockId::ProcessCPUTime).tv_sec.max(0).cast_unsigned();
        limit(Resource::Cpu, used + request.cpu_seconds_max + 1)?;
        let (outcome, answer_body) = catch_unwind(AssertUnwindSafe(|| work(request, &body)))
            .unwrap_or_else(|panic| (Err(AudioError::Crashed { reason: panic_text(&*panic) }), Vec::new()));
        output.write_all(&wire::encode(&outcome, &answer_body).map_err(io::Error::other)?)?;
        output.flush()?;
    }
}

fn work(request: Request, body: &[u8]) -> (Outcome, Vec<u8>) {
    let limits = &request.limits;
    let done = match request.task {
        Task::Inspect { path, with_tags } => crate::inspect::look(&PathBuf::from(path), limits, with_tags)
            .map(|mut inspection| {
                let (picture, bytes) = inspection
                    .picture
                    .take()
                    .map_or((None, Vec::new()), |picture| (Some(picture.kind), picture.bytes));
                (Answer::Inspected { inspection: Box::new(inspection), picture }, bytes)
            }),
        Task::Analyse { path } => {
            crate::analyse(&PathBuf::from(path), limits).map(|found| (Answer::Analysed(found), Vec::new()))
        }
        Task::Transcode { path, target } => {
            crate::transcode(&PathBuf::from(path), &PathBuf::from(target), limits)
                .map(|made| (Answer::Transcoded(made), Vec::new()))
        }
        Task::Unpack { path, target } => crate::unpack(&PathBuf::from(path), &PathBuf::from(target), limits)
            .map(|made| (Answer::Unpacked(made), Vec::new())),
        Task::Artwork => crate::artwork(body, limits).map(|made| {
            let sizes =
                made.variants.iter().map(|variant| (variant.side, variant.pixels, variant.bytes.len()));
            let header = ArtworkHeader { dominant_colour: made.dominant_colour, variants: sizes.collect() };
            let bytes = made.variants.into_iter().flat_map(|variant| variant.bytes).collect();
            (Answer::Artwork(header), bytes)
        }),
    };
    match done {
        Ok((answer, body)) => (Ok(answer), body),
        Err(error) => (Err(error), Vec::new()),
    }
}

/// Lowers (or raises, up to the hard limit) what this process may use.
fn limit(resource: Resource, value: u64) -> io::Result<()> {
    let maximum = getrlimit(resource).maximum;
    let current = Some(maximum.map_or(value, |maximum| maximum.min(value)));
    Ok(setrlimit(resource, Rlimit { current, maximum })?)
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("panic").to_owned()
}
