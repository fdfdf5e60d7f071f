//! Units of systemd for an environment on a machine of its own users: one socket that holds the port, and two slots that
//! share it, so that a new release takes over from the old one without a connection refused.
//!
//! Pure text from the declaration; nothing is written or started here. What each line is for stands in
//! `docs/operations/slots.md`. Sources: `systemd.socket(5)`, `systemd.service(5)`, `systemd.exec(5)`.

use crate::declaration::{Declaration, Environment};
use crate::difference::effective;
use crate::name::EnvironmentName;
use std::fmt;
use std::fmt::Write as _;
use std::path::{Component, Path};

/// Where the server listens when nothing is said.
const LISTEN_DEFAULT: &str = "127.0.0.1:4533";
/// Where it listens when it ends TLS itself.
const TLS_LISTEN_DEFAULT: [&str; 2] = ["0.0.0.0:80", "0.0.0.0:443"];
/// Where folders are that systemd makes itself.
const STATE: &str = "/var/lib/";
/// The longest name of a user.
const USER_CHARS_MAX: usize = 31;

/// One of the two places a release can run in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SlotName {
    /// The one that is started when somebody knocks and neither runs.
    Blue,
    /// The other.
    Green,
}

impl SlotName {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Blue, Self::Green];

    /// As it stands in units and folders.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Blue => "blue",
            Self::Green => "green",
        }
    }

    /// The other one.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Blue => Self::Green,
            Self::Green => Self::Blue,
        }
    }
}

impl fmt::Display for SlotName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// Where everything of an environment is on its machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout(EnvironmentName);

impl Layout {
    /// Of this environment.
    #[must_use]
    pub const fn of(name: EnvironmentName) -> Self {
        Self(name)
    }

    /// The unit that holds the port.
    #[must_use]
    pub fn socket_unit(&self) -> String {
        format!("rookery-{}.socket", self.0)
    }

    /// The unit that holds the port of the numbers.
    #[must_use]
    pub fn metrics_socket_unit(&self) -> String {
        format!("rookery-{}-metrics.socket", self.0)
    }

    /// The unit that holds the port of https, where TLS ends in the slots.
    #[must_use]
    pub fn tls_socket_unit(&self) -> String {
        format!("rookery-{}-tls.socket", self.0)
    }

    /// The unit of a slot.
    #[must_use]
    pub fn slot_unit(&self, slot: SlotName) -> String {
        format!("rookery-{}@{slot}.service", self.0)
    }

    /// The link that leads from a slot to its release.
    #[must_use]
    pub fn slot_link(&self, slot: SlotName) -> String {
        format!("/srv/rookery/{}/slots/{slot}", self.0)
    }

    /// The folder of releases.
    #[must_use]
    pub fn releases(&self) -> String {
        format!("/srv/rookery/{}/releases", self.0)
    }

    /// Where changes of slots are written down.
    #[must_use]
    pub fn journal(&self) -> String {
        format!("/srv/rookery/{}/switches", self.0)
    }

    /// What became of every release that was brought here.
    #[must_use]
    pub fn deploys(&self) -> String {
        format!("/srv/rookery/{}/deploys", self.0)
    }

    /// The number of the change that its deployer has confirmed.
    #[must_use]
    pub fn confirmed(&self) -> String {
        format!("/srv/rookery/{}/confirmed", self.0)
    }

    /// The keys whose releases are taken.
    #[must_use]
    pub fn release_keys(&self) -> String {
        format!("/etc/rookery/{}/release.pub", self.0)
    }

    /// The unit under which a change runs, apart from whoever asked for it.
    #[must_use]
    pub fn deploy_unit(&self) -> String {
        format!("rookery-{}-deploy.service", self.0)
    }

    /// The declaration as the machine has it.
    #[must_use]
    pub fn declaration(&self) -> String {
        format!("/etc/rookery/{}/rookery.toml", self.0)
    }

    /// The private door of a slot.
    #[must_use]
    pub fn admin_socket(&self, slot: SlotName) -> String {
        format!("/run/rookery-{}-{slot}/admin.sock", self.0)
    }

    /// Where a slot answers those on whom its release is tried.
    #[must_use]
    pub fn chosen_socket(&self, slot: SlotName) -> String {
        format!("/run/rookery-{}-{slot}/chosen.sock", self.0)
    }

    /// What a slot is told for its next start, if the file is there: `ROOKERY_GATE=closed`. Gone after a reboot.
    #[must_use]
    pub fn orders(&self, slot: SlotName) -> String {
        format!("/run/rookery-{}/{slot}.env", self.0)
    }
}

