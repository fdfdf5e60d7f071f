//! Who comes in by which port: ssh, the web, and what is declared to be met by strangers.
//!
//! A table of our own beside whatever else there is. It is undone by itself unless a second connection, which had to come
//! through it, says that it holds; only then it comes back after a restart.

use crate::step::Step;
use crate::{Facts, Site};
use std::collections::BTreeSet;

const RULES: &str = "/etc/rookery/firewall.nft";
const UNIT: &str = "rookery-firewall.service";
const UNDO: &str = "rookery-firewall-undo";
/// How long the second connection may take, in seconds.
const UNDO_AFTER_S: u32 = 60;
/// Certificates are proven and people are sent on by the one, and everything else comes by the other.
const WEB: [u16; 2] = [80, 443];

const SERVICE: &str = "[Unit]
Description=Firewall of rookery: ssh and the web
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft -f /etc/rookery/firewall.nft
ExecStop=/usr/sbin/nft delete table inet rookery

[Install]
WantedBy=sysinit.target
";

/// The firewall, until it undoes itself or is said to hold.
pub(crate) fn step(facts: &Facts, sites: &[Site<'_>]) -> Step {
    let ports = ports(facts, sites);
    let said: Vec<String> = ports.iter().map(u16::to_string).collect();
    let said = said.join(", ");
    let mut step = Step::new(
        format!("firewall: ports {said} are open, others closed"),
        &[&format!("systemctl is-active --quiet {UNIT}"), "nft list table inet rookery"],
        &[
            &format!("nft -c -f {RULES}"),
            "systemctl daemon-reload",
            // Should it lock everybody out, a restart does not bring it back either.
            &format!("systemctl disable --quiet {UNIT}"),
            &format!("{{ systemctl stop {UNDO}.timer 2>/dev/null || :; }}"),
            &format!(
                "systemd-run --quiet --collect --unit={UNDO} --on-active={UNDO_AFTER_S} --timer-property=AccuracySec=1s \
                 systemctl stop {UNIT}"
            ),
            &format!("systemctl restart {UNIT}"),
        ],
    );
    step = step.with(RULES, "644", "root:root", &rules(&said));
    step.with(&format!("/etc/systemd/system/{UNIT}"), "644", "root:root", SERVICE)
}

/// The firewall, for good: said over a connection that came through it.
#[must_use]
pub fn confirmed() -> Step {
    Step::new(
        "firewall: a second connection comes through it",
        &[
            &format!("systemctl is-active --quiet {UNIT}"),
            &format!("systemctl is-enabled --quiet {UNIT}"),
            &format!("! systemctl is-active --quiet {UNDO}.timer"),
        ],
        &[
            &format!("{{ systemctl stop {UNDO}.timer 2>/dev/null || :; }}"),
            &format!("systemctl is-active --quiet {UNIT}"),
            &format!("systemctl enable --quiet {UNIT}"),
        ],
    )
}

/// The port by which the machine is reached now is always among them.
fn ports(facts: &Facts, sites: &[Site<'_>]) -> BTreeSet<u16> {
    let sockets = sites.iter().flat_map(|site| &site.needs.sockets);
    let met = sockets.filter(|(_, _, at)| !at.ip().is_loopback()).map(|(_, _, at)| at.port());
    facts.ssh_ports.iter().copied().chain(WEB).chain(met).collect()
}

fn rules(ports: &str) -> String {
    format!(
        "# Made by `rookery bootstrap`. Said twice, so that there is always something to delete.
table inet rookery
delete table inet rookery
table inet rookery {{
    chain input {{
        type filter hook input priority filter; policy drop;
        ct state established,related accept
        ct state invalid drop
        iif \"lo\" accept
        meta l4proto {{ icmp, ipv6-icmp }} accept
        udp sport 67 udp dport 68 accept
        udp sport 547 udp dport 546 accept
        tcp dport {{ {ports} }} accept
    }}
}}
"
    )
}
