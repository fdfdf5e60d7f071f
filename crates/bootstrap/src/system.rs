//! What belongs to the machine as a whole: packages, logs, memory, the clock, updates.

use crate::step::Step;
use crate::{Facts, Order, Part, Site, Swap};

/// Memory below which some of the disk stands in for it, in MiB.
const MEMORY_MIB_MIN: u64 = 2_000;
/// How much, where nothing is said, in MiB.
const SWAP_MIB: u32 = 1024;
const SWAP_FILE: &str = "/swapfile";
/// What keeps clocks; one is enough.
const CLOCKS: [&str; 4] = ["chrony", "ntpsec", "ntp", "openntpd"];
/// Days that logs are kept where nothing is declared.
const LOGS_DAYS: u16 = 30;

pub(crate) fn steps(order: &Order<'_>, facts: &Facts, sites: &[Site<'_>]) -> Vec<Step> {
    let is_ours = |part| !order.without.contains(&part);
    let mut steps = vec![packages(order, sites)];
    if is_ours(Part::Journal) {
        steps.extend(journal(order));
    }
    steps.extend(swap(order.swap, facts));
    if is_ours(Part::Updates) {
        steps.push(updates());
    }
    if is_ours(Part::Time) {
        steps.push(time());
    }
    steps
}

/// Nothing that is not needed.
fn packages(order: &Order<'_>, sites: &[Site<'_>]) -> Step {
    let is_ours = |part| !order.without.contains(&part);
    let wanted = [
        ("ca-certificates", true),
        ("nftables", is_ours(Part::Firewall)),
        ("sudo", sites.iter().any(|site| site.account != "root")),
        ("unattended-upgrades", is_ours(Part::Updates)),
    ];
    let names: Vec<&str> = wanted.into_iter().filter(|(_, is)| *is).map(|(name, _)| name).collect();
    let look: Vec<String> = names.iter().map(|name| format!("has {name}")).collect();
    let look: Vec<&str> = look.iter().map(String::as_str).collect();
    // What is there already is not asked for again: it would be brought to its newest version.
    let act = format!(
        "missing=$(for name in {}; do has \"$name\" || echo \"$name\"; done) && add $missing",
        names.join(" ")
    );
    Step::new(format!("packages: {}", names.join(", ")), &look, &[&act])
}

/// Logs neither fill the disk nor go with a restart.
fn journal(order: &Order<'_>) -> Vec<Step> {
    let days =
        order.entrants.iter().map(|entrant| entrant.environment.retention.logs_days.unwrap_or(LOGS_DAYS));
    let days = days.max().unwrap_or(LOGS_DAYS).max(1);
    let text = format!("[Journal]\nStorage=persistent\nSystemMaxUse=200M\nMaxRetentionSec={days}day\n");
    let folder = "/etc/systemd/journald.conf.d";
    // Files of a step are put before its commands run: the folder is made by the one before.
    vec![
        Step::folder(folder, "755", "root:root"),
        Step::new(
            format!("logs: at most 200 MB and {days} days"),
            &[],
            &["systemctl restart systemd-journald.service"],
        )
        .with(&format!("{folder}/rookery.conf"), "644", "root:root", &text),
    ]
}

fn swap(wanted: Swap, facts: &Facts) -> Option<Step> {
    // Whatever there is, somebody wanted it so.
    let is_there = facts.swap_mib.is_some_and(|swap| swap > 0) && !facts.has_own_swap;
    let is_small = facts.memory_mib.is_some_and(|memory| memory < MEMORY_MIB_MIN);
    let mib = match wanted {
        Swap::Mib(mib) => mib,
        Swap::Usual if is_small && !is_there => SWAP_MIB,
        Swap::Usual => 0,
    };
    if mib == 0 {
        return None;
    }
    let is_on = format!("swapon --show=NAME --noheadings | grep -qx {SWAP_FILE}");
    let line = format!("{SWAP_FILE} none swap sw 0 0");
    let is_kept = format!("grep -qx '{line}' /etc/fstab");
    Some(Step::new(
        format!("swap: {mib} MiB in {SWAP_FILE}"),
        &[&is_on, &is_kept],
        &[
            &format!(
                "{{ {is_on} || {{ rm -f {SWAP_FILE} && fallocate -l {mib}M {SWAP_FILE} && chmod 600 {SWAP_FILE} && mkswap \
                 {SWAP_FILE} && swapon {SWAP_FILE}; }}; }}"
            ),
            &format!("{{ {is_kept} || echo '{line}' >>/etc/fstab; }}"),
        ],
    ))
}

fn updates() -> Step {
    let text = "APT::Periodic::Update-Package-Lists \"1\";\nAPT::Periodic::Unattended-Upgrade \"1\";\n";
    let asked = "apt-config dump APT::Periodic::Unattended-Upgrade | grep -q '\"1\"'";
    Step::new("security updates by themselves", &[asked], &[]).with(
        "/etc/apt/apt.conf.d/60rookery",
        "644",
        "root:root",
        text,
    )
}

fn time() -> Step {
    let others: Vec<String> = CLOCKS.iter().map(|name| format!("has {name}")).collect();
    let others = others.join(" || ");
    let unit = "systemd-timesyncd.service";
    Step::new(
        "the clock is kept",
        &[&format!("{{ {others} || systemctl is-enabled --quiet {unit}; }}")],
        &["{ has systemd-timesyncd || add systemd-timesyncd; }", &format!("systemctl enable --now {unit}")],
    )
}