/// A unit: a file of `/etc/systemd/system`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The file's name.
    pub name: String,
    /// What is in it.
    pub text: String,
}

/// Why there are no units of an environment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`environments.{environment}.{key}` is `{value}`: {detail}")]
pub struct UnitError {
    /// Which environment.
    pub environment: EnvironmentName,
    /// Which key.
    pub key: &'static str,
    /// What it says.
    pub value: String,
    /// What it must be.
    pub detail: &'static str,
}

/// What the units of an environment hold, and what must be there for them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// The user its processes run as.
    pub user: String,
    /// The folder of its data.
    pub data: String,
    /// Every folder it writes into, that of its data among them.
    pub folders: Vec<String>,
    /// Folders of this machine where its backups go.
    pub backups: Vec<String>,
    /// Units that hold ports, what each port is for, and its address.
    pub sockets: Vec<(String, &'static str, std::net::SocketAddr)>,
}

/// What the units of an environment need.
///
/// # Errors
/// [`UnitError`] for a value that cannot stand in a unit.
pub fn needs(
    declaration: &Declaration,
    name: &EnvironmentName,
    environment: &Environment,
) -> Result<Needs, UnitError> {
    let values = effective(declaration, name, environment);
    let value = |key: &str| values.get(key).map(String::as_str);
    let refuse = |key, value: &str, detail| UnitError {
        environment: name.clone(),
        key,
        value: value.to_owned(),
        detail,
    };
    let layout = Layout::of(name.clone());
    let user = value("user").map_or_else(|| format!("rookery-{name}"), str::to_owned);
    if !is_user(&user) {
        return Err(refuse("user", &user, "a user's name is small letters, digits, `-` and `_`, at most 31"));
    }
    let port = |key, text: &str| {
        let parsed = text.parse::<std::net::SocketAddr>();
        parsed.map_err(|_| refuse(key, text, "an address and a port: 0.0.0.0:443"))
    };
    let ends_tls = value("tls").is_some_and(|mode| mode != "off");
    let [plain, https] = TLS_LISTEN_DEFAULT;
    let implied = if ends_tls { plain } else { LISTEN_DEFAULT };
    let listen = port("listen", value("listen").unwrap_or(implied))?;
    let https = ends_tls.then(|| port("tls_listen", value("tls_listen").unwrap_or(https))).transpose()?;
    let numbers = value("metrics_listen").map(|text| port("metrics_listen", text)).transpose()?;
    let data = value("data").map_or_else(|| format!("{STATE}rookery/{name}"), str::to_owned);
    let mut folders = vec![("data", data.clone())];
    let database = value("database").and_then(|url| url.strip_prefix("sqlite:"));
    let folder = database.and_then(|path| Path::new(path.strip_prefix("//").unwrap_or(path)).parent());
    folders.extend(folder.map(|folder| ("database", folder.display().to_string())));
    folders.extend(value("play_log_dir").map(|folder| ("play_log_dir", folder.to_owned())));
    let places = environment.backups.iter().flat_map(|backups| &backups.to);
    let backups: Vec<_> =
        places.filter_map(|place| Some(("backups", place.strip_prefix("file:")?.to_owned()))).collect();
    for (key, folder) in folders.iter().chain(&backups) {
        if !is_plain_folder(folder) {
            return Err(refuse(
                key,
                folder,
                "a folder's whole path, without spaces, quotation marks and `..`",
            ));
        }
    }
    let mut sockets = vec![(layout.socket_unit(), "public", listen)];
    sockets.extend(https.map(|listen| (layout.tls_socket_unit(), "tls", listen)));
    sockets.extend(numbers.map(|listen| (layout.metrics_socket_unit(), "metrics", listen)));
    let [folders, backups] =
        [folders, backups].map(|folders| folders.into_iter().map(|(_, folder)| folder).collect());
    Ok(Needs { user, data, folders, backups, sockets })
}

/// The units of an environment.
///
/// # Errors
/// [`UnitError`] for a value that cannot stand in a unit.
pub fn units(
    declaration: &Declaration,
    name: &EnvironmentName,
    environment: &Environment,
) -> Result<Vec<Unit>, UnitError> {
    let Needs { user, data, folders, backups, sockets } = needs(declaration, name, environment)?;
    let layout = Layout::of(name.clone());
    let mut units: Vec<Unit> = sockets
        .iter()
        .map(|(unit, port, listen)| Unit { name: unit.clone(), text: socket(&layout, port, *listen) })
        .collect();
    let names: Vec<&str> = sockets.iter().map(|(unit, _, _)| unit.as_str()).collect();
    let memory = environment.budget.memory_mib;
    units.push(Unit {
        name: format!("rookery-{name}@.service"),
        text: service(
            &layout,
            &Service {
                sockets: &names.join(" "),
                user: &user,
                data: &data,
                folders,
                backups,
                memory,
                has_secrets: !environment.recipients.is_empty(),
            },
        ),
    });
    Ok(units)
}

