//! The parent's side: a few children kept alive, one task at a time each, replaced when they fail.

use super::wire::{self, Answer, Outcome, Request, Task};
use crate::{AudioError, Inspection, Limits, Picture};
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
    /// Address space of a child in bytes, the program itself included.
    pub memory_bytes_max: u64,
    /// Wall and processor time for a quick look.
    pub inspect_time_max: Duration,
    /// Wall and processor time for decoding a whole file.
    pub decode_time_max: Duration,
}

impl Default for WorkerLimits {
    /// 512 MiB; 5 seconds to inspect a file or to scale a picture, 5 minutes to decode a file.
    fn default() -> Self {
        Self {
            file: Limits::default(),
            memory_bytes_max: 512 << 20,
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

    /// [`crate::inspect`] in a worker.
    ///
    /// # Errors
    /// Those of [`crate::inspect`], and [`AudioError::Crashed`], [`AudioError::TimedOut`],
    /// [`AudioError::OutOfMemory`] for the file; [`AudioError::NoWorker`] if none can be started.
    pub async fn inspect(&self, path: &Path) -> Result<Inspection, AudioError> {
        let task = Task::Inspect { path: path.to_owned() };
        let (answer, body) = self.run(task, &[], self.shared.limits.inspect_time_max).await?;
        let Answer::Inspected { inspection, picture } = answer;
        let picture = picture.map(|kind| Picture { kind, bytes: body });
        Ok(Inspection { picture, ..*inspection })
    }

    /// The process ids of the idle workers, for a report or a measurement.
    pub fn process_ids(&self) -> Vec<u32> {
        let idle = self.shared.idle.lock().unwrap_or_else(PoisonError::into_inner);
        idle.iter().filter_map(|worker| worker.child.id()).collect()
    }

    async fn run(
        &self,
        task: Task,
        body: &[u8],
        time_max: Duration,
    ) -> Result<(Answer, Vec<u8>), AudioError> {
        let shared = &*self.shared;
        let _permit =
            shared.free.acquire().await.map_err(|error| AudioError::io("wait for a worker", error))?;
        let request = Request {
            limits: shared.limits.file.clone(),
            cpu_seconds_max: time_max.as_secs().max(1),
            memory_bytes_max: shared.limits.memory_bytes_max,
            task,
        };
        let message = wire::encode(&request, body)?;
        let idle = shared.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut worker = match idle {
            Some(worker) => worker,
            None => start(&shared.command)?,
        };
        // If this future is dropped here, so is the worker, which kills the child with its half-done task.
        let talk = tokio::time::timeout(time_max, worker.ask(&message)).await;
        match talk.unwrap_or(Err(Failure::TimedOut)) {
            Ok((outcome, body)) => {
                worker.tasks += 1;
                if worker.tasks < TASKS_PER_CHILD_MAX {
                    shared.idle.lock().unwrap_or_else(PoisonError::into_inner).push(worker);
                }
                outcome.map(|answer| (answer, body))
            }
            Err(failure) => Err(worker.autopsy(failure, time_max).await),
        }
    }
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
