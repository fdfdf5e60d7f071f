//! A machine with the two slots of one environment, and the way from one to the other.

use operations::{Declaration, EnvironmentName, Layout, SlotName, units};
use std::net::SocketAddr;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::Path;
use std::time::Duration;
use testkit::{Browser, Machine, Site, administrator, eventually, free_port};

pub const ENVIRONMENT: &str = "test";
const USER: &str = "rookery-test";
/// A debug build on a busy machine.
const READY_MAX: Duration = Duration::from_secs(40);
/// How long everybody may take to leave a slot that sends them away.
const LEAVE_MAX: Duration = Duration::from_secs(15);

/// A release that runs.
pub const GOOD: &str = "good";
/// The one after it.
pub const NEXT: &str = "next";
/// A release that starts and never becomes ready.
pub const STUCK: &str = "stuck";

pub struct Stage {
    pub machine: Machine,
    pub site: Site,
    pub layout: Layout,
    // Let go when everything else is gone.
    _turn: std::fs::File,
}

/// Machines that measure are alone; others may be several.
fn turn(is_alone: bool) -> std::fs::File {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join("deploys.lock");
    let file = std::fs::File::create(path).unwrap();
    if is_alone { file.lock() } else { file.lock_shared() }.unwrap();
    file
}

/// What the units are made from.
pub fn declaration(address: SocketAddr, more: &str) -> (Declaration, EnvironmentName, String) {
    let url = if more.starts_with("url") { String::new() } else { format!("url = \"http://{address}\"\n") };
    let text = format!(
        "listen = \"{address}\"\n[environments.{ENVIRONMENT}]\n{url}\
         target = {{ ssh = \"root@127.0.0.1\" }}\ndata = \"/var/lib/rookery/{ENVIRONMENT}\"\n{more}\n"
    );
    (Declaration::parse(&text).unwrap(), ENVIRONMENT.parse().unwrap(), text)
}

impl Stage {
    /// Slots that stand still; their units changed, if `change` does.
    pub fn set(change: impl Fn(String) -> String) -> Self {
        Self::declared(change, "")
    }

    /// The same, with more said about the environment.
    pub fn declared(change: impl Fn(String) -> String, more: &str) -> Self {
        Self::on_a_machine(change, more, false)
    }

    fn on_a_machine(change: impl Fn(String) -> String, more: &str, is_alone: bool) -> Self {
        let turn = turn(is_alone);
        let address = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let (declaration, name, text) = declaration(address, more);
        let units = units(&declaration, &name, &declaration.environments[&name]).unwrap();
        let mut files: Vec<_> = units.into_iter().map(|unit| (unit.name, change(unit.text))).collect();
        files.push((
            format!("rookery-{name}@.service.d/log.conf"),
            "[Service]\nStandardOutput=append:/machine/%i.log\nStandardError=append:/machine/%i.log\n"
                .to_owned(),
        ));
        files.push(testkit::sshd_unit());
        let machine = Machine::start(&files, USER);
        let layout = Layout::of(name);
        let stage = Self { machine, site: Site::new(address), layout, _turn: turn };
        stage.machine.write(&stage.layout.declaration(), &text);
        stage.install();
        for slot in SlotName::ALL {
            stage.point(slot, GOOD);
        }
        stage.machine.systemctl(&["start", &stage.layout.socket_unit()]);
        stage
    }

    /// Slots with the blue one serving, and its administrator; on the only machine there is meanwhile.
    pub fn open() -> (Self, Browser) {
        let stage = Self::on_a_machine(|unit| unit, "", true);
        let ada = stage.first_start();
        (stage, ada)
    }

    /// Starts the blue slot and sets the server up.
    pub fn first_start(&self) -> Browser {
        self.machine.systemctl(&["start", &self.layout.slot_unit(SlotName::Blue)]);
        let log = self.machine.shared().join("blue.log");
        let token = eventually("the first-run link is printed", READY_MAX, || {
            let log = std::fs::read_to_string(&log).unwrap_or_default();
            let link = log.lines().find(|line| line.contains("/welcome#"))?;
            Some(link.split_once('#')?.1.trim().to_owned())
        });
        administrator(&self.site, &token)
    }

    fn install(&self) {
        // Where the service may look: its own temporary folder hides the common one.
        let there = self.machine.shared().join("rookery");
        let program = Path::new(env!("CARGO_BIN_EXE_rookery"));
        if std::fs::hard_link(program, &there).is_err() {
            std::fs::copy(program, &there).unwrap();
        }
        let release = |name: &str| {
            let folder = self.machine.path(&format!("{}/{name}/bin", self.layout.releases()));
            std::fs::create_dir_all(&folder).unwrap();
            folder.join("rookery")
        };
        for good in [GOOD, NEXT] {
            symlink("/machine/rookery", release(good)).unwrap();
        }
        let stuck = release(STUCK);
        std::fs::write(&stuck, "#!/bin/sh\nexec sleep 600\n").unwrap();
        std::fs::set_permissions(&stuck, std::fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Has a slot run this release from its next start on.
    pub fn point(&self, slot: SlotName, release: &str) {
        let link = self.machine.path(&self.layout.slot_link(slot));
        std::fs::create_dir_all(link.parent().unwrap()).unwrap();
        let _ = std::fs::remove_file(&link);
        symlink(format!("../releases/{release}"), &link).unwrap();
    }

    /// What a slot answers at its private door; panics unless it goes well.
    #[track_caller]
    pub fn ask(&self, slot: SlotName, method: &str, path: &str) -> String {
        let said = self.machine.ask(&self.layout.admin_socket(slot), method, path).unwrap();
        assert_eq!(said.status, 200, "{method} {path} of {slot}: {}", said.body);
        said.body
    }

    /// A number that a slot tells.
    pub fn metric(&self, slot: SlotName, name: &str) -> f64 {
        let metrics = self.ask(slot, "GET", "/metrics");
        let line =
            metrics.lines().find(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' ')));
        line.map_or(0.0, |line| line.rsplit(' ').next().unwrap().parse().unwrap())
    }

    /// Starts a slot whose gate is closed, and answers once it could serve.
    pub fn prepare(&self, slot: SlotName) {
        self.machine.write(&self.layout.orders(slot), "ROOKERY_GATE=closed\n");
        self.machine.systemctl(&["start", &self.layout.slot_unit(slot)]);
        assert!(self.ask(slot, "GET", "/slot").contains("\"waiting\""), "{slot} does not wait to be told");
        self.ask(slot, "GET", "/ready");
    }

    /// Has the other slot take over, and this one end.
    pub fn switch(&self, from: SlotName) -> SlotName {
        let to = from.other();
        self.prepare(to);
        self.ask(to, "POST", "/accept/open");
        std::fs::remove_file(self.machine.path(&self.layout.orders(to))).unwrap();
        self.ask(from, "POST", "/accept/close");
        self.ask(from, "POST", "/drain");
        eventually("everybody has left", LEAVE_MAX, || {
            self.ask(from, "GET", "/slot").contains("\"visitors\":0").then_some(())
        });
        self.machine.systemctl(&["stop", &self.layout.slot_unit(from)]);
        to
    }
}
