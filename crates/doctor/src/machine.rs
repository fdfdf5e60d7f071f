//! The machine: its folders and files, its room, its clock, and what else listens on it.

use crate::ports;
use smoke::{Report, Seen, Wrong};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

const MIB: u64 = 1 << 20;
/// Free bytes on the data's disk, at least.
const FREE_BYTES_MIN: u64 = 1024 * MIB;
/// Files and sockets that a process may have open, at least: a socket for each listener.
const OPEN_FILES_MIN: u64 = 4096;
/// Memory that is there for one more process, at least: while a release is changed there are two.
const MEMORY_BYTES_MIN: u64 = 120 * MIB;

/// What is to be looked at on this machine.
#[derive(Clone, Debug, Default)]
pub struct Machine {
    /// The folder of music and of the embedded database.
    pub data: PathBuf,
    /// Files that nobody but their owner may read.
    pub secrets: Vec<PathBuf>,
    /// Ports that strangers may reach besides those of SSH and the web: those this server listens on.
    pub ports: Vec<u16>,
}

/// Looks at this machine.
pub async fn machine(machine: &Machine, report: &mut Report<'_>) {
    report.check("the data folder can be written to", async { writable(&machine.data) }).await;
    report.check("there is room on its disk", async { room(&machine.data) }).await;
    report.check("secrets are their owner's alone", async { secrets(&machine.secrets) }).await;
    report.check("there is memory for a second process", async { memory() }).await;
    report.check("many sockets may be open", async { open_files() }).await;
    match clock().await {
        Some(seen) => {
            report.check("the clock is kept right", async { seen }).await;
        }
        None => report.leave_out("the clock is kept right", "systemd is not there to tell"),
    }
    report.check("nothing listens to strangers that is not known", ports::look(&machine.ports)).await;
}

/// Writes a file and takes it away again. A folder that is not there yet is made at the first start.
fn writable(data: &Path) -> Seen {
    let folder = existing(data);
    let probe = folder.join(format!(".doctor-{}", std::process::id()));
    let written = std::fs::File::create_new(&probe).and_then(|mut file| {
        file.write_all(b"rookery")?;
        file.sync_all()
    });
    let removed = std::fs::remove_file(&probe);
    match written.and(removed) {
        Ok(()) if folder == data => Ok(data.display().to_string()),
        Ok(()) => Ok(format!("{} is made at the first start", data.display())),
        Err(error) => {
            let advice = match error.kind() {
                ErrorKind::StorageFull | ErrorKind::QuotaExceeded => "make room on this disk",
                ErrorKind::ReadOnlyFilesystem => {
                    "the disk is mounted read-only: look into `dmesg` for its errors, then mount it anew"
                }
                _ => "give the folder to the user the server runs as (`chown -R USER FOLDER`), or set `data`",
            };
            Err(Wrong::new(format!("{}: {error}", folder.display()), advice))
        }
    }
}

fn room(data: &Path) -> Seen {
    let folder = existing(data);
    let about = rustix::fs::statvfs(&folder).map_err(|error| {
        Wrong::new(format!("{}: {error}", folder.display()), "look whether the disk is there")
    })?;
    let free = about.f_bavail.saturating_mul(about.f_frsize);
    let seen = format!("{} MiB free", free / MIB);
    if free < FREE_BYTES_MIN {
        return Err(Wrong::new(seen, "make room: `du -xh FOLDER | sort -h | tail` shows what takes it"));
    }
    // Some file systems have no count of their own.
    if about.f_files > 0 && about.f_favail < about.f_files / 20 {
        let left = format!("room for {} files of {}", about.f_favail, about.f_files);
        return Err(Wrong::new(left, "there are too many small files on this disk: remove or move them"));
    }
    Ok(seen)
}

/// The folder, or the nearest one above it that is there.
fn existing(path: &Path) -> PathBuf {
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    let found = path.ancestors().find(|path| path.is_dir()).map(Path::to_path_buf);
    found.filter(|path| !path.as_os_str().is_empty()).unwrap_or_else(|| PathBuf::from("."))
}

fn secrets(files: &[PathBuf]) -> Seen {
    let mut seen = 0;
    for file in files {
        let about = match std::fs::metadata(file) {
            Ok(about) => about,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => {
                return Err(Wrong::new(
                    format!("{}: {error}", file.display()),
                    "run this as the user the server runs as, or as root",
                ));
            }
        };
        let mode = about.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            return Err(Wrong::new(
                format!("{} has mode {mode:03o}", file.display()),
                "others can read it: `chmod 600 FILE`, and make a new secret if others use this machine",
            ));
        }
        seen += 1;
    }
    Ok(format!("{seen} files"))
}

fn memory() -> Seen {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = |name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))?;
        line.split_whitespace().next()?.parse::<u64>().ok()
    };
    let (Some(available), Some(swap)) = (kib("MemAvailable"), kib("SwapFree")) else {
        return Ok("this system does not say".to_owned());
    };
    let seen = format!("{} MiB, and {} MiB of swap", available / 1024, swap / 1024);
    if (available + swap) * 1024 < MEMORY_BYTES_MIN {
        return Err(Wrong::new(
            seen,
            "add a swap file, or see with `ps aux --sort -rss` what takes the memory",
        ));
    }
    Ok(seen)
}

fn open_files() -> Seen {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile);
    match limit.maximum {
        Some(maximum) if maximum < OPEN_FILES_MIN => Err(Wrong::new(
            format!("{maximum} files at most"),
            "raise it: `LimitNOFILE=65536` in the unit, `ulimits` in compose.yaml",
        )),
        Some(maximum) => Ok(format!("{maximum} here")),
        None => Ok("without a limit".to_owned()),
    }
}

/// What systemd says of the clock; nothing without it.
async fn clock() -> Option<Seen> {
    let asked = tokio::process::Command::new("timedatectl")
        .args(["show", "--property=NTPSynchronized", "--value"])
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(std::time::Duration::from_secs(5), asked).await.ok()?.ok()?;
    match String::from_utf8_lossy(&output.stdout).trim() {
        "yes" => Some(Ok("synchronised".to_owned())),
        "no" => Some(Err(Wrong::new(
            "not synchronised",
            "`timedatectl set-ntp true`; sign-in, certificates and listening in step need the right time",
        ))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_is_not_there_is_judged_by_where_it_would_be_made() {
        let home = tempfile::tempdir().unwrap();
        let seen = writable(&home.path().join("data/music")).unwrap();
        assert!(seen.contains("first start"), "{seen}");
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0, "nothing is left behind");
        assert!(room(home.path()).is_ok());
    }

    #[test]
    fn a_file_where_the_folder_should_be_is_no_folder() {
        let home = tempfile::tempdir().unwrap();
        let wrong = writable(Path::new("/proc/nothing/here")).unwrap_err();
        assert!(wrong.advice.contains("chown"), "{wrong:?}");
        std::fs::write(home.path().join("data"), "").unwrap();
        assert!(existing(&home.path().join("data")).ends_with(home.path()));
    }

    #[test]
    fn a_secret_that_others_can_read_is_named() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("secret.key");
        let missing = home.path().join("missing.key");
        std::fs::write(&file, "0").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        let wrong = secrets(&[missing.clone(), file.clone()]).unwrap_err();
        assert!(wrong.seen.contains("secret.key has mode 640"), "{wrong:?}");
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o400)).unwrap();
        assert_eq!(secrets(&[missing, file]).unwrap(), "1 files");
    }
}
