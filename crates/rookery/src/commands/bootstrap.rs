//! `rookery bootstrap`: a bare machine becomes one that takes releases. It is asked about itself, told what is missing, and
//! asked again, over the system's `ssh`; what there is to do is said by the crate `bootstrap`.

use super::print;
use super::release::public_keys;
use crate::declared::Declared;
use crate::failure::Failure;
use crate::remote::address;
use crate::sealed;
use crate::settings::Settings;
use bootstrap::{DeployKey, Entrant, Facts, Mode, Order, PROBE, PROGRAM, Part, Step, Swap, Told};
use clap::{Args, ValueEnum};
use operations::{EnvironmentName, Target};
use std::io::{BufRead as _, BufReader, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A machine to prepare.
#[derive(Debug, Args)]
pub struct BootstrapArgs {
    /// The machine, as root reaches it by ssh: root@203.0.113.5, root@host:2222
    #[arg(value_name = "ROOT@HOST")]
    pub machine: String,
    /// Which environments [default: all that are declared to run there]
    #[arg(value_name = "ENVIRONMENT")]
    pub which: Vec<EnvironmentName>,
    /// The file of the public keys whose releases are taken, as `rookery release keygen` makes it.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The file of public ssh keys of those who deploy; can be repeated [default: who may stays as it is]
    #[arg(long, value_name = "FILE")]
    pub deployer: Vec<PathBuf>,
    /// The program that is put on the machine [default: this one]
    #[arg(long, value_name = "PATH")]
    pub program: Option<PathBuf>,
    /// MiB of the disk that stand in for memory; 0: none [default: 1024 below 2000 MiB of memory, if nothing does]
    #[arg(long, value_name = "MIB")]
    pub swap: Option<u32>,
    /// What is left to somebody else.
    #[arg(long, value_enum, value_delimiter = ',', value_name = "PART")]
    pub without: Vec<PartName>,
    /// Looks, and says what would be done and which files would be put there; changes nothing.
    #[arg(long)]
    pub dry_run: bool,
}

/// What can be left to somebody else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PartName {
    /// Who may come in by which port.
    Firewall,
    /// Security updates by themselves.
    Updates,
    /// The clock.
    Time,
    /// How long logs are kept.
    Journal,
}

impl From<PartName> for Part {
    fn from(name: PartName) -> Self {
        match name {
            PartName::Firewall => Self::Firewall,
            PartName::Updates => Self::Updates,
            PartName::Time => Self::Time,
            PartName::Journal => Self::Journal,
        }
    }
}

/// # Errors
/// [`Failure::Bootstrap`] with the step that did not work; what was done before it stays.
pub fn run(settings: &Settings, args: &BootstrapArgs) -> Result<(), Failure> {
    let declared = Declared::read(settings.config.as_deref())?.ok_or(Failure::NothingDeclared)?;
    let text = read(&declared.path)?;
    let machine = Machine(&args.machine);
    let order = order(&declared, &text, args)?;
    let told = |error: bootstrap::Error| Failure::Bootstrap(error.to_string());
    bootstrap::check(&order).map_err(told)?;
    let facts = machine.facts()?;
    let wrong = bootstrap::judge(&order, &facts, std::env::consts::ARCH).map_err(told)?;
    if !wrong.is_empty() {
        let wrong: String = wrong.iter().map(|why| format!("\n  {why}")).collect();
        return Err(Failure::Bootstrap(format!(
            "{} cannot be prepared, and nothing was changed:{wrong}",
            args.machine
        )));
    }
    print(&format!(
        "{}: {}, systemd {}, {} MiB of memory, {} MiB free\n",
        args.machine,
        facts.system,
        facts.systemd.unwrap_or(0),
        facts.memory_mib.unwrap_or(0),
        facts.disk_mib.unwrap_or(0)
    ));
    let steps = bootstrap::steps(&order, &facts).map_err(told)?;
    let mode = if args.dry_run { Mode::Look } else { Mode::Act };
    let mut count = Count::default();
    let own = std::env::current_exe().map_err(Failure::OwnPath)?;
    program(&machine, args.program.as_deref().unwrap_or(&own), &facts, mode, &mut count)?;
    machine.take(&steps, mode, &mut count)?;
    if !args.without.contains(&PartName::Firewall) {
        // A new connection: if it is not let in, the machine opens itself again.
        machine.take(&[bootstrap::confirmed()], mode, &mut count).map_err(|failure| {
            Failure::Bootstrap(format!("{failure}\n  The machine opens itself again within a minute."))
        })?;
    }
    print(&match (mode, count.other) {
        (_, 0) => format!("All {} steps were done already: nothing was changed.\n", count.same),
        (Mode::Look, other) => {
            format!("{other} steps would be done, {} are. Nothing was changed.\n", count.same)
        }
        (Mode::Act, other) => format!("{other} steps were done, {} had been.\n", count.same),
    });
    if mode == Mode::Act { after(&order, &machine.facts()?) } else { Ok(()) }
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| Failure::Bootstrap(format!("{}: {error}", path.display())))
}

