//! The parent's side: a few children kept alive, one task at a time each, replaced when they fail.

use super::wire::{self, Answer, Outcome, Request, Task};
use crate::{
    Analysis, Artwork, ArtworkVariant, AudioError, Inspection, Limits, Picture, Transcoded, Unpacked,
};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;

/// A child is replaced after this many tasks, so that what a parser leaks does not add up.
const TASKS_PER_CHILD_MAX: u32 = 4096;
/// A child that was closed or that broke the pipe has this long to end by itself, so that its end can be read.
const ENDING: Duration = Duration::from_secs(2);

/// How to start a worker: the program (this one) and the arguments that lead to [`super::serve`].
#[derive(Clone, Debug)]
pub struct WorkerCommand {
    /// The path of the program.
    pub program: PathBuf,
    /// Its arguments.
    pub args: Vec<OsString>,
}

/// What the work on one file may cost the machine.
#[derive(Clone, Debug)]
pub struct WorkerLimits {
    /// Limits of the content.
    pub file: Limits,
    /// Address space in bytes for a quick look, the program itself included.
    pub inspect_memory_bytes_max: u64,
    /// Address space in bytes for decoding a file or a picture, the program itself included.
    pub decode_memory_bytes_max: u64,
    /// Wall and processor time for a quick look.
    pub inspect_time_max: Duration,
    /// Wall and processor time for decoding a whole file or a picture.
    pub decode_time_max: Duration,
}

/// What one task may use.
#[derive(Clone, Copy)]
struct Budget {
    time: Duration,
    memory_bytes: u64,
}

impl WorkerLimits {
    fn glance(&self) -> Budget {
        Budget { time: self.inspect_time_max, memory_bytes: self.inspect_memory_bytes_max }
    }

    fn whole_file(&self) -> Budget {
        Budget { time: self.decode_time_max, memory_bytes: self.decode_memory_bytes_max }
    }
}

impl Default for WorkerLimits {
    /// To inspect a file 128 MiB and 5 seconds, to decode one 512 MiB and 5 minutes.
    fn default() -> Self {
        Self {
            file: Limits::default(),
            inspect_memory_bytes_max: 128 << 20,
            decode_memory_bytes_max: 512 << 20,
            inspect_time_max: Duration::from_secs(5),
            decode_time_max: Duration::from_secs(300),
        }
    }
}

/// A pool of worker processes. Clones share it; when the last is dropped the children end.
#[derive(Clone)]
pub struct Workers {
    shared: Arc<Shared>,
}

struct Shared {
    command: WorkerCommand,
    limits: WorkerLimits,
    free: Semaphore,
    idle: Mutex<Vec<Worker>>,
}

struct Worker {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    tasks: u32,
}

/// How a conversation failed.
enum Failure {
    /// The child is gone or speaks nonsense.
    Broken,
    TimedOut,
}

impl Workers {
    /// A pool of at most `count` children (at least one), which start when they are needed.
    pub fn new(command: WorkerCommand, count: usize, limits: WorkerLimits) -> Self {
        let free = Semaphore::new(count.max(1));
        Self { shared: Arc::new(Shared { command, limits, free, idle: Mutex::default() }) }
    }

    /// [`crate::inspect()`] in a worker.
    ///
    /// # Errors
    /// Those of [`crate::inspect()`], and [`AudioError::Crashed`], [`AudioError::TimedOut`],
    /// [`AudioError::OutOfMemory`] for the file; [`AudioError::NoWorker`] if none can be started.
    pub async fn inspect(&self, path: &Path) -> Result<Inspection, AudioError> {
        let budget = self.shared.limits.glance();
        let task = |with_tags| Task::Inspect { path: path.into(), with_tags };
        let first = self.run(task(true), &[], budget).await;
        let (answer, body) = match first {
            // Tags made to break their reader cost the file its tags, not its place.
            Err(AudioError::Crashed { .. } | AudioError::TimedOut { .. } | AudioError::OutOfMemory) => {
                self.run(task(false), &[], budget).await?
            }
            other => other?,
        };
        let Answer::Inspected { inspection, picture } = answer else { return Err(wrong_answer()) };
        let picture = picture.map(|kind| Picture { kind, bytes: body });
        Ok(Inspection { picture, ..*inspection })
    }