fn is_user(name: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.len() <= USER_CHARS_MAX
        && name.chars().all(is_allowed)
}

/// A folder that means the same to systemd as to us: no specifiers, no words, no way around.
fn is_plain_folder(path: &str) -> bool {
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '-' | '_' | '.');
    let mut parts = Path::new(path).components();
    path.chars().all(is_allowed)
        && parts.next() == Some(Component::RootDir)
        && parts.clone().next().is_some()
        && parts.all(|part| matches!(part, Component::Normal(_)))
}

fn socket(layout: &Layout, port: &str, listen: std::net::SocketAddr) -> String {
    let Layout(name) = layout;
    let blue = layout.slot_unit(SlotName::Blue);
    format!(
        "[Unit]
Description=Port of rookery, {name} ({port})

[Socket]
ListenStream={listen}
FileDescriptorName={port}
Service={blue}
Backlog=4096
# The port outlives whatever happens to its slots.
TriggerLimitIntervalSec=0

[Install]
WantedBy=sockets.target
"
    )
}

struct Service<'a> {
    sockets: &'a str,
    user: &'a str,
    data: &'a str,
    folders: Vec<String>,
    backups: Vec<String>,
    memory: Option<u32>,
    has_secrets: bool,
}

fn service(layout: &Layout, service: &Service<'_>) -> String {
    let Layout(name) = layout;
    let Service { sockets, user, data, folders, backups, memory, has_secrets } = service;
    let declaration = layout.declaration();
    let mut text = format!(
        "[Unit]
Description=rookery, {name}, slot %i
Requires={sockets}
After={sockets} network-online.target
Wants=network-online.target
# A slot that cannot start is tried until somebody stops it: a limit would take the port down with it.
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
# Both slots hold the same port, and starting one must not make it blocking for the other.
Sockets={sockets}
NonBlocking=yes
EnvironmentFile=-/run/rookery-{name}/%i.env
ExecStart=/srv/rookery/{name}/slots/%i/bin/rookery --config {declaration} --environment {name} --data {data} serve \
         --admin-socket /run/rookery-{name}-%i/admin.sock
Restart=always
RestartSec=100ms
WatchdogSec=30
TimeoutStartSec=60
TimeoutStopSec=30
KillMode=mixed
LimitNOFILE=65536
"
    );
    if *has_secrets {
        // The file is root's alone; systemd hands it to the service.
        let _ = writeln!(text, "LoadCredential=identity.key:/etc/rookery/{name}/identity.key");
    }
    if let Some(mib) = memory {
        // What is over the budget is slowed down first.
        let _ = writeln!(text, "MemoryHigh={mib}M\nMemoryMax={}M", mib + mib / 4);
    }
    let _ = writeln!(text, "SyslogIdentifier=rookery-{name}-%i\n\nUser={user}\nGroup={user}\nUMask=0077");
    let _ = writeln!(text, "RuntimeDirectory=rookery-{name}-%i\nRuntimeDirectoryMode=0700");
    if let Some(state) = data.strip_prefix(STATE) {
        let _ = writeln!(text, "StateDirectory={}\nStateDirectoryMode=0700", state.trim_end_matches('/'));
    }
    let mut written: Vec<&str> = folders.iter().map(String::as_str).collect();
    written.sort_unstable();
    written.dedup();
    let mut written = written.join(" ");
    for folder in backups {
        // A disk that is not there keeps backups from being made, and nobody from being served.
        let _ = write!(written, " -{folder}");
    }
    let _ = writeln!(text, "ReadWritePaths={written}\n{HARDENING}");
    text + "\n[Install]\nWantedBy=multi-user.target\n"
}

