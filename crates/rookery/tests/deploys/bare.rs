//! A bare machine with a real sshd, and the laptop of whoever makes something of it: two environments on one host.

use crate::changes::goes_well;
use crate::cook::Cook;
use release::ReleaseId;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;
use tempfile::TempDir;
use testkit::{Machine, ROOTS_KEYS, SSHD_UNIT, SshKey, configure_sshd, eventually, sshd_unit};

/// A debug build on a busy machine, and a machine that starts.
pub const WAIT_MAX: Duration = Duration::from_secs(60);
pub const STAGING: &str = "http://10.77.0.2:8081";

/// Stands for the package manager: writes down what it is asked for, and has the system believe that it is there.
const APT_GET: &str = "#!/bin/sh\necho \"$@\" >>/machine/apt\nis_name=no\nfor word; do\n    case $word in\n    install) is_name=yes ;;\n\
    -*) ;;\n    *) [ $is_name = no ] || printf 'Package: %s\\nStatus: install ok installed\\nMaintainer: x <x@x>\\n\
    Architecture: all\\nVersion: 1\\nDescription: x\\n\\n' \"$word\" >>/var/lib/dpkg/status ;;\n    esac\ndone\n";

/// Stands for the kernel, whose swap would be the whole computer's.
const SWAPON: &str =
    "#!/bin/sh\ncase $1 in\n--show*) cat /run/swaps 2>/dev/null ;;\n*) echo \"$1\" >>/run/swaps ;;\nesac\n";

pub struct Bare {
    pub machine: Machine,
    pub cook: Cook,
    laptop: TempDir,
}

impl Bare {
    /// A machine on which nothing is but the system, which root reaches by ssh.
    pub fn new() -> Self {
        let machine = Machine::bare(&[sshd_unit()]);
        let laptop = tempfile::tempdir().unwrap();
        let cook = Cook::new();
        let bare = Self { machine, cook, laptop };
        bare.furnish_the_machine();
        bare.furnish_the_laptop();
        bare.machine.systemctl(&["start", "systemd-journald.service", SSHD_UNIT]);
        eventually("root is let in", WAIT_MAX, || {
            bare.types("ssh", &["root@10.77.0.2", "true"]).status.success().then_some(())
        });
        bare
    }

    fn furnish_the_machine(&self) {
        let there = self.machine.shared().join("rookery");
        let program = Path::new(env!("CARGO_BIN_EXE_rookery"));
        if fs::hard_link(program, &there).is_err() {
            fs::copy(program, &there).unwrap();
        }
        self.stub("apt-get", APT_GET);
        self.stub("swapon", SWAPON);
    }

    /// A program of the machine that is another one there.
    pub fn stub(&self, name: &str, text: &str) {
        let path = format!("/usr/local/sbin/{name}");
        self.machine.write(&path, text);
        fs::set_permissions(self.machine.path(&path), fs::Permissions::from_mode(0o755)).unwrap();
    }

    fn furnish_the_laptop(&self) {
        let folder = self.laptop.path();
        let known = configure_sshd(&self.machine.shared(), "0.0.0.0", 22);
        fs::write(folder.join("known_hosts"), format!("{} {known}\n", self.machine.address())).unwrap();
        let (root, ci) = (SshKey::make(folder, "root"), SshKey::make(folder, "ci"));
        self.machine.write(ROOTS_KEYS, &format!("{}\n", root.public));
        let config = format!(
            "Host *\nIdentitiesOnly yes\nIdentityFile {}\nIdentityFile {}\nUserKnownHostsFile {}/known_hosts\n\
             GlobalKnownHostsFile none\nStrictHostKeyChecking yes\n",
            root.file.display(),
            ci.file.display(),
            folder.display()
        );
        fs::write(folder.join("ssh.config"), config).unwrap();
        let programs = [
            (
                "ssh",
                format!(
                    "cd {} && exec 9>lock && flock 9 && left=$(cat left) && [ $left -gt 0 ] || {{ echo 'not let in' >&2; exit 255; }}\n\
                     echo $((left - 1)) >left; exec 9>&-\nexec /usr/bin/ssh -F ssh.config \"$@\"\n",
                    folder.display()
                ),
            ),
            // The program that is brought to the machine: the one that is tested, without its hundreds of megabytes.
            ("small", "exec /machine/rookery \"$@\"\n".to_owned()),
        ];
        for (name, text) in programs {
            fs::write(folder.join(name), format!("#!/bin/sh\n{text}")).unwrap();
            fs::set_permissions(folder.join(name), fs::Permissions::from_mode(0o755)).unwrap();
        }
        fs::write(folder.join("release.pub"), &self.cook.pair.public).unwrap();
        self.cut_after(1000);
        self.declare(|text| text);
    }