    /// [`crate::analyse()`] in a worker.
    ///
    /// # Errors
    /// Those of [`crate::analyse()`] and of [`Workers::inspect`].
    pub async fn analyse(&self, path: &Path) -> Result<Analysis, AudioError> {
        let task = Task::Analyse { path: path.into() };
        match self.run(task, &[], self.shared.limits.whole_file()).await? {
            (Answer::Analysed(analysis), _) => Ok(analysis),
            _ => Err(wrong_answer()),
        }
    }

    /// [`crate::transcode()`] in a worker. When a worker is stopped or crashes, what it wrote of `target` is removed.
    ///
    /// # Errors
    /// Those of [`crate::transcode()`] and of [`Workers::inspect`].
    pub async fn transcode(&self, path: &Path, target: &Path) -> Result<Transcoded, AudioError> {
        let task = Task::Transcode { path: path.into(), target: target.into() };
        let done = match self.run(task, &[], self.shared.limits.whole_file()).await {
            Ok((Answer::Transcoded(transcoded), _)) => Ok(transcoded),
            Ok(_) => Err(wrong_answer()),
            Err(error) => Err(error),
        };
        if matches!(
            done,
            Err(AudioError::TimedOut { .. } | AudioError::Crashed { .. } | AudioError::OutOfMemory)
        ) {
            // It may not have come as far as creating it.
            let _ = tokio::fs::remove_file(target).await;
        }
        done
    }

    /// [`crate::unpack()`] in a worker. `target` can be read while it grows; it stays, whatever happens.
    ///
    /// # Errors
    /// Those of [`crate::unpack()`] and of [`Workers::inspect`].
    pub async fn unpack(&self, path: &Path, target: &Path) -> Result<Unpacked, AudioError> {
        let task = Task::Unpack { path: path.into(), target: target.into() };
        match self.run(task, &[], self.shared.limits.whole_file()).await? {
            (Answer::Unpacked(unpacked), _) => Ok(unpacked),
            _ => Err(wrong_answer()),
        }
    }

    /// [`crate::artwork()`] in a worker.
    ///
    /// # Errors
    /// Those of [`crate::artwork()`] and of [`Workers::inspect`].
    pub async fn artwork(&self, bytes: &[u8]) -> Result<Artwork, AudioError> {
        let limits = &self.shared.limits;
        if bytes.len() > limits.file.picture_bytes_max {
            let limit = limits.file.picture_bytes_max as u64;
            return Err(AudioError::too_large("picture bytes", bytes.len() as u64, limit));
        }
        let (answer, body) = self.run(Task::Artwork, bytes, limits.whole_file()).await?;
        let Answer::Artwork(header) = answer else { return Err(wrong_answer()) };
        let mut rest = body.as_slice();
        let variants = header.variants.into_iter().map(|(side, pixels, len)| {
            let (bytes, after) = rest.split_at_checked(len).ok_or_else(wrong_answer)?;
            rest = after;
            Ok(ArtworkVariant { side, pixels, bytes: bytes.to_vec() })
        });
        Ok(Artwork {
            variants: variants.collect::<Result<_, AudioError>>()?,
            dominant_colour: header.dominant_colour,
        })
    }

    /// The process ids of the idle workers, for a report or a measurement.
    pub fn process_ids(&self) -> Vec<u32> {
        let idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.iter().filter_map(|worker| worker.child.id()).collect()
    }