/// What the server has no use for, taken from it: whoever breaks into it finds little to go on with.
const HARDENING: &str = "\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM
KeyringMode=private
PrivateMounts=yes
RemoveIPC=yes";

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(more: &str) -> Result<Vec<Unit>, UnitError> {
        let text = format!(
            "listen = \"0.0.0.0:443\"\n[environments.beta]\nurl = \"https://beta.example.org\"\n{more}\n"
        );
        let declaration = Declaration::parse(&text).unwrap();
        let name: EnvironmentName = "beta".parse().unwrap();
        units(&declaration, &name, &declaration.environments[&name])
    }

    #[test]
    fn both_slots_share_one_port_that_stays_non_blocking() {
        let units = declared("").unwrap();
        let names: Vec<_> = units.iter().map(|unit| unit.name.as_str()).collect();
        assert_eq!(names, ["rookery-beta.socket", "rookery-beta@.service"]);
        let (socket, service) = (&units[0].text, &units[1].text);
        assert!(
            socket.contains("ListenStream=0.0.0.0:443\n")
                && socket.contains("Service=rookery-beta@blue.service\n")
        );
        for line in ["Sockets=rookery-beta.socket", "NonBlocking=yes", "User=rookery-beta", "Restart=always"]
        {
            assert!(service.lines().any(|other| other == line), "{line} is not in {service}");
        }
        assert!(!service.contains("MemoryMax"), "without a budget there is no limit: {service}");
    }

    #[test]
    fn backups_of_this_machine_can_be_written_and_their_disk_may_be_missing() {
        let units = declared("backups = { to = [\"file:/mnt/copies\", \"s3:copies\"] }").unwrap();
        assert!(
            units[1].text.contains("\nReadWritePaths=/var/lib/rookery/beta -/mnt/copies\n"),
            "{}",
            units[1].text
        );
        let refused = declared("backups = { to = [\"file:/mnt/copies /etc\"] }").unwrap_err();
        assert_eq!(refused.key, "backups");
    }

    #[test]
    fn the_numbers_port_is_shared_too_so_that_two_slots_can_run() {
        let units = declared("settings = { metrics_listen = \"127.0.0.1:9000\" }").unwrap();
        assert_eq!(units[1].name, "rookery-beta-metrics.socket");
        assert!(units[1].text.contains("FileDescriptorName=metrics\n"));
        assert!(units[2].text.contains("Sockets=rookery-beta.socket rookery-beta-metrics.socket\n"));
    }

    #[test]
    fn where_tls_ends_in_the_slots_both_ports_are_held() {
        let units = declared("settings = { tls = \"acme\", listen = \"0.0.0.0:80\" }").unwrap();
        assert!(units[0].text.contains("ListenStream=0.0.0.0:80\n"), "{}", units[0].text);
        assert_eq!(units[1].name, "rookery-beta-tls.socket");
        let https = &units[1].text;
        assert!(https.contains("ListenStream=0.0.0.0:443\nFileDescriptorName=tls\n"), "{https}");
        assert!(units[2].text.contains("Sockets=rookery-beta.socket rookery-beta-tls.socket\n"));
        assert_eq!(declared("settings = { tls = \"off\" }").unwrap().len(), 2);
    }

    #[test]
    fn everything_that_is_written_may_be_written_and_nothing_else() {
        let more = "data = \"/var/lib/rookery/beta\"\ndatabase = \"sqlite:/srv/db/beta.db\"\n\
                    settings = { play_log_dir = \"/srv/logs\" }\nbudget = { memory_mib = 200 }";
        let service = &declared(more).unwrap()[1].text;
        assert!(service.contains("ReadWritePaths=/srv/db /srv/logs /var/lib/rookery/beta\n"), "{service}");
        assert!(service.contains("StateDirectory=rookery/beta\n") && service.contains("MemoryMax=250M\n"));
    }

    #[test]
    fn whoever_has_sealed_secrets_is_handed_the_machine_s_key() {
        let service = |more: &str| declared(more).unwrap()[1].text.clone();
        let line = "LoadCredential=identity.key:/etc/rookery/beta/identity.key\n";
        assert!(service("recipients = [\"age1x\"]").contains(line));
        assert!(!service("").contains("LoadCredential"));
    }

    #[test]
    fn no_value_of_the_declaration_can_add_a_line_to_a_unit() {
        for (more, key) in [
            ("user = \"root\\nExecStartPre=/bin/sh\"", "user"),
            ("user = \"Root\"", "user"),
            ("data = \"/data folder\"", "data"),
            ("data = \"data\"", "data"),
            ("data = \"/\"", "data"),
            ("data = \"/var/../etc\"", "data"),
            ("data = \"/var/%n\"", "data"),
            ("database = \"sqlite:beta.db\"", "database"),
            ("settings = { listen = \"443\" }", "listen"),
            ("settings = { metrics_listen = \"localhost:9\" }", "metrics_listen"),
            ("settings = { play_log_dir = \"logs\" }", "play_log_dir"),
        ] {
            assert_eq!(declared(more).unwrap_err().key, key, "{more}");
        }
    }
}