    /// The laptop's folder.
    pub fn laptop(&self) -> &Path {
        self.laptop.path()
    }

    /// So many connections come through from now on.
    pub fn cut_after(&self, count: u32) {
        fs::write(self.laptop.path().join("left"), count.to_string()).unwrap();
    }

    /// Writes the declaration, changed.
    pub fn declare(&self, change: impl Fn(String) -> String) {
        let mut text = String::new();
        for (name, port, url) in [("staging", 8081, STAGING), ("production", 80, "http://10.77.0.2")] {
            write!(
                text,
                "[environments.{name}]\nurl = \"{url}\"\ntarget = {{ ssh = \"deploy-{name}@10.77.0.2\" }}\nsoak = \"1s\"\n\
                 backups = {{ to = [\"file:/var/backups/rookery/{name}\"] }}\n\n[environments.{name}.settings]\n\
                 listen = \"0.0.0.0:{port}\"\n\n"
            )
            .unwrap();
        }
        fs::write(self.laptop.path().join("rookery.toml"), change(text)).unwrap();
    }

    /// A program on the laptop, in its folder.
    pub fn command(&self, program: &str, words: &[&str]) -> Command {
        let mut entered = self.machine.on_the_laptop().into_iter();
        let mut command = Command::new(entered.next().unwrap());
        command.args(entered).args(["timeout", "300", program]).args(words);
        let path = std::env::var_os("PATH").unwrap();
        let path = format!("{}:{}", self.laptop.path().display(), path.to_str().unwrap());
        command.env("PATH", path).current_dir(self.laptop.path()).stdin(Stdio::null());
        command
    }

    /// What a program on the laptop says.
    pub fn types(&self, program: &str, words: &[&str]) -> Output {
        self.command(program, words).output().unwrap()
    }

    /// `rookery`, which does what it was asked for.
    #[track_caller]
    pub fn rookery(&self, words: &[&str]) -> String {
        goes_well(&self.types(env!("CARGO_BIN_EXE_rookery"), words))
    }

    /// `rookery`, which does not, and why.
    #[track_caller]
    pub fn refused(&self, words: &[&str]) -> String {
        let done = self.types(env!("CARGO_BIN_EXE_rookery"), words);
        assert!(!done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
        String::from_utf8_lossy(&done.stderr).into_owned()
    }

    /// The words that prepare the machine.
    pub fn prepare<'a>(&self, more: &[&'a str]) -> Vec<&'a str> {
        let words = "bootstrap root@10.77.0.2 --key release.pub --deployer ci.pub --program small";
        words.split(' ').chain(more.iter().copied()).collect()
    }

    /// Seals a setting, after the machine has said for whom.
    pub fn seal(&self, said: &str) {
        let (_, said) = said.split_once("[environments.staging]").unwrap();
        let key = said.split('"').find(|word| word.starts_with("age1"));
        let key = key.unwrap().to_owned();
        self.declare(|text| {
            text.replacen("soak = \"1s\"", &format!("soak = \"1s\"\nrecipients = [\"{key}\"]"), 1)
        });
        let value = self.laptop.path().join("value");
        fs::write(&value, "wB7-kQ2-zL9-mN4-xT6\n").unwrap();
        let mut set =
            self.command(env!("CARGO_BIN_EXE_rookery"), &["secrets", "set", "staging", "sync_invite_codes"]);
        goes_well(&set.stdin(fs::File::open(value).unwrap()).output().unwrap());
    }

    /// Brings a release to staging.
    #[track_caller]
    pub fn deploy(&self, minute: u32, script: &str) -> (ReleaseId, String) {
        let (folder, id) = self.cook.release(minute, script, |_| {});
        let said = self.rookery(&["deploy", "staging", folder.to_str().unwrap(), "--key", "release.pub"]);
        (id, said)
    }

    /// Whether somebody on the laptop is let through to a port of the machine.
    pub fn reaches(&self, port: u16) -> bool {
        self.types("timeout", &["3", "bash", "-c", &format!("</dev/tcp/10.77.0.2/{port}")]).status.success()
    }

    /// A line of shell on the machine.
    #[track_caller]
    pub fn there(&self, line: &str) -> String {
        goes_well(&self.machine.run(&["sh", "-c", line])).trim().to_owned()
    }
}