    async fn run(&self, task: Task, body: &[u8], budget: Budget) -> Result<(Answer, Vec<u8>), AudioError> {
        let shared = &*self.shared;
        let _permit =
            shared.free.acquire().await.map_err(|error| AudioError::io("wait for a worker", error))?;
        let request = Request {
            limits: shared.limits.file.clone(),
            cpu_seconds_max: budget.time.as_secs().max(1),
            memory_bytes_max: budget.memory_bytes,
            task,
        };
        let message = wire::encode(&request, body)?;
        let idle = shared.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = match idle {
            Some(worker) => worker,
            None => start(&shared.command)?,
        };
        // If this future is dropped here, so is the worker, which kills the child with its half-done task.
        let talk = tokio::time::timeout(budget.time, worker.ask(&message)).await;
        match talk.unwrap_or(Err(Failure::TimedOut)) {
            Ok((outcome, body)) => {
                worker.tasks += 1;
                if worker.tasks < TASKS_PER_CHILD_MAX {
                    shared.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
                }
                outcome.map(|answer| (answer, body))
            }
            Err(failure) => Err(worker.autopsy(failure, budget.time).await),
        }
    }
}

fn wrong_answer() -> AudioError {
    AudioError::Crashed { reason: "it answered another question".to_owned() }
}

fn start(command: &WorkerCommand) -> Result<Worker, AudioError> {
    let no_worker = |reason: &dyn std::fmt::Display| AudioError::NoWorker { reason: reason.to_string() };
    let mut child = Command::new(&command.program)
        .args(&command.args)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| no_worker(&format!("{}: {error}", command.program.display())))?;
    let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(no_worker(&"it has no pipes"));
    };
    Ok(Worker { child, stdin, stdout, tasks: 0 })
}

impl Worker {
    async fn ask(&mut self, message: &[u8]) -> Result<(Outcome, Vec<u8>), Failure> {
        let broken = |_| Failure::Broken;
        self.stdin.write_all(message).await.map_err(broken)?;
        let mut prefix = [0; 8];
        self.stdout.read_exact(&mut prefix).await.map_err(broken)?;
        let (header_len, body_len) = wire::lengths(prefix).map_err(|_| Failure::Broken)?;
        let mut header = vec![0; header_len];
        self.stdout.read_exact(&mut header).await.map_err(broken)?;
        let mut body = vec![0; body_len];
        self.stdout.read_exact(&mut body).await.map_err(broken)?;
        let outcome = serde_json::from_slice(&header).map_err(|_| Failure::Broken)?;
        Ok((outcome, body))
    }

    /// Ends the child and says why it failed.
    async fn autopsy(mut self, failure: Failure, time_max: Duration) -> AudioError {
        let timed_out =
            AudioError::TimedOut { limit_ms: u64::try_from(time_max.as_millis()).unwrap_or(u64::MAX) };
        if matches!(failure, Failure::TimedOut) {
            // It ends at once, or has already; either way nothing is left to do.
            let _ = self.child.kill().await;
            return timed_out;
        }
        drop((self.stdin, self.stdout));
        let mut words = Vec::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            let _ = tokio::time::timeout(ENDING, (&mut stderr).take(4096).read_to_end(&mut words)).await;
        }
        let ended = tokio::time::timeout(ENDING, self.child.wait()).await;
        let words = String::from_utf8_lossy(&words).trim().to_owned();
        match ended {
            // The allocator's message when the limit of memory is reached.
            _ if words.contains("memory allocation of") => AudioError::OutOfMemory,
            Ok(Ok(status)) if std::os::unix::process::ExitStatusExt::signal(&status) == Some(SIGXCPU) => {
                timed_out
            }
            Ok(Ok(status)) => AudioError::Crashed { reason: format!("{status} {words}").trim().to_owned() },
            _ => AudioError::Crashed { reason: words },
        }
    }
}

/// Sent by the system when the limit of processor time is reached.
const SIGXCPU: i32 = rustix::process::Signal::XCPU.as_raw();
