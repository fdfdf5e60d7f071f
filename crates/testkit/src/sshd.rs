//! A real OpenSSH server on a [`Machine`](crate::Machine), and real keys for the real client: made anew for each test.
//!
//! Needs `sshd` and `ssh-keygen`. Deliberately not here: what a key may, which stands in `authorized_keys`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The unit's name.
pub const SSHD_UNIT: &str = "sshd.service";

/// Where root's keys are on a machine.
pub const ROOTS_KEYS: &str = concat!("/root", "/.ssh/authorized_keys");

/// A pair of keys.
#[derive(Clone, Debug)]
pub struct SshKey {
    /// The file of the private one.
    pub file: PathBuf,
    /// The line of the public one.
    pub public: String,
}

impl SshKey {
    /// Makes a pair in this folder.
    pub fn make(folder: &Path, name: &str) -> Self {
        let file = folder.join(name);
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", "ed25519", "-N", "", "-C", name, "-f"])
            .arg(&file)
            .status()
            .expect("this test needs ssh-keygen");
        assert!(made.success());
        let public = fs::read_to_string(file.with_extension("pub")).unwrap().trim().to_owned();
        Self { file, public }
    }
}

/// The server's unit: as Debian's, with a configuration of its own.
pub fn sshd_unit() -> (String, String) {
    let text = "[Unit]\nDescription=OpenSSH server\nDefaultDependencies=no\n\n[Service]\nRuntimeDirectory=sshd\n\
                ExecStart=/usr/sbin/sshd -D -e -f /machine/sshd/config\nStandardOutput=append:/machine/sshd.log\n\
                StandardError=append:/machine/sshd.log\nKillMode=process\n";
    (SSHD_UNIT.to_owned(), text.to_owned())
}

/// Writes the server's configuration and its key into a folder that the machine sees as `/machine`; the line by which a
/// client knows it.
pub fn configure_sshd(shared: &Path, address: &str, port: u16) -> String {
    let folder = shared.join("sshd");
    fs::create_dir(&folder).unwrap();
    let own = SshKey::make(&folder, "host");
    // What forwards, sends files and opens shells is on: only a key's own line keeps it from them.
    let text = format!(
        "Port {port}\nListenAddress {address}\nHostKey /machine/sshd/host\nPidFile none\nUsePAM no\n\
         PermitRootLogin prohibit-password\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n\
         AllowTcpForwarding yes\nAllowAgentForwarding yes\nX11Forwarding yes\nPermitTTY yes\n\
         Subsystem sftp internal-sftp\n"
    );
    fs::write(folder.join("config"), text).unwrap();
    own.public
}
