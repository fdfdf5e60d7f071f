//! What a machine says of itself before anything is done, and whether it can become what is wanted.

use crate::{Error, Order, Part, Site};
use std::collections::BTreeSet;
use std::net::SocketAddr;

/// The first version of systemd with everything that units ask for.
const SYSTEMD_MIN: u32 = 252;
/// What two slots, the system and a connection need, in MiB.
const MEMORY_MIB_MIN: u64 = 450;
/// What a few releases, a database and logs need, in MiB.
const DISK_MIB_MIN: u64 = 2_000;

/// A text for `sh` that asks a machine about itself, and changes nothing.
pub const PROBE: &str = r#"main() {
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
echo "user $(id -u)"
[ -r /etc/os-release ] && . /etc/os-release && echo "system ${ID:-} ${VERSION_ID:-}"
echo "first $(cat /proc/1/comm)"
echo "systemd $(systemctl --version 2>/dev/null | awk 'NR == 1 { print $2 }')"
echo "processor $(uname -m)"
awk '/^MemTotal:/ { print "memory", int($2 / 1024) } /^SwapTotal:/ { print "swap", int($2 / 1024) }' /proc/meminfo
grep -qs '^/swapfile ' /proc/swaps && echo "own-swap"
df -Pm /srv 2>/dev/null | awk 'NR == 2 { print "disk", $4 }'
[ -n "${SSH_CONNECTION:-}" ] && echo "ssh ${SSH_CONNECTION##* }"
sshd -T 2>/dev/null | awk '$1 == "port" { print "ssh", $2 }'
ss -Hltn 2>/dev/null | awk '{ print "listens", $4 }'
systemctl list-units --type=socket --state=active --plain --no-legend 'rookery-*' 2>/dev/null | awk '{ print "holds", $1 }'
ufw status 2>/dev/null | grep -q '^Status: active' && echo "firewall ufw"
systemctl is-active --quiet firewalld 2>/dev/null && echo "firewall firewalld"
echo "program $(sha256sum /usr/local/bin/rookery 2>/dev/null | cut -d' ' -f1)"
for key in /etc/rookery/*/identity.key; do
    [ -r "$key" ] && echo "recipient $(basename "$(dirname "$key")") $(grep -o 'age1[a-z0-9]*' "$key" | head -n 1)"
done
echo "."
}
main </dev/null
exit
"#;

/// What a machine says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// The number of whoever asks.
    pub user: Option<u32>,
    /// `debian` or `ubuntu`, and which.
    pub system: String,
    /// The first process.
    pub first: String,
    /// systemd's version.
    pub systemd: Option<u32>,
    /// `x86_64`
    pub processor: String,
    /// Memory, in MiB.
    pub memory_mib: Option<u64>,
    /// What stands in for it, in MiB.
    pub swap_mib: Option<u64>,
    /// Whether that is ours.
    pub has_own_swap: bool,
    /// What is free where releases go, in MiB.
    pub disk_mib: Option<u64>,
    /// Ports at which ssh listens, that of this connection first.
    pub ssh_ports: Vec<u16>,
    /// Where somebody listens.
    pub listens: BTreeSet<String>,
    /// Our units that hold ports.
    pub holds: BTreeSet<String>,
    /// Another firewall that is on.
    pub firewall: Option<String>,
    /// The digest of the program that is there.
    pub program: Option<String>,
    /// For whom secrets are sealed, by environment.
    pub recipients: Vec<(String, String)>,
    /// Whether everything was said.
    pub is_whole: bool,
}

impl Facts {
    /// Reads what [`PROBE`] said.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut facts = Self::default();
        for line in text.lines() {
            let (key, value) = line.split_once(' ').unwrap_or((line, ""));
            let value = value.trim();
            let said = || (!value.is_empty()).then(|| value.to_owned());
            match key {
                "user" => facts.user = value.parse().ok(),
                "system" => value.clone_into(&mut facts.system),
                "first" => value.clone_into(&mut facts.first),
                "systemd" => facts.systemd = value.parse().ok(),
                "processor" => value.clone_into(&mut facts.processor),
                "memory" => facts.memory_mib = value.parse().ok(),
                "swap" => facts.swap_mib = value.parse().ok(),
                "own-swap" => facts.has_own_swap = true,
                "disk" => facts.disk_mib = value.parse().ok(),
                "ssh" => facts.ssh_ports.extend(value.parse::<u16>().ok()),
                "listens" => facts.listens.extend(said()),
                "holds" => facts.holds.extend(said()),
                "firewall" => facts.firewall = said(),
                "program" => facts.program = said(),
                "recipient" => {
                    let pair = value.split_once(' ').filter(|(_, key)| key.starts_with("age1"));
                    facts.recipients.extend(pair.map(|(name, key)| (name.to_owned(), key.to_owned())));
                }
                "." => facts.is_whole = true,
                _ => {}
            }
        }
        facts
    }
}

/// What stands in the way; nothing: it can be done.
///
/// # Errors
/// [`Error`] if what is declared cannot be at all.
pub fn judge(order: &Order<'_>, facts: &Facts, processor: &str) -> Result<Vec<String>, Error> {
    let sites =
        order.entrants.iter().map(|entrant| Site::of(order, entrant)).collect::<Result<Vec<_>, _>>()?;
    let mut wrong = Vec::new();
    let mut refuse = |is_so: bool, why: String| {
        if is_so {
            wrong.push(why);
        }
    };
    refuse(!facts.is_whole, "it did not say everything that was asked".to_owned());
    refuse(facts.user != Some(0), "it is prepared by root: `rookery bootstrap root@host`".to_owned());
    let is_known = facts.system.starts_with("debian ") || facts.system.starts_with("ubuntu ");
    refuse(
        !is_known,
        format!("it runs `{}`: Debian 12 or Ubuntu 24.04, or later ones, are known", facts.system),
    );
    refuse(facts.first != "systemd", format!("its first process is `{}`, not systemd", facts.first));
    refuse(
        facts.systemd.is_none_or(|version| version < SYSTEMD_MIN),
        format!("it has systemd {}, and {SYSTEMD_MIN} is needed", facts.systemd.unwrap_or(0)),
    );
    refuse(
        facts.processor != processor,
        format!("its processor is {}, and the program is for {processor}", facts.processor),
    );
    let few = |value: Option<u64>, least: u64| value.is_none_or(|value| value < least);
    refuse(
        few(facts.memory_mib, MEMORY_MIB_MIN),
        format!(
            "it has {} MiB of memory, and two slots need {MEMORY_MIB_MIN}",
            facts.memory_mib.unwrap_or(0)
        ),
    );
    refuse(
        few(facts.disk_mib, DISK_MIB_MIN),
        format!("only {} MiB are free in /srv, and {DISK_MIB_MIN} are needed", facts.disk_mib.unwrap_or(0)),
    );
    let is_ours = !order.without.contains(&Part::Firewall);
    refuse(
        is_ours && facts.ssh_ports.is_empty(),
        "it does not say at which port ssh listens: a firewall would lock you out (`--without firewall`)"
            .to_owned(),
    );
    if let (Some(other), true) = (&facts.firewall, is_ours) {
        refuse(
            true,
            format!("{other} keeps its ports already: open 80 and 443 there, and say `--without firewall`"),
        );
    }
    for (unit, _, listen) in sites.iter().flat_map(|site| &site.needs.sockets) {
        let other = facts.listens.iter().find(|other| meets(other, *listen) && !facts.holds.contains(unit));
        if let Some(other) = other {
            refuse(true, format!("{listen}, which {unit} is to hold, is taken by somebody at {other}"));
        }
    }
    Ok(wrong)
}

/// Whether two listen at the same port of the same address.
fn meets(other: &str, own: SocketAddr) -> bool {
    let Some((host, port)) = other.rsplit_once(':') else { return false };
    let host = host.split('%').next().unwrap_or(host).trim_matches(['[', ']']);
    let is_everybody = matches!(host, "*" | "0.0.0.0" | "::");
    port.parse() == Ok(own.port())
        && (is_everybody || own.ip().is_unspecified() || host == own.ip().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_taken_by_whoever_listens_there_or_everywhere() {
        let own: SocketAddr = "127.0.0.1:4533".parse().unwrap();
        for (other, is) in [
            ("127.0.0.1:4533", true),
            ("0.0.0.0:4533", true),
            ("*:4533", true),
            ("[::]:4533", true),
            ("127.0.0.53%lo:4533", false),
            ("127.0.0.1:4534", false),
            ("", false),
        ] {
            assert_eq!(meets(other, own), is, "{other}");
        }
        assert!(meets("10.0.0.1:80", "0.0.0.0:80".parse().unwrap()));
    }

    #[test]
    fn this_machine_says_what_is_asked() {
        let said = std::process::Command::new("sh").args(["-c", PROBE]).output().unwrap();
        let facts = Facts::parse(&String::from_utf8_lossy(&said.stdout));
        assert!(facts.is_whole, "{facts:?}");
        assert!(facts.user.is_some() && facts.memory_mib.is_some_and(|mib| mib > 0), "{facts:?}");
        assert_eq!(facts.processor, std::env::consts::ARCH);
    }
}
