//! A machine that takes releases, reached by the system's `ssh`, with whatever its user has set up for that; or this one.
//!
//! What stands behind it is `rookery gate`, and nothing else: see `commands/gate`.

use crate::declared::Declared;
use crate::failure::Failure;
use crate::settings::Settings;
use operations::{Environment, EnvironmentName, Target};
use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Child, Command, Stdio};

/// One environment on the machine it runs on.
pub struct Remote {
    /// Its name.
    pub name: EnvironmentName,
    /// What is declared of it.
    pub environment: Environment,
}

impl Remote {
    /// An environment that is declared here.
    ///
    /// # Errors
    /// [`Failure::NothingDeclared`], [`Failure::Environment`], [`Failure::Deploy`] if it runs on no machine of its own.
    pub fn of(settings: &Settings, name: &EnvironmentName) -> Result<Self, Failure> {
        let declared = Declared::read(settings.config.as_deref())?.ok_or(Failure::NothingDeclared)?;
        let name = declared.choose(Some(name))?;
        let environment =
            declared.declaration.environments.get(&name).cloned().ok_or(Failure::NothingDeclared)?;
        match environment.target {
            Target::Local | Target::Ssh(_) => Ok(Self { name, environment }),
            _ => Err(Failure::Deploy(format!(
                "{name} runs on {}, which takes images: `rookery release build` makes one",
                environment.target.machine()
            ))),
        }
    }

    /// What asks the machine for this.
    fn command(&self, words: &str) -> Result<Command, Failure> {
        let mut command = match &self.environment.target {
            Target::Ssh(to) => {
                let (host, port) = address(to);
                let mut command = Command::new("ssh");
                // No terminal, no questions, and a line that is dead is noticed.
                command.args(["-T", "-o", "BatchMode=yes", "-o", "ServerAliveInterval=15"]);
                command.args(port.into_iter().flat_map(|port| ["-p", port]));
                command.args(["--", host]);
                command
            }
            _ => {
                let mut command = Command::new(std::env::current_exe().map_err(Failure::OwnPath)?);
                command.args(["--environment", self.name.as_str(), "gate"]);
                command
            }
        };
        command.arg(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command)
    }

    /// Asks for something and answers what was said.
    ///
    /// # Errors
    /// [`Failure::Deploy`] with what was said instead.
    pub fn ask(&self, words: &str) -> Result<String, Failure> {
        let child = self.command(words)?.spawn().map_err(|error| self.unreachable(&error))?;
        self.answer(child)
    }

    /// Asks for something and tells each line as it comes; those that fail are told, too.
    ///
    /// # Errors
    /// [`Failure::Deploy`] with what was said.
    pub fn follow(
        &self,
        words: &str,
        mut tell: impl FnMut(&str) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let mut child = self.command(words)?.spawn().map_err(|error| self.unreachable(&error))?;
        if let Some(said) = child.stdout.take() {
            for line in BufReader::new(said).lines() {
                tell(&line.map_err(|error| self.unreachable(&error))?)?;
            }
        }
        self.answer(child).map(drop)
    }

    /// Asks for something and tells each line for as long as it is wanted; the other side sees when it is not any more.
    ///
    /// # Errors
    /// [`Failure::Deploy`] with what was said instead.
    pub fn listen(&self, words: &str, mut tell: impl FnMut(&str) -> bool) -> Result<(), Failure> {
        let mut child = self.begin(words, Stdio::piped())?;
        // For as long as this is held.
        let held = child.stdin.take();
        let lines = child.stdout.take().into_iter().flat_map(|said| BufReader::new(said).lines());
        for line in lines {
            if !tell(&line.map_err(|error| self.unreachable(&error))?) {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(());
            }
        }
        drop(held);
        self.answer(child).map(drop)
    }

    /// Begins to ask for something that is sent to it.
    ///
    /// # Errors
    /// [`Failure::Deploy`].
    pub fn begin(&self, words: &str, input: Stdio) -> Result<Child, Failure> {
        self.command(words)?.stdin(input).spawn().map_err(|error| self.unreachable(&error))
    }

    /// How it ended.
    ///
    /// # Errors
    /// [`Failure::Deploy`] with what was said instead.
    pub fn answer(&self, mut child: Child) -> Result<String, Failure> {
        drop(child.stdin.take());
        let mut said = String::new();
        if let Some(mut output) = child.stdout.take() {
            output.read_to_string(&mut said).map_err(|error| self.unreachable(&error))?;
        }
        let ended = child.wait_with_output().map_err(|error| self.unreachable(&error))?;
        if ended.status.success() {
            return Ok(said);
        }
        let why = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
        let why = why.strip_prefix("rookery: ").unwrap_or(&why);
        Err(Failure::Deploy(format!("{} ({}): {why}", self.name, self.environment.target.machine())))
    }

    fn unreachable(&self, error: &std::io::Error) -> Failure {
        Failure::Deploy(format!("{}: {error}", self.environment.target.machine()))
    }
}

/// The host, with its user, and the port.
pub fn address(to: &str) -> (&str, Option<&str>) {
    match to.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            (host, Some(port))
        }
        _ => (to, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_stands_after_the_host() {
        assert_eq!(address("deploy@203.0.113.5"), ("deploy@203.0.113.5", None));
        assert_eq!(address("deploy@host:2222"), ("deploy@host", Some("2222")));
        assert_eq!(address("deploy@[2001:db8::1]"), ("deploy@[2001:db8::1]", None));
    }
}
