//! What belongs to one environment: its user, its folders, what it is told, its key, its units.

use crate::step::Step;
use crate::{Error, Order, PROGRAM, Site};
use operations::{Layout, SlotName, units};

const UNITS: &str = "/etc/systemd/system";
const ROOT: &str = "root:root";

pub(crate) fn steps(order: &Order<'_>, site: &Site<'_>) -> Result<Vec<Step>, Error> {
    let (name, user) = (site.name(), &site.needs.user);
    let layout = Layout::of(name.clone());
    let own = format!("/etc/rookery/{name}");
    let readers = format!("root:{user}");
    let mut steps = vec![
        Step::new(
            format!("{name}: the user {user}"),
            &[&format!("id -u {user}"), &format!("getent passwd {user} | grep -q ':/usr/sbin/nologin$'")],
            &[&format!(
                "useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin {user}"
            )],
        ),
        Step::folder(&format!("/srv/rookery/{name}"), "755", ROOT),
        Step::folder(&layout.releases(), "755", ROOT),
        Step::folder(&format!("/srv/rookery/{name}/slots"), "755", ROOT),
        // Only the service, and root, may look at how it is set up.
        Step::folder(&own, "750", &readers),
        Step::folder(&format!("{own}/secrets"), "750", &readers),
    ];
    let mut folders = site.needs.folders.clone();
    folders.extend(site.needs.backups.iter().cloned());
    folders.sort_unstable();
    folders.dedup();
    steps.extend(folders.iter().map(|folder| Step::folder(folder, "700", &format!("{user}:{user}"))));
    steps.push(Step::new(format!("{name}: the declaration"), &[], &[]).with(
        &layout.declaration(),
        "640",
        &readers,
        order.text,
    ));
    if let Some(sealed) = &site.entrant.sealed {
        let file = format!("{own}/secrets/{name}.toml");
        steps.push(
            Step::new(format!("{name}: the sealed secrets"), &[], &[]).with(&file, "640", &readers, sealed),
        );
    }
    steps.push(Step::new(format!("{name}: keys of releases"), &[], &[]).with(
        &layout.release_keys(),
        "644",
        ROOT,
        &order.release_keys,
    ));
    // The key never leaves the machine, and one that is there is never replaced.
    let key = format!("{own}/identity.key");
    steps.push(Step::new(
        format!("{name}: the key that opens its secrets"),
        &[&format!("[ -s {key} ]"), &format!("stat -c '%a %U' {key} | grep -qxE '[46]00 root'")],
        &[
            &format!("{{ [ -e {key} ] || {PROGRAM} secrets keygen {name}; }}"),
            &format!("chown {ROOT} {key}"),
            &format!("chmod 600 {key}"),
        ],
    ));
    steps.extend(of_systemd(order, site, &layout)?);
    Ok(steps)
}

fn of_systemd(order: &Order<'_>, site: &Site<'_>, layout: &Layout) -> Result<Vec<Step>, Error> {
    let name = site.name();
    let mut written = Step::new(format!("{name}: the units"), &[], &["systemctl daemon-reload"]);
    for unit in units(order.declaration, name, site.entrant.environment)? {
        written = written.with(&format!("{UNITS}/{}", unit.name), "644", ROOT, &unit.text);
    }
    let slots: Vec<String> = SlotName::ALL.iter().map(|slot| layout.slot_unit(*slot)).collect();
    let sockets: Vec<&str> = site.needs.sockets.iter().map(|(unit, _, _)| unit.as_str()).collect();
    let known: Vec<String> = sockets
        .iter()
        .copied()
        .chain(slots.iter().map(String::as_str))
        .map(|unit| format!("systemctl show -p NeedDaemonReload --value {unit} | grep -qx no"))
        .collect();
    written.look.extend(known);
    let blue = layout.slot_unit(SlotName::Blue);
    // Asked one by one: of several, systemd is content with one.
    let mut held = vec![format!("systemctl is-enabled --quiet {blue}")];
    for unit in &sockets {
        held.push(format!("systemctl is-enabled --quiet {unit}"));
        held.push(format!("systemctl is-active --quiet {unit}"));
    }
    // The slot is started by the first release.
    let hold = vec![
        format!("systemctl enable --quiet {blue}"),
        format!("systemctl enable --quiet --now {}", sockets.join(" ")),
    ];
    let mut holds = Step::new(format!("{name}: the ports are held, after a restart too"), &[], &[]);
    (holds.look, holds.act) = (held, hold);
    Ok(vec![written, holds])
}