/// What is asked for, of what is declared and typed.
fn order<'a>(declared: &'a Declared, text: &'a str, args: &BootstrapArgs) -> Result<Order<'a>, Failure> {
    let there = Target::Ssh(args.machine.clone()).machine();
    let environments = &declared.declaration.environments;
    for name in &args.which {
        declared.choose(Some(name))?;
    }
    let is_meant = |name: &EnvironmentName, target: &Target| match &args.which[..] {
        [] => matches!(target, Target::Ssh(_)) && target.machine() == there,
        which => which.contains(name),
    };
    let mut entrants = Vec::new();
    for (name, environment) in environments.iter().filter(|(name, it)| is_meant(name, &it.target)) {
        let sealed = sealed::file(declared, name);
        let sealed = sealed.exists().then(|| read(&sealed)).transpose()?;
        entrants.push(Entrant { name, environment, sealed });
    }
    if entrants.is_empty() {
        return Err(Failure::Bootstrap(format!(
            "no environment is declared to run on {there}: write `target = {{ ssh = \"deploy@{there}\" }}` under \
             [environments.NAME]"
        )));
    }
    // Whatever else stands in the file would keep releases out later.
    public_keys(&args.key)?;
    let mut deploy_keys = Vec::new();
    for path in &args.deployer {
        let keys = DeployKey::parse_all(&read(path)?);
        deploy_keys.extend(keys.map_err(|error| Failure::Bootstrap(format!("{}: {error}", path.display())))?);
    }
    Ok(Order {
        declaration: &declared.declaration,
        text,
        entrants,
        release_keys: read(&args.key)?,
        deploy_keys,
        swap: args.swap.map_or(Swap::Usual, Swap::Mib),
        without: args.without.iter().map(|part| Part::from(*part)).collect(),
    })
}

/// What is left to people.
fn after(order: &Order<'_>, facts: &Facts) -> Result<(), Failure> {
    for entrant in &order.entrants {
        let name = entrant.name;
        let key = facts.recipients.iter().find(|(other, _)| other == name.as_str());
        let Some((_, key)) = key else {
            return Err(Failure::Bootstrap(format!("{name}: the key that opens its secrets is not there")));
        };
        if !entrant.environment.recipients.contains(key) {
            print(&format!(
                "{name}: to seal secrets for it, declare\n\n[environments.{name}]\nrecipients = [\"{key}\"]\n\nand bring what is \
                 declared and sealed there by the same command.\n"
            ));
        }
    }
    Ok(())
}

#[derive(Default)]
struct Count {
    same: u32,
    other: u32,
}

impl Count {
    /// Tells a line; a step that did not work is the end.
    fn tell(&mut self, told: Told, files: &[Step]) -> Result<bool, Failure> {
        match told {
            Told::Same(name) => {
                self.same += 1;
                print(&format!("  is so   {name}\n"));
            }
            Told::Would(name) => {
                self.other += 1;
                print(&format!("  would   {name}\n"));
                let step = files.iter().find(|step| step.name == name);
                for file in step.iter().flat_map(|step| &step.files) {
                    print(&format!("          {} ({}, {})\n", file.path, file.mode, file.owner));
                }
            }
            Told::Done(name) => {
                self.other += 1;
                print(&format!("  done    {name}\n"));
            }
            Told::Failed { name, why } => {
                return Err(Failure::Bootstrap(format!(
                    "{name}: {why}\n  What was done before it stays; the same command goes on from here."
                )));
            }
            Told::End => return Ok(true),
        }
        Ok(false)
    }
}

/// The program by which releases come; it is tried before it takes the place of another.
fn program(
    machine: &Machine<'_>,
    path: &Path,
    facts: &Facts,
    mode: Mode,
    count: &mut Count,
) -> Result<(), Failure> {
    let bytes =
        std::fs::read(path).map_err(|error| Failure::Bootstrap(format!("{}: {error}", path.display())))?;
    let digest = release::Sealed::of(&bytes).sha256.to_string();
    let name = format!("the program {PROGRAM}");
    let told = match (facts.program.as_deref() == Some(&*digest), mode) {
        (true, _) => Told::Same(name),
        (false, Mode::Look) => Told::Would(name),
        (false, Mode::Act) => {
            let next = "/usr/local/bin/.rookery.next";
            let line = format!(
                "umask 022; mkdir -p /usr/local/bin && cat >{next} && chmod 755 {next} && \
                 [ \"$(sha256sum {next} | cut -d' ' -f1)\" = {digest} ] && {next} about >/dev/null && mv -f {next} {PROGRAM}"
            );
            let (is_done, said) = machine.send(&line, &bytes, |_| Ok(()))?;
            if is_done { Told::Done(name) } else { Told::Failed { name, why: said } }
        }
    };
    count.tell(told, &[]).map(drop)
}

/// A machine as root reaches it.
struct Machine<'a>(&'a str);

impl Machine<'_> {
    fn facts(&self) -> Result<Facts, Failure> {
        let mut said = String::new();
        let (_, wrong) = self.send("exec sh -s", PROBE.as_bytes(), |line| {
            said.push_str(line);
            said.push('\n');
            Ok(())
        })?;
        let facts = Facts::parse(&said);
        if facts.is_whole { Ok(facts) } else { Err(self.failed(&wrong)) }
    }

    /// Takes steps, and tells each.
    fn take(&self, steps: &[Step], mode: Mode, count: &mut Count) -> Result<(), Failure> {
        let text = bootstrap::script(steps, mode);
        let (mut at, mut has_ended) = ("the beginning".to_owned(), false);
        let (_, wrong) = self.send("exec sh -s", text.as_bytes(), |line| {
            let Some(told) = Told::parse(line) else { return Ok(()) };
            if let Told::Same(name) | Told::Would(name) | Told::Done(name) = &told {
                name.clone_into(&mut at);
            }
            has_ended = count.tell(told, steps)?;
            Ok(())
        })?;
        if has_ended { Ok(()) } else { Err(self.failed(&format!("it broke off after `{at}`; {wrong}"))) }
    }

    fn failed(&self, why: &str) -> Failure {
        Failure::Bootstrap(format!("{}: {}", self.0, why.trim()))
    }

    /// Has a line run there with this on its standard input; whether it went well, and what it complained of.
    fn send(
        &self,
        line: &str,
        input: &[u8],
        mut tell: impl FnMut(&str) -> Result<(), Failure>,
    ) -> Result<(bool, String), Failure> {
        let (host, port) = address(self.0);
        let mut command = Command::new("ssh");
        // Each time a connection of its own: that it comes through is a part of what is looked at.
        command.args(["-T", "-o", "ServerAliveInterval=15", "-o", "ConnectTimeout=20"]);
        command.args(["-o", "ControlMaster=no", "-o", "ControlPath=none"]);
        if !std::io::stdin().is_terminal() {
            command.args(["-o", "BatchMode=yes"]);
        }
        command.args(port.into_iter().flat_map(|port| ["-p", port])).args(["--", host, line]);
        let failed = |error: std::io::Error| self.failed(&error.to_string());
        let child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(failed)?;
        let (input_end, said) = (child.stdin.take(), child.stdout.take());
        let told = std::thread::scope(|scope| {
            scope.spawn(move || {
                // Whoever hangs up has said why.
                let _ = input_end.map(|mut end| end.write_all(input));
            });
            let lines = said.into_iter().flat_map(|said| BufReader::new(said).lines());
            for line in lines {
                tell(&line.map_err(failed)?)?;
            }
            Ok::<(), Failure>(())
        });
        let ended = child.wait_with_output().map_err(failed)?;
        told?;
        Ok((ended.status.success(), String::from_utf8_lossy(&ended.stderr).trim().to_owned()))
    }
}
